//! Decides whether one candidate can be the tool on this machine. Later checks run only if earlier ones pass.

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::diagnosis::wording;
use crate::host::binary::{Binary, Format, Machine, Maker};
use crate::host::script::{How, Started, is_windows_program};
use crate::host::trust::Untrusted;
use crate::host::{BinfmtEntry, FileId, FileKind, FileStat, Files, Host};
use crate::plan::find::places;
use crate::plan::model::{Candidate, CandidateSource, LastComponent, LeadsTo, Reason, Target, Via};
use crate::text::errno::words;
use crate::text::escape::escape;
use crate::tools::Tool;

/// File system of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileSystem {
    /// A Linux file system.
    Linux,
    /// A Windows drive, on which every file looks executable.
    Drive,
}

/// Result for one candidate.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The file does not exist.
    Absent,
    /// The kernel runs it.
    Native(Target),
    /// A script on a drive, which is usually a shim for Windows.
    DriveScript(Target),
    /// A script that starts a Windows program, with its row for the case that a Linux tool is found.
    WindowsScript(Target, Candidate),
    /// A version manager's shim that starts its manager by name. It runs if PATH has the manager. If not, a shim from
    /// PATH runs only if no Linux tool is found.
    NeedsManager(Target, Vec<u8>),
    /// A Windows binary. A later stage decides whether it may run.
    Windows(Target, Candidate),
    /// The file cannot be the tool.
    Rejected(Candidate),
}

/// Classifies the file at `path`. `tried` are the files that have already started gowrap again in this process.
pub(crate) fn classify(
    host: &dyn Host,
    tool: Tool,
    path: Vec<u8>,
    source: CandidateSource,
    place: FileSystem,
    tried: &[FileId],
) -> Verdict {
    // This check comes first: another user's link may lead to a mount that never answers.
    if source == CandidateSource::WellKnown {
        match trusted(host, &path) {
            Ok(Existence::Known) => {}
            Ok(Existence::Absent) => return Verdict::Absent,
            Err((reason, detail)) => return rejected(path, reason, detail),
        }
    }
    let (stat, last_component) = match stat_if_present(host, &path) {
        Ok(Some(found)) => found,
        Ok(None) => return Verdict::Absent,
        Err((reason, detail)) => return rejected(path, reason, detail),
    };
    // Called only for a file that is rejected, cannot be read, or has gowrap's mark, to choose the text.
    let is_own = || stat.kind == FileKind::Regular && host.is_own(stat.id);
    if let Err((reason, detail)) = check_stat(host, &path, &stat, tried) {
        return if is_own() { rejected_as_gowrap(path, "gowrap itself") } else { rejected(path, reason, detail) };
    }
    let binary = match host.binary(&path) {
        Ok(binary) => binary,
        Err(_) if is_own() => return rejected_as_gowrap(path, "gowrap itself"),
        // Executable but not readable: the kernel may still run it.
        Err(Errno::EACCES | Errno::EPERM) => Binary::of(Format::Other, ""),
        Err(errno) => {
            return rejected(path, Reason::OtherFormat, wording(|| format!("cannot be read: {}", words(errno))));
        }
    };
    if matches!(binary.maker, Maker::Gowrap(_)) {
        return rejected_as_gowrap(path, if is_own() { "gowrap itself" } else { "another copy of gowrap" });
    }
    let leads_to = LeadsTo::ItsOwn;
    let target = Target {
        path,
        last_component,
        format: binary.format,
        machine: binary.machine,
        via: Via::Direct,
        source,
        leads_to,
    };
    match loadable(host, &binary) {
        Err((Reason::Pe, detail)) => {
            let candidate = Candidate { path: target.path.clone(), reason: Reason::Pe, detail: detail.into_bytes() };
            Verdict::Windows(target, candidate)
        }
        Err((reason, detail)) => rejected(target.path, reason, detail),
        Ok(()) if target.format == Format::Script => judge_script(host, tool, target, &binary, place),
        Ok(()) => Verdict::Native(target),
    }
}

