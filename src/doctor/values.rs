//! Effects of a Windows path in a variable of an editor's settings, one row for each variable.

use crate::doctor::subject::Subject;
use crate::tools::go::variables;

/// A variable, and the effect of a Windows path in it.
struct WindowsPathEffect {
    name: &'static str,
    why: &'static str,
}

const REASONS: [WindowsPathEffect; 13] = [
    WindowsPathEffect { name: "GOPATH", why: "go refuses it: `GOPATH entry is relative; must be absolute path`." },
    WindowsPathEffect {
        name: "GOCACHE",
        why: "go refuses it: `build cache is required, but could not be located: GOCACHE is not an absolute path`.",
    },
    WindowsPathEffect {
        name: "GOMODCACHE",
        why: "go refuses it: `GOMODCACHE entry is relative; must be absolute path`.",
    },
    WindowsPathEffect { name: "GOBIN", why: "go refuses it: `cannot install, GOBIN must be an absolute path`." },
    WindowsPathEffect {
        name: "GOROOT",
        why: "go finds no standard library there: `go: cannot find GOROOT directory`.",
    },
    WindowsPathEffect {
        name: "GOTMPDIR",
        why: "go builds below it: `go: creating work dir: stat …: no such file or directory`.",
    },
    WindowsPathEffect {
        name: "TMPDIR",
        why: "go and the debugged program create temporary files there: `no such file or directory`.",
    },
    WindowsPathEffect {
        name: "GOENV",
        why: "go reads its settings from that file, does not find it, and uses its defaults.",
    },
    WindowsPathEffect { name: "GOWORK", why: "go refuses it: `invalid GOWORK: not an absolute path`." },
    WindowsPathEffect { name: "GOFLAGS", why: "go passes that flag to each command, which does not find the file." },
    WindowsPathEffect {
        name: "GOCOVERDIR",
        why: "The program writes no coverage data: `warning: GOCOVERDIR … no such file or directory`.",
    },
    WindowsPathEffect {
        name: "PATH",
        why: "No program is found there: `go` cannot be started, `executable file not found in $PATH`.",
    },
    WindowsPathEffect {
        name: "HOME",
        why: "Go searches its caches and settings below it: `build cache is required, but could not be located`.",
    },
];

const OTHER: &str = "A Linux program uses it unchanged and does not find it.";

/// Returns the effect of a Windows path in a variable's value; none if it has none.
#[must_use]
pub(super) fn windows_value(subject: &Subject, name: &str, value: &str) -> Option<&'static str> {
    let reason = REASONS.iter().find(|reason| reason.name == name);
    let is_path = match name {
        "PATH" | "HOME" => true,
        "GOFLAGS" => return windows_flag(subject, value).and(reason.map(|reason| reason.why)),
        name => variables::is_path(name.as_bytes(), value.as_bytes()),
    };
    let is_windows = |entry: &str| subject.is_windows_path(entry.as_bytes());
    let holds = value.split(';').any(is_windows);
    (is_path && holds).then(|| reason.map_or(OTHER, |reason| reason.why))
}

/// The flags of go, without their dashes, whose value is a path (`go help build`).
const PATH_FLAGS: [&str; 5] = ["overlay", "modfile", "pkgdir", "pgo", "C"];

/// Returns the first flag of go in a list whose value is a path in Windows' form.
#[must_use]
pub(super) fn windows_flag<'v>(subject: &Subject, flags: &'v str) -> Option<&'v str> {
    flags.split_whitespace().map(|flag| flag.trim_matches(['\'', '"'])).find(|flag| {
        flag.split_once('=').is_some_and(|(name, value)| {
            PATH_FLAGS.contains(&name.trim_start_matches('-')) && subject.is_windows_path(value.as_bytes())
        })
    })
}

/// Returns true if it is a flag whose value is a path, in any form.
#[must_use]
pub(super) fn may_be_a_path_flag(flag: &str) -> bool {
    flag.split_once('=').is_some_and(|(name, _)| PATH_FLAGS.contains(&name.trim_start_matches('-')))
}
