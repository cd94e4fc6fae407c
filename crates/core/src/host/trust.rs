//! Rule for a path that no other user can change, and the walk that applies it component by component.
//!
//! A file that decides which program runs is trusted only if its whole path is under the control of root and the
//! effective user: each folder, each symbolic link and its target, and the file. Checking only the last component is
//! not enough: a link in another user's folder may lead to a file of root.
//!
//! * The owner of each component is root or the user. The id that the kernel shows for every user without one in this
//!   user namespace is no owner.
//! * Others can write it if its mode lets every user, if its mode lets a group that is neither empty nor its owner's
//!   alone,
//!   or if an ACL lets another user. An ACL counts only where the group bits, which are its
//!   mask, allow writing (acl(5)).
//! * In a sticky folder the owner of the entry alone can replace it (inode(7)). Any user can put a hard link there, so
//!   a file with a second name is not trusted in one that others can write.
//! * On a mount where owner and mode prove nothing ([`Unproven`]), nothing is trusted.
//!
//! The walk opens each component and judges the open file, and resolves links itself. No other user can change a
//! component, so a later execve(2) of the same path runs the judged file.

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::host::acl::{Grant, Grantee};
use crate::host::facts::{FileKind, FileStat};
use crate::host::mounts::Unproven;

/// MAXSYMLINKS of include/linux/namei.h.
const MOST_LINKS: usize = 40;

const ROOT: u32 = 0;
/// The id that the kernel shows for every user without one in this user namespace: overflowuid of user_namespaces(7).
/// In `unshare --user` without a map, each file of each user has it, and the caller has it too.
pub const UNMAPPED: u32 = 65534;
const STICKY: u32 = 0o1000;
const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;

/// A component of a path, as its open descriptor shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// Owner, group, mode and kind.
    pub stat: FileStat,
    /// Its names.
    pub names: Names,
}

/// The number of names that a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// One name.
    One,
    /// Several names: hard links. A folder has one for each subfolder.
    Several,
}

/// The reason why another user can change a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// This user owns it.
    Owner(u32),
    /// The caller's id is [`UNMAPPED`], and so is the owner's: the owner may be any user.
    Unmapped,
    /// Every user can write it.
    EveryUser,
    /// This group can write it.
    Group(u32),
    /// An ACL lets this user write it.
    AclUser(u32),
    /// An ACL lets this group write it.
    AclGroup(u32),
    /// It has another name, and is in a folder that others can write.
    OtherName,
    /// It is on a mount where owner and mode prove nothing.
    Mount(Unproven),
}

/// The position of a component that is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// A folder or a link of the path.
    OnTheWay,
    /// The file or folder that the path leads to.
    Last,
}

/// The reason why a path is not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untrusted {
    /// A system call failed.
    Errno(Errno),
    /// Another user can change a component.
    Doubtful {
        /// Its path, without links above it.
        component: Vec<u8>,
        /// The place of the component on the path.
        position: Position,
        /// The fact.
        doubt: Doubt,
        /// Its permission bits.
        mode: u32,
        /// Its kind; a folder for an untrusted mount.
        kind: FileKind,
    },
}

impl From<Errno> for Untrusted {
    fn from(errno: Errno) -> Untrusted {
        Untrusted::Errno(errno)
    }
}

impl Untrusted {
    /// Returns the reason as text, with the component.
    #[must_use]
    pub fn words(&self) -> Vec<u8> {
        let (component, doubt, mode) = match self {
            Untrusted::Errno(errno) => return crate::text::errno::words(*errno).into(),
            Untrusted::Doubtful { component, doubt, mode, .. } => (component.as_slice(), doubt, mode),
        };
        let after = |text: &str| [component, text.as_bytes()].concat();
        match doubt {
            Doubt::Owner(uid) => after(&format!(" belongs to user {uid}")),
            Doubt::Unmapped => after(&format!(" belongs to a user without an id here, shown as {UNMAPPED}")),
            Doubt::EveryUser => after(&format!(" can be changed by every user (mode {mode:04o})")),
            Doubt::Group(gid) => after(&format!(" can be changed by group {gid} (mode {mode:04o})")),
            Doubt::AclUser(uid) => after(&format!(" can be changed by user {uid} (its ACL)")),
            Doubt::AclGroup(gid) => after(&format!(" can be changed by group {gid} (its ACL)")),
            Doubt::OtherName => after(" has another hard link, and other users can write its folder"),
            Doubt::Mount(unproven) => after(&format!(" is on {}", unproven.words())),
        }
    }
}

