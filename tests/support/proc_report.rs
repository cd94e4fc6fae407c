//! Reads the report of a fake tool.

/// Everything that a process was started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    /// The argument list, `argv[0]` included.
    pub(crate) args: Vec<Vec<u8>>,
    /// The environment, entry by entry.
    pub(crate) env: Vec<Vec<u8>>,
    /// Everything else, one fact a line: descriptors, signals, limits and the like.
    pub(crate) state: Vec<String>,
}

impl Report {
    pub(crate) fn parse(text: &[u8]) -> Report {
        let mut report = Report { args: Vec::new(), env: Vec::new(), state: Vec::new() };
        for line in std::str::from_utf8(text).unwrap().lines() {
            match line.split_once(' ') {
                Some(("arg", hex)) => report.args.push(bytes(hex)),
                Some(("env", hex)) => report.env.push(bytes(hex)),
                Some(("cwd", hex)) => report.state.push(format!("cwd {}", bytes(hex).escape_ascii())),
                _ => report.state.push(line.to_owned()),
            }
        }
        assert!(!report.state.is_empty(), "the tool was cut off while it wrote");
        report
    }

    /// The first value of a variable.
    pub(crate) fn variable(&self, name: &str) -> Option<&[u8]> {
        let prefix = format!("{name}=");
        self.env.iter().find_map(|entry| entry.strip_prefix(prefix.as_bytes()))
    }

    /// The line of the state that begins so.
    #[track_caller]
    pub(crate) fn fact(&self, key: &str) -> &str {
        let found = self.state.iter().find(|line| line.starts_with(key));
        found.unwrap_or_else(|| panic!("no {key} in {:#?}", self.state))
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    hex.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
