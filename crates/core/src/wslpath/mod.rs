//! Translates between Windows and Linux paths with the results of WSL's `wslpath`, byte for byte, without starting it.
//!
//! All functions are pure. Their inputs are in a [`Standpoint`]; realpath(3), the only access to the filesystem, is a
//! closure ([`Realpath`]). As with `wslpath`, a path must not be translated twice: a path that is already in the right
//! form becomes a wrong one (`/mnt/c/Users` may become `/mnt/c/mnt/c/Users`). The caller decides if a path is
//! translated; [`PathShape`] is its form.

mod escape;
mod path;
mod shape;
mod to_linux;
mod to_windows;

pub use path::{PathForm, Refusal, Standpoint, UnixPath, WinPath};
pub use shape::PathShape;
pub use to_linux::to_linux;
pub use to_windows::{Realpath, to_windows};

/// A machine for the tests of this folder.
#[cfg(test)]
mod world {
    use super::Standpoint;
    use crate::host::mounts::{MountTable, Tags};
    use crate::prelude::*;
    use crate::text::errno::Errno;

    /// A realpath(3) for paths that do not exist.
    pub(super) fn no_links(_: &[u8]) -> Result<Vec<u8>, Errno> {
        Err(Errno::ENOENT)
    }

    /// The drives C and D, a share, a separate mount of a folder of C, and a mount that hides another.
    pub(super) fn mounts() -> MountTable {
        let text = br"60 1 8:32 / / rw,relatime - ext4 /dev/sdc rw
90 60 0:50 / /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000,msize=65536
91 60 0:51 / /mnt/d rw,noatime - 9p D:\134 rw,aname=drvfs;path=D:\;uid=1000,msize=65536
92 60 0:52 / /mnt/share rw,noatime - 9p x rw,aname=drvfs;path=UNC\srv\share;uid=1000
93 60 0:53 / /mnt/vol rw,noatime - 9p x rw,aname=drvfs;path=C:\vol;uid=1000
94 90 0:60 / /mnt/c/tmp rw,relatime - tmpfs tmpfs rw
";
        MountTable::parse(text, |_| None)
    }

    pub(super) fn at<'a>(cwd: &'a str, mounts: &'a MountTable) -> Standpoint<'a> {
        Standpoint { cwd: Ok(cwd.as_bytes()), distro: Some(b"Ubuntu"), mounts, tags: Tags::Newest }
    }
}
