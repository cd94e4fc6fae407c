//! Everything that gowrap ever learns about the machine, behind one trait, read lazily.
//!
//! Two machines implement it: the live one, and a record that replays one. Nothing outside this folder reads the
//! system, and nothing in it changes the system.

pub mod acl;
mod addresses;
pub mod binary;
pub mod calls;
pub mod distribution;
pub mod environ;
pub mod interop;
pub mod live;
mod mountinfo;
pub mod mounts;
pub mod network;
pub mod opened;
pub mod process;
pub mod script;
mod share;
pub mod snapshot;
pub mod trust;
pub mod wslconf;

use crate::prelude::*;
use crate::text::errno::Errno;
use crate::text::path::{basename, dirname, join};

use crate::host::binary::{Binary, Machine};
use acl::Grant;
use mounts::MountTable;
use trust::{Judged, Untrusted};

/// Kind of Linux: WSL1, WSL2 or other. Variables prove nothing, because sudo removes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No WSL; a container on a WSL kernel too.
    Linux,
    /// WSL1: the kernel's release has `Microsoft` with a capital M.
    Wsl1,
    /// WSL2: `/run/WSL` exists.
    Wsl2,
}

impl Kind {
    /// The word used in plans and records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Linux => "linux",
            Kind::Wsl1 => "wsl1",
            Kind::Wsl2 => "wsl2",
        }
    }

    /// Is there a Windows on the other side?
    #[must_use]
    pub fn is_wsl(self) -> bool {
        self != Kind::Linux
    }
}

/// Result of stat(2), as far as gowrap needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStat {
    /// The file's identity.
    pub id: FileId,
    /// Type of the file.
    pub kind: FileKind,
    /// The permission bits, `0o7777` at most.
    pub mode: u32,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// Its size in bytes.
    pub size: u64,
}

/// The mounts on the way to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountsAbove {
    /// None: the path is on the root's own file system, or not there at all.
    Nothing,
    /// Only the mount table tells.
    Untold,
}

/// A file's identity: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId {
    /// `st_dev`.
    pub dev: u64,
    /// `st_ino`.
    pub ino: u64,
}

/// Type of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    Regular,
    /// A directory.
    Directory,
    /// A symbolic link, where links were not followed.
    Link,
    /// A FIFO, a socket or a device.
    Special,
}

/// The way in which a file's lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// In LF, as Linux ends them.
    Lf,
    /// In CR and LF, as Windows ends them.
    CrLf,
}

impl LineEnds {
    /// The end of the first line; LF for a text without one.
    #[must_use]
    pub fn of(text: &[u8]) -> LineEnds {
        match text.iter().position(|&byte| byte == b'\n') {
            Some(at) if text[..at].ends_with(b"\r") => LineEnds::CrLf,
            _ => LineEnds::Lf,
        }
    }
}

/// The effective user, as in `/etc/passwd`: what HOME and USER should be, whatever the environment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The login name.
    pub name: Vec<u8>,
    /// The home directory.
    pub home: Vec<u8>,
}

/// Variables as they stand in an environment, in order: name and value.
pub type Variables = Vec<(Vec<u8>, Vec<u8>)>;

/// A process and what it was started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// Its user.
    pub uid: u32,
    /// Its name, as in `/proc/PID/comm`.
    pub name: Vec<u8>,
}

/// A process above this one, and the users that it has been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The process.
    pub process: Process,
    /// Its real, effective and saved user.
    pub users: [u32; 3],
}

/// A process above this one that cannot be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen {
    /// Its id; 0 where it is outside this pid namespace.
    pub pid: u32,
}

/// A process that comes back with the same id and start time is the same one after another execve(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessIdentity {
    /// Its id.
    pub pid: u32,
    /// When it was started, in clock ticks since boot (field 22 of `/proc/PID/stat`).
    pub start: u64,
}

