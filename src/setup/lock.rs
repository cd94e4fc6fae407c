//! A lock, so that only one setup runs at a time. It is a lock on the folder that setup changes, and leaves no file.
//!
//! The kernel releases it when the process ends for any reason. Other users can lock a folder that they can read: a run
//! waits for some time and then reports that.

use rustix::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FlockOperation, Mode, OFlags, flock, openat};
use rustix::io::Errno;

use crate::diagnosis::Failure;
use crate::setup::places::refused;
use crate::text::escape::escape;

/// Longest wait for another run.
const PATIENCE: Duration = Duration::from_secs(60);

/// A held lock. Dropping it releases the lock.
#[derive(Debug)]
pub(crate) struct Lock {
    _folder: Option<OwnedFd>,
}

/// Takes the lock of a folder.
///
/// # Errors
/// Another process holds it for longer than a run takes.
pub(super) fn take(folder: &[u8]) -> Result<Lock, Failure> {
    // A folder that cannot be read, or on a file system without locks, is not locked.
    let Ok(fd) = openat(CWD, folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()) else {
        return Ok(Lock { _folder: None });
    };
    let end = Instant::now() + PATIENCE;
    loop {
        match flock(&fd, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) if Instant::now() < end => std::thread::sleep(Duration::from_millis(20)),
            Err(Errno::WOULDBLOCK) => {
                let message = format!("another gowrap setup runs for {}", escape(folder));
                return Err(refused(
                    message,
                    vec![b"wait for the other gowrap setup to end, and run it again".to_vec()],
                ));
            }
            Err(Errno::INTR) => {}
            Ok(()) | Err(_) => return Ok(Lock { _folder: Some(fd) }),
        }
    }
}
