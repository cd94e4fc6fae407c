//! The backup beside a file that is edited in place: the contents before and after. It restores a file that a killed
//! run left half written.

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Mode, OFlags, fstat, fsync, ftruncate, futimens, openat, renameat, unlinkat};
use rustix::io::Errno;

use super::open_file::{create_new, read, rest_from, times_of, write_at};
use super::temporary::{backup_name, fresh_name};

/// First line of a backup file.
pub(super) const HEADER: &[u8] = b"gowrap way back\n";

/// Stores both contents in a backup file. It gets its final name when it is complete.
pub(super) fn write(folder: &OwnedFd, name: &[u8], before: &[u8], after: &[u8]) -> Result<(), Errno> {
    let fresh = fresh_name(name);
    let file = create_new(folder, &fresh, Mode::from_raw_mode(0o600))?;
    let contents = [HEADER, before.len().to_string().as_bytes(), b"\n", before, after].concat();
    write_at(&file, &contents, 0)
        .and_then(|()| fsync(&file))
        .and_then(|()| renameat(folder, fresh.as_slice(), folder, backup_name(name).as_slice()))
        .inspect_err(|_| _ = unlinkat(folder, fresh.as_slice(), AtFlags::empty()))
}

/// Restores a half-written file from its backup. Returns none if the backup is damaged or the file cannot be read or
/// written.
pub(super) fn restore(folder: &OwnedFd, name: &[u8], entry: &[u8]) -> Option<()> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let stored = read(&openat(folder, entry, OFlags::RDONLY | flags, Mode::empty()).ok()?).ok()?;
    let (before, after) = decode(&stored)?;
    let file = openat(folder, name, OFlags::RDWR | flags, Mode::empty()).ok()?;
    let times = times_of(&fstat(&file).ok()?);
    if is_half_written(&read(&file).ok()?, before, after) {
        write_at(&file, before, 0).ok()?;
        ftruncate(&file, before.len() as u64).ok()?;
        fsync(&file).ok()?;
        _ = futimens(&file, &times);
    }
    Some(())
}

fn decode(stored: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = stored.strip_prefix(HEADER)?;
    let end = rest.iter().position(|&byte| byte == b'\n')?;
    let length: usize = std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?;
    rest.get(end + 1..)?.split_at_checked(length)
}

/// Returns true if the contents are those of a killed write in place: new up to some byte, old from there on.
pub(super) fn is_half_written(now: &[u8], before: &[u8], after: &[u8]) -> bool {
    if now == before || now == after {
        return false;
    }
    let written = now.iter().zip(after).take_while(|(now, after)| now == after).count();
    // Bytes at the border that are the same in both count for either.
    (0..=written).rev().any(|at| rest_from(now, at) == rest_from(before, at) && now.len() == before.len().max(at))
}