fn judge_script(host: &dyn Host, tool: Tool, mut target: Target, binary: &Binary, place: FileSystem) -> Verdict {
    let starts = binary.starts.as_slice();
    let interpreter = binary.interpreter.as_deref().filter(|interpreter| is_windows_program(interpreter));
    let windows = interpreter.or_else(|| windows_script(tool, starts)).map(|word| {
        let name = word.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or(word);
        wording(|| [b"a script that starts ", name].concat())
    });
    if is_on_drive(host, &target.path, place) {
        let is_for_linux = starts.iter().any(|started| is_linux_tool(tool, started));
        match windows {
            Some(why) => target.leads_to = LeadsTo::Windows(why),
            None if is_for_linux => {}
            None => target.leads_to = LeadsTo::Windows(wording(|| b"a script on a drive".to_vec())),
        }
        return Verdict::DriveScript(target);
    }
    match windows {
        Some(why) if host.kind().is_wsl() => {
            let candidate = Candidate { path: target.path.clone(), reason: Reason::Pe, detail: why.clone() };
            Verdict::WindowsScript(Target { leads_to: LeadsTo::Windows(why), ..target }, candidate)
        }
        _ => match starts.iter().find(|started| places::is_manager(&started.word)) {
            Some(manager) => Verdict::NeedsManager(target, manager.word.clone()),
            None => Verdict::Native(target),
        },
    }
}

/// Returns the Windows program that a script of the tool's name starts. Returns `None` if the script also starts a
/// Linux tool of that name.
///
/// A Windows program of another name (`clip.exe`, `powershell.exe`) may be a helper: it counts only if the script
/// executes no Linux program at its end. A Windows tool whose output alone is read (`$(which go.exe)`) is perhaps never
/// started: it counts too, unless the script executes a Linux program at its end, where `exec "$GO"` is not taken for
/// one.
fn windows_script(tool: Tool, starts: &[Started]) -> Option<&[u8]> {
    if starts.iter().any(|started| is_linux_tool(tool, started)) {
        return None;
    }
    let of_windows = || starts.iter().filter(|started| started.is_of_windows());
    let is_the_tool = |started: &&Started| started.name().eq_ignore_ascii_case(tool.name().as_bytes());
    let on_linux = || starts.iter().filter(|started| started.how == How::InPlace && !started.is_of_windows());
    // `exec "$GO"` may be the program that was looked for.
    let only_looked_for = || on_linux().any(|started| !started.word.starts_with(b"$"));
    if let Some(started) =
        of_windows().filter(is_the_tool).find(|tool| tool.how != How::ForOutput || !only_looked_for())
    {
        return Some(&started.word);
    }
    let goes_on_elsewhere = on_linux().next().is_some();
    of_windows().next().filter(|_| !goes_on_elsewhere).map(|started| started.word.as_slice())
}

fn is_linux_tool(tool: Tool, started: &Started) -> bool {
    !started.is_of_windows() && started.name() == tool.name().as_bytes()
}

/// Returns true if the real file is on a drive: a drive may be mounted below a home, and a link may lead to one. Called
/// for scripts only, because reading the mount table is slow.
fn is_on_drive(host: &dyn Host, path: &[u8], place: FileSystem) -> bool {
    place == FileSystem::Drive
        || (host.kind().is_wsl() && host.canonical(path).is_ok_and(|path| host.mounts().is_on_drive(&path)))
}

type Loss = (Reason, String);

fn lost(reason: Reason, detail: &str) -> Loss {
    (reason, wording(|| detail.to_owned()))
}

fn rejected(path: Vec<u8>, reason: Reason, detail: String) -> Verdict {
    Verdict::Rejected(Candidate { path, reason, detail: detail.into_bytes() })
}

fn rejected_as_gowrap(path: Vec<u8>, detail: &str) -> Verdict {
    rejected(path, Reason::Own, wording(|| detail.to_owned()))
}

/// Result for a path that only root and the user can change.
enum Existence {
    Known,
    Absent,
}

/// Checks a path that the user did not choose. If root's environment has another user's GOPATH, root must not run a
/// file of that user, nor a file of root to which that user's link leads.
fn trusted(host: &dyn Files, path: &[u8]) -> Result<Existence, Loss> {
    match host.judge(path) {
        Ok(_) => Ok(Existence::Known),
        Err(Untrusted::Errno(Errno::ENOENT | Errno::ENOTDIR)) => Ok(Existence::Absent),
        Err(Untrusted::Errno(Errno::ELOOP)) => Err(lost(Reason::Loop, "a circle of symbolic links")),
        Err(Untrusted::Errno(errno)) => Err((Reason::NotExecutable, wording(|| words(errno)))),
        Err(doubtful) => {
            let why = wording(|| String::from_utf8_lossy(&doubtful.words()).into_owned());
            Err((Reason::ForeignOwner, why))
        }
    }
}

