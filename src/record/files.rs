//! The files of a record as a tree. A path is resolved as by the kernel (path_resolution(7)): component by component,
//! through symbolic links, with search permission for each directory, and ELOOP after 40 links.

use std::collections::BTreeMap;

use crate::text::errno::Errno;

use crate::host::acl::{Grant, Grantee};
use crate::host::binary::Binary;
use crate::host::{FileId, FileKind, FileStat};

/// The kernel's MAXSYMLINKS (include/linux/namei.h).
const MOST_LINKS: usize = 40;
const PATH_MAX: usize = 4096;
const NAME_MAX: usize = 255;

/// Size of a file whose contents are unknown, in bytes.
const SOME_SIZE: u64 = 4096;

/// First inode number of files without a row. The number of a row is its position in the list, from one.
const FIRST_IMPLIED: u64 = 1_000_000;

const READ: u32 = 4;
const EXECUTE: u32 = 1;

/// A node of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId(usize);

/// The root directory.
pub(super) const ROOT: NodeId = NodeId(0);

/// The contents of a node.
#[derive(Debug)]
pub(super) enum Content {
    /// A directory and its entries.
    Directory(BTreeMap<Vec<u8>, NodeId>),
    /// A symbolic link and its target.
    Link(Vec<u8>),
    /// A regular file: its format, and its contents if the record has them.
    Regular(Binary, Option<Vec<u8>>),
    /// A FIFO.
    Fifo,
}

impl Content {
    /// Returns an empty directory.
    pub(super) fn directory() -> Content {
        Content::Directory(BTreeMap::new())
    }
}

/// The reason why a node exists: a row of the record, or a file below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeOrigin {
    /// The row of that number, the first being 0.
    Row(usize),
    /// Needed by a row, such as the parent of a file.
    Implied,
}

/// Owner, group, permission bits and access control list.
#[derive(Debug, Clone)]
pub(super) struct FileAccess {
    /// The owner.
    pub(super) uid: u32,
    /// The group.
    pub(super) gid: u32,
    /// The permission bits.
    pub(super) mode: u32,
    /// The rights that the access control list grants.
    pub(super) acl: Vec<Grant>,
}

impl FileAccess {
    /// The access of a file of root with mode 0755.
    pub(super) const DEFAULT: FileAccess = FileAccess { uid: 0, gid: 0, mode: 0o755, acl: Vec::new() };
}

/// The treatment of a symbolic link at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FinalLink {
    /// The path means the target.
    Follow,
    /// The path means the link.
    Keep,
}

/// The reason why a row cannot be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// Another row has the path.
    Taken,
    /// A parent is no directory, or is in a circle of links.
    NoDirectory,
    /// The path does not end with a name, or does not begin with a slash.
    NoName,
}

#[derive(Debug)]
struct FileNode {
    content: Content,
    access: FileAccess,
    naming: NodeOrigin,
    parent: NodeId,
    name: Vec<u8>,
}

/// All files of a machine.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<FileNode>,
    /// The user whose permissions count.
    uid: u32,
}

impl Tree {
    /// Returns an empty tree for a process of this user.
    pub(super) fn new(uid: u32) -> Tree {
        let root = FileNode {
            content: Content::directory(),
            access: FileAccess::DEFAULT,
            naming: NodeOrigin::Implied,
            parent: ROOT,
            name: Vec::new(),
        };
        Tree { nodes: vec![root], uid }
    }

    fn node(&self, id: NodeId) -> &FileNode {
        &self.nodes[id.0]
    }

    /// Inserts a node at an absolute path. Creates missing parents and follows links.
    pub(super) fn insert(
        &mut self,
        path: &[u8],
        content: Content,
        access: FileAccess,
        naming: NodeOrigin,
    ) -> Result<NodeId, Obstacle> {
        let (parent, name) = split_last(path).ok_or(Obstacle::NoName)?;
        let parent = self.make_directories(parent).ok_or(Obstacle::NoDirectory)?;
        let Content::Directory(children) = &self.node(parent).content else { return Err(Obstacle::NoDirectory) };
        match children.get(name) {
            None => Ok(self.add(parent, name, content, access, naming)),
            Some(&id) if self.is_only_implied_directory(id) && matches!(content, Content::Directory(_)) => {
                let node = &mut self.nodes[id.0];
                (node.access, node.naming) = (access, naming);
                Ok(id)
            }
            Some(_) => Err(Obstacle::Taken),
        }
    }

