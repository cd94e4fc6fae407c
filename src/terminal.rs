//! Colour, where a terminal wants it.

use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;

/// Whether output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// It is.
    Always,
    /// It is not.
    Never,
}

/// What a piece of text is, as far as its colour goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The name of a section.
    Label,
    /// A heading of a page of help.
    Heading,
    /// A word to type.
    Literal,
    /// What holds.
    Good,
    /// What was given up, or is refused.
    Bad,
    /// What may surprise.
    Warn,
    /// What can be skipped in reading.
    Faint,
}

impl Colour {
    /// The choice for standard output.
    #[must_use]
    pub fn of_stdout() -> Colour {
        // The terminal is the one that gowrap writes to, even where a plan is made for a machine that was recorded.
        let set = |name| std::env::var_os(name).unwrap_or_default();
        match std::io::stdout().is_terminal() {
            true => Colour::on_terminal(set("NO_COLOR").as_bytes(), set("TERM").as_bytes()),
            false => Colour::Never,
        }
    }

    /// The choice for a terminal: yes, unless `NO_COLOR` (no-color.org: not empty) or a terminal that can do nothing
    /// says no.
    fn on_terminal(no_color: &[u8], term: &[u8]) -> Colour {
        if no_color.is_empty() && term != b"dumb" { Colour::Always } else { Colour::Never }
    }

    /// The text in its colour. The text must have been escaped.
    #[must_use]
    pub fn paint(self, style: Style, text: &str) -> String {
        if self == Colour::Never || text.is_empty() {
            return text.to_owned();
        }
        let code = match style {
            Style::Label | Style::Literal => "1",
            Style::Heading => "1;4",
            Style::Good => "32",
            Style::Bad => "31",
            Style::Warn => "33",
            Style::Faint => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_about_colour() {
        let table: &[(&str, &str, Colour)] = &[
            ("", "", Colour::Always),
            ("1", "xterm", Colour::Never),
            ("", "dumb", Colour::Never),
            ("", "xterm-256color", Colour::Always),
        ];
        for (no_color, term, colour) in table {
            assert_eq!(Colour::on_terminal(no_color.as_bytes(), term.as_bytes()), *colour, "{no_color:?} {term:?}");
        }
        assert_eq!(Colour::Always.paint(Style::Bad, "x"), "\x1b[31mx\x1b[0m");
        assert_eq!(Colour::Always.paint(Style::Bad, ""), "");
        assert_eq!(Colour::Never.paint(Style::Bad, "x"), "x");
    }
}
