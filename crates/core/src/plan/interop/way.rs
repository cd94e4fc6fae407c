//! How a Windows binary is started: through WSL's binfmt_misc entry, through `/init`, or not at all; and which interop
//! server it is started by.
//!
//! The kernel takes the newest enabled entry that matches `MZ`. WSL's own starts `/init`, which connects to the socket
//! that `WSL_INTEROP` names, once and without falling back when the server behind it is gone.

use crate::diagnosis::{Code, Exit, Failure, Note};
use crate::host::{BinfmtEntry, Host, Kind, SocketState};
use crate::plan::model::{Decisions, EnvChange, Stage, Via};
use crate::prelude::*;

const ROOT: u32 = 0;

/// What of interop works on this machine, sockets aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The kernel starts WSL's `/init` for it.
    Binfmt,
    /// `/init` has to be called by name, since the entry is of no use.
    Init(Why),
    /// Somebody switched it off.
    Disabled(Switch),
    /// There is none.
    Absent(Why),
}

/// Why the kernel would not start `/init` as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Not inside WSL.
    NotWsl,
    /// No entry of binfmt_misc is WSL's.
    Unregistered,
    /// The entry does not hand over `argv[0]`, which makes `/init` swallow an argument.
    WithoutP,
    /// Another handler takes Windows binaries first.
    Shadowed(Vec<u8>),
}

/// Which switch is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// The entry's own, in binfmt_misc.
    Entry(Vec<u8>),
    /// That of all of binfmt_misc.
    Table,
    /// `[interop] enabled` in `/etc/wsl.conf`.
    WslConf,
}

/// Finds the way to Windows.
#[must_use]
pub fn way(host: &dyn Host) -> Way {
    if !host.kind().is_wsl() {
        return Way::Absent(Why::NotWsl);
    }
    if !host.interop_enabled() {
        return Way::Disabled(Switch::WslConf);
    }
    let entries = host.binfmt();
    let mut wsls = entries.iter().filter(|entry| is_wsls(entry)).peekable();
    // Under systemd there may be two, of which one is enough.
    if let Some(first) = wsls.peek().map(|first| first.name.clone())
        && wsls.all(|entry| !entry.enabled)
    {
        return Way::Disabled(Switch::Entry(first));
    }
    if !entries.is_empty() && is_table_off(host) {
        return Way::Disabled(Switch::Table);
    }
    let why = match entries.iter().find(|entry| entry.enabled && takes_mz(entry)) {
        Some(entry) if is_wsls(entry) && entry.flags.contains(&b'P') => return Way::Binfmt,
        // Before 0.58 neither the flag nor wslinfo was there, and /init expected no argv[0] (microsoft/WSL#8162, #8335).
        Some(entry) if is_wsls(entry) && !host.has_init() => return Way::Binfmt,
        Some(entry) if is_wsls(entry) => Why::WithoutP,
        Some(foreign) => Why::Shadowed(foreign.name.clone()),
        None => Why::Unregistered,
    };
    if host.has_init() { Way::Init(why) } else { Way::Absent(why) }
}

/// The switch of the whole table. "enabled" proves nothing, since WSL lays a file of its own that says so over it.
fn is_table_off(host: &dyn Host) -> bool {
    host.read(b"/proc/sys/fs/binfmt_misc/status", 64).is_ok_and(|text| text.trim_ascii() == b"disabled")
}

/// WSL's own entry, whatever its name: magic exactly `MZ`, interpreter WSL's init, which older releases had in `/tools`.
fn is_wsls(entry: &BinfmtEntry) -> bool {
    let magic = entry
        .magic
        .as_ref()
        .is_some_and(|magic| magic.offset == 0 && magic.bytes == b"MZ" && magic.mask.iter().all(|&bits| bits == 0xff));
    magic && matches!(entry.interpreter.as_slice(), b"/init" | b"/tools/init")
}

/// Would this entry take files that begin with `MZ`, at least some of them?
fn takes_mz(entry: &BinfmtEntry) -> bool {
    let Some(magic) = &entry.magic else { return false };
    let bits = |at: usize| magic.mask.get(at).copied().unwrap_or(0xff);
    magic.offset == 0 && magic.bytes.iter().zip(b"MZ").enumerate().all(|(at, (a, b))| (a ^ b) & bits(at) == 0)
}

