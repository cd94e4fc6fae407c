//! `wsl.conf` and `.wslconfig`, read as WSL's own parser reads them, which is unlike any other INI dialect.
//!
//! Names of sections and keys are letters and digits, without regard to case. `#` starts a comment anywhere outside
//! quotes, `;` never does. `"` switches quoting on and off within a value. A backslash escapes `\`, `"`, `b`, `n`, `t` or
//! the end of the line, and anything else behind one makes the line invalid. Of two rows with the same key the first
//! counts. In `wsl.conf` nothing behind the first invalid line is read; `.wslconfig` passes over such lines.
//! Source: WSL's `src/shared/configfile/configfile.cpp`.

/// What an invalid line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// It ends the file: `/etc/wsl.conf`.
    Ends,
    /// It is passed over: `.wslconfig`.
    IsSkipped,
}

/// A file's rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WslConf {
    /// Every row that counts or would have, in order.
    pub rows: Vec<Row>,
    /// The numbers of the lines that are invalid.
    pub invalid: Vec<usize>,
}

/// One `key = value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The section, in lower case.
    pub section: Vec<u8>,
    /// The key, in lower case.
    pub key: Vec<u8>,
    /// The value, quotes and escapes taken out.
    pub value: Vec<u8>,
    /// The line that it begins on, the first being 1.
    pub line: usize,
}

impl WslConf {
    /// Reads a file's text.
    #[must_use]
    pub fn parse(text: &[u8], invalid: Invalid) -> WslConf {
        let mut conf = WslConf::default();
        let mut section = Vec::new();
        let mut rest = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut line = 1;
        while !rest.is_empty() {
            let first = line;
            match read_line(&mut rest, &mut line) {
                Ok(Line::Blank) => {}
                Ok(Line::Section(name)) => section = name,
                Ok(Line::Value(key, value)) => {
                    conf.rows.push(Row { section: section.clone(), key, value, line: first })
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

    /// The value that counts, which is the first.
    #[must_use]
    pub fn get(&self, section: &str, key: &str) -> Option<&[u8]> {
        let wanted = |row: &&Row| {
            row.section.eq_ignore_ascii_case(section.as_bytes()) && row.key.eq_ignore_ascii_case(key.as_bytes())
        };
        self.rows.iter().find(wanted).map(|row| row.value.as_slice())
    }

    /// The switch that counts; none where it is not there or says neither yes nor no, and WSL's default holds.
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

enum Line {
    Blank,
    Section(Vec<u8>),
    Value(Vec<u8>, Vec<u8>),
}

struct Malformed;

/// Reads one line, or several that a backslash joins; `rest` and `line` come to stand behind it even where it is invalid.
fn read_line(rest: &mut &[u8], line: &mut usize) -> Result<Line, Malformed> {
    let (logical, after, newlines) = cut(rest);
    *rest = after;
    *line += newlines;
    let text = logical.trim_ascii_start();
    match text.first() {
        None | Some(b'#') => Ok(Line::Blank),
        Some(b'[') => section(&text[1..]),
        Some(_) => value(text),
    }
}

/// Cuts off the next line. A newline behind a backslash does not end it.
fn cut(text: &[u8]) -> (&[u8], &[u8], usize) {
    let (mut at, mut newlines) = (0, 0);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\n' => return (&text[..at], &text[at + 1..], newlines + 1),
            b'\\' if text[at + 1..].starts_with(b"\n") => {
                newlines += 1;
                at += 2;
            }
            b'\\' if text[at + 1..].starts_with(b"\r\n") => {
                newlines += 1;
                at += 3;
            }
            _ => at += 1,
        }
    }
    (text, b"", newlines)
}

fn section(text: &[u8]) -> Result<Line, Malformed> {
    let close = text.iter().position(|&byte| byte == b']').ok_or(Malformed)?;
    let after = text[close + 1..].trim_ascii();
    if !after.is_empty() && !after.starts_with(b"#") {
        return Err(Malformed);
    }
    name(text[..close].trim_ascii()).map(Line::Section)
}

fn name(text: &[u8]) -> Result<Vec<u8>, Malformed> {
    let valid = text.first().is_some_and(u8::is_ascii_alphabetic) && text.iter().all(u8::is_ascii_alphanumeric);
    if valid { Ok(text.to_ascii_lowercase()) } else { Err(Malformed) }
}

fn value(text: &[u8]) -> Result<Line, Malformed> {
    let equals = text.iter().position(|&byte| byte == b'=').ok_or(Malformed)?;
    let key = name(text[..equals].trim_ascii())?;
    let mut value = Vec::new();
    // Blanks at the end go, unless they were quoted.
    let mut kept = 0;
    let mut quoted = false;
    let mut bytes = text[equals + 1..].trim_ascii_start().iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'"' => {
                quoted = !quoted;
                kept = value.len();
                continue;
            }
            b'#' if !quoted => break,
            b'\\' => match bytes.next() {
                Some(b'\\') => value.push(b'\\'),
                Some(b'"') => value.push(b'"'),
                Some(b'b') => value.push(8),
                Some(b'n') => value.push(b'\n'),
                Some(b't') => value.push(b'\t'),
                Some(b'\n') => continue,
                Some(b'\r') if bytes.as_slice().starts_with(b"\n") => {
                    bytes.next();
                    continue;
                }
                _ => return Err(Malformed),
            },
            _ => value.push(byte),
        }
        if quoted || !byte.is_ascii_whitespace() {
            kept = value.len();
        }
    }
    if quoted {
        return Err(Malformed);
    }
    value.truncate(kept);
    Ok(Line::Value(key, value))
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
            ("\u{feff}[interop]\nenabled=true", Some("true")),
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
    fn an_invalid_line_ends_one_file_and_not_the_other() {
        let text = b"[wsl2]\npath=C:\\Users\\me\nlocalhostForwarding=false\n";
        let ended = WslConf::parse(text, Invalid::Ends);
        assert_eq!((ended.switch("wsl2", "localhostforwarding"), ended.invalid), (None, vec![2]));
        let skipped = WslConf::parse(text, Invalid::IsSkipped);
        assert_eq!((skipped.switch("wsl2", "localhostForwarding"), skipped.invalid), (Some(false), vec![2]));
    }

    #[test]
    fn lines_that_are_invalid() {
        for line in ["key", "=x", "1key=x", "a b=x", "k=\"open", "k=\\q", "[sec tion]", "[section", "[s] x", "; note"] {
            let conf = WslConf::parse(format!("{line}\n").as_bytes(), Invalid::Ends);
            assert_eq!(conf.invalid, [1], "{line:?}");
        }
    }

    #[test]
    fn switches_say_yes_or_no_and_nothing_else() {
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
