//! The host record as a file: what may stand in it, and what is meant where it says nothing.
//!
//! The same structures read a record and write one. Absent lists and tables are empty and an absent value is unknown,
//! save where a default is given here.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Spanned;

use crate::bytes::Bytes;
use crate::host::binary::Machine;
use crate::host::{Kind, NetworkMode, SocketState};

use crate::record::values::{GrantText, Hex, MachineName, Mode, Ordered};

/// The only schema there is.
const SCHEMA: u32 = 1;

/// A whole record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordFile {
    /// The version of this format.
    #[serde(deserialize_with = "known_schema")]
    pub schema: u32,
    /// Which Linux it is; `linux` unless said.
    #[serde(with = "KindWord")]
    pub kind: Kind,
    /// The distribution's name, as WSL itself knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distro: Option<Bytes>,
    /// The architecture; `x86_64` unless said.
    pub machine: MachineName,
    /// The effective user id; that of WSL's first user, 1000, unless said.
    pub uid: u32,
    /// The user's name in `/etc/passwd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Bytes>,
    /// The user's home in `/etc/passwd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<Bytes>,
    /// Where gowrap itself is.
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub own: Option<Bytes>,
    /// The folder with gowrap's links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shims: Option<Bytes>,
    /// The network between the machine and Windows.
    #[serde(skip_serializing_if = "is_default")]
    pub network: NetworkTable,
    /// WSL's way to Windows.
    #[serde(skip_serializing_if = "is_default")]
    pub interop: InteropTable,
    /// The entries of binfmt_misc beside WSL's own, newest first.
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
    /// What the call came with.
    #[serde(skip_serializing_if = "is_default")]
    pub call: CallTable,
}

impl Default for RecordFile {
    fn default() -> Self {
        RecordFile {
            schema: SCHEMA,
            kind: Kind::Linux,
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
    /// Does Windows relay its localhost?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub localhost_forwarding: Option<bool>,
    /// The address of eth0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linux_address: Option<Bytes>,
    /// The default gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Bytes>,
    /// The output of `netsh interface portproxy show all` on Windows, if doctor was told to ask for it.
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
    /// WSL's own entry of binfmt_misc; not known to be there unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binfmt: Option<OwnEntry>,
    /// That entry's flags; `PF`, as WSL registers it, unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flags: Option<Bytes>,
    /// Are `/init` and its link `wslinfo` there? Where this is not said, `files` tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<bool>,
    /// The interop sockets, by path.
    #[serde(skip_serializing_if = "Ordered::is_empty")]
    pub sockets: Ordered<SocketWord>,
    /// `[interop] enabled` of `/etc/wsl.conf`; true unless said.
    pub enabled: bool,
}

impl Default for InteropTable {
    fn default() -> Self {
        InteropTable { binfmt: None, flags: None, init: None, sockets: Ordered::default(), enabled: true }
    }
}

/// WSL's own entry of binfmt_misc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnEntry {
    /// Registered and switched on.
    Enabled,
    /// Registered and switched off.
    Disabled,
    /// Not registered.
    Missing,
}

/// What an interop socket does when it is tried.
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
    /// The bytes that it matches; an entry that goes by a file name's ending has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub magic: Option<Hex>,
    /// Which bits of them count; all unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<Hex>,
    /// Where they stand; at the start unless said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset: u16,
    /// The program that it starts.
    pub interpreter: Bytes,
    /// Its flags; none unless said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub flags: Bytes,
    /// Its own switch; on unless said.
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
    /// Where it is: an absolute path.
    pub path: Spanned<Bytes>,
    /// What it is. Where neither this nor `link` is said, `text` tells, else it is `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<FormatWord>,
    /// What it points to, for a symbolic link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Bytes>,
    /// The machine that it is for; the record's own unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<MachineName>,
    /// The permission bits; 0755 unless said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: Mode,
    /// Its owner; root unless said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub uid: u32,
    /// The program that loads it. None needed unless said; a script may say it in its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<Bytes>,
    /// Its contents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Bytes>,
    /// Its group; the group with the owner's number unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gid: Option<u32>,
    /// The rights that its access control list grants beside the mode, such as `u:1001:rw`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acl: Vec<GrantText>,
    /// Do its lines end in CR and LF? The `text` then holds LF alone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub crlf: bool,
    /// What Go wrote into a program that it built: the Go, the main module and its version, blanks between them. `gowrap` is
    /// a copy of gowrap itself, `gowrap another` one of another version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Bytes>,
    /// The distribution's package that owns it: name and version, a blank between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Bytes>,
}

/// What a file of the record is.
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
    /// Its user; the record's own unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// Its name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Bytes,
    /// The environment that it was started with. Only the names count: no value is taken from another process.
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
    /// Is standard input, output or error a terminal? Not unless said.
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
        other => Err(D::Error::custom(format_args!("schema {other} is not known, only {SCHEMA}"))),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Kind", rename_all = "lowercase")]
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
