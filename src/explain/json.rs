//! An explanation for a program: one JSON object, every key always there, in the order of [`View`]'s fields.
//!
//! JSON's strings are Unicode; one that is not UTF-8 becomes `{"b64": "…"}`. A person may look at it as well, so what
//! acts on a terminal is written as `\u` escapes, which any parser turns back.

use std::fmt::Write;

use crate::explain::view::View;
use crate::text::escape;

pub(super) fn render(view: &View) -> Vec<u8> {
    object(view)
}

/// The object and a newline.
#[must_use]
pub fn object<T: serde::Serialize>(value: &T) -> Vec<u8> {
    // The keys are all strings, and memory does not fail: there is no error to lose here.
    let object = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut safe = String::with_capacity(object.len() + 1);
    for c in object.chars() {
        if c != '\n' && escape::is_unsafe(c) {
            // JSON's own rules escape C0 in strings, so that a newline here is layout; what is left stands in a string.
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
