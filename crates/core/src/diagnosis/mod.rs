//! Notes and failures. Each has a stable code and a text for the user; a failure also has the exit status.

mod code;
pub mod refusal;
pub mod wording;

pub use code::Code;
pub use wording::wording;

use crate::prelude::*;

/// Importance of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Information.
    Info,
    /// Warning about a likely surprise.
    Warn,
}

impl Level {
    /// Returns the word that plans use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warn => "warn",
        }
    }
}

/// Note for the user, which changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Importance.
    pub level: Level,
    /// Its stable code, as `gowrap-diagnostics(7)` lists it.
    pub code: Code,
    /// The remark.
    pub text: Vec<u8>,
}

impl Note {
    /// Returns a note with information.
    #[must_use]
    pub fn info(code: Code, text: impl Into<Vec<u8>>) -> Note {
        Note { level: Level::Info, code, text: wording(|| text.into()) }
    }

    /// Returns a warning.
    #[must_use]
    pub fn warn(code: Code, text: impl Into<Vec<u8>>) -> Note {
        Note { level: Level::Warn, code, text: wording(|| text.into()) }
    }
}

/// Exit status of a call for which gowrap starts no tool.
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

/// A refusal: the request, the reason, and the commands to type next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its exit status.
    pub exit: Exit,
    /// Its stable code.
    pub code: Code,
    /// Request and reason of the refusal: lower case, no full stop.
    pub message: Vec<u8>,
    /// Fixes, each an action or a command.
    pub fix: Vec<Vec<u8>>,
}
