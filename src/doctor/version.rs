//! Versions of Go and of Delve, and which of them go together.
//!
//! A Delve refuses Go releases that are older or newer than its bounds. If it was built with a Go before 1.25, it also
//! refuses DWARF 5, the debug information of Go 1.25 and later (go-delve/delve: `pkg/goversion/compat.go`).

use std::fmt;

/// A version such as `go1.24.4`, `1.21` or `v1.25.1`: two numbers, and a third if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    /// The first number.
    pub major: u32,
    /// The second.
    pub minor: u32,
    /// The third.
    pub patch: Option<u32>,
}

impl Version {
    /// The version of that release.
    #[must_use]
    pub(super) const fn new(major: u32, minor: u32) -> Version {
        Version { major, minor, patch: None }
    }

    /// Reads the version at the start of the text, with or without `go` or `v` before it. A suffix such as `rc1` is
    /// ignored.
    #[must_use]
    pub(super) fn parse(text: &str) -> Option<Version> {
        let text = text.trim_start_matches("devel ").trim_start_matches("go").trim_start_matches('v');
        let mut numbers = text.split('.').map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..digits)?.parse().ok()
        });
        Some(Version { major: numbers.next()??, minor: numbers.next()??, patch: numbers.next().flatten() })
    }

    /// The release, without its patches.
    #[must_use]
    pub(super) fn release(self) -> Version {
        Version { patch: None, ..self }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

/// Fit of a Delve with a Go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// They fit.
    Good,
    /// Delve does not support programs of this Go yet: the highest release that it supports.
    DelveTooOld(Version),
    /// Delve cannot read the debug information that this Go writes, because of the Go that Delve was built with.
    DelveBuiltTooOld,
    /// Delve does not support this Go any more: the lowest release that it supports.
    GoTooOld(Version),
}

/// The first release that writes DWARF 5.
const DWARF5: Version = Version::new(1, 25);

/// The minor versions of the oldest and the newest Go 1.x that a Delve supports, from this minor version and patch on:
/// `MinSupportedVersionOfGoMinor` and `MaxSupportedVersionOfGoMinor` at its tags.
const TAKES: [(u32, u32, u32, u32); 9] = [
    (20, 0, 18, 20),
    (21, 0, 18, 21),
    (22, 0, 19, 22),
    (23, 0, 21, 23),
    (24, 0, 21, 24),
    (25, 0, 21, 24),
    (25, 1, 22, 25),
    (26, 0, 24, 26),
    (27, 0, 25, 27),
];

/// Returns the oldest and the newest Go that a Delve supports; the oldest only if it is known.
fn bounds(delve: Version) -> (Option<Version>, Version) {
    let of_go = |minor| Version::new(1, minor);
    match delve.minor {
        // 1.3.0 added these checks, and supported Go 1.13. From 1.20 on, both have the same number (CHANGELOG.md). Each
        // supports three releases.
        minor if minor < 20 => (Some(of_go(minor.saturating_add(8))), of_go(minor.saturating_add(10))),
        // For later releases, only the rule is known: a Delve has the number of the newest Go that it supports.
        minor if minor > 27 => (None, of_go(minor)),
        minor => {
            let at = (minor, delve.patch.unwrap_or(u32::MAX));
            let row = TAKES.iter().rev().find(|(minor, patch, ..)| (*minor, *patch) <= at);
            row.map_or((None, of_go(minor)), |(_, _, oldest, newest)| (Some(of_go(*oldest)), of_go(*newest)))
        }
    }
}

/// Returns the last Delve that supports a Go; none if the newest one does. A Go before 1.21 cannot download the
/// toolchain that a newer Delve needs. The table is from golang/vscode-go: `docs/compatibility.md`.
#[must_use]
pub(super) fn last_for(go: Version) -> Option<&'static str> {
    match go.minor {
        24 => Some("v1.26.3"),
        22 | 23 => Some("v1.25.2"),
        21 => Some("v1.25.0"),
        20 => Some("v1.22.1"),
        19 => Some("v1.21.2"),
        18 => Some("v1.20.0"),
        17 => Some("v1.9.1"),
        16 => Some("v1.8.3"),
        _ => None,
    }
}

/// Returns the last gopls that a Go before 1.21 can build. A later Go downloads the toolchain that the newest gopls
/// needs (golang/tools: `gopls/README.md`).
#[must_use]
pub(super) fn last_gopls_for(go: Version) -> Option<&'static str> {
    match go.minor {
        19 | 20 => Some("v0.15.3"),
        18 => Some("v0.14.2"),
        16 | 17 => Some("v0.11.0"),
        13..=15 => Some("v0.9.5"),
        _ => None,
    }
}

