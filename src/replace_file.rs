//! Replaces the contents of a file. After a killed process or a full disk the file has the old contents or the new ones.
//!
//! A new file is written in the same folder under a temporary name, with mode 0600 until it has the owner and the mode of the
//! old one, and is renamed over it. The file is written in place if a rename would lose something: it has another hard
//! link, extended attributes or an ACL, it is a mount point, or its group cannot be given to a new file. Adding to the end
//! and cutting the end are one system call each. Any other edit in place first stores both contents in a backup file beside
//! it, from which [`sweep`] restores the file after a killed run.
//!
//! The times of the file and of its folder do not change: removing an added line leaves no trace.

use rustix::fd::{AsFd, OwnedFd};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use rustix::fs::{
    AtFlags, CWD, Mode, OFlags, RenameFlags, Stat, Timespec, Timestamps, fchmod, fchown, flistxattr_query, fstat,
    fsync, ftruncate, futimens, openat, renameat, renameat_with, statat, symlinkat, unlinkat,
};
use rustix::io::{Errno, pread, pwrite};

use crate::text::path::{basename, dirname};

/// Infix of a temporary file's name, between the file's name and the process id.
const UNFINISHED: &[u8] = b".gowrap-";

/// Suffix of a backup file's name.
const WAY_BACK: &[u8] = b".gowrap-back";

/// First line of a backup file.
const HEADER: &[u8] = b"gowrap way back\n";

/// Modes of new files and folders. The umask may come from another user, through su(1), and be 000: a file that a shell reads
/// must not be open to others.
const OWNERS_FILE: Mode = Mode::from_raw_mode(0o644);
const OWNERS_FOLDER: Mode = Mode::from_raw_mode(0o755);

/// Largest file that gowrap edits, in bytes.
const LIMIT: usize = 8 << 20;

/// The reason why a file was not replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReplaced {
    /// The file changed after it was read.
    Changed,
    /// A system call failed.
    Failed(Errno),
}

impl From<Errno> for NotReplaced {
    fn from(errno: Errno) -> NotReplaced {
        NotReplaced::Failed(errno)
    }
}

impl std::fmt::Display for NotReplaced {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            NotReplaced::Changed => formatter.write_str("another program changed it at the same time"),
            NotReplaced::Failed(errno) => formatter.write_str(&words(*errno)),
        }
    }
}

/// Returns the words of an error, without the number that Rust appends.
#[must_use]
pub fn words(errno: Errno) -> String {
    crate::text::errno::words(crate::text::errno::Errno::from_raw(errno.raw_os_error()))
}

