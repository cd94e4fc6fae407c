//! Files through their descriptors: creating, reading, writing, times.

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, Stat, Timespec, Timestamps, openat};
use rustix::io::{Errno, pread, pwrite};

/// Largest file that gowrap edits, in bytes.
const LIMIT: usize = 8 << 20;

/// Creates a file for writing. It fails if the name exists, even as a link.
pub(super) fn create_new(folder: &OwnedFd, name: &[u8], mode: Mode) -> Result<OwnedFd, Errno> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(folder, name, flags, mode)
}

pub(super) fn read(file: impl AsFd) -> Result<Vec<u8>, Errno> {
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

pub(super) fn write_at(file: &OwnedFd, mut contents: &[u8], mut at: usize) -> Result<(), Errno> {
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

pub(super) fn rest_from(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

pub(super) fn times_of(stat: &Stat) -> Timestamps {
    #![allow(clippy::unnecessary_cast, reason = "the types differ from one machine to the next")]
    Timestamps {
        last_access: Timespec { tv_sec: stat.st_atime as _, tv_nsec: stat.st_atime_nsec as _ },
        last_modification: Timespec { tv_sec: stat.st_mtime as _, tv_nsec: stat.st_mtime_nsec as _ },
    }
}
