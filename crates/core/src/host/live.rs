//! The machine that gowrap runs on. Each fact is read at its first use, and only once.

use core::cell::{OnceCell, RefCell};

use rustix::fd::OwnedFd;
use rustix::fs::{Access, OFlags};

use crate::prelude::*;

use crate::host::binary::{Binary, HEAD, Machine};
use crate::host::calls::{self, file_stat};
use crate::host::contents;
use crate::host::mounts::MountTable;
use crate::host::opened;
use crate::host::opened::Opened;
use crate::host::trust::{Judged, Untrusted};
use crate::host::wslconf::{Invalid, WslConf};
use crate::host::{
    BinfmtEntry, DriveResponse, FileId, FileStat, Files, Host, Identity, LinuxKind, MountsAbove, Network, Process,
    ProcessIdentity, Processes, Snapshot, SocketState, User, Windows, interop, network, partner_of, process, snapshot,
};
use crate::text::errno::Errno;
use crate::text::path::{basename, join};
use crate::tools::Tool;

/// Values of the auxiliary vector. Reading them costs no system call.
#[derive(Debug, Clone, Copy)]
pub struct Auxiliary<'a> {
    /// The path that execve(2) was given (AT_EXECFN).
    pub execfn: Option<&'a [u8]>,
    /// The effective user (AT_EUID).
    pub euid: u32,
}

/// The live machine.
#[derive(Debug)]
pub struct Live<'a> {
    auxiliary: Auxiliary<'a>,
    started_from: Option<&'a [u8]>,
    kind: OnceCell<LinuxKind>,
    user: OnceCell<Option<User>>,
    cwd: OnceCell<Result<Vec<u8>, Errno>>,
    /// The newest file whose first bytes were read. The last one is the tool, and execve(2) closes it.
    newest: RefCell<Option<OwnedFd>>,
    own_ids: OnceCell<[Option<FileId>; 2]>,
    mounts: OnceCell<MountTable>,
    network: OnceCell<Network>,
    configured_network: OnceCell<Network>,
    drive_probe: Option<DriveProbe>,
    /// The drives that were tried, by mount point.
    asked: RefCell<Vec<(Vec<u8>, DriveResponse)>>,
}

/// A child process that accesses a drive first: an access to a dead drive never ends and cannot be interrupted.
#[derive(Debug, Clone, Copy)]
pub struct DriveProbe {
    /// Accesses a mount point.
    pub look: fn(&[u8]) -> DriveResponse,
    /// The accesses that it tries first.
    pub accesses: ProbedAccesses,
}

/// The accesses that a [`DriveProbe`] tries first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbedAccesses {
    /// Only the access to `.wslconfig`: with a Linux tool there is no other access to a drive, and a call starts no
    /// other process.
    WslconfigOnly,
    /// Every access: the user waits for an explanation.
    All,
}

impl<'a> Live<'a> {
    /// Returns the machine. No fact is read yet.
    #[must_use]
    pub fn new(auxiliary: Auxiliary<'a>) -> Self {
        Live {
            auxiliary,
            started_from: started_from(auxiliary.execfn),
            kind: OnceCell::new(),
            user: OnceCell::new(),
            cwd: OnceCell::new(),
            newest: RefCell::new(None),
            own_ids: OnceCell::new(),
            mounts: OnceCell::new(),
            network: OnceCell::new(),
            configured_network: OnceCell::new(),
            drive_probe: None,
            asked: RefCell::new(Vec::new()),
        }
    }

    /// Returns the machine with a probe.
    #[must_use]
    pub fn with_drive_probe(self, probe: DriveProbe) -> Self {
        Live { drive_probe: Some(probe), ..self }
    }

    /// Returns the machine as a trait object for a plan. If each crate converted it, each would have its own table of
    /// functions, and each start of a tool relocates all tables.
    #[must_use]
    #[inline(never)]
    pub fn host(&self) -> &(dyn Host + 'a) {
        self
    }

