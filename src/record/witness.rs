//! A host that notes which facts were read, so that a record of the machine holds them.

// A witness passes on every question: a default method would hide the answer of the machine behind it.
#![deny(clippy::missing_trait_methods)]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::inspect::{GoBuild, Inspect};
use crate::text::errno::Errno;

use crate::host::acl::Grant;
use crate::host::binary::{Binary, Machine};
use crate::host::environ::Environ;
use crate::host::mounts::MountTable;
use crate::host::trust::{Judged, Untrusted};
use crate::host::{
    BinfmtEntry, DriveResponse, FileId, FileStat, Files, Identity, LineEnds, LinuxKind, MountsAbove, Network, Process,
    ProcessIdentity, Processes, Snapshot, SocketState, User, Windows,
};

/// A host and the facts that were read from it.
pub(crate) struct Witness<'h> {
    host: &'h dyn Inspect,
    paths: RefCell<BTreeSet<Vec<u8>>>,
    texts: RefCell<BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>>>,
    line_ends: RefCell<BTreeSet<Vec<u8>>>,
    packages: RefCell<BTreeMap<Vec<u8>, Vec<u8>>>,
    sockets: RefCell<BTreeMap<Vec<u8>, SocketState>>,
}

impl<'h> Witness<'h> {
    /// Returns a witness for this host.
    #[must_use]
    pub(crate) fn new(host: &'h dyn Inspect) -> Witness<'h> {
        Witness {
            host,
            paths: RefCell::default(),
            texts: RefCell::default(),
            line_ends: RefCell::default(),
            packages: RefCell::default(),
            sockets: RefCell::default(),
        }
    }

    /// Returns the absolute paths that were looked up, including missing ones.
    #[must_use]
    pub(crate) fn paths(&self) -> Vec<Vec<u8>> {
        self.paths.borrow().iter().cloned().collect()
    }

    /// Returns the absolute paths through which this file was read; `path` is its path without links.
    #[must_use]
    pub(crate) fn asked_for(&self, path: &[u8]) -> Vec<Vec<u8>> {
        self.texts.borrow().get(path).into_iter().flatten().cloned().collect()
    }

    /// Returns true if a file was read through this path.
    #[must_use]
    pub(crate) fn was_read_as(&self, path: &[u8]) -> bool {
        self.texts.borrow().values().any(|asked| asked.contains(path))
    }

    /// Returns the interop sockets that were tried, with the results.
    #[must_use]
    pub(crate) fn sockets(&self) -> Vec<(Vec<u8>, SocketState)> {
        self.sockets.borrow().iter().map(|(path, state)| (path.clone(), *state)).collect()
    }

    /// Returns true if the file's line ends were read.
    #[must_use]
    pub(crate) fn was_asked_for_line_ends(&self, path: &[u8]) -> bool {
        self.line_ends.borrow().contains(path)
    }

    /// Returns the package that owns the file, if that was asked.
    #[must_use]
    pub(crate) fn package(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.packages.borrow().get(path).cloned()
    }

    fn real(&self, path: &[u8]) -> Vec<u8> {
        self.host.canonical(path).unwrap_or_else(|_| self.absolute(path))
    }

    fn absolute(&self, path: &[u8]) -> Vec<u8> {
        match self.host.cwd() {
            Ok(cwd) if !path.starts_with(b"/") => [cwd, b"/", path].concat(),
            _ => path.to_vec(),
        }
    }

    fn saw<'p>(&self, path: &'p [u8]) -> &'p [u8] {
        self.paths.borrow_mut().insert(self.absolute(path));
        path
    }
}

