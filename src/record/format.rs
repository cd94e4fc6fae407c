//! The file format of a host record: its keys and their defaults.
//!
//! The same structures read and write a record. A missing list or table is empty, and a missing value is unknown,
//! unless a default is given here.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use crate::bytes::Bytes;
use crate::host::binary::Machine;
use crate::host::{LinuxKind, NetworkMode, SocketState};

use crate::record::values::{GrantText, Hex, MachineName, Ordered, PermissionBits};

/// The only schema.
const SCHEMA: u32 = 1;

/// A whole record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordFile {
    /// The version of this format.
    #[serde(deserialize_with = "known_schema")]
    pub schema: u32,
    /// The kind of Linux. Default: `linux`.
    #[serde(with = "KindWord")]
    pub kind: LinuxKind,
    /// The distribution's name in WSL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distro: Option<Bytes>,
    /// The architecture. Default: `x86_64`.
    pub machine: MachineName,
    /// The effective user id. Default: 1000, WSL's first user.
    pub uid: u32,
    /// The user's name in `/etc/passwd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Bytes>,
    /// The user's home in `/etc/passwd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<Bytes>,
    /// The path of gowrap.
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub own: Option<Bytes>,
    /// The shim folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shims: Option<Bytes>,
    /// The network between the machine and Windows.
    #[serde(skip_serializing_if = "is_default")]
    pub network: NetworkTable,
    /// WSL's way to Windows.
    #[serde(skip_serializing_if = "is_default")]
    pub interop: InteropTable,
    /// The entries of binfmt_misc other than WSL's, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub binfmt: Vec<BinfmtRow>,
    /// The mounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<MountRow>,
    /// The files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileRow>,
    /// The processes above gowrap, nearest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ancestors: Vec<AncestorRow>,
    /// The snapshot of a login shell's environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Ordered<Bytes>>,
    /// The call.
    #[serde(skip_serializing_if = "is_default")]
    pub call: CallTable,
}

impl Default for RecordFile {
    fn default() -> Self {
        RecordFile {
            schema: SCHEMA,
            kind: LinuxKind::Linux,
            distro: None,
            machine: MachineName(Machine::X86_64),
            uid: 1000,
            user: None,
            home: None,
            own: None,
            shims: None,
            network: NetworkTable::default(),
            interop: InteropTable::default(),
            binfmt: Vec::new(),
            mounts: Vec::new(),
            files: Vec::new(),
            ancestors: Vec::new(),
            snapshot: None,
            call: CallTable::default(),
        }
    }
}

/// `[network]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkTable {
    /// The mode.
    #[serde(with = "NetworkWord")]
    pub mode: NetworkMode,
    /// True if Windows relays its localhost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub localhost_forwarding: Option<bool>,
    /// The address of eth0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linux_address: Option<Bytes>,
    /// The default gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Bytes>,
    /// The output of `netsh interface portproxy show all`, if doctor ran with `--windows`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portproxy: Option<Bytes>,
}

impl Default for NetworkTable {
    fn default() -> Self {
        NetworkTable {
            mode: NetworkMode::Unknown,
            localhost_forwarding: None,
            linux_address: None,
            gateway: None,
            portproxy: None,
        }
    }
}

/// `[interop]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InteropTable {
    /// WSL's entry of binfmt_misc. Default: unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binfmt: Option<OwnEntry>,
    /// The flags of that entry. Default: `PF`, as WSL registers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flags: Option<Bytes>,
    /// True if `/init` and its link `wslinfo` exist. Default: as in `files`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<bool>,
    /// The interop sockets, by path.
    #[serde(skip_serializing_if = "Ordered::is_empty")]
    pub sockets: Ordered<SocketWord>,
    /// `[interop] enabled` of `/etc/wsl.conf`. Default: true.
    pub enabled: bool,
}

impl Default for InteropTable {
    fn default() -> Self {
        InteropTable { binfmt: None, flags: None, init: None, sockets: Ordered::default(), enabled: true }
    }
}

