//! Facts about a machine, as values.

use crate::prelude::*;

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

/// The outcome of a first look at a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It came in time.
    Given,
    /// None came: the drive's Windows side is gone.
    Missing,
}
