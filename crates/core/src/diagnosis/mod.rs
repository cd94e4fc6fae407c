//! Notes and failures: each has a stable code, a text for a person, and for a failure the exit status.

pub mod code;
pub mod refusal;

pub use code::Code;

use crate::prelude::*;

/// How much a note matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Likely to surprise.
    Warn,
}

impl Level {
    /// The word used in plans.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warn => "warn",
        }
    }
}

/// A remark that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How much it matters.
    pub level: Level,
    /// Its stable code, as `gowrap-diagnostics(7)` lists it.
    pub code: Code,
    /// The remark.
    pub text: Vec<u8>,
}

impl Note {
    /// A note worth knowing.
    #[must_use]
    pub fn info(code: Code, text: impl Into<Vec<u8>>) -> Note {
        Note { level: Level::Info, code, text: text.into() }
    }

    /// A note about what is likely to surprise.
    #[must_use]
    pub fn warn(code: Code, text: impl Into<Vec<u8>>) -> Note {
        Note { level: Level::Warn, code, text: text.into() }
    }
}

/// The exit status of a call that gowrap does not hand over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Gowrap itself failed: usage or configuration.
    Own = 125,
    /// Found, but it must not or cannot run.
    CannotRun = 126,
    /// Not found.
    NotFound = 127,
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> u8 {
        exit as u8
    }
}

/// A refusal: what was asked and why not, and what to type next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its exit status.
    pub exit: Exit,
    /// Its stable code.
    pub code: Code,
    /// What was asked, and why it is not done: lower case, no full stop.
    pub message: Vec<u8>,
    /// Ways out, each something to do or to type.
    pub fix: Vec<Vec<u8>>,
}
