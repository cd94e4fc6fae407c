//! Text that `gowrap doctor --fix` replaces in a file of the user's own: one line of a shell's file, or one value of an
//! editor's settings. The receipt keeps the old text, and `gowrap setup --remove` puts it back if the new one is still
//! there.

use std::ops::Range;

use crate::host::Host;
use crate::setup::change::{Change, Changes, Part};
use crate::setup::json_value;
use crate::setup::user_file::UserFile;
use crate::text::escape::escape;

/// The place of a text in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextLocation {
    /// A whole line, by its number.
    Line(usize),
    /// A value in JSON, by the names that lead to it.
    Value(Vec<String>),
}

/// A text, and the one in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The file, by its name for the user: a dotfile may be a link.
    pub file: Vec<u8>,
    /// The place of the text.
    pub location: TextLocation,
    /// The old text.
    pub from: Vec<u8>,
    /// The new text.
    pub to: Vec<u8>,
}

impl Replaced {
    /// The text of one line of the receipt.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let location = match &self.location {
            TextLocation::Line(number) => format!("line/{number}").into_bytes(),
            TextLocation::Value(steps) => {
                let steps: Vec<Vec<u8>> = steps.iter().map(|step| encoded(step.as_bytes(), b"/")).collect();
                [&b"value/"[..], &steps.join(&b'/')].concat()
            }
        };
        [location, encoded(&self.file, b""), encoded(&self.from, b""), encoded(&self.to, b"")].join(&b' ')
    }

    /// Reads it from a line of the receipt; none if the line has another form.
    #[must_use]
    pub fn decode(line: &[u8]) -> Option<Replaced> {
        let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
        let [location, file, from, to] = words.as_slice() else { return None };
        let text = |bytes: &[u8]| String::from_utf8(decoded(bytes)?).ok();
        let location = match location.strip_prefix(b"line/") {
            Some(number) => TextLocation::Line(text(number)?.parse().ok()?),
            None => {
                let steps = location.strip_prefix(b"value/")?.split(|&byte| byte == b'/');
                TextLocation::Value(steps.map(text).collect::<Option<_>>()?)
            }
        };
        let file = decoded(file).filter(|file| file.starts_with(b"/"))?;
        Some(Replaced { file, location, from: decoded(from)?, to: decoded(to)? })
    }

    /// Adds the change that replaces the text.
    pub fn carry_out(&self, host: &dyn Host, changes: &mut Changes) {
        self.exchange(&self.from, &self.to, host, changes);
    }

    /// Adds the change that puts the old text back.
    pub fn undo(&self, host: &dyn Host, changes: &mut Changes) {
        self.exchange(&self.to, &self.from, host, changes);
    }

    fn exchange(&self, there: &[u8], instead: &[u8], host: &dyn Host, changes: &mut Changes) {
        if host.lstat(&self.file).is_err() {
            return;
        }
        let UserFile { path, before } = match UserFile::read(&self.file, host) {
            Ok(file) => file,
            Err(why) => return changes.notes.push(why),
        };
        let Some(before) = changes.contents_of(&path).map(<[u8]>::to_vec).or(before) else { return };
        let Some(range) = self.range(&before, there) else {
            // A run that was killed, or an earlier run, may have done this already.
            if self.range(&before, instead).is_none() {
                changes.notes.push(format!("{} was changed since then, so its text stays", escape(&self.file)));
            }
            return;
        };
        let (head, tail) = (before.get(..range.start).unwrap_or_default(), before.get(range.end..).unwrap_or_default());
        let after = [head, instead, tail].concat();
        let what = Part::Replaced { from: there.to_vec(), to: instead.to_vec() };
        changes.list.push(Change::Edit { name: self.file.clone(), path, before: Some(before), after, what });
    }

    /// Returns the position of this text in the present file. Of several equal lines, the nearest one counts, because
    /// lines may have been added above it.
    fn range(&self, contents: &[u8], text: &[u8]) -> Option<Range<usize>> {
        match &self.location {
            TextLocation::Value(steps) => {
                json_value::range(contents, steps).filter(|range| contents.get(range.clone()) == Some(text))
            }
            TextLocation::Line(number) => {
                let mut start = 0;
                let mut found: Vec<(usize, Range<usize>)> = Vec::new();
                for (at, line) in (1..).zip(contents.split(|&byte| byte == b'\n')) {
                    if line == text {
                        found.push((number.abs_diff(at), start..start + line.len()));
                    }
                    start += line.len() + 1;
                }
                found.into_iter().min_by_key(|(distance, _)| *distance).map(|(_, range)| range)
            }
        }
    }
}

/// Returns bytes without blanks, control characters and some others, escaped as in RFC 3986.
fn encoded(bytes: &[u8], others: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'%' | b' ' | 0x7f | 0..=0x1f => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            _ if others.contains(&byte) => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out
}

fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        out.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = after;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(steps: &[&str], from: &[u8], to: &[u8]) -> Replaced {
        let steps = steps.iter().map(|step| (*step).to_owned()).collect();
        Replaced {
            file: b"/h/a b".to_vec(),
            location: TextLocation::Value(steps),
            from: from.to_vec(),
            to: to.to_vec(),
        }
    }

    #[test]
    fn a_line_of_the_receipt_is_one_line_and_is_read_again() {
        let rows = [
            value(&["go.toolsEnvVars", "A/B %"], b"\"C:\\\\a b\"", b"\"/mnt/c/a b\""),
            Replaced {
                file: b"/h/.profile".to_vec(),
                location: TextLocation::Line(7),
                from: b"a\r".to_vec(),
                to: Vec::new(),
            },
        ];
        for row in rows {
            let text = row.encode();
            assert!(!text.iter().any(u8::is_ascii_control), "{}", text.escape_ascii());
            assert_eq!(Replaced::decode(&text), Some(row));
        }
        for text in ["", "line/1 /a b", "line/x /a b c", "value/a a b c", "other/1 /a b c", "line/1 /a %zz c"] {
            assert_eq!(Replaced::decode(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn of_equal_lines_the_nearest_counts() {
        let row =
            Replaced { file: Vec::new(), location: TextLocation::Line(4), from: b"x".to_vec(), to: b"y".to_vec() };
        assert_eq!(row.range(b"y\na\nb\ny\nc", b"y"), Some(6..7));
        assert_eq!(row.range(b"y\na", b"y"), Some(0..1));
        assert_eq!(row.range(b"", b"y"), None);
        assert_eq!(value(&["a"], b"\"1\"", b"\"2\"").range(b"{\"a\": \"2\"}", b"\"2\""), Some(6..9));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(file in prop::collection::vec(any::<u8>(), 0..20), steps in prop::collection::vec(".{0,6}", 1..3), from in prop::collection::vec(any::<u8>(), 0..20)) {
            let row = Replaced { file: [b"/", file.as_slice()].concat(), location: TextLocation::Value(steps), from: from.clone(), to: from };
            prop_assert_eq!(Replaced::decode(&row.encode()), Some(row));
        }
    }
}
