//! The log file: a regular file that no other user can change.
//!
//! A user may set a path like `/tmp/gowrap.log`, and root's `go` writes the log too. Another user could have put a link
//! to an important file there, an own file, a hard link to another user's file, or a FIFO that blocks open(2). So the
//! path is judged like every path that gowrap trusts. Root may have kept a user's variable: root writes a log only in
//! `/var/log` and below its home, in no hidden folder but those of logs, under the name of a log, and only to a file
//! that is empty or already a log. Otherwise a program of root could read the log as commands: a shell that reads a
//! line of JSON runs `$(…)` in a value, and so does make(1).

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;

use nix::fcntl::OFlag;

use crate::host::opened::{self, Opened};
use crate::host::trust::{Doubt, Position, Untrusted};
use crate::host::{FileKind, Host};
use crate::text::errno::Errno;
use crate::text::escape::escape;

const ROOT: u32 = 0;

/// The reason why a file is not written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LogFileRefusal {
    /// Others can change the path, or a system call failed.
    Untrusted(Untrusted),
    /// It has more than one hard link.
    Linked,
    /// A directory, a FIFO or a device.
    NotAFile,
    /// Root writes no log there.
    NotRoots,
    /// It holds something other than a log, and the user is root.
    NotALog,
}

impl fmt::Display for LogFileRefusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            LogFileRefusal::Untrusted(untrusted) => f.write_str(&escape(&untrusted.words())),
            LogFileRefusal::Linked => f.write_str("it has another hard link"),
            LogFileRefusal::NotAFile => f.write_str("it is not a regular file"),
            LogFileRefusal::NotRoots => f.write_str(
                "root logs only below its home and in /var/log, below its home under a name like x.log, and in no hidden folder but \
                 .cache and .local/state",
            ),
            LogFileRefusal::NotALog => f.write_str("it is not a log, and root appends only to a log"),
        }
    }
}

impl From<Errno> for LogFileRefusal {
    fn from(errno: Errno) -> LogFileRefusal {
        LogFileRefusal::Untrusted(errno.into())
    }
}

impl From<Untrusted> for LogFileRefusal {
    fn from(untrusted: Untrusted) -> LogFileRefusal {
        match untrusted {
            Untrusted::Doubtful { position: Position::Last, doubt, kind, .. }
                if kind != FileKind::Regular && !matches!(doubt, Doubt::Mount(_)) =>
            {
                LogFileRefusal::NotAFile
            }
            untrusted => LogFileRefusal::Untrusted(untrusted),
        }
    }
}

/// Opens a file for appending, and creates it if it is missing. The descriptor is greater than 2, even if descriptors 0
/// to 2 are closed: otherwise the tool would write its output to the log.
pub(super) fn open(path: &[u8], host: &dyn Host) -> Result<OwnedFd, LogFileRefusal> {
    if host.uid() != ROOT {
        return open_where(path, host, |_| true);
    }
    let home = host.user().map_or(&b"/root"[..], |user| &user.home);
    let home = host.canonical(home)?;
    open_to(path, host, &|path| is_roots(path, &home), Contents::LogAlone)
}

/// The contents that an existing file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contents {
    /// Any contents.
    Any,
    /// A log, or none.
    LogAlone,
}

/// Hidden folders below a home in which programs keep logs (XDG Base Directory Specification).
const LOG_FOLDERS: [&[u8]; 2] = [b"/.cache", b"/.local/state"];

/// Ends of names that no program takes for commands: `GNUmakefile` in root's home would be read by the next make(1).
const NAMES: [&[u8]; 5] = [b".log", b".json", b".jsonl", b".txt", b"/log"];

/// Returns true for a path in `/var/log`, and for one below root's home with a name of a log and no name that begins
/// with a dot. In [`LOG_FOLDERS`], gowrap's own folder and names that end in `.log` count too: a shell reads other
/// files there.
pub(super) fn is_roots(path: &[u8], home: &[u8]) -> bool {
    let is_hidden = |rest: &[u8]| rest.windows(2).any(|pair| pair == b"/.");
    let is_in_log_folder = |rest: &[u8]| {
        let inside = LOG_FOLDERS.iter().find_map(|folder| below(rest, folder));
        inside.is_some_and(|rest| !is_hidden(rest) && (rest.starts_with(b"/gowrap/") || rest.ends_with(b".log")))
    };
    let is_named = |rest: &[u8]| NAMES.iter().any(|end| rest.ends_with(end));
    below(path, home).is_some_and(|rest| (!is_hidden(rest) && is_named(rest)) || is_in_log_folder(rest))
        || below(path, b"/var/log").is_some()
}

