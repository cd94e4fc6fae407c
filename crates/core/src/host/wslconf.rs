//! Parses `wsl.conf` and `.wslconfig` as WSL does. The format differs from other INI dialects.
//!
//! Names of sections and keys are letters and digits, ignoring case; a section's name is followed by `]`. `#` starts a
//! comment anywhere outside quotes, `;` never does. `"` switches quoting on and off within a value. A backslash in a
//! value escapes `\`, `"`, `b`, `n`, `t` or a newline; any other character after it, even a carriage return, makes the
//! line invalid. Of two rows with the same key the first counts. In `wsl.conf` the lines after the first invalid one
//! are not read, and a byte order mark makes the first line invalid; `.wslconfig` skips invalid lines and the mark.
//! Source: WSL's `src/shared/configfile/configfile.cpp`.

use crate::prelude::*;

/// Effect of an invalid line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// It ends the file: `/etc/wsl.conf`.
    Ends,
    /// It is skipped: `.wslconfig`.
    IsSkipped,
}

/// A file's rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WslConf {
    /// Every valid row, in order.
    pub rows: Vec<WslConfEntry>,
    /// The numbers of the lines that are invalid.
    pub invalid: Vec<usize>,
}

/// One `key = value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WslConfEntry {
    /// The section, in lower case.
    pub section: Vec<u8>,
    /// The key, in lower case.
    pub key: Vec<u8>,
    /// The value, without quotes and escapes.
    pub value: Vec<u8>,
    /// The number of its first line, from 1.
    pub line: usize,
}

impl WslConf {
    /// Parses a file's text.
    #[must_use]
    pub fn parse(text: &[u8], invalid: Invalid) -> WslConf {
        let mut conf = WslConf::default();
        let mut section = Vec::new();
        let marked = text.strip_prefix(b"\xef\xbb\xbf").filter(|_| invalid == Invalid::IsSkipped);
        let mut lines = WslConfReader { rest: marked.unwrap_or(text), number: 1 };
        while !lines.rest.is_empty() {
            let first = lines.number;
            match lines.read() {
                Ok(WslConfLine::Blank) => {}
                Ok(WslConfLine::Section(name)) => section = name,
                Ok(WslConfLine::Value(key, value)) => {
                    conf.rows.push(WslConfEntry { section: section.clone(), key, value, line: first })
                }
                Err(Malformed) => {
                    conf.invalid.push(first);
                    if invalid == Invalid::Ends {
                        break;
                    }
                }
            }
        }
        conf
    }

    /// Returns the value that counts, which is the first.
    #[must_use]
    pub fn get(&self, section: &str, key: &str) -> Option<&[u8]> {
        let is_entry = |row: &&WslConfEntry| {
            row.section.eq_ignore_ascii_case(section.as_bytes()) && row.key.eq_ignore_ascii_case(key.as_bytes())
        };
        self.rows.iter().find(is_entry).map(|row| row.value.as_slice())
    }

    /// Returns the switch that counts; none if it is missing or neither yes nor no: WSL then uses its default.
    #[must_use]
    pub fn switch(&self, section: &str, key: &str) -> Option<bool> {
        let value = self.get(section, key)?;
        if value == b"1" || value.eq_ignore_ascii_case(b"true") {
            Some(true)
        } else if value == b"0" || value.eq_ignore_ascii_case(b"false") {
            Some(false)
        } else {
            None
        }
    }
}

enum WslConfLine {
    Blank,
    Section(Vec<u8>),
    Value(Vec<u8>, Vec<u8>),
}

struct Malformed;

/// The remaining text.
struct WslConfReader<'t> {
    rest: &'t [u8],
    number: usize,
}

