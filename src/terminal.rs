//! What a terminal may be shown: bytes from outside only after escaping, colour only where it is wanted.
//!
//! A file name, a variable or an argument can hold sequences that move the cursor, retitle the window or, with the
//! bidirectional controls of UAX #9, show words in another order than they are stored in. All of that becomes visible
//! text; letters of any script stay what they are. A backslash stays single, so that Windows paths can be read, and
//! escaping what is escaped changes nothing.

use std::fmt::Write;
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;

/// Bytes as text that leaves a terminal alone: controls as `\n`, `\x1b`, `\u{9b}`, bytes that are no UTF-8 as `\xNN`.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            push_escaped(&mut shown, c);
        }
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

fn push_escaped(shown: &mut String, c: char) {
    let _ = match c {
        '\n' => shown.write_str("\\n"),
        '\r' => shown.write_str("\\r"),
        '\t' => shown.write_str("\\t"),
        '\0'..='\x1f' | '\x7f' => write!(shown, "\\x{:02x}", u32::from(c)),
        _ if is_unsafe(c) => write!(shown, "\\u{{{:x}}}", u32::from(c)),
        _ => shown.write_char(c),
    };
}

/// Would this character act on a terminal or hide there, instead of being seen?
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // order
            | '\u{2028}' | '\u{2029}' // lines
            | '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}') // nothing to see
}

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
            Style::Label => "1",
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_acts_on_a_terminal_becomes_visible() {
        let table: &[(&[u8], &str)] = &[
            (b"plain /usr/bin/go", "plain /usr/bin/go"),
            (b"C:\\Users\\me", "C:\\Users\\me"),
            ("Grüße, 世界, שלום, 🎉".as_bytes(), "Grüße, 世界, שלום, 🎉"),
            (b"two\nlines\r\n", "two\\nlines\\r\\n"),
            (b"a\tb", "a\\tb"),
            (b"\0\x07\x1b[31mred\x7f", "\\x00\\x07\\x1b[31mred\\x7f"),
            ("C1 \u{9b}31m".as_bytes(), "C1 \\u{9b}31m"),
            (b"a lone \x9b", "a lone \\x9b"),
            (b"latin-1 caf\xe9", "latin-1 caf\\xe9"),
            (b"cut short \xe2\x82", "cut short \\xe2\\x82"),
            (b"a surrogate \xed\xa0\x80", "a surrogate \\xed\\xa0\\x80"),
            ("gpj.\u{202e}exe".as_bytes(), "gpj.\\u{202e}exe"),
            ("\u{2066}isolate\u{2069}".as_bytes(), "\\u{2066}isolate\\u{2069}"),
            ("line\u{2028}separator".as_bytes(), "line\\u{2028}separator"),
            ("no\u{200b}thing".as_bytes(), "no\\u{200b}thing"),
            ("family \u{1f468}\u{200d}\u{1f469}".as_bytes(), "family \u{1f468}\u{200d}\u{1f469}"),
            (b"", ""),
        ];
        for (bytes, shown) in table {
            assert_eq!(escape(bytes), *shown);
        }
    }

    #[test]
    fn colour_is_a_choice_of_the_environment() {
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

    proptest! {
        #[test]
        fn nothing_that_acts_is_left(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let shown = escape(&bytes);
            prop_assert!(!shown.chars().any(is_unsafe), "{shown:?}");
            prop_assert_eq!(escape(shown.as_bytes()), shown);
        }

        #[test]
        fn any_text_is_safe_too(text in any::<String>()) {
            prop_assert!(!escape(text.as_bytes()).chars().any(is_unsafe));
        }
    }
}
