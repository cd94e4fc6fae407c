//! The lines of a refusal: the request and the reason, then the fixes. Only gowrap prints the lines about candidates
//! between them.
//!
//! Every line begins with `gowrap: `, because the user typed `go` and may not know that gowrap runs.

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

/// The last lines: the fixes.
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

/// Returns the lines of a text, each masked and escaped.
#[must_use]
pub fn paragraph(text: &[u8]) -> Vec<String> {
    mask::text(text).split(|&byte| byte == b'\n').map(escape).collect()
}

/// The message for standard error, newline included.
#[must_use]
pub fn print(lines: &[String]) -> Vec<u8> {
    lines.iter().flat_map(|line| [b"gowrap: ", line.as_bytes(), b"\n"].concat()).collect()
}
