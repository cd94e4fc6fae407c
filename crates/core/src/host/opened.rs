//! Opens files of the live machine while it checks them: the file that [`trust`](super::trust) allows is read or
//! written through the same descriptors.

use rustix::fd::{AsRawFd, OwnedFd};
use rustix::fs::OFlags;

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::host::acl::Grant;
use crate::host::calls::{self, file_stat, fstat, open_at, open_within};
use crate::host::mounts::Unproven;
use crate::host::trust::{Blocked, Component, Components, Judged, Names, Reached, Untrusted, walk};
use crate::host::{FileKind, Host, MountsAbove, contents};

/// Largest `/etc/passwd` that is read, in bytes.
const TABLE: usize = 4 << 20;

/// A folder that is open.
pub type FolderDescriptor = OwnedFd;

/// Open path that no other user can change.
#[derive(Debug)]
pub enum Opened {
    /// The path exists.
    There {
        /// The folder that it is in, opened with O_PATH; none for the root folder.
        folder: Option<OwnedFd>,
        /// Its path and facts.
        judged: Judged,
    },
    /// The folder is trusted and has no entry of that name.
    Missing {
        /// The folder, opened with O_PATH.
        folder: OwnedFd,
        /// The missing name.
        name: Vec<u8>,
        /// The path of the entry that would have it, without links.
        path: Vec<u8>,
    },
}

/// Returns the path below /proc/self/fd through which the standard library can open a descriptor.
#[must_use]
pub fn path_of(descriptor: &OwnedFd) -> String {
    format!("/proc/self/fd/{}", descriptor.as_raw_fd())
}

/// Opens an absolute path with O_PATH, if only root and the effective user can change it.
///
/// # Errors
/// The component that others can change, or the system call that failed.
pub fn open(host: &dyn Host, path: &[u8]) -> Result<Opened, Untrusted> {
    Ok(match walk(&Disk { host, missing: MissingFolder::Refuse }, path, host.uid())? {
        Reached::There { folder, judged, .. } => Opened::There { folder, judged },
        Reached::Missing { folder, name, path } => Opened::Missing { folder, name, path },
    })
}

/// Opens a folder with O_PATH, for openat(2), renameat(2) and unlinkat(2). Files that are written through it are in the
/// judged folder.
///
/// # Errors
/// Those of [`open`], and ENOTDIR.
pub fn open_folder(host: &dyn Host, path: &[u8]) -> Result<OwnedFd, Untrusted> {
    into_folder(walk(&Disk { host, missing: MissingFolder::Refuse }, path, host.uid())?)
}

/// Opens a folder like [`open_folder`], and creates each missing folder with this mode.
///
/// # Errors
/// Those of [`open_folder`] and of mkdirat(2).
pub fn make_folder(host: &dyn Host, path: &[u8], mode: u32) -> Result<OwnedFd, Untrusted> {
    into_folder(walk(&Disk { host, missing: MissingFolder::Create(mode) }, path, host.uid())?)
}

/// Opens a judged file for reading. A descriptor with O_PATH cannot be read, so the file is opened again by its name in
/// the judged folder, and must be the same one.
pub(super) fn read_again(folder: Option<&OwnedFd>, judged: &Judged) -> Result<OwnedFd, Errno> {
    // Opening a device or a FIFO may have an effect.
    if judged.stat.kind != FileKind::Regular {
        return Err(Errno::EINVAL);
    }
    let name = judged.path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let file = open_at(folder.ok_or(Errno::EISDIR)?, name, calls::TO_READ | OFlags::NOFOLLOW)?;
    let stat = file_stat(&fstat(&file)?);
    if stat.id == judged.stat.id && stat.kind == FileKind::Regular { Ok(file) } else { Err(Errno::ESTALE) }
}

/// Returns ENOENT or ENOTDIR if an absolute path does not exist, without access to a filesystem that is mounted above
/// it: an access to a drive whose Windows side is gone never ends.
pub(super) fn probe(path: &[u8]) -> Result<(), Errno> {
    match open_within(calls::HERE, path, OFlags::empty()) {
        Ok(_) | Err(Errno::EXDEV) => Ok(()),
        // WSL1 does not have the call, and old seccomp profiles refuse unknown calls.
        Err(Errno::ENOSYS | Errno::EPERM) => calls::lstat(path).map(drop),
        Err(errno) => Err(errno),
    }
}

/// Checks if there is a mount above an absolute path, whose last component is not followed. openat2(2) fails with EXDEV
/// at the first mount, before it accesses the mounted filesystem (tested with a stopped FUSE filesystem, on which stat
/// and statfs hang).
pub(super) fn mounts_above(path: &[u8]) -> MountsAbove {
    match open_within(calls::HERE, path, OFlags::NOFOLLOW) {
        Ok(_) => MountsAbove::Nothing,
        Err(Errno::ENOENT | Errno::ENOTDIR) => MountsAbove::Absent,
        Err(_) => MountsAbove::Unknown,
    }
}

