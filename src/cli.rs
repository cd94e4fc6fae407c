//! Gowrap's own command line, and how it talks to a person.

use crate::Start;
use crate::plan::{Candidate, Failure};

/// Runs gowrap under its own name.
#[must_use]
pub fn run(_start: &Start) -> u8 {
    125
}

/// Refuses a name that is no tool's.
#[must_use]
pub fn unknown_name(_start: &Start) -> u8 {
    125
}

/// Prints a refusal; the result is its exit status.
#[must_use]
pub fn refuse(failure: &Failure, candidates: &[Candidate]) -> u8 {
    let mut text = format!("gowrap: {}\n", failure.message.escape_ascii());
    for row in candidates {
        text.push_str(&format!("gowrap:   {}  {}\n", row.path.escape_ascii(), row.detail.escape_ascii()));
    }
    for fix in &failure.fix {
        text.push_str(&format!("gowrap: fix: {}\n", fix.escape_ascii()));
    }
    let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
    failure.exit.into()
}
