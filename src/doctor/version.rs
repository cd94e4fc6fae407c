//! Versions of Go and of Delve, and which of them go together.
//!
//! Since 1.20 a Delve supports Go up to the release of its own number (`pkg/goversion`), and it reads debug information in
//! DWARF 5, which Go 1.25 writes, only where Go 1.25 built it.

use std::fmt;

/// `go1.24.4`, `1.21`, `v1.25.1`: the first two numbers, and the third where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
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
    pub const fn new(major: u32, minor: u32) -> Version {
        Version { major, minor, patch: None }
    }

    /// Reads the version at the start of the text, `go` or `v` in front of it or not. A suffix such as `rc1` is no
    /// matter here.
    #[must_use]
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.trim_start_matches("devel ").trim_start_matches("go").trim_start_matches('v');
        let mut numbers = text.split('.').map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..digits)?.parse().ok()
        });
        Some(Version { major: numbers.next()??, minor: numbers.next()??, patch: numbers.next().flatten() })
    }

    /// The release, without its patches.
    #[must_use]
    pub fn release(self) -> Version {
        Version { patch: None, ..self }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

/// How a Delve and a Go go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// They do.
    Good,
    /// Delve refuses programs of this Go: the highest release that it takes.
    DelveTooOld(Version),
    /// Delve cannot read the debug information that this Go writes, because of the Go that Delve was built with.
    DelveBuiltTooOld,
    /// Delve has given this Go up.
    GoTooOld,
}

/// The first release that writes DWARF 5.
const DWARF5: Version = Version::new(1, 25);

/// How far behind it a Delve supports Go, in releases; it has always been three or more.
const SUPPORT: u32 = 4;

/// Do they go together? `built_with` is the Go that Delve was built with.
#[must_use]
pub fn fit(delve: Version, built_with: Option<Version>, go: Version) -> Fit {
    let highest = delve.release();
    // Before 1.20 the numbers had nothing to do with each other; such a Delve is older than any Go that still works.
    if go.release() > highest {
        Fit::DelveTooOld(highest)
    } else if go.release() >= DWARF5 && built_with.is_some_and(|built| built.release() < DWARF5) {
        Fit::DelveBuiltTooOld
    } else if delve.minor > go.minor + SUPPORT {
        Fit::GoTooOld
    } else {
        Fit::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_stands_around_them() {
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
    fn a_delve_serves_the_go_of_its_time() {
        let of = |text: &str| Version::parse(text).unwrap();
        let table = [
            ("v1.24.1", None, "go1.24.4", Fit::Good),
            ("v1.24.1", None, "go1.22", Fit::Good),
            ("v1.20.2", None, "go1.24.4", Fit::DelveTooOld(Version::new(1, 20))),
            ("v1.25.1", Some("go1.24.1"), "go1.25.0", Fit::DelveBuiltTooOld),
            ("v1.25.1", Some("go1.25.0"), "go1.25.0", Fit::Good),
            ("v1.25.1", Some("go1.24.1"), "go1.24.1", Fit::Good),
            ("v1.25.1", None, "go1.19.3", Fit::GoTooOld),
        ];
        for (delve, built, go, expected) in table {
            assert_eq!(fit(of(delve), built.map(of), of(go)), expected, "{delve} and {go}");
        }
    }
}