/// Returns the file behind the links, or `None` if there is none. A missing file costs one system call.
fn stat_if_present(host: &dyn Files, path: &[u8]) -> Result<Option<(FileStat, LastComponent)>, Loss> {
    let stat = match host.lstat(path) {
        Ok(stat) if stat.kind != FileKind::Link => return Ok(Some((stat, LastComponent::File))),
        Ok(_) => host.stat(path),
        Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(None),
        Err(errno) => Err(errno),
    };
    match stat {
        Ok(stat) => Ok(Some((stat, LastComponent::SymbolicLink))),
        Err(Errno::ENOENT | Errno::ENOTDIR) => Err(lost(Reason::Dangling, "a dangling symbolic link")),
        Err(Errno::ELOOP) => Err(lost(Reason::Loop, "a circle of symbolic links")),
        Err(errno) => Err((Reason::NotExecutable, wording(|| words(errno)))),
    }
}

/// Rejects a file before it is opened. Opening a FIFO or a device could block or have an effect.
fn check_stat(host: &dyn Host, path: &[u8], stat: &FileStat, tried: &[FileId]) -> Result<(), Loss> {
    match stat.kind {
        FileKind::Regular => {}
        FileKind::Directory => return Err(lost(Reason::NotAFile, "a directory")),
        _ => return Err(lost(Reason::NotAFile, "a FIFO, a socket or a device")),
    }
    if tried.contains(&stat.id) {
        return Err(lost(Reason::LeadsBack, "a shim that starts gowrap again"));
    }
    if host.may_execute(path).is_err() {
        // The option belongs to the mount of the file, not to the mount of the link.
        let file = host.canonical(path).unwrap_or_else(|_| path.to_vec());
        return Err(if stat.mode & 0o111 != 0 && host.mounts().is_noexec(&file) {
            lost(Reason::NoexecMount, "its mount has the option noexec")
        } else {
            let detail = || format!("not executable for uid {} (mode {:04o})", host.uid(), stat.mode);
            (Reason::NotExecutable, wording(detail))
        });
    }
    Ok(())
}

/// Checks that execve(2) accepts the file and that its interpreter exists.
fn loadable(host: &dyn Host, binary: &Binary) -> Result<(), Loss> {
    match binary.format {
        Format::Pe => {
            let detail = || {
                let machine = binary.machine.map(|machine| format!(" for {}", machine.name())).unwrap_or_default();
                format!("{}{machine}", binary.detail)
            };
            Err((Reason::Pe, wording(detail)))
        }
        Format::Elf => {
            let machine = binary.machine.unwrap_or(host.machine());
            if host.machine().runs(machine) {
                return interpreter_exists(host, binary);
            }
            // An emulator may search the interpreter below another root folder, so it is not checked.
            match emulator(&host.binfmt(), machine) {
                Some(_) => Ok(()),
                None => {
                    let detail = || format!("for {}, this is {}", machine.name(), host.machine().name());
                    Err((Reason::WrongMachine, wording(detail)))
                }
            }
        }
        Format::Script => interpreter_exists(host, binary),
        Format::Other if binary.detail.is_empty() => Ok(()),
        Format::Other => Err(lost(Reason::OtherFormat, binary.detail)),
    }
}

fn interpreter_exists(host: &dyn Files, binary: &Binary) -> Result<(), Loss> {
    match &binary.interpreter {
        Some(interpreter) if host.stat(interpreter).is_err() => {
            Err((Reason::MissingInterpreter, wording(|| format!("needs {}", escape(interpreter)))))
        }
        _ => Ok(()),
    }
}

/// Returns the enabled binfmt_misc entry for ELF binaries of that machine.
fn emulator(entries: &[BinfmtEntry], machine: Machine) -> Option<&BinfmtEntry> {
    // Of the first 20 bytes of an ELF header only `e_type` varies: 2 is fixed, 3 is position-independent.
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
        // Entry as Debian's qemu-user-static registers it: its mask matches both types of executable.
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
