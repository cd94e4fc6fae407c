//! Grammar of `go` command lines, as cmd/go reads them: one token an argument, in one pass.
//!
//! The rules are cmd/go's own: `main.go` (`handleChdirFlag`, `lookupCmd`) for the command, Go's `flag` package for the
//! flags, `internal/test/testflag.go` and `internal/vet/vetflag.go` for the commands that read their own, and
//! `internal/run/run.go` for what `go run` runs. Nothing is looked up on the disk: cmd/go asks whether an argument that
//! ends in `.go` is a file, and where it does, both answers are the same token here.

pub mod command;
pub mod flags;
pub mod quoted;
pub mod syntax;
pub mod variables;

use core::ops::Range;

use crate::prelude::*;
use crate::tools::go::command::{Command, Operands, Reader};
use crate::tools::go::flags::Takes;
use crate::tools::go::quoted::{Field, Unterminated};
use crate::tools::go::syntax::{Shape, Spelling, shape};
use crate::tools::token::{PathKind, Role, Slot, Token};

/// A `go` command line, placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// The command, or the group (`mod`) where no command of it is named.
    pub command: Option<Command>,
    /// One token an argument, the first being the program's name.
    pub tokens: Vec<Token<'a>>,
    /// The directory that cmd/go changes to before it reads anything else.
    pub chdir: Option<Place>,
    /// Point at which cmd/go stops reading, if it does.
    pub stop: Option<Stop>,
}

/// Some bytes of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Index of the argument; the program's name is 0.
    pub index: usize,
    /// Byte range in the argument.
    pub bytes: Range<usize>,
}

/// The end of what can be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// The argument at which cmd/go gives up.
    pub index: usize,
    /// Reason.
    pub why: StopReason,
}

/// Reason why cmd/go stops reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// There is no such command.
    UnknownCommand,
    /// The command has no such flag.
    UnknownFlag,
    /// `---x` or `-=x`.
    BadSyntax,
    /// The last argument is a flag that needs a value.
    MissingValue,
    /// `-h`.
    Help,
}

/// Places every argument of a `go` line, the program's name included.
#[must_use]
pub fn scan<'a>(argv: &[&'a [u8]]) -> Line<'a> {
    let tokens = Vec::with_capacity(argv.len());
    let mut scan = Scan { argv, line: Line { command: None, tokens, chdir: None, stop: None }, mode: false };
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
    pub field: Field,
    /// The bytes of `GOFLAGS` (not of the element) that are a path.
    pub slot: Option<Slot>,
}

/// Places the flags of `GOFLAGS`, which have to be `-name` or `-name=value` and may belong to any command.
///
/// # Errors
/// Returns an error if a quote is not closed, as cmd/go does.
pub fn scan_goflags(value: &[u8]) -> Result<Vec<GoFlag>, Unterminated> {
    let place = |field: Field| {
        let element = value.get(field.inner.clone()).unwrap_or_default();
        let slot = match shape(element) {
            Shape::Flag(flag) => flag.inline().zip(flag.value).and_then(|(text, start)| {
                let kind = flags::find_anywhere(flag.name)?.kind(text)?;
                Some(Slot { bytes: field.inner.start + start..field.inner.end, kind })
            }),
            _ => None,
        };
        GoFlag { field, slot }
    };
    Ok(quoted::split(value)?.into_iter().map(place).collect())
}

/// The bytes of `OLD[@v]=NEW[@v]` that are NEW, without the blanks that cmd/go ignores around it.
#[must_use]
pub fn replacement(value: &[u8]) -> Option<Range<usize>> {
    let equals = value.iter().position(|&byte| byte == b'=')?;
    let (_, new) = value.split_at_checked(equals + 1)?;
    let end = value.len() - (new.len() - new.trim_ascii_end().len());
    Some(value.len() - new.trim_ascii_start().len()..end).filter(|new| !new.is_empty())
}

struct Scan<'s, 'a> {
    argv: &'s [&'a [u8]],
    line: Line<'a>,
    /// True if `list -m` or `env -w` was found. That decides the kind of the operands.
    mode: bool,
}

