//! An explanation for a program: one JSON object that always has every key, in the order of [`View`]'s fields.
//!
//! JSON strings are Unicode: bytes that are not UTF-8 become `{"b64": "…"}`. Control characters are written as `\u`
//! escapes, which a parser turns back, so that the output is safe on a terminal.

use std::fmt::Write;

use crate::explain::view::View;
use crate::text::escape;

pub(super) fn render(view: &View) -> Vec<u8> {
    object(view)
}

/// Returns the object and a newline.
#[must_use]
pub fn object<T: serde::Serialize>(value: &T) -> Vec<u8> {
    // Serializing to memory fails only for a key that is not a string; all keys are strings.
    let object = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut safe = String::with_capacity(object.len() + 1);
    for c in object.chars() {
        if c != '\n' && escape::is_unsafe(c) {
            // serde_json escapes C0 in strings: a newline is layout, and any other control character is in a string.
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe.push('\n');
    safe.into_bytes()
}
