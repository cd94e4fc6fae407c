//! `gowrap env show`: the contents of the snapshot, and the variables that would be restored here, with the reasons.
//! Secrets are masked.

use crate::config::{Config, Switch};
use crate::diagnosis::Level;
use crate::host::environ::Environ;
use crate::host::{Host, Identity, Snapshot, snapshot};
use crate::plan::EnvChange;
use crate::plan::restore::names::is_restorable;
use crate::plan::restore::{EnvironmentState, Restored, named, restore};
use crate::text::escape::escape;
use crate::text::mask;

/// The page.
#[must_use]
pub(crate) fn show(environ: &Environ, config: &Config, host: &dyn Host) -> Vec<u8> {
    let restored = restore(environ, config, host);
    let mut page = String::new();
    section(&mut page, "snapshot", &snapshot_lines(host));
    section(&mut page, "not kept", &secrets(environ, config));
    section(&mut page, "here", &[finding(&restored, config, host)]);
    section(&mut page, "restored", &changes(&restored.changes));
    for (level, label) in [(Level::Warn, "warnings"), (Level::Info, "notes")] {
        let notes = restored.notes.iter().filter(|note| note.level == level);
        let lines: Vec<String> = notes.map(|note| format!("{}  {}", note.code, escape(&note.text))).collect();
        section(&mut page, label, &lines);
    }
    page.into_bytes()
}

/// Writes a label and the lines to its right; nothing if there are no lines.
fn section(page: &mut String, label: &str, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        page.push_str(&format!("{:<12}{line}\n", if index == 0 { label } else { "" }));
    }
}

fn snapshot_lines(host: &dyn Host) -> Vec<String> {
    let place = host.user().and_then(|user| snapshot::path(&user.home)).map_or_else(String::new, |path| escape(&path));
    match host.snapshot() {
        Snapshot::Absent => vec![format!("none ({place})")],
        Snapshot::Refused(why) => vec![format!("not used: {}", escape(&why))],
        Snapshot::Present(variables) => {
            let line = |(name, value): &(Vec<u8>, Vec<u8>)| assignment(name, value);
            std::iter::once(place).chain(variables.iter().map(line)).collect()
        }
    }
}

/// Returns the variables that would be saved if their values had no secret.
fn secrets(environ: &Environ, config: &Config) -> Vec<String> {
    let secret = |&(name, value): &(&[u8], &[u8])| is_restorable(name, config) && mask::holds_a_secret(name, value);
    environ.iter().filter(secret).map(|(name, _)| format!("{}  it holds credentials", escape(name))).collect()
}

fn finding(restored: &Restored, config: &Config, host: &dyn Identity) -> String {
    match &restored.state {
        EnvironmentState::NotLookedAt if config.restore.value == Switch::Off => {
            format!("restoring is switched off ({})", escape(&config.restore.origin.describe()))
        }
        EnvironmentState::NotLookedAt => format!("this is not WSL ({}): nothing is restored", host.kind().word()),
        EnvironmentState::Whole => "the environment is complete: there is nothing to restore".to_owned(),
        EnvironmentState::RemovedOnPurpose(process) => {
            format!("{} set this environment on purpose: nothing is restored", named(process))
        }
        EnvironmentState::Stripped(Some(process)) => format!("the environment was stripped by {}", named(process)),
        EnvironmentState::Stripped(None) => "the environment was stripped by a process that has ended".to_owned(),
    }
}

fn changes(changes: &[EnvChange]) -> Vec<String> {
    let line = |change: &EnvChange| {
        let value = change.to.as_deref().unwrap_or_default();
        [assignment(&change.name, value), format!("    from {}: {}", change.source, change.why)]
    };
    changes.iter().flat_map(line).collect()
}

fn assignment(name: &[u8], value: &[u8]) -> String {
    format!("{}={}", escape(name), escape(&mask::value(name, value)))
}
