//! Facts about the machine, behind small traits, read at their first use.
//!
//! Two types implement the traits: the live machine and a record. During a call, only this folder reads the system. It
//! changes nothing.

pub mod acl;
mod addresses;
pub mod binary;
pub mod calls;
pub mod contents;
pub mod distribution;
pub mod environ;
mod facts;
mod interop;
pub mod live;
mod mountinfo;
pub mod mounts;
pub mod network;
pub mod opened;
pub mod process;
mod programs;
pub mod script;
mod share;
pub mod snapshot;
pub mod trust;
pub mod wslconf;

use crate::prelude::*;
use crate::text::errno::Errno;

use binary::{Binary, Machine};
use mounts::MountTable;
use trust::{Judged, Untrusted};

pub use facts::*;
pub use programs::{GOWRAP, SHIM, partner_of};

/// Files and mounts.
///
/// A path is absolute, or relative to [`Files::cwd`]. Errors are those of the system calls on a live machine.
pub trait Files {
    /// Returns the working directory.
    ///
    /// # Errors
    /// ENOENT if it was deleted.
    fn cwd(&self) -> Result<&[u8], Errno>;
    /// Returns the mount table.
    fn mounts(&self) -> &MountTable;
    /// Checks if there is a mount above an absolute path, without access to the mounted filesystem.
    fn mounts_above(&self, path: &[u8]) -> MountsAbove;
    /// Returns if the drive of a path answers, for an explanation. A call of a tool does not try the drive: it accesses
    /// a drive only if no Linux tool is found.
    fn drive_response(&self, path: &[u8]) -> DriveResponse;
    /// stat(2): follows links.
    ///
    /// # Errors
    /// Those of the call.
    fn stat(&self, path: &[u8]) -> Result<FileStat, Errno>;
    /// lstat(2): does not follow a link in the last component.
    ///
    /// # Errors
    /// Those of the call.
    fn lstat(&self, path: &[u8]) -> Result<FileStat, Errno>;
    /// Returns the text of a symbolic link, unresolved.
    ///
    /// # Errors
    /// EINVAL if the path is no link.
    fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno>;
    /// realpath(3).
    ///
    /// # Errors
    /// Those of realpath(3).
    fn canonical(&self, path: &[u8]) -> Result<Vec<u8>, Errno>;
    /// Returns the names in a directory, unordered.
    ///
    /// # Errors
    /// Those of opendir(3).
    fn list(&self, dir: &[u8]) -> Result<Vec<Vec<u8>>, Errno>;
    /// Checks that the effective user may execute this file. The kernel decides by mode, ACL and mount options.
    ///
    /// # Errors
    /// EACCES if the user may not.
    fn may_execute(&self, path: &[u8]) -> Result<(), Errno>;
    /// Returns the type of a regular file, from its first bytes.
    ///
    /// # Errors
    /// Those of open(2) and read(2).
    fn binary(&self, path: &[u8]) -> Result<Binary, Errno>;
    /// Returns the contents of a regular file of at most `limit` bytes.
    ///
    /// # Errors
    /// Those of open(2) and read(2); EFBIG if it is larger; EINVAL if it is no regular file.
    fn read(&self, path: &[u8], limit: usize) -> Result<Vec<u8>, Errno>;
    /// Returns the contents of a regular file and the stat(2) of the same open file: another user cannot replace the
    /// file between the two.
    ///
    /// # Errors
    /// Those of [`Files::read`].
    fn read_and_stat(&self, path: &[u8], limit: usize) -> Result<(FileStat, Vec<u8>), Errno>;
    /// Checks that only root and the effective user can change the components of an absolute path. ENOENT and ENOTDIR
    /// cost one system call and no access to another mount.
    ///
    /// # Errors
    /// The component that others can change, or the system call that failed.
    fn judge(&self, path: &[u8]) -> Result<Judged, Untrusted>;
    /// Checks an absolute path like [`Files::judge`], and reads the same regular file.
    ///
    /// # Errors
    /// Those of [`Files::judge`]; the inner ones are those of [`Files::read`] for a trusted path.
    fn read_judged(&self, path: &[u8], limit: usize) -> Result<(Judged, Result<Vec<u8>, Errno>), Untrusted>;
}

/// The machine, its user and gowrap itself.
pub trait Identity {
    /// Returns the kind of Linux.
    fn kind(&self) -> LinuxKind;
    /// Returns the machine's architecture.
    fn machine(&self) -> Machine;
    /// Returns the distribution's name in WSL, if the machine shows it without the environment.
    fn distro(&self) -> Option<Vec<u8>>;
    /// Returns the effective user id.
    fn uid(&self) -> u32;
    /// Returns the effective user's row in `/etc/passwd`.
    fn user(&self) -> Option<&User>;
    /// Returns the path by which gowrap was started.
    fn own_path(&self) -> Option<Vec<u8>>;
    /// Returns true if this file is one of gowrap's two programs: the one that runs or the one beside it.
    fn is_own(&self, file: FileId) -> bool;
    /// Returns true if this PATH entry is the shim folder. The folder is not read.
    fn is_shim_folder(&self, entry: &[u8]) -> bool;
}

/// This process, the processes above it, and the environment that was saved for them.
pub trait Processes {
    /// Returns the identity of this process, which distinguishes an execve(2) from a new process.
    fn process(&self) -> ProcessIdentity;
    /// Returns true if standard input, output or error is a terminal.
    fn has_terminal(&self) -> bool;
    /// Returns the ancestors, nearest first. Each is read when the iterator reaches it.
    fn ancestors(&self) -> Box<dyn Iterator<Item = Process> + '_>;
    /// Returns true if this process of the effective user was started with a variable of a wanted name. No value of
    /// another process's environment is read.
    fn has_variable(&self, pid: u32, matches: &dyn Fn(&[u8]) -> bool) -> bool;
    /// Returns the snapshot of the login shell's environment.
    fn snapshot(&self) -> Snapshot;
    /// Returns true if a snapshot exists, even one that must not be used. `home` is HOME of the environment: if there
    /// is no snapshot below it, the user is not looked up.
    fn has_snapshot(&self, home: Option<&[u8]>) -> bool;
}

/// Facts about Windows: interop and network.
pub trait Windows {
    /// Returns the entries of binfmt_misc, newest first: the order in which the kernel tries them.
    fn binfmt(&self) -> Vec<BinfmtEntry>;
    /// Returns true if WSL's `/init` exists with the link `wslinfo`, which shows that its calling convention is known.
    fn has_init(&self) -> bool;
    /// Returns `[interop] enabled` of `/etc/wsl.conf`.
    fn interop_enabled(&self) -> bool;
    /// Returns the owner of an interop socket, without following links; none if it does not exist. Any user can create
    /// one in the folder of WSL's sockets.
    fn socket_owner(&self, path: &[u8]) -> Option<u32>;
    /// Tries one connection to an interop socket.
    fn try_socket(&self, path: &[u8]) -> SocketState;
    /// Returns the network between this machine and Windows from Linux facts, without access to a drive.
    fn network(&self) -> &Network;
    /// Returns the network with the settings of `.wslconfig` on drive C: for an explanation, or if an address depends
    /// on them.
    fn configured_network(&self) -> &Network;
}

/// A machine that a plan can read.
///
/// No method has a default, so a machine that wraps another one must pass on each of them. [`Files`] is the first of
/// the traits, because the first one needs no separate table in a program.
pub trait Host: Files + Identity + Processes + Windows {}

impl<T: Files + Identity + Processes + Windows> Host for T {}
