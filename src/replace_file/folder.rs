//! A folder, and the two ways to write a file in it: under a temporary name that is then renamed, and in place.

use rustix::fd::OwnedFd;
use rustix::fs::{
    AtFlags, CWD, Mode, OFlags, RenameFlags, Stat, Timestamps, fchmod, fchown, flistxattr_query, fremovexattr, fstat,
    fsync, ftruncate, futimens, openat, renameat, renameat_with, statat, unlinkat,
};
use rustix::io::Errno;

use super::backup;
use super::not_replaced::NotReplaced;
use super::open_file::{create_new, read, rest_from, times_of, write_at};
use super::temporary::{backup_name, fresh_name};
use crate::host::acl::ATTRIBUTE as ACL;
use crate::text::path::dirname;

/// Mode of a new file. The umask may come from another user, through su(1), and be 000: a file that a shell reads must
/// not be open to others.
const OWNERS_FILE: Mode = Mode::from_raw_mode(0o644);

/// An open folder, with its times at that moment.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(super) fd: OwnedFd,
    times: Timestamps,
}

impl Folder {
    /// Opens the folder of a file.
    pub(super) fn of(path: &[u8]) -> Result<Folder, Errno> {
        Folder::open(dirname(path))
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// Those of open(2) and fstat(2).
    pub(crate) fn open(path: &[u8]) -> Result<Folder, Errno> {
        let fd = openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let times = times_of(&fstat(&fd)?);
        Ok(Folder { fd, times })
    }

    /// Restores the folder's times. Fails without harm if the user is not the owner.
    pub(crate) fn restore_times(&self) {
        _ = futimens(&self.fd, &self.times);
    }

    /// Creates a file.
    pub(super) fn create(&self, name: &[u8], contents: &[u8]) -> Result<(), NotReplaced> {
        if statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
            return Err(NotReplaced::Changed);
        }
        let fresh = fresh_name(name);
        let file = create_new(&self.fd, &fresh, OWNERS_FILE)?;
        // A new file is not synchronized to disk: if it is lost, the next run writes it again.
        let written = write_at(&file, contents, 0).map_err(NotReplaced::from);
        let renamed = written.and_then(|()| {
            match renameat_with(&self.fd, fresh.as_slice(), &self.fd, name, RenameFlags::NOREPLACE) {
                Err(Errno::EXIST) => Err(NotReplaced::Changed),
                // The filesystem does not support the flag.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                    renameat(&self.fd, fresh.as_slice(), &self.fd, name).map_err(NotReplaced::from)
                }
                result => result.map_err(NotReplaced::from),
            }
        });
        renamed.inspect_err(|_| _ = unlinkat(&self.fd, fresh.as_slice(), AtFlags::empty()))
    }

    /// Replaces the contents of a file: by a rename, or in place if a rename would lose something.
    pub(super) fn edit(&self, name: &[u8], before: &[u8], after: &[u8]) -> Result<(), NotReplaced> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let old = match openat(&self.fd, name, OFlags::RDONLY | flags, Mode::empty()) {
            Err(Errno::NOENT) => return Err(NotReplaced::Changed),
            old => old?,
        };
        let stat = fstat(&old)?;
        if read(&old)? != before {
            return Err(NotReplaced::Changed);
        }
        if keeps_all_by_rename(&old, &stat) && self.rename_over(name, &stat, after)? == Renamed::Done {
            return Ok(());
        }
        let file = openat(&self.fd, name, OFlags::RDWR | flags, Mode::empty())?;
        if read(&file)? != before {
            return Err(NotReplaced::Changed);
        }
        let written = self.write_in_place(name, &file, before, after);
        if written.is_err() && write_at(&file, before, 0).is_ok() && ftruncate(&file, before.len() as u64).is_ok() {
            _ = unlinkat(&self.fd, backup_name(name).as_slice(), AtFlags::empty());
        }
        _ = futimens(&file, &times_of(&stat));
        written.map_err(NotReplaced::from)
    }

    /// Writes a new file with the owner, mode and times of the old one, and renames it over the old one.
    fn rename_over(&self, name: &[u8], old: &Stat, after: &[u8]) -> Result<Renamed, Errno> {
        let fresh = fresh_name(name);
        let Ok(file) = create_new(&self.fd, &fresh, Mode::from_raw_mode(0o600)) else { return Ok(Renamed::Impossible) };
        let give_up = || _ = unlinkat(&self.fd, fresh.as_slice(), AtFlags::empty());
        if remove_inherited_acl(&file).and_then(|()| copy_owner_and_mode(&file, old)).is_err() {
            give_up();
            return Ok(Renamed::Impossible);
        }
        let written =
            write_at(&file, after, 0).and_then(|()| futimens(&file, &times_of(old))).and_then(|()| fsync(&file));
        if let Err(errno) = written {
            give_up();
            return Err(errno);
        }
        match renameat(&self.fd, fresh.as_slice(), &self.fd, name) {
            Ok(()) => Ok(Renamed::Done),
            // A mount point or an immutable file. For the latter the write in place reports the error.
            Err(_) => {
                give_up();
                Ok(Renamed::Impossible)
            }
        }
    }

    fn write_in_place(&self, name: &[u8], file: &OwnedFd, before: &[u8], after: &[u8]) -> Result<(), Errno> {
        if let Some(added) = after.strip_prefix(before) {
            write_at(file, added, before.len())?;
        } else if before.starts_with(after) {
            ftruncate(file, after.len() as u64)?;
        } else {
            let backup = backup_name(name);
            backup::write(&self.fd, name, before, after)?;
            let common = before.iter().zip(after).take_while(|(old, new)| old == new).count();
            write_at(file, rest_from(after, common), common)
                .and_then(|()| ftruncate(file, after.len() as u64))
                .and_then(|()| fsync(file))?;
            unlinkat(&self.fd, backup.as_slice(), AtFlags::empty())?;
        }
        fsync(file)
    }
}

/// The outcome of an attempt to rename.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Renamed {
    Done,
    Impossible,
}

/// Returns true if a rename keeps everything: the file has one hard link, no extended attributes and no ACL.
fn keeps_all_by_rename(old: &OwnedFd, stat: &Stat) -> bool {
    stat.st_nlink == 1 && matches!(flistxattr_query(old), Ok(0) | Err(Errno::NOTSUP | Errno::NOSYS))
}

/// Removes the ACL that a new file has from the default ACL of its folder. The old file has none, and with the old mode
/// the entries of this one would count: the group's bits are the mask (acl(5)).
fn remove_inherited_acl(file: &OwnedFd) -> Result<(), Errno> {
    match fremovexattr(file, ACL) {
        Err(Errno::NODATA | Errno::NOTSUP | Errno::NOSYS) => Ok(()),
        removed => removed,
    }
}

/// Copies owner and mode to a file. The mode comes second, because chown(2) may clear bits of it.
fn copy_owner_and_mode(file: &OwnedFd, old: &Stat) -> Result<(), Errno> {
    let new = fstat(file)?;
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid) {
        let (uid, gid) = (rustix::fs::Uid::from_raw(old.st_uid), rustix::fs::Gid::from_raw(old.st_gid));
        fchown(file, Some(uid), Some(gid))?;
    }
    // A drive without metadata refuses every chmod(2), even one without a change.
    if (new.st_mode ^ old.st_mode) & 0o7777 != 0 {
        fchmod(file, Mode::from_raw_mode(old.st_mode & 0o7777))?;
    }
    Ok(())
}
