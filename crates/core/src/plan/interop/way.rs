//! Decides how a Windows binary is started (WSL's binfmt_misc entry, `/init`, or not at all), and by which interop
//! server.
//!
//! The kernel uses the newest enabled entry that matches `MZ`. WSL's own entry starts `/init`, which connects once to
//! the socket in `WSL_INTEROP` and has no fallback if that server is gone.

use crate::diagnosis::{Code, Exit, Failure, Note, wording};
use crate::host::trust::{UNMAPPED, Untrusted};
use crate::host::{BinfmtEntry, Files, Host, LinuxKind, SocketState};
use crate::plan::model::{Decisions, EnvChange, Stage, Via};
use crate::prelude::*;
use crate::text::errno::Errno;
use crate::text::path::dirname;

const ROOT: u32 = 0;

/// A flag of an entry in binfmt_misc, by its letter (Documentation/admin-guide/binfmt-misc.rst).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryFlag(u8);

/// The importance of a flag for Windows programs.
enum Need {
    Needed,
    Optional,
}

macro_rules! entry_flags {
    ($($letter:literal $need:ident, $why:literal, $effect:literal;)+) => {
        /// The line with which WSL's init registers its entry.
        macro_rules! wsls_entry {
            () => {
                concat!(":WSLInterop:M::MZ::/init:", $($letter),+)
            };
        }

        /// The flags of WSL's entry.
        pub const ENTRY_FLAGS: &str = concat!($($letter),+);

        /// Returns the first flag that Windows programs need and that is not among these.
        #[must_use]
        pub fn missing_flag(flags: &[u8]) -> Option<EntryFlag> {
            $(if matches!(Need::$need, Need::Needed) && !flags.contains(&$letter.as_bytes()[0]) {
                return Some(EntryFlag($letter.as_bytes()[0]));
            })+
            None
        }

        impl EntryFlag {
            /// Returns the reason why an entry without it is a problem, as a sentence.
            #[must_use]
            pub fn why(self) -> &'static str {
                match self.0 {
                    $(letter if letter == $letter.as_bytes()[0] => $why,)+
                    _ => "",
                }
            }

            /// Returns the effect of an entry without it, as the end of a sentence.
            #[must_use]
            pub fn effect(self) -> &'static str {
                match self.0 {
                    $(letter if letter == $letter.as_bytes()[0] => $effect,)+
                    _ => "",
                }
            }
        }
    };
}

// One row a flag, in the order in which WSL writes them.
entry_flags! {
    "P" Needed, "/init treats the first argument of every Windows program as its name, so that argument is lost.",
        "the first argument of every Windows program is lost.";
    "F" Optional, "", "";
}

impl EntryFlag {
    /// Returns the letter.
    #[must_use]
    pub fn letter(self) -> char {
        char::from(self.0)
    }
}

/// The line with which WSL's init registers its entry.
pub const ENTRY: &str = wsls_entry!();

/// Way to start Windows programs on this machine. Sockets are not considered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InteropWay {
    /// The kernel starts WSL's `/init`.
    Binfmt,
    /// `/init` must be executed by name, because the entry is not usable.
    Init(BinfmtProblem),
    /// Interop is switched off.
    Disabled(InteropSwitch),
    /// There is no way.
    Absent(BinfmtProblem),
}

/// Reason why the kernel cannot start `/init` as required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BinfmtProblem {
    /// Not inside WSL.
    NotWsl,
    /// No entry of binfmt_misc is WSL's.
    Unregistered,
    /// The entry lacks a flag that `/init` needs.
    WithoutFlag(EntryFlag),
    /// Another handler gets Windows binaries first.
    Shadowed(Vec<u8>),
}

/// Switch that is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InteropSwitch {
    /// Switch of the entry in binfmt_misc.
    Entry(Vec<u8>),
    /// Switch of the whole of binfmt_misc.
    Table,
    /// `[interop] enabled` in `/etc/wsl.conf`.
    WslConf,
}

/// Finds the way to start Windows programs.
#[must_use]
pub fn way(host: &dyn Host) -> InteropWay {
    if !host.kind().is_wsl() {
        return InteropWay::Absent(BinfmtProblem::NotWsl);
    }
    if !host.interop_enabled() {
        return InteropWay::Disabled(InteropSwitch::WslConf);
    }
    let entries = host.binfmt();
    let mut wsls = entries.iter().filter(|entry| is_wsls(entry)).peekable();
    // Under systemd there may be two entries. One is enough.
    if let Some(first) = wsls.peek().map(|first| first.name.clone())
        && wsls.all(|entry| !entry.enabled)
    {
        return InteropWay::Disabled(InteropSwitch::Entry(first));
    }
    if !entries.is_empty() && is_table_off(host) {
        return InteropWay::Disabled(InteropSwitch::Table);
    }
    let why = match entries.iter().find(|entry| entry.enabled && takes_mz(entry)) {
        Some(entry) if is_wsls(entry) => match missing_flag(&entry.flags) {
            None => return InteropWay::Binfmt,
            // Before 0.58 there was no flag P and no wslinfo, and /init expected no argv[0] (microsoft/WSL#8162,
            // #8335).
            Some(_) if !host.has_init() => return InteropWay::Binfmt,
            Some(flag) => BinfmtProblem::WithoutFlag(flag),
        },
        Some(foreign) => BinfmtProblem::Shadowed(foreign.name.clone()),
        None => BinfmtProblem::Unregistered,
    };
    if host.has_init() { InteropWay::Init(why) } else { InteropWay::Absent(why) }
}

