//! The receipt: files, links and folders that earlier runs made, as comment lines at the end of gowrap's `env` file.
//! Only these are ever deleted. It also has the text that `gowrap doctor --fix` replaced in files of the user's own.

use crate::setup::replaced::Replaced;

/// Prefix of a line for a path that setup created.
const LINE: &[u8] = b"# made ";

/// Prefix of a line for a file outside the home that got gowrap's line.
const CHANGED: &[u8] = b"# changed ";

/// Prefix of a line for replaced text.
const REPLACED: &[u8] = b"# replaced ";

/// Files, links and folders that setup made, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// Their paths.
    pub made: Vec<Vec<u8>>,
    /// Start files outside the home that got gowrap's line.
    pub changed: Vec<Vec<u8>>,
    /// Text that was replaced in the user's own files, in that order.
    pub replaced: Vec<Replaced>,
}

impl Receipt {
    /// Reads it from an `env` file.
    #[must_use]
    pub(crate) fn decode(env: &[u8]) -> Receipt {
        // An editor may have changed the file to Windows line endings. No path of setup has a control character.
        let lines = || env.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let paths = |begin: &[u8]| {
            let paths = lines().filter_map(|line| line.strip_prefix(begin));
            paths.filter(|path| path.starts_with(b"/")).map(<[u8]>::to_vec).collect()
        };
        let replaced = lines().filter_map(|line| Replaced::decode(line.strip_prefix(REPLACED)?)).collect();
        Receipt { made: paths(LINE), changed: paths(CHANGED), replaced }
    }

    /// The lines.
    #[must_use]
    pub(crate) fn encode(&self) -> Vec<u8> {
        let made = self.made.iter().flat_map(|path| [LINE, path, b"\n"].concat());
        let changed = self.changed.iter().flat_map(|path| [CHANGED, path, b"\n"].concat());
        let replaced = self.replaced.iter().flat_map(|one| [REPLACED, &one.encode(), b"\n"].concat());
        made.chain(changed).chain(replaced).collect()
    }

    /// Adds the entries of another receipt.
    pub(crate) fn merge(&mut self, other: &Receipt) {
        other.made.iter().for_each(|path| self.add(path));
        other.changed.iter().for_each(|path| self.add_changed(path));
        other.replaced.iter().for_each(|one| self.add_replaced(one));
    }

    /// Adds a replaced text, once.
    pub(crate) fn add_replaced(&mut self, replaced: &Replaced) {
        if !self.replaced.contains(replaced) {
            self.replaced.push(replaced.clone());
        }
    }

    /// Adds a path, once.
    pub(crate) fn add(&mut self, path: &[u8]) {
        if !self.has(path) {
            self.made.push(path.to_vec());
        }
    }

    /// Adds a start file that got gowrap's line, once.
    pub(crate) fn add_changed(&mut self, path: &[u8]) {
        if !self.changed.iter().any(|changed| changed == path) {
            self.changed.push(path.to_vec());
        }
    }

    /// Returns true if setup made this.
    #[must_use]
    pub(crate) fn has(&self, path: &[u8]) -> bool {
        self.made.iter().any(|made| made == path)
    }
}
