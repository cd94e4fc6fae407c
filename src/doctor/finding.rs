//! The result of a check: the problem, its reason, the command to type, and the place.

use crate::diagnosis::{Code, Failure};
use crate::text::escape::escape;
use crate::text::mask;

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// No problem.
    Ok,
    /// It works, but slowly, only through gowrap, or not for every program.
    Warn,
    /// Something does not work.
    Fail,
}

impl Severity {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Ok => "ok",
            Severity::Warn => "warn",
            Severity::Fail => "fail",
        }
    }
}

/// One fix. A test applies each fix and expects that the finding disappears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    /// A command for a shell.
    Type(String),
    /// A change to a file that the user makes by hand, or one on Windows.
    Change(String),
}

impl Fix {
    /// Its words.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Fix::Type(text) | Fix::Change(text) => text,
        }
    }
}

impl From<String> for Fix {
    fn from(command: String) -> Fix {
        Fix::Type(command)
    }
}

impl From<&str> for Fix {
    fn from(command: &str) -> Fix {
        Fix::Type(command.to_owned())
    }
}

/// A result of a check. Its text is masked and escaped for a terminal; `place` is raw bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its stable code, as `gowrap-diagnostics(7)` lists it.
    pub code: Code,
    /// Severity of a finding.
    pub level: Severity,
    /// The problem.
    pub title: String,
    /// The reason why it matters, and the message that it causes.
    pub why: String,
    /// Fixes, each of which is enough.
    pub fix: Vec<Fix>,
    /// The file, the variable or the part of the machine that has the problem.
    pub place: Vec<u8>,
}

impl Finding {
    /// A finding of level `Ok`.
    #[must_use]
    pub fn ok(code: Code, place: impl Into<Vec<u8>>, title: impl Into<String>) -> Finding {
        Finding::new(Severity::Ok, code, place, title)
    }

    /// A finding of level `Warn`.
    #[must_use]
    pub fn warn(code: Code, place: impl Into<Vec<u8>>, title: impl Into<String>) -> Finding {
        Finding::new(Severity::Warn, code, place, title)
    }

    /// A finding of level `Fail`.
    #[must_use]
    pub fn fail(code: Code, place: impl Into<Vec<u8>>, title: impl Into<String>) -> Finding {
        Finding::new(Severity::Fail, code, place, title)
    }

    /// A finding of that level.
    #[must_use]
    pub fn new(level: Severity, code: Code, place: impl Into<Vec<u8>>, title: impl Into<String>) -> Finding {
        let (title, place) = (title.into(), place.into());
        Finding { code, level, title, why: String::new(), fix: Vec::new(), place }
    }

    /// The refusal of a plan.
    #[must_use]
    pub fn refusal(failure: &Failure, place: impl Into<Vec<u8>>) -> Finding {
        let mut finding = Finding::fail(failure.code, place, shown(&failure.message));
        finding.fix = failure.fix.iter().map(|fix| Fix::Type(shown(fix))).collect();
        finding
    }

    /// Sets the reason why it matters.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Finding {
        self.why = why.into();
        self
    }

    /// Adds a fix.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Fix>) -> Finding {
        self.fix.push(fix.into());
        self
    }
}

/// The line that takes a member out of a JSON file: `in FILE, remove "KEY" from a > b`.
#[must_use]
pub fn remove_member(file: &[u8], within: &[&str], key: &str) -> Fix {
    let key = shown(key.as_bytes());
    Fix::Change(match within {
        [] => format!("in {}, remove \"{key}\"", word(file)),
        within => format!("in {}, remove \"{key}\" from {}", word(file), steps(within)),
    })
}

/// The line that sets a member of a JSON file: `in FILE, set "KEY" in a > b to VALUE`.
#[must_use]
pub fn set_member(file: &[u8], within: &[&str], key: &str, value: &serde_json::Value) -> Fix {
    let (key, value) = (shown(key.as_bytes()), shown(value.to_string().as_bytes()));
    Fix::Change(match within {
        [] => format!("in {}, set \"{key}\" to {value}", word(file)),
        within => format!("in {}, set \"{key}\" in {} to {value}", word(file), steps(within)),
    })
}

/// Returns the line that sets a row of an INI file of WSL, which WSL reads when it starts.
#[must_use]
pub fn set_row(file: &str, section: &str, key: &str, value: &str) -> Fix {
    Fix::Change(format!("in {file}, under [{section}], set {key} = {value}; then, on Windows: wsl.exe --shutdown"))
}

fn steps(within: &[&str]) -> String {
    let steps: Vec<String> = within.iter().map(|step| shown(step.as_bytes())).collect();
    steps.join(" > ")
}

/// Bytes from outside as text for a finding: secrets are masked, control characters are escaped.
#[must_use]
pub fn shown(bytes: &[u8]) -> String {
    escape(&mask::text(bytes))
}

/// The same as one word of a command that a shell reads.
#[must_use]
pub fn word(bytes: &[u8]) -> String {
    let word = shown(bytes);
    match word.strip_prefix("~/") {
        // A shell does not expand a quoted tilde.
        Some(rest) => format!("~/{}", shell_words::quote(rest)),
        None => shell_words::quote(&word).into_owned(),
    }
}
