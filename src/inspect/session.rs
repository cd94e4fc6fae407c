//! Facts about the session that this process is in: the users of the processes above it, of the leaders of their
//! sessions, and of their terminals.
//!
//! If its parent ends, a process becomes a child of the first process. So the parents alone do not show the session's
//! origin: a user can kill a `su` that the user started. The process then still has its session and its controlling
//! terminal (credentials(7)), its open files, and the login user (`/proc/PID/loginuid`, proc(5)), which pam_loginuid(8)
//! sets and only root can change.

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::sys::stat::{FileStat, SFlag, fstat, major, minor, stat};
use nix::unistd::Pid;

use crate::host::mounts::Mount;
use crate::host::process::{SessionIds, lineage, place, users};
use crate::host::{Credentials, Host, Process, Unseen, calls};
use crate::text::path::join;

/// Longer than any `/proc/PID/stat` and `/proc/PID/status`.
const LARGEST: usize = 8192;

/// The value of `/proc/PID/loginuid` if no login has set it.
const NO_LOGIN: u32 = u32::MAX;

/// The controlling terminal of the process that opens it (Documentation/admin-guide/devices.txt).
const CONTROLLING: Device = Device { major: 5, minor: 0 };

/// As Documentation/admin-guide/devices.txt: `/dev/null`, `/dev/zero` and the like.
const MEMORY_MAJOR: u64 = 1;

/// As Documentation/admin-guide/devices.txt: the terminals in `/dev/pts`, which have their number as their name.
const PTS_MAJOR: u64 = 136;

/// The session of this process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Session {
    /// The processes above this one, nearest first.
    pub above: Vec<Credentials>,
    /// The session leaders of this process and of its ancestors, without those that have ended.
    pub leaders: Vec<Credentials>,
    /// The controlling terminals of this process and of those above it.
    pub terminals: Vec<ControllingTerminal>,
    /// The files of descriptors 0 to 2 of this process, and of the ancestors with the same user.
    pub standard: Vec<StandardFile>,
    /// The login user of the session, if a login program has set it in the kernel.
    pub login: Option<u32>,
}

/// The number of a character device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Device {
    /// The number of its driver.
    pub major: u64,
    /// Its number there.
    pub minor: u64,
}

/// A terminal that controls a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ControllingTerminal {
    /// Its number.
    pub device: Device,
    /// Its owner; none if no file in `/dev` has its number.
    pub owner: Option<u32>,
}

/// The file of one of the descriptors 0 to 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StandardFile {
    /// The ancestor that has it open; none for this process.
    pub above: Option<Process>,
    /// The descriptor.
    pub descriptor: u8,
    /// The owner of the file, pipe, socket or terminal.
    pub owner: u32,
    /// The kind of the file.
    pub kind: StandardKind,
}

/// The kinds of files that differ in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandardKind {
    /// A terminal, or another character device.
    Terminal(Device),
    /// Anything else.
    Other,
}

impl StandardFile {
    /// Returns true for a terminal that controls neither this process nor one above it.
    #[must_use]
    pub(crate) fn is_foreign_terminal(&self, session: &Session) -> bool {
        match self.kind {
            StandardKind::Terminal(CONTROLLING) => session.terminals.is_empty(),
            StandardKind::Terminal(device) => session.terminals.iter().all(|terminal| terminal.device != device),
            StandardKind::Other => false,
        }
    }
}

/// Reads the session of this process.
///
/// # Errors
/// The process that /proc does not show.
pub(crate) fn read(host: &dyn Host) -> Result<Session, Unseen> {
    let above = lineage()?;
    let mut standard = standard_files();
    for Credentials { process, .. } in above.iter().filter(|above| above.process.uid == host.uid()) {
        standard.extend(standard_files_of(process, host));
    }
    let mut session = Session { standard, login: login(host), ..Session::default() };
    let own = std::process::id();
    for pid in std::iter::once(own).chain(above.iter().map(|above| above.process.pid)) {
        let unseen = Unseen { pid };
        let text = host.read(format!("/proc/{pid}/stat").as_bytes(), LARGEST).map_err(|_| unseen)?;
        let SessionIds { leader, terminal } = place(&text).ok_or(unseen)?;
        let is_known = |known: &Credentials| known.process.pid == leader;
        // A session that began outside this pid namespace has no id in it.
        if leader != 0 && leader != own && !above.iter().chain(&session.leaders).any(is_known) {
            session.leaders.extend(living(leader, host)?);
        }
        if let Some(device) = device(terminal)
            && !session.terminals.iter().any(|known| known.device == device)
        {
            session.terminals.push(ControllingTerminal { device, owner: owner(device, host) });
        }
    }
    Ok(Session { above, ..session })
}

