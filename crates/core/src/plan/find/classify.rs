//! Can this file be the tool, here? Decides for one candidate at a time, without touching it more than needed.

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::host::binary::{Binary, Format, Machine, Maker};
use crate::host::script::{How, Started};
use crate::host::trust::Untrusted;
use crate::host::{BinfmtEntry, FileId, FileKind, FileStat, Host};
use crate::plan::find::places;
use crate::plan::model::{Candidate, LeadsTo, Reached, Reason, Source, Target, Via};
use crate::text::errno::words;
use crate::text::escape::escape;
use crate::tools::Tool;

/// Where a candidate lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On a file system of Linux.
    Linux,
    /// On a drive of Windows, where every file looks executable.
    Drive,
}

/// What a candidate turned out to be.
#[derive(Debug)]
pub enum Verdict {
    /// There is nothing of that name.
    Absent,
    /// The kernel runs it.
    Native(Target),
    /// A script that lies on a drive, where it belongs to Windows' tools more often than not.
    DriveScript(Target),
    /// A script that starts a Windows program, with the row that it gets if a Linux tool is found.
    WayToWindows(Target, Candidate),
    /// A version manager's shim that calls its manager by that name: the kernel runs it where PATH has the manager.
    NeedsManager(Target, Vec<u8>),
    /// A Windows binary: whether it may run is decided later.
    Windows(Target, Candidate),
    /// It cannot be the tool.
    Lost(Candidate),
}

/// Judges the file at `path`. `tried` are the files that have already led back to gowrap in this process.
pub fn classify(host: &dyn Host, tool: Tool, path: Vec<u8>, source: Source, place: Place, tried: &[FileId]) -> Verdict {
    // Before anything else is looked at: what a stranger's link leads to may be a mount that never answers.
    if source == Source::WellKnown {
        match trusted(host, &path) {
            Ok(Existence::Known) => {}
            Ok(Existence::Absent) => return Verdict::Absent,
            Err((reason, detail)) => return lost(path, reason, detail),
        }
    }
    let (stat, reached) = match look(host, &path) {
        Ok(Some(found)) => found,
        Ok(None) => return Verdict::Absent,
        Err((reason, detail)) => return lost(path, reason, detail),
    };
    // Asked only where something speaks for it: another file is told from gowrap's by what is in it, which is read anyway.
    let is_own = || stat.kind == FileKind::Regular && host.is_own(stat.id);
    if let Err((reason, detail)) = admissible(host, &path, &stat, tried) {
        return if is_own() { lost_as_own(path, "gowrap itself") } else { lost(path, reason, detail) };
    }
    let binary = match host.binary(&path) {
        Ok(binary) => binary,
        Err(_) if is_own() => return lost_as_own(path, "gowrap itself"),
        // Executable without being readable: the kernel may run what we may not look at.
        Err(Errno::EACCES | Errno::EPERM) => Binary::of(Format::Other, ""),
        Err(errno) => return lost(path, Reason::OtherFormat, format!("cannot be read: {}", words(errno))),
    };
    if matches!(binary.maker, Maker::Gowrap(_)) {
        return lost_as_own(path, if is_own() { "gowrap itself" } else { "another copy of gowrap" });
    }
    let leads_to = LeadsTo::ItsOwn;
    let target =
        Target { path, reached, format: binary.format, machine: binary.machine, via: Via::Direct, source, leads_to };
    match loadable(host, &binary) {
        Err((Reason::Pe, detail)) => {
            let candidate = Candidate { path: target.path.clone(), reason: Reason::Pe, detail: detail.into_bytes() };
            Verdict::Windows(target, candidate)
        }
        Err((reason, detail)) => lost(target.path, reason, detail),
        Ok(()) if target.format == Format::Script => judge_script(host, tool, target, &binary.starts, place),
        Ok(()) => Verdict::Native(target),
    }
}

fn judge_script(host: &dyn Host, tool: Tool, mut target: Target, starts: &[Started], place: Place) -> Verdict {
    let windows = way_to_windows(tool, starts).map(|word| {
        let name = word.rsplit(|byte| *byte == b'/').next().unwrap_or(word);
        [b"a script that starts ", name].concat()
    });
    if is_on_drive(host, &target.path, place) {
        let is_for_linux = starts.iter().any(|started| is_linux_tool(tool, started));
        match windows {
            Some(why) => target.leads_to = LeadsTo::Windows(why),
            None if is_for_linux => {}
            None => target.leads_to = LeadsTo::Windows(b"a script on a drive".to_vec()),
        }
        return Verdict::DriveScript(target);
    }
    match windows {
        Some(why) if host.kind().is_wsl() => {
            let candidate = Candidate { path: target.path.clone(), reason: Reason::Pe, detail: why.clone() };
            Verdict::WayToWindows(Target { leads_to: LeadsTo::Windows(why), ..target }, candidate)
        }
        _ => match starts.iter().find(|started| places::is_manager(&started.word)) {
            Some(manager) => Verdict::NeedsManager(target, manager.word.clone()),
            None => Verdict::Native(target),
        },
    }
}