impl Files for Witness<'_> {
    fn cwd(&self) -> Result<&[u8], Errno> {
        self.host.cwd()
    }

    fn mounts(&self) -> &MountTable {
        self.host.mounts()
    }

    fn mounts_above(&self, path: &[u8]) -> MountsAbove {
        self.host.mounts_above(path)
    }

    fn drive_response(&self, path: &[u8]) -> DriveResponse {
        self.host.drive_response(path)
    }

    fn stat(&self, path: &[u8]) -> Result<FileStat, Errno> {
        self.host.stat(self.saw(path))
    }

    fn lstat(&self, path: &[u8]) -> Result<FileStat, Errno> {
        self.host.lstat(self.saw(path))
    }

    fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        self.host.read_link(self.saw(path))
    }

    fn canonical(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        self.host.canonical(self.saw(path))
    }

    fn list(&self, dir: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        self.host.list(self.saw(dir))
    }

    fn may_execute(&self, path: &[u8]) -> Result<(), Errno> {
        self.host.may_execute(self.saw(path))
    }

    fn binary(&self, path: &[u8]) -> Result<Binary, Errno> {
        self.host.binary(self.saw(path))
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Vec<u8>, Errno> {
        self.texts.borrow_mut().entry(self.real(path)).or_default().insert(self.absolute(path));
        self.host.read(self.saw(path), limit)
    }

    fn read_and_stat(&self, path: &[u8], limit: usize) -> Result<(FileStat, Vec<u8>), Errno> {
        self.texts.borrow_mut().entry(self.real(path)).or_default().insert(self.absolute(path));
        self.host.read_and_stat(self.saw(path), limit)
    }

    fn judge(&self, path: &[u8]) -> Result<Judged, Untrusted> {
        self.host.judge(self.saw(path))
    }

    fn read_judged(&self, path: &[u8], limit: usize) -> Result<(Judged, Result<Vec<u8>, Errno>), Untrusted> {
        let (judged, text) = self.host.read_judged(self.saw(path), limit)?;
        self.texts.borrow_mut().entry(judged.path.clone()).or_default().insert(self.absolute(path));
        Ok((judged, text))
    }
}

impl Identity for Witness<'_> {
    fn kind(&self) -> LinuxKind {
        self.host.kind()
    }

    fn machine(&self) -> Machine {
        self.host.machine()
    }

    fn distro(&self) -> Option<Vec<u8>> {
        self.host.distro()
    }

    fn uid(&self) -> u32 {
        self.host.uid()
    }

    fn user(&self) -> Option<&User> {
        self.host.user()
    }

    fn own_path(&self) -> Option<Vec<u8>> {
        self.host.own_path()
    }

    fn is_own(&self, file: FileId) -> bool {
        self.host.is_own(file)
    }

    fn is_shim_folder(&self, entry: &[u8]) -> bool {
        self.host.is_shim_folder(entry)
    }
}

impl Processes for Witness<'_> {
    fn process(&self) -> ProcessIdentity {
        self.host.process()
    }

    fn has_terminal(&self) -> bool {
        self.host.has_terminal()
    }

    fn ancestors(&self) -> Box<dyn Iterator<Item = Process> + '_> {
        self.host.ancestors()
    }

    fn has_variable(&self, pid: u32, matches: &dyn Fn(&[u8]) -> bool) -> bool {
        self.host.has_variable(pid, matches)
    }

    fn snapshot(&self) -> Snapshot {
        self.host.snapshot()
    }

    fn has_snapshot(&self, home: Option<&[u8]>) -> bool {
        self.host.has_snapshot(home)
    }
}

impl Windows for Witness<'_> {
    fn binfmt(&self) -> Vec<BinfmtEntry> {
        self.host.binfmt()
    }

    fn has_init(&self) -> bool {
        self.host.has_init()
    }

    fn interop_enabled(&self) -> bool {
        self.host.interop_enabled()
    }

    fn socket_owner(&self, path: &[u8]) -> Option<u32> {
        self.host.socket_owner(path)
    }

    fn try_socket(&self, path: &[u8]) -> SocketState {
        let state = self.host.try_socket(path);
        self.sockets.borrow_mut().insert(path.to_vec(), state);
        state
    }

    fn network(&self) -> &Network {
        self.host.network()
    }

    fn configured_network(&self) -> &Network {
        self.host.configured_network()
    }
}

impl Inspect for Witness<'_> {
    fn acl(&self, path: &[u8]) -> Result<Vec<Grant>, Errno> {
        self.host.acl(self.saw(path))
    }

    fn read_part(&self, path: &[u8], offset: u64, length: usize) -> Result<Vec<u8>, Errno> {
        self.host.read_part(self.saw(path), offset, length)
    }

    fn line_ends(&self, path: &[u8]) -> Result<LineEnds, Errno> {
        self.line_ends.borrow_mut().insert(self.real(path));
        self.host.line_ends(self.saw(path))
    }

    fn recorded_build(&self, path: &[u8]) -> Option<GoBuild> {
        self.host.recorded_build(path)
    }

    fn package_of(&self, path: &[u8]) -> Option<Vec<u8>> {
        let package = self.host.package_of(self.saw(path))?;
        self.packages.borrow_mut().insert(self.real(path), package.clone());
        Some(package)
    }

    fn port_proxies(&self, environ: &Environ) -> Result<Vec<u8>, Errno> {
        self.host.port_proxies(environ)
    }
}
