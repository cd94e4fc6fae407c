//! Which configuration files are obeyed: a file can name the program that runs in `go`'s place, so who can write it can
//! run anything as whoever reads it.
//!
//! * On a Windows drive neither owner nor mode says who can write: ignored.
//! * Owned by neither root nor the effective user: ignored. A root with a kept HOME must not obey a user's file, nor must
//!   that file keep root's `go` from running.
//! * Open to everybody's writing, or to a group's in which others than the owner may be: refused, since the owner can and
//!   should close it.

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::config::places::{Place, Rank};
use crate::diagnosis::{Code, Exit, Failure, Note};
use crate::host::{FileStat, Host};

/// More than anybody writes by hand.
const MOST: usize = 1 << 20;

const ROOT: u32 = 0;
const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;

/// What was found at a place.
#[derive(Debug)]
pub(super) enum Finding {
    Absent,
    Ignored(Note),
    Obeyed(Vec<u8>),
}

/// Reads a file, if it is there and to be obeyed.
pub(super) fn read(place: &Place, host: &dyn Host) -> Result<Finding, Failure> {
    let path = &*place.path;
    let (stat, text) = match host.read_and_stat(path, MOST) {
        Ok(read) => read,
        Err(Errno::ENOENT | Errno::ENOTDIR | Errno::ENAMETOOLONG) if place.rank != Rank::Named => {
            return Ok(Finding::Absent);
        }
        Err(errno) => return unreadable(place, errno, host),
    };
    if is_on_drive(path, &stat, host) {
        return Ok(ignored(path, b"it is on a Windows drive, where owner and mode do not say who can write it"));
    }
    if is_foreign(&stat, host) {
        return Ok(ignored_as_foreign(path, &stat, host));
    }
    match open_to(&stat, host) {
        Some(who) => Err(refused(path, &stat, &who)),
        None => Ok(Finding::Obeyed(text)),
    }
}

/// What others put there, or closed, is their affair; what is our own has to be put right.
fn unreadable(place: &Place, errno: Errno, host: &dyn Host) -> Result<Finding, Failure> {
    let path = &*place.path;
    let stat = host.stat(path).ok();
    if let Some(stat) = stat.filter(|stat| is_foreign(stat, host)) {
        return Ok(ignored_as_foreign(path, &stat, host));
    }
    let words;
    let what: &[u8] = match errno {
        Errno::EINVAL => b"it is not a regular file",
        Errno::EFBIG => b"it is larger than 1 MiB",
        Errno::EACCES | Errno::EPERM => b"permission denied",
        Errno::ENOENT => b"there is no such file",
        other => {
            words = crate::text::errno::words(other);
            words.as_bytes()
        }
    };
    let is_own = stat.is_some_and(|stat| stat.uid == host.uid());
    if place.rank == Rank::User && matches!(errno, Errno::EACCES | Errno::EPERM) && !is_own {
        return Ok(ignored(path, what));
    }
    let way_out = match place.rank {
        _ if matches!(errno, Errno::EMFILE | Errno::ENFILE | Errno::ENOMEM) => b"see `ulimit -a`".as_slice(),
        Rank::System | Rank::User => b"put a readable file there, or remove it",
        Rank::Named => b"name another file with --config or GOWRAP_CONFIG, or none".as_slice(),
    };
    Err(failure(Code::GW906, [b"cannot read ", path, b": ", what].concat(), way_out.to_vec()))
}

/// Only a file on another device than the root folder's can be on a drive, so that most are told by one stat(2).
fn is_on_drive(path: &[u8], stat: &FileStat, host: &dyn Host) -> bool {
    if host.stat(b"/").is_ok_and(|root| root.id.dev == stat.id.dev) {
        return false;
    }
    host.canonical(path).is_ok_and(|path| host.mounts().is_on_drive(&path))
}

fn is_foreign(stat: &FileStat, host: &dyn Host) -> bool {
    stat.uid != ROOT && stat.uid != host.uid()
}

fn ignored_as_foreign(path: &[u8], stat: &FileStat, host: &dyn Host) -> Finding {
    let owner = stat.uid;
    match host.uid() {
        ROOT => ignored(path, format!("it belongs to user {owner}, and this is root").as_bytes()),
        uid => ignored(path, format!("it belongs to user {owner}, neither to root nor to user {uid}").as_bytes()),
    }
}

fn ignored(path: &[u8], why: &[u8]) -> Finding {
    Finding::Ignored(Note::warn(Code::GW911, [b"ignored ", path, b": ", why].concat()))
}

/// Who but the owner can write the file.
fn open_to(stat: &FileStat, host: &dyn Host) -> Option<String> {
    if stat.mode & OTHERS_WRITE != 0 {
        Some("everybody".into())
    } else if stat.mode & GROUP_WRITES != 0 && !is_owners_own_group(stat, host) {
        Some(format!("group {}", stat.gid))
    } else {
        None
    }
}

/// Is the file's group one that its owner has alone? Where each user has a group of his own (USERGROUPS_ENAB of
/// login.defs(5)), the usual umask is 002 and leaves every file open to it.
///
/// It is the owner's primary group, nobody else's primary group, and `/etc/group` has no other member in it. An owner
/// whom `/etc/passwd` does not know has the group of his own number.
fn is_owners_own_group(stat: &FileStat, host: &dyn Host) -> bool {
    let table = |path: &[u8]| host.read(path, MOST).unwrap_or_default();
    let (passwd, group) = (table(b"/etc/passwd"), table(b"/etc/group"));
    let users = || rows(&passwd).filter_map(|[name, _, uid, gid]| Some((name, number(uid)?, number(gid)?)));
    let Some((owner, _, primary)) = users().find(|(_, uid, _)| *uid == stat.uid) else { return stat.gid == stat.uid };
    let mut members = rows(&group)
        .filter(|[_, _, gid, _]| number(gid) == Some(stat.gid))
        .flat_map(|[_, _, _, members]| members.split(|&byte| byte == b','));
    primary == stat.gid
        && users().all(|(_, uid, gid)| uid == stat.uid || gid != stat.gid)
        && members.all(|member| member.is_empty() || member == owner)
}

/// The first four fields of each line of `/etc/passwd` or `/etc/group`.
fn rows(table: &[u8]) -> impl Iterator<Item = [&[u8]; 4]> {
    table.split(|&byte| byte == b'\n').filter_map(|line| {
        let mut fields = line.split(|&byte| byte == b':');
        Some([fields.next()?, fields.next()?, fields.next()?, fields.next()?])
    })
}

fn number(field: &[u8]) -> Option<u32> {
    core::str::from_utf8(field).ok()?.parse().ok()
}

fn refused(path: &[u8], stat: &FileStat, who: &str) -> Failure {
    let message = [path, format!(" can be changed by {who} (mode {:04o})", stat.mode).as_bytes()].concat();
    let quoted = match core::str::from_utf8(path) {
        Ok(path) => shell_words::quote(path).into_owned().into_bytes(),
        Err(_) => path.to_vec(),
    };
    failure(Code::GW907, message, [b"chmod go-w ", quoted.as_slice()].concat())
}

fn failure(code: Code, message: Vec<u8>, fix: Vec<u8>) -> Failure {
    Failure { exit: Exit::Own, code, message, fix: vec![fix] }
}