/// The Windows program that a script of the tool's name starts, unless it starts a Linux tool of that name too, or lets
/// another program take its place beside some helper (`clip.exe`, `powershell.exe`).
fn way_to_windows(tool: Tool, starts: &[Started]) -> Option<&[u8]> {
    if starts.iter().any(|started| is_linux_tool(tool, started)) {
        return None;
    }
    let of_windows = || starts.iter().filter(|started| started.is_of_windows());
    let is_the_tool = |started: &&Started| started.name().eq_ignore_ascii_case(tool.name().as_bytes());
    if let Some(started) = of_windows().find(is_the_tool) {
        return Some(&started.word);
    }
    let goes_on_elsewhere = starts.iter().any(|started| started.how == How::InPlace && !started.is_of_windows());
    of_windows().next().filter(|_| !goes_on_elsewhere).map(|started| started.word.as_slice())
}

fn is_linux_tool(tool: Tool, started: &Started) -> bool {
    !started.is_of_windows() && started.name() == tool.name().as_bytes()
}

/// By where the file really is: a drive may be mounted below a home, and a link may lead to one. Asked of scripts alone,
/// since the mount table is dear.
fn is_on_drive(host: &dyn Host, path: &[u8], place: Place) -> bool {
    place == Place::Drive
        || (host.kind().is_wsl() && host.canonical(path).is_ok_and(|path| host.mounts().is_on_drive(&path)))
}

type Loss = (Reason, String);

fn lost(path: Vec<u8>, reason: Reason, detail: String) -> Verdict {
    Verdict::Lost(Candidate { path, reason, detail: detail.into_bytes() })
}

fn lost_as_own(path: Vec<u8>, detail: &str) -> Verdict {
    lost(path, Reason::Own, detail.to_owned())
}

/// The answer for a path that nobody else can change.
enum Existence {
    Known,
    Absent,
}

/// Judges a path that the person did not choose. A root that kept a user's GOPATH must not run what that user left in it,
/// nor a program of root's that a link there leads to.
fn trusted(host: &dyn Host, path: &[u8]) -> Result<Existence, Loss> {
    match host.judge(path) {
        Ok(_) => Ok(Existence::Known),
        Err(Untrusted::Errno(Errno::ENOENT | Errno::ENOTDIR)) => Ok(Existence::Absent),
        Err(Untrusted::Errno(Errno::ELOOP)) => Err((Reason::Loop, "symbolic links that lead in a circle".to_owned())),
        Err(Untrusted::Errno(errno)) => Err((Reason::NotExecutable, words(errno))),
        Err(doubtful) => Err((Reason::ForeignOwner, String::from_utf8_lossy(&doubtful.words()).into_owned())),
    }
}

/// Follows links; nothing of that name is no loss. The common case, nothing there, costs one system call.
fn look(host: &dyn Host, path: &[u8]) -> Result<Option<(FileStat, Reached)>, Loss> {
    let stat = match host.lstat(path) {
        Ok(stat) if stat.kind != FileKind::Link => return Ok(Some((stat, Reached::Directly))),
        Ok(_) => host.stat(path),
        Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(None),
        Err(errno) => Err(errno),
    };
    match stat {
        Ok(stat) => Ok(Some((stat, Reached::ByLink))),
        Err(Errno::ENOENT | Errno::ENOTDIR) => Err((Reason::Dangling, "a link to nothing".to_owned())),
        Err(Errno::ELOOP) => Err((Reason::Loop, "symbolic links that lead in a circle".to_owned())),
        Err(errno) => Err((Reason::NotExecutable, words(errno))),
    }
}

