//! The machine that gowrap runs on. Everything is read when it is asked for, and once.

use std::cell::OnceCell;
use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, openat};
use nix::sys::stat::{FileStat as RawStat, Mode, SFlag, lstat, stat};
use nix::unistd::{AccessFlags, access, faccessat, read};

use crate::host::acl;
use crate::host::acl::Grant;
use crate::host::binary::{Binary, HEAD, Machine};
use crate::host::environ::Environ;
use crate::host::mounts::MountTable;
use crate::host::opened;
use crate::host::opened::Opened;
use crate::host::trust::{Judged, Untrusted};
use crate::host::wslconf::{Invalid, WslConf};
use crate::host::{
    BinfmtEntry, FileId, FileKind, FileStat, Host, Kind, LineEnds, Network, Process, ProcessIdentity, Snapshot,
    SocketState, User, Variables, interop, netsh, network, packages, process, snapshot,
};
use crate::text::path::basename;
use crate::tools::Tool;

/// What the kernel put beside the arguments: reading it costs no system call.
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
    kind: OnceCell<Kind>,
    user: OnceCell<Option<User>>,
    cwd: OnceCell<Result<Vec<u8>, Errno>>,
    own_id: OnceCell<Option<FileId>>,
    mounts: OnceCell<MountTable>,
    network: OnceCell<Network>,
}

impl<'a> Live<'a> {
    /// The machine, of which nothing has been read yet.
    #[must_use]
    pub fn new(auxiliary: Auxiliary<'a>) -> Self {
        Live {
            auxiliary,
            started_from: started_from(auxiliary.execfn),
            kind: OnceCell::new(),
            user: OnceCell::new(),
            cwd: OnceCell::new(),
            own_id: OnceCell::new(),
            mounts: OnceCell::new(),
            network: OnceCell::new(),
        }
    }
}

/// The folder that holds the link by which gowrap was started, if it was started by a link with a tool's name. Its slashes
/// at the end are cut off.
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