/// Returns true if the switch of binfmt_misc is "disabled". The text "enabled" may be false, because WSL mounts a file
/// with that text over the real one.
fn is_table_off(host: &dyn Files) -> bool {
    host.read(b"/proc/sys/fs/binfmt_misc/status", 64).is_ok_and(|text| text.trim_ascii() == b"disabled")
}

/// Returns true for WSL's own entry, by any name: magic `MZ` and WSL's init, which older releases had in `/tools`.
fn is_wsls(entry: &BinfmtEntry) -> bool {
    let magic = entry
        .magic
        .as_ref()
        .is_some_and(|magic| magic.offset == 0 && magic.bytes == b"MZ" && magic.mask.iter().all(|&bits| bits == 0xff));
    magic && matches!(entry.interpreter.as_slice(), b"/init" | b"/tools/init")
}

/// Returns true if the entry matches at least some files that begin with `MZ`.
fn takes_mz(entry: &BinfmtEntry) -> bool {
    let Some(magic) = &entry.magic else { return false };
    let bits = |at: usize| magic.mask.get(at).copied().unwrap_or(0xff);
    magic.offset == 0 && magic.bytes.iter().zip(b"MZ").enumerate().all(|(at, (a, b))| (a ^ b) & bits(at) == 0)
}

/// Chooses how the target is started. Sets `WSL_INTEROP` to a socket that answers, if the current one does not.
///
/// # Errors
/// Returns a refusal that names what is switched off, lost or not answering, and the fix.
pub fn start(host: &dyn Host, decisions: &mut Decisions) -> Result<Via, Failure> {
    let via = match way(host) {
        InteropWay::Binfmt => Via::Binfmt,
        InteropWay::Init(why) => {
            decisions.notes.push(bypassed(&why));
            Via::Init
        }
        InteropWay::Disabled(switch) => return Err(disabled(&switch)),
        InteropWay::Absent(why) => return Err(absent(&why)),
    };
    // WSL1 starts Windows programs through a device of its kernel, without a socket.
    if host.kind() == LinuxKind::Wsl2 {
        connect(host, decisions)?;
    }
    decisions.notes.extend(wording(|| limits(host)));
    Ok(via)
}

