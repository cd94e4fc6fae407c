//! Starts `netsh.exe` for `gowrap doctor --windows`: the only Windows program that gowrap starts besides a tool.
//!
//! A start through interop takes a quarter of a second or more, and hangs if the interop server hangs: the program is
//! killed after a few seconds.

use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, posix_spawn};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{pipe2, read};

use crate::host::environ::{Environ, c_string};

/// Longest run of the program.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest output that is read, in bytes.
const MOST: usize = 1 << 20;

/// Runs a program to its end, with an empty standard input, and returns its output.
///
/// # Errors
/// Those of starting it; ETIMEDOUT if it takes too long; EIO if it fails.
pub(super) fn ask(
    program: Vec<u8>,
    arguments: &[&str],
    environ: &Environ,
    patience: Duration,
) -> Result<Vec<u8>, Errno> {
    let program = c_string(program);
    let words = arguments.iter().map(|word| c_string(word.as_bytes().to_vec()));
    let argv: Vec<CString> = std::iter::once(program.clone()).chain(words).collect();
    let (read_end, write_end) = pipe2(OFlag::O_CLOEXEC)?;
    let mut actions = PosixSpawnFileActions::init()?;
    let nothing = openat(AT_FDCWD, "/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())?;
    actions.add_dup2(nothing.as_raw_fd(), 0)?;
    actions.add_dup2(write_end.as_raw_fd(), 1)?;
    actions.add_dup2(nothing.as_raw_fd(), 2)?;
    let child = posix_spawn(program.as_c_str(), &actions, &PosixSpawnAttr::init()?, &argv, environ.entries())?;
    drop(write_end);
    let answer = read_until(&read_end, Instant::now() + patience);
    if answer.is_err() {
        // It may have exited already.
        _ = kill(child, Signal::SIGKILL);
    }
    let end = waitpid(child, None)?;
    match (answer, end) {
        (Ok(answer), WaitStatus::Exited(_, 0)) => Ok(answer),
        (Ok(_), _) => Err(Errno::EIO),
        (Err(errno), _) => Err(errno),
    }
}

/// Runs `netsh interface portproxy show all`.
///
/// # Errors
/// Those of [`ask`].
pub(super) fn port_proxies(windows: &[u8], environ: &Environ) -> Result<Vec<u8>, Errno> {
    let program = [windows, b"/System32/netsh.exe"].concat();
    ask(program, &["interface", "portproxy", "show", "all"], environ, PATIENCE)
}

fn read_until(pipe: &OwnedFd, end: Instant) -> Result<Vec<u8>, Errno> {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let left = PollTimeout::try_from(left).map_err(|_| Errno::EINVAL)?;
        match poll(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)], left) {
            Ok(0) => return Err(Errno::ETIMEDOUT),
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno),
        }
        match read(pipe, &mut buffer)? {
            0 => return Ok(answer),
            length if answer.len() < MOST => answer.extend_from_slice(buffer.get(..length).unwrap_or_default()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Enough time on a busy machine.
    const GENEROUS: Duration = Duration::from_secs(600);

    fn shell(script: &str, patience: Duration) -> Result<Vec<u8>, Errno> {
        let mut environ = Environ::default();
        environ.set(b"WORD", b"told");
        ask(b"/bin/sh".to_vec(), &["-c", script], &environ, patience)
    }

    #[test]
    fn the_answer_is_its_standard_output() {
        assert_eq!(shell("echo $WORD; echo no >&2; read x || echo no input", GENEROUS).unwrap(), b"told\nno input\n");
        assert_eq!(shell("exit 3", GENEROUS), Err(Errno::EIO));
        assert_eq!(ask(b"/nowhere/netsh.exe".to_vec(), &[], &Environ::default(), GENEROUS), Err(Errno::ENOENT));
    }

    #[test]
    fn a_netsh_that_hangs_is_killed() {
        assert_eq!(shell("exec sleep 60", Duration::from_millis(100)), Err(Errno::ETIMEDOUT));
    }
}
