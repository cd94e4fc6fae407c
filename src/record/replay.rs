//! The implementation of [`Host`] for a record.

use crate::inspect::{GoBuild, Inspect};
use crate::text::errno::Errno;

use crate::bytes::Bytes;
use crate::host::acl::Grant;
use crate::host::binary::{Binary, Machine, Maker, Release};
use crate::host::environ::Environ;
use crate::host::mounts::{Mount, MountTable};
use crate::host::trust::{Blocked, Component, Components, Judged, Names, Reached, Untrusted, walk};
use crate::host::{
    BinfmtEntry, DriveResponse, FileId, FileStat, Files, Identity, LineEnds, LinuxKind, Magic, MountsAbove, Network,
    Process, ProcessIdentity, Processes, Snapshot, SocketState, User, Windows,
};
use crate::plan::interop::way::ENTRY_FLAGS;
use crate::record::files::{Content, FinalLink, NodeId, ROOT};
use crate::record::format::{AncestorRow, FileRow, OwnEntry};
use crate::record::values::Ordered;
use crate::record::{PROCESS, Record};

impl Record {
    fn find(&self, path: &[u8], last: FinalLink) -> Result<NodeId, Errno> {
        if path.is_empty() || path.starts_with(b"/") {
            return self.tree.walk(path, last);
        }
        self.tree.walk(&[self.cwd()?, b"/", path].concat(), last)
    }

    fn row(&self, node: NodeId) -> Option<&FileRow> {
        self.file.files.get(self.tree.row(node)?)
    }

    fn ancestor(&self, row: &AncestorRow) -> Process {
        Process { pid: row.pid, uid: row.uid.unwrap_or(self.file.uid), name: row.name.0.clone() }
    }

    fn on_proven_mount(&self, node: NodeId, path: &[u8]) -> Result<NodeId, Blocked> {
        match self.mounts.mount_of(path).and_then(Mount::unproven) {
            Some(unproven) => Err(Blocked::Unproven(unproven)),
            None => Ok(node),
        }
    }

    fn is_on_noexec_mount(&self, node: NodeId) -> bool {
        self.mounts.is_noexec(&self.tree.path(node))
    }
}

impl Files for Record {
    fn cwd(&self) -> Result<&[u8], Errno> {
        self.file.call.cwd.as_deref().ok_or(Errno::ENOENT)
    }

    fn mounts(&self) -> &MountTable {
        &self.mounts
    }

    fn mounts_above(&self, _path: &[u8]) -> MountsAbove {
        MountsAbove::Unknown
    }

    fn drive_response(&self, _path: &[u8]) -> DriveResponse {
        DriveResponse::Answered
    }

    fn stat(&self, path: &[u8]) -> Result<FileStat, Errno> {
        Ok(self.tree.stat(self.find(path, FinalLink::Follow)?))
    }

    fn lstat(&self, path: &[u8]) -> Result<FileStat, Errno> {
        Ok(self.tree.stat(self.find(path, FinalLink::Keep)?))
    }

    fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        match self.tree.content(self.find(path, FinalLink::Keep)?) {
            Content::Link(target) => Ok(target.clone()),
            _ => Err(Errno::EINVAL),
        }
    }

    fn canonical(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        Ok(self.tree.path(self.find(path, FinalLink::Follow)?))
    }

    fn list(&self, dir: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        let node = self.find(dir, FinalLink::Follow)?;
        let Content::Directory(children) = self.tree.content(node) else { return Err(Errno::ENOTDIR) };
        if !self.tree.may_read(node) {
            return Err(Errno::EACCES);
        }
        Ok(children.keys().cloned().collect())
    }

    fn may_execute(&self, path: &[u8]) -> Result<(), Errno> {
        let node = self.find(path, FinalLink::Follow)?;
        let is_regular = matches!(self.tree.content(node), Content::Regular(..));
        if !self.tree.may_execute(node) || (is_regular && self.is_on_noexec_mount(node)) {
            return Err(Errno::EACCES);
        }
        Ok(())
    }

    fn binary(&self, path: &[u8]) -> Result<Binary, Errno> {
        let node = self.find(path, FinalLink::Follow)?;
        if !self.tree.may_read(node) {
            return Err(Errno::EACCES);
        }
        match self.tree.content(node) {
            Content::Regular(binary, _) if binary.maker == Maker::Other && self.is_own(self.tree.id(node)) => {
                Ok(Binary { maker: Maker::Gowrap(Release::Same), ..binary.clone() })
            }
            Content::Regular(binary, _) => Ok(binary.clone()),
            Content::Directory(_) => Err(Errno::EISDIR),
            Content::Link(_) | Content::Fifo => Err(Errno::EINVAL),
        }
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Vec<u8>, Errno> {
        let node = self.find(path, FinalLink::Follow)?;
        if !self.tree.may_read(node) {
            return Err(Errno::EACCES);
        }
        match self.tree.content(node) {
            Content::Regular(_, Some(text)) if text.len() > limit => Err(Errno::EFBIG),
            Content::Regular(_, text) => Ok(text.clone().unwrap_or_default()),
            _ => Err(Errno::EINVAL),
        }
    }

    fn read_and_stat(&self, path: &[u8], limit: usize) -> Result<(FileStat, Vec<u8>), Errno> {
        let contents = self.read(path, limit)?;
        Ok((self.stat(path)?, contents))
    }

    fn judge(&self, path: &[u8]) -> Result<Judged, Untrusted> {
        self.find(path, FinalLink::Follow)?;
        match walk(self, path, self.file.uid)? {
            Reached::There { judged, .. } => Ok(judged),
            Reached::Missing { .. } => Err(Errno::ENOENT.into()),
        }
    }

    fn read_judged(&self, path: &[u8], limit: usize) -> Result<(Judged, Result<Vec<u8>, Errno>), Untrusted> {
        let judged = self.judge(path)?;
        let text = self.read(&judged.path, limit);
        Ok((judged, text))
    }
}

impl Identity for Record {
    fn kind(&self) -> LinuxKind {
        self.file.kind
    }

    fn machine(&self) -> Machine {
        self.file.machine.0
    }

    fn distro(&self) -> Option<Vec<u8>> {
        self.file.distro.clone().map(|distro| distro.0)
    }

    fn uid(&self) -> u32 {
        self.file.uid
    }

    fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    fn own_path(&self) -> Option<Vec<u8>> {
        self.file.own.clone().map(|own| own.0)
    }

    fn is_own(&self, file: FileId) -> bool {
        self.own.contains(&file)
    }

    fn is_shim_folder(&self, entry: &[u8]) -> bool {
        let trimmed = |path: &[u8]| path.iter().rposition(|&byte| byte != b'/').map_or(0, |last| last + 1);
        self.file.shims.as_ref().is_some_and(|shims| shims[..trimmed(shims)] == entry[..trimmed(entry)])
    }
}

impl Processes for Record {
    fn process(&self) -> ProcessIdentity {
        PROCESS
    }

    fn has_terminal(&self) -> bool {
        self.file.call.tty.unwrap_or(false)
    }

    fn ancestors(&self) -> Box<dyn Iterator<Item = Process> + '_> {
        Box::new(self.file.ancestors.iter().map(|row| self.ancestor(row)))
    }

    fn has_variable(&self, pid: u32, matches: &dyn Fn(&[u8]) -> bool) -> bool {
        let row = self.file.ancestors.iter().find(|row| row.pid == pid && self.ancestor(row).uid == self.file.uid);
        row.is_some_and(|row| row.env.0.iter().any(|(name, _)| matches(name.as_bytes())))
    }

    fn snapshot(&self) -> Snapshot {
        self.file.snapshot.as_ref().map_or(Snapshot::Absent, |snapshot| Snapshot::Present(variables(snapshot)))
    }

    fn has_snapshot(&self, _home: Option<&[u8]>) -> bool {
        self.snapshot() != Snapshot::Absent
    }
}

impl Windows for Record {
    fn binfmt(&self) -> Vec<BinfmtEntry> {
        let others = self.file.binfmt.iter().map(|row| BinfmtEntry {
            name: row.name.0.clone(),
            enabled: row.enabled,
            interpreter: row.interpreter.0.clone(),
            flags: row.flags.0.clone(),
            magic: row.magic.as_ref().map(|magic| Magic {
                offset: usize::from(row.offset),
                bytes: magic.0.clone(),
                mask: row.mask.as_ref().map(|mask| mask.0.clone()).unwrap_or_default(),
            }),
        });
        let interop = &self.file.interop;
        let enabled = match interop.binfmt {
            Some(OwnEntry::Enabled) => Some(true),
            Some(OwnEntry::Disabled) => Some(false),
            Some(OwnEntry::Missing) | None => None,
        };
        let own = enabled.map(|enabled| BinfmtEntry {
            name: b"WSLInterop".to_vec(),
            enabled,
            interpreter: b"/init".to_vec(),
            flags: interop.flags.clone().map_or_else(|| ENTRY_FLAGS.into(), |flags| flags.0),
            magic: Some(Magic { offset: 0, bytes: b"MZ".to_vec(), mask: Vec::new() }),
        });
        others.chain(own).collect()
    }

