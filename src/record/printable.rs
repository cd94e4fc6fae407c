//! Text of a record for a terminal: no character in it acts on one.
//!
//! TOML writes control characters of ASCII as `\u001b`, and other characters as they are: also those that switch the
//! direction of text, and the controls above ASCII, which some terminals obey.

use crate::text::escape::is_unsafe;

/// Rewrites each string of a TOML text that holds such a character as a basic string, where an escape can stand for it.
/// The text is one of the toml crate: it has no comments.
#[must_use]
pub(crate) fn printable(toml: &str) -> String {
    let mut out = String::with_capacity(toml.len());
    let mut rest = toml;
    while let Some(start) = rest.find(['"', '\'']) {
        let (before, string) = rest.split_at(start);
        out.push_str(before);
        let length = length_of(string);
        let (string, after) = string.split_at(length);
        if string.contains(acts) {
            out.push_str(&basic(string))
        } else {
            out.push_str(string)
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Returns true for a character that is not written as it is. A line feed in a string of several lines is.
fn acts(c: char) -> bool {
    is_unsafe(c) && !matches!(c, '\n' | '\t')
}

/// Returns the length of the string that a text begins with, with its quotes.
fn length_of(text: &str) -> usize {
    let quotes = quotes_of(text);
    let mut is_escaped = false;
    let inside = text.get(quotes.len()..).unwrap_or_default();
    for (at, c) in inside.char_indices() {
        let is_end = !is_escaped && inside.get(at..).is_some_and(|rest| rest.starts_with(quotes));
        if is_end {
            // Up to two quotes may stand before the last three.
            let more = if quotes.len() == 3 { run_of(inside.get(at + 3..).unwrap_or_default(), quotes) } else { 0 };
            return quotes.len() + at + quotes.len() + more;
        }
        is_escaped = c == '\\' && !is_escaped && quotes.starts_with('"');
    }
    text.len()
}

fn run_of(text: &str, quotes: &str) -> usize {
    text.bytes().take(2).take_while(|byte| quotes.as_bytes().first() == Some(byte)).count()
}

/// Returns the quotes at the beginning of a string: one or three.
fn quotes_of(string: &str) -> &str {
    let three = string.get(..3).filter(|three| matches!(*three, "\"\"\"" | "'''"));
    three.or_else(|| string.get(..1)).unwrap_or_default()
}

/// Returns a string as a basic one.
fn basic(string: &str) -> String {
    let quotes = quotes_of(string);
    let inside = string.strip_prefix(quotes).and_then(|string| string.strip_suffix(quotes)).unwrap_or_default();
    let is_literal = quotes.starts_with('\'');
    let mut out: String = quotes.chars().map(|_| '"').collect();
    for c in inside.chars() {
        match c {
            '\\' | '"' if is_literal => out.extend(['\\', c]),
            c if acts(c) => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.extend(quotes.chars().map(|_| '"'));
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_string_with_such_a_character_becomes_a_basic_one() {
        let table = [
            ("a = 'C:\\x'\nb = \"y\"\n", "a = 'C:\\x'\nb = \"y\"\n"),
            ("a = 'C:\\\u{9b}\"'\n", "a = \"C:\\\\\\U0000009b\\\"\"\n"),
            ("a = \"\\\"\u{202e}\\\\\"\n", "a = \"\\\"\\U0000202e\\\\\"\n"),
            ("a = '''\n\u{9b}\\'''\n", "a = \"\"\"\n\\U0000009b\\\\\"\"\"\n"),
            ("\"k\u{202e}\" = 1\n", "\"k\\U0000202e\" = 1\n"),
        ];
        for (text, expected) in table {
            assert_eq!(printable(text), expected);
        }
    }

    proptest! {
        #[test]
        fn the_text_means_the_same(
            values in prop::collection::btree_map(".{0,4}", "[a\"'\\\\\n\r\t\u{1b}\u{9b}\u{202e}\u{feff} ]{0,12}", 0..4)
        ) {
            let text = toml::to_string(&values).unwrap();
            let shown = printable(&text);
            prop_assert_eq!(&toml::from_str::<BTreeMap<String, String>>(&shown).unwrap(), &values);
            prop_assert!(!shown.contains(acts), "{:?}", shown);
        }
    }
}
