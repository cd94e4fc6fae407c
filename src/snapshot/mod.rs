//! `gowrap env`: the snapshot of a login shell's environment that a stripped one is restored from.
//!
//! The line that `gowrap setup` adds to a shell's profile takes it at each login and exports `GOWRAP_SESSION=1`, the mark of
//! an environment that needs nothing. A snapshot decides what `go` runs for as long as it lies there, so that only what the
//! person's own session set may get into it.

mod show;
mod store;

use crate::config::Config;
use crate::diagnosis::{Code, Exit, Failure};
use crate::host::environ::Environ;
use crate::host::{Credentials, Host, Snapshot, Unseen, User, snapshot};
use crate::plan::restore::named;
use crate::plan::restore::names::is_restorable;
use crate::text::escape::escape;
use crate::text::mask;

pub use show::show;

const ROOT: u32 = 0;

/// Variables that sudo(8), doas(1) and pkexec(1) set for what they start.
const RAISED: [&[u8]; 6] = [b"SUDO_UID", b"SUDO_GID", b"SUDO_USER", b"SUDO_COMMAND", b"DOAS_USER", b"PKEXEC_UID"];

/// The names of those programs.
const RAISERS: [&[u8]; 3] = [b"sudo", b"doas", b"pkexec"];

/// `gowrap env capture`: writes the snapshot. Says nothing, since a shell's profile runs it.
///
/// # Errors
/// The environment is not that of the user's own session, or the file cannot be written. The old snapshot is kept then.
pub fn capture(environ: &Environ, config: &Config, host: &dyn Host) -> Result<Vec<u8>, Failure> {
    capture_on(host, environ, config, host)
}

/// The same, with the file on a machine of its own.
fn capture_on(disk: &dyn Host, environ: &Environ, config: &Config, host: &dyn Host) -> Result<Vec<u8>, Failure> {
    let user = own_session(environ, host)?;
    let kept = what_wsl_gave_before(environ, host);
    let kept = kept.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
    let captured = environ.iter().filter(|(name, value)| is_captured(name, value, config));
    store::write(&folder(user)?, disk, &snapshot::encode(captured.chain(kept)))?;
    Ok(Vec::new())
}

/// `gowrap env forget`: removes the snapshot.
///
/// # Errors
/// The file exists and cannot be removed.
pub fn forget(host: &dyn Host) -> Result<Vec<u8>, Failure> {
    forget_on(host, host)
}

fn forget_on(disk: &dyn Host, host: &dyn Host) -> Result<Vec<u8>, Failure> {
    let folder = folder(user(host)?)?;
    let shown = escape(&folder);
    let said = match store::remove(&folder, disk)? {
        store::Removed::Something => format!("removed the snapshot in {shown}\n"),
        store::Removed::Nothing => format!("there is no snapshot in {shown}\n"),
    };
    Ok(said.into_bytes())
}

/// Returns true if the snapshot keeps this variable. Secrets, by name or in a URL, are never kept.
fn is_captured(name: &[u8], value: &[u8], config: &Config) -> bool {
    is_restorable(name, config) && !holds_a_secret(name, value)
}

fn holds_a_secret(name: &[u8], value: &[u8]) -> bool {
    mask::value(name, value) != value
}

/// A shell that came through sshd reads the profile too, but does not have what WSL gives its own sessions. A snapshot that
/// has it keeps it.
fn what_wsl_gave_before(environ: &Environ, host: &dyn Host) -> Vec<(Vec<u8>, Vec<u8>)> {
    let gone = |name: &[u8]| matches!(name, b"WSL_DISTRO_NAME" | b"WSLENV") && environ.get(name).is_none();
    if !gone(b"WSL_DISTRO_NAME") && !gone(b"WSLENV") {
        return Vec::new();
    }
    match host.snapshot() {
        Snapshot::Present(before) => before.into_iter().filter(|(name, _)| gone(name)).collect(),
        Snapshot::Absent | Snapshot::Refused(_) => Vec::new(),
    }
}

