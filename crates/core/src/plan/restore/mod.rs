//! Restores variables that a boundary removed. This is the first stage, because the search for the tool may need them.
//!
//! sudo, ssh, cron, systemd and editors' servers start `go` without the variables of the user's shell. Two marks
//! identify a complete environment: `WSL_DISTRO_NAME`, which WSL sets in every session, and, if there is a snapshot,
//! `GOWRAP_SESSION`, which the snapshot's line in the profile exports. If one is missing, the ancestors show which
//! process removed it. If an ancestor below the first boundary still has it, a program removed it on purpose (`env -i`,
//! Bazel, Nix), and nothing is restored.
//!
//! Values come only from the user's own snapshot and from `/etc/passwd`, never from another process. A parent process
//! of the same user can have another user's environment (`su`, then `su -`). With a user's `GOFLAGS=-toolexec=…`,
//! root's `go` would run that user's program.

pub mod names;

use alloc::borrow::Cow;

use crate::config::{Config, Switch};
use crate::diagnosis::{Code, Note, wording};
use crate::host::environ::Environ;
use crate::host::process::is_like;
use crate::host::{Host, Identity, Process, Snapshot};
use crate::plan::model::{EnvChange, Stage};
use crate::plan::restore::names::is_restorable;
use crate::prelude::*;
use crate::text::escape::escape;

/// Mark that WSL sets in every session.
const DISTRO: &[u8] = b"WSL_DISTRO_NAME";

/// Mark that the line in the shell's profile exports.
pub const SESSION: &[u8] = b"GOWRAP_SESSION";

/// Returns true for the name of a mark.
#[must_use]
pub fn is_mark(name: &[u8]) -> bool {
    name == DISTRO || name == SESSION
}

/// Result of the stage.
#[derive(Debug, Default)]
pub struct Restored {
    /// State of the environment.
    pub state: EnvironmentState,
    /// Variables to restore.
    pub changes: Vec<EnvChange>,
    /// Notes for the user.
    pub notes: Vec<Note>,
}

/// State of the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum EnvironmentState {
    /// Not checked: switched off, or not WSL.
    #[default]
    NotLookedAt,
    /// Nothing is missing.
    Whole,
    /// A mark was removed on purpose: this ancestor still has it.
    RemovedOnPurpose(Process),
    /// A boundary removed variables: this ancestor, or, if none was found, probably one that has ended.
    Stripped(Option<Process>),
}

/// Compares the environment with the login environment, and returns the variables to restore.
#[must_use]
pub fn restore(environ: &Environ, config: &Config, host: &dyn Host) -> Restored {
    if config.restore.value == Switch::Off {
        return Restored::default();
    }
    let missing = match missing_marks(environ, host) {
        Marks::NotWsl => return Restored::default(),
        Marks::All => return Restored { state: EnvironmentState::Whole, ..Restored::default() },
        Marks::Missing(missing) => missing,
    };
    let mut ancestors = host.ancestors();
    match first_boundary(&mut *ancestors, &missing, host) {
        Cause::RemovedOnPurpose(process, mark) => {
            let text = wording(|| {
                format!(
                    "{} still has {}, so a program removed it on purpose; nothing is restored",
                    named(&process),
                    escape(mark)
                )
            });
            let notes = vec![Note::info(Code::GW421, text)];
            Restored { state: EnvironmentState::RemovedOnPurpose(process), changes: Vec::new(), notes }
        }
        Cause::Stripped(by) => {
            let mut gathering = Restoration::new(environ, config, by.as_ref());
            gathering.take_snapshot(host.snapshot());
            gathering.derive_from_passwd(host);
            gathering.notes.extend(wording(|| other_user(by.as_ref(), ancestors, host)));
            Restored { state: EnvironmentState::Stripped(by), changes: gathering.changes, notes: gathering.notes }
        }
    }
}

enum Marks {
    NotWsl,
    All,
    Missing(Vec<&'static [u8]>),
}

/// Returns the missing marks. A complete session costs two lookups and no system call.
fn missing_marks(environ: &Environ, host: &dyn Host) -> Marks {
    let lacks = |mark: &[u8]| environ.get(mark).is_none();
    let mut missing = Vec::new();
    if lacks(DISTRO) {
        missing.push(DISTRO);
    }
    let lacks_session = lacks(SESSION);
    if missing.is_empty() && !lacks_session {
        return Marks::All;
    }
    if !host.kind().is_wsl() {
        return Marks::NotWsl;
    }
    if lacks_session && host.has_snapshot(environ.get(b"HOME")) {
        missing.push(SESSION);
    }
    if missing.is_empty() { Marks::All } else { Marks::Missing(missing) }
}

enum Cause {
    RemovedOnPurpose(Process, &'static [u8]),
    Stripped(Option<Process>),
}

fn first_boundary(ancestors: &mut dyn Iterator<Item = Process>, missing: &[&'static [u8]], host: &dyn Host) -> Cause {
    for process in ancestors {
        if process.uid != host.uid() || is_boundary(&process.name) {
            return Cause::Stripped(Some(process));
        }
        // A process that cannot be read, or has ended, is skipped.
        let has = |mark: &&'static [u8]| host.has_variable(process.pid, &is_like(mark));
        if let Some(mark) = missing.iter().copied().find(has) {
            return Cause::RemovedOnPurpose(process, mark);
        }
    }
    Cause::Stripped(None)
}

/// Returns true for a boundary: a program that starts others with its own environment.
///
/// WSL's processes are `init` and those of the last two lines. `Relay(PID)` starts the first process of each session.
/// Its parent is a `SessionLeader`, and the parent of that is `init`, which is named `init(DISTRO)`, or
/// `init-systemd(DISTRO)` if systemd is process 1. Only the beginning is compared, because the kernel cuts names at 15
/// bytes (TASK_COMM_LEN).
fn is_boundary(name: &[u8]) -> bool {
    matches!(name, b"sudo" | b"su" | b"doas" | b"runuser" | b"pkexec")
        || matches!(name, b"cron" | b"crond" | b"atd" | b"sshd" | b"sshd-session" | b"systemd" | b"init")
        || matches!(name, b"SessionLeader" | b"Relay")
        || [&b"Relay("[..], b"init(", b"init-systemd("].iter().any(|start| name.starts_with(start))
}

/// Source of a restored variable.
#[derive(Clone, Copy)]
enum RestoreSource {
    Snapshot,
    Passwd,
}

impl RestoreSource {
    fn describe(self) -> Cow<'static, str> {
        match self {
            RestoreSource::Snapshot => "snapshot".into(),
            RestoreSource::Passwd => "/etc/passwd".into(),
        }
    }
}

/// Collected changes. The first source that has a variable wins.
struct Restoration<'g> {
    environ: &'g Environ<'g>,
    config: &'g Config,
    cause: String,
    changes: Vec<EnvChange>,
    notes: Vec<Note>,
}

impl<'g> Restoration<'g> {
    fn new(environ: &'g Environ<'g>, config: &'g Config, by: Option<&Process>) -> Self {
        let cause = wording(|| match by {
            Some(process) => format!("not passed on by {}", named(process)),
            None => "not passed on by a process that has ended".to_owned(),
        });
        Restoration { environ, config, cause, changes: Vec::new(), notes: Vec::new() }
    }

