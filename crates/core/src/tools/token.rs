//! Meaning of one argument to the tool that reads it.
//!
//! A grammar (`go`, `dlv`) turns an argument list into one [`Token`] an argument. The token has the role that the
//! tool's parser gives to the argument, and the bytes that the tool uses as a path. Only those bytes may be translated.

use core::ops::Range;

/// The role of an argument in a command line, in the words of cmd/go and cobra.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role<'a> {
    /// The program's own name.
    Argv0,
    /// A word of the command: `build`, or both words of `mod tidy`.
    Command,
    /// A flag whose value is the next argument (or is missing): `-o`.
    Flag(&'a [u8]),
    /// The value of the flag before it.
    Value(&'a [u8]),
    /// A flag and its value in one argument: `-o=x`, `-lADDR`.
    FlagValue(&'a [u8]),
    /// A flag that takes no separate value: `-v`, `-race`.
    BoolFlag(&'a [u8]),
    /// The `--` that ends the flags.
    Terminator,
    /// A positional argument of a command for which packages and files have the same positions.
    Positional,
    /// A package of `go run` or `go test`.
    Package,
    /// A `.go` file of `go run`.
    File,
    /// An argument of the program that `go run` or `dlv` starts.
    ProgramArg,
    /// An argument of the test binary.
    TestArg,
    /// `go test`'s `-args`.
    ArgsMark,
    /// The name of `go tool NAME`.
    ToolName,
    /// An argument after the name of `go tool NAME`.
    ToolArg,
    /// A topic of `go help`.
    HelpTopic,
    /// An argument that the grammar cannot place.
    Unparsed,
}

/// Kind of a path, as the tool reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// One file or directory that is read.
    Path,
    /// One file or directory that is written, under any given name.
    Output,
    /// A package: a directory, a pattern with `...`, a `.go` file, or an import path (which is no path).
    Package,
    /// Package patterns, separated by commas (`-coverpkg`).
    PackageList,
    /// A command line of which the first word is a program; cmd/go's quoting (`-exec`, `-toolexec`).
    Command,
    /// `OLD[@v]=NEW[@v]`, where NEW may be a directory (`mod edit -replace`).
    Replacement,
    /// `NAME=VALUE` of `go env -w`; the variable NAME decides the kind of VALUE.
    Assignment,
    /// Flags of `go build` in delve's quoting (`dlv --build-flags`).
    BuildFlags,
    /// Flags of `go test -c` in delve's quoting (`dlv test`, `dlv trace --test`).
    TestFlags,
    /// `[stdin:|stdout:|stderr:]PATH` (`dlv -r`).
    Redirect,
    /// The number of an open descriptor, or a path (`dlv --log-dest`).
    PathOrFd,
    /// `unix:PATH`, or an address that is no path (`dlv --client-addr`).
    Address,
    /// The same, where the tool makes the socket (`dlv --listen`).
    ListenAddress,
}

/// The bytes of an argument that are a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Byte range in the argument.
    pub bytes: Range<usize>,
    /// Kind of the path.
    pub kind: PathKind,
}

/// One argument with its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// The role.
    pub role: Role<'a>,
    /// The bytes that the tool uses as a path, if any.
    pub slot: Option<Slot>,
}

impl<'a> Token<'a> {
    /// Returns a token without a path.
    #[must_use]
    pub fn plain(role: Role<'a>) -> Self {
        Token { role, slot: None }
    }

    /// Returns a token whose bytes from `start` to the end of `arg` are a path.
    #[must_use]
    pub fn path(role: Role<'a>, arg: &[u8], start: usize, kind: PathKind) -> Self {
        Token { role, slot: Some(Slot { bytes: start..arg.len(), kind }) }
    }
}