    /// Inserts a node if there is none. A row of the record takes precedence.
    pub(super) fn imply(&mut self, path: &[u8], content: Content, access: FileAccess) {
        // An error means that a row of the record is in the way, and the row counts.
        let _ = self.insert(path, content, access, NodeOrigin::Implied);
    }

    /// Inserts a directory unless a row of the record is in the way.
    pub(super) fn imply_directory(&mut self, path: &[u8]) {
        let _ = self.make_directories(path);
    }

    /// Makes the user the owner of implied directories below the home, as on a real machine.
    pub(super) fn give_home(&mut self, home: &[u8]) {
        let Ok(start) = self.walk(home, FinalLink::Follow) else { return };
        let mut todo = vec![start];
        while let Some(id) = todo.pop() {
            let uid = self.uid;
            let is_implied = self.is_only_implied_directory(id);
            let node = &mut self.nodes[id.0];
            if is_implied {
                (node.access.uid, node.access.gid) = (uid, uid);
            }
            if let Content::Directory(children) = &node.content {
                todo.extend(children.values().copied());
            }
        }
    }

    fn is_only_implied_directory(&self, id: NodeId) -> bool {
        let node = self.node(id);
        node.naming == NodeOrigin::Implied && matches!(node.content, Content::Directory(_))
    }

    fn add(&mut self, parent: NodeId, name: &[u8], content: Content, access: FileAccess, naming: NodeOrigin) -> NodeId {
        let id = NodeId(self.nodes.len());
        self.nodes.push(FileNode { content, access, naming, parent, name: name.to_vec() });
        if let Content::Directory(children) = &mut self.nodes[parent.0].content {
            children.insert(name.to_vec(), id);
        }
        id
    }

    fn make_directories(&mut self, path: &[u8]) -> Option<NodeId> {
        let mut here = ROOT;
        let mut todo: Vec<Vec<u8>> = components(path).map(<[u8]>::to_vec).collect();
        let mut links = 0;
        while let Some(component) = todo.pop() {
            let Content::Directory(children) = &self.node(here).content else { return None };
            match component.as_slice() {
                b"." => continue,
                b".." => {
                    here = self.node(here).parent;
                    continue;
                }
                name => {
                    let Some(&child) = children.get(name) else {
                        here = self.add(here, name, Content::directory(), FileAccess::DEFAULT, NodeOrigin::Implied);
                        continue;
                    };
                    if let Content::Link(target) = &self.node(child).content {
                        links += 1;
                        if links > MOST_LINKS {
                            return None;
                        }
                        if target.starts_with(b"/") {
                            here = ROOT;
                        }
                        todo.extend(components(target).map(<[u8]>::to_vec));
                    } else {
                        here = child;
                    }
                }
            }
        }
        matches!(self.node(here).content, Content::Directory(_)).then_some(here)
    }