/// Reading of a word by `go test`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packages {
    /// None seen yet: it starts the list of packages.
    Open,
    /// It goes on.
    Listing,
    /// It is closed: the word belongs to the test binary.
    Closed,
    /// It is closed, and the word follows a flag that only the test binary knows: it may be that flag's value.
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

    /// Places all that is left, one by one.
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
            Reader::None => {}
            Reader::Standard | Reader::Lenient => self.flags(command)?,
            Reader::Test => return self.test(command),
        }
        self.operands(command);
        Ok(())
    }

    /// The words of the command. `-C` may stand before them, between them or behind them, but only once.
    fn command(&mut self) -> Result<Option<Command>, Stop> {
        self.chdir()?;
        let mut search = true;
        if self.next() == Some(b"--") {
            // main's own flags end here. The search for `-C` has then ended too.
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
            // `go mod help tidy` is no command either: it prints help, and there is nothing in it to place.
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

    /// `-C DIR` or `-C=DIR`, if it is what comes next and no other was there before. Without a directory it is left for
    /// the command, which refuses it.
    fn chdir(&mut self) -> Result<(), Stop> {
        let Some(arg) = self.next().filter(|_| self.line.chdir.is_none()) else { return Ok(()) };
        match shape(arg) {
            Shape::Flag(flag) if flag.name == b"C" && (flag.value.is_some() || self.at() + 1 < self.argv.len()) => {
                self.line.chdir = Some(self.flag(flag, Takes::Path)?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Flags, up to the first operand.
    fn flags(&mut self, command: Command) -> Result<(), Stop> {
        while let Some(arg) = self.next() {
            match shape(arg) {
                Shape::Word => break,
                Shape::Malformed if command.reader() == Reader::Lenient => break,
                Shape::Malformed => return Err(self.stop(StopReason::BadSyntax)),
                Shape::Terminator => {
                    self.push(Token::plain(Role::Terminator));
                    break;
                }
                Shape::Flag(flag) => match command.flag(flag.name) {
                    Some(takes) => {
                        self.note_mode(command, flag);
                        let place = self.flag(flag, takes)?;
                        // `doc` has a -C of its own, and reads it anywhere among its flags.
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

    /// A flag that the command knows, and its value, whose place is returned.
    fn flag(&mut self, flag: Spelling<'a>, takes: Takes) -> Result<Place, Stop> {
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
        let place = Place { index: self.at(), bytes: start..arg.len() };
        self.push(takes.token(role, arg, start));
        Ok(place)
    }

    /// `list -m` and `env -w` decide what the operands are; the last one counts.
    fn note_mode(&mut self, command: Command, flag: Spelling<'a>) {
        if matches!((command, flag.name), (Command::List, b"m") | (Command::Env, b"w")) {
            self.mode =
                flag.inline().is_none_or(|value| matches!(value, b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True"));
        }
    }

    /// A flag that the command does not know: whether the next argument is its value cannot be told.
    fn unknown(&mut self, command: Command, flag: Spelling<'a>) -> Stop {
        let help = match command.reader() {
            Reader::Standard | Reader::None => flag.asks_for_help(),
            Reader::Lenient | Reader::Test => flag.asks_cmd_go_for_help(),
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

    /// `go run`: every leading argument that ends in `.go` is a file; without any, one argument is the package.
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

    /// `go test`: known flags count wherever they stand, the first run of words is the list of packages, and what is
    /// left over is the test binary's.
    fn test(&mut self, command: Command) -> Result<(), Stop> {
        let mut packages = Packages::Open;
        while let Some(arg) = self.next() {
            let read = shape(arg);
            let flag = match read {
                Shape::Terminator => {
                    self.rest(|_| Token::plain(Role::TestArg));
                    return Ok(());
                }
                Shape::Flag(flag) => flag,
                Shape::Word | Shape::Malformed => {
                    match packages {
                        Packages::Open | Packages::Listing => {
                            packages = Packages::Listing;
                            self.push(operand(Role::Package, arg, PathKind::Package));
                        }
                        Packages::ClosedBeforeValue => {
                            packages = Packages::Closed;
                            self.push(Token::plain(Role::TestArg));
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
                packages = if flag.value.is_some() { Packages::Closed } else { Packages::ClosedBeforeValue };
                self.push(Token::plain(Role::TestArg));
            }
        }
        Ok(())
    }
}

fn operand<'a>(role: Role<'a>, arg: &[u8], kind: PathKind) -> Token<'a> {
    if arg.is_empty() { Token::plain(role) } else { Token::path(role, arg, 0, kind) }
}

/// `NAME=VALUE`: a path where the variable holds one.
fn assignment(arg: &[u8]) -> Token<'_> {
    let cut = arg.iter().position(|&byte| byte == b'=').and_then(|at| arg.split_at_checked(at));
    match cut {
        Some((name, [b'=', value @ ..]))
            if variables::is_path(name, value)
                || match variables::kind(name) {
                    Some(variables::Kind::Flags) => true,
                    Some(variables::Kind::Addresses) => value.windows(5).any(|scheme| scheme == b"file:"),
                    _ => false,
                } =>
        {
            Token::path(Role::Positional, arg, 0, PathKind::Assignment)
        }
        _ => Token::plain(Role::Positional),
    }
}
