//! A machine for the tests of this folder: what an explanation reads, and nothing else.

use std::borrow::Cow;
use std::ffi::{CStr, CString};

use nix::errno::Errno;

use crate::binary::{Binary, Format, Machine};
use crate::environ::Environ;
use crate::host::mounts::MountTable;
use crate::host::{
    BinfmtEntry, FileId, FileStat, Host, Kind, Magic, Network, NetworkMode, Process, ProcessIdentity, Snapshot,
    SocketState, User,
};
use crate::plan::{Decisions, Plan, Source, Target, Via};

pub(crate) struct Fake {
    pub(crate) kind: Kind,
    pub(crate) distro: Option<Vec<u8>>,
    pub(crate) cwd: Result<Vec<u8>, Errno>,
    pub(crate) network: Network,
    pub(crate) mounts: MountTable,
    pub(crate) binfmt: Vec<BinfmtEntry>,
    pub(crate) init: bool,
    pub(crate) interop: bool,
    pub(crate) ancestors: Vec<u32>,
    pub(crate) sockets: Vec<(&'static str, SocketState)>,
}

impl Fake {
    /// A Linux without WSL.
    pub(crate) fn linux() -> Fake {
        Fake {
            kind: Kind::Linux,
            distro: None,
            cwd: Ok(b"/home/me/p".to_vec()),
            network: Network {
                mode: NetworkMode::Unknown,
                localhost_forwarding: None,
                linux_address: None,
                gateway: None,
            },
            mounts: MountTable::default(),
            binfmt: Vec::new(),
            init: false,
            interop: true,
            ancestors: Vec::new(),
            sockets: Vec::new(),
        }
    }

    /// A WSL2 where everything works.
    pub(crate) fn wsl2() -> Fake {
        let mut fake = Fake::linux();
        fake.kind = Kind::Wsl2;
        fake.distro = Some(b"Ubuntu-24.04".to_vec());
        fake.network.mode = NetworkMode::Nat;
        fake.binfmt = vec![entry("WSLInterop", b"MZ", "/init", "PF")];
        fake.init = true;
        fake.ancestors = vec![812, 8, 1];
        fake.sockets = vec![("/run/WSL/8_interop", SocketState::Live)];
        fake
    }
}

/// An enabled entry of binfmt_misc.
pub(crate) fn entry(name: &str, magic: &[u8], interpreter: &str, flags: &str) -> BinfmtEntry {
    BinfmtEntry {
        name: name.into(),
        enabled: true,
        interpreter: interpreter.into(),
        flags: flags.into(),
        magic: Some(Magic { offset: 0, bytes: magic.to_vec(), mask: Vec::new() }),
    }
}

pub(crate) fn environ<S: AsRef<[u8]>>(entries: &[S]) -> Environ<'static> {
    let entry = |entry: &S| Cow::Owned(CString::new(entry.as_ref()).unwrap());
    Environ::new(entries.iter().map(entry).collect())
}

/// A plan that runs this argument list in this environment and has changed nothing.
pub(crate) fn plan<'a>(argv: &[&'a CStr], environ: Environ<'a>) -> Plan<'a> {
    Plan {
        target: Target {
            path: argv[0].to_bytes().to_vec(),
            format: Format::Elf,
            machine: Some(Machine::X86_64),
            via: Via::Direct,
            source: Source::Path,
        },
        decisions: Decisions {
            argv: argv.iter().map(|arg| Cow::Borrowed(*arg)).collect(),
            environ,
            ..Decisions::default()
        },
    }
}

impl Host for Fake {
    fn kind(&self) -> Kind {
        self.kind
    }
    fn machine(&self) -> Machine {
        Machine::X86_64
    }
    fn distro(&self) -> Option<Vec<u8>> {
        self.distro.clone()
    }
    fn uid(&self) -> u32 {
        1000
    }
    fn user(&self) -> Option<&User> {
        None
    }
    fn cwd(&self) -> Result<&[u8], Errno> {
        self.cwd.as_deref().map_err(|errno| *errno)
    }
    fn has_terminal(&self) -> bool {
        false
    }
    fn own_path(&self) -> Option<Vec<u8>> {
        None
    }
    fn own_id(&self) -> Option<FileId> {
        None
    }
    fn is_shim_folder(&self, _: &[u8]) -> bool {
        false
    }
    fn process(&self) -> ProcessIdentity {
        ProcessIdentity { pid: 900, start: 1 }
    }
    fn mounts(&self) -> &MountTable {
        &self.mounts
    }
    fn stat(&self, _: &[u8]) -> Result<FileStat, Errno> {
        Err(Errno::ENOENT)
    }
    fn lstat(&self, _: &[u8]) -> Result<FileStat, Errno> {
        Err(Errno::ENOENT)
    }
    fn may_execute(&self, _: &[u8]) -> Result<(), Errno> {
        Err(Errno::ENOENT)
    }
    fn binary(&self, _: &[u8]) -> Result<Binary, Errno> {
        Err(Errno::ENOENT)
    }
    fn read(&self, _: &[u8], _: usize) -> Result<Vec<u8>, Errno> {
        Err(Errno::ENOENT)
    }
    fn read_link(&self, _: &[u8]) -> Result<Vec<u8>, Errno> {
        Err(Errno::ENOENT)
    }
    fn list(&self, _: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        Err(Errno::ENOENT)
    }
    fn canonical(&self, _: &[u8]) -> Result<Vec<u8>, Errno> {
        Err(Errno::ENOENT)
    }
    fn ancestors(&self) -> Box<dyn Iterator<Item = Process> + '_> {
        Box::new(self.ancestors.iter().map(|&pid| Process { pid, uid: 1000, name: b"sh".to_vec() }))
    }
    fn environ_of(&self, _: u32) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Errno> {
        Err(Errno::ESRCH)
    }
    fn snapshot(&self) -> Snapshot {
        Snapshot::Absent
    }
    fn binfmt(&self) -> Vec<BinfmtEntry> {
        self.binfmt.clone()
    }
    fn has_init(&self) -> bool {
        self.init
    }
    fn interop_enabled(&self) -> bool {
        self.interop
    }
    fn try_socket(&self, path: &[u8]) -> SocketState {
        let socket = self.sockets.iter().find(|(known, _)| known.as_bytes() == path);
        socket.map_or(SocketState::Missing, |(_, state)| *state)
    }
    fn network(&self) -> &Network {
        &self.network
    }
}
