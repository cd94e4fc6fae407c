//! Decides if a configuration file is used. A file can name the program that runs instead of `go`: a user who can
//! change it can run any program as the user who reads it.
//!
//! * A file on a path that another user can change, or owned by neither root nor the effective user, is ignored. A root
//!   that kept a user's HOME must not use that user's file, and the file must not stop root's `go`.
//! * A file on a Windows drive is ignored: owner and mode do not show who can write it.
//! * A path that is not a regular file is ignored; `/dev/null` counts as no file.
//! * A file that every user can write, or a group with members other than the owner, is refused: the owner can correct
//!   the mode.
//! * No line of a file that some user may not read is shown: that user may see the message.

use alloc::borrow::Cow;

use crate::prelude::*;
use crate::text::errno::Errno;

use crate::config::places::{ConfigFile, NO_FILE, Rank};
use crate::diagnosis::{Code, Exit, Failure, Note, wording};
use crate::host::mounts::Unproven;
use crate::host::trust::{Doubt, Judged, Position, Untrusted};
use crate::host::{FileKind, Files, Host, Identity};

/// Largest configuration file that is read, in bytes. Files written by hand are smaller.
const MOST: usize = 1 << 20;

const ROOT: u32 = 0;
const OTHERS_READ: u32 = 0o004;

/// The users who may read a file's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineVisibility {
    /// Every user can read the file.
    Public,
    /// Only some users can read the file.
    Private,
}

/// The result of reading a configuration file.
#[derive(Debug)]
pub(super) enum FileOutcome {
    Absent,
    Ignored(Note),
    Obeyed(Vec<u8>, LineVisibility),
}

/// Reads a file if it exists and is trusted.
pub(super) fn read(place: &ConfigFile, host: &dyn Host) -> Result<FileOutcome, Failure> {
    match host.read_judged(&absolute(&place.path, host), MOST) {
        Ok((Judged { path, stat }, _)) if stat.kind != FileKind::Regular => Ok(special(&place.path, &path)),
        Ok((Judged { stat, .. }, Ok(text))) => {
            let lines = if stat.mode & OTHERS_READ != 0 { LineVisibility::Public } else { LineVisibility::Private };
            Ok(FileOutcome::Obeyed(text, lines))
        }
        Ok((Judged { stat, .. }, Err(errno))) => unreadable(place, errno, Some(stat.uid), host),
        Err(Untrusted::Errno(Errno::ENOENT | Errno::ENOTDIR | Errno::ENAMETOOLONG)) if place.rank != Rank::Named => {
            Ok(FileOutcome::Absent)
        }
        Err(Untrusted::Errno(errno)) => unreadable(place, errno, None, host),
        Err(doubtful) => untrusted_outcome(&place.path, &doubtful, host),
    }
}

/// Returns the absolute path. An absolute one costs no system call.
fn absolute<'p>(path: &'p [u8], host: &dyn Files) -> Cow<'p, [u8]> {
    if path.starts_with(b"/") {
        return Cow::Borrowed(path);
    }
    host.cwd().map_or(Cow::Borrowed(path), |cwd| Cow::Owned([cwd, b"/", path].concat()))
}

fn special(path: &[u8], real: &[u8]) -> FileOutcome {
    if real == NO_FILE { FileOutcome::Absent } else { ignored(path, b"it is not a regular file") }
}

