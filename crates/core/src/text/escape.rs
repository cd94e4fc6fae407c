//! Escapes bytes from outside for a terminal.
//!
//! A file name, a variable or an argument can have sequences that move the cursor, change the window's title or, with
//! the bidirectional controls of UAX #9, show words in another order. They become visible text. Letters of every script
//! stay. A backslash stays single, so that Windows paths can be read. To escape a text twice is the same as once.

use crate::prelude::*;

/// Returns bytes as text that has no effect on a terminal: controls as `\n`, `\x1b`, `\u{9b}`, and bytes that are not
/// UTF-8 as `\xNN`.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            push_escaped(&mut shown, c);
        }
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    shown
}

fn push_escaped(shown: &mut String, c: char) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        '\0'..='\x1f' | '\x7f' => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
        _ if is_unsafe(c) => shown.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        _ => shown.push(c),
    }
}

/// Returns true for a character that has an effect on a terminal, or is invisible there.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // order
            | '\u{2028}' | '\u{2029}' // lines
            | '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}') // nothing to see
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_become_visible() {
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

    proptest! {
        #[test]
        fn no_control_character_remains(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let shown = escape(&bytes);
            prop_assert!(!shown.chars().any(is_unsafe), "{shown:?}");
            prop_assert_eq!(escape(shown.as_bytes()), shown);
        }

        #[test]
        fn no_control_character_remains_in_text(text in any::<String>()) {
            prop_assert!(!escape(text.as_bytes()).chars().any(is_unsafe));
        }
    }
}
