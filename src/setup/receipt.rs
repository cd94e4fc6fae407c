//! What earlier runs made that was not there before: comment lines at the end of our own `env` file. Only what stands
//! here is ever removed as a whole.

/// The beginning of a line for what was made.
const LINE: &[u8] = b"# made ";

/// The beginning of a line for a file outside the home that got our line.
const CHANGED: &[u8] = b"# changed ";

/// Files, links and folders that we made, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Their paths.
    pub made: Vec<Vec<u8>>,
    /// Start files that got our line, where the home alone does not lead to them.
    pub changed: Vec<Vec<u8>>,
}

impl Receipt {
    /// Reads it from an `env` file.
    #[must_use]
    pub fn decode(env: &[u8]) -> Receipt {
        let paths = |begin: &[u8]| {
            let lines = env.split(|&byte| byte == b'\n').filter_map(|line| line.strip_prefix(begin));
            lines.filter(|path| path.starts_with(b"/")).map(<[u8]>::to_vec).collect()
        };
        Receipt { made: paths(LINE), changed: paths(CHANGED) }
    }

    /// The lines.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let made = self.made.iter().flat_map(|path| [LINE, path, b"\n"].concat());
        made.chain(self.changed.iter().flat_map(|path| [CHANGED, path, b"\n"].concat())).collect()
    }

    /// Adds what another receipt has.
    pub fn merge(&mut self, other: &Receipt) {
        other.made.iter().for_each(|path| self.add(path));
        other.changed.iter().for_each(|path| self.add_changed(path));
    }

    /// Adds a path, once.
    pub fn add(&mut self, path: &[u8]) {
        if !self.has(path) {
            self.made.push(path.to_vec());
        }
    }

    /// Adds a start file that got our line, once.
    pub fn add_changed(&mut self, path: &[u8]) {
        if !self.changed.iter().any(|changed| changed == path) {
            self.changed.push(path.to_vec());
        }
    }

    /// Did we make this?
    #[must_use]
    pub fn has(&self, path: &[u8]) -> bool {
        self.made.iter().any(|made| made == path)
    }
}
