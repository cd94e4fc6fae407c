//! Carries changes out: the one place of setup that writes.
//!
//! A file is written beside the old one and renamed over it, with the old one's mode and owner, so that a full disk or a
//! lost connection leaves the old one as it was. A file that changed since it was read is left alone.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown, symlink};
use std::path::{Path, PathBuf};

use crate::diagnosis::{Code, Exit, Failure};
use crate::setup::change::Change;
use crate::text::escape::escape;

/// Carries the changes out, one after the other, up to the first that fails.
///
/// # Errors
/// Says which one failed and why; those before it are done, and a second run goes on from there.
pub fn apply(changes: &[Change]) -> Result<(), Failure> {
    changes.iter().try_for_each(|change| {
        carry_out(change).map_err(|error| Failure {
            exit: Exit::Own,
            code: Code::GW921,
            message: format!("{} cannot be changed: {error}", escape(path_of(change))).into_bytes(),
            fix: vec![
                b"look at its owner, its mode and the space on its disk, and run the same command again".to_vec(),
            ],
        })
    })
}

fn path_of(change: &Change) -> &[u8] {
    match change {
        Change::MakeFolder { path }
        | Change::Link { path, .. }
        | Change::Write { path, .. }
        | Change::Edit { path, .. }
        | Change::RemoveFile { path }
        | Change::RemoveLink { path }
        | Change::RemoveFolder { path } => path,
    }
}

fn as_path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

fn carry_out(change: &Change) -> Result<(), Error> {
    match change {
        Change::MakeFolder { path } => fs::create_dir(as_path(path)),
        Change::Link { path, target } => link(as_path(path), as_path(target)),
        Change::Write { path, before, after } | Change::Edit { path, before, after, .. } => {
            write(as_path(path), before.as_deref(), after)
        }
        Change::RemoveFile { path } | Change::RemoveLink { path } => fs::remove_file(as_path(path)),
        Change::RemoveFolder { path } => match fs::remove_dir(as_path(path)) {
            // Somebody has put something there in the meantime: it is theirs now.
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
            // `gowrap env forget` takes its folder along.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            result => result,
        },
    }
}

/// A link under a name of its own first: rename(2) replaces an older one without a moment in which there is none.
fn link(path: &Path, target: &Path) -> Result<(), Error> {
    let fresh = beside(path)?;
    symlink(target, &fresh)?;
    fs::rename(&fresh, path).inspect_err(|_| _ = fs::remove_file(&fresh))
}

fn write(path: &Path, before: Option<&[u8]>, after: &[u8]) -> Result<(), Error> {
    let now = match fs::read(path) {
        Ok(now) => Some(now),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if now.as_deref() != before {
        return Err(Error::other("somebody else changed it just now"));
    }
    let fresh = beside(path)?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o666).open(&fresh)?;
    fill(&file, path, after).and_then(|()| fs::rename(&fresh, path)).inspect_err(|_| _ = fs::remove_file(&fresh))
}

fn fill(mut file: &File, old: &Path, contents: &[u8]) -> Result<(), Error> {
    file.write_all(contents)?;
    if let Ok(old) = fs::metadata(old) {
        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            fchown(file, Some(old.uid()), Some(old.gid()))?;
        }
        // A drive without metadata refuses every chmod, one that changes nothing too.
        if (new.mode() ^ old.mode()) & 0o7777 != 0 {
            file.set_permissions(Permissions::from_mode(old.mode() & 0o7777))?;
        }
    }
    file.sync_all()
}

/// A name in the same folder that is not taken. It holds the process's id, so that two runs do not meet.
fn beside(path: &Path) -> Result<PathBuf, Error> {
    let name = path.file_name().ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
    let mut fresh = OsStr::new(".").to_owned();
    fresh.push(name);
    fresh.push(format!(".gowrap-{}", std::process::id()));
    Ok(path.with_file_name(fresh))
}