/// Path that no other user can change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The same path without links.
    pub path: Vec<u8>,
    /// The file or folder that it leads to.
    pub stat: FileStat,
}

/// The reason why a component was not opened.
pub enum Blocked {
    /// A system call failed.
    Errno(Errno),
    /// It is on such a mount.
    Unproven(Unproven),
}

impl From<Errno> for Blocked {
    fn from(errno: Errno) -> Blocked {
        Blocked::Errno(errno)
    }
}

impl Blocked {
    fn at(self, path: &[u8], ahead: &[Vec<u8>]) -> Untrusted {
        match self {
            Blocked::Errno(errno) => Untrusted::Errno(errno),
            Blocked::Unproven(unproven) => Untrusted::Doubtful {
                component: path.to_vec(),
                position: if ahead.is_empty() { Position::Last } else { Position::OnTheWay },
                doubt: Doubt::Mount(unproven),
                mode: 0,
                kind: FileKind::Directory,
            },
        }
    }
}

/// Access to the files of a machine, one component at a time.
pub trait Components {
    /// An open component.
    type Node;

    /// Opens the root folder.
    fn root(&self) -> Result<Self::Node, Blocked>;
    /// Opens an entry of a folder, without following a link. `path` is the entry's path without links.
    fn entry(&self, folder: &Self::Node, name: &[u8], path: &[u8]) -> Result<Self::Node, Blocked>;
    /// Returns owner, group, mode and kind.
    fn look(&self, node: &Self::Node) -> Result<Component, Errno>;
    /// Returns the target of a link.
    fn target(&self, link: &Self::Node) -> Result<Vec<u8>, Errno>;
    /// Returns the ACL; empty if there is none.
    fn acl(&self, node: &Self::Node) -> Result<Vec<Grant>, Errno>;
    /// Returns the text of `/etc/passwd` or `/etc/group`; empty if it is missing, none if it cannot be read.
    fn table(&self, path: &'static [u8]) -> Option<Vec<u8>>;
}

/// The result of a walk.
pub enum Reached<N> {
    /// The path exists.
    There {
        /// The folder that it is in; none for the root folder.
        folder: Option<N>,
        /// The open component.
        node: N,
        /// Its path and facts.
        judged: Judged,
    },
    /// Its folder is trusted, and has no entry of that name.
    Missing {
        /// The folder.
        folder: N,
        /// The missing name.
        name: Vec<u8>,
        /// The path of the entry that would have it, without links.
        path: Vec<u8>,
    },
}

/// Follows an absolute path and judges each component for this user.
pub fn walk<C: Components>(components: &C, path: &[u8], user: u32) -> Result<Reached<C::Node>, Untrusted> {
    if !path.starts_with(b"/") {
        return Err(Errno::ENOENT.into());
    }
    let mut ahead = names(path);
    let mut links = 0;
    let root = components.root().map_err(|blocked| blocked.at(b"/", &ahead))?;
    let top = components.look(&root)?;
    judge(components, &root, &top, TrustContext { user, folder: FolderKind::Closed }, &ahead, b"/")?;
    // The folders down to the current one. The first is the root folder, which is its own parent.
    let mut way = vec![Step { node: root, stat: top.stat, length: 0 }];
    let mut real: Vec<u8> = Vec::new();
    while let Some(name) = ahead.pop() {
        let Some(here) = way.last() else { return Err(Errno::ENOENT.into()) };
        match name.as_slice() {
            _ if here.stat.kind != FileKind::Directory => return Err(Errno::ENOTDIR.into()),
            b"." => continue,
            b".." => {
                if way.len() > 1 {
                    way.pop();
                    real.truncate(way.last().map_or(0, |step| step.length));
                }
                continue;
            }
            _ => {}
        }
        real.truncate(here.length);
        real.push(b'/');
        real.extend_from_slice(&name);
        let node = match components.entry(&here.node, &name, &real) {
            Ok(node) => node,
            Err(Blocked::Errno(Errno::ENOENT)) if ahead.is_empty() => {
                let folder = way.pop().ok_or(Errno::ENOENT)?.node;
                return Ok(Reached::Missing { folder, name, path: real });
            }
            Err(blocked) => return Err(blocked.at(&real, &ahead)),
        };
        let component = components.look(&node)?;
        let folder = FolderKind::of(&here.stat);
        judge(components, &node, &component, TrustContext { user, folder }, &ahead, &real)?;
        if component.stat.kind == FileKind::Link {
            links += 1;
            if links > MOST_LINKS {
                return Err(Errno::ELOOP.into());
            }
            let target = components.target(&node)?;
            if target.is_empty() {
                return Err(Errno::ENOENT.into());
            }
            if target.starts_with(b"/") {
                way.truncate(1);
            }
            ahead.extend(names(&target));
        } else {
            way.push(Step { node, stat: component.stat, length: real.len() });
        }
    }
    let last = way.pop().ok_or(Errno::ENOENT)?;
    real.truncate(last.length);
    let path = if real.is_empty() { b"/".to_vec() } else { real };
    let folder = way.pop().map(|step| step.node);
    Ok(Reached::There { folder, node: last.node, judged: Judged { path, stat: last.stat } })
}

struct Step<N> {
    node: N,
    stat: FileStat,
    /// The length of its path, without a slash at its end.
    length: usize,
}

/// Returns the names of a path, the last one first. A slash at the end requires a folder, like `.`.
fn names(path: &[u8]) -> Vec<Vec<u8>> {
    let end = if path.ends_with(b"/") { Some(&b"."[..]) } else { None };
    let names = path.split(|&byte| byte == b'/').filter(|name| !name.is_empty()).chain(end);
    let mut names: Vec<_> = names.map(<[u8]>::to_vec).collect();
    names.reverse();
    names
}

/// The folder that a component is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderKind {
    /// Only its owner creates entries.
    Closed,
    /// Others create entries too, and the sticky bit prevents them from replacing this one.
    Shared,
}

