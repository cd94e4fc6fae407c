//! An environment as the kernel passes it: an ordered list of byte strings, most of them `NAME=value`.
//!
//! Order, duplicates and entries without `=` are kept: a program that is started directly gets them too.

use alloc::borrow::Cow;
use alloc::ffi::CString;
use alloc::sync::Arc;
use core::ffi::CStr;

use crate::prelude::*;

/// The environment of a process, original or changed. A copy shares the entries until one of the two is changed.
#[derive(Debug, Clone, Default)]
pub struct Environ<'a> {
    listing: Arc<IndexedEntries<'a>>,
}

/// The entries, and an index of their first bytes.
#[derive(Debug, Clone)]
struct IndexedEntries<'a> {
    entries: Vec<Cow<'a, CStr>>,
    /// The first entry of each group of initials. A call looks up about twenty names. To search the whole environment
    /// for each of them would be the most expensive part of the call.
    first: [u32; GROUPS],
    /// The next entry of the same group, for each entry.
    next: Vec<u32>,
}

/// Initials that differ in their low five bits are in different groups: all capitals, for one.
const GROUPS: usize = 32;

/// No entry: the end of a group.
const NONE: u32 = u32::MAX;

impl Default for IndexedEntries<'_> {
    fn default() -> Self {
        IndexedEntries { entries: Vec::new(), first: [NONE; GROUPS], next: Vec::new() }
    }
}

/// Group of the names, or of the entries, that begin with this byte.
fn group(text: &[u8]) -> usize {
    usize::from(text.first().copied().unwrap_or(b'=')) % GROUPS
}

impl<'a> IndexedEntries<'a> {
    fn new(entries: Vec<Cow<'a, CStr>>) -> Self {
        let mut first = [NONE; GROUPS];
        let mut next = vec![NONE; entries.len()];
        // The last entry comes first, so that each group has the order of the entries.
        for (at, (entry, next)) in entries.iter().zip(&mut next).enumerate().rev() {
            let first = &mut first[group(entry.to_bytes())];
            *next = *first;
            *first = at as u32;
        }
        IndexedEntries { entries, first, next }
    }

    /// Entries of the group of a name, in order.
    fn alike(&self, name: &[u8]) -> impl Iterator<Item = usize> {
        let mut at = self.first[group(name)];
        core::iter::from_fn(move || {
            let here = at as usize;
            at = *self.next.get(here)?;
            Some(here)
        })
    }

    /// Position and value of the first entry of that name.
    fn find(&self, name: &[u8]) -> Option<(usize, &[u8])> {
        self.alike(name).find_map(|at| Some((at, value_of(self.entries.get(at)?.to_bytes(), name)?)))
    }
}

impl<'a> Environ<'a> {
    /// Returns an environment with these entries, in this order.
    #[must_use]
    pub fn new(entries: Vec<Cow<'a, CStr>>) -> Self {
        Environ { listing: Arc::new(IndexedEntries::new(entries)) }
    }

    /// Returns the value of the first entry of that name, as getenv(3) and Go's os.Getenv do.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.listing.find(name).map(|(_, value)| value)
    }

    /// Returns the value if it is not empty. cmd/go treats an empty variable as unset.
    #[must_use]
    pub fn get_nonempty(&self, name: &[u8]) -> Option<&[u8]> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Returns every `NAME=value`, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.iter_of(|_| true)
    }

    /// Returns every `NAME=value` whose first byte passes the test, in order. The test excludes most entries.
    pub fn iter_of(&self, initial: impl Fn(u8) -> bool) -> impl Iterator<Item = (&[u8], &[u8])> {
        let entries = self.listing.entries.iter().map(|entry| entry.to_bytes());
        entries.filter(move |entry| entry.first().is_some_and(|&byte| initial(byte))).filter_map(split)
    }

    /// Returns every entry, including those without `=`.
    #[must_use]
    pub fn entries(&self) -> &[Cow<'a, CStr>] {
        &self.listing.entries
    }

    /// Sets the variable at its position, or at the end, and removes duplicates. A value with a NUL is cut there, as C
    /// programs read it.
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        let mut entry = Vec::with_capacity(name.len() + value.len() + 2);
        entry.extend_from_slice(name);
        entry.push(b'=');
        entry.extend_from_slice(value);
        let entry = Cow::Owned(c_string(entry));
        match self.listing.find(name) {
            Some((at, _)) => {
                Arc::make_mut(&mut self.listing).entries[at] = entry;
                self.forget(name, at + 1);
            }
            None => {
                let last = self.listing.alike(name).last();
                let listing = Arc::make_mut(&mut self.listing);
                let at = listing.entries.len() as u32;
                match last {
                    Some(last) => listing.next[last] = at,
                    None => listing.first[group(name)] = at,
                }
                listing.entries.push(entry);
                listing.next.push(NONE);
            }
        }
    }

    /// Removes every entry of that name.
    pub fn unset(&mut self, name: &[u8]) {
        self.forget(name, 0);
    }

    fn forget(&mut self, name: &[u8], from: usize) {
        let goes = |at: usize, entry: &Cow<CStr>| at >= from && value_of(entry.to_bytes(), name).is_some();
        if !self.listing.alike(name).any(|at| goes(at, &self.listing.entries[at])) {
            return;
        }
        let kept = self.entries().iter().enumerate().filter(|(at, entry)| !goes(*at, entry));
        self.listing = Arc::new(IndexedEntries::new(kept.map(|(_, entry)| entry.clone()).collect()));
    }
}

/// Returns bytes as a C string, cut at the first NUL.
#[must_use]
pub fn c_string(mut bytes: Vec<u8>) -> CString {
    if let Some(nul) = bytes.iter().position(|&byte| byte == 0) {
        bytes.truncate(nul);
    }
    CString::new(bytes).unwrap_or_default()
}

fn value_of<'e>(entry: &'e [u8], name: &[u8]) -> Option<&'e [u8]> {
    // Compares first the byte in which most entries differ.
    if entry.get(name.len()) != Some(&b'=') || !entry.starts_with(name) {
        return None;
    }
    entry.get(name.len() + 1..)
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

    #[test]
    fn names_of_one_group_are_told_apart_and_a_copy_keeps_its_own() {
        let mut environ = environ(&[c"a=1", c"A=2", c"=3", c"", c"!=4", c"A"]);
        let before = environ.clone();
        let values =
            |environ: &Environ| [&b"a"[..], b"A", b"!", b"", b"B"].map(|name| environ.get(name).map(<[u8]>::to_vec));
        let some = |value: &str| Some(value.as_bytes().to_vec());
        assert_eq!(values(&environ), [some("1"), some("2"), some("4"), some("3"), None]);
        environ.set(b"B", b"5");
        environ.set(b"b", b"6");
        environ.set(b"a", b"7");
        environ.unset(b"A");
        assert_eq!(values(&environ), [some("7"), None, some("4"), some("3"), some("5")]);
        assert_eq!(text(&environ), ["a=7", "=3", "", "!=4", "A", "B=5", "b=6"]);
        environ.set(b"A", b"8");
        assert_eq!(environ.get(b"A"), Some(&b"8"[..]));
        assert_eq!(text(&before), ["a=1", "A=2", "=3", "", "!=4", "A"]);
        assert_eq!(values(&before), [some("1"), some("2"), some("4"), some("3"), None]);
    }
}