/// The state of WSL's entry of binfmt_misc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnEntry {
    /// Registered and enabled.
    Enabled,
    /// Registered and disabled.
    Disabled,
    /// Not registered.
    Missing,
}

/// The result of a connection attempt to an interop socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SocketWord {
    /// It answers.
    Live,
    /// Its server is gone.
    Refused,
    /// It does not answer.
    Hung,
}

impl From<SocketWord> for SocketState {
    fn from(word: SocketWord) -> SocketState {
        match word {
            SocketWord::Live => SocketState::Live,
            SocketWord::Refused => SocketState::Refused,
            SocketWord::Hung => SocketState::Hung,
        }
    }
}

/// A row of `[[binfmt]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BinfmtRow {
    /// Its name.
    pub name: Bytes,
    /// The bytes that it matches; none for an entry that matches a file name's extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub magic: Option<Hex>,
    /// The mask of the bits that count. Default: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<Hex>,
    /// The offset of the bytes in the file. Default: 0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset: u16,
    /// The program that it starts.
    pub interpreter: Bytes,
    /// The flags. Default: none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub flags: Bytes,
    /// True if the entry is enabled. Default: true.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub enabled: bool,
}

/// A row of `[[mounts]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MountRow {
    /// A line of `/proc/self/mountinfo`, as the kernel prints it.
    pub line: Bytes,
}

/// A row of `[[files]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRow {
    /// The absolute path.
    pub path: Spanned<Bytes>,
    /// The format. Default: from `text`, else `other`. Not used with `link`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<FormatWord>,
    /// The target of a symbolic link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Bytes>,
    /// The architecture of a program. Default: that of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<MachineName>,
    /// The permission bits. Default: 0755.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: PermissionBits,
    /// The owner. Default: root.
    #[serde(default, skip_serializing_if = "is_default")]
    pub uid: u32,
    /// The interpreter. Default: none, or that of a script's `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<Bytes>,
    /// Its contents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Bytes>,
    /// The group. Default: the group with the owner's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gid: Option<u32>,
    /// The rights that the ACL grants besides the mode, such as `u:1001:rw`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acl: Vec<GrantText>,
    /// True if lines end in CR and LF. `text` then holds LF only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub crlf: bool,
    /// The build information of a program: Go version, main module and its version, separated by blanks. `gowrap` is a
    /// copy of gowrap itself, `gowrap another` one of another version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Bytes>,
    /// The package that owns the file: name and version, separated by a blank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Bytes>,
}

/// The format of a file of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FormatWord {
    /// A Linux binary.
    Elf,
    /// A Windows binary.
    Pe,
    /// `#!` and an interpreter.
    Script,
    /// Any other regular file.
    Other,
    /// A directory.
    Dir,
    /// A FIFO.
    Fifo,
}

/// A row of `[[ancestors]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AncestorRow {
    /// Its id.
    pub pid: u32,
    /// The user id. Default: that of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// Its name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Bytes,
    /// The environment at its start. Only the names count: no value is taken from another process.
    #[serde(default, skip_serializing_if = "Ordered::is_empty")]
    pub env: Ordered<Bytes>,
}

/// `[call]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallTable {
    /// The working directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<Bytes>,
    /// The environment, in the order of the file.
    #[serde(skip_serializing_if = "Ordered::is_empty")]
    pub env: Ordered<Bytes>,
    /// True if standard input, output or error is a terminal. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tty: Option<bool>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn yes() -> bool {
    true
}

fn is_yes(value: &bool) -> bool {
    *value
}

fn known_schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        SCHEMA => Ok(SCHEMA),
        other => Err(D::Error::custom(format_args!("expected schema {SCHEMA}, got {other}"))),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LinuxKind", rename_all = "lowercase")]
enum KindWord {
    Linux,
    Wsl1,
    Wsl2,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "NetworkMode", rename_all = "lowercase")]
enum NetworkWord {
    Nat,
    Mirrored,
    Consomme,
    Bridged,
    None,
    Unknown,
}
