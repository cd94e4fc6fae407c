//! An explanation for a program: one JSON object, every key always there, in the order of [`View`]'s fields.
//!
//! JSON's strings are Unicode; one that is not UTF-8 becomes `{"b64": "…"}`. A person may look at it as well, so what
//! acts on a terminal is written as `\u` escapes, which any parser turns back.

use std::fmt::Write;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::view::{Shown, View};
use crate::terminal;

/// The object and a newline.
pub(super) fn render(view: &View) -> Vec<u8> {
    // The view's keys are all strings, and memory does not fail: there is no error to lose here.
    let object = serde_json::to_string_pretty(view).unwrap_or_default();
    let mut safe = String::with_capacity(object.len() + 1);
    for c in object.chars() {
        if c != '\n' && terminal::is_unsafe(c) {
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

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Ok(text) = std::str::from_utf8(&self.0) {
            return serializer.serialize_str(text);
        }
        let mut object = serializer.serialize_map(Some(1))?;
        object.serialize_entry("b64", &base64(&self.0))?;
        object.end()
    }
}

/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |group, &byte| group << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let bits = (group >> (18 - 6 * digit)) & 63;
            text.push(if digit <= chunk.len() { char::from(ALPHABET[bits as usize]) } else { '=' });
        }
    }
    text
}