/// Returns the last gopls that a Go from 1.21 on builds if GOTOOLCHAIN forbids another toolchain: by the line `go` of
/// its go.mod.
#[must_use]
pub(super) fn last_gopls_built_by(go: Version) -> Option<&'static str> {
    match go.minor {
        21 | 22 => Some("v0.16.2"),
        23 => Some("v0.18.1"),
        24 => Some("v0.20.0"),
        _ => last_gopls_for(go),
    }
}

/// Returns true if a program built with `built_with` reads the debug information that this Go writes.
#[must_use]
pub(super) fn reads(built_with: Version, go: Version) -> bool {
    go.release() < DWARF5 || built_with.release() >= DWARF5
}

/// Fit of this Delve with this Go. `built_with` is the Go that Delve was built with.
#[must_use]
pub(super) fn fit(delve: Version, built_with: Option<Version>, go: Version) -> Fit {
    let (oldest, newest) = bounds(delve);
    if go.release() > newest {
        Fit::DelveTooOld(newest)
    } else if go.release() >= DWARF5 && built_with.is_some_and(|built| built.release() < DWARF5) {
        Fit::DelveBuiltTooOld
    } else if let Some(oldest) = oldest.filter(|oldest| go.release() < *oldest) {
        Fit::GoTooOld(oldest)
    } else {
        Fit::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_within_other_text() {
        let table: &[(&str, Option<&str>)] = &[
            ("go1.24.4", Some("1.24.4")),
            ("go1.22", Some("1.22")),
            ("v1.25.1", Some("1.25.1")),
            ("1.21.0", Some("1.21.0")),
            ("go1.26rc1", Some("1.26")),
            ("devel go1.26-abc", Some("1.26")),
            ("(devel)", None),
            ("go", None),
            ("", None),
        ];
        for (text, version) in table {
            assert_eq!(Version::parse(text).map(|version| version.to_string()).as_deref(), *version, "{text}");
        }
    }

    #[test]
    fn a_delve_supports_the_go_versions_of_its_release() {
        let of = |text: &str| Version::parse(text).unwrap();
        let too_new = |newest| Fit::DelveTooOld(Version::new(1, newest));
        let too_old = |oldest| Fit::GoTooOld(Version::new(1, oldest));
        let table = [
            ("v1.24.1", None, "go1.24.4", Fit::Good),
            ("v1.24.1", None, "go1.21.0", Fit::Good),
            ("v1.24.1", None, "go1.20.14", too_old(21)),
            ("v1.20.2", None, "go1.24.4", too_new(20)),
            ("v1.20.2", None, "go1.17", too_old(18)),
            // This Delve was released before the Go of the same number.
            ("v1.25.0", Some("go1.25.0"), "go1.25.0", too_new(24)),
            ("v1.25.1", Some("go1.24.1"), "go1.25.0", Fit::DelveBuiltTooOld),
            ("v1.25.2", Some("go1.25.0"), "go1.25.3", Fit::Good),
            ("v1.25.1", Some("go1.24.1"), "go1.24.1", Fit::Good),
            ("v1.25.0", None, "go1.21.5", Fit::Good),
            ("v1.25.1", None, "go1.21.5", too_old(22)),
            ("v1.25.2", None, "go1.22.5", Fit::Good),
            ("v1.26.3", None, "go1.24.5", Fit::Good),
            ("v1.26.0", Some("go1.26.0"), "go1.23.4", too_old(24)),
            ("v1.27.1", Some("go1.27.0"), "go1.28rc1", too_new(27)),
            ("v1.30.0", Some("go1.30.0"), "go1.27", Fit::Good),
            // Before both had the same number.
            ("v1.3.1", None, "go1.14", too_new(13)),
            ("v1.9.0", None, "go1.20.8", too_new(19)),
            ("v1.9.1", None, "go1.17", Fit::Good),
            ("v1.7.1", None, "go1.14.13", too_old(15)),
        ];
        for (delve, built, go, expected) in table {
            assert_eq!(fit(of(delve), built.map(of), of(go)), expected, "{delve} and {go}");
        }
    }

    #[test]
    fn the_suggested_delve_supports_that_go() {
        for minor in 16..=27 {
            let go = Version::new(1, minor);
            let Some(delve) = last_for(go).and_then(Version::parse) else {
                assert!(minor >= 25, "{go}");
                continue;
            };
            assert_eq!(fit(delve, Some(go), go), Fit::Good, "{delve} and {go}");
        }
    }
}
