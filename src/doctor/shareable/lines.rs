//! Makes texts line by line. Also has the tests that several forms of lines use.

use crate::text::mask;

/// Makes each line by its form; empty if it has none. A carriage return at the end of a line stays.
pub(super) fn lines(text: &[u8], mut form: impl FnMut(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut rebuilt = Vec::new();
    let mut empty = 0;
    for line in text.split(|&byte| byte == b'\n') {
        let (line, end): (&[u8], &[u8]) = line.strip_suffix(b"\r").map_or((line, b"\n"), |line| (line, b"\r\n"));
        match form(line).filter(|line| !line.is_empty()) {
            Some(line) => {
                rebuilt.extend(std::iter::repeat_n(b'\n', std::mem::take(&mut empty)));
                rebuilt.extend([&line, end].concat());
            }
            None => empty += 1,
        }
    }
    rebuilt
}

pub(super) fn is_made_of(text: &[u8], others: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_alphanumeric() || others.contains(byte))
}

/// Returns true for a folder's path in Linux or Windows form: not for a module's name or another word.
pub(super) fn is_folder(path: &[u8]) -> bool {
    let is_path = path == b"." || path == b".." || path.contains(&b'/') || path.contains(&b'\\');
    let is_drive = matches!(path, [letter, b':', ..] if letter.is_ascii_alphabetic());
    (is_path || is_drive) && path.iter().all(|byte| !byte.is_ascii_control())
}

pub(super) fn masked(text: &str) -> String {
    String::from_utf8_lossy(&mask::text(text.as_bytes())).into_owned()
}
