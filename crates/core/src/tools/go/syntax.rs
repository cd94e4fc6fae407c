//! Syntax of one argument, as Go's `flag` package reads it.
//!
//! One dash or two are the same. A value is after `=` or in the next argument. A lone `-` is a word, and `--` ends the
//! flags. cmd/go's own parser (`cmd/go/internal/cmdflag`) differs in two points, which the callers here handle: it
//! reads a malformed flag as a word, and `-h=x` as an unknown flag and not as help.

use crate::tools::token::Role;

/// Form of an argument, before its name is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArgShape<'a> {
    /// Not a flag: `x`, `-`, the empty string.
    Word,
    /// `--`.
    Terminator,
    /// `---x` or `-=x`.
    Malformed,
    /// `-name` or `--name=value`.
    Flag(Spelling<'a>),
}

/// A flag as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spelling<'a> {
    /// The whole argument.
    pub arg: &'a [u8],
    /// The name, without dashes.
    pub name: &'a [u8],
    /// Start of the value, if there is a `=`.
    pub value: Option<usize>,
}

/// Parses an argument.
#[must_use]
pub(crate) fn shape(arg: &[u8]) -> ArgShape<'_> {
    let body = match arg {
        b"--" => return ArgShape::Terminator,
        [b'-', b'-', body @ ..] | [b'-', body @ ..] if !body.is_empty() => body,
        _ => return ArgShape::Word,
    };
    if matches!(body.first(), Some(b'-' | b'=')) {
        return ArgShape::Malformed;
    }
    let cut = body.iter().position(|&byte| byte == b'=');
    let (name, _) = body.split_at(cut.unwrap_or(body.len()));
    ArgShape::Flag(Spelling { arg, name, value: cut.map(|at| arg.len() - body.len() + at + 1) })
}

impl<'a> Spelling<'a> {
    /// Returns the value after `=`.
    #[must_use]
    pub(crate) fn inline(&self) -> Option<&'a [u8]> {
        self.value.and_then(|start| self.arg.get(start..))
    }

    /// Returns true for `-h` and `-help`, if no flag of that name exists.
    #[must_use]
    pub(crate) fn asks_for_help(&self) -> bool {
        matches!(self.name, b"h" | b"help")
    }

    /// Returns true for help in cmd/go's own parser, which also accepts `-?`, and reads `-h=x` as an ordinary flag.
    #[must_use]
    pub(crate) fn asks_cmd_go_for_help(&self) -> bool {
        self.value.is_none() && matches!(self.name, b"h" | b"help" | b"?")
    }

    /// Returns the role of a flag that takes no separate argument.
    #[must_use]
    pub(crate) fn switch(&self) -> Role<'a> {
        match self.value {
            Some(_) => Role::FlagValue(self.name),
            None => Role::BoolFlag(self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arg: &str) -> ArgShape<'_> {
        shape(arg.as_bytes())
    }

    #[test]
    fn an_argument_without_a_flag_name_is_a_word() {
        for arg in ["", "-", "x", "x=-y", "=", " -x"] {
            assert_eq!(read(arg), ArgShape::Word, "{arg:?}");
        }
    }

    #[test]
    fn a_double_dash_ends_the_flags_and_bad_flags_are_malformed() {
        assert_eq!(read("--"), ArgShape::Terminator);
        for arg in ["---", "---x", "-=", "-=x", "--=", "--=x"] {
            assert_eq!(read(arg), ArgShape::Malformed, "{arg:?}");
        }
    }

    #[test]
    fn a_flag_is_split_into_name_and_value() {
        for (arg, name, value) in [
            ("-o", "o", None),
            ("--o", "o", None),
            ("-o=", "o", Some("")),
            ("-o=a=b", "o", Some("a=b")),
            ("--ldflags=-X a=b", "ldflags", Some("-X a=b")),
            ("-a-b", "a-b", None),
        ] {
            let ArgShape::Flag(flag) = read(arg) else { panic!("{arg:?} is a flag") };
            assert_eq!((flag.name, flag.inline()), (name.as_bytes(), value.map(str::as_bytes)), "{arg:?}");
        }
    }

    #[test]
    fn a_request_for_help_is_recognized() {
        for (arg, help) in [("-h", true), ("--help", true), ("-help=x", true), ("-helper", false), ("-H", false)] {
            let ArgShape::Flag(flag) = read(arg) else { panic!("{arg:?} is a flag") };
            assert_eq!(flag.asks_for_help(), help, "{arg:?}");
        }
    }
}
