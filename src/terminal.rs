//! Colours for output on a terminal.

use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;

/// The choice to colour output or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Colour it.
    Always,
    /// Do not colour it.
    Never,
}

/// The role of a piece of text, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The name of a section.
    Label,
    /// A heading of a page of help.
    Heading,
    /// A word to type.
    Literal,
    /// A good state or a new value.
    Good,
    /// A refusal or a removed value.
    Bad,
    /// A warning.
    Warn,
    /// A detail.
    Faint,
}

impl Colour {
    /// Returns the choice for standard output.
    #[must_use]
    pub fn of_stdout() -> Colour {
        // The environment of this process counts, even if the plan is for a recorded machine.
        let set = |name| std::env::var_os(name).unwrap_or_default();
        match std::io::stdout().is_terminal() {
            true => Colour::on_terminal(set("NO_COLOR").as_bytes(), set("TERM").as_bytes()),
            false => Colour::Never,
        }
    }

    /// Returns the choice for a terminal: colour, unless `NO_COLOR` is not empty (no-color.org) or TERM is `dumb`.
    fn on_terminal(no_color: &[u8], term: &[u8]) -> Colour {
        if no_color.is_empty() && term != b"dumb" { Colour::Always } else { Colour::Never }
    }

    /// Returns the text in its colour. The text must be escaped.
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
