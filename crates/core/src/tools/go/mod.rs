//! Grammar of `go` command lines, as cmd/go reads them: one token an argument, in one pass.
//!
//! The rules are those of cmd/go: `main.go` (`handleChdirFlag`, `lookupCmd`) for the command, Go's `flag` package for
//! the flags, `internal/test/testflag.go` and `internal/vet/vetflag.go` for commands that parse their own flags, and
//! `internal/run/run.go` for the program of `go run`. No file is looked up: cmd/go checks if an argument that ends in
//! `.go` is a file, but both answers give the same token.

pub mod command;
pub mod flags;
pub mod quoted;
pub(crate) mod syntax;
pub mod variables;

use core::ops::Range;

use crate::prelude::*;
use crate::tools::go::command::{Command, FlagSyntax, Operands};
use crate::tools::go::flags::Takes;
use crate::tools::go::quoted::{QuotedWord, Unterminated};
use crate::tools::go::syntax::{ArgShape, Spelling, shape};
use crate::tools::test_binary;
use crate::tools::token::{PathKind, Role, Slot, Token};

/// A parsed `go` command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoCommandLine<'a> {
    /// The command, or the group (`mod`) if no command of it is named.
    pub command: Option<Command>,
    /// One token an argument; the first is the program's name.
    pub tokens: Vec<Token<'a>>,
    /// The directory that cmd/go changes to before it reads anything else.
    pub chdir: Option<ArgRange>,
    /// Point at which cmd/go stops reading, if it does.
    pub stop: Option<Stop>,
}

/// A byte range of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgRange {
    /// Index of the argument; the program's name is 0.
    pub index: usize,
    /// Byte range in the argument.
    pub bytes: Range<usize>,
}

/// The point at which cmd/go stops reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Index of the argument.
    pub index: usize,
    /// Reason.
    pub why: StopReason,
}

/// Reason why cmd/go stops reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The command does not exist.
    UnknownCommand,
    /// The command does not have the flag.
    UnknownFlag,
    /// `---x` or `-=x`.
    BadSyntax,
    /// The last argument is a flag that needs a value.
    MissingValue,
    /// `-h`.
    Help,
}

/// Returns the token of every argument of a `go` line, with the program's name.
#[must_use]
pub fn scan<'a>(argv: &[&'a [u8]]) -> GoCommandLine<'a> {
    let tokens = Vec::with_capacity(argv.len());
    let mut scan = Scan { argv, line: GoCommandLine { command: None, tokens, chdir: None, stop: None }, mode: false };
    scan.push(Token::plain(Role::Argv0));
    if let Err(stop) = scan.read() {
        scan.line.stop = Some(stop);
    }
    let unplaced = argv.len().saturating_sub(scan.line.tokens.len());
    scan.line.tokens.extend(core::iter::repeat_n(Token::plain(Role::Unparsed), unplaced));
    scan.line.tokens.truncate(argv.len());
    scan.line
}

/// One flag of `GOFLAGS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoFlag {
    /// The element, with its quotes.
    pub field: QuotedWord,
    /// The bytes of `GOFLAGS` (not of the element) that are a path.
    pub slot: Option<Slot>,
}

/// Parses the flags of `GOFLAGS`: each is `-name` or `-name=value` of any command.
///
/// # Errors
/// Returns an error if a quote is not closed, as cmd/go does.
pub fn scan_goflags(value: &[u8]) -> Result<Vec<GoFlag>, Unterminated> {
    let place = |field: QuotedWord| {
        let element = value.get(field.inner.clone()).unwrap_or_default();
        let slot = match shape(element) {
            ArgShape::Flag(flag) => flag.inline().zip(flag.value).and_then(|(text, start)| {
                let kind = flags::find_anywhere(flag.name)?.kind(text)?;
                Some(Slot { bytes: field.inner.start + start..field.inner.end, kind })
            }),
            _ => None,
        };
        GoFlag { field, slot }
    };
    Ok(quoted::split(value)?.into_iter().map(place).collect())
}

/// Returns the byte range of NEW in `OLD[@v]=NEW[@v]`, without the blanks around it that cmd/go ignores.
#[must_use]
pub fn replacement(value: &[u8]) -> Option<Range<usize>> {
    let equals = value.iter().position(|&byte| byte == b'=')?;
    let (_, new) = value.split_at_checked(equals + 1)?;
    let end = value.len() - (new.len() - new.trim_ascii_end().len());
    Some(value.len() - new.trim_ascii_start().len()..end).filter(|new| !new.is_empty())
}

struct Scan<'s, 'a> {
    argv: &'s [&'a [u8]],
    line: GoCommandLine<'a>,
    /// True if `list -m` or `env -w` was found. That decides the kind of the operands.
    mode: bool,
}

/// Reading of a word by `go test`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packages {
    /// No package yet: the word starts the list of packages.
    Open,
    /// The word continues the list.
    Listing,
    /// The list has ended: the word belongs to the test binary.
    Closed,
    /// The list has ended, and the word follows a flag that only the test binary knows: it may be that flag's value.
    ClosedBeforeValue,
}