/// State of the interop socket in the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Socket {
    /// The socket in `WSL_INTEROP` works; the value is the evidence.
    Usable(&'static str),
    /// Another socket answers and replaces it; the text is the reason.
    Replaced(Vec<u8>, &'static str),
    /// No socket answers; the text is the reason for the one in `WSL_INTEROP`.
    NoneAnswers(&'static str),
}

/// Owner of a socket.
#[derive(PartialEq, Eq)]
enum SocketOwner {
    /// There is no socket.
    NoSocket,
    /// Root or the user.
    Trusted,
    /// Another user.
    OtherUser,
}

/// The folder in which WSL makes its sockets.
const FOLDER: &[u8] = b"/run/WSL";

/// Chooses a socket of root or of the user. Another user's server would receive the command line and the variables. The
/// order is: the socket in `WSL_INTEROP` if its server is an ancestor (no connection needed) or answers, then the
/// sockets of ancestors, then the socket of WSL's own init, which outlives every session.
#[must_use]
pub fn socket(host: &dyn Host, named: Option<&[u8]>) -> Socket {
    let owner_of = |path: &[u8]| {
        let owner = match dirname(path) {
            FOLDER => host.socket_owner(path),
            // Outside that folder the owner is not enough: another user's mount may show root as the owner.
            _ if path.starts_with(b"/") => match host.judge(path) {
                Ok(judged) => Some(judged.stat.uid),
                Err(Untrusted::Errno(Errno::ENOENT | Errno::ENOTDIR)) => None,
                Err(_) => return SocketOwner::OtherUser,
            },
            _ => return SocketOwner::OtherUser,
        };
        match owner {
            None => SocketOwner::NoSocket,
            Some(uid) if uid == ROOT || (uid == host.uid() && uid != UNMAPPED) => SocketOwner::Trusted,
            Some(_) => SocketOwner::OtherUser,
        }
    };
    let why = match named {
        None => "WSL_INTEROP is not set",
        Some(path) if owner_of(path) == SocketOwner::OtherUser => {
            "the socket that WSL_INTEROP names belongs to another user"
        }
        Some(path)
            if owner_of(path) == SocketOwner::Trusted
                && server_of(path).is_some_and(|pid| host.ancestors().any(|process| process.pid == pid)) =>
        {
            return Socket::Usable("its server is an ancestor process");
        }
        Some(path) => match host.try_socket(path) {
            SocketState::Live => return Socket::Usable("its server answers"),
            SocketState::Refused => "the server behind WSL_INTEROP is gone",
            SocketState::Hung => "the server behind WSL_INTEROP does not answer",
            SocketState::Missing => "the socket that WSL_INTEROP names does not exist",
        },
    };
    let of_ancestors = host.ancestors().map(|process| socket_of(process.pid));
    let answers = |path: &Vec<u8>| {
        named != Some(path) && owner_of(path) == SocketOwner::Trusted && host.try_socket(path) == SocketState::Live
    };
    match of_ancestors.chain([socket_of(1)]).find(answers) {
        Some(path) => Socket::Replaced(path, why),
        None => Socket::NoneAnswers(why),
    }
}

fn connect(host: &dyn Host, decisions: &mut Decisions) -> Result<(), Failure> {
    let named = decisions.environ.get_nonempty(b"WSL_INTEROP").map(<[u8]>::to_vec);
    match socket(host, named.as_deref()) {
        Socket::Usable(why) => {
            let socket = named.unwrap_or_default();
            let text = wording(|| [b"WSL_INTEROP stays ", socket.as_slice(), b": ", why.as_bytes()].concat());
            decisions.notes.push(Note::info(Code::GW232, text));
        }
        Socket::Replaced(path, why) => decisions.change_env(EnvChange {
            name: b"WSL_INTEROP".to_vec(),
            from: decisions.environ.get(b"WSL_INTEROP").map(<[u8]>::to_vec),
            to: Some(path),
            stage: Stage::Interop,
            source: wording(|| "socket".into()),
            why: wording(|| why.into()),
        }),
        Socket::NoneAnswers(why) => {
            return Err(Failure {
                exit: Exit::CannotRun,
                code: Code::GW223,
                message: wording(|| {
                    format!("Windows cannot be reached: {why}, and no other socket in /run/WSL answers").into()
                }),
                fix: wording(|| {
                    vec![
                        b"open a new WSL terminal and try there".to_vec(),
                        b"type `wsl.exe --shutdown` on Windows, which restarts all of WSL".to_vec(),
                    ]
                }),
            });
        }
    }
    Ok(())
}

fn socket_of(pid: u32) -> Vec<u8> {
    format!("/run/WSL/{pid}_interop").into_bytes()
}

/// Returns the process id of a socket's server, from the socket's name.
fn server_of(socket: &[u8]) -> Option<u32> {
    let pid = socket.strip_prefix(b"/run/WSL/")?.strip_suffix(b"_interop")?;
    core::str::from_utf8(pid).ok()?.parse().ok()
}

/// Returns the notes on the limits of `/init`: it passes on descriptors 0 to 2 and the low 8 bits of the exit status.
fn limits(host: &dyn Files) -> Vec<Note> {
    let is_extra =
        |name: &Vec<u8>| core::str::from_utf8(name).is_ok_and(|digits| digits.parse::<u32>().is_ok_and(|fd| fd > 2));
    let mut extra = host.list(b"/proc/self/fd").unwrap_or_default();
    // The descriptor of this directory listing is already closed, and execve(2) closes the log's.
    extra.retain(|name| {
        let is_open = || host.lstat(&[b"/proc/self/fd/", name.as_slice()].concat()).is_ok();
        is_extra(name) && is_open() && !closes_on_exec(name, host)
    });
    let mut notes = vec![Note::info(Code::GW228, "a Windows program's exit status is cut to its low 8 bits")];
    if !extra.is_empty() {
        let list = extra.join(&b", "[..]);
        let text = [b"descriptors ", list.as_slice(), b" do not reach Windows: only 0, 1 and 2 do"].concat();
        notes.insert(0, Note::warn(Code::GW227, text));
    }
    notes
}

/// Returns true for a descriptor with O_CLOEXEC, which the kernel shows among the flags (fs/proc/fd.c, `seq_show`).
fn closes_on_exec(descriptor: &[u8], host: &dyn Files) -> bool {
    const O_CLOEXEC: u32 = 0o2_000_000;
    let Ok(text) = host.read(&[b"/proc/self/fdinfo/", descriptor].concat(), 4096) else { return false };
    let flags = text.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"flags:"));
    let flags = flags.and_then(|flags| core::str::from_utf8(flags.trim_ascii()).ok());
    flags.and_then(|octal| u32::from_str_radix(octal, 8).ok()).is_some_and(|flags| flags & O_CLOEXEC != 0)
}

