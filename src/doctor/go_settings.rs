//! Go's settings as `go env` prints them: a variable of the environment, else a row of the file that `go env -w`
//! writes, else a row of the toolchain's own file (cmd/go: `internal/cfg`). Distributions put `GOTOOLCHAIN=local` into
//! the last one.

use crate::doctor::finding::{shown, word};
use crate::doctor::subject::Subject;
use crate::doctor::toolchain::root_of;
use crate::text::path::join;
use crate::tools::Tool;

/// A variable's value, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GoSetting {
    /// Not empty.
    pub value: Vec<u8>,
    /// Its source.
    pub origin: GoSettingOrigin,
}

/// Source of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GoSettingOrigin {
    /// The environment of the call.
    Environment,
    /// The file of `go env -w`.
    User,
    /// `go.env` in GOROOT: its path.
    Toolchain(Vec<u8>),
}

/// Returns the value that go uses for a variable; none if it uses its own default.
#[must_use]
pub(super) fn setting(subject: &Subject, name: &[u8]) -> Option<GoSetting> {
    if let Some(value) = subject.repaired(name) {
        return Some(GoSetting { value: value.to_vec(), origin: GoSettingOrigin::Environment });
    }
    let user = user_file(subject).and_then(|path| row(subject, &path, name));
    if let Some(value) = user {
        return Some(GoSetting { value, origin: GoSettingOrigin::User });
    }
    let path = join(&root_of(subject, &subject.target(Tool::Go)?.path), b"go.env");
    Some(GoSetting { value: row(subject, &path, name)?, origin: GoSettingOrigin::Toolchain(path) })
}

/// Returns the last row of that name. Another check reports a carriage return at its end.
fn row(subject: &Subject, path: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let text = subject.host.read(path, 1 << 20).ok()?;
    let lines = text.split(|&byte| byte == b'\n');
    let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(b"="));
    let value = values.next_back()?;
    let value = value.strip_suffix(b"\r").unwrap_or(value);
    (!value.is_empty()).then(|| value.to_vec())
}

/// File of Go's settings for this user, which `go env -w` writes.
#[must_use]
pub(super) fn user_file(subject: &Subject) -> Option<Vec<u8>> {
    match subject.repaired(b"GOENV") {
        Some(b"off") => None,
        Some(path) => Some(path.to_vec()),
        None => {
            let config = subject.repaired(b"XDG_CONFIG_HOME").map(<[u8]>::to_vec);
            let config = config.or_else(|| Some(join(subject.repaired(b"HOME")?, b".config")))?;
            Some(join(&config, b"go/env"))
        }
    }
}

impl GoSetting {
    /// The command that removes it.
    #[must_use]
    pub(super) fn undo(&self, name: &[u8]) -> String {
        let name = shown(name);
        match &self.origin {
            GoSettingOrigin::Environment => format!("unset {name}    # in the file that sets it; Go has a default"),
            GoSettingOrigin::User => format!("go env -u {name}"),
            GoSettingOrigin::Toolchain(path) => format!("sudo sed -i '/^{name}=/d' {}", word(path)),
        }
    }
}
