//! Variables that a boundary stripped: the first stage, since the search for the tool may need what comes back.
//!
//! sudo, ssh, cron, systemd and editors' servers start `go` without what the person's shell had. Two marks tell a whole
//! environment: `WSL_DISTRO_NAME`, which WSL gives every session, and, once there is a snapshot, `GOWRAP_SESSION`, which
//! the line that takes the snapshot exports. Where one is missing, the ancestors tell who dropped it. One that has it, on
//! this side of the first boundary, means that it was removed on purpose (`env -i`, Bazel, Nix): nothing is restored then.
//!
//! What comes back comes from the caller's own snapshot and from `/etc/passwd`. No value is taken from another process: one
//! of the caller's user below another user's process holds that user's environment (`su`, then `su -`), and a root `go`
//! that took a user's `GOFLAGS=-toolexec=…` would run the user's program.

pub mod names;

use alloc::borrow::Cow;

use crate::config::{Config, Switch};
use crate::diagnosis::{Code, Note};
use crate::host::environ::Environ;
use crate::host::{Host, Process, Snapshot};
use crate::plan::model::{EnvChange, Stage};
use crate::plan::restore::names::is_restorable;
use crate::prelude::*;
use crate::text::escape::escape;

/// What WSL itself gives every session.
const DISTRO: &[u8] = b"WSL_DISTRO_NAME";

/// The variable that the line in the shell's profile exports.
pub const SESSION: &[u8] = b"GOWRAP_SESSION";

/// Returns true for the name of a mark.
#[must_use]
pub fn is_mark(name: &[u8]) -> bool {
    name == DISTRO || name == SESSION
}

/// What the stage found and would change.
#[derive(Debug, Default)]
pub struct Restored {
    /// What became of the environment on its way here.
    pub finding: Finding,
    /// The variables that come back.
    pub changes: Vec<EnvChange>,
    /// What a person may want to know.
    pub notes: Vec<Note>,
}

/// What became of the environment on its way here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Finding {
    /// Not looked at: switched off, or not WSL.
    #[default]
    NotLookedAt,
    /// Nothing is missing.
    Whole,
    /// Somebody removed a mark that this ancestor still has.
    Chosen(Process),
    /// A boundary stripped it: this process, or one that is gone.
    Stripped(Option<Process>),
}

/// Compares the environment with what the person's shell had, and says what comes back.
#[must_use]
pub fn restore(environ: &Environ, config: &Config, host: &dyn Host) -> Restored {
    if config.restore.value == Switch::Off {
        return Restored::default();
    }
    let missing = match missing_marks(environ, host) {
        Marks::NotWsl => return Restored::default(),
        Marks::All => return Restored { finding: Finding::Whole, ..Restored::default() },
        Marks::Missing(missing) => missing,
    };
    let mut ancestors = host.ancestors();
    match first_boundary(&mut *ancestors, &missing, host) {
        Side::Chosen(process, mark) => {
            let mark = escape(mark);
            let text = format!("{} still has {mark}: it was unset on purpose, so nothing is restored", named(&process));
            let notes = vec![Note::info(Code::GW421, text)];
            Restored { finding: Finding::Chosen(process), changes: Vec::new(), notes }
        }
        Side::Stripped(by) => {
            let mut gathering = Gathering::new(environ, config, by.as_ref());
            gathering.take_snapshot(host.snapshot());
            gathering.derive_from_passwd(host);
            gathering.name_the_stranger(by.as_ref(), ancestors, host);
            Restored { finding: Finding::Stripped(by), changes: gathering.changes, notes: gathering.notes }
        }
    }
}