fn bypassed(why: &BinfmtProblem) -> Note {
    match why {
        BinfmtProblem::Shadowed(name) => Note::warn(
            Code::GW230,
            [
                b"the binfmt_misc entry ".as_slice(),
                name,
                b" takes Windows programs before WSL's entry does; gowrap starts /init instead",
            ]
            .concat(),
        ),
        BinfmtProblem::WithoutFlag(flag) => {
            let letter = flag.letter();
            Note::info(
                Code::GW229,
                format!("WSL's binfmt_misc entry lacks the flag {letter}; gowrap starts /init instead"),
            )
        }
        BinfmtProblem::Unregistered | BinfmtProblem::NotWsl => {
            Note::info(Code::GW229, "WSL's binfmt_misc entry is lost; gowrap starts /init instead")
        }
    }
}

/// Fix that registers WSL's entry.
const REGISTER: &str =
    concat!("`echo '", wsls_entry!(), "' | sudo tee /proc/sys/fs/binfmt_misc/register` registers it");

fn disabled(switch: &InteropSwitch) -> Failure {
    let code = match switch {
        InteropSwitch::Entry(_) | InteropSwitch::Table => Code::GW221,
        InteropSwitch::WslConf => Code::GW222,
    };
    let (message, fix) = wording(|| match switch {
        InteropSwitch::Entry(name) => (
            [b"interop is switched off: the binfmt_misc entry ", name.as_slice(), b" is disabled"].concat(),
            vec![[b"`echo 1 | sudo tee /proc/sys/fs/binfmt_misc/", name.as_slice(), b"` switches it on"].concat()],
        ),
        InteropSwitch::Table => (
            b"interop is switched off: binfmt_misc is disabled as a whole".to_vec(),
            vec![b"`echo 1 | sudo tee /proc/sys/fs/binfmt_misc/status` switches it on".to_vec()],
        ),
        InteropSwitch::WslConf => (
            b"interop is switched off: [interop] enabled=false in /etc/wsl.conf".to_vec(),
            vec![b"set enabled=true under [interop] in /etc/wsl.conf, then `wsl.exe --shutdown` on Windows".to_vec()],
        ),
    });
    Failure { exit: Exit::CannotRun, code, message, fix }
}

fn absent(why: &BinfmtProblem) -> Failure {
    let code = match why {
        BinfmtProblem::NotWsl => Code::GW207,
        BinfmtProblem::Shadowed(_) => Code::GW225,
        BinfmtProblem::Unregistered | BinfmtProblem::WithoutFlag(_) => Code::GW224,
    };
    let (message, fix): (Vec<u8>, Vec<Vec<u8>>) = wording(|| match why {
        BinfmtProblem::NotWsl => (b"this is not WSL: no Windows program can run here".to_vec(), Vec::new()),
        BinfmtProblem::Shadowed(name) => (
            [
                b"the binfmt_misc entry ",
                name.as_slice(),
                b" takes Windows programs, and there is no WSL /init to use instead",
            ]
            .concat(),
            vec![[b"`echo -1 | sudo tee /proc/sys/fs/binfmt_misc/", name.as_slice(), b"` removes that entry"].concat()],
        ),
        BinfmtProblem::Unregistered | BinfmtProblem::WithoutFlag(_) => (
            b"WSL's binfmt_misc entry is lost, and there is no /init (with its link wslinfo) to use instead".to_vec(),
            vec![
                REGISTER.into(),
                b"type `wsl.exe --shutdown` on Windows: WSL registers it again".to_vec(),
                b"if systemd removes it at every start, set protectBinfmt=true under [boot] in /etc/wsl.conf".to_vec(),
            ],
        ),
    });
    Failure { exit: Exit::CannotRun, code, message, fix }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_needs_the_flag_p() {
        for (flags, missing) in [("PF", None), ("FP", None), ("POCF", None), ("F", Some('P')), ("", Some('P'))] {
            assert_eq!(missing_flag(flags.as_bytes()).map(EntryFlag::letter), missing, "{flags}");
        }
        assert_eq!(missing_flag(ENTRY_FLAGS.as_bytes()), None);
        assert!(!EntryFlag(b'P').why().is_empty() && !EntryFlag(b'P').effect().is_empty());
    }

    #[test]
    fn the_texts_of_codes_register_the_same_entry() {
        let start = ENTRY.strip_suffix(ENTRY_FLAGS).unwrap();
        for code in Code::ALL {
            for part in code.entry().fix.split(start).skip(1) {
                assert!(part.starts_with(&format!("{ENTRY_FLAGS}'")), "{code}: {part}");
            }
        }
    }
}