/// Returns the result for an untrusted file: a file of another user is ignored, an own one is refused with a fix.
fn untrusted_outcome(path: &[u8], untrusted: &Untrusted, host: &dyn Identity) -> Result<FileOutcome, Failure> {
    let Untrusted::Doubtful { component, position, doubt, mode, kind } = untrusted else {
        return Ok(ignored(path, &wording(|| untrusted.words())));
    };
    match (doubt, position, kind) {
        (Doubt::Mount(Unproven::Drive), ..) => {
            Ok(ignored(path, b"it is on a Windows drive, where owner and mode do not show who can change it"))
        }
        (Doubt::Owner(owner), Position::Last, _) => Ok(ignored_as_foreign(path, *owner, host)),
        (Doubt::EveryUser, Position::Last, FileKind::Regular) => {
            Err(refused(path, || format!("every user (mode {mode:04o})"), b"chmod go-w "))
        }
        (Doubt::Group(gid), Position::Last, FileKind::Regular) => {
            Err(refused(path, || format!("group {gid} (mode {mode:04o})"), b"chmod go-w "))
        }
        (Doubt::AclUser(uid), Position::Last, FileKind::Regular) => {
            Err(refused(path, || format!("user {uid} (its ACL)"), b"setfacl -b "))
        }
        (Doubt::AclGroup(gid), Position::Last, FileKind::Regular) => {
            Err(refused(path, || format!("group {gid} (its ACL)"), b"setfacl -b "))
        }
        (_, Position::Last, FileKind::Special | FileKind::Directory) if !matches!(doubt, Doubt::Mount(_)) => {
            Ok(special(path, component))
        }
        _ => Ok(ignored(path, &wording(|| untrusted.words()))),
    }
}

/// Returns the result for a file that cannot be read: one of root or the user is refused with a fix, others are
/// ignored.
fn unreadable(
    place: &ConfigFile,
    errno: Errno,
    owner: Option<u32>,
    host: &dyn Identity,
) -> Result<FileOutcome, Failure> {
    let path = &*place.path;
    let why = wording(|| match errno {
        Errno::EFBIG => "it is larger than 1 MiB".to_owned(),
        Errno::EACCES | Errno::EPERM => "permission denied".to_owned(),
        Errno::ENOENT => "there is no such file".to_owned(),
        other => crate::text::errno::words(other),
    });
    let is_own = owner.is_some_and(|uid| uid == host.uid());
    if place.rank == Rank::User && matches!(errno, Errno::EACCES | Errno::EPERM) && !is_own {
        return Ok(ignored(path, why.as_bytes()));
    }
    let fix = match place.rank {
        _ if matches!(errno, Errno::EMFILE | Errno::ENFILE | Errno::ENOMEM) => b"see `ulimit -a`".as_slice(),
        Rank::System | Rank::User => b"put a readable file there, or remove it",
        Rank::Named => b"name another file with --config or GOWRAP_CONFIG, or none".as_slice(),
    };
    Err(failure(Code::GW906, || [b"cannot read ", path, b": ", why.as_bytes()].concat(), || fix.to_vec()))
}

fn ignored_as_foreign(path: &[u8], owner: u32, host: &dyn Identity) -> FileOutcome {
    match host.uid() {
        ROOT => ignored(path, &wording(|| format!("it belongs to user {owner}, and this is root").into_bytes())),
        uid => {
            let why = || format!("it belongs to user {owner}, neither to root nor to user {uid}").into_bytes();
            ignored(path, &wording(why))
        }
    }
}

fn ignored(path: &[u8], why: &[u8]) -> FileOutcome {
    FileOutcome::Ignored(Note::warn(Code::GW911, wording(|| [b"ignored ", path, b": ", why].concat())))
}

fn refused(path: &[u8], by: impl FnOnce() -> String, fix: &[u8]) -> Failure {
    let quoted = || match core::str::from_utf8(path) {
        Ok(path) => shell_words::quote(path).into_owned().into_bytes(),
        Err(_) => path.to_vec(),
    };
    failure(Code::GW907, || [path, b" can be changed by ", by().as_bytes()].concat(), || [fix, &quoted()].concat())
}

fn failure(code: Code, message: impl FnOnce() -> Vec<u8>, fix: impl FnOnce() -> Vec<u8>) -> Failure {
    Failure { exit: Exit::Own, code, message: wording(message), fix: wording(|| vec![fix()]) }
}