/// Returns the users of a process; none if it has ended. Its id is not used again while its session exists.
fn living(pid: u32, host: &dyn Host) -> Result<Option<Credentials>, Unseen> {
    let read = |file: &str| host.read(format!("/proc/{pid}/{file}").as_bytes(), LARGEST);
    if let (Ok(status), Ok(name)) = (read("status"), read("comm")) {
        let users = users(&status).ok_or(Unseen { pid })?;
        let process = Process { pid, uid: users[1], name: name.trim_ascii_end().to_vec() };
        return Ok(Some(Credentials { process, users }));
    }
    // It has ended, or it is hidden (`hidepid` of proc(5)). A hidden process refuses a signal.
    match kill(Pid::from_raw(pid.cast_signed()), None) {
        Err(Errno::ESRCH) => Ok(None),
        _ => Err(Unseen { pid }),
    }
}

/// Returns the device of a number in `/proc/PID/stat`; none for 0 (include/linux/kdev_t.h, new_encode_dev).
fn device(number: u32) -> Option<Device> {
    let [major, minor] = [(number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xf_ff00)];
    (number != 0).then_some(Device { major: major.into(), minor: minor.into() })
}

/// Returns the owner of a terminal, from the file in `/dev` that has its number.
fn owner(device: Device, host: &dyn Host) -> Option<u32> {
    let of = |path: &[u8]| {
        let stat = calls::lstat(path).ok()?;
        let is_it = file_type(stat.st_mode) == SFlag::S_IFCHR && of_number(stat.st_rdev) == device;
        is_it.then_some(stat.st_uid)
    };
    if device.major == PTS_MAJOR {
        return of(format!("/dev/pts/{}", device.minor).as_bytes());
    }
    host.list(b"/dev").ok()?.iter().find_map(|name| of(&join(b"/dev", name)))
}

fn file_type(mode: u32) -> SFlag {
    SFlag::from_bits_truncate(mode) & SFlag::S_IFMT
}

fn of_number(number: u64) -> Device {
    Device { major: major(number), minor: minor(number) }
}

/// Returns the files of descriptors 0 to 2, without closed ones.
fn standard_files() -> Vec<StandardFile> {
    let (input, output, error) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let stats = [fstat(input), fstat(output), fstat(error)];
    let seen = (0..).zip(stats).filter_map(|(descriptor, stat)| Some((descriptor, stat.ok()?)));
    seen.filter_map(|(descriptor, stat)| file(None, descriptor, &stat)).collect()
}

/// Returns the same for an ancestor. Files that the kernel does not show are left out: a program can protect itself, as
/// sshd(8) does.
fn standard_files_of(process: &Process, host: &dyn Host) -> Vec<StandardFile> {
    let seen = |descriptor: u8| {
        let path = format!("/proc/{}/fd/{descriptor}", process.pid);
        let leads_to = host.read_link(path.as_bytes()).ok()?;
        // An access to a mount that does not answer never ends.
        let is_unproven = || host.mounts().mount_of(&leads_to).and_then(Mount::unproven).is_some();
        if leads_to.starts_with(b"/") && is_unproven() {
            return None;
        }
        file(Some(process.clone()), descriptor, &stat(path.as_str()).ok()?)
    };
    (0..3).filter_map(seen).collect()
}

/// Returns none for a device that no user controls. In a user namespace, root of the machine would be another user.
fn file(above: Option<Process>, descriptor: u8, stat: &FileStat) -> Option<StandardFile> {
    Some(StandardFile { above, descriptor, owner: stat.st_uid, kind: kind(stat)? })
}

