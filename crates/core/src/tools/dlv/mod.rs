//! Grammar of `dlv` command lines, as delve reads them with the libraries cobra and pflag.
//!
//! cobra first finds the subcommand and removes it; pflag then parses the remaining arguments in order, with the flags
//! of that subcommand. In its search cobra knows only the persistent flags, and takes the next word as the value of any
//! other `--flag` without `=`: `dlv --continue exec ./x` is an unknown command `./x`. An argument that cobra or pflag
//! refuses, and all after it, stay [`Role::Unparsed`].

use core::ops::Range;

pub mod flags;
pub mod quoting;

use crate::prelude::*;
use crate::tools::dlv::flags::{FlagRow, FlagValue, Serves, Subcommand};
use crate::tools::token::{PathKind, Role, Slot, Token};

/// Default address of `--listen`.
pub const DEFAULT_LISTEN: &[u8] = b"127.0.0.1:0";

/// A parsed `dlv` command line.
#[derive(Debug)]
pub struct DlvCommandLine<'a> {
    /// One token an argument; the first is the program's name.
    pub tokens: Vec<Token<'a>>,
    /// The subcommand, if it is known.
    pub subcommand: Option<Subcommand>,
    /// Index of the subcommand's argument.
    pub subcommand_at: Option<usize>,
    /// Index of the first argument that could not be placed.
    pub unparsed_from: Option<usize>,
    /// Every `--listen`, in order; the last one counts.
    pub listen: Vec<Given>,
    /// Every `--client-addr` of `dap`.
    pub client_addr: Vec<Given>,
    /// Every `--log-dest`.
    pub log_dest: Vec<Given>,
    /// Every `--only-same-user`.
    pub only_same_user: Vec<GivenBool>,
    /// True if `--headless` is in effect.
    pub headless: bool,
    /// True if `--accept-multiclient` is in effect.
    pub accept_multiclient: bool,
    /// True if help is requested: dlv then does nothing else.
    pub help: bool,
    /// Index of an argument like `-listen=x`, which delve reads as `-l` with the value `isten=x`.
    pub misspelt_listen: Option<usize>,
}

/// Position of a flag's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Index of the argument with the flag.
    pub flag: usize,
    /// Index of the argument with the value: the same one, or mostly the next.
    pub value: usize,
    /// Byte range in that argument.
    pub bytes: Range<usize>,
    /// Form in which it is written.
    pub spelling: ValueForm,
}

impl Given {
    /// Returns the value.
    #[must_use]
    pub fn text<'a>(&self, argv: &[&'a [u8]]) -> &'a [u8] {
        argv.get(self.value).and_then(|arg| arg.get(self.bytes.clone())).unwrap_or_default()
    }
}

/// The forms of a flag with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueForm {
    /// `--name value`
    LongApart,
    /// `--name=value`
    LongEquals,
    /// `-n value`
    ShortApart,
    /// `-nvalue`
    ShortGlued,
    /// `-n=value`
    ShortEquals,
}

/// A boolean flag that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenBool {
    /// Index of the argument.
    pub at: usize,
    /// Value of the flag.
    pub value: bool,
}

impl DlvCommandLine<'_> {
    /// Returns true if this command line makes `dlv` open a listener.
    #[must_use]
    pub fn listens(&self, argv: &[&[u8]]) -> bool {
        if self.help || self.unparsed_from.is_some_and(|from| self.subcommand_at.is_none_or(|at| from < at)) {
            return false;
        }
        match self.subcommand {
            None => false,
            Some(subcommand) => match subcommand.serves() {
                // An empty --client-addr counts as none.
                Serves::Always => self.client_addr.last().is_none_or(|given| given.text(argv).is_empty()),
                Serves::Headless => self.headless,
                Serves::Never => false,
            },
        }
    }

    /// Returns the index for a new flag after the argument `at`: after its value, if that is a separate argument.
    #[must_use]
    pub fn position_after(&self, at: usize) -> usize {
        let values = self.tokens.iter().skip(at + 1).take_while(|token| matches!(token.role, Role::Value(_))).count();
        at + 1 + values
    }
}