/// The user, if this is a session of that user's alone.
///
/// `sudo -E` and `su` pass a user's variables to root, and `su` a user's to another one: in that one's snapshot they would
/// come back in everything that runs there later. A program that was started with another user's rights keeps that user as
/// its real one for as long as it waits (`su`), and its parents are that user's processes; one that cannot be seen may be one.
fn own_session<'h>(environ: &Environ, host: &'h dyn Host) -> Result<&'h User, Failure> {
    let user = user(host)?;
    let home = environ.get(b"HOME").unwrap_or_default();
    if host.stat(&user.home).is_err() {
        let message = format!("the home of {}, `{}`, is not there", escape(&user.name), escape(&user.home));
        return Err(refusal(message, b"make the folder, or name another one in /etc/passwd"));
    }
    if !is_same_folder(home, &user.home, host) {
        let message = format!(
            "this environment is not {}'s own: HOME is `{}`, and /etc/passwd says `{}`",
            escape(&user.name),
            escape(home),
            escape(&user.home)
        );
        return Err(refusal(message, b"take the snapshot in a login shell of that user, without sudo"));
    }
    if let Some(name) = RAISED.iter().find(|name| environ.get(name).is_some()) {
        return Err(under_sudo(&user.name, &escape(name)));
    }
    let lineage = host.lineage().map_err(|unseen| unseen_process(&user.name, unseen))?;
    foreign_process(&lineage, host.uid(), &user.name)?;
    Ok(user)
}

/// Root's settings under sudo are an administrator's decision: `env_keep` in sudoers(5).
fn under_sudo(user: &[u8], by: &str) -> Failure {
    let message =
        format!("this environment is not {}'s own: it came through sudo, su or a similar program ({by})", escape(user));
    refusal(message, b"take the snapshot in a login shell of that user, without sudo")
}

fn unseen_process(user: &[u8], unseen: Unseen) -> Failure {
    let which = match unseen.pid {
        0 => "a process outside this pid namespace".to_owned(),
        pid => format!("process {pid}"),
    };
    let message = format!(
        "it is unknown if this environment is {}'s own: it came through {which}, which /proc does not show",
        escape(user)
    );
    refusal(message, b"take the snapshot where /proc shows every process up to the first (no hidepid)")
}

/// Refuses a lineage in which a process belongs, or has belonged, to a user other than this one and root.
fn foreign_process(lineage: &[Credentials], own: u32, user: &[u8]) -> Result<(), Failure> {
    for Credentials { process, users } in lineage {
        if let Some(stranger) = users.iter().find(|uid| **uid != own && **uid != ROOT) {
            let message = format!(
                "this environment is not {}'s own: it came through {}, which belongs to user {stranger}",
                escape(user),
                named(process)
            );
            return Err(refusal(message, b"take the snapshot in a session of that user, not through su or sudo"));
        }
        if RAISERS.contains(&process.name.as_slice()) {
            return Err(under_sudo(user, &named(process)));
        }
    }
    Ok(())
}

/// Distributions with a link in place of `/home` name the folder now this way, now that.
fn is_same_folder(one: &[u8], other: &[u8], host: &dyn Host) -> bool {
    let resolved = |path: &[u8]| host.canonical(path).ok();
    one.starts_with(b"/") && (one == other || resolved(one).is_some_and(|path| resolved(other) == Some(path)))
}

fn user(host: &dyn Host) -> Result<&User, Failure> {
    host.user().ok_or_else(|| {
        let message = format!("user {} is not in /etc/passwd, so there is no home for a snapshot", host.uid());
        refusal(message, b"add the user to /etc/passwd")
    })
}

fn folder(user: &User) -> Result<Vec<u8>, Failure> {
    snapshot::folder(&user.home).ok_or_else(|| {
        let message = format!("the home of {} is `{}`, which is no path", escape(&user.name), escape(&user.home));
        refusal(message, b"give the user a home in /etc/passwd")
    })
}

fn refusal(message: String, fix: &[u8]) -> Failure {
    Failure { exit: Exit::Own, code: Code::GW931, message: message.into_bytes(), fix: vec![fix.to_vec()] }
}

#[cfg(test)]
mod tests;