enum Marks {
    NotWsl,
    All,
    Missing(Vec<&'static [u8]>),
}

/// In a healthy session this is two lookups and no system call.
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

enum Side {
    Chosen(Process, &'static [u8]),
    Stripped(Option<Process>),
}

fn first_boundary(ancestors: &mut dyn Iterator<Item = Process>, missing: &[&'static [u8]], host: &dyn Host) -> Side {
    for process in ancestors {
        if process.uid != host.uid() || is_boundary(&process.name) {
            return Side::Stripped(Some(process));
        }
        // One that cannot be read, or is gone by now, proves nothing.
        let has = |mark: &&'static [u8]| host.has_variable(process.pid, &|name| name == *mark);
        if let Some(mark) = missing.iter().copied().find(has) {
            return Side::Chosen(process, mark);
        }
    }
    Side::Stripped(None)
}

/// Programs that start others with an environment of their own making.
///
/// The last line is WSL: a `Relay(PID)` starts each session's first process, below a `SessionLeader`, below `init`, which
/// calls itself `init(DISTRO)`, or `init-systemd(DISTRO)` where systemd is process 1. The kernel cuts names at 15 bytes.
fn is_boundary(name: &[u8]) -> bool {
    matches!(name, b"sudo" | b"su" | b"doas" | b"runuser" | b"pkexec")
        || matches!(name, b"cron" | b"crond" | b"atd" | b"sshd" | b"sshd-session" | b"systemd" | b"init")
        || matches!(name, b"SessionLeader" | b"Relay")
        || [&b"Relay("[..], b"init(", b"init-systemd("].iter().any(|start| name.starts_with(start))
}

/// The source of a variable that comes back.
#[derive(Clone, Copy)]
enum Source {
    Snapshot,
    Passwd,
}

impl Source {
    fn describe(self) -> Cow<'static, str> {
        match self {
            Source::Snapshot => "snapshot".into(),
            Source::Passwd => "/etc/passwd".into(),
        }
    }
}

/// The changes so far; the first source that has a variable wins.
struct Gathering<'g> {
    environ: &'g Environ<'g>,
    config: &'g Config,
    cause: String,
    changes: Vec<EnvChange>,
    notes: Vec<Note>,
}

impl<'g> Gathering<'g> {
    fn new(environ: &'g Environ<'g>, config: &'g Config, by: Option<&Process>) -> Self {
        let cause = match by {
            Some(process) => format!("not handed on by {}", named(process)),
            None => "not handed on by a process that is gone".to_owned(),
        };
        Gathering { environ, config, cause, changes: Vec::new(), notes: Vec::new() }
    }

    fn take_snapshot(&mut self, snapshot: Snapshot) {
        match snapshot {
            Snapshot::Present(variables) => {
                if let Some((_, path)) = variables.iter().find(|(name, _)| name == b"PATH") {
                    self.append_path(path);
                }
                variables.iter().for_each(|(name, value)| self.offer(name, value, Source::Snapshot));
            }
            Snapshot::Refused(why) => {
                self.notes.push(Note::warn(Code::GW422, [&b"the snapshot is not used: "[..], &why].concat()));
            }
            Snapshot::Absent => {
                let text = "there is no snapshot of a login shell to restore from; `gowrap setup` sees to one";
                self.notes.push(Note::info(Code::GW424, text));
            }
        }
    }

    /// A person who misses a setting of another user's session, below sudo say, reads why it is not there.
    fn name_the_stranger(&mut self, by: Option<&Process>, beyond: impl Iterator<Item = Process>, host: &dyn Host) {
        let is_stranger = |process: &Process| process.uid != host.uid() && !is_boundary(&process.name);
        if let Some(process) = by.cloned().into_iter().chain(beyond).find(is_stranger) {
            let text =
                format!("{} belongs to user {}: nothing of its environment is taken", named(&process), process.uid);
            self.notes.push(Note::info(Code::GW423, text));
        }
    }

    fn derive_from_passwd(&mut self, host: &dyn Host) {
        if [&b"HOME"[..], b"USER", b"LOGNAME"].iter().all(|name| self.is_set(name)) {
            return;
        }
        let Some(user) = host.user() else { return };
        for (name, value) in [(&b"HOME"[..], &user.home), (b"USER", &user.name), (b"LOGNAME", &user.name)] {
            if !value.is_empty() {
                self.offer(name, value, Source::Passwd);
            }
        }
    }

    fn offer(&mut self, name: &[u8], value: &[u8], source: Source) {
        if is_restorable(name, self.config) && !self.is_set(name) {
            self.changes.push(EnvChange {
                name: name.to_vec(),
                from: None,
                to: Some(value.to_vec()),
                stage: Stage::Restore,
                source: source.describe(),
                why: self.cause.clone().into(),
            });
        }
    }

    /// A value that is set is kept, even an empty one.
    fn is_set(&self, name: &[u8]) -> bool {
        self.environ.get(name).is_some() || self.changes.iter().any(|change| change.name == name)
    }

    /// The entries that the login shell had and this PATH lacks go to its end: never in front, where they would change what
    /// a name means. An editor's server that never read the profile finds gcc and git then.
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
            source: Source::Snapshot.describe(),
            why: format!("{count} {entries} {}", self.cause).into(),
        });
    }
}

fn without_slash(entry: &[u8]) -> &[u8] {
    match entry.iter().rposition(|&byte| byte != b'/') {
        Some(last) => &entry[..=last],
        None => &entry[..entry.len().min(1)],
    }
}

/// A process for a person: `sudo (812)`.
#[must_use]
pub fn named(process: &Process) -> String {
    format!("{} ({})", escape(&process.name), process.pid)
}