impl WslConfReader<'_> {
    /// Reads one line, or several that backslashes in a value join. An invalid one is skipped to its end.
    fn read(&mut self) -> Result<WslConfLine, Malformed> {
        self.skip_blanks();
        let line = match self.rest.first() {
            None | Some(b'#' | b'\r' | b'\n') => Ok(WslConfLine::Blank),
            Some(b'[') => self.section(),
            Some(_) => self.value(),
        };
        // The rest of the line is empty or a comment.
        let end = self.rest.iter().position(|&byte| byte == b'\n');
        let end = match (&line, self.rest.first()) {
            // A carriage return alone also ends a line.
            (Ok(_), Some(b'\r')) if self.rest.get(1) != Some(&b'\n') => Some(0),
            _ => end,
        };
        self.number += usize::from(end.is_some_and(|end| self.rest.get(end) == Some(&b'\n')));
        self.rest = end.and_then(|end| self.rest.get(end + 1..)).unwrap_or_default();
        line
    }

    fn skip_blanks(&mut self) {
        let blanks = self.rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.rest = self.rest.get(blanks..).unwrap_or_default();
    }

    fn next(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    /// Reads a name, in lower case.
    fn name(&mut self) -> Result<Vec<u8>, Malformed> {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let (name, rest) = self.rest.split_at(length);
        if !name.first().is_some_and(u8::is_ascii_alphabetic) {
            return Err(Malformed);
        }
        self.rest = rest;
        Ok(name.to_ascii_lowercase())
    }

    fn section(&mut self) -> Result<WslConfLine, Malformed> {
        self.next();
        let name = self.name()?;
        if self.next() != Some(b']') {
            return Err(Malformed);
        }
        self.skip_blanks();
        match self.rest.first() {
            None | Some(b'#' | b'\r' | b'\n') => Ok(WslConfLine::Section(name)),
            Some(_) => Err(Malformed),
        }
    }

    fn value(&mut self) -> Result<WslConfLine, Malformed> {
        let key = self.name()?;
        self.skip_blanks();
        if self.rest.first() != Some(&b'=') {
            return Err(Malformed);
        }
        self.next();
        self.skip_blanks();
        let mut value = Vec::new();
        // Blanks at the end are removed, unless they were quoted.
        let mut kept = 0;
        let mut quoted = false;
        while let Some(&byte) = self.rest.first() {
            match byte {
                b'\n' | b'\r' => break,
                b'#' if !quoted => break,
                b'"' => quoted = !quoted,
                b'\\' => match self.rest.get(1) {
                    Some(b'\\') => value.push(b'\\'),
                    Some(b'"') => value.push(b'"'),
                    Some(b'b') => value.push(8),
                    Some(b'n') => value.push(b'\n'),
                    Some(b't') => value.push(b'\t'),
                    Some(b'\n') => self.number += 1,
                    _ => return Err(Malformed),
                },
                _ => value.push(byte),
            }
            if byte == b'\\' {
                self.next();
            }
            self.next();
            if !matches!(byte, b' ' | b'\t') {
                kept = value.len();
            }
        }
        if quoted {
            return Err(Malformed);
        }
        value.truncate(kept);
        Ok(WslConfLine::Value(key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_wsl_reads_them() {
        let table: &[(&str, Option<&str>)] = &[
            ("[interop]\nenabled=false\n", Some("false")),
            ("[Interop]\nEnabled = FALSE  \r\n", Some("FALSE")),
            ("[interop]\nenabled=false # why\n", Some("false")),
            ("[interop]\nenabled=false ; why\n", Some("false ; why")),
            ("[interop]\nenabled=\"a # b \"\n", Some("a # b ")),
            ("[interop]\nenabled=a\\tb\\\\\n", Some("a\tb\\")),
            ("[interop]\nenabled=fal\\\nse\n", Some("false")),
            ("[interop]\nenabled=true\nenabled=false\n", Some("true")),
            // WSL does not accept the mark in this file.
            ("\u{feff}[interop]\nenabled=true", None),
            ("# C:\\\n[interop]\nenabled=true", Some("true")),
            ("[interop] # C:\\\nenabled=true", Some("true")),
            ("[user]\ndefault=a\\\\\n[interop]\nenabled=true", Some("true")),
            ("[user]\ndefault=a # \\\n[interop]\nenabled=true", Some("true")),
            ("[interop]\renabled=true\r", Some("true")),
            ("[interop]\nenabled = \"true\" \t# why", Some("true")),
            ("[interop]\nenabled=", Some("")),
            ("[ interop ]\nenabled=true\n", None),
            ("[interop] # here\nenabled=1\n", Some("1")),
            ("# [interop]\nenabled=true\n", None),
            ("enabled=true\n", None),
            ("[interop]\n", None),
            ("", None),
        ];
        for (text, value) in table {
            let conf = WslConf::parse(text.as_bytes(), Invalid::Ends);
            assert_eq!(conf.get("interop", "enabled"), value.map(str::as_bytes), "{text:?}");
        }
    }

    #[test]
    fn an_invalid_line_ends_wsl_conf_and_is_skipped_in_wslconfig() {
        let text = b"[wsl2]\npath=C:\\Users\\me\nlocalhostForwarding=false\n";
        let ended = WslConf::parse(text, Invalid::Ends);
        assert_eq!((ended.switch("wsl2", "localhostforwarding"), ended.invalid), (None, vec![2]));
        let skipped = WslConf::parse(text, Invalid::IsSkipped);
        assert_eq!((skipped.switch("wsl2", "localhostForwarding"), skipped.invalid), (Some(false), vec![2]));
        let marked = [b"\xef\xbb\xbf", &text[..]].concat();
        assert_eq!(WslConf::parse(&marked, Invalid::IsSkipped).switch("wsl2", "localhostForwarding"), Some(false));
        assert_eq!(WslConf::parse(&marked, Invalid::Ends), WslConf { rows: vec![], invalid: vec![1] });
    }

    #[test]
    fn lines_keep_their_numbers() {
        let text = b"# a \\\r\n[boot]\r\n\r\ncommand=a \\\n b\nsystemd=true\n";
        let rows = WslConf::parse(text, Invalid::Ends).rows;
        let rows: Vec<(&[u8], usize)> = rows.iter().map(|row| (row.value.as_slice(), row.line)).collect();
        assert_eq!(rows, [(&b"a  b"[..], 4), (b"true", 6)]);
    }

    #[test]
    fn invalid_lines_are_reported() {
        for line in [
            "key",
            "=x",
            "1key=x",
            "a b=x",
            "k=\"open",
            "k=\\q",
            "[sec tion]",
            "[section",
            "[s] x",
            "; note",
            "[ s ]",
            "[s]]",
            "k=a\\\r",
            "k_l=x",
            "k: x",
            "\u{feff}k=x",
        ] {
            let conf = WslConf::parse(format!("{line}\n").as_bytes(), Invalid::Ends);
            assert_eq!(conf.invalid, [1], "{line:?}");
        }
    }

    #[test]
    fn a_switch_accepts_the_words_that_wsl_accepts() {
        let table = [
            ("1", Some(true)),
            ("True", Some(true)),
            ("0", Some(false)),
            ("false", Some(false)),
            ("yes", None),
            ("", None),
        ];
        for (value, switch) in table {
            let conf = WslConf::parse(format!("[a]\nb={value}\n").as_bytes(), Invalid::Ends);
            assert_eq!(conf.switch("a", "b"), switch, "{value:?}");
        }
    }
}