impl FolderKind {
    fn of(stat: &FileStat) -> FolderKind {
        let is_shared = stat.mode & STICKY != 0 && stat.mode & (GROUP_WRITES | OTHERS_WRITE) != 0;
        if is_shared { FolderKind::Shared } else { FolderKind::Closed }
    }
}

/// The user for whom a component is judged, and the kind of its folder.
#[derive(Debug, Clone, Copy)]
pub struct TrustContext {
    /// The user's id.
    pub user: u32,
    /// The kind of folder.
    pub folder: FolderKind,
}

fn judge<C: Components>(
    components: &C,
    node: &C::Node,
    component: &Component,
    sort: TrustContext,
    ahead: &[Vec<u8>],
    path: &[u8],
) -> Result<(), Untrusted> {
    let Some(doubt) = doubt(components, node, component, sort)? else { return Ok(()) };
    // The target of a link is judged after the link.
    let is_last = component.stat.kind != FileKind::Link && ahead.iter().all(|name| name == b".");
    let position = if is_last { Position::Last } else { Position::OnTheWay };
    let FileStat { mode, kind, .. } = component.stat;
    Err(Untrusted::Doubtful { component: path.to_vec(), position, doubt, mode, kind })
}

/// Returns the reason why the component cannot be trusted, if there is one.
///
/// # Errors
/// Those of reading its ACL.
pub fn doubt<C: Components>(
    components: &C,
    node: &C::Node,
    component: &Component,
    TrustContext { user, folder }: TrustContext,
) -> Result<Option<Doubt>, Untrusted> {
    let Component { stat, names } = component;
    if stat.uid != ROOT && stat.uid != user {
        return Ok(Some(Doubt::Owner(stat.uid)));
    }
    if stat.uid == UNMAPPED {
        return Ok(Some(Doubt::Unmapped));
    }
    let is_folder = stat.kind == FileKind::Directory;
    if folder == FolderKind::Shared && !is_folder && *names == Names::Several {
        return Ok(Some(Doubt::OtherName));
    }
    // The mode of a link does not count (symlink(7)), nor does the sticky bit of a file.
    if stat.kind == FileKind::Link || (is_folder && stat.mode & STICKY != 0) {
        return Ok(None);
    }
    if stat.mode & OTHERS_WRITE != 0 {
        return Ok(Some(Doubt::EveryUser));
    }
    if stat.mode & GROUP_WRITES == 0 {
        return Ok(None);
    }
    let acl = components.acl(node)?;
    let members = Members { passwd: components.table(b"/etc/passwd"), group: components.table(b"/etc/group") };
    let is_shared = |gid: u32| members.has_others(gid, stat.uid);
    let owning = acl.iter().find(|grant| grant.to == Grantee::OwningGroup);
    if owning.is_none_or(|grant| grant.is_write()) && is_shared(stat.gid) {
        return Ok(Some(Doubt::Group(stat.gid)));
    }
    Ok(acl.iter().filter(|grant| grant.is_write()).find_map(|grant| match grant.to {
        Grantee::User(uid) if uid != ROOT && uid != stat.uid && uid != user => Some(Doubt::AclUser(uid)),
        Grantee::Group(gid) if is_shared(gid) => Some(Doubt::AclGroup(gid)),
        Grantee::User(_) | Grantee::Group(_) | Grantee::OwningGroup => None,
    }))
}