/// Networking mode of WSL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkMode {
    /// A virtual network of the machine's own behind Windows.
    Nat,
    /// Windows' interfaces, mirrored.
    Mirrored,
    /// Windows' own sockets, through virtio; `virtioproxy` in earlier releases.
    Consomme,
    /// The local network, bridged.
    Bridged,
    /// No network.
    None,
    /// Nothing tells.
    Unknown,
}

impl NetworkMode {
    /// The word used in plans and records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            NetworkMode::Nat => "nat",
            NetworkMode::Mirrored => "mirrored",
            NetworkMode::Consomme => "consomme",
            NetworkMode::Bridged => "bridged",
            NetworkMode::None => "none",
            NetworkMode::Unknown => "unknown",
        }
    }
}

/// The network, as far as a debugger's address needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The mode.
    pub mode: NetworkMode,
    /// Does Windows relay its localhost to ours? None where it cannot be told.
    pub localhost_forwarding: Option<bool>,
    /// The address of eth0.
    pub linux_address: Option<Vec<u8>>,
    /// The default gateway, which in NAT mode is Windows.
    pub gateway: Option<Vec<u8>>,
}

/// An entry of binfmt_misc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinfmtEntry {
    /// Its name, which is its file's name.
    pub name: Vec<u8>,
    /// Its own switch.
    pub enabled: bool,
    /// The program that it starts.
    pub interpreter: Vec<u8>,
    /// Its flags, such as `PF`.
    pub flags: Vec<u8>,
    /// The bytes that it matches, or none where it goes by a file name's ending.
    pub magic: Option<Magic>,
}

/// The bytes at an offset that an entry of binfmt_misc matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Magic {
    /// Offset of the bytes.
    pub offset: usize,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Mask of the bits that count; empty for all.
    pub mask: Vec<u8>,
}

impl Magic {
    /// Does a file that begins with these bytes match, as fs/binfmt_misc.c compares them?
    #[must_use]
    pub fn matches(&self, head: &[u8]) -> bool {
        let Some(head) = head.get(self.offset..self.offset + self.bytes.len()) else { return false };
        let masks = self.mask.iter().chain(core::iter::repeat(&0xff));
        head.iter().zip(&self.bytes).zip(masks).all(|((byte, magic), mask)| (byte ^ magic) & mask == 0)
    }
}

/// Result of one connection to an interop socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketState {
    /// It answers.
    Live,
    /// Its server is gone.
    Refused,
    /// It did not answer in time.
    Hung,
    /// There is no such socket.
    Missing,
}

/// The snapshot of a login shell's environment that `gowrap env capture` wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Snapshot {
    /// There is none.
    Absent,
    /// It must not be used; the reason.
    Refused(Vec<u8>),
    /// Its variables.
    Present(Variables),
}

/// The name of the program that the links lead to.
pub const SHIM: &[u8] = b"gowrap-shim";

/// The name of the program that prints.
pub const GOWRAP: &[u8] = b"gowrap";

/// The path of the other of gowrap's two programs.
#[must_use]
pub fn partner_of(own: &[u8]) -> Vec<u8> {
    join(dirname(own), if basename(own) == SHIM { GOWRAP } else { SHIM })
}

/// The outcome of a first look at a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It came in time.
    Given,
    /// None came: the drive's Windows side is gone.
    Missing,
}

/// A machine.
///
/// A path is absolute, or relative to [`Host::cwd`]. Errors are those of the system calls that would have been made.
pub trait Host {
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
    /// The working directory.
    ///
    /// # Errors
    /// ENOENT where it was deleted.
    fn cwd(&self) -> Result<&[u8], Errno>;
    /// Is standard input, output or error a terminal?
    fn has_terminal(&self) -> bool;

    /// The path by which gowrap itself was started, and its file's identity.
    fn own_path(&self) -> Option<Vec<u8>>;
    /// Is this the file of one of gowrap's two programs, the one that runs and the other beside it?
    fn is_own(&self, file: FileId) -> bool;
    /// Is this PATH entry the folder that gowrap's links are in? Told without looking into it.
    fn is_shim_folder(&self, entry: &[u8]) -> bool;
    /// This process, for telling an execve(2) from a new process.
    fn process(&self) -> ProcessIdentity;

