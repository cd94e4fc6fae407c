//! The environment variables that Go reads and the kinds of their values; one row a variable, Go 1.19 to 1.27.
//!
//! `internal/cfg/cfg.go` lists the variables that `go env -w` may set; the others are read by Go's programs. Variables
//! that only Windows programs read (`USERPROFILE`, `TEMP` …) are not listed: Windows sets them. `PATH` is handled by
//! the search for the tool.
//!
//! Rows contain the names. A table of pointers would cost a relocation for each row at every start.

/// Kind of a variable's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum VariableKind {
    /// A directory.
    Dir,
    /// A file.
    File,
    /// Directories, separated as `PATH` is: `:` on Linux, `;` on Windows.
    List,
    /// Flags of `go`, in cmd/go's quoting.
    Flags,
    /// Flags of a C compiler or linker. Paths in them cannot be distinguished from other text.
    CompilerFlags,
    /// A program, by name or by path, perhaps with arguments.
    Program,
    /// A program, by name or by path, without arguments.
    Executable,
    /// Addresses; one with `file:` has a path.
    Addresses,
    /// A value that is no path.
    Text,
    /// A value that Go computes: `go env` prints it, and the environment is ignored.
    Output,
}

impl VariableKind {
    /// Returns true for a command line or its flags. A path in one cannot be distinguished from other text.
    #[must_use]
    pub fn is_command_line(name: &[u8]) -> bool {
        matches!(kind(name), Some(VariableKind::Program | VariableKind::CompilerFlags))
    }
}

/// Words in a path variable that are no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum NonPathWords {
    None,
    Off,
    OffOrAuto,
}

/// Answer of `go env -w` for a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Settability {
    Settable,
    Other,
}

/// Length of the longest name, in bytes.
const LONGEST: usize = 23;

struct Variable {
    kind: VariableKind,
    words: NonPathWords,
    access: Settability,
    length: u8,
    name: [u8; LONGEST],
}

impl Variable {
    const fn name(&self) -> &[u8] {
        self.name.split_at(self.length as usize).0
    }

    const fn or(self, words: NonPathWords) -> Self {
        Variable { words, ..self }
    }
}

const fn row(name: &str, kind: VariableKind, access: Settability) -> Variable {
    let name = name.as_bytes();
    let mut bytes = [0; LONGEST];
    let mut at = 0;
    while at < name.len() {
        bytes[at] = name[at];
        at += 1;
    }
    Variable { kind, words: NonPathWords::None, access, length: name.len() as u8, name: bytes }
}

const fn settable(name: &str, kind: VariableKind) -> Variable {
    row(name, kind, Settability::Settable)
}

const fn other(name: &str, kind: VariableKind) -> Variable {
    row(name, kind, Settability::Other)
}

use NonPathWords::{Off, OffOrAuto};
use VariableKind::{Addresses, CompilerFlags, Dir, Executable, File, Flags, List, Output, Program, Text};

/// The variables sorted by name, for binary search.
static VARIABLES: [Variable; 83] = [
    settable("AR", Program),
    settable("CC", Program),
    settable("CGO_CFLAGS", CompilerFlags),
    settable("CGO_CFLAGS_ALLOW", Text),
    settable("CGO_CFLAGS_DISALLOW", Text),
    settable("CGO_CPPFLAGS", CompilerFlags),
    settable("CGO_CPPFLAGS_ALLOW", Text),
    settable("CGO_CPPFLAGS_DISALLOW", Text),
    settable("CGO_CXXFLAGS", CompilerFlags),
    settable("CGO_CXXFLAGS_ALLOW", Text),
    settable("CGO_CXXFLAGS_DISALLOW", Text),
    settable("CGO_ENABLED", Text),
    settable("CGO_FFLAGS", CompilerFlags),
    settable("CGO_FFLAGS_ALLOW", Text),
    settable("CGO_FFLAGS_DISALLOW", Text),
    settable("CGO_LDFLAGS", CompilerFlags),
    settable("CGO_LDFLAGS_ALLOW", Text),
    settable("CGO_LDFLAGS_DISALLOW", Text),
    settable("CXX", Program),
    settable("FC", Program),
    settable("GCCGO", Program),
    other("GCCGOTOOLDIR", Dir),
    other("GIT_ALLOW_PROTOCOL", Text),
    other("GIT_CONFIG_GLOBAL", File),
    other("GIT_DIR", Dir),
    other("GIT_SSH", Executable),
    other("GIT_SSH_COMMAND", Program),
    settable("GO111MODULE", Text),
    settable("GO386", Text),
    settable("GOAMD64", Text),
    settable("GOARCH", Text),
    settable("GOARM", Text),
    settable("GOARM64", Text),
    settable("GOAUTH", Text),
    settable("GOBIN", Dir),
    settable("GOCACHE", Dir).or(Off),
    settable("GOCACHEPROG", Program),
    other("GOCOVERDIR", Dir),
    other("GODEBUG", Text),
    settable("GOENV", File).or(Off),
    settable("GOEXE", Output),
    settable("GOEXPERIMENT", Text),
    settable("GOFIPS140", Text),
    settable("GOFLAGS", Flags),
    settable("GOGCCFLAGS", Output),
    settable("GOHOSTARCH", Output),
    settable("GOHOSTOS", Output),
    settable("GOINSECURE", Text),
    settable("GOMIPS", Text),
    settable("GOMIPS64", Text),
    other("GOMOD", Output),
    settable("GOMODCACHE", Dir),
    settable("GONOPROXY", Text),
    settable("GONOSUMDB", Text),
    settable("GOOS", Text),
    other("GOPACKAGESDRIVER", Executable).or(Off),
    settable("GOPATH", List),
    settable("GOPPC64", Text),
    settable("GOPRIVATE", Text),
    settable("GOPROXY", Addresses),
    settable("GORISCV64", Text),
    settable("GOROOT", Dir),
    other("GOROOT_FINAL", Dir),
    settable("GOSUMDB", Text),
    other("GOTELEMETRYDIR", Output),
    settable("GOTMPDIR", Dir),
    settable("GOTOOLCHAIN", Text),
    settable("GOTOOLDIR", Output),
    settable("GOVCS", Text),
    settable("GOWASM", Text),
    settable("GOWORK", File).or(OffOrAuto),
    settable("GO_EXTLINK_ENABLED", Text),
    other("HOME", Dir),
    other("NETRC", File),
    settable("PKG_CONFIG", Program),
    other("PKG_CONFIG_LIBDIR", List),
    other("PKG_CONFIG_PATH", List),
    other("PWD", Dir),
    other("SSL_CERT_DIR", List),
    other("SSL_CERT_FILE", File),
    other("TMPDIR", Dir),
    other("XDG_CACHE_HOME", Dir),
    other("XDG_CONFIG_HOME", Dir),
];