/// Replaces the contents of the file at this path, with all links followed.
///
/// `before` is the expected old contents; none means that the file must not exist.
///
/// # Errors
/// The file has other contents, or a system call fails. The file is then unchanged.
pub fn replace(path: &[u8], before: Option<&[u8]>, after: &[u8]) -> Result<(), NotReplaced> {
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
pub fn write_private(path: &[u8], contents: &[u8]) -> Result<(), Errno> {
    let folder = Folder::of(path)?;
    let fresh = fresh_name(basename(path));
    let file = folder.open_fresh(&fresh, Mode::from_raw_mode(0o600))?;
    write_at(&file, contents, 0)
        .and_then(|()| renameat(&folder.fd, fresh.as_slice(), &folder.fd, basename(path)))
        .inspect_err(|_| _ = unlinkat(&folder.fd, fresh.as_slice(), AtFlags::empty()))
}

/// Creates a symbolic link and replaces an existing one in one step.
///
/// # Errors
/// A system call fails.
pub fn link(path: &[u8], target: &[u8]) -> Result<(), Errno> {
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
pub fn make_folder(path: &[u8]) -> Result<(), Errno> {
    let folder = Folder::of(path)?;
    let result = rustix::fs::mkdirat(&folder.fd, basename(path), OWNERS_FOLDER);
    folder.restore_times();
    result
}

/// Removes a file or a link.
///
/// # Errors
/// Those of unlink(2).
pub fn remove(path: &[u8]) -> Result<(), Errno> {
    let folder = Folder::of(path)?;
    let result = unlinkat(&folder.fd, basename(path), AtFlags::empty());
    folder.restore_times();
    result
}

/// Removes an empty folder.
///
/// # Errors
/// Those of rmdir(2).
pub fn remove_folder(path: &[u8]) -> Result<(), Errno> {
    let folder = Folder::of(path)?;
    let result = unlinkat(&folder.fd, basename(path), AtFlags::REMOVEDIR);
    folder.restore_times();
    result
}

/// Removes the temporary files of killed runs, and restores half-written files from their backups.
///
/// The caller must hold the lock: no other run is writing then.
pub fn sweep<'p>(paths: impl IntoIterator<Item = &'p [u8]>) {
    let mut by_folder: Vec<(Vec<u8>, Vec<&[u8]>)> = Vec::new();
    for path in paths {
        match by_folder.iter_mut().find(|(folder, _)| folder == dirname(path)) {
            Some((_, names)) => names.push(basename(path)),
            None => by_folder.push((dirname(path).to_vec(), vec![basename(path)])),
        }
    }
    for (folder, names) in by_folder {
        let Ok(entries) = std::fs::read_dir(OsStr::from_bytes(&folder)) else { continue };
        let left: Vec<Vec<u8>> = entries
            .filter_map(|entry| Some(entry.ok()?.file_name().as_bytes().to_vec()))
            .filter(|entry| names.iter().any(|name| is_leftover(entry, name)))
            .collect();
        if left.is_empty() {
            continue;
        }
        let Ok(folder) = Folder::open(&folder) else { continue };
        for entry in left {
            folder.sweep(&entry);
        }
        folder.restore_times();
    }
}

/// Returns true if an entry is a temporary file or a backup of the file of this name.
fn is_leftover(entry: &[u8], name: &[u8]) -> bool {
    let Some(rest) = entry.strip_prefix(b".").and_then(|entry| entry.strip_prefix(name)) else { return false };
    rest == WAY_BACK
        || rest
            .strip_prefix(UNFINISHED)
            .is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

/// Returns the name of this process's temporary file for a file.
fn fresh_name(name: &[u8]) -> Vec<u8> {
    [b".", name, UNFINISHED, std::process::id().to_string().as_bytes()].concat()
}

/// An open folder, with its times at that moment.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    times: Timestamps,
}

impl Folder {
    fn of(path: &[u8]) -> Result<Folder, Errno> {
        Folder::open(dirname(path))
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// Those of open(2) and fstat(2).
    pub fn open(path: &[u8]) -> Result<Folder, Errno> {
        let fd = openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let times = times_of(&fstat(&fd)?);
        Ok(Folder { fd, times })
    }

    /// Restores the folder's times. Fails without harm if the user is not the owner.
    pub fn restore_times(&self) {
        _ = futimens(&self.fd, &self.times);
    }

    fn create(&self, name: &[u8], contents: &[u8]) -> Result<(), NotReplaced> {
        if statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
            return Err(NotReplaced::Changed);
        }
        let fresh = fresh_name(name);
        let file = self.open_fresh(&fresh, OWNERS_FILE)?;
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

    fn edit(&self, name: &[u8], before: &[u8], after: &[u8]) -> Result<(), NotReplaced> {
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
            _ = unlinkat(&self.fd, [b".", name, WAY_BACK].concat().as_slice(), AtFlags::empty());
        }
        _ = futimens(&file, &times_of(&stat));
        written.map_err(NotReplaced::from)
    }

    /// Writes a new file with the owner, mode and times of the old one, and renames it over the old one.
    fn rename_over(&self, name: &[u8], old: &Stat, after: &[u8]) -> Result<Renamed, Errno> {
        let fresh = fresh_name(name);
        let Ok(file) = self.open_fresh(&fresh, Mode::from_raw_mode(0o600)) else { return Ok(Renamed::Impossible) };
        let give_up = || _ = unlinkat(&self.fd, fresh.as_slice(), AtFlags::empty());
        if copy_owner_and_mode(&file, old).is_err() {
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
            let back = [b".", name, WAY_BACK].concat();
            self.write_way_back(name, &back, before, after)?;
            let common = before.iter().zip(after).take_while(|(old, new)| old == new).count();
            write_at(file, rest_from(after, common), common)
                .and_then(|()| ftruncate(file, after.len() as u64))
                .and_then(|()| fsync(file))?;
            unlinkat(&self.fd, back.as_slice(), AtFlags::empty())?;
        }
        fsync(file)
    }

    /// Stores both contents in a backup file. It gets its final name when it is complete.
    fn write_way_back(&self, name: &[u8], back: &[u8], before: &[u8], after: &[u8]) -> Result<(), Errno> {
        let fresh = fresh_name(name);
        let file = self.open_fresh(&fresh, Mode::from_raw_mode(0o600))?;
        let contents = [HEADER, before.len().to_string().as_bytes(), b"\n", before, after].concat();
        write_at(&file, &contents, 0)
            .and_then(|()| fsync(&file))
            .and_then(|()| renameat(&self.fd, fresh.as_slice(), &self.fd, back))
            .inspect_err(|_| _ = unlinkat(&self.fd, fresh.as_slice(), AtFlags::empty()))
    }

    fn open_fresh(&self, name: &[u8], mode: Mode) -> Result<OwnedFd, Errno> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        openat(&self.fd, name, flags, mode)
    }

    /// Removes the entry. If it is a backup and its file is half written, restores the file first.
    fn sweep(&self, entry: &[u8]) {
        let own = nix::unistd::geteuid().as_raw();
        if !statat(&self.fd, entry, AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|stat| stat.st_uid == own) {
            return;
        }
        if let Some(name) = entry.strip_prefix(b".").and_then(|entry| entry.strip_suffix(WAY_BACK)) {
            self.go_back(name, entry);
        }
        _ = unlinkat(&self.fd, entry, AtFlags::empty());
    }

    fn go_back(&self, name: &[u8], entry: &[u8]) -> Option<()> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let stored = read(&openat(&self.fd, entry, OFlags::RDONLY | flags, Mode::empty()).ok()?).ok()?;
        let (before, after) = decode_way_back(&stored)?;
        let file = openat(&self.fd, name, OFlags::RDWR | flags, Mode::empty()).ok()?;
        let times = times_of(&fstat(&file).ok()?);
        if is_half_written(&read(&file).ok()?, before, after) {
            write_at(&file, before, 0).ok()?;
            ftruncate(&file, before.len() as u64).ok()?;
            fsync(&file).ok()?;
            _ = futimens(&file, &times);
        }
        Some(())
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

fn decode_way_back(stored: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = stored.strip_prefix(HEADER)?;
    let end = rest.iter().position(|&byte| byte == b'\n')?;
    let length: usize = std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?;
    rest.get(end + 1..)?.split_at_checked(length)
}

/// Returns true if the contents are those of a killed write in place: new up to some byte, old from there on.
fn is_half_written(now: &[u8], before: &[u8], after: &[u8]) -> bool {
    if now == before || now == after {
        return false;
    }
    let written = now.iter().zip(after).take_while(|(now, after)| now == after).count();
    // Bytes at the border that are the same in both count for either.
    (0..=written).rev().any(|at| rest_from(now, at) == rest_from(before, at) && now.len() == before.len().max(at))
}

fn rest_from(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

fn times_of(stat: &Stat) -> Timestamps {
    #![allow(clippy::unnecessary_cast, reason = "the types differ from one machine to the next")]
    Timestamps {
        last_access: Timespec { tv_sec: stat.st_atime as _, tv_nsec: stat.st_atime_nsec as _ },
        last_modification: Timespec { tv_sec: stat.st_mtime as _, tv_nsec: stat.st_mtime_nsec as _ },
    }
}

fn read(file: impl AsFd) -> Result<Vec<u8>, Errno> {
    let mut contents = Vec::new();
    let mut buffer = [0u8; 1 << 14];
    loop {
        match pread(&file, &mut buffer, contents.len() as u64) {
            Ok(0) => return Ok(contents),
            Ok(length) => contents.extend_from_slice(buffer.get(..length).unwrap_or_default()),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
        if contents.len() > LIMIT {
            return Err(Errno::FBIG);
        }
    }
}

fn write_at(file: &OwnedFd, mut contents: &[u8], mut at: usize) -> Result<(), Errno> {
    while !contents.is_empty() {
        match pwrite(file, contents, at as u64) {
            Ok(0) => return Err(Errno::IO),
            Ok(length) => {
                contents = rest_from(contents, length);
                at += length;
            }
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;

    /// A separate folder, removed at the end of the test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let path = std::env::temp_dir().join(format!("gowrap-replace-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Scratch(path)
        }

        fn path(&self, name: &str) -> Vec<u8> {
            self.0.join(name).as_os_str().as_bytes().to_vec()
        }

        fn names(&self) -> Vec<String> {
            let mut names: Vec<_> =
                fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            _ = fs::remove_dir_all(&self.0);
        }
    }

    fn facts(path: &PathBuf) -> (u32, u64, i64, i64) {
        let metadata = fs::metadata(path).unwrap();
        (metadata.mode(), metadata.nlink(), metadata.mtime(), metadata.mtime_nsec())
    }

    #[test]
    fn only_the_contents_change() {
        let scratch = Scratch::new("keep");
        for name in ["renamed", "linked"] {
            let file = scratch.0.join(name);
            fs::write(&file, "one").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
            if name == "linked" {
                fs::hard_link(&file, scratch.0.join("other")).unwrap();
            }
            let (before, folder) = (facts(&file), facts(&scratch.0));
            let path = scratch.path(name);
            for (old, new) in [("one", "one two"), ("one two", "one"), ("one", "ane"), ("ane", ""), ("", "one")] {
                replace(&path, Some(old.as_bytes()), new.as_bytes()).unwrap();
                assert_eq!(fs::read(&file).unwrap(), new.as_bytes());
                assert_eq!((facts(&file), facts(&scratch.0)), (before, folder), "{name}: {old} to {new}");
            }
            assert_eq!(replace(&path, Some(b"two"), b""), Err(NotReplaced::Changed));
            assert_eq!(replace(&path, None, b""), Err(NotReplaced::Changed));
        }
        assert_eq!(
            replace(&scratch.path("gone"), Some(b"one"), b""),
            Err(NotReplaced::Changed),
            "it was removed meanwhile"
        );
        assert_eq!(fs::read(scratch.0.join("other")).unwrap(), b"one", "the other name leads to the same file");
        assert_eq!(scratch.names(), ["linked", "other", "renamed"]);
        replace(&scratch.path("new"), None, b"x").unwrap();
        assert_eq!(fs::read(scratch.0.join("new")).unwrap(), b"x");
    }

    #[test]
    fn a_file_left_half_written_by_a_killed_run_is_repaired() {
        let scratch = Scratch::new("sweep");
        let (before, after) = (b"aaa\nline\nbbb\n", b"aaa\nbbb\nline\n");
        let file = scratch.0.join("f");
        let back = scratch.0.join(".f.gowrap-back");
        let stored = [HEADER, b"13\n", before, after].concat();
        let table: &[(&str, &[u8], &[u8])] = &[
            ("half written", b"aaa\nbbb\n\nbbb\n", before),
            ("not begun", before, before),
            ("finished", after, after),
            ("edited since", b"mine\n", b"mine\n"),
        ];
        for (name, now, expected) in table {
            for leftover in [".f.gowrap-12", ".f.gowrap-x", ".g.gowrap-12"] {
                fs::write(scratch.0.join(leftover), "").unwrap();
            }
            fs::write(&file, now).unwrap();
            fs::write(&back, &stored).unwrap();
            let folder = facts(&scratch.0);
            sweep([scratch.path("f").as_slice()]);
            assert_eq!(fs::read(&file).unwrap(), *expected, "{name}");
            assert_eq!(scratch.names(), [".f.gowrap-x", ".g.gowrap-12", "f"], "{name}");
            assert_eq!(facts(&scratch.0), folder, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_half_written_file_is_recognized(
            before in prop::collection::vec(prop::sample::select(&b"ab"[..]), 0..12),
            after in prop::collection::vec(prop::sample::select(&b"ab"[..]), 0..12),
            at in 0usize..13,
        ) {
            let at = at.min(after.len());
            let now = [&after[..at], rest_from(&before, at)].concat();
            prop_assert!(now == before || now == after || is_half_written(&now, &before, &after));
        }
    }
}