/// Settles how the target is started. The environment gets a `WSL_INTEROP` that answers, where its own does not.
///
/// # Errors
/// The refusal that names what is switched off, lost or not answering, and what brings it back.
pub fn start(host: &dyn Host, decisions: &mut Decisions) -> Result<Via, Failure> {
    let via = match way(host) {
        Way::Binfmt => Via::Binfmt,
        Way::Init(why) => {
            decisions.notes.push(bypassed(&why));
            Via::Init
        }
        Way::Disabled(switch) => return Err(disabled(&switch)),
        Way::Absent(why) => return Err(absent(&why)),
    };
    // WSL1 starts Windows programs through a device of its kernel, without a socket.
    if host.kind() == Kind::Wsl2 {
        connect(host, decisions)?;
    }
    warn_of_limits(host, decisions);
    Ok(via)
}

/// What the environment's own interop socket is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Socket {
    /// `WSL_INTEROP` names one that serves this session: how that is known.
    Good(&'static str),
    /// This one answers, and the named one does not (or none is named): the reason.
    Instead(Vec<u8>, &'static str),
    /// None answers: the reason that the named one does not.
    NoneLeft(&'static str),
}

/// The owner of a socket.
#[derive(PartialEq, Eq)]
enum Owned {
    /// There is no socket.
    Nothing,
    /// Root or the user.
    Own,
    /// Another user.
    Foreign,
}

/// Chooses a socket of root's or the user's: through another user's, that one would get the command line and the
/// variables. That is the named one where its server is an ancestor (no need to knock) or answers, else the ancestors',
/// else that of WSL's own init, which outlives every session.
#[must_use]
pub fn socket(host: &dyn Host, named: Option<&[u8]>) -> Socket {
    let owned = |path: &[u8]| match host.socket_owner(path) {
        None => Owned::Nothing,
        Some(uid) if uid == ROOT || uid == host.uid() => Owned::Own,
        Some(_) => Owned::Foreign,
    };
    let why = match named {
        None => "WSL_INTEROP is not set",
        Some(path) if owned(path) == Owned::Foreign => "the socket that WSL_INTEROP names belongs to another user",
        Some(path)
            if owned(path) == Owned::Own
                && owner(path).is_some_and(|pid| host.ancestors().any(|process| process.pid == pid)) =>
        {
            return Socket::Good("its server is an ancestor");
        }
        Some(path) => match host.try_socket(path) {
            SocketState::Live => return Socket::Good("its server answers"),
            SocketState::Refused => "the server behind WSL_INTEROP is gone",
            SocketState::Hung => "the server behind WSL_INTEROP does not answer",
            SocketState::Missing => "the socket that WSL_INTEROP names does not exist",
        },
    };
    let of_ancestors = host.ancestors().map(|process| socket_of(process.pid));
    let answers =
        |path: &Vec<u8>| named != Some(path) && owned(path) == Owned::Own && host.try_socket(path) == SocketState::Live;
    match of_ancestors.chain([socket_of(1)]).find(answers) {
        Some(path) => Socket::Instead(path, why),
        None => Socket::NoneLeft(why),
    }
}

fn connect(host: &dyn Host, decisions: &mut Decisions) -> Result<(), Failure> {
    let named = decisions.environ.get_nonempty(b"WSL_INTEROP").map(<[u8]>::to_vec);
    match socket(host, named.as_deref()) {
        Socket::Good(why) => {
            let socket = named.unwrap_or_default();
            let text = [b"WSL_INTEROP stays ", socket.as_slice(), b": ", why.as_bytes()].concat();
            decisions.notes.push(Note::info(Code::GW232, text));
        }
        Socket::Instead(path, why) => decisions.change_env(EnvChange {
            name: b"WSL_INTEROP".to_vec(),
            from: decisions.environ.get(b"WSL_INTEROP").map(<[u8]>::to_vec),
            to: Some(path),
            stage: Stage::Interop,
            source: "socket".into(),
            why: why.into(),
        }),
        Socket::NoneLeft(why) => {
            return Err(Failure {
                exit: Exit::CannotRun,
                code: Code::GW223,
                message: format!("Windows cannot be reached: {why}, and no other socket in /run/WSL answers").into(),
                fix: vec![
                    b"open a new WSL terminal and try there".to_vec(),
                    b"`wsl.exe --shutdown`, typed on Windows, restarts all of WSL".to_vec(),
                ],
            });
        }
    }
    Ok(())
}

fn socket_of(pid: u32) -> Vec<u8> {
    format!("/run/WSL/{pid}_interop").into_bytes()
}

/// The process that serves a socket, from its name.
fn owner(socket: &[u8]) -> Option<u32> {
    let pid = socket.strip_prefix(b"/run/WSL/")?.strip_suffix(b"_interop")?;
    core::str::from_utf8(pid).ok()?.parse().ok()
}

/// `/init` hands on three descriptors and an eighth of a word of exit status.
fn warn_of_limits(host: &dyn Host, decisions: &mut Decisions) {
    let is_extra =
        |name: &Vec<u8>| core::str::from_utf8(name).is_ok_and(|digits| digits.parse::<u32>().is_ok_and(|fd| fd > 2));
    let mut extra = host.list(b"/proc/self/fd").unwrap_or_default();
    // The descriptor that the list was read through is closed by now, and the log's is closed on execve(2).
    extra.retain(|name| {
        let is_open = || host.lstat(&[b"/proc/self/fd/", name.as_slice()].concat()).is_ok();
        is_extra(name) && is_open() && !closes_on_exec(name, host)
    });
    if !extra.is_empty() {
        let list = extra.join(&b", "[..]);
        let text = [b"descriptors ", list.as_slice(), b" stay behind: only 0, 1 and 2 cross to Windows"].concat();
        decisions.notes.push(Note::warn(Code::GW227, text));
    }
    decisions.notes.push(Note::info(Code::GW228, "the exit status of a Windows program arrives cut to its low 8 bits"));
}

/// The kernel shows the flag among those of open(2) (fs/proc/fd.c, `seq_show`).
fn closes_on_exec(descriptor: &[u8], host: &dyn Host) -> bool {
    const O_CLOEXEC: u32 = 0o2_000_000;
    let Ok(text) = host.read(&[b"/proc/self/fdinfo/", descriptor].concat(), 4096) else { return false };
    let flags = text.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"flags:"));
    let flags = flags.and_then(|flags| core::str::from_utf8(flags.trim_ascii()).ok());
    flags.and_then(|octal| u32::from_str_radix(octal, 8).ok()).is_some_and(|flags| flags & O_CLOEXEC != 0)
}