impl<'a> Scan<'_, 'a> {
    fn at(&self) -> usize {
        self.line.tokens.len()
    }

    fn next(&self) -> Option<&'a [u8]> {
        self.argv.get(self.at()).copied()
    }

    fn push(&mut self, token: Token<'a>) {
        self.line.tokens.push(token);
    }

    /// Places the remaining arguments, one by one.
    fn rest(&mut self, place: impl Fn(&'a [u8]) -> Token<'a>) {
        let left = self.argv.get(self.at()..).unwrap_or_default();
        self.line.tokens.extend(left.iter().map(|&arg| place(arg)));
    }

    fn stop(&self, why: StopReason) -> Stop {
        Stop { index: self.at(), why }
    }

    fn read(&mut self) -> Result<(), Stop> {
        let Some(command) = self.command()? else { return Ok(()) };
        match command.reader() {
            FlagSyntax::None => {}
            FlagSyntax::Standard | FlagSyntax::Lenient => self.flags(command)?,
            FlagSyntax::Test => return self.test(command),
        }
        self.operands(command);
        Ok(())
    }

    /// Places the words of the command. `-C` may be before, between or after them, but only once.
    fn command(&mut self) -> Result<Option<Command>, Stop> {
        self.chdir()?;
        let mut search = true;
        if self.next() == Some(b"--") {
            // The flags of `main` end here, and with them the search for `-C`.
            self.push(Token::plain(Role::Terminator));
            search = false;
        }
        let Some(word) = self.next() else { return Ok(None) };
        let mut command = Command::first(word).ok_or(self.stop(StopReason::UnknownCommand))?;
        self.name(command);
        search &= command != Command::Help;
        if command.is_group() {
            if search {
                self.chdir()?;
            }
            let Some(word) = self.next() else { return Ok(None) };
            // `go mod help tidy` is no command: it prints help and has no path.
            command = command.second(word).ok_or(self.stop(StopReason::UnknownCommand))?;
            self.name(command);
        }
        if search {
            self.chdir()?;
        }
        Ok(Some(command))
    }

    fn name(&mut self, command: Command) {
        self.line.command = Some(command);
        self.push(Token::plain(Role::Command));
    }

    /// Places `-C DIR` or `-C=DIR` if it is next and is the first. Without a directory it is left to the command, which
    /// refuses it.
    fn chdir(&mut self) -> Result<(), Stop> {
        let Some(arg) = self.next().filter(|_| self.line.chdir.is_none()) else { return Ok(()) };
        match shape(arg) {
            ArgShape::Flag(flag) if flag.name == b"C" && (flag.value.is_some() || self.at() + 1 < self.argv.len()) => {
                self.line.chdir = Some(self.flag(flag, Takes::Path)?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Places the flags up to the first operand.
    fn flags(&mut self, command: Command) -> Result<(), Stop> {
        while let Some(arg) = self.next() {
            match shape(arg) {
                ArgShape::Word => break,
                ArgShape::Malformed if command.reader() == FlagSyntax::Lenient => break,
                ArgShape::Malformed => return Err(self.stop(StopReason::BadSyntax)),
                ArgShape::Terminator => {
                    self.push(Token::plain(Role::Terminator));
                    break;
                }
                ArgShape::Flag(flag) => match command.flag(flag.name) {
                    Some(takes) => {
                        self.note_mode(command, flag);
                        let place = self.flag(flag, takes)?;
                        // `doc` has its own -C, and accepts it at any position among its flags.
                        if command == Command::Doc && flag.name == b"C" && self.line.chdir.is_none() {
                            self.line.chdir = Some(place);
                        }
                    }
                    None => return Err(self.unknown(command, flag)),
                },
            }
        }
        Ok(())
    }

    /// Places a known flag and its value. Returns the place of the value.
    fn flag(&mut self, flag: Spelling<'a>, takes: Takes) -> Result<ArgRange, Stop> {
        let (role, start) = match flag.value {
            _ if takes == Takes::Nothing => (flag.switch(), 0),
            Some(start) => (Role::FlagValue(flag.name), start),
            None => {
                let missing = self.stop(StopReason::MissingValue);
                self.push(Token::plain(Role::Flag(flag.name)));
                self.next().ok_or(missing)?;
                (Role::Value(flag.name), 0)
            }
        };
        let arg = self.next().unwrap_or_default();
        let place = ArgRange { index: self.at(), bytes: start..arg.len() };
        self.push(takes.token(role, arg, start));
        Ok(place)
    }

    /// Records `list -m` and `env -w`, which decide the kind of the operands. The last one counts.
    fn note_mode(&mut self, command: Command, flag: Spelling<'a>) {
        if matches!((command, flag.name), (Command::List, b"m") | (Command::Env, b"w")) {
            self.mode =
                flag.inline().is_none_or(|value| matches!(value, b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True"));
        }
    }

    /// Places an unknown flag and stops: the next argument may be its value or not.
    fn unknown(&mut self, command: Command, flag: Spelling<'a>) -> Stop {
        let help = match command.reader() {
            FlagSyntax::Standard | FlagSyntax::None => flag.asks_for_help(),
            FlagSyntax::Lenient | FlagSyntax::Test => flag.asks_cmd_go_for_help(),
        };
        let stop = self.stop(if help { StopReason::Help } else { StopReason::UnknownFlag });
        self.push(Token::plain(Role::Flag(flag.name)));
        stop
    }

    fn operands(&mut self, command: Command) {
        let path = |kind| move |arg: &'a [u8]| operand(Role::Positional, arg, kind);
        match command.operands() {
            Operands::Words => self.rest(|_| Token::plain(Role::Positional)),
            Operands::Topics => self.rest(|_| Token::plain(Role::HelpTopic)),
            Operands::PackagesOrModules if self.mode => self.rest(|_| Token::plain(Role::Positional)),
            Operands::Packages | Operands::PackagesOrModules => self.rest(path(PathKind::Package)),
            Operands::Paths => self.rest(path(PathKind::Path)),
            Operands::Variables if self.mode => self.rest(assignment),
            Operands::Variables => self.rest(|_| Token::plain(Role::Positional)),
            Operands::Doc => {
                self.one(path(PathKind::Package));
                self.rest(|_| Token::plain(Role::Positional));
            }
            Operands::Tool => {
                self.one(|_| Token::plain(Role::ToolName));
                self.rest(|_| Token::plain(Role::ToolArg));
            }
            Operands::Program => self.program(),
        }
    }

    fn one(&mut self, place: impl Fn(&'a [u8]) -> Token<'a>) {
        if let Some(arg) = self.next() {
            self.push(place(arg));
        }
    }

    /// Places the operands of `go run`: every leading argument that ends in `.go` is a file; without any, one argument
    /// is the package.
    fn program(&mut self) {
        let first = self.at();
        while let Some(arg) = self.next().filter(|arg| arg.ends_with(b".go")) {
            self.push(operand(Role::File, arg, PathKind::Path));
        }
        if self.at() == first && self.next().is_some_and(|arg| !arg.starts_with(b"-")) {
            self.one(|arg| operand(Role::Package, arg, PathKind::Package));
        }
        self.rest(|_| Token::plain(Role::ProgramArg));
    }

    /// Places the arguments of `go test`: known flags count at any position, the first run of words is the list of
    /// packages, and the rest belongs to the test binary.
    fn test(&mut self, command: Command) -> Result<(), Stop> {
        let mut packages = Packages::Open;
        // Value of the flag before this word, if only the test binary knows the flag.
        let mut takes = Takes::Text;
        while let Some(arg) = self.next() {
            let read = shape(arg);
            let flag = match read {
                ArgShape::Terminator => {
                    self.rest(|_| Token::plain(Role::TestArg));
                    return Ok(());
                }
                ArgShape::Flag(flag) => flag,
                ArgShape::Word | ArgShape::Malformed => {
                    match packages {
                        Packages::Open | Packages::Listing => {
                            packages = Packages::Listing;
                            self.push(operand(Role::Package, arg, PathKind::Package));
                        }
                        Packages::ClosedBeforeValue => {
                            packages = Packages::Closed;
                            self.push(takes.token(Role::TestArg, arg, 0));
                        }
                        Packages::Closed => {
                            self.rest(|_| Token::plain(Role::TestArg));
                            return Ok(());
                        }
                    }
                    continue;
                }
            };
            if flag.asks_cmd_go_for_help() {
                return Err(self.unknown(command, flag));
            }
            if let Some(takes) = command.flag(flag.name) {
                if packages != Packages::Open {
                    packages = Packages::Closed;
                }
                self.flag(flag, takes)?;
            } else if flag.name == b"args" && flag.value.is_none() {
                self.push(Token::plain(Role::ArgsMark));
                self.rest(|_| Token::plain(Role::TestArg));
                return Ok(());
            } else {
                takes = test_binary::flag(flag.name).unwrap_or(Takes::Text);
                packages = if flag.value.is_some() { Packages::Closed } else { Packages::ClosedBeforeValue };
                self.push(match flag.value {
                    Some(start) => takes.token(Role::TestArg, arg, start),
                    None => Token::plain(Role::TestArg),
                });
            }
        }
        Ok(())
    }
}

fn operand<'a>(role: Role<'a>, arg: &[u8], kind: PathKind) -> Token<'a> {
    if arg.is_empty() { Token::plain(role) } else { Token::path(role, arg, 0, kind) }
}

/// Returns the token of `NAME=VALUE`: VALUE is a path if the variable holds one.
fn assignment(arg: &[u8]) -> Token<'_> {
    let cut = arg.iter().position(|&byte| byte == b'=').and_then(|at| arg.split_at_checked(at));
    match cut {
        Some((name, [b'=', value @ ..]))
            if variables::is_path(name, value)
                || match variables::kind(name) {
                    Some(variables::VariableKind::Flags) => true,
                    Some(variables::VariableKind::Addresses) => value.windows(5).any(|scheme| scheme == b"file:"),
                    _ => false,
                } =>
        {
            Token::path(Role::Positional, arg, 0, PathKind::Assignment)
        }
        _ => Token::plain(Role::Positional),
    }
}
