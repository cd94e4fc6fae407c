//! Lists of words in one value, in cmd/go's quoting: `GOFLAGS`, `-exec`, `-toolexec`.
//!
//! The rule of `cmd/internal/quoted`: blanks separate words. A quote counts only at the start of a word; the word then
//! ends at the next quote of the same kind. There are no escapes. A word may follow a closing quote without a blank.

use core::ops::Range;

use crate::prelude::*;

/// The positions of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedWord {
    /// The word itself.
    pub inner: Range<usize>,
    /// The word with its quotes, if it has any.
    pub outer: Range<usize>,
}

/// Error for a quote that is not closed. cmd/go refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unterminated {
    /// Position of the opening quote.
    pub at: usize,
}

/// Error for a word that needs quotes and contains both kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unquotable;

/// Splits a value into its words.
///
/// # Errors
/// Returns an error if a quote is not closed.
pub fn split(text: &[u8]) -> Result<Vec<QuotedWord>, Unterminated> {
    let mut fields = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if is_blank(byte) {
            at += 1;
            continue;
        }
        let length = |start, ends: fn(u8, u8) -> bool| {
            text.get(start..).and_then(|rest| rest.iter().position(|&other| ends(other, byte)))
        };
        let field = if is_quote(byte) {
            let start = at + 1;
            let end = start + length(start, |other, quote| other == quote).ok_or(Unterminated { at })?;
            QuotedWord { inner: start..end, outer: at..end + 1 }
        } else {
            let end = length(at, |other, _| is_blank(other)).map_or(text.len(), |length| at + length);
            QuotedWord { inner: at..end, outer: at..end }
        };
        at = field.outer.end;
        fields.push(field);
    }
    Ok(fields)
}

/// Replaces one word. Every other byte stays.
///
/// Replacing from the last field to the first keeps the positions of earlier fields valid.
///
/// # Errors
/// Returns an error if the word needs quotes and contains both kinds.
pub fn replace(text: &[u8], field: &QuotedWord, word: &[u8]) -> Result<Vec<u8>, Unquotable> {
    let (before, after) = (text.get(..field.outer.start), text.get(field.outer.end..));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let mut new = before.to_vec();
    let stands_alone = after.first().is_none_or(|&byte| is_blank(byte));
    let was_quoted = field.inner != field.outer;
    let old_quote = text.get(field.outer.start).copied().filter(|_| was_quoted);
    let can_be_bare = word.first().is_some_and(|&byte| !is_quote(byte)) && !word.iter().any(|&byte| is_blank(byte));
    match quote_for(word, old_quote.unwrap_or(b'\'')) {
        _ if can_be_bare && !was_quoted => new.extend_from_slice(word),
        Some(quote) => enclose(&mut new, word, quote),
        None if can_be_bare && stands_alone => new.extend_from_slice(word),
        None => return Err(Unquotable),
    }
    new.extend_from_slice(after);
    Ok(new)
}

/// Returns a quote that can enclose the word, the preferred one if both can.
fn quote_for(word: &[u8], preferred: u8) -> Option<u8> {
    [preferred, b'\'', b'"'].into_iter().find(|quote| !word.contains(quote))
}

fn enclose(text: &mut Vec<u8>, word: &[u8], quote: u8) {
    text.push(quote);
    text.extend_from_slice(word);
    text.push(quote);
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'\'' | b'"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<&str> {
        let fields = split(text.as_bytes()).expect("every quote is closed");
        fields.into_iter().map(|field| text.get(field.inner).expect("at character bounds")).collect()
    }

    #[test]
    fn splits_as_cmd_go_does() {
        for (text, expected) in [
            ("", vec![]),
            (" \t\r\n ", vec![]),
            ("a", vec!["a"]),
            (" a  b\tc\n", vec!["a", "b", "c"]),
            ("'a b' \"c d\"", vec!["a b", "c d"]),
            ("'a\"b' \"c'd\"", vec!["a\"b", "c'd"]),
            ("''", vec![""]),
            ("'a'b", vec!["a", "b"]),
            ("'a''b'", vec!["a", "b"]),
            ("a'b c'd", vec!["a'b", "c'd"]),
            ("-modfile='C:\\a b'", vec!["-modfile='C:\\a", "b'"]),
            ("'-modfile=C:\\a b\\x.mod' -v", vec!["-modfile=C:\\a b\\x.mod", "-v"]),
            ("a\\ b", vec!["a\\", "b"]),
            ("a\u{a0}b\u{b}c", vec!["a\u{a0}b\u{b}c"]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_open_quote_is_an_error() {
        for (text, at) in [("'", 0), ("a 'b", 2), ("'a' \"b'", 4), ("'a''", 3)] {
            assert_eq!(split(text.as_bytes()), Err(Unterminated { at }), "{text:?}");
        }
    }

    #[test]
    fn replaces_one_word_and_nothing_else() {
        for (text, index, word, expected) in [
            ("-v  -modfile=x\t-x", 1, "-modfile=/y", "-v  -modfile=/y\t-x"),
            ("-modfile=x -x", 0, "-modfile=/a b", "'-modfile=/a b' -x"),
            ("\"-modfile=x\" -x", 0, "-modfile=/a b", "\"-modfile=/a b\" -x"),
            ("\"a\"", 0, "b\"c", "'b\"c'"),
            ("'a'b", 0, "c", "'c'b"),
            ("a", 0, "", "''"),
            ("a", 0, "it's", "it's"),
            ("'a'", 0, "it's \\", "\"it's \\\""),
            ("'a' b", 0, "x'\"", "x'\" b"),
        ] {
            let fields = split(text.as_bytes()).expect("every quote is closed");
            let new = replace(text.as_bytes(), &fields[index], word.as_bytes());
            assert_eq!(new.as_deref(), Ok(expected.as_bytes()), "{text:?} {word:?}");
        }
        let fields = split(b"'a'b").expect("every quote is closed");
        for word in ["x'\"", "' \"", "'\""] {
            assert_eq!(replace(b"'a'b", &fields[0], word.as_bytes()), Err(Unquotable), "{word:?}");
        }
    }

    proptest! {
        #[test]
        fn fields_are_in_order_and_inside(text in "[a '\"\\\\\n]{0,20}") {
            let Ok(fields) = split(text.as_bytes()) else { return Ok(()) };
            let mut end = 0;
            for field in fields {
                prop_assert!(end <= field.outer.start && field.outer.start <= field.inner.start);
                prop_assert!(field.inner.end <= field.outer.end && field.outer.end <= text.len());
                end = field.outer.end;
            }
        }

        #[test]
        fn a_replaced_word_is_the_only_change(text in "[a '\"]{1,16}", word in "[b '\"]{0,6}", pick in 0usize..8) {
            let Ok(fields) = split(text.as_bytes()) else { return Ok(()) };
            let Some(field) = fields.get(pick) else { return Ok(()) };
            let Ok(new) = replace(text.as_bytes(), field, word.as_bytes()) else { return Ok(()) };
            let mut expected: Vec<&[u8]> = fields.iter().map(|field| &text.as_bytes()[field.inner.clone()]).collect();
            expected[pick] = word.as_bytes();
            let again = split(&new).expect("the quotes are closed");
            let again: Vec<&[u8]> = again.into_iter().map(|field| &new[field.inner]).collect();
            prop_assert_eq!(again, expected);
        }
    }
}