fn bypassed(why: &Why) -> Note {
    match why {
        Why::Shadowed(name) => Note::warn(
            Code::GW230,
            [
                b"the binfmt_misc entry ".as_slice(),
                name,
                b" takes Windows programs before WSL's does; /init is called by name",
            ]
            .concat(),
        ),
        Why::WithoutP => Note::info(Code::GW229, "WSL's binfmt_misc entry lacks the flag P; /init is called by name"),
        Why::Unregistered | Why::NotWsl => {
            Note::info(Code::GW229, "WSL's binfmt_misc entry is lost; /init is called by name")
        }
    }
}

/// The line that registers WSL's entry again, as WSL's own init does.
const REGISTER: &[u8] =
    b"`echo ':WSLInterop:M::MZ::/init:PF' | sudo tee /proc/sys/fs/binfmt_misc/register` registers it";

fn disabled(switch: &Switch) -> Failure {
    let (code, message, fix) = match switch {
        Switch::Entry(name) => (
            Code::GW221,
            [b"interop is switched off: the binfmt_misc entry ", name.as_slice(), b" is disabled"].concat(),
            vec![[b"`echo 1 | sudo tee /proc/sys/fs/binfmt_misc/", name.as_slice(), b"` switches it on"].concat()],
        ),
        Switch::Table => (
            Code::GW221,
            b"interop is switched off: binfmt_misc is disabled as a whole".to_vec(),
            vec![b"`echo 1 | sudo tee /proc/sys/fs/binfmt_misc/status` switches it on".to_vec()],
        ),
        Switch::WslConf => (
            Code::GW222,
            b"interop is switched off: [interop] enabled=false in /etc/wsl.conf".to_vec(),
            vec![b"set enabled=true under [interop] in /etc/wsl.conf, then `wsl.exe --shutdown` on Windows".to_vec()],
        ),
    };
    Failure { exit: Exit::CannotRun, code, message, fix }
}

fn absent(why: &Why) -> Failure {
    let (code, message, fix): (_, Vec<u8>, Vec<Vec<u8>>) = match why {
        Why::NotWsl => (Code::GW207, b"this is not WSL: no Windows program can run here".to_vec(), Vec::new()),
        Why::Shadowed(name) => (
            Code::GW225,
            [
                b"the binfmt_misc entry ",
                name.as_slice(),
                b" takes Windows programs, and WSL's /init is not there to go round it",
            ]
            .concat(),
            vec![[b"`echo -1 | sudo tee /proc/sys/fs/binfmt_misc/", name.as_slice(), b"` removes that entry"].concat()],
        ),
        Why::Unregistered | Why::WithoutP => (
            Code::GW224,
            b"WSL's binfmt_misc entry is lost, and /init (with its link wslinfo) is not there to go round it".to_vec(),
            vec![
                REGISTER.to_vec(),
                b"`wsl.exe --shutdown`, typed on Windows, makes WSL register it anew".to_vec(),
                b"where systemd removes it at every start: protectBinfmt=true under [boot] in /etc/wsl.conf".to_vec(),
            ],
        ),
    };
    Failure { exit: Exit::CannotRun, code, message, fix }
}
