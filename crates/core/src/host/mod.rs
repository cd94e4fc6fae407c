//! Everything that gowrap ever learns about the machine, behind small traits, read lazily.
//!
//! Two machines implement them: the live one, and a record that replays one. Nothing outside this folder reads the
//! system, and nothing in it changes the system.

pub mod acl;
mod addresses;
pub mod binary;
pub mod calls;
pub mod contents;
pub mod distribution;
pub mod environ;
mod facts;
pub mod interop;
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
/// A path is absolute, or relative to [`Files::cwd`]. Errors are those of the system calls that would have been made.
pub trait Files {
    /// The working directory.
    ///
    /// # Errors
    /// ENOENT where it was deleted.
    fn cwd(&self) -> Result<&[u8], Errno>;
    /// The mount table.
    fn mounts(&self) -> &MountTable;
    /// Tells whether a mount is crossed on the way to an absolute path, without asking a mounted file system anything.
    fn mounts_above(&self, path: &[u8]) -> MountsAbove;
    /// The answer of the drive that a path is on, where a person waits for an explanation. A tool's call asks no drive for
    /// it: it looks at one only where no Linux tool is there.
    fn answers(&self, path: &[u8]) -> Answer;
    /// stat(2): follows links.
    ///
    /// # Errors
    /// The call's own.
    fn stat(&self, path: &[u8]) -> Result<FileStat, Errno>;
    /// lstat(2): does not follow a link in the last component.
    ///
    /// # Errors
    /// The call's own.
    fn lstat(&self, path: &[u8]) -> Result<FileStat, Errno>;
    /// Returns the text of a symbolic link, unresolved.
    ///
    /// # Errors
    /// EINVAL where the path is no link.
    fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno>;
    /// realpath(3).
    ///
    /// # Errors
    /// Those of realpath(3).
    fn canonical(&self, path: &[u8]) -> Result<Vec<u8>, Errno>;
    /// The names in a directory, unordered.
    ///
    /// # Errors
    /// Those of opendir(3).
    fn list(&self, dir: &[u8]) -> Result<Vec<Vec<u8>>, Errno>;
    /// May the effective user execute this file? The kernel answers, so that mode bits, lists and mount options count.
    ///
    /// # Errors
    /// EACCES where not.
    fn may_execute(&self, path: &[u8]) -> Result<(), Errno>;
    /// Returns the type of a regular file, from its first bytes.
    ///
    /// # Errors
    /// Those of open(2) and read(2).
    fn binary(&self, path: &[u8]) -> Result<Binary, Errno>;
    /// A regular file's contents, if there are no more bytes than `limit`.
    ///
    /// # Errors
    /// Those of open(2) and read(2); EFBIG where it is larger, EINVAL where it is no regular file.
    fn read(&self, path: &[u8], limit: usize) -> Result<Vec<u8>, Errno>;
    /// A regular file's contents, and what stat(2) tells of that very file: where the owner decides whether a file is
    /// obeyed, no other user may exchange it between the two reads.
    ///
    /// # Errors
    /// Those of [`Files::read`].
    fn read_and_stat(&self, path: &[u8], limit: usize) -> Result<(FileStat, Vec<u8>), Errno>;
    /// Judges an absolute path: can a user other than root and the effective user change a component of it? ENOENT and
    /// ENOTDIR cost one system call and no look at another mount.
    ///
    /// # Errors
    /// The component that others can change, or the system call that failed.
    fn judge(&self, path: &[u8]) -> Result<Judged, Untrusted>;
    /// Judges an absolute path, and reads the regular file that was judged.
    ///
    /// # Errors
    /// Those of [`Files::judge`]. The inner ones are those of [`Files::read`], where the path is trusted.
    fn read_judged(&self, path: &[u8], limit: usize) -> Result<(Judged, Result<Vec<u8>, Errno>), Untrusted>;
}

/// The machine, its user and gowrap itself.
pub trait Identity {
    /// Returns the kind of Linux.
    fn kind(&self) -> Kind;
    /// The machine's architecture.
    fn machine(&self) -> Machine;
    /// The distribution's name as WSL itself knows it, where the machine can tell without the environment.
    fn distro(&self) -> Option<Vec<u8>>;
    /// The effective user id.
    fn uid(&self) -> u32;
    /// The effective user's row in `/etc/passwd`.
    fn user(&self) -> Option<&User>;
    /// The path by which gowrap itself was started, and its file's identity.
    fn own_path(&self) -> Option<Vec<u8>>;
    /// Is this the file of one of gowrap's two programs, the one that runs and the other beside it?
    fn is_own(&self, file: FileId) -> bool;
    /// Is this PATH entry the folder that gowrap's links are in? Told without looking into it.
    fn is_shim_folder(&self, entry: &[u8]) -> bool;
}

/// This process, the processes above it, and the environment that was saved for them.
pub trait Processes {
    /// This process, for telling an execve(2) from a new process.
    fn process(&self) -> ProcessIdentity;
    /// Is standard input, output or error a terminal?
    fn has_terminal(&self) -> bool;
    /// The parent, its parent and so on, nearest first, read as the caller goes on.
    fn ancestors(&self) -> Box<dyn Iterator<Item = Process> + '_>;
    /// Returns true where this process of the effective user was started with a variable whose name is wanted. That is
    /// all that gowrap asks of another process's environment: no value is read.
    fn has_variable(&self, pid: u32, wanted: &dyn Fn(&[u8]) -> bool) -> bool;
    /// The snapshot of a login shell's environment.
    fn snapshot(&self) -> Snapshot;
    /// Is there a snapshot, be it one that must not be used? `home` is what the environment says, which saves looking
    /// the user up where there is none.
    fn has_snapshot(&self, home: Option<&[u8]>) -> bool;
}

/// The ways from here to Windows.
pub trait Windows {
    /// The entries of binfmt_misc, newest first, which is the order in which the kernel tries them.
    fn binfmt(&self) -> Vec<BinfmtEntry>;
    /// Is WSL's `/init` there, with the `wslinfo` link that tells a version whose calling convention is known?
    fn has_init(&self) -> bool;
    /// `[interop] enabled` of `/etc/wsl.conf`.
    fn interop_enabled(&self) -> bool;
    /// The owner of an interop socket, links not followed; none where there is no such file. Any user can put one into
    /// the folder of WSL's sockets.
    fn socket_owner(&self, path: &[u8]) -> Option<u32>;
    /// Tries one connection to an interop socket.
    fn try_socket(&self, path: &[u8]) -> SocketState;
    /// The network between this machine and Windows, as far as Linux shows it: no drive is looked at.
    fn network(&self) -> &Network;
    /// The same, with what `.wslconfig` on drive C says: for a person who asks, or where an address depends on it.
    fn configured_network(&self) -> &Network;
}

/// A machine, as a plan sees it.
///
/// No method of a machine has a default: a machine that wraps another one has to pass each of them on. [`Files`] is the
/// first of the traits, since the first one costs no table of its own in a program.
pub trait Host: Files + Identity + Processes + Windows {}

impl<T: Files + Identity + Processes + Windows> Host for T {}
