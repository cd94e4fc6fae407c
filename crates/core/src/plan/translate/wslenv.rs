//! WSLENV: the list of variables that WSL passes on between Linux and Windows, and their flags.
//!
//! A list of `NAME` or `NAME/FLAGS`, separated by `:`. With `w`, a variable is passed only to Windows, with `u` only to
//! Linux. With `p` and `l`, WSL translates the value. WSL *deletes* a listed name on Windows if it is empty or unset
//! here, and ignores an entry with any other flag (WSL's init, `UtilParseWslEnv`).

use crate::host::environ::Environ;
use crate::prelude::*;

/// List of entries, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WslEnv {
    entries: Vec<WslEnvEntry>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WslEnvEntry {
    /// Variable.
    pub name: Vec<u8>,
    /// Text behind the first slash; `None` without a slash.
    pub flags: Option<Vec<u8>>,
}

/// Effect of an entry on the variable that Windows gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// Windows gets it unchanged.
    Verbatim,
    /// WSL translates it from its Linux form.
    Translated,
    /// Windows does not get it.
    Never,
}

impl WslEnvEntry {
    /// Returns the text of the entry.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.flags {
            Some(flags) => [self.name.as_slice(), b"/", flags].concat(),
            None => self.name.clone(),
        }
    }

    /// Returns true if WSL reads these flags. It ignores an entry with any other, and never passes one with `u` and
    /// `w`.
    #[must_use]
    pub fn is_read(&self) -> bool {
        let flags = self.flags.as_deref().unwrap_or_default();
        let both = flags.contains(&b'u') && flags.contains(&b'w');
        !both && flags.iter().all(|flag| b"pluw".contains(flag))
    }

    /// Returns the effect of the flags on the way to Windows.
    #[must_use]
    pub fn crossing(&self) -> Crossing {
        let flags = self.flags.as_deref().unwrap_or_default();
        if flags.contains(&b'u') || !flags.iter().all(|flag| b"pluw".contains(flag)) {
            Crossing::Never
        } else if flags.contains(&b'p') || flags.contains(&b'l') {
            Crossing::Translated
        } else {
            Crossing::Verbatim
        }
    }
}

impl WslEnv {
    /// Parses the list. Empty entries and trailing blanks are dropped; everything else is kept.
    #[must_use]
    pub fn parse(list: &[u8]) -> WslEnv {
        let entry = |text: &[u8]| match text.iter().position(|&byte| byte == b'/') {
            Some(slash) => WslEnvEntry { name: text[..slash].to_vec(), flags: Some(text[slash + 1..].to_vec()) },
            None => WslEnvEntry { name: text.to_vec(), flags: None },
        };
        let texts = list.trim_ascii_end().split(|&byte| byte == b':').filter(|text| !text.is_empty());
        WslEnv { entries: texts.map(entry).collect() }
    }