/// Bit set of the first letters of the names. Every call looks up every variable of its environment, and the first
/// letter excludes most.
const INITIALS: u32 = {
    let (mut letters, mut at) = (0, 0);
    while at < VARIABLES.len() {
        letters |= initial(VARIABLES[at].name[0]);
        at += 1;
    }
    letters
};

const fn initial(letter: u8) -> u32 {
    if letter.is_ascii_uppercase() { 1 << (letter - b'A') } else { 0 }
}

/// Returns true for a byte that the name of a Go variable may begin with.
#[must_use]
pub fn is_initial(byte: u8) -> bool {
    initial(byte) & INITIALS != 0
}

fn find(name: &[u8]) -> Option<&'static Variable> {
    if !is_initial(*name.first()?) {
        return None;
    }
    let at = VARIABLES.binary_search_by(|variable| variable.name().cmp(name)).ok()?;
    VARIABLES.get(at)
}

/// Returns the kind of the variable's value, if it is a Go variable.
#[must_use]
pub fn kind(name: &[u8]) -> Option<VariableKind> {
    find(name).map(|variable| variable.kind)
}

/// Returns true if `go env -w` accepts the variable. It refuses outputs.
#[must_use]
pub fn is_settable(name: &[u8]) -> bool {
    find(name).is_some_and(|variable| variable.access == Settability::Settable)
}

/// Returns true if this value of the variable is a path or a list of paths. A word such as `off` is not.
#[must_use]
pub fn is_path(name: &[u8], value: &[u8]) -> bool {
    find(name).is_some_and(|variable| {
        let word = match variable.words {
            NonPathWords::None => false,
            NonPathWords::Off => value == b"off",
            NonPathWords::OffOrAuto => matches!(value, b"off" | b"auto"),
        };
        matches!(variable.kind, Dir | Executable | File | List) && !value.is_empty() && !word
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ascend_and_begin_with_capitals() {
        assert!(VARIABLES.iter().all(|variable| initial(variable.name[0]) & INITIALS != 0));
        assert!(VARIABLES.is_sorted_by(|left, right| left.name() < right.name()));
    }

    #[test]
    fn a_variable_has_its_kind_of_value() {
        for (name, expected) in [
            ("GOPATH", Some(List)),
            ("GOROOT", Some(Dir)),
            ("GOENV", Some(File)),
            ("HOME", Some(Dir)),
            ("GOFLAGS", Some(Flags)),
            ("CGO_LDFLAGS", Some(CompilerFlags)),
            ("CC", Some(Program)),
            ("GOPROXY", Some(Addresses)),
            ("GOSUMDB", Some(Text)),
            ("GIT_SSH", Some(Executable)),
            ("GOTOOLDIR", Some(Output)),
            ("TEMP", None),
            ("PATH", None),
            ("gopath", None),
            ("GOPAT", None),
            ("GOPATHS", None),
            ("", None),
        ] {
            assert_eq!(kind(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn a_special_word_of_a_variable_is_no_path() {
        for (assignment, expected) in [
            ("GOCACHE=off", false),
            ("GOCACHE=C:\\c", true),
            ("GOCACHE=auto", true),
            ("GOWORK=off", false),
            ("GOWORK=auto", false),
            ("GOWORK=/p/go.work", true),
            ("GOENV=off", false),
            ("GOENV=", false),
            ("GOPATH=off", true),
            ("GOFLAGS=-modfile=x", false),
            ("GOTOOLCHAIN=C:\\x", false),
            ("GOTOOLDIR=C:\\x", false),
        ] {
            let (name, value) = assignment.split_once('=').expect("an assignment");
            assert_eq!(is_path(name.as_bytes(), value.as_bytes()), expected, "{assignment}");
        }
    }
}
