//! Shows a mistake in a text file: `FILE:LINE:COL: message`, the line, and a caret under the place.

use core::ops::Range;

use crate::prelude::*;

/// Points at a place of a file.
///
/// Lines and columns count from one, columns in characters. A tab in the shown line becomes a blank, so that the caret
/// is at the right column.
#[must_use]
pub fn point(file: &[u8], text: &[u8], place: Range<usize>, what: &str) -> Vec<u8> {
    let start = place.start.min(text.len());
    let line_start = line_start(text, start);
    let line_end = text[start..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |at| start + at);
    let column = characters(&text[line_start..start]) + 1;
    let width = characters(&text[start..place.end.clamp(start, line_end)]).max(1);

    let mut shown = text[line_start..line_end].trim_ascii_end().to_vec();
    for byte in &mut shown {
        if *byte == b'\t' {
            *byte = b' ';
        }
    }
    // A message of the parser may have several lines. Only the first is shown.
    let what = what.lines().next().unwrap_or_default();
    let mut message = [label(file, text, start).as_slice(), b": ", what.as_bytes(), b"\n  ", &shown].concat();
    message.extend_from_slice(format!("\n  {:>pad$}", "", pad = column - 1).as_bytes());
    message.extend(core::iter::repeat_n(b'^', width));
    message
}

/// Returns the place in one line: `FILE:LINE:COL`.
#[must_use]
pub fn label(file: &[u8], text: &[u8], start: usize) -> Vec<u8> {
    let start = start.min(text.len());
    let line_start = line_start(text, start);
    let number = text[..line_start].iter().filter(|&&byte| byte == b'\n').count() + 1;
    let column = characters(&text[line_start..start]) + 1;
    [file, format!(":{number}:{column}").as_bytes()].concat()
}

/// Returns the start of the line that contains `at`.
fn line_start(text: &[u8], at: usize) -> usize {
    text[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1)
}

/// Returns the number of characters. A byte that is not UTF-8 counts as one.
fn characters(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_place() {
        let text = "kind = \"wsl2\"\n\tüser = 1\nend";
        let table: &[(Range<usize>, &str)] = &[
            (0..4, "f:1:1: oops\n  kind = \"wsl2\"\n  ^^^^"),
            (7..13, "f:1:8: oops\n  kind = \"wsl2\"\n         ^^^^^^"),
            // A place that continues on the next line is marked up to the end of its first line.
            (7..30, "f:1:8: oops\n  kind = \"wsl2\"\n         ^^^^^^"),
            (13..14, "f:1:14: oops\n  kind = \"wsl2\"\n               ^"),
            (23..24, "f:2:9: oops\n   üser = 1\n          ^"),
            (25..28, "f:3:1: oops\n  end\n  ^^^"),
            (28..28, "f:3:4: oops\n  end\n     ^"),
            (99..120, "f:3:4: oops\n  end\n     ^"),
        ];
        for (place, message) in table {
            let found = point(b"f", text.as_bytes(), place.clone(), "oops\nand more");
            assert_eq!(String::from_utf8(found).unwrap(), *message, "{place:?}");
        }
    }

    #[test]
    fn an_empty_file_has_a_first_column() {
        assert_eq!(point(b"f", b"", 0..0, "nothing"), b"f:1:1: nothing\n  \n  ^");
    }
}
