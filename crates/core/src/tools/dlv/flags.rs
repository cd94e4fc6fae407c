//! Table of the flags of `dlv` and their values: one row a flag and subcommand, versions 1.20 to 1.27 in one table.
//!
//! The source is delve's `cmd/dlv/cmds/commands.go` in all its tags. The same name may take a value under one
//! subcommand and none under another (`-v` of `trace` and of `version`), so a row is looked up by subcommand and name.
//! Rows contain the names: a table of pointers would cost a relocation for each row at every start.

/// Subcommand of `dlv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subcommand {
    /// `attach PID [EXECUTABLE]`
    Attach,
    /// `connect ADDR`
    Connect,
    /// `core EXECUTABLE CORE`
    Core,
    /// `dap`
    Dap,
    /// `debug [PACKAGE | FILE.go ...]`
    Debug,
    /// `exec BINARY [ARG ...]`
    Exec,
    /// `replay TRACE_DIR`; exists only if `rr` is on PATH
    Replay,
    /// `run`: deprecated, prints a line
    Run,
    /// `test [PACKAGE | FILE_test.go ...]`
    Test,
    /// `trace [PACKAGE ...] REGEXP`
    Trace,
    /// `version`
    Version,
    /// `substitute-path-guess-helper`, for editors
    PathGuess,
    /// `backend`, `log`, `redirect`: help pages
    Topic,
    /// `help [COMMAND]`
    Help,
    /// `completion SHELL`
    Completion,
}

/// The condition on which a subcommand opens a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serves {
    /// Unless it connects to its client (`--client-addr`).
    Always,
    /// With `--headless`.
    Headless,
    /// Never: `trace` only warns about `--headless`, and `connect` is the client.
    Never,
}

const LONGEST_SUBCOMMAND: usize = 28;

/// A subcommand: its name and its condition to listen.
struct SubcommandRow {
    subcommand: Subcommand,
    serves: Serves,
    len: u8,
    name: [u8; LONGEST_SUBCOMMAND],
}

impl SubcommandRow {
    fn name(&self) -> &[u8] {
        self.name.get(..usize::from(self.len)).unwrap_or_default()
    }
}

const fn subcommand(name: &str, subcommand: Subcommand, serves: Serves) -> SubcommandRow {
    let from = name.as_bytes();
    let mut inline = [0; LONGEST_SUBCOMMAND];
    let mut i = 0;
    while i < from.len() {
        inline[i] = from[i];
        i += 1;
    }
    SubcommandRow { subcommand, serves, len: from.len() as u8, name: inline }
}

/// The subcommands. delve has no aliases, and cobra accepts no abbreviation.
static SUBCOMMANDS: [SubcommandRow; 17] = [
    subcommand("attach", Subcommand::Attach, Serves::Headless),
    subcommand("backend", Subcommand::Topic, Serves::Never),
    subcommand("completion", Subcommand::Completion, Serves::Never),
    subcommand("connect", Subcommand::Connect, Serves::Never),
    subcommand("core", Subcommand::Core, Serves::Headless),
    subcommand("dap", Subcommand::Dap, Serves::Always),
    subcommand("debug", Subcommand::Debug, Serves::Headless),
    subcommand("exec", Subcommand::Exec, Serves::Headless),
    subcommand("help", Subcommand::Help, Serves::Never),
    subcommand("log", Subcommand::Topic, Serves::Never),
    subcommand("redirect", Subcommand::Topic, Serves::Never),
    subcommand("replay", Subcommand::Replay, Serves::Headless),
    subcommand("run", Subcommand::Run, Serves::Never),
    subcommand("substitute-path-guess-helper", Subcommand::PathGuess, Serves::Never),
    subcommand("test", Subcommand::Test, Serves::Headless),
    subcommand("trace", Subcommand::Trace, Serves::Never),
    subcommand("version", Subcommand::Version, Serves::Never),
];

impl Subcommand {
    /// Returns the subcommand of that name.
    #[must_use]
    pub fn named(word: &[u8]) -> Option<Self> {
        SUBCOMMANDS.iter().find(|row| row.name() == word).map(|row| row.subcommand)
    }

