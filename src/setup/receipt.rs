//! What earlier runs made that was not there before: comment lines at the end of our own `env` file. Only what stands
//! here is ever removed as a whole.

/// What a line of the receipt begins with.
const LINE: &[u8] = b"# made ";

/// Files, links and folders that we made, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Their paths.
    pub made: Vec<Vec<u8>>,
}

impl Receipt {
    /// Reads it from an `env` file.
    #[must_use]
    pub fn decode(env: &[u8]) -> Receipt {
        let lines = env.split(|&byte| byte == b'\n').filter_map(|line| line.strip_prefix(LINE));
        Receipt { made: lines.filter(|path| path.starts_with(b"/")).map(<[u8]>::to_vec).collect() }
    }

    /// The lines.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.made.iter().flat_map(|path| [LINE, path, b"\n"].concat()).collect()
    }

    /// Adds a path, once.
    pub fn add(&mut self, path: &[u8]) {
        if !self.has(path) {
            self.made.push(path.to_vec());
        }
    }

    /// Did we make this?
    #[must_use]
    pub fn has(&self, path: &[u8]) -> bool {
        self.made.iter().any(|made| made == path)
    }
}