/// Returns the kind of a file; none for the memory devices. isatty(3) fails for a terminal that was hung up, so the
/// device number is used.
fn kind(stat: &FileStat) -> Option<StandardKind> {
    match (file_type(stat.st_mode), of_number(stat.st_rdev)) {
        (SFlag::S_IFCHR, Device { major: MEMORY_MAJOR, .. }) => None,
        (SFlag::S_IFCHR, device) => Some(StandardKind::Terminal(device)),
        _ => Some(StandardKind::Other),
    }
}

/// Returns the login user.
fn login(host: &dyn Host) -> Option<u32> {
    let text = host.read(b"/proc/self/loginuid", LARGEST).ok()?;
    let user: u32 = std::str::from_utf8(&text).ok()?.trim_end().parse().ok()?;
    (user != NO_LOGIN).then_some(user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::live::{Auxiliary, Live};

    #[test]
    fn the_number_of_a_terminal() {
        let device = |number| device(number).map(|device| (device.major, device.minor));
        assert_eq!(device(0), None);
        assert_eq!(device(34816), Some((136, 0)));
        assert_eq!(device(34816 + 255), Some((136, 255)));
        assert_eq!(device((136 << 8) | (1 << 20)), Some((136, 256)));
        assert_eq!(device(1025), Some((4, 1)));
    }

    #[test]
    fn the_session_of_this_test() {
        let live = Live::new(Auxiliary { execfn: None, euid: nix::unistd::geteuid().as_raw() });
        let Ok(session) = read(&live) else { return };
        assert_eq!(session.above, lineage().unwrap());
        let mut known: Vec<u32> = session.above.iter().chain(&session.leaders).map(|one| one.process.pid).collect();
        known.sort_unstable();
        assert!(known.windows(2).all(|pair| pair[0] != pair[1]), "{known:?}");
        assert!(session.standard.iter().all(|file| file.descriptor < 3));
    }

    #[test]
    fn the_owner_of_a_device_is_that_of_its_file() {
        let live = Live::new(Auxiliary { execfn: None, euid: 0 });
        let stat = calls::lstat(b"/dev/null").unwrap();
        assert_eq!(owner(of_number(stat.st_rdev), &live), Some(stat.st_uid));
        assert_eq!(owner(Device { major: PTS_MAJOR, minor: 1 << 19 }, &live), None);
        assert_eq!(owner(Device { major: 4000, minor: 1 }, &live), None);
    }

    #[test]
    fn a_process_that_has_ended_leads_nothing() {
        let live = Live::new(Auxiliary { execfn: None, euid: 0 });
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert_eq!(living(child.id(), &live), Ok(None));
        let own = living(std::process::id(), &live).unwrap().unwrap();
        assert_eq!(own.users[1], nix::unistd::geteuid().as_raw());
    }

    #[test]
    fn a_terminal_beside_that_of_the_session() {
        let pts = |minor| Device { major: PTS_MAJOR, minor };
        let with = |minors: &[u64]| Session {
            terminals: minors.iter().map(|&minor| ControllingTerminal { device: pts(minor), owner: Some(0) }).collect(),
            ..Session::default()
        };
        let sessions = [with(&[]), with(&[3]), with(&[4]), with(&[4, 3])];
        let table = [
            (StandardKind::Other, [false; 4]),
            (StandardKind::Terminal(pts(3)), [true, false, true, false]),
            (StandardKind::Terminal(CONTROLLING), [true, false, false, false]),
        ];
        for (kind, expected) in table {
            let file = StandardFile { above: None, descriptor: 0, owner: 0, kind };
            assert_eq!(sessions.each_ref().map(|session| file.is_foreign_terminal(session)), expected, "{kind:?}");
        }
    }

    #[test]
    fn the_null_device_belongs_to_no_session() {
        let of = |path: &str| kind(&stat(path).unwrap());
        assert_eq!(of("/dev/null"), None);
        assert_eq!(of("/"), Some(StandardKind::Other));
        assert_eq!(of("/dev/tty"), Some(StandardKind::Terminal(CONTROLLING)));
    }
}
