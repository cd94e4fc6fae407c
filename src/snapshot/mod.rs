//! `gowrap env`: the snapshot of the login environment, from which lost variables are restored.
//!
//! The line that `gowrap setup` adds to a shell's profile writes it at each login and exports `GOWRAP_SESSION=1`, the
//! mark of a complete environment. A snapshot decides which programs `go` runs, so only variables of the user's own
//! session are saved.

mod own;
mod refusal;
mod show;
mod store;

use crate::config::Config;
use crate::diagnosis::Failure;
use crate::host::environ::Environ;
use crate::host::{Host, Processes, Snapshot, Unseen, User, snapshot};
use crate::inspect::session::Session;
use crate::plan::restore::names::is_restorable;
use crate::text::escape::escape;
use crate::text::mask;
use refusal::{refusal, user};

pub(crate) use show::show;

/// Runs `gowrap env capture`: writes the snapshot. It prints nothing, because a shell's profile runs it.
///
/// # Errors
/// The environment is not that of the user's own session ([`own`]), or the file cannot be written. The old snapshot is
/// kept then.
pub(crate) fn capture(
    environ: &Environ,
    config: &Config,
    host: &dyn Host,
    session: Result<&Session, Unseen>,
) -> Result<Vec<u8>, Failure> {
    capture_on(host, environ, config, host, session)
}

/// Does the same with separate machines for the facts and for the file.
fn capture_on(
    disk: &dyn Host,
    environ: &Environ,
    config: &Config,
    host: &dyn Host,
    session: Result<&Session, Unseen>,
) -> Result<Vec<u8>, Failure> {
    let user = own::check(environ, host, session)?;
    let kept = what_wsl_gave_before(environ, host);
    let kept = kept.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
    let captured = environ.iter().filter(|(name, value)| is_captured(name, value, config));
    store::write(&folder(user)?, disk, &snapshot::encode(captured.chain(kept)))?;
    Ok(Vec::new())
}

/// Runs `gowrap env forget`: removes the snapshot.
///
/// # Errors
/// The file exists and cannot be removed.
pub(crate) fn forget(host: &dyn Host) -> Result<Vec<u8>, Failure> {
    forget_on(host, host)
}

fn forget_on(disk: &dyn Host, host: &dyn Host) -> Result<Vec<u8>, Failure> {
    let folder = folder(user(host)?)?;
    let shown = escape(&folder);
    let said = match store::remove(&folder, disk)? {
        store::Removed::Snapshot => format!("removed the snapshot in {shown}\n"),
        store::Removed::Nothing => format!("there is no snapshot in {shown}\n"),
    };
    Ok(said.into_bytes())
}

/// Returns true if the snapshot keeps this variable. Secrets, by name or in a URL, are never kept.
fn is_captured(name: &[u8], value: &[u8], config: &Config) -> bool {
    is_restorable(name, config) && !mask::holds_a_secret(name, value)
}

/// Keeps variables of WSL from the old snapshot. A shell over ssh reads the profile too, but does not have them.
fn what_wsl_gave_before(environ: &Environ, host: &dyn Processes) -> Vec<(Vec<u8>, Vec<u8>)> {
    let gone = |name: &[u8]| matches!(name, b"WSL_DISTRO_NAME" | b"WSLENV") && environ.get(name).is_none();
    if !gone(b"WSL_DISTRO_NAME") && !gone(b"WSLENV") {
        return Vec::new();
    }
    match host.snapshot() {
        Snapshot::Present(before) => before.into_iter().filter(|(name, _)| gone(name)).collect(),
        Snapshot::Absent | Snapshot::Refused(_) => Vec::new(),
    }
}

fn folder(user: &User) -> Result<Vec<u8>, Failure> {
    snapshot::folder(&user.home).ok_or_else(|| {
        let message = format!("the home of {} is `{}`, which is no path", escape(&user.name), escape(&user.home));
        refusal(message, b"give the user a home in /etc/passwd")
    })
}

#[cfg(test)]
mod tests;