fn into_folder(reached: Reached<OwnedFd>) -> Result<OwnedFd, Untrusted> {
    match reached {
        Reached::There { node, judged, .. } if judged.stat.kind == FileKind::Directory => Ok(node),
        Reached::There { .. } => Err(Errno::ENOTDIR.into()),
        Reached::Missing { .. } => Err(Errno::ENOENT.into()),
    }
}

/// The action for a missing name.
#[derive(Clone, Copy)]
enum MissingFolder {
    /// Report it as missing.
    Refuse,
    /// Create it with this mode.
    Create(u32),
}

/// The files of the live machine.
struct Disk<'h> {
    host: &'h dyn Host,
    missing: MissingFolder,
}

impl Disk<'_> {
    /// Opens the mount on an entry. The mount table is checked before, because an access to a dead mount never ends,
    /// and again by the mount's id after, because another filesystem may have been mounted in between.
    fn across(&self, folder: &OwnedFd, name: &[u8], path: &[u8]) -> Result<OwnedFd, Blocked> {
        let mounts = self.host.mounts();
        if let Some(unproven) = mounts.mount_of(path).and_then(super::mounts::Mount::unproven) {
            return Err(Blocked::Unproven(unproven));
        }
        let node = open_at(folder, name, OFlags::PATH | OFlags::NOFOLLOW)?;
        self.check_mount(&node)?;
        Ok(node)
    }

    fn check_mount(&self, node: &OwnedFd) -> Result<(), Blocked> {
        // A kernel that does not show the id is WSL1, which has no FUSE.
        let Some(id) = mount_id(node)? else { return Ok(()) };
        match self.host.mounts().by_id(id).map(super::mounts::Mount::unproven) {
            Some(None) => Ok(()),
            Some(Some(unproven)) => Err(Blocked::Unproven(unproven)),
            None => Err(Blocked::Unproven(Unproven::Unlisted)),
        }
    }
}

/// Returns the id of the mount of an open file (proc_pid_fdinfo(5)); none if the kernel does not show it or `/proc` is
/// missing. A limit on open files is an error.
fn mount_id(node: &OwnedFd) -> Result<Option<u32>, Errno> {
    let file = match contents::open(format!("/proc/self/fdinfo/{}", node.as_raw_fd()).as_bytes()) {
        Err(Errno::ENOENT) => return Ok(None),
        file => file?,
    };
    let text = contents::read_all(&file, 4096)?;
    let line = text.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"mnt_id:"));
    Ok(line.and_then(|line| core::str::from_utf8(line.trim_ascii()).ok()?.parse().ok()))
}