/// Returns true if a line with this argument may listen or connect, or is meant to. This check runs before the grammar:
/// without such an argument no `dlv` does. It follows from the tables: the word names a subcommand that always listens
/// or connects, every other one needs `--headless`, and a misspelt `--listen` still contains the word.
#[must_use]
pub fn may_concern_address(arg: &[u8]) -> bool {
    match arg {
        [b'-', b'-', name @ ..] => name.starts_with(HEADLESS),
        [b'-', letters @ ..] => letters.windows(LISTEN.len()).any(|word| word == LISTEN),
        word => Subcommand::named(word).is_some_and(|subcommand| subcommand.serves() == Serves::Always),
    }
}

const HEADLESS: &[u8] = b"headless";
const LISTEN: &[u8] = b"listen";

/// Returns true if delve reads a value of `--log-dest` as the number of an open descriptor (Go's `strconv.Atoi`).
#[must_use]
pub fn is_descriptor(value: &[u8]) -> bool {
    core::str::from_utf8(value).is_ok_and(|text| text.parse::<i64>().is_ok())
}

/// Parses `argv`, whose first argument is the program's name.
#[must_use]
pub fn scan<'a>(argv: &[&'a [u8]]) -> DlvCommandLine<'a> {
    let mut scanner = Scanner {
        argv,
        next: 1,
        end: argv.len(),
        positionals: Vec::new(),
        traces_a_test: false,
        line: DlvCommandLine {
            tokens: vec![Token::plain(Role::Unparsed); argv.len()],
            subcommand: None,
            subcommand_at: None,
            unparsed_from: None,
            listen: Vec::new(),
            client_addr: Vec::new(),
            log_dest: Vec::new(),
            only_same_user: Vec::new(),
            headless: false,
            accept_multiclient: false,
            help: false,
            misspelt_listen: None,
        },
    };
    scanner.set(0, Token::plain(Role::Argv0));
    if let Some(at) = find_command(argv) {
        scanner.line.subcommand = argv.get(at).and_then(|word| Subcommand::named(word));
        if scanner.line.subcommand.is_some() {
            scanner.line.subcommand_at = Some(at);
        } else {
            scanner.end = at;
            scanner.line.unparsed_from = Some(at);
        }
    }
    scanner.run();
    scanner.line
}

/// Returns the argument that cobra reads as the subcommand, known or not (`stripFlags` of its `Find`).
fn find_command(argv: &[&[u8]]) -> Option<usize> {
    let mut at = 1;
    loop {
        let eats = match *argv.get(at)? {
            b"--" => return None,
            [b'-', b'-', name @ ..] => !name.contains(&b'=') && !persistent_bool(flags::long(None, name)),
            [b'-', letter] => *letter != b'=' && !persistent_bool(flags::short(None, *letter)),
            [b'-', ..] | [] => false,
            _ => return Some(at),
        };
        at += if eats { 2 } else { 1 };
    }
}

/// Returns true for a persistent boolean flag. `--help` is not one yet: cobra adds it to the command that it has found.
fn persistent_bool(row: Option<&FlagRow>) -> bool {
    row.is_some_and(|row| row.takes == FlagValue::Bool && row.name() != b"help")
}

/// Parses the arguments without the subcommand, as pflag does.
struct Scanner<'s, 'a> {
    argv: &'s [&'a [u8]],
    next: usize,
    end: usize,
    positionals: Vec<usize>,
    /// True if `--test` of `trace` is in effect.
    traces_a_test: bool,
    line: DlvCommandLine<'a>,
}

/// Error for an argument that pflag refuses. The scan ends there.
struct PflagRefusal;

