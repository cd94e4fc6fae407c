//! The lines of a refusal: what was asked and why not, then the ways out. The lines about candidates stand between them, and
//! only gowrap prints those.
//!
//! Every line begins with `gowrap: `, because the person typed `go` and may not know that gowrap is there.

use crate::diagnosis::Failure;
use crate::prelude::*;
use crate::text::escape::escape;
use crate::text::mask;

/// The first lines: the message, with the code.
#[must_use]
pub fn head(failure: &Failure) -> Vec<String> {
    let mut lines = paragraph(&failure.message);
    if let Some(first) = lines.first_mut() {
        first.push_str(&format!(" [{}]", failure.code));
    }
    lines
}

/// The last lines: the ways out.
#[must_use]
pub fn fix_lines(failure: &Failure) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, fix) in failure.fix.iter().enumerate() {
        let (first, more) = if index == 0 { ("fix: ", "     ") } else { (" or: ", "     ") };
        for (number, line) in paragraph(fix).iter().enumerate() {
            lines.push(format!("{}{line}", if number == 0 { first } else { more }));
        }
    }
    lines
}

/// A text of gowrap's own that may have several lines, each of them masked and escaped.
#[must_use]
pub fn paragraph(text: &[u8]) -> Vec<String> {
    mask::text(text).split(|&byte| byte == b'\n').map(escape).collect()
}

/// The message for standard error, newline included.
#[must_use]
pub fn print(lines: &[String]) -> Vec<u8> {
    lines.iter().flat_map(|line| [b"gowrap: ", line.as_bytes(), b"\n"].concat()).collect()
}