    fn has_init(&self) -> bool {
        let is_link_to_init = |path: &[u8]| self.canonical(path).is_ok_and(|path| path == b"/init");
        self.file
            .interop
            .init
            .unwrap_or_else(|| is_link_to_init(b"/usr/bin/wslinfo") || is_link_to_init(b"/bin/wslinfo"))
    }

    fn interop_enabled(&self) -> bool {
        self.file.interop.enabled
    }

    fn socket_owner(&self, path: &[u8]) -> Option<u32> {
        // A record of an older version has no row for a socket: the socket is then WSL's own.
        Some(self.lstat(path).map_or(0, |socket| socket.uid))
    }

    fn try_socket(&self, path: &[u8]) -> SocketState {
        self.file.interop.sockets.get(path).copied().map_or(SocketState::Missing, SocketState::from)
    }

    fn network(&self) -> &Network {
        &self.network
    }

    fn configured_network(&self) -> &Network {
        self.network()
    }
}

impl Components for Record {
    type Node = NodeId;

    fn root(&self) -> Result<NodeId, Blocked> {
        self.on_proven_mount(ROOT, b"/")
    }

    fn entry(&self, folder: &NodeId, name: &[u8], path: &[u8]) -> Result<NodeId, Blocked> {
        let node = self.tree.entry(*folder, name)?;
        self.on_proven_mount(node, path)
    }

    fn look(&self, node: &NodeId) -> Result<Component, Errno> {
        Ok(Component { stat: self.tree.stat(*node), names: Names::One })
    }

    fn target(&self, link: &NodeId) -> Result<Vec<u8>, Errno> {
        match self.tree.content(*link) {
            Content::Link(target) => Ok(target.clone()),
            _ => Err(Errno::EINVAL),
        }
    }

    fn acl(&self, node: &NodeId) -> Result<Vec<Grant>, Errno> {
        Ok(self.tree.acl(*node))
    }

    fn table(&self, path: &'static [u8]) -> Option<Vec<u8>> {
        Some(self.read(path, usize::MAX).unwrap_or_default())
    }
}

fn variables(table: &Ordered<Bytes>) -> Vec<(Vec<u8>, Vec<u8>)> {
    table.0.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.0.clone())).collect()
}

impl Inspect for Record {
    fn read_part(&self, path: &[u8], offset: u64, length: usize) -> Result<Vec<u8>, Errno> {
        let whole = self.read(path, usize::MAX)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(whole.len());
        let end = start.saturating_add(length).min(whole.len());
        Ok(whole[start..end].to_vec())
    }

    fn acl(&self, path: &[u8]) -> Result<Vec<Grant>, Errno> {
        Ok(self.tree.acl(self.find(path, FinalLink::Follow)?))
    }

    fn line_ends(&self, path: &[u8]) -> Result<LineEnds, Errno> {
        let node = self.find(path, FinalLink::Follow)?;
        match self.tree.content(node) {
            _ if !self.tree.may_read(node) => Err(Errno::EACCES),
            Content::Regular(_, Some(text)) => Ok(LineEnds::of(text)),
            Content::Regular(..) => {
                Ok(if self.row(node).is_some_and(|row| row.crlf) { LineEnds::CrLf } else { LineEnds::Lf })
            }
            _ => Err(Errno::EINVAL),
        }
    }

    fn recorded_build(&self, path: &[u8]) -> Option<GoBuild> {
        let build = self.row(self.find(path, FinalLink::Follow).ok()?)?.build.clone()?;
        let mut words = build.split(|&byte| byte == b' ').map(|word| String::from_utf8_lossy(word).into_owned());
        let mut next = || words.next().unwrap_or_default();
        Some(GoBuild { go: next(), module: next(), version: next() })
    }

    fn package_of(&self, path: &[u8]) -> Option<Vec<u8>> {
        let row = self.row(self.find(path, FinalLink::Follow).ok()?)?;
        row.package.clone().map(|package| package.0)
    }

    fn port_proxies(&self, _environ: &Environ) -> Result<Vec<u8>, Errno> {
        self.file.network.portproxy.clone().map(|text| text.0).ok_or(Errno::ENODATA)
    }
}
