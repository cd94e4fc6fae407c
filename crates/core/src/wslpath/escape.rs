//! Characters that NTFS forbids in a name. WSL stores them as private-use characters, U+F000 plus the byte.

use crate::prelude::*;

/// Returns true if this byte of a Linux path must be escaped. The slash need not: it separates names. The colon must:
/// on NTFS it begins the name of a stream. A dot or a space at the end of a name is not escaped.
fn is_forbidden(byte: u8) -> bool {
    matches!(byte, 0x01..=0x1f | b'"' | b'*' | b':' | b'<' | b'>' | b'?' | b'\\' | b'|')
}

/// Returns a Linux path in Windows form: with backslashes, and forbidden characters escaped.
pub(super) fn escape(path: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(path.len());
    for byte in path {
        match *byte {
            b'/' => escaped.push(b'\\'),
            byte if is_forbidden(byte) => escaped.extend([0xef, 0x80 | byte >> 6, 0x80 | byte & 0x3f]),
            byte => escaped.push(byte),
        }
    }
    escaped
}

/// Reverses [`escape`], except for separators. Only characters that it makes are decoded. WSL decodes more: full-width
/// characters too, such as U+FF08 as a backspace, but a file name may have those.
pub(super) fn unescape(path: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(path.len());
    let mut rest = path;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match tail {
            [high @ 0x80..=0x81, low @ 0x80..=0xbf, after @ ..]
                if *first == 0xef && is_forbidden(high << 6 | low & 0x3f) =>
            {
                plain.push(high << 6 | low & 0x3f);
                rest = after;
            }
            _ => plain.push(*first),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_map_to_the_private_use_area() {
        let table: &[(&str, &str)] = &[
            ("/a:b", "\\a\u{f03a}b"),
            ("a\\b", "a\u{f05c}b"),
            ("*?\"<>|", "\u{f02a}\u{f03f}\u{f022}\u{f03c}\u{f03e}\u{f07c}"),
            ("\u{1}\t\n\u{1f}", "\u{f001}\u{f009}\u{f00a}\u{f01f}"),
            ("trail. ", "trail. "),
            ("\u{7f}~ NUL", "\u{7f}~ NUL"),
            ("日本（語）", "日本（語）"),
        ];
        for (linux, windows) in table {
            assert_eq!(escape(linux.as_bytes()), windows.as_bytes(), "{linux:?}");
        }
    }

    #[test]
    fn private_use_characters_map_back() {
        let table: &[(&str, &[u8], &[u8])] = &[
            ("a colon", b"a\xef\x80\xbab", b"a:b"),
            ("a backslash", b"\xef\x81\x9c", b"\\"),
            ("the first and the last", b"\xef\x80\x81\xef\x81\xbc", b"\x01|"),
            ("U+F000 stands for no byte of a path", b"\xef\x80\x80", b"\xef\x80\x80"),
            ("U+F041 was never escaped", b"\xef\x81\x81", b"\xef\x81\x81"),
            ("full-width characters", "（：）".as_bytes(), "（：）".as_bytes()),
            ("cut short", b"x\xef\x80", b"x\xef\x80"),
            ("not UTF-8", b"\xef\xef\x80\xba", b"\xef:"),
        ];
        for (name, windows, linux) in table {
            assert_eq!(unescape(windows), *linux, "{name}");
        }
    }
}
