//! Writes the log without an effect on the call: no error is reported, no signal ends the process, and the wait for a
//! reader is short.
//!
//! A pipe without a reader raises SIGPIPE, and the file size limit (`ulimit -f`) raises SIGXFSZ. Both would kill the
//! process in which the tool will run. The tool inherits the signal handlers, so the signals are only blocked while the
//! log is written, and a pending one is removed.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Longest wait for a reader, in milliseconds, before the log ends.
const PATIENCE: u16 = 200;

/// Bytes that a write to a pipe that poll(2) reports as writable takes at once (PIPE_BUF).
const PIECE: usize = 4096;

/// The destination of events. It is closed at the first failure, so that later events do not wait.
#[derive(Debug)]
pub(super) struct Sink {
    destination: Destination,
    is_closed: AtomicBool,
}

#[derive(Debug)]
enum Destination {
    Stderr,
    File(OwnedFd),
}

impl Sink {
    /// Returns a sink for standard error.
    pub(super) fn stderr() -> Sink {
        Sink { destination: Destination::Stderr, is_closed: AtomicBool::new(false) }
    }

    /// Returns a sink for an open file.
    pub(super) fn file(file: OwnedFd) -> Sink {
        Sink { destination: Destination::File(file), is_closed: AtomicBool::new(false) }
    }

    fn put(&self, bytes: &[u8]) -> Result<(), Errno> {
        let stderr = io::stderr();
        match &self.destination {
            // One write(2), so that events of several processes do not mix.
            Destination::File(file) => write_all(file.as_fd(), bytes),
            Destination::Stderr => bytes.chunks(PIECE).try_for_each(|piece| {
                wait_for_room(stderr.as_fd())?;
                write_all(stderr.as_fd(), piece)
            }),
        }
    }
}

impl io::Write for &Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_closed.load(Ordering::Relaxed) && without_signals(|| self.put(bytes)).is_err() {
            self.is_closed.store(true, Ordering::Relaxed);
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

/// Runs a write with SIGPIPE and SIGXFSZ blocked, then restores the signal mask.
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
        // Reading a signalfd removes a pending signal, and does not wait if there is none.
        let pending = SignalFd::with_flags(&ours, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
        while let Ok(Some(_)) = pending.read_signal() {}
    }
    ours.thread_unblock()?;
    outcome
}
