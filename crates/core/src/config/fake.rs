//! A machine for the tests of this folder: files with an owner and a mode, and mounts.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::text::errno::Errno;

use crate::host::acl::Grant;
use crate::host::binary::{Binary, Machine};
use crate::host::mounts::MountTable;
use crate::host::{
    BinfmtEntry, FileId, FileKind, FileStat, Host, Kind, LineEnds, MountsAbove, Network, Process, ProcessIdentity,
    Snapshot, SocketState, User, Variables,
};

const DRIVE: &[u8] = b"90 60 0:50 / /mnt/c rw,noatime - 9p C:\\134 rw,aname=drvfs;path=C:\\;uid=1000;gid=1000\n";

/// A file, and what comes of reading it.
struct File {
    stat: FileStat,
    contents: Result<Vec<u8>, Errno>,
}

pub(super) struct Fake {
    uid: u32,
    user: Option<User>,
    mounts: MountTable,
    files: BTreeMap<&'static str, File>,
    links: BTreeMap<&'static str, &'static str>,
    /// Every path that was opened.
    pub(super) opened: RefCell<Vec<String>>,
}

impl Fake {
    /// A machine with a root and a user `me`, 1000, of whom the given one is asking.
    pub(super) fn of_uid(uid: u32) -> Fake {
        let home: &[u8] = if uid == 0 { b"/root" } else { b"/home/me" };
        let fake = Fake {
            uid,
            user: Some(User { name: b"somebody".to_vec(), home: home.to_vec() }),
            mounts: MountTable::parse(DRIVE, |_| None),
            files: BTreeMap::new(),
            links: BTreeMap::new(),
            opened: RefCell::default(),
        };
        fake.file("/", (0, 0, 0o755), "")
            .file(
                "/etc/passwd",
                (0, 0, 0o644),
                "root:x:0:0:root:/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\nana:x:1001:1005::/home/ana:/bin/sh\n\
                 bob:x:1002:100::/home/bob:/bin/sh\neve:x:1003:100::/home/eve:/bin/sh\nzoe:x:1004:1004::/:/bin/sh\n",
            )
            .file("/etc/group", (0, 0, 0o644), "root:x:0:\nme:x:1000:me\nana:x:1005:\nusers:x:100:\nzoe:x:1004:bob\n")
    }

    /// With a file of this owner, group and mode.
    pub(super) fn file(self, path: &'static str, access: (u32, u32, u32), text: &str) -> Fake {
        self.entry(path, access, Ok(text.into()))
    }

    /// With a file that cannot be read.
    pub(super) fn unreadable(self, path: &'static str, uid: u32, errno: Errno) -> Fake {
        self.entry(path, (uid, uid, 0o600), Err(errno))
    }

    /// With a path that leads elsewhere.
    pub(super) fn link(mut self, path: &'static str, target: &'static str) -> Fake {
        self.links.insert(path, target);
        self
    }

    /// Without a row in `/etc/passwd`.
    pub(super) fn without_user(mut self) -> Fake {
        self.user = None;
        self
    }

    fn entry(mut self, path: &'static str, access: (u32, u32, u32), contents: Result<Vec<u8>, Errno>) -> Fake {
        let (uid, gid, mode) = access;
        let id = FileId { dev: if path.starts_with("/mnt/") { 50 } else { 1 }, ino: self.files.len() as u64 };
        let stat = FileStat { id, kind: FileKind::Regular, mode, uid, gid, size: 0 };
        self.files.insert(path, File { stat, contents });
        self
    }

    fn walk(&self, path: &[u8]) -> Result<(&'static str, &File), Errno> {
        let path = std::str::from_utf8(path).map_err(|_| Errno::ENOENT)?;
        let path = self.links.get(path).copied().unwrap_or(path);
        self.files.get_key_value(path).map(|(path, file)| (*path, file)).ok_or(Errno::ENOENT)
    }
}

impl Host for Fake {
    fn mounts_above(&self, _path: &[u8]) -> MountsAbove {
        MountsAbove::Untold
    }

    fn uid(&self) -> u32 {
        self.uid
    }
    fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }
    fn mounts(&self) -> &MountTable {
        &self.mounts
    }
    fn stat(&self, path: &[u8]) -> Result<FileStat, Errno> {
        self.walk(path).map(|(_, file)| file.stat)
    }
    fn read(&self, path: &[u8], _limit: usize) -> Result<Vec<u8>, Errno> {
        self.opened.borrow_mut().push(String::from_utf8_lossy(path).into_owned());
        self.walk(path)?.1.contents.clone()
    }
    fn canonical(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        self.walk(path).map(|(path, _)| path.as_bytes().to_vec())
    }

    fn kind(&self) -> Kind {
        unreachable!()
    }
    fn machine(&self) -> Machine {
        unreachable!()
    }
    fn distro(&self) -> Option<Vec<u8>> {
        unreachable!()
    }
    fn cwd(&self) -> Result<&[u8], Errno> {
        unreachable!()
    }
    fn has_terminal(&self) -> bool {
        unreachable!()
    }
    fn own_path(&self) -> Option<Vec<u8>> {
        unreachable!()
    }
    fn is_own(&self, _: FileId) -> bool {
        unreachable!()
    }
    fn is_shim_folder(&self, _: &[u8]) -> bool {
        unreachable!()
    }
    fn process(&self) -> ProcessIdentity {
        unreachable!()
    }
    fn lstat(&self, _: &[u8]) -> Result<FileStat, Errno> {
        unreachable!()
    }
    fn acl(&self, _: &[u8]) -> Result<Vec<Grant>, Errno> {
        unreachable!()
    }
    fn line_ends(&self, _: &[u8]) -> Result<LineEnds, Errno> {
        unreachable!()
    }
    fn may_execute(&self, _: &[u8]) -> Result<(), Errno> {
        unreachable!()
    }
    fn binary(&self, _: &[u8]) -> Result<Binary, Errno> {
        unreachable!()
    }
    fn list(&self, _: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        unreachable!()
    }
    fn read_link(&self, _: &[u8]) -> Result<Vec<u8>, Errno> {
        unreachable!()
    }
    fn ancestors(&self) -> Box<dyn Iterator<Item = Process> + '_> {
        unreachable!()
    }
    fn judge(&self, _: &[u8]) -> Result<crate::host::trust::Judged, crate::host::trust::Untrusted> {
        unreachable!()
    }
    fn read_judged(
        &self,
        _: &[u8],
        _: usize,
    ) -> Result<(crate::host::trust::Judged, Result<Vec<u8>, Errno>), crate::host::trust::Untrusted> {
        unreachable!()
    }
    fn environ_of(&self, _: u32) -> Result<Variables, Errno> {
        unreachable!()
    }
    fn snapshot(&self) -> Snapshot {
        unreachable!()
    }
    fn binfmt(&self) -> Vec<BinfmtEntry> {
        unreachable!()
    }
    fn has_init(&self) -> bool {
        unreachable!()
    }
    fn interop_enabled(&self) -> bool {
        unreachable!()
    }
    fn try_socket(&self, _: &[u8]) -> SocketState {
        unreachable!()
    }
    fn network(&self) -> &Network {
        unreachable!()
    }
}
