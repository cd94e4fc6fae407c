//! Starts each installed shell, as a terminal does, and asks which program `go` is.
//!
//! A shell runs in its own session, so that it cannot change the caller's terminal. It reads commands from standard
//! input, so bash and zsh run their prompt hooks too. It gets the variables of a new terminal, and PATH without the
//! shim folder, so that only its own files can add that folder.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::host::Host;
use crate::host::environ::Environ;
use crate::setup::folder_trust;
use crate::shells::{Shell, ShellStart, Syntax};

/// Longest wait for a shell. An answer takes some tens of milliseconds; a shell that waits for input gives none.
const PATIENCE: Duration = Duration::from_secs(8);

/// The variables of a new terminal.
const KEPT: [&[u8]; 14] = [
    b"HOME",
    b"USER",
    b"LOGNAME",
    b"SHELL",
    b"LANG",
    b"LC_ALL",
    b"XDG_CONFIG_HOME",
    b"XDG_DATA_HOME",
    b"XDG_RUNTIME_DIR",
    b"ZDOTDIR",
    b"WSL_DISTRO_NAME",
    b"WSL_INTEROP",
    b"WSLENV",
    b"GOWRAP_HOOK",
];

/// The variables among them that name a folder from which a shell reads files.
const FOLDERS: [&[u8]; 4] = [b"XDG_CONFIG_HOME", b"XDG_DATA_HOME", b"XDG_RUNTIME_DIR", b"ZDOTDIR"];

/// The variables of a new terminal, with their values.
pub(super) type TerminalVariables = Vec<(&'static [u8], Vec<u8>)>;

/// Returns the variables of a new terminal, as this process has them. A folder that another user can change is left
/// out, because a shell would run files in it. HOME is the home of `/etc/passwd`: another path to it could be changed
/// at any time.
#[must_use]
pub(super) fn terminal_variables(environ: &Environ, home: &[u8], host: &dyn Host) -> TerminalVariables {
    let value = |name: &[u8]| match name {
        b"HOME" => Some(home.to_vec()),
        name => environ.get(name).map(<[u8]>::to_vec),
    };
    let is_safe = |name: &[u8], value: &[u8]| {
        !FOLDERS.contains(&name) || (value.starts_with(b"/") && folder_trust::doubt(value, home, host).is_none())
    };
    KEPT.into_iter().filter_map(|name| Some((name, value(name).filter(|value| is_safe(name, value))?))).collect()
}

/// The PATH that sshd gives a command, with the folder that `gowrap setup --system` uses.
const SSH_PATH: &[u8] = b"/usr/local/bin:/usr/bin:/bin:/usr/games";

/// Marks the answer in the output, because a shell's files print too.
const MARK: &str = "<gowrap-check>";

/// An answer of a shell: its `go`, and its PATH.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShellAnswer {
    /// The output of `command -v go`, or `function`.
    pub go: Vec<u8>,
    /// PATH.
    pub path: Vec<u8>,
}

/// A shell's start.
#[derive(Debug, Clone, Copy)]
pub(super) enum ShellSession {
    /// In a terminal, with these options.
    Terminal(ShellStart),
    /// With one command, as sshd starts it for `ssh HOST go`.
    Ssh,
}

/// Starts a shell and returns its answer; none if it gives none in time.
#[must_use]
pub(super) fn ask(
    program: &[u8],
    shell: Shell,
    way: ShellSession,
    variables: &TerminalVariables,
    path: &[u8],
) -> Option<ShellAnswer> {
    let question = question(shell);
    let mut command = session(program, variables)?;
    let mut input = None;
    match way {
        ShellSession::Terminal(start) => {
            command
                .env("PATH", OsStr::from_bytes(path))
                .args(start.options)
                .stdin(typed(&format!("{question}\nexit\n"))?);
        }
        ShellSession::Ssh => {
            // Bash reads ~/.bashrc for a command if standard input is a socket.
            let (own_end, shells_end) = UnixStream::pair().ok()?;
            input = Some(own_end);
            command.env("PATH", OsStr::from_bytes(SSH_PATH)).env("SSH_CLIENT", "127.0.0.1 50000 22");
            command.args(["-c", &question]).stdin(Stdio::from(OwnedFd::from(shells_end)));
        }
    }
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    drop(command);
    drop(input);
    parse(&outcome(child)?)
}