impl Components for Disk<'_> {
    type Node = OwnedFd;

    fn root(&self) -> Result<OwnedFd, Blocked> {
        let root = open_at(calls::HERE, b"/", OFlags::PATH | OFlags::DIRECTORY)?;
        // A disk has its own device number: no FUSE. Any other kind of root is looked up, which is slow.
        if rustix::fs::major(fstat(&root)?.st_dev) == 0 {
            self.check_mount(&root)?;
        }
        Ok(root)
    }

    fn entry(&self, folder: &OwnedFd, name: &[u8], path: &[u8]) -> Result<OwnedFd, Blocked> {
        let opened = match open_within(folder, name, OFlags::NOFOLLOW) {
            Err(Errno::EXDEV | Errno::ENOSYS | Errno::EPERM) => self.across(folder, name, path),
            opened => opened.map_err(Blocked::Errno),
        };
        match (opened, self.missing) {
            (Err(Blocked::Errno(Errno::ENOENT)), MissingFolder::Create(mode)) => {
                match calls::make_folder(folder, name, mode) {
                    Ok(()) | Err(Errno::EEXIST) => {}
                    Err(errno) => return Err(errno.into()),
                }
                Ok(open_at(folder, name, OFlags::PATH | OFlags::NOFOLLOW)?)
            }
            (opened, _) => opened,
        }
    }

    fn look(&self, node: &OwnedFd) -> Result<Component, Errno> {
        let raw = fstat(node)?;
        let names = if raw.st_nlink > 1 { Names::Several } else { Names::One };
        Ok(Component { stat: file_stat(&raw), names })
    }

    fn target(&self, link: &OwnedFd) -> Result<Vec<u8>, Errno> {
        calls::read_open_link(link)
    }

    fn acl(&self, node: &OwnedFd) -> Result<Vec<Grant>, Errno> {
        // fgetxattr(2) does not accept a descriptor with O_PATH.
        contents::acl(format!("/proc/self/fd/{}", node.as_raw_fd()).as_bytes())
    }

    fn table(&self, path: &'static [u8]) -> Option<Vec<u8>> {
        match self.host.read(path, TABLE) {
            Err(Errno::ENOENT) => Some(Vec::new()),
            read => read.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::PathBuf;

    use super::*;
    use crate::host::Files;
    use crate::host::live::{Auxiliary, Live};
    use crate::host::trust::{Doubt, Position};

    /// A folder that no other user can change, removed at the end of the test.
    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> Place {
            let path = std::env::temp_dir().join(format!("gowrap-opened-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            let place = Place(std::fs::canonicalize(path).unwrap());
            place.mode("", 0o755);
            place
        }

        fn path(&self, name: &str) -> Vec<u8> {
            self.0.join(name).as_os_str().as_bytes().to_vec()
        }

        fn mode(&self, name: &str, mode: u32) {
            std::fs::set_permissions(self.0.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn live() -> Live<'static> {
        Live::new(Auxiliary { execfn: None, euid: nix::unistd::geteuid().as_raw() })
    }

    fn doubt(result: Result<Judged, Untrusted>) -> (Doubt, Position) {
        match result {
            Err(Untrusted::Doubtful { doubt, position, .. }) => (doubt, position),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_judged_file_is_the_file_that_is_read() {
        let (place, host) = (Place::new("read"), live());
        std::fs::create_dir(place.0.join("d")).unwrap();
        place.mode("d", 0o755);
        std::fs::write(place.0.join("d/x"), "text").unwrap();
        place.mode("d/x", 0o644);
        symlink("d/../d/x", place.0.join("link")).unwrap();
        let (judged, text) = host.read_judged(&place.path("link"), 10).unwrap();
        assert_eq!((judged.path, text), (place.path("d/x"), Ok(b"text".to_vec())));
        assert_eq!(host.read_judged(&place.path("link"), 3).unwrap().1, Err(Errno::EFBIG));
        assert_eq!(host.read_judged(&place.path("d"), 3).unwrap().1, Err(Errno::EINVAL));
        assert_eq!(host.read_judged(&place.path("gone"), 3), Err(Errno::ENOENT.into()));
        assert_eq!(host.read_judged(&place.path("d/x/y"), 3), Err(Errno::ENOTDIR.into()));
        place.mode("d", 0o777);
        assert_eq!(doubt(host.judge(&place.path("link"))), (Doubt::EveryUser, Position::OnTheWay));
        place.mode("d", 0o1777);
        assert!(host.judge(&place.path("link")).is_ok());
        std::fs::hard_link(place.0.join("d/x"), place.0.join("d/y")).unwrap();
        assert_eq!(doubt(host.judge(&place.path("d/x"))), (Doubt::OtherName, Position::Last));
        place.mode("d", 0o755);
        assert!(host.judge(&place.path("d/x")).is_ok());
        place.mode("d/x", 0o1666);
        assert_eq!(doubt(host.judge(&place.path("d/x"))), (Doubt::EveryUser, Position::Last));
    }

    #[test]
    fn a_fifo_is_not_opened() {
        let (place, host) = (Place::new("fifo"), live());
        nix::unistd::mkfifo(&place.0.join("f"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
        assert_eq!(host.read_judged(&place.path("f"), 9).unwrap().1, Err(Errno::EINVAL));
    }

    #[test]
    fn the_proc_file_system_is_not_trusted() {
        assert!(matches!(doubt(live().judge(b"/proc/self/exe")).0, Doubt::Mount(Unproven::Proc)));
    }

    #[test]
    fn missing_folders_are_created() {
        let (place, host) = (Place::new("make"), live());
        make_folder(&host, &place.path("a/b/c"), 0o700).unwrap();
        assert_eq!(std::fs::metadata(place.0.join("a/b/c")).unwrap().permissions().mode() & 0o7777, 0o700);
        assert!(open_folder(&host, &place.path("a/b")).is_ok());
        std::fs::write(place.0.join("f"), "").unwrap();
        assert!(matches!(make_folder(&host, &place.path("f/x"), 0o700), Err(Untrusted::Errno(Errno::ENOTDIR))));
        assert!(matches!(open_folder(&host, &place.path("f")), Err(Untrusted::Errno(Errno::ENOTDIR))));
        assert!(matches!(open_folder(&host, &place.path("gone")), Err(Untrusted::Errno(Errno::ENOENT))));
        place.mode("a", 0o777);
        assert!(make_folder(&host, &place.path("a/d"), 0o700).is_err());
        assert!(!place.0.join("a/d").exists());
    }

    #[test]
    fn a_path_on_another_mount_is_not_looked_up() {
        assert_eq!(probe(b"/no/such/path"), Err(Errno::ENOENT));
        // Another mount: what is in it is not looked up.
        assert_eq!(probe(b"/proc/no-such-file"), Ok(()));
    }
}
