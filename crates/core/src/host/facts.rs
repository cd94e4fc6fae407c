//! Facts about a machine, as values.

use crate::prelude::*;

/// Kind of Linux: WSL1, WSL2 or other. Variables prove nothing, because sudo removes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinuxKind {
    /// Not WSL, or a container on a WSL kernel.
    Linux,
    /// WSL1: the kernel's release has `Microsoft` with a capital M.
    Wsl1,
    /// WSL2: `/run/WSL` exists.
    Wsl2,
}

impl LinuxKind {
    /// The word used in plans and records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            LinuxKind::Linux => "linux",
            LinuxKind::Wsl1 => "wsl1",
            LinuxKind::Wsl2 => "wsl2",
        }
    }

    /// Returns true inside WSL.
    #[must_use]
    pub fn is_wsl(self) -> bool {
        self != LinuxKind::Linux
    }
}

/// The fields of stat(2) that gowrap needs.
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

/// The mounts above a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountsAbove {
    /// None, and the path exists.
    Nothing,
    /// Unknown: the mount table is needed.
    Unknown,
    /// None, and the path does not exist.
    Absent,
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
    /// A symbolic link that was not followed.
    Link,
    /// A FIFO, a socket or a device.
    Special,
}

/// The line ends of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// In LF, as Linux ends them.
    Lf,
    /// In CR and LF, as Windows ends them.
    CrLf,
}

impl LineEnds {
    /// Returns the end of the first line; LF for a text without one.
    #[must_use]
    pub fn of(text: &[u8]) -> LineEnds {
        match text.iter().position(|&byte| byte == b'\n') {
            Some(at) if text[..at].ends_with(b"\r") => LineEnds::CrLf,
            _ => LineEnds::Lf,
        }
    }
}

/// The effective user in `/etc/passwd`, independent of HOME and USER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The login name.
    pub name: Vec<u8>,
    /// The home directory.
    pub home: Vec<u8>,
}

/// Variables of an environment, in order: name and value.
pub type Variables = Vec<(Vec<u8>, Vec<u8>)>;

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// Its user.
    pub uid: u32,
    /// Its name, as in `/proc/PID/comm`.
    pub name: Vec<u8>,
}

/// An ancestor and its users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The process.
    pub process: Process,
    /// Its real, effective and saved user.
    pub users: [u32; 3],
}

/// An ancestor that /proc does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen {
    /// Its id; 0 if it is outside this pid namespace.
    pub pid: u32,
}

/// Identity of a process: id and start time stay the same after an execve(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessIdentity {
    /// Its id.
    pub pid: u32,
    /// Its start time, in clock ticks since boot (field 22 of `/proc/PID/stat`).
    pub start: u64,
}

/// Networking mode of WSL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkMode {
    /// A virtual network behind Windows.
    Nat,
    /// Windows' interfaces, mirrored.
    Mirrored,
    /// Windows' own sockets, through virtio; `virtioproxy` in earlier releases.
    Consomme,
    /// The local network, bridged.
    Bridged,
    /// No network.
    None,
    /// Unknown.
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

/// The facts about the network that a debugger's address needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The mode.
    pub mode: NetworkMode,
    /// True if Windows relays its localhost to WSL; none if unknown.
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
    /// True if the entry is enabled.
    pub enabled: bool,
    /// The program that it starts.
    pub interpreter: Vec<u8>,
    /// Its flags, such as `PF`.
    pub flags: Vec<u8>,
    /// The bytes that it matches; none for an entry that matches a file name's extension.
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
    /// Returns true if a file that begins with these bytes matches, as compared by fs/binfmt_misc.c.
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

/// The result of a first access to a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriveResponse {
    /// The drive answered in time.
    Answered,
    /// The drive did not answer: its Windows side is gone.
    TimedOut,
}
