//! Writing that cannot do harm: no error comes back, no signal kills the process, and it does not wait for a reader that does not read.
//!
//! A reader that has gone away is SIGPIPE, a limit on the size of files (`ulimit -f`) is SIGXFSZ, and both would end the
//! process in which `go` is about to run. How they are handled is the tool's to inherit, so they are only blocked while
//! the log is written, and taken back where they came.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// How long a reader may be busy, in milliseconds, before the log is given up.
const PATIENCE: u16 = 200;

/// A pipe that has room at all takes as much in one piece (PIPE_BUF).
const PIECE: usize = 4096;

/// Where events go. Given up for good at the first failure, lest every event waits in vain.
#[derive(Debug)]
pub(super) struct Sink {
    goal: Goal,
    is_given_up: AtomicBool,
}

#[derive(Debug)]
enum Goal {
    Stderr,
    File(OwnedFd),
}

impl Sink {
    /// Standard error, whatever that is.
    pub(super) fn stderr() -> Sink {
        Sink { goal: Goal::Stderr, is_given_up: AtomicBool::new(false) }
    }

    /// An open file.
    pub(super) fn file(file: OwnedFd) -> Sink {
        Sink { goal: Goal::File(file), is_given_up: AtomicBool::new(false) }
    }

    fn put(&self, bytes: &[u8]) -> Result<(), Errno> {
        let stderr = io::stderr();
        match &self.goal {
            // In one piece, so that the events of several processes do not mix.
            Goal::File(file) => write_all(file.as_fd(), bytes),
            Goal::Stderr => bytes.chunks(PIECE).try_for_each(|piece| {
                wait_for_room(stderr.as_fd())?;
                write_all(stderr.as_fd(), piece)
            }),
        }
    }
}

impl io::Write for &Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_given_up.load(Ordering::Relaxed) && without_signals(|| self.put(bytes)).is_err() {
            self.is_given_up.store(true, Ordering::Relaxed);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn wait_for_room(file: BorrowedFd) -> Result<(), Errno> {
    let mut files = [PollFd::new(file, PollFlags::POLLOUT)];
    poll(&mut files, PollTimeout::from(PATIENCE))?;
    match files[0].revents() {
        Some(PollFlags::POLLOUT) => Ok(()),
        _ => Err(Errno::EPIPE),
    }
}

fn write_all(file: BorrowedFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match nix::unistd::write(file, bytes) {
            Ok(0) => return Err(Errno::EIO),
            Ok(length) => bytes = bytes.get(length..).unwrap_or_default(),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Runs with SIGPIPE and SIGXFSZ blocked. What was blocked before stays blocked, and nothing else is touched.
fn without_signals(write: impl FnOnce() -> Result<(), Errno>) -> Result<(), Errno> {
    let mut ours = SigSet::empty();
    ours.add(Signal::SIGPIPE);
    ours.add(Signal::SIGXFSZ);
    let before = ours.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let outcome = write();
    for signal in [Signal::SIGPIPE, Signal::SIGXFSZ] {
        if before.contains(signal) {
            ours.remove(signal);
        }
    }
    if matches!(outcome, Err(Errno::EPIPE | Errno::EFBIG)) {
        // Reading it from a descriptor takes it back without waiting where there is none.
        let pending = SignalFd::with_flags(&ours, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
        while let Ok(Some(_)) = pending.read_signal() {}
    }
    ours.thread_unblock()?;
    outcome
}
