//! Splits `--build-flags` into arguments as delve does: `config.SplitQuotedFields` with the quote `'`.
//!
//! White space separates arguments. Only single quotes group, and only inside them a backslash escapes the next
//! character. Elsewhere backslashes and double quotes are literal: an unquoted `C:\x` is kept, a quoted `'C:\x'` loses
//! its backslash.

use core::ops::Range;

use crate::prelude::*;

/// One argument of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildFlagWord {
    /// Value that `go` receives.
    pub value: Vec<u8>,
    /// Byte range in the list, quotes included.
    pub span: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    Bare,
    Quoted,
    Escaped,
}

/// Splits `list` as delve does.
#[must_use]
pub fn split(list: &[u8]) -> Vec<BuildFlagWord> {
    let mut fields = Vec::new();
    let mut state = State::Between;
    let mut value = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (at, bytes) in characters(list) {
        end = at + bytes.len();
        state = match (state, bytes) {
            (State::Between, b"'") => {
                start = at;
                State::Quoted
            }
            (State::Between, _) if is_space(bytes) => State::Between,
            (State::Between, _) => {
                start = at;
                value.extend_from_slice(bytes);
                State::Bare
            }
            (State::Bare, b"'") => State::Quoted,
            (State::Bare, _) if is_space(bytes) => {
                fields.push(BuildFlagWord { value: core::mem::take(&mut value), span: start..at });
                State::Between
            }
            (State::Quoted, b"'") => State::Bare,
            (State::Quoted, b"\\") => State::Escaped,
            (State::Bare, _) | (State::Quoted | State::Escaped, _) => {
                value.extend_from_slice(bytes);
                if state == State::Escaped { State::Quoted } else { state }
            }
        };
    }
    // An unclosed quote still gives a field.
    if state == State::Bare || !value.is_empty() {
        fields.push(BuildFlagWord { value, span: start..end });
    }
    fields
}

/// Quotes `value` if needed, so that [`split`] returns it as one field.
#[must_use]
pub fn quote(value: &[u8]) -> Vec<u8> {
    let bare = !value.is_empty() && characters(value).all(|(_, bytes)| bytes != b"'" && !is_space(bytes));
    if bare {
        return value.to_vec();
    }
    let mut quoted = vec![b'\''];
    for &byte in value {
        if matches!(byte, b'\'' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted.push(b'\'');
    quoted
}

/// Replaces fields of `list`; every other byte stays. Returns `None` if `change` changes nothing.
pub fn rewrite(list: &[u8], mut change: impl FnMut(&BuildFlagWord) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let mut rewritten = Vec::new();
    let mut copied = 0;
    for field in split(list) {
        if let Some(value) = change(&field) {
            rewritten.extend_from_slice(list.get(copied..field.span.start).unwrap_or_default());
            rewritten.extend_from_slice(&quote(&value));
            copied = field.span.end;
        }
    }
    (copied > 0).then(|| {
        rewritten.extend_from_slice(list.get(copied..).unwrap_or_default());
        rewritten
    })
}

/// Returns the characters of `bytes` with their positions, as Go ranges over a string: a byte that is not UTF-8 is one
/// character.
fn characters(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let width = match rest.first()? {
            0..=0x7f => 1,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        let width = rest.get(..width).filter(|c| core::str::from_utf8(c).is_ok()).map_or(1, <[u8]>::len);
        let here = at;
        at += width;
        Some((here, rest.get(..width)?))
    })
}

/// Returns true for Go's `unicode.IsSpace`, which is Unicode's White_Space, like Rust's.
fn is_space(character: &[u8]) -> bool {
    core::str::from_utf8(character).is_ok_and(|c| c.chars().all(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(list: &str) -> Vec<String> {
        split(list.as_bytes()).into_iter().map(|f| String::from_utf8(f.value).unwrap()).collect()
    }

    #[test]
    fn fields_are_split_as_delve_splits_them() {
        for (list, fields) in [
            ("", &[][..]),
            ("  ", &[]),
            ("-tags=a -v", &["-tags=a", "-v"]),
            (r"-o C:\x\y", &["-o", r"C:\x\y"]),
            (r"-o 'C:\x\y'", &["-o", r"C:xy"]),
            (r"-o 'C:\\x\\y z'", &["-o", r"C:\x\y z"]),
            (r"-ldflags='-X a=\'b\''", &["-ldflags=-X a='b'"]),
            (r#"-tags="a b""#, &[r#"-tags="a"#, r#"b""#]),
            (r"a\ b", &[r"a\", "b"]),
            ("-a'b'c'd e'", &["-abcd e"]),
            ("'' x", &["", "x"]),
            ("''", &[""]),
            ("'never closed", &["never closed"]),
            ("'", &[]),
            (r"'ends in \", &["ends in "]),
            ("a\u{a0}b\u{3000}c\u{85}d", &["a", "b", "c", "d"]),
            ("\ta\nb\r\n", &["a", "b"]),
        ] {
            assert_eq!(values(list), fields, "{list:?}");
        }
    }

    #[test]
    fn a_span_covers_the_field_with_its_quotes() {
        let list = b"  -a 'b c'd  e";
        let spans: Vec<&[u8]> = split(list).into_iter().map(|f| &list[f.span]).collect();
        assert_eq!(spans, [&b"-a"[..], b"'b c'd", b"e"]);
    }

    #[test]
    fn only_the_changed_field_is_quoted_again() {
        for (list, to, rewritten) in [
            (r"-v  '-o=C:\\x'   -a", "-o=/mnt/c/x", "-v  -o=/mnt/c/x   -a"),
            (r"-v -o=C:\x	-a", "-o=/mnt/c/p q", "-v '-o=/mnt/c/p q'	-a"),
            (r"-o=C:\x", r"-o=a'b\c d", r"'-o=a\'b\\c d'"),
            (r"-o=C:\x -a", "", "'' -a"),
        ] {
            let out = rewrite(list.as_bytes(), |f| f.value.starts_with(b"-o").then(|| to.as_bytes().to_vec()));
            assert_eq!(String::from_utf8(out.unwrap()).unwrap(), rewritten, "{list}");
        }
        assert_eq!(rewrite(b" 'a  b' -c", |_| None), None);
    }

    proptest! {
        #[test]
        fn a_quoted_field_splits_to_the_same_field(value in proptest::collection::vec(any::<u8>(), 1..40)) {
            let fields = split(&quote(&value));
            prop_assert_eq!(fields.len(), 1);
            prop_assert_eq!(&fields[0].value, &value);
        }

        #[test]
        fn a_quoted_field_splits_the_same_among_others(value in "[ a-z'\\\\]{1,12}", before in "[ a-z]{0,6}") {
            let mut list = before.clone().into_bytes();
            list.push(b' ');
            list.extend_from_slice(&quote(value.as_bytes()));
            let fields = split(&list);
            prop_assert_eq!(&fields.last().unwrap().value, value.as_bytes());
        }

        #[test]
        fn spans_are_in_order_and_inside(list in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut last = 0;
            for field in split(&list) {
                prop_assert!(last <= field.span.start && field.span.start < field.span.end && field.span.end <= list.len());
                last = field.span.end;
            }
        }
    }
}