    /// Returns the condition on which it opens a listener.
    #[must_use]
    pub fn serves(self) -> Serves {
        SUBCOMMANDS.iter().find(|row| row.subcommand == self).map_or(Serves::Never, |row| row.serves)
    }

    /// Returns the names of all subcommands.
    #[cfg(test)]
    pub(crate) fn names() -> impl Iterator<Item = &'static [u8]> {
        SUBCOMMANDS.iter().map(SubcommandRow::name)
    }
}

/// Value of a flag, as delve reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagValue {
    /// None, or `=BOOL` in the same argument.
    Bool,
    /// A value that is no path.
    Text,
    /// A file or directory that is read.
    Path,
    /// A file that is written.
    Output,
    /// A path, or the number of an open descriptor.
    PathOrFd,
    /// `[stdin:|stdout:|stderr:]PATH`.
    Redirect,
    /// `HOST:PORT` or `unix:PATH`, of another program.
    Address,
    /// `HOST:PORT` or `unix:PATH`, of dlv.
    ListenAddress,
    /// Flags for `go build`, in delve's quoting.
    BuildFlags,
}

const LONGEST: usize = 30;

/// One flag of one subcommand.
#[derive(Debug, Clone, Copy)]
pub struct FlagRow {
    /// Subcommand that has it; `None` for all.
    pub on: Option<Subcommand>,
    /// The letter after a single dash, or 0.
    pub short: u8,
    /// Value that it takes.
    pub takes: FlagValue,
    /// The first version, 1.MINOR.PATCH, that has it; (20, 0) means 1.20.0 or earlier.
    pub since: (u8, u8),
    name: [u8; LONGEST],
    len: u8,
}

impl FlagRow {
    /// Returns the name after two dashes.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.name.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn known_to(&self, subcommand: Option<Subcommand>) -> bool {
        self.on.is_none() || self.on == subcommand
    }
}

/// Returns the row of `--NAME` under `subcommand`, or before any.
#[must_use]
pub fn long(subcommand: Option<Subcommand>, name: &[u8]) -> Option<&'static FlagRow> {
    ROWS.iter().find(|row| row.known_to(subcommand) && row.name() == name)
}

/// Returns the row of `-C` under `subcommand`, or before any.
#[must_use]
pub fn short(subcommand: Option<Subcommand>, letter: u8) -> Option<&'static FlagRow> {
    ROWS.iter().find(|row| letter != 0 && row.short == letter && row.known_to(subcommand))
}

const fn row(on: Option<Subcommand>, name: &str, short: u8, takes: FlagValue, since: (u8, u8)) -> FlagRow {
    let from = name.as_bytes();
    let mut inline = [0; LONGEST];
    let mut i = 0;
    while i < from.len() {
        inline[i] = from[i];
        i += 1;
    }
    FlagRow { on, short, takes, since, name: inline, len: from.len() as u8 }
}

const fn all(name: &str, short: u8, takes: FlagValue) -> FlagRow {
    row(None, name, short, takes, OLD)
}

const fn on(subcommand: Subcommand, name: &str, short: u8, takes: FlagValue, since: (u8, u8)) -> FlagRow {
    row(Some(subcommand), name, short, takes, since)
}

const OLD: (u8, u8) = (20, 0);