/// Returns a command that starts a shell in its own session. It uses no program from the caller's PATH.
fn session(program: &[u8], variables: &TerminalVariables) -> Option<Command> {
    let setsid = ["/usr/bin/setsid", "/bin/setsid"].into_iter().find(|path| Path::new(path).exists())?;
    let mut command = Command::new(setsid);
    command.arg(OsStr::from_bytes(program)).env_clear();
    for (name, value) in variables {
        command.env(OsStr::from_bytes(name), OsStr::from_bytes(value));
    }
    command.env("TERM", "dumb").env("HISTFILE", "/dev/null").env("__GOWRAP_CHECK", "1");
    Some(command)
}

/// Returns standard input with a text. It is not a pipe, because writing to a shell that has ended would raise SIGPIPE.
fn typed(text: &str) -> Option<Stdio> {
    let file = memfd_create(c"gowrap", MFdFlags::MFD_CLOEXEC).ok()?;
    let mut file = File::from(file);
    file.write_all(text.as_bytes()).ok()?;
    file.rewind().ok()?;
    Some(Stdio::from(file))
}

/// Returns one line that each version of the shell understands, also if a shell's file starts fish.
fn question(shell: Shell) -> String {
    match shell.syntax {
        Syntax::Posix => format!(
            "unset HISTFILE; printf '\\n%s%s%s%s%s\\n' '{MARK}' \"$(command -v go)\" '{MARK}' \"$PATH\" '{MARK}'"
        ),
        Syntax::Fish => format!(
            "set -l go (command -s go); functions -q go; and set go function; \
             printf '\\n%s%s%s%s%s\\n' '{MARK}' \"$go\" '{MARK}' (string join : $PATH) '{MARK}'"
        ),
    }
}

/// Reads the output of a shell. At the end of its time, ends the shell and all processes that it started.
fn outcome(mut child: Child) -> Option<Vec<u8>> {
    let mut stdout = child.stdout.take()?;
    let reader = std::thread::spawn(move || {
        let mut output = Vec::new();
        _ = stdout.read_to_end(&mut output);
        output
    });
    let end = Instant::now() + PATIENCE;
    let session = i32::try_from(child.id()).ok().map(Pid::from_raw);
    while !reader.is_finished() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    // A program in the background, started by a shell's file, would keep the pipe open.
    if let Some(session) = session.filter(|_| !reader.is_finished()) {
        _ = killpg(session, Signal::SIGKILL);
        _ = child.kill();
    }
    _ = child.wait();
    let end = Instant::now() + Duration::from_secs(1);
    while !reader.is_finished() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    if reader.is_finished() { reader.join().ok() } else { None }
}

/// Returns the last answer in a shell's output.
fn parse(output: &[u8]) -> Option<ShellAnswer> {
    let mark = MARK.as_bytes();
    let line = output.split(|&byte| byte == b'\n').rfind(|line| line.starts_with(mark))?;
    let (go, rest) = cut(line.strip_prefix(mark)?, mark)?;
    let (path, _) = cut(rest, mark)?;
    Some(ShellAnswer { go: go.to_vec(), path: path.to_vec() })
}

fn cut<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(mark.len()).position(|part| part == mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// Asks zsh for the folder of its files.
#[must_use]
pub(super) fn zdotdir(program: &[u8], variables: &TerminalVariables) -> Option<Vec<u8>> {
    let mut command = session(program, variables)?;
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.args(["-c", &format!("print -r -- '{MARK}'${{ZDOTDIR-}}'{MARK}''{MARK}'")]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    parse(&outcome(child)?).map(|answer| answer.go).filter(|folder| folder.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_found_within_other_output() {
        let output = b"welcome\n<gowrap-check>old<gowrap-check>p<gowrap-check>\n<gowrap-check>/s/go<gowrap-check>/s:/bin<gowrap-check>\n";
        let answer = parse(output).unwrap();
        assert_eq!((answer.go.as_slice(), answer.path.as_slice()), (&b"/s/go"[..], &b"/s:/bin"[..]));
        assert_eq!(parse(b"<gowrap-check>/s/go<gowrap-check>/s"), None);
        assert_eq!(parse(b""), None);
    }
}