    /// Resolves an absolute path.
    pub(super) fn walk(&self, path: &[u8], last: FinalLink) -> Result<NodeId, Errno> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        if path.len() >= PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        let mut here = ROOT;
        let mut todo: Vec<&[u8]> = components(path).collect();
        let mut must_be_directory = path.ends_with(b"/");
        let mut links = 0;
        while let Some(component) = todo.pop() {
            let Content::Directory(children) = &self.node(here).content else { return Err(Errno::ENOTDIR) };
            if !self.permits(here, EXECUTE) {
                return Err(Errno::EACCES);
            }
            match component {
                b"." => continue,
                b".." => {
                    here = self.node(here).parent;
                    continue;
                }
                name if name.len() > NAME_MAX => return Err(Errno::ENAMETOOLONG),
                name => {
                    let &child = children.get(name).ok_or(Errno::ENOENT)?;
                    let is_last = todo.is_empty() && !must_be_directory;
                    match &self.node(child).content {
                        Content::Link(target) if !is_last || last == FinalLink::Follow => {
                            links += 1;
                            if links > MOST_LINKS {
                                return Err(Errno::ELOOP);
                            }
                            if target.is_empty() {
                                return Err(Errno::ENOENT);
                            }
                            if target.starts_with(b"/") {
                                here = ROOT;
                            }
                            must_be_directory |= todo.is_empty() && target.ends_with(b"/");
                            todo.extend(components(target));
                        }
                        _ => here = child,
                    }
                }
            }
        }
        match self.node(here).content {
            Content::Directory(_) => Ok(here),
            _ if must_be_directory => Err(Errno::ENOTDIR),
            _ => Ok(here),
        }
    }

    /// Returns the entry of a directory.
    pub(super) fn entry(&self, directory: NodeId, name: &[u8]) -> Result<NodeId, Errno> {
        let Content::Directory(children) = self.content(directory) else { return Err(Errno::ENOTDIR) };
        if !self.permits(directory, EXECUTE) {
            return Err(Errno::EACCES);
        }
        children.get(name).copied().ok_or(Errno::ENOENT)
    }

    /// Returns the contents of a node.
    pub(super) fn content(&self, id: NodeId) -> &Content {
        &self.node(id).content
    }

    /// Returns the path of a node, without links.
    pub(super) fn path(&self, mut id: NodeId) -> Vec<u8> {
        let mut names = Vec::new();
        while id != ROOT {
            let node = self.node(id);
            names.push(node.name.as_slice());
            id = node.parent;
        }
        let mut path = Vec::new();
        for name in names.iter().rev() {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        if path.is_empty() { b"/".to_vec() } else { path }
    }

    /// Returns the identity of a node: paths that resolve to the same row have the same one.
    pub(super) fn id(&self, id: NodeId) -> FileId {
        let ino = match self.node(id).naming {
            NodeOrigin::Row(row) => row as u64 + 1,
            NodeOrigin::Implied => FIRST_IMPLIED + id.0 as u64,
        };
        FileId { dev: 1, ino }
    }

    /// Returns the number of the row that names a node.
    pub(super) fn row(&self, id: NodeId) -> Option<usize> {
        match self.node(id).naming {
            NodeOrigin::Row(row) => Some(row),
            NodeOrigin::Implied => None,
        }
    }

    /// Returns the result of stat(2) for a node.
    pub(super) fn stat(&self, id: NodeId) -> FileStat {
        let node = self.node(id);
        let (kind, size) = match &node.content {
            Content::Directory(_) => (FileKind::Directory, SOME_SIZE),
            Content::Link(target) => (FileKind::Link, target.len() as u64),
            Content::Regular(_, text) => (FileKind::Regular, text.as_ref().map_or(SOME_SIZE, |text| text.len() as u64)),
            Content::Fifo => (FileKind::Special, 0),
        };
        let FileAccess { uid, gid, mode, .. } = node.access;
        FileStat { id: self.id(id), kind, mode, uid, gid, size }
    }

    /// Returns the rights that the ACL grants. The group bits of the mode are the mask of the ACL (acl(5)).
    pub(super) fn acl(&self, id: NodeId) -> Vec<Grant> {
        let FileAccess { mode, acl, .. } = &self.node(id).access;
        acl.iter().map(|grant| grant.masked(mode >> 3)).collect()
    }

    /// Returns true if the user may read the file or list the directory.
    pub(super) fn may_read(&self, id: NodeId) -> bool {
        self.permits(id, READ)
    }

    /// Returns true if the user may execute the file or search the directory.
    pub(super) fn may_execute(&self, id: NodeId) -> bool {
        self.permits(id, EXECUTE)
    }

    /// Checks the bits of the owner, of a user in the ACL, and of others. A record does not hold the groups of a user.
    fn permits(&self, id: NodeId, bit: u32) -> bool {
        let node = self.node(id);
        let FileAccess { uid, mode, .. } = node.access;
        if self.uid == 0 {
            // CAP_DAC_OVERRIDE (capabilities(7)): everything, except executing a file without any execute bit.
            return bit != EXECUTE || matches!(node.content, Content::Directory(_)) || mode & 0o111 != 0;
        }
        let named = || self.acl(id).into_iter().find(|grant| grant.to == Grantee::User(self.uid));
        let bits = if self.uid == uid { mode >> 6 } else { named().map_or(mode, |grant| grant.rights) };
        bits & bit != 0
    }
}

/// Returns the components of a path, the last one first: the next one is popped off the end.
fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.rsplit(|&byte| byte == b'/').filter(|component| !component.is_empty())
}

/// Splits an absolute path into directory and name.
fn split_last(path: &[u8]) -> Option<(&[u8], &[u8])> {
    if !path.starts_with(b"/") {
        return None;
    }
    let end = path.iter().rposition(|&byte| byte != b'/')? + 1;
    let start = path[..end].iter().rposition(|&byte| byte == b'/')? + 1;
    let name = &path[start..end];
    (name != b"." && name != b"..").then_some((&path[..start], name))
}