/// The table.
pub const ROWS: &[FlagRow] = {
    use FlagValue::{Address, Bool, BuildFlags, ListenAddress, Output, Path, PathOrFd, Redirect, Text};
    use Subcommand::{Attach, Completion, Core, Dap, Debug, Exec, Replay, Test, Trace, Version};
    &[
        all("accept-multiclient", 0, Bool),
        all("allow-non-terminal-interactive", 0, Bool),
        all("api-version", 0, Text),
        all("backend", 0, Text),
        all("build-flags", 0, BuildFlags),
        all("check-go-version", 0, Bool),
        all("disable-aslr", 0, Bool),
        all("headless", 0, Bool),
        all("help", b'h', Bool),
        all("init", 0, Path),
        all("listen", b'l', ListenAddress),
        all("log", 0, Bool),
        all("log-dest", 0, PathOrFd),
        all("log-output", 0, Text),
        all("only-same-user", 0, Bool),
        all("redirect", b'r', Redirect),
        all("wd", 0, Path),
        on(Attach, "continue", 0, Bool, OLD),
        on(Attach, "waitfor", 0, Text, (21, 2)),
        on(Attach, "waitfor-interval", 0, Text, (21, 2)),
        on(Attach, "waitfor-duration", 0, Text, (21, 2)),
        on(Core, "core", b'c', Bool, OLD),
        on(Dap, "client-addr", 0, Address, OLD),
        on(Debug, "continue", 0, Bool, OLD),
        on(Debug, "output", 0, Output, OLD),
        on(Debug, "rr-cleanup", 0, Bool, (26, 0)),
        on(Debug, "tty", 0, Path, OLD),
        on(Exec, "continue", 0, Bool, OLD),
        on(Exec, "rr-cleanup", 0, Bool, (26, 0)),
        on(Exec, "tty", 0, Path, OLD),
        on(Replay, "onprocess", b'p', Text, (20, 2)),
        on(Test, "output", 0, Output, OLD),
        on(Trace, "ebpf", 0, Bool, OLD),
        on(Trace, "exec", b'e', Path, OLD),
        on(Trace, "follow-calls", 0, Text, (23, 0)),
        on(Trace, "output", 0, Output, OLD),
        on(Trace, "pid", b'p', Text, OLD),
        on(Trace, "stack", b's', Text, OLD),
        on(Trace, "test", b't', Bool, OLD),
        on(Trace, "timestamp", 0, Bool, (21, 0)),
        on(Trace, "verbose", b'v', Text, (26, 2)),
        on(Version, "verbose", b'v', Bool, OLD),
        on(Completion, "no-descriptions", 0, Bool, OLD),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_found_by_subcommand_and_name() {
        for (subcommand, name, takes) in [
            (None, "listen", Some(FlagValue::ListenAddress)),
            (Some(Subcommand::Exec), "listen", Some(FlagValue::ListenAddress)),
            (None, "tty", None),
            (Some(Subcommand::Test), "tty", None),
            (Some(Subcommand::Debug), "tty", Some(FlagValue::Path)),
            (Some(Subcommand::Trace), "verbose", Some(FlagValue::Text)),
            (Some(Subcommand::Version), "verbose", Some(FlagValue::Bool)),
            (Some(Subcommand::Dap), "Listen", None),
            (Some(Subcommand::Dap), "liste", None),
            (Some(Subcommand::Dap), "", None),
        ] {
            assert_eq!(long(subcommand, name.as_bytes()).map(|row| row.takes), takes, "{subcommand:?} --{name}");
        }
    }

    #[test]
    fn the_subcommand_determines_the_meaning_of_a_letter() {
        for (subcommand, letter, name) in [
            (None, b'l', Some("listen")),
            (None, b'p', None),
            (Some(Subcommand::Trace), b'p', Some("pid")),
            (Some(Subcommand::Replay), b'p', Some("onprocess")),
            (Some(Subcommand::Core), b'c', Some("core")),
            (Some(Subcommand::Debug), 0, None),
        ] {
            let found = short(subcommand, letter).map(|row| String::from_utf8_lossy(row.name()).into_owned());
            assert_eq!(found.as_deref(), name, "{subcommand:?} -{}", letter as char);
        }
    }

    #[test]
    fn no_subcommand_knows_a_name_or_a_letter_twice() {
        for (i, row) in ROWS.iter().enumerate() {
            for other in &ROWS[i + 1..] {
                let together = row.on.is_none() || other.on.is_none() || row.on == other.on;
                assert!(!together || row.name() != other.name(), "{row:?} {other:?}");
                assert!(!together || row.short == 0 || row.short != other.short, "{row:?} {other:?}");
            }
        }
    }
}