    fn probed(&self, probe: DriveProbe, point: &[u8]) -> DriveResponse {
        let known = self.asked.borrow().iter().find(|(asked, _)| asked == point).map(|(_, answer)| *answer);
        known.unwrap_or_else(|| {
            let answer = (probe.look)(point);
            self.asked.borrow_mut().push((point.to_vec(), answer));
            answer
        })
    }
}

/// Returns the folder of the shim by which gowrap was started, without slashes at its end; none if it was started under
/// another name.
fn started_from(execfn: Option<&[u8]>) -> Option<&[u8]> {
    let execfn = execfn?;
    let name = basename(execfn);
    Tool::named(name)?;
    Some(without_slashes(execfn.strip_suffix(name)?)).filter(|folder| !folder.is_empty())
}

fn without_slashes(path: &[u8]) -> &[u8] {
    let mut path = path;
    while let [rest @ .., b'/'] = path {
        path = rest;
    }
    path
}

/// Returns the directory. A directory outside this process's root has no path: the kernel writes `(unreachable)` before
/// it.
fn below_root(directory: Vec<u8>) -> Result<Vec<u8>, Errno> {
    if directory.starts_with(b"/") { Ok(directory) } else { Err(Errno::ENOENT) }
}

impl Files for Live<'_> {
    fn cwd(&self) -> Result<&[u8], Errno> {
        let cwd = self.cwd.get_or_init(|| below_root(rustix::process::getcwd(Vec::new())?.into_bytes()));
        cwd.as_ref().map(Vec::as_slice).map_err(|errno| *errno)
    }

    fn mounts(&self) -> &MountTable {
        self.mounts.get_or_init(|| {
            let mountinfo = self.read(b"/proc/self/mountinfo", 16 << 20).unwrap_or_default();
            MountTable::parse(&mountinfo, |tag| self.read_link(&[b"/run/wsl/virtiofs/", tag].concat()).ok())
        })
    }

    fn mounts_above(&self, path: &[u8]) -> MountsAbove {
        opened::mounts_above(path)
    }

    fn drive_response(&self, path: &[u8]) -> DriveResponse {
        match (self.drive_probe, self.mounts().mount_of(path)) {
            (Some(probe @ DriveProbe { accesses: ProbedAccesses::All, .. }), Some(drive)) if drive.is_drive() => {
                self.probed(probe, drive.point())
            }
            _ => DriveResponse::Answered,
        }
    }

    fn stat(&self, path: &[u8]) -> Result<FileStat, Errno> {
        calls::stat(path).map(|raw| file_stat(&raw))
    }

    fn lstat(&self, path: &[u8]) -> Result<FileStat, Errno> {
        calls::lstat(path).map(|raw| file_stat(&raw))
    }

    fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        calls::read_link(path)
    }

    fn canonical(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let absolute = if path.starts_with(b"/") { path.to_vec() } else { join(self.cwd()?, path) };
        without_links(&absolute)
    }

    fn list(&self, dir: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        calls::names_in(calls::open_at(calls::HERE, dir, calls::TO_READ | OFlags::DIRECTORY)?)
    }

    fn may_execute(&self, path: &[u8]) -> Result<(), Errno> {
        match calls::effective_access(path, Access::EXEC_OK) {
            // Old seccomp profiles refuse unknown calls such as faccessat2(2). access(2) checks the real user, which is
            // also the effective one: a gowrap with raised rights ends at its start.
            Err(Errno::EPERM) => calls::access(path, Access::EXEC_OK),
            answer => answer,
        }
    }

    fn binary(&self, path: &[u8]) -> Result<Binary, Errno> {
        let mut head = [0; HEAD];
        let file = contents::open(path)?;
        let length = contents::read_start(&file, &mut head)?;
        self.newest.replace(Some(file));
        Ok(Binary::parse(&head[..length]))
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Vec<u8>, Errno> {
        self.read_and_stat(path, limit).map(|(_, contents)| contents)
    }

    fn read_and_stat(&self, path: &[u8], limit: usize) -> Result<(FileStat, Vec<u8>), Errno> {
        let (stat, file) = contents::open_regular(path)?;
        contents::read_all(&file, limit).map(|contents| (stat, contents))
    }

    fn judge(&self, path: &[u8]) -> Result<Judged, Untrusted> {
        opened::probe(path)?;
        match opened::open(self, path)? {
            Opened::There { judged, .. } => Ok(judged),
            Opened::Missing { .. } => Err(Errno::ENOENT.into()),
        }
    }

    fn read_judged(&self, path: &[u8], limit: usize) -> Result<(Judged, Result<Vec<u8>, Errno>), Untrusted> {
        opened::probe(path)?;
        let Opened::There { folder, judged, .. } = opened::open(self, path)? else { return Err(Errno::ENOENT.into()) };
        let text = opened::read_again(folder.as_ref(), &judged).and_then(|file| contents::read_all(&file, limit));
        Ok((judged, text))
    }
}

