//! Replaces the contents of a file. After a killed process or a full disk the file has the old contents or the new
//! ones.
//!
//! A new file is written in the same folder under a temporary name, with mode 0600 until it has the owner and the mode
//! of the old one, and is renamed over it. The file is written in place if a rename would lose something: it has
//! another hard link, extended attributes or an ACL, it is a mount point, or its group cannot be given to a new file.
//! Adding to the end and cutting the end are one system call each. Any other edit in place first stores both contents
//! in a backup file beside it, from which [`sweep`] restores the file after a killed run.
//!
//! The times of the file and of its folder do not change: removing an added line leaves no trace.

mod backup;
mod folder;
mod leftovers;
mod not_replaced;
mod open_file;
mod temporary;
#[cfg(test)]
mod tests;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Mode, Stat, fstat, mkdirat, renameat, symlinkat, unlinkat};
use rustix::io::Errno;

use crate::text::path::basename;
use open_file::{create_new, write_at};
use temporary::fresh_name;

pub(crate) use folder::Folder;
pub(crate) use leftovers::sweep;
pub(crate) use not_replaced::{NotReplaced, words};

/// Mode of a new folder. The umask may come from another user, through su(1), and be 000.
const OWNERS_FOLDER: Mode = Mode::from_raw_mode(0o755);

/// Replaces the contents of the file at this path, with all links followed.
///
/// `before` is the expected old contents; none means that the file must not exist.
///
/// # Errors
/// The file has other contents, or a system call fails. The file is then unchanged.
pub(crate) fn replace(path: &[u8], before: Option<&[u8]>, after: &[u8]) -> Result<(), NotReplaced> {
    let folder = Folder::of(path)?;
    let name = basename(path);
    let result = match before {
        None => folder.create(name, after),
        Some(before) => folder.edit(name, before, after),
    };
    folder.restore_times();
    result
}

/// Writes a file with mode 0600 and replaces an existing one.
///
/// # Errors
/// A system call fails. An existing file is then unchanged.
pub(crate) fn write_private(path: &[u8], contents: &[u8]) -> Result<(), Errno> {
    write_private_in(&Folder::of(path)?.fd, basename(path), contents, |_| Ok(()))
}

/// Number of temporary names that are tried. They hold the process's id, which another pid namespace may use too.
const ATTEMPTS: u32 = 16;

/// Writes a file with mode 0600 in an open folder and replaces an existing one. `accept` sees the new file before that.
///
/// # Errors
/// A system call fails, or the file is not accepted. An existing file is then unchanged.
pub(crate) fn write_private_in<E: From<Errno>>(
    folder: &OwnedFd,
    name: &[u8],
    contents: &[u8],
    accept: impl FnOnce(&Stat) -> Result<(), E>,
) -> Result<(), E> {
    let mut created = Err(Errno::EXIST);
    for attempt in 0..ATTEMPTS {
        let fresh = [&*fresh_name(name), format!(".{attempt}").as_bytes()].concat();
        created = create_new(folder, &fresh, Mode::from_raw_mode(0o600)).map(|file| (fresh, file));
        if !matches!(created, Err(Errno::EXIST)) {
            break;
        }
    }
    let (fresh, file) = created?;
    let written = fstat(&file).map_err(E::from).and_then(|stat| accept(&stat)).and_then(|()| {
        write_at(&file, contents, 0)?;
        Ok(renameat(folder, fresh.as_slice(), folder, name)?)
    });
    written.inspect_err(|_| _ = unlinkat(folder, fresh.as_slice(), AtFlags::empty()))
}

/// Creates a symbolic link and replaces an existing one in one step.
///
/// # Errors
/// A system call fails.
pub(crate) fn link(path: &[u8], target: &[u8]) -> Result<(), Errno> {
    let folder = Folder::of(path)?;
    let fresh = fresh_name(basename(path));
    let result = symlinkat(target, &folder.fd, fresh.as_slice())
        .and_then(|()| renameat(&folder.fd, fresh.as_slice(), &folder.fd, basename(path)))
        .inspect_err(|_| _ = unlinkat(&folder.fd, fresh.as_slice(), AtFlags::empty()));
    folder.restore_times();
    result
}

/// Creates a folder.
///
/// # Errors
/// Those of mkdir(2).
pub(crate) fn make_folder(path: &[u8]) -> Result<(), Errno> {
    let folder = Folder::of(path)?;
    let result = mkdirat(&folder.fd, basename(path), OWNERS_FOLDER);
    folder.restore_times();
    result
}

/// Removes a file or a link.
///
/// # Errors
/// Those of unlink(2).
pub(crate) fn remove(path: &[u8]) -> Result<(), Errno> {
    let folder = Folder::of(path)?;
    let result = unlinkat(&folder.fd, basename(path), AtFlags::empty());
    folder.restore_times();
    result
}

/// Removes an empty folder.
///
/// # Errors
/// Those of rmdir(2).
pub(crate) fn remove_folder(path: &[u8]) -> Result<(), Errno> {
    let folder = Folder::of(path)?;
    let result = unlinkat(&folder.fd, basename(path), AtFlags::REMOVEDIR);
    folder.restore_times();
    result
}