    /// The mount table.
    fn mounts(&self) -> &MountTable;
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
    /// The rights that the access control list of this file grants, links followed; none where it has no list.
    ///
    /// # Errors
    /// Those of getxattr(2), save for a file or a file system without lists.
    fn acl(&self, path: &[u8]) -> Result<Vec<Grant>, Errno>;
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
    /// Those of [`Host::read`].
    fn read_and_stat(&self, path: &[u8], limit: usize) -> Result<(FileStat, Vec<u8>), Errno> {
        let contents = self.read(path, limit)?;
        Ok((self.stat(path)?, contents))
    }
    /// Judges an absolute path: can a user other than root and the effective user change a component of it? ENOENT and
    /// ENOTDIR cost one system call and no look at another mount.
    ///
    /// # Errors
    /// The component that others can change, or the system call that failed.
    fn judge(&self, path: &[u8]) -> Result<Judged, Untrusted>;
    /// Judges an absolute path, and reads the regular file that was judged.
    ///
    /// # Errors
    /// Those of [`Host::judge`]. The inner ones are those of [`Host::read`], where the path is trusted.
    fn read_judged(&self, path: &[u8], limit: usize) -> Result<(Judged, Result<Vec<u8>, Errno>), Untrusted>;
    /// A part of a regular file: `length` bytes from `offset` on, fewer where it ends before.
    ///
    /// # Errors
    /// Those of [`Host::read`].
    fn read_part(&self, path: &[u8], offset: u64, length: usize) -> Result<Vec<u8>, Errno> {
        let whole = self.read(path, usize::MAX)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(whole.len());
        let end = start.saturating_add(length).min(whole.len());
        Ok(whole[start..end].to_vec())
    }
    /// The way in which the lines of a regular file end, from its first bytes.
    ///
    /// # Errors
    /// Those of [`Host::binary`].
    fn line_ends(&self, path: &[u8]) -> Result<LineEnds, Errno>;
    /// The names in a directory, unordered.
    ///
    /// # Errors
    /// Those of opendir(3).
    fn list(&self, dir: &[u8]) -> Result<Vec<Vec<u8>>, Errno>;
    /// Returns the text of a symbolic link, unresolved.
    ///
    /// # Errors
    /// EINVAL where the path is no link.
    fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno>;
    /// Tells whether a mount is crossed on the way to an absolute path, without asking a mounted file system anything.
    fn mounts_above(&self, path: &[u8]) -> MountsAbove;
    /// realpath(3).
    ///
    /// # Errors
    /// Those of realpath(3).
    fn canonical(&self, path: &[u8]) -> Result<Vec<u8>, Errno>;

    /// The parent, its parent and so on, nearest first, read as the caller goes on.
    fn ancestors(&self) -> Box<dyn Iterator<Item = Process> + '_>;
    /// Returns true where this process of the effective user was started with a variable whose name is wanted. That is
    /// all that gowrap asks of another process's environment: no value is read.
    fn has_variable(&self, pid: u32, wanted: &dyn Fn(&[u8]) -> bool) -> bool;
    /// The snapshot of a login shell's environment.
    fn snapshot(&self) -> Snapshot;
    /// Is there a snapshot, be it one that must not be used? `home` is what the environment says, which saves looking
    /// the user up where there is none.
    fn has_snapshot(&self, _home: Option<&[u8]>) -> bool {
        self.snapshot() != Snapshot::Absent
    }

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
    fn configured_network(&self) -> &Network {
        self.network()
    }

    /// The answer of the drive that a path is on, where a person waits for an explanation. A tool's call asks no drive for
    /// it: it looks at one only where no Linux tool is there.
    fn answers(&self, _path: &[u8]) -> Answer {
        Answer::Given
    }
}