impl Identity for Live<'_> {
    fn kind(&self) -> LinuxKind {
        *self.kind.get_or_init(|| {
            // WSL2's init creates /run/WSL, and WSL1 does not. This is the cheapest check.
            if calls::access(b"/run/WSL", Access::EXISTS).is_ok() {
                return LinuxKind::Wsl2;
            }
            let Some(release) = calls::release() else { return LinuxKind::Linux };
            let mut capitals = release.split(|&byte| byte == b'M').skip(1);
            if capitals.any(|rest| rest.starts_with(b"icrosoft")) { LinuxKind::Wsl1 } else { LinuxKind::Linux }
        })
    }

    fn machine(&self) -> Machine {
        Machine::native()
    }

    fn distro(&self) -> Option<Vec<u8>> {
        None
    }

    fn uid(&self) -> u32 {
        self.auxiliary.euid
    }

    fn user(&self) -> Option<&User> {
        self.user.get_or_init(|| process::passwd_user(&self.read(b"/etc/passwd", 1 << 20).ok()?, self.uid())).as_ref()
    }

    fn own_path(&self) -> Option<Vec<u8>> {
        let by_kernel = self.read_link(b"/proc/self/exe").ok();
        by_kernel.or_else(|| self.auxiliary.execfn.map(<[u8]>::to_vec))
    }

    fn is_own(&self, file: FileId) -> bool {
        let ids = self.own_ids.get_or_init(|| {
            let own = calls::stat(b"/proc/self/exe").or_else(|errno| calls::stat(self.auxiliary.execfn.ok_or(errno)?));
            let partner = || calls::stat(&partner_of(&self.own_path()?)).ok();
            [own.ok(), partner()].map(|stat| stat.map(|stat| file_stat(&stat).id))
        });
        ids.contains(&Some(file))
    }

    fn is_shim_folder(&self, entry: &[u8]) -> bool {
        let entry = without_slashes(entry);
        // Every way to install gowrap puts the shims into a folder of this name.
        entry.ends_with(b"/gowrap/shims") || self.started_from == Some(entry)
    }
}

impl Processes for Live<'_> {
    fn process(&self) -> ProcessIdentity {
        let pid = rustix::process::getpid().as_raw_nonzero().get().unsigned_abs();
        let start = self.read(b"/proc/self/stat", 4096).ok().and_then(|stat| process::start_time(&stat));
        ProcessIdentity { pid, start: start.unwrap_or(0) }
    }

    fn has_terminal(&self) -> bool {
        (0..=2).any(calls::is_terminal)
    }

    fn ancestors(&self) -> Box<dyn Iterator<Item = Process> + '_> {
        Box::new(process::Ancestors::of_this_process())
    }

    fn has_variable(&self, pid: u32, matches: &dyn Fn(&[u8]) -> bool) -> bool {
        process::has_variable(pid, self.uid(), matches)
    }

    fn snapshot(&self) -> Snapshot {
        let folder = self.user().and_then(|user| snapshot::folder(&user.home));
        folder.map_or(Snapshot::Absent, |folder| snapshot::load(self, &folder))
    }

    fn has_snapshot(&self, home: Option<&[u8]>) -> bool {
        let exists = |home: &[u8]| snapshot::path(home).is_some_and(|path| calls::lstat(&path).is_ok());
        match home.filter(|home| home.starts_with(b"/")) {
            Some(home) if !exists(home) => false,
            Some(home) if self.user().is_some_and(|user| user.home == home) => true,
            _ => self.user().is_some_and(|user| exists(&user.home)),
        }
    }
}