/// The rest of a path behind a folder, with its slash.
fn below<'p>(path: &'p [u8], folder: &[u8]) -> Option<&'p [u8]> {
    path.strip_prefix(folder).filter(|rest| folder != b"/" && rest.starts_with(b"/"))
}

/// Returns true if this is the start of a log in either form, or of an empty file.
pub(super) fn begins_a_log(start: &[u8]) -> bool {
    const DATE: &[u8] = b"0000-00-00T";
    let is_like = |(byte, pattern): (&u8, &u8)| if *pattern == b'0' { byte.is_ascii_digit() } else { byte == pattern };
    let is_dated = start.len() >= DATE.len() && start.iter().zip(DATE).all(is_like);
    start.is_empty() || is_dated || start.starts_with(br#"{"fields":"#)
}

/// Opens a file like [`open`], if its path without links is allowed.
pub(super) fn open_where(
    path: &[u8],
    host: &dyn Host,
    allowed: impl Fn(&[u8]) -> bool,
) -> Result<OwnedFd, LogFileRefusal> {
    open_to(path, host, &allowed, Contents::Any)
}

fn open_to(
    path: &[u8],
    host: &dyn Host,
    allowed: &dyn Fn(&[u8]) -> bool,
    contents: Contents,
) -> Result<OwnedFd, LogFileRefusal> {
    let path = match path.starts_with(b"/") {
        true => Cow::Borrowed(path),
        false => Cow::Owned([host.cwd()?, b"/", path].concat()),
    };
    let file = match append(&path, host, allowed, contents) {
        // Another process of the user created the file in between.
        Err(LogFileRefusal::Untrusted(Untrusted::Errno(Errno::EEXIST))) => append(&path, host, allowed, contents),
        file => file,
    }?;
    // try_clone_to_owned() returns the lowest free descriptor from 3 on, with FD_CLOEXEC.
    file.as_fd().try_clone_to_owned().map_err(errno_of)
}

fn append(
    path: &[u8],
    host: &dyn Host,
    allowed: &dyn Fn(&[u8]) -> bool,
    contents: Contents,
) -> Result<File, LogFileRefusal> {
    match opened::open(host, path)? {
        Opened::There { judged, .. } if judged.stat.kind != FileKind::Regular => Err(LogFileRefusal::NotAFile),
        Opened::There { judged, .. } if !allowed(&judged.path) => Err(LogFileRefusal::NotRoots),
        Opened::There { folder, judged, .. } => {
            let name = judged.path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
            let folder = folder.ok_or(Errno::EISDIR)?;
            let path = entry(&folder, name);
            if contents == Contents::LogAlone {
                let mut start = [0; 16];
                let mut old = OpenOptions::new()
                    .read(true)
                    .custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits())
                    .open(&path)
                    .map_err(errno_of)?;
                let length = old.read(&mut start).map_err(errno_of)?;
                if !begins_a_log(&start[..length]) {
                    return Err(LogFileRefusal::NotALog);
                }
            }
            let file = options().open(path).map_err(errno_of)?;
            if file.metadata().map_err(errno_of)?.nlink() > 1 { Err(LogFileRefusal::Linked) } else { Ok(file) }
        }
        Opened::Missing { path, .. } if !allowed(&path) => Err(LogFileRefusal::NotRoots),
        Opened::Missing { folder, name, .. } => {
            let file = options().create_new(true).mode(0o600).open(entry(&folder, &name));
            Ok(file.map_err(errno_of)?)
        }
    }
}

/// Returns the path of an entry below the descriptor of the judged folder.
fn entry(folder: &opened::FolderDescriptor, name: &[u8]) -> PathBuf {
    PathBuf::from(opened::path_of(folder)).join(OsStr::from_bytes(name))
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits());
    options
}

fn errno_of(error: std::io::Error) -> LogFileRefusal {
    Errno::from_raw(error.raw_os_error().unwrap_or(0)).into()
}
