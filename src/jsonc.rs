//! JSON as VS Code reads it in its own files: with comments and commas before a closing bracket.

use serde_json::Value;

/// Reads a text. Comments and such commas become blanks first, so that places in messages stay right.
///
/// # Errors
/// The parser's message, with line and column.
pub fn parse(text: &[u8]) -> Result<Value, String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    serde_json::from_slice(&blanked(text)).map_err(|error| error.to_string())
}

fn blanked(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    let mut at = 0;
    let mut comma = None;
    while let Some(&byte) = text.get(at) {
        let end = match (byte, text.get(at + 1)) {
            (b'"', _) => string_end(text, at),
            (b'/', Some(b'/')) => blank(&mut out, at, line_end(text, at)),
            (b'/', Some(b'*')) => blank(&mut out, at, find(text, at + 2, b"*/").map_or(text.len(), |end| end + 2)),
            _ => at + 1,
        };
        match byte {
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(slot) = comma.take().and_then(|comma| out.get_mut(comma)) {
                    *slot = b' ';
                }
            }
            b'/' if end > at + 1 => {}
            _ if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at = end;
    }
    out
}

/// Index of the end of a comment that began there. A carriage return alone ends a line too.
#[must_use]
pub fn line_end(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(text.len(), |at| from + at)
}

fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        match text.get(at) {
            None => return text.len(),
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

fn find(text: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.windows(what.len()).position(|part| part == what).map(|at| from + at)
}

/// Blanks a part out, newlines aside; the result is its end.
fn blank(out: &mut [u8], start: usize, end: usize) -> usize {
    for byte in out.get_mut(start..end).unwrap_or_default() {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
    end
}

/// Index and first byte of each token; comments and blanks are not tokens.
#[must_use]
pub fn tokens(text: &[u8]) -> Vec<(usize, u8)> {
    let mut tokens = Vec::new();
    let mut at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let end_of = |from: usize, what: &[u8]| {
        let rest = text.get(from..).unwrap_or_default();
        rest.windows(what.len()).position(|part| part == what).map_or(text.len(), |found| from + found + what.len())
    };
    while let Some(&byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'/', Some(b'/')) => at = line_end(text, at),
            (b'/', Some(b'*')) => at = end_of(at + 2, b"*/"),
            (b'"', _) => {
                tokens.push((at, byte));
                at += 1;
                while let Some(&inside) = text.get(at) {
                    at += if inside == b'\\' { 2 } else { 1 };
                    if inside == b'"' {
                        break;
                    }
                }
            }
            _ => {
                if !byte.is_ascii_whitespace() {
                    tokens.push((at, byte));
                }
                at += 1;
            }
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn comments_and_trailing_commas_are_accepted() {
        let table: &[(&str, Option<&str>)] = &[
            (r#"{"a": 1}"#, Some(r#"{"a":1}"#)),
            ("// x\n{\"a\": 1, // y\n}\n", Some(r#"{"a":1}"#)),
            (r#"{"a": [1, 2, /* z */ ], }"#, Some(r#"{"a":[1,2]}"#)),
            (r#"{"a": "http://h/*x*/", "b": "\",]"}"#, Some(r#"{"a":"http://h/*x*/","b":"\",]"}"#)),
            (r#"{"a": "C:\\x\\"}"#, Some(r#"{"a":"C:\\x\\"}"#)),
            ("\u{feff}{}", Some("{}")),
            ("{\r\"a\": 1 // b\r}\r", Some(r#"{"a":1}"#)),
            (r#"{"a": 1 /* open"#, None),
            (r#"{,}"#, Some("{}")),
            (r#"{"a" 1}"#, None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text.as_bytes()).ok().map(|value| value.to_string()).as_deref(), *expected, "{text}");
        }
        assert!(parse(b"{\n// one\n/* two\n*/ \"a\" 1}").unwrap_err().contains("line 4"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_without_panic(bytes: Vec<u8>, text in "[{}\\[\\],\"/*\\\\a \n]{0,60}") {
            let _ = (parse(&bytes), parse(text.as_bytes()));
        }

        #[test]
        fn plain_json_is_read_as_serde_reads_it(text in "[^\\x00-\\x1f]{0,20}") {
            let value = serde_json::json!({ "k": text, "l": [1, "//", ","] });
            prop_assert_eq!(parse(value.to_string().as_bytes()).unwrap(), value);
        }
    }
}
