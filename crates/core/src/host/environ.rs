//! An environment as the kernel hands it over: an ordered list of byte strings, most of them `NAME=value`.
//!
//! Order, duplicates and entries without `=` are kept, since a program that is started directly would see them too.

use alloc::borrow::Cow;
use alloc::ffi::CString;
use core::ffi::CStr;

use crate::prelude::*;

/// The environment of a process, original or changed.
#[derive(Debug, Clone, Default)]
pub struct Environ<'a> {
    entries: Vec<Cow<'a, CStr>>,
}

impl<'a> Environ<'a> {
    /// The environment with these entries, in this order.
    #[must_use]
    pub fn new(entries: Vec<Cow<'a, CStr>>) -> Self {
        Environ { entries }
    }

    /// The value of the first entry of that name, as getenv(3) and Go's os.Getenv find it.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        for entry in &self.entries {
            // Every call of a tool comes by here some hundred times: the one byte that most entries differ in goes first.
            let entry = entry.to_bytes();
            if entry.get(name.len()) == Some(&b'=') && entry.starts_with(name) {
                return entry.get(name.len() + 1..);
            }
        }
        None
    }

    /// The value, unless it is unset or empty: cmd/go treats the two alike.
    #[must_use]
    pub fn get_nonempty(&self, name: &[u8]) -> Option<&[u8]> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Every `NAME=value`, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.entries.iter().filter_map(|entry| split(entry.to_bytes()))
    }

    /// Every entry as it is, those without `=` included.
    #[must_use]
    pub fn entries(&self) -> &[Cow<'a, CStr>] {
        &self.entries
    }

    /// Sets the variable where it stands, or at the end; a duplicate of it goes. A value with a NUL in it is cut there,
    /// as any C program would.
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        let mut entry = Vec::with_capacity(name.len() + value.len() + 2);
        entry.extend_from_slice(name);
        entry.push(b'=');
        entry.extend_from_slice(value);
        let entry = Cow::Owned(c_string(entry));
        match self.position(name) {
            Some(at) => {
                self.entries[at] = entry;
                self.forget(name, at + 1);
            }
            None => self.entries.push(entry),
        }
    }

    /// Removes every entry of that name.
    pub fn unset(&mut self, name: &[u8]) {
        self.forget(name, 0);
    }

    fn position(&self, name: &[u8]) -> Option<usize> {
        self.entries.iter().position(|entry| value_of(entry.to_bytes(), name).is_some())
    }

    fn forget(&mut self, name: &[u8], from: usize) {
        let mut index = 0;
        self.entries.retain(|entry| {
            index += 1;
            index <= from || value_of(entry.to_bytes(), name).is_none()
        });
    }
}

/// Bytes as a C string, cut at the first NUL.
#[must_use]
pub fn c_string(mut bytes: Vec<u8>) -> CString {
    if let Some(nul) = bytes.iter().position(|&byte| byte == 0) {
        bytes.truncate(nul);
    }
    CString::new(bytes).unwrap_or_default()
}

fn value_of<'e>(entry: &'e [u8], name: &[u8]) -> Option<&'e [u8]> {
    entry.strip_prefix(name)?.strip_prefix(b"=")
}

fn split(entry: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = entry.iter().position(|&byte| byte == b'=')?;
    Some((&entry[..equals], &entry[equals + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environ(entries: &[&'static CStr]) -> Environ<'static> {
        Environ::new(entries.iter().map(|entry| Cow::Borrowed(*entry)).collect())
    }

    fn text(environ: &Environ) -> Vec<String> {
        environ.entries().iter().map(|entry| entry.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn the_first_entry_of_a_name_counts_and_malformed_entries_stay() {
        let environ = environ(&[c"A=1", c"odd", c"AB=2", c"A=3", c"E="]);
        assert_eq!(environ.get(b"A"), Some(&b"1"[..]));
        assert_eq!(environ.get(b"AB"), Some(&b"2"[..]));
        assert_eq!(environ.get(b"odd"), None);
        assert_eq!(environ.get(b"E"), Some(&b""[..]));
        assert_eq!(environ.get_nonempty(b"E"), None);
    }

    #[test]
    fn setting_keeps_the_place_and_drops_duplicates() {
        let mut environ = environ(&[c"A=1", c"odd", c"B=2", c"A=3"]);
        environ.set(b"A", b"x=y");
        assert_eq!(text(&environ), ["A=x=y", "odd", "B=2"]);
        environ.set(b"C", b"");
        assert_eq!(text(&environ), ["A=x=y", "odd", "B=2", "C="]);
        environ.unset(b"B");
        assert_eq!(text(&environ), ["A=x=y", "odd", "C="]);
    }
}