impl Windows for Live<'_> {
    fn binfmt(&self) -> Vec<BinfmtEntry> {
        interop::binfmt_entries(self)
    }

    fn has_init(&self) -> bool {
        interop::has_init(self)
    }

    fn interop_enabled(&self) -> bool {
        let conf = self.read(b"/etc/wsl.conf", 1 << 16).map(|text| WslConf::parse(&text, Invalid::Ends));
        conf.ok().and_then(|conf| conf.switch("interop", "enabled")).unwrap_or(true)
    }

    fn socket_owner(&self, path: &[u8]) -> Option<u32> {
        self.lstat(path).ok().map(|socket| socket.uid)
    }

    fn try_socket(&self, path: &[u8]) -> SocketState {
        interop::try_socket(path)
    }

    fn network(&self) -> &Network {
        self.network.get_or_init(|| network::read(self, self.kind(), network::WslconfigAccess::Unread))
    }

    fn configured_network(&self) -> &Network {
        self.configured_network.get_or_init(|| {
            let answer = match (self.drive_probe, self.mounts().mount_point_of_drive(b'C')) {
                (Some(probe), Some(point)) => self.probed(probe, point),
                _ => DriveResponse::Answered,
            };
            network::read(
                self,
                self.kind(),
                match answer {
                    DriveResponse::Answered => network::WslconfigAccess::Read,
                    DriveResponse::TimedOut => network::WslconfigAccess::Unread,
                },
            )
        })
    }
}

/// Returns an absolute path without links, `.` and `..`, as realpath(3) does.
fn without_links(path: &[u8]) -> Result<Vec<u8>, Errno> {
    // MAXSYMLINKS of include/linux/namei.h.
    const MOST_LINKS: usize = 40;
    let names = |path: &[u8]| {
        // A slash at the end requires a folder. `.` does the same.
        let end = if path.ends_with(b"/") { Some(b".".to_vec()) } else { None };
        let names = path.split(|&byte| byte == b'/').filter(|name| !name.is_empty()).map(<[u8]>::to_vec);
        names.chain(end).rev().collect::<Vec<_>>()
    };
    if path.is_empty() {
        return Err(Errno::ENOENT);
    }
    let mut ahead = names(path);
    let mut real: Vec<u8> = Vec::new();
    let mut links = 0;
    while let Some(name) = ahead.pop() {
        let entry = [real.as_slice(), b"/", &name].concat();
        match calls::read_link(&entry) {
            Ok(target) => {
                links += 1;
                if links > MOST_LINKS {
                    return Err(Errno::ELOOP);
                }
                if target.starts_with(b"/") {
                    real.clear();
                }
                ahead.extend(names(&target));
            }
            Err(Errno::EINVAL) if name == b"." => {}
            Err(Errno::EINVAL) if name == b".." => {
                let end = real.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
                real.truncate(end);
            }
            Err(Errno::EINVAL) => real = entry,
            Err(errno) => return Err(errno),
        }
    }
    Ok(if real.is_empty() { b"/".to_vec() } else { real })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_outside_the_root_is_none() {
        assert_eq!(below_root(b"/home/me".to_vec()), Ok(b"/home/me".to_vec()));
        assert_eq!(below_root(b"(unreachable)/home/me".to_vec()), Err(Errno::ENOENT));
    }
}