impl<'a> Scanner<'_, 'a> {
    fn run(&mut self) {
        while let Some((at, arg)) = self.take() {
            let placed = match arg {
                b"--" => {
                    self.set(at, Token::plain(Role::Terminator));
                    self.place_rest();
                    break;
                }
                [b'-', b'-', ..] => self.place_long(at, arg),
                [b'-', _, ..] => self.place_bundle(at, arg),
                // cobra read the word as a flag's value and pflag does not: the root command refuses it.
                _ if self.line.subcommand.is_none() => Err(PflagRefusal),
                _ => {
                    self.positionals.push(at);
                    Ok(())
                }
            };
            if placed.is_err() {
                self.set(at, Token::plain(Role::Unparsed));
                self.line.unparsed_from = Some(at);
                break;
            }
        }
        let from = self.line.unparsed_from;
        if let Some(at) = self.line.subcommand_at.filter(|at| from.is_none_or(|from| *at < from)) {
            self.set(at, Token::plain(Role::Command));
        }
        self.place_positionals();
        if self.compiles_a_test() {
            for slot in self.line.tokens.iter_mut().filter_map(|token| token.slot.as_mut()) {
                if slot.kind == PathKind::BuildFlags {
                    slot.kind = PathKind::TestFlags;
                }
            }
        }
    }

    /// Returns true if delve builds with `go test -c`, which has more flags than `go build`. `trace --test` may come
    /// after the flags.
    fn compiles_a_test(&self) -> bool {
        match self.line.subcommand {
            Some(Subcommand::Test) => true,
            Some(Subcommand::Trace) => self.traces_a_test,
            _ => false,
        }
    }

    /// Returns the next argument that is not the subcommand.
    fn take(&mut self) -> Option<(usize, &'a [u8])> {
        if Some(self.next) == self.line.subcommand_at {
            self.next += 1;
        }
        let at = self.next;
        let arg = self.argv.get(..self.end)?.get(at)?;
        self.next += 1;
        Some((at, arg))
    }

    fn set(&mut self, at: usize, token: Token<'a>) {
        if let Some(place) = self.line.tokens.get_mut(at) {
            *place = token;
        }
    }

    /// Places `--name`, `--name value` or `--name=value`.
    fn place_long(&mut self, at: usize, arg: &'a [u8]) -> Result<(), PflagRefusal> {
        let equals = arg.iter().position(|&byte| byte == b'=');
        let name = arg.get(2..equals.unwrap_or(arg.len())).ok_or(PflagRefusal)?;
        let row = flags::long(self.line.subcommand, name).ok_or(PflagRefusal)?;
        match (equals, row.takes) {
            (Some(equals), FlagValue::Bool) => self.place_switch(at, name, row, arg.get(equals + 1..)),
            (None, FlagValue::Bool) => self.place_switch(at, name, row, None),
            (Some(equals), _) => {
                self.place_value(at, at, equals + 1, name, row, ValueForm::LongEquals);
                Ok(())
            }
            (None, _) => self.place_next(at, name, row, ValueForm::LongApart),
        }
    }

    /// Places `-b`, `-bb`, `-v value`, `-vvalue`, `-v=value` or `-bbv...`.
    fn place_bundle(&mut self, at: usize, arg: &'a [u8]) -> Result<(), PflagRefusal> {
        let mut place = 1;
        while let Some(&letter) = arg.get(place) {
            let name = arg.get(place..=place).unwrap_or_default();
            // pflag ignores the flags of a Go test binary.
            if let Some(swallowed) = arg.get(place..).filter(|letters| letters.starts_with(b"test.")) {
                self.set(at, Token::plain(Role::BoolFlag(swallowed)));
                return Ok(());
            }
            let row = flags::short(self.line.subcommand, letter).ok_or(PflagRefusal)?;
            let rest = arg.get(place + 1..).unwrap_or_default();
            // `-l=` has no value after the `=`: pflag reads `=` as the value.
            let equals = rest.len() > 1 && rest.first() == Some(&b'=');
            match row.takes {
                FlagValue::Bool if equals => return self.place_switch(at, name, row, rest.get(1..)),
                FlagValue::Bool => self.place_switch(at, name, row, None)?,
                _ if rest.is_empty() => return self.place_next(at, name, row, ValueForm::ShortApart),
                _ if equals => {
                    self.place_value(at, at, place + 2, name, row, ValueForm::ShortEquals);
                    return Ok(());
                }
                _ => {
                    self.place_value(at, at, place + 1, name, row, ValueForm::ShortGlued);
                    return Ok(());
                }
            }
            place += 1;
        }
        Ok(())
    }

    fn place_next(
        &mut self,
        at: usize,
        name: &'a [u8],
        row: &FlagRow,
        spelling: ValueForm,
    ) -> Result<(), PflagRefusal> {
        let (value, _) = self.take().ok_or(PflagRefusal)?;
        self.set(at, Token::plain(Role::Flag(name)));
        self.place_value(at, value, 0, name, row, spelling);
        Ok(())
    }

    /// Places a flag's value: bytes `start..` of the argument `value`. The flag is in the argument `flag`.
    fn place_value(
        &mut self,
        flag: usize,
        value: usize,
        start: usize,
        name: &'a [u8],
        row: &FlagRow,
        spelling: ValueForm,
    ) {
        let bytes = start..self.argv.get(value).map_or(start, |arg| arg.len());
        let role = if flag == value { Role::FlagValue(name) } else { Role::Value(name) };
        let kind = match row.takes {
            FlagValue::Bool | FlagValue::Text => None,
            FlagValue::Path => Some(PathKind::Path),
            FlagValue::Output => Some(PathKind::Output),
            FlagValue::PathOrFd => Some(PathKind::PathOrFd),
            FlagValue::Redirect => Some(PathKind::Redirect),
            FlagValue::Address => Some(PathKind::Address),
            FlagValue::ListenAddress => Some(PathKind::ListenAddress),
            FlagValue::BuildFlags => Some(PathKind::BuildFlags),
        };
        self.set(value, Token { role, slot: kind.map(|kind| Slot { bytes: bytes.clone(), kind }) });
        let given = Given { flag, value, bytes, spelling };
        match row.name() {
            LISTEN => {
                if spelling == ValueForm::ShortGlued && given.text(self.argv).starts_with(b"isten") {
                    self.line.misspelt_listen = Some(flag);
                }
                self.line.listen.push(given);
            }
            b"client-addr" => self.line.client_addr.push(given),
            b"log-dest" => self.line.log_dest.push(given),
            _ => {}
        }
    }

    fn place_switch(
        &mut self,
        at: usize,
        name: &'a [u8],
        row: &FlagRow,
        says: Option<&[u8]>,
    ) -> Result<(), PflagRefusal> {
        let value = match says {
            None => true,
            Some(b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True") => true,
            Some(b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False") => false,
            Some(_) => return Err(PflagRefusal),
        };
        self.set(at, Token::plain(if says.is_some() { Role::FlagValue(name) } else { Role::BoolFlag(name) }));
        match row.name() {
            HEADLESS => self.line.headless = value,
            b"accept-multiclient" => self.line.accept_multiclient = value,
            b"help" => self.line.help = value,
            b"test" => self.traces_a_test = value,
            b"only-same-user" => self.line.only_same_user.push(GivenBool { at, value }),
            _ => {}
        }
        Ok(())
    }

    /// Places the arguments after `--`: arguments of the program, or words of the subcommand. None is translated.
    fn place_rest(&mut self) {
        let role = match self.line.subcommand {
            Some(Subcommand::Test) => Role::TestArg,
            Some(Subcommand::Debug | Subcommand::Exec | Subcommand::Trace | Subcommand::Dap) => Role::ProgramArg,
            Some(_) => Role::Positional,
            // Without a subcommand delve prints help.
            None => Role::Unparsed,
        };
        while let Some((at, _)) = self.take() {
            self.set(at, Token::plain(role));
        }
    }

    /// Places the positional arguments before `--`. The subcommand decides their kind.
    fn place_positionals(&mut self) {
        let positionals = core::mem::take(&mut self.positionals);
        let last = positionals.len().saturating_sub(1);
        for (nth, &at) in positionals.iter().enumerate() {
            let (role, kind) = match self.line.subcommand {
                Some(Subcommand::Exec) if nth == 0 => (Role::Positional, Some(PathKind::Path)),
                Some(Subcommand::Exec) => (Role::ProgramArg, None),
                Some(Subcommand::Attach) if nth == 1 => (Role::Positional, Some(PathKind::Path)),
                Some(Subcommand::Core) if nth < 2 => (Role::Positional, Some(PathKind::Path)),
                Some(Subcommand::Replay) if nth == 0 => (Role::Positional, Some(PathKind::Path)),
                Some(Subcommand::Connect) if nth == 0 => (Role::Positional, Some(PathKind::Address)),
                Some(Subcommand::Debug | Subcommand::Test) => (Role::Positional, Some(PathKind::Package)),
                // The last operand is the regular expression.
                Some(Subcommand::Trace) if nth < last => (Role::Positional, Some(PathKind::Package)),
                Some(Subcommand::Help) => (Role::HelpTopic, None),
                _ => (Role::Positional, None),
            };
            let bytes = 0..self.argv.get(at).map_or(0, |arg| arg.len());
            self.set(at, Token { role, slot: kind.map(|kind| Slot { bytes, kind }) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(line: &str) -> Vec<&[u8]> {
        line.split(' ').map(str::as_bytes).collect()
    }

    #[test]
    fn command_lines_that_listen() {
        for (command_line, listens) in [
            ("dlv dap", true),
            ("dlv dap --client-addr=:1", false),
            ("dlv dap --client-addr=:1 --client-addr=", true),
            ("dlv dap --headless=false", true),
            ("dlv debug", false),
            ("dlv debug --headless", true),
            ("dlv debug --headless --headless=false", false),
            ("dlv --headless=1 exec ./x", true),
            ("dlv test --headless", true),
            ("dlv attach 1 --headless", true),
            ("dlv core a b --headless", true),
            ("dlv replay a --headless", true),
            ("dlv trace --headless re", false),
            ("dlv connect --headless :1", false),
            ("dlv version --headless", false),
            ("dlv debug -- --headless", false),
            ("dlv dap --help", false),
            ("dlv --headless", false),
            ("dlv -- dap", false),
            ("dlv tool dap", false),
            ("dlv dap --new-in-1.99", true),
            ("dlv --new-in-1.99=1 dap", false),
        ] {
            let argv = words(command_line);
            assert_eq!(scan(&argv).listens(&argv), listens, "{command_line}");
        }
    }

    #[test]
    fn the_listen_address_is_found() {
        use ValueForm::{LongApart, LongEquals, ShortApart, ShortEquals, ShortGlued};
        for (command_line, flag, value, text, spelling) in [
            ("dlv dap --listen :1", 2, 3, ":1", LongApart),
            ("dlv dap --listen=:1", 2, 2, ":1", LongEquals),
            ("dlv dap -l :1", 2, 3, ":1", ShortApart),
            ("dlv dap -l:1", 2, 2, ":1", ShortGlued),
            ("dlv dap -l=:1", 2, 2, ":1", ShortEquals),
            ("dlv dap -l=", 2, 2, "=", ShortGlued),
            ("dlv dap --listen=", 2, 2, "", LongEquals),
            ("dlv -l :1 dap --listen=:2", 4, 4, ":2", LongEquals),
            ("dlv -cl core :1 a b", 1, 3, ":1", ShortApart),
            ("dlv exec x -l :1 -- -l :2", 3, 4, ":1", ShortApart),
        ] {
            let argv = words(command_line);
            let line = scan(&argv);
            let last = line.listen.last().unwrap();
            assert_eq!((last.flag, last.value, last.spelling), (flag, value, spelling), "{command_line}");
            assert_eq!(last.text(&argv), text.as_bytes(), "{command_line}");
        }
    }

    #[test]
    fn flags_of_the_listener_are_found() {
        let argv = words("dlv --only-same-user=f dap -listen=:1 --log-dest 3 --accept-multiclient --only-same-user");
        let line = scan(&argv);
        assert_eq!(line.subcommand, Some(Subcommand::Dap));
        assert_eq!(line.subcommand_at, Some(2));
        assert_eq!(line.only_same_user, [GivenBool { at: 1, value: false }, GivenBool { at: 7, value: true }]);
        assert_eq!(line.log_dest[0].text(&argv), b"3");
        assert_eq!(line.misspelt_listen, Some(3));
        assert!(line.accept_multiclient && !line.headless);
    }

    #[test]
    fn a_flag_is_inserted_after_a_separate_value() {
        for (command_line, at, position) in
            [("dlv dap", 1, 2), ("dlv dap -l :1", 1, 2), ("dlv dap -l :1", 2, 4), ("dlv -cr core f a b", 2, 4)]
        {
            assert_eq!(scan(&words(command_line)).position_after(at), position, "{command_line}");
        }
    }

    #[test]
    fn a_number_is_a_descriptor() {
        for (value, is) in [("3", true), ("+3", true), ("-1", true), ("03", true)] {
            assert_eq!(is_descriptor(value.as_bytes()), is, "{value}");
        }
        for value in ["", "3 ", "3x", "0x3", "/3", "99999999999999999999", "\u{663}"] {
            assert!(!is_descriptor(value.as_bytes()), "{value}");
        }
    }

    /// Generates words of the grammar and other words.
    fn word() -> impl Strategy<Value = Vec<u8>> {
        let known = vec![
            "dap",
            "exec",
            "trace",
            "core",
            "tool",
            "--",
            "-",
            "",
            "-l",
            "-l:1",
            "--listen",
            "--listen=:1",
            "--headless",
            "--headless=x",
            "--only-same-user=false",
            "--log-dest",
            "3",
            "-tp5",
            "-cl",
            "-test.v",
            "--tty",
            "--help",
            "x",
        ];
        prop_oneof![
            4 => proptest::sample::select(known).prop_map(|word| word.as_bytes().to_vec()),
            1 => proptest::collection::vec(any::<u8>(), 0..12),
        ]
    }

    proptest! {
        #[test]
        fn every_argument_gets_a_token_and_no_place_lies_outside(line in proptest::collection::vec(word(), 0..12)) {
            let argv: Vec<&[u8]> = line.iter().map(Vec::as_slice).collect();
            let scanned = scan(&argv);
            prop_assert_eq!(scanned.tokens.len(), argv.len());
            for (token, arg) in scanned.tokens.iter().zip(&argv) {
                if let Some(slot) = &token.slot {
                    prop_assert!(slot.bytes.start <= slot.bytes.end && slot.bytes.end == arg.len());
                }
            }
            for given in scanned.listen.iter().chain(&scanned.client_addr).chain(&scanned.log_dest) {
                prop_assert!(argv[given.value].get(given.bytes.clone()).is_some());
            }
            if let Some(from) = scanned.unparsed_from {
                prop_assert!(scanned.tokens[from..].iter().all(|token| token.role == Role::Unparsed));
            }
            let _ = scanned.listens(&argv);
        }

        #[test]
        fn nothing_behind_a_double_dash_is_a_path(line in proptest::collection::vec(word(), 0..12)) {
            let argv: Vec<&[u8]> = line.iter().map(Vec::as_slice).collect();
            let tokens = scan(&argv).tokens;
            if let Some(end) = tokens.iter().position(|token| token.role == Role::Terminator) {
                prop_assert!(tokens[end..].iter().all(|token| token.slot.is_none()));
            }
        }
    }
}