    fn take_snapshot(&mut self, snapshot: Snapshot) {
        match snapshot {
            Snapshot::Present(variables) => {
                if let Some((_, path)) = variables.iter().find(|(name, _)| name == b"PATH") {
                    self.append_path(path);
                }
                variables.iter().for_each(|(name, value)| self.offer(name, value, RestoreSource::Snapshot));
            }
            Snapshot::Refused(why) => {
                self.notes
                    .push(Note::warn(Code::GW422, wording(|| [&b"the snapshot is not used: "[..], &why].concat())));
            }
            Snapshot::Absent => {
                let text = "there is no snapshot of a login shell to restore from; `gowrap setup` makes one";
                self.notes.push(Note::info(Code::GW424, text));
            }
        }
    }

    fn derive_from_passwd(&mut self, host: &dyn Identity) {
        if [&b"HOME"[..], b"USER", b"LOGNAME"].iter().all(|name| self.is_set(name)) {
            return;
        }
        let Some(user) = host.user() else { return };
        for (name, value) in [(&b"HOME"[..], &user.home), (b"USER", &user.name), (b"LOGNAME", &user.name)] {
            if !value.is_empty() {
                self.offer(name, value, RestoreSource::Passwd);
            }
        }
    }

    fn offer(&mut self, name: &[u8], value: &[u8], source: RestoreSource) {
        if is_restorable(name, self.config) && !self.is_set(name) {
            self.changes.push(EnvChange {
                name: name.to_vec(),
                from: None,
                to: Some(value.to_vec()),
                stage: Stage::Restore,
                source: wording(|| source.describe()),
                why: wording(|| self.cause.clone().into()),
            });
        }
    }

    /// Returns true for a variable that is set, even to the empty string. Such a variable is not restored.
    fn is_set(&self, name: &[u8]) -> bool {
        self.environ.get(name).is_some() || self.changes.iter().any(|change| change.name == name)
    }

    /// Appends the entries of the login shell that PATH lacks. At the front, they could change which program a name
    /// finds. An editor's server that did not read the profile then finds gcc and git.
    fn append_path(&mut self, login: &[u8]) {
        let Some(path) = self.environ.get_nonempty(b"PATH") else { return };
        let mut longer = path.to_vec();
        let mut count = 0;
        for entry in login.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/")) {
            if !longer.split(|&byte| byte == b':').any(|known| without_slash(known) == without_slash(entry)) {
                longer.push(b':');
                longer.extend_from_slice(entry);
                count += 1;
            }
        }
        if count == 0 {
            return;
        }
        let entries = if count == 1 { "entry" } else { "entries" };
        self.changes.push(EnvChange {
            name: b"PATH".to_vec(),
            from: Some(path.to_vec()),
            to: Some(longer),
            stage: Stage::Restore,
            source: wording(|| RestoreSource::Snapshot.describe()),
            why: wording(|| format!("{count} {entries} {}", self.cause).into()),
        });
    }
}

/// Returns a note if an ancestor belongs to another user, as under sudo: its variables are not restored.
fn other_user(by: Option<&Process>, beyond: impl Iterator<Item = Process>, host: &dyn Identity) -> Option<Note> {
    let is_other_user = |process: &Process| process.uid != host.uid() && !is_boundary(&process.name);
    let process = by.cloned().into_iter().chain(beyond).find(is_other_user)?;
    let text = format!("{} belongs to user {}: gowrap does not use its environment", named(&process), process.uid);
    Some(Note::info(Code::GW423, text))
}

fn without_slash(entry: &[u8]) -> &[u8] {
    match entry.iter().rposition(|&byte| byte != b'/') {
        Some(last) => &entry[..=last],
        None => &entry[..entry.len().min(1)],
    }
}

/// Formats a process for the user: `sudo (process 812)`.
#[must_use]
pub fn named(process: &Process) -> String {
    format!("{} (process {})", escape(&process.name), process.pid)
}