/// The texts of passwd and group. NSS is not used: it would load code and may use the network.
struct Members {
    passwd: Option<Vec<u8>>,
    group: Option<Vec<u8>>,
}

impl Members {
    /// Returns true if the group has, or may have, a member other than the owner.
    ///
    /// If each user has a private group (USERGROUPS_ENAB of login.defs(5)), the usual umask is 002, and the group can
    /// write every file. A group that is not in the files may be one of the network.
    fn has_others(&self, gid: u32, owner: u32) -> bool {
        let (Some(passwd), Some(group)) = (&self.passwd, &self.group) else { return true };
        let users = || rows(passwd).filter_map(|[name, _, uid, gid]| Some((name, number(uid)?, number(gid)?)));
        let is_other = |uid: u32| uid != owner;
        let mut groups = rows(group).filter(|[_, _, id, _]| number(id) == Some(gid)).peekable();
        let mut primary = users().filter(|(_, _, id)| *id == gid).peekable();
        if groups.peek().is_none() && primary.peek().is_none() {
            return gid != owner;
        }
        let is_other_name = |name: &[u8]| {
            let mut ids = users().filter(|(known, _, _)| *known == name).map(|(_, uid, _)| uid).peekable();
            ids.peek().is_none() || ids.any(is_other)
        };
        primary.any(|(_, uid, _)| is_other(uid))
            || groups
                .flat_map(|[_, _, _, members]| members.split(|&byte| byte == b','))
                .any(|name| !name.is_empty() && is_other_name(name))
    }
}

/// Returns the first four fields of each line of `/etc/passwd` or `/etc/group`.
fn rows(table: &[u8]) -> impl Iterator<Item = [&[u8]; 4]> {
    table.split(|&byte| byte == b'\n').filter_map(|line| {
        let mut fields = line.split(|&byte| byte == b':');
        Some([fields.next()?, fields.next()?, fields.next()?, fields.next()?])
    })
}

fn number(field: &[u8]) -> Option<u32> {
    core::str::from_utf8(field).ok()?.parse().ok()
}