    /// Formats the list as WSL does. WSL removes trailing blanks, which could make an ignored entry valid.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut list = self.entries.iter().map(WslEnvEntry::to_bytes).collect::<Vec<_>>().join(&b":"[..]);
        if list.last().is_some_and(u8::is_ascii_whitespace) {
            list.push(b':');
        }
        list
    }

    /// The entries, in their order.
    #[must_use]
    pub fn entries(&self) -> &[WslEnvEntry] {
        &self.entries
    }

    /// Returns the list with each entry changed by this function.
    #[must_use]
    pub fn map(self, with: impl FnMut(WslEnvEntry) -> WslEnvEntry) -> WslEnv {
        WslEnv { entries: self.entries.into_iter().map(with).collect() }
    }

    /// Returns the first entry of that name whose variable Windows gets.
    #[must_use]
    pub fn crossing(&self, name: &[u8]) -> Crossing {
        self.entries
            .iter()
            .filter(|entry| entry.name == name)
            .map(WslEnvEntry::crossing)
            .find(|crossing| *crossing != Crossing::Never)
            .unwrap_or(Crossing::Never)
    }

    /// Returns true if the name is listed, with any flags.
    #[must_use]
    pub fn lists(&self, name: &[u8]) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    /// Adds a variable without flags, unless the user has listed it with flags of their own.
    pub fn add(&mut self, name: &[u8]) {
        if !self.lists(name) {
            self.entries.push(WslEnvEntry { name: name.to_vec(), flags: Some(b"w".to_vec()) });
        }
    }

    /// Removes a variable from the list: Windows keeps its own value.
    pub fn remove(&mut self, name: &[u8]) {
        self.entries.retain(|entry| entry.name != name);
    }

    /// Returns the listed names without a value: WSL deletes them on Windows.
    pub fn without_value<'e>(&'e self, environ: &'e Environ) -> impl Iterator<Item = &'e [u8]> {
        self.entries
            .iter()
            .filter(|entry| entry.crossing() == Crossing::Verbatim)
            .map(|entry| entry.name.as_slice())
            .filter(|name| environ.get_nonempty(name).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_determine_the_translation_of_a_variable() {
        let table = [
            ("A", Crossing::Verbatim),
            ("A/", Crossing::Verbatim),
            ("A/w", Crossing::Verbatim),
            ("A/p", Crossing::Translated),
            ("A/l", Crossing::Translated),
            ("A/pw", Crossing::Translated),
            ("A/u", Crossing::Never),
            ("A/uw", Crossing::Never),
            ("A/x", Crossing::Never),
            ("A/P", Crossing::Never),
            ("A/p/w", Crossing::Never),
            ("A/u:A/w", Crossing::Verbatim),
            ("B", Crossing::Never),
            (" A", Crossing::Never),
            ("", Crossing::Never),
            ("::A:", Crossing::Verbatim),
            ("A \t", Crossing::Verbatim),
        ];
        for (list, crossing) in table {
            assert_eq!(WslEnv::parse(list.as_bytes()).crossing(b"A"), crossing, "{list:?}");
        }
    }

    #[test]
    fn a_list_is_printed_as_it_was_read() {
        for list in ["A", "A/w:B/p:C/u", "A/:B", "A/p/w", "odd name/w"] {
            assert_eq!(WslEnv::parse(list.as_bytes()).to_bytes(), list.as_bytes());
        }
        assert_eq!(WslEnv::parse(b"::A: B: ").to_bytes(), b"A: B");
        assert_eq!(WslEnv::parse(b"B:A ::").to_bytes(), b"B:A :", "`A ` is another name than `A`");
    }

    #[test]
    fn a_name_is_added_once_and_a_users_flags_stay() {
        let table = [("", "A/w"), ("A/p", "A/p"), ("B", "B:A/w"), ("A/u", "A/u"), ("A/x:A", "A/x:A")];
        for (before, after) in table {
            let mut list = WslEnv::parse(before.as_bytes());
            list.add(b"A");
            list.add(b"A");
            assert_eq!(list.to_bytes(), after.as_bytes(), "{before:?}");
        }
    }

    /// WSL's own parser gives these results; the lab's `/init` is tested with the same file.
    #[test]
    fn a_variable_reaches_windows_only_if_wsl_passes_it() {
        type Pairs<'t> = Vec<(&'t str, &'t str)>;
        let vectors = include_str!("../../../../../tests/lab/vectors/wslenv.tsv");
        let mut cases = 0;
        for line in vectors.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [note, environ, sent] = fields.as_slice() else { panic!("three columns: {line}") };
            let pairs =
                |text: &'static str| -> Pairs { text.split(" ;; ").filter_map(|pair| pair.split_once('=')).collect() };
            let (environ, sent) = (pairs(environ), pairs(sent));
            let value =
                |name: &[u8]| environ.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, value)| *value);
            let list = WslEnv::parse(value(b"WSLENV").unwrap_or_default().as_bytes());
            let arrives =
                |name: &[u8]| sent.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, value)| *value);
            for entry in &list.entries {
                match entry.crossing() {
                    Crossing::Verbatim => {
                        assert_eq!(arrives(&entry.name), Some(value(&entry.name).unwrap_or_default()), "{note}")
                    }
                    // WSL drops a value that it cannot translate, so the result may be missing.
                    Crossing::Translated => {
                        assert!(arrives(&entry.name).is_none() || value(&entry.name).is_some(), "{note}")
                    }
                    Crossing::Never => assert_eq!(arrives(&entry.name), None, "{note}"),
                }
            }
            for (name, _) in sent.iter().filter(|(name, _)| *name != "WSLENV") {
                assert!(list.entries.iter().any(|entry| entry.name == name.as_bytes()), "{note}: {name}");
            }
            cases += 1;
        }
        assert!(cases > 20, "{cases} cases");
    }
}