impl Host for Live<'_> {
    fn kind(&self) -> Kind {
        *self.kind.get_or_init(|| {
            // WSL2's init makes /run/WSL; a look at it is the cheapest proof. WSL1 has no such folder.
            if access("/run/WSL", AccessFlags::F_OK).is_ok() {
                return Kind::Wsl2;
            }
            let Ok(name) = nix::sys::utsname::uname() else { return Kind::Linux };
            let mut capitals = name.release().as_encoded_bytes().split(|&byte| byte == b'M').skip(1);
            if capitals.any(|rest| rest.starts_with(b"icrosoft")) { Kind::Wsl1 } else { Kind::Linux }
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

    fn cwd(&self) -> Result<&[u8], Errno> {
        let cwd = self.cwd.get_or_init(|| {
            let path = nix::unistd::getcwd()?.into_os_string().into_encoded_bytes();
            // The kernel says "(unreachable)" in front of a directory outside our root.
            if path.starts_with(b"/") { Ok(path) } else { Err(Errno::ENOENT) }
        });
        cwd.as_ref().map(Vec::as_slice).map_err(|errno| *errno)
    }

    fn has_terminal(&self) -> bool {
        use std::io::IsTerminal;
        std::io::stdin().is_terminal() || std::io::stdout().is_terminal() || std::io::stderr().is_terminal()
    }

    fn own_path(&self) -> Option<Vec<u8>> {
        let by_kernel = self.read_link(b"/proc/self/exe").ok();
        by_kernel.or_else(|| self.auxiliary.execfn.map(<[u8]>::to_vec))
    }

    fn own_id(&self) -> Option<FileId> {
        *self.own_id.get_or_init(|| {
            let own = stat("/proc/self/exe").or_else(|errno| stat(self.auxiliary.execfn.ok_or(errno)?));
            own.ok().map(|own| file_stat(&own).id)
        })
    }

    fn is_shim_folder(&self, entry: &[u8]) -> bool {
        let entry = without_slashes(entry);
        // However gowrap was installed, its links are in a folder of this name.
        entry.ends_with(b"/gowrap/shims") || self.started_from == Some(entry)
    }

    fn process(&self) -> ProcessIdentity {
        let pid = std::process::id();
        let start = self.read(b"/proc/self/stat", 4096).ok().and_then(|stat| process::start_time(&stat));
        ProcessIdentity { pid, start: start.unwrap_or(0) }
    }

    fn mounts(&self) -> &MountTable {
        self.mounts.get_or_init(|| {
            let mountinfo = self.read(b"/proc/self/mountinfo", 16 << 20).unwrap_or_default();
            MountTable::parse(&mountinfo, |tag| self.read_link(&[b"/run/wsl/virtiofs/", tag].concat()).ok())
        })
    }

    fn stat(&self, path: &[u8]) -> Result<FileStat, Errno> {
        stat(path).map(|raw| file_stat(&raw))
    }

    fn lstat(&self, path: &[u8]) -> Result<FileStat, Errno> {
        lstat(path).map(|raw| file_stat(&raw))
    }

    fn acl(&self, path: &[u8]) -> Result<Vec<Grant>, Errno> {
        let mut value = vec![0; 1024];
        loop {
            let length = match rustix::fs::getxattr(path, acl::ATTRIBUTE, value.as_mut_slice()) {
                Ok(length) => length,
                // include/uapi/linux/limits.h: XATTR_SIZE_MAX.
                Err(rustix::io::Errno::RANGE) if value.len() < 1 << 16 => {
                    value.resize(1 << 16, 0);
                    continue;
                }
                Err(rustix::io::Errno::NODATA | rustix::io::Errno::OPNOTSUPP) => return Ok(Vec::new()),
                Err(errno) => return Err(Errno::from_raw(errno.raw_os_error())),
            };
            return Ok(acl::parse_attribute(&value[..length]));
        }
    }

    fn may_execute(&self, path: &[u8]) -> Result<(), Errno> {
        match faccessat(AT_FDCWD, path, AccessFlags::X_OK, AtFlags::AT_EACCESS) {
            // Old profiles of seccomp refuse every call that they do not know, faccessat2(2) among them. The older call asks
            // for the real user, which is the effective one: a start that raises rights ends at once.
            Err(Errno::EPERM) => access(path, AccessFlags::X_OK),
            answer => answer,
        }
    }

    fn binary(&self, path: &[u8]) -> Result<Binary, Errno> {
        let mut head = [0; HEAD];
        let length = read_start(path, &mut head)?;
        Ok(Binary::parse(&head[..length]))
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Vec<u8>, Errno> {
        self.read_and_stat(path, limit).map(|(_, contents)| contents)
    }

    fn read_and_stat(&self, path: &[u8], limit: usize) -> Result<(FileStat, Vec<u8>), Errno> {
        let file = open(path)?;
        let stat = file_stat(&nix::sys::stat::fstat(&file)?);
        if stat.kind != FileKind::Regular {
            return Err(Errno::EINVAL);
        }
        read_all(&file, limit).map(|contents| (stat, contents))
    }

    fn judge(&self, path: &[u8]) -> Result<Judged, Untrusted> {
        match opened::open(self, path)? {
            Opened::There { judged, .. } => Ok(judged),
            Opened::Missing { .. } => Err(Errno::ENOENT.into()),
        }
    }

    fn read_judged(&self, path: &[u8], limit: usize) -> Result<(Judged, Result<Vec<u8>, Errno>), Untrusted> {
        opened::probe(path)?;
        let Opened::There { folder, judged, .. } = opened::open(self, path)? else { return Err(Errno::ENOENT.into()) };
        let text = opened::read_again(folder.as_ref(), &judged).and_then(|file| read_all(&file, limit));
        Ok((judged, text))
    }

    fn read_part(&self, path: &[u8], offset: u64, length: usize) -> Result<Vec<u8>, Errno> {
        use std::os::unix::fs::FileExt;
        let file = open(path)?;
        let stat = file_stat(&nix::sys::stat::fstat(&file)?);
        if stat.kind != FileKind::Regular {
            return Err(Errno::EINVAL);
        }
        let rest = usize::try_from(stat.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut part = vec![0; length.min(rest)];
        std::fs::File::from(file).read_exact_at(&mut part, offset).map_err(errno_of)?;
        Ok(part)
    }

    fn line_ends(&self, path: &[u8]) -> Result<LineEnds, Errno> {
        let mut head = [0; HEAD];
        let length = read_start(path, &mut head)?;
        Ok(LineEnds::of(&head[..length]))
    }

    fn list(&self, dir: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        let entries = std::fs::read_dir(std::ffi::OsStr::from_bytes(dir)).map_err(errno_of)?;
        Ok(entries.filter_map(|entry| Some(entry.ok()?.file_name().into_vec())).collect())
    }

    fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        nix::fcntl::readlink(path).map(std::ffi::OsString::into_encoded_bytes)
    }

    fn canonical(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        let path = std::fs::canonicalize(std::ffi::OsStr::from_bytes(path)).map_err(errno_of)?;
        Ok(path.into_os_string().into_vec())
    }

    fn ancestors(&self) -> Box<dyn Iterator<Item = Process> + '_> {
        Box::new(process::Ancestors::of_this_process())
    }

    fn environ_of(&self, pid: u32) -> Result<Variables, Errno> {
        let mut variables = Variables::new();
        self.each_variable_of(pid, &mut |name, value| variables.push((name.to_vec(), value.to_vec())))?;
        Ok(variables)
    }

    fn each_variable_of(&self, pid: u32, see: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), Errno> {
        let block = process::environ_of(pid, self.uid())?;
        process::entries(&block).for_each(|(name, value)| see(name, value));
        Ok(())
    }

    fn snapshot(&self) -> Snapshot {
        let path = self.user().and_then(|user| snapshot::path(&user.home));
        path.map_or(Snapshot::Absent, |path| snapshot::load(&path, self.uid()))
    }

    fn has_snapshot(&self, home: Option<&[u8]>) -> bool {
        let exists = |home: &[u8]| snapshot::path(home).is_some_and(|path| lstat(path.as_slice()).is_ok());
        match home.filter(|home| home.starts_with(b"/")) {
            Some(home) if !exists(home) => false,
            Some(home) if self.user().is_some_and(|user| user.home == home) => true,
            _ => self.user().is_some_and(|user| exists(&user.home)),
        }
    }

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

    fn try_socket(&self, path: &[u8]) -> SocketState {
        interop::try_socket(path)
    }

    fn package_of(&self, path: &[u8]) -> Option<Vec<u8>> {
        packages::owner(self, path)
    }

    fn port_proxies(&self, environ: &Environ) -> Result<Vec<u8>, Errno> {
        let drive = self.mounts().mount_point_of_drive(b'C').ok_or(Errno::ENOENT)?;
        netsh::port_proxies(&[drive, b"/Windows"].concat(), environ)
    }

    fn network(&self) -> &Network {
        self.network.get_or_init(|| network::read(self))
    }
}

/// Opens for reading, without blocking, should the file have become a FIFO since it was looked at. Musl's open(3) would
/// set the close-on-exec flag a second time, with a call of its own.
pub(super) fn open(path: &[u8]) -> Result<OwnedFd, Errno> {
    open_at(AT_FDCWD, path)
}

/// The same, in a folder that is open.
pub(super) fn open_at(folder: impl AsFd, path: &[u8]) -> Result<OwnedFd, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    openat(folder, path, flags, Mode::empty())
}

/// Everything from here on, if it is no more than `limit` bytes. Files of /proc say that they are empty, so that the size
/// is no guide.
pub(super) fn read_all(file: &OwnedFd, limit: usize) -> Result<Vec<u8>, Errno> {
    let mut contents = Vec::new();
    let mut chunk = [0; HEAD];
    loop {
        match read(file, &mut chunk) {
            Ok(0) => return Ok(contents),
            Ok(length) => contents.extend_from_slice(&chunk[..length]),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
        if contents.len() > limit {
            return Err(Errno::EFBIG);
        }
    }
}

/// The first bytes of a file.
pub(super) fn read_start(path: &[u8], buffer: &mut [u8]) -> Result<usize, Errno> {
    let file = open(path)?;
    let mut length = 0;
    while length < buffer.len() {
        match read(&file, &mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(length)
}

pub(super) fn file_stat(raw: &RawStat) -> FileStat {
    let kind = match SFlag::from_bits_truncate(raw.st_mode & SFlag::S_IFMT.bits()) {
        SFlag::S_IFREG => FileKind::Regular,
        SFlag::S_IFDIR => FileKind::Directory,
        SFlag::S_IFLNK => FileKind::Link,
        _ => FileKind::Special,
    };
    FileStat {
        id: FileId { dev: raw.st_dev, ino: raw.st_ino },
        kind,
        mode: raw.st_mode & 0o7777,
        uid: raw.st_uid,
        gid: raw.st_gid,
        size: u64::try_from(raw.st_size).unwrap_or(0),
    }
}

fn errno_of(error: std::io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::acl::Grant;

    #[test]
    fn a_list_is_read_from_the_file_that_a_link_leads_to() {
        let folder = std::env::temp_dir().join(format!("gowrap-acl-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("a folder of its own");
        let (file, link) = (folder.join("file"), folder.join("link"));
        std::fs::write(&file, "").expect("a file");
        std::os::unix::fs::symlink("file", &link).expect("a link");
        // u::rw, u:1001:rwx, g::r, m::rw, o::-
        let entries: [(u16, u16, u32); 5] =
            [(1, 6, u32::MAX), (2, 7, 1001), (4, 4, u32::MAX), (0x10, 6, u32::MAX), (0x20, 0, u32::MAX)];
        let mut value = 2u32.to_le_bytes().to_vec();
        for (tag, rights, id) in entries {
            value.extend([tag.to_le_bytes(), rights.to_le_bytes()].concat());
            value.extend(id.to_le_bytes());
        }
        let live = Live::new(Auxiliary { execfn: None, euid: 0 });
        let acl = |path: &std::path::Path| {
            let grants = live.acl(path.as_os_str().as_encoded_bytes());
            grants.map(|grants| grants.into_iter().map(Grant::text).collect::<Vec<_>>())
        };
        let (before, gone) = (acl(&file), acl(&folder.join("gone")));
        let set = rustix::fs::setxattr(
            file.as_os_str().as_encoded_bytes(),
            acl::ATTRIBUTE,
            &value,
            rustix::fs::XattrFlags::empty(),
        );
        let (after, by_link) = (acl(&file), acl(&link));
        std::fs::remove_dir_all(&folder).expect("the folder is removed");
        assert_eq!((before, gone), (Ok(vec![]), Err(Errno::ENOENT)));
        // A file system may have no lists; then there is nothing to read.
        let expected = if set.is_ok() { vec!["u:1001:rw".to_owned(), "g::r".to_owned()] } else { Vec::new() };
        assert_eq!((after, by_link), (Ok(expected.clone()), Ok(expected)));
    }
}