/// Everything that rules a file out before it is opened: a FIFO or a device must never be.
fn admissible(host: &dyn Host, path: &[u8], stat: &FileStat, tried: &[FileId]) -> Result<(), Loss> {
    match stat.kind {
        FileKind::Regular => {}
        FileKind::Directory => return Err((Reason::NotAFile, "a directory".to_owned())),
        _ => return Err((Reason::NotAFile, "a FIFO, a socket or a device".to_owned())),
    }
    if tried.contains(&stat.id) {
        return Err((Reason::LeadsBack, "leads back to gowrap".to_owned()));
    }
    if host.may_execute(path).is_err() {
        // The option is that of the mount that the file is on, wherever the link to it may be.
        let file = host.canonical(path).unwrap_or_else(|_| path.to_vec());
        return Err(if stat.mode & 0o111 != 0 && host.mounts().is_noexec(&file) {
            (Reason::NoexecMount, "its mount has the option noexec".to_owned())
        } else {
            (Reason::NotExecutable, format!("not executable for uid {} (mode {:04o})", host.uid(), stat.mode))
        });
    }
    Ok(())
}

/// Would execve(2) take it, and is everything there that it needs?
fn loadable(host: &dyn Host, binary: &Binary) -> Result<(), Loss> {
    match binary.format {
        Format::Pe => {
            let machine = binary.machine.map(|machine| format!(" for {}", machine.name())).unwrap_or_default();
            Err((Reason::Pe, format!("{}{machine}", binary.detail)))
        }
        Format::Elf => {
            let machine = binary.machine.unwrap_or(host.machine());
            if host.machine().runs(machine) {
                return interpreter_exists(host, binary);
            }
            // An emulator looks for the interpreter in a root of its own.
            match emulator(&host.binfmt(), machine) {
                Some(_) => Ok(()),
                None => {
                    Err((Reason::WrongMachine, format!("for {}, this is {}", machine.name(), host.machine().name())))
                }
            }
        }
        Format::Script => interpreter_exists(host, binary),
        Format::Other if binary.detail.is_empty() => Ok(()),
        Format::Other => Err((Reason::OtherFormat, binary.detail.to_owned())),
    }
}

fn interpreter_exists(host: &dyn Host, binary: &Binary) -> Result<(), Loss> {
    match &binary.interpreter {
        Some(interpreter) if host.stat(interpreter).is_err() => {
            Err((Reason::MissingInterpreter, format!("needs {}", escape(interpreter))))
        }
        _ => Ok(()),
    }
}

/// The enabled entry of binfmt_misc that takes ELF binaries for that machine.
fn emulator(entries: &[BinfmtEntry], machine: Machine) -> Option<&BinfmtEntry> {
    // Of an ELF header's first twenty bytes, `e_type` alone varies: 2 is a fixed, 3 a position-independent executable.
    let headers = [2, 3].map(|kind| elf_header(machine, kind));
    entries
        .iter()
        .filter(|entry| entry.enabled)
        .find(|entry| entry.magic.as_ref().is_some_and(|magic| headers.iter().any(|header| magic.matches(header))))
}

fn elf_header(machine: Machine, kind: u16) -> [u8; 20] {
    let (class, number) = machine.elf();
    let big_endian = machine == Machine::S390x;
    let bytes = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut header = [0; 20];
    header[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, if big_endian { 2 } else { 1 }, 1]);
    header[16..18].copy_from_slice(&bytes(kind));
    header[18..20].copy_from_slice(&bytes(number));
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Magic;

    fn qemu(magic: &[u8], mask: &[u8], enabled: bool) -> BinfmtEntry {
        BinfmtEntry {
            name: b"qemu-aarch64".to_vec(),
            enabled,
            interpreter: b"/usr/bin/qemu-aarch64-static".to_vec(),
            flags: b"F".to_vec(),
            magic: Some(Magic { offset: 0, bytes: magic.to_vec(), mask: mask.to_vec() }),
        }
    }

    #[test]
    fn an_emulator_is_found_by_its_magic() {
        // As Debian's qemu-user-static registers it: the mask lets both kinds of executable through.
        let magic = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xb7\0";
        let mask = b"\xff\xff\xff\xff\xff\xff\xff\0\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff";
        assert!(emulator(&[qemu(magic, mask, true)], Machine::Aarch64).is_some());
        assert!(emulator(&[qemu(magic, b"", true)], Machine::Aarch64).is_some());
        assert!(emulator(&[qemu(magic, mask, false)], Machine::Aarch64).is_none());
        assert!(emulator(&[qemu(magic, mask, true)], Machine::Riscv64).is_none());
        assert!(emulator(&[qemu(b"MZ", b"", true)], Machine::Aarch64).is_none());
        assert!(emulator(&[], Machine::Aarch64).is_none());
    }
}
