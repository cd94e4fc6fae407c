//! Prints the plan of a call in one of three forms: text for a person, JSON for a program, a command line for a shell.
//!
//! Text and JSON print the same [`View`]: a plan or a refusal, and the facts about the machine. The shell form prints the
//! arguments and the environment that execve(2) would get.

mod json;
mod page;
#[cfg(test)]
mod samples;
mod sh;
mod text;
mod view;

use std::ffi::CStr;

use crate::config::Config;
use crate::host::Host;
use crate::host::environ::Environ;
use crate::plan::invocation::Invocation;
use crate::plan::{Plan, Rejection};
use crate::terminal::Colour;

pub use json::object;
pub use view::{Shown, View};

/// The form of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For a person.
    Text,
    /// For a program: one JSON object, schema 1.
    Json,
    /// For a shell: a command line with the same effect.
    Sh,
}

/// A word that names no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownForm;

impl Form {
    /// Returns the form that `GOWRAP_EXPLAIN` or `--explain=` asks for; none if it is off.
    ///
    /// # Errors
    /// The word is unknown.
    pub fn parse(word: &[u8]) -> Result<Option<Form>, UnknownForm> {
        match word {
            b"" | b"0" => Ok(None),
            b"1" | b"text" => Ok(Some(Form::Text)),
            b"json" => Ok(Some(Form::Json)),
            b"sh" => Ok(Some(Form::Sh)),
            _ => Err(UnknownForm),
        }
    }
}

/// The call, as far as it is known: a refusal may come before there is an [`Invocation`].
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The tool's name.
    pub tool: &'a [u8],
    /// The arguments of the call.
    pub argv: &'a [&'a CStr],
    /// The environment of the call.
    pub environ: &'a Environ<'a>,
}

impl<'a> From<&'a Invocation<'a>> for Subject<'a> {
    fn from(call: &'a Invocation<'a>) -> Self {
        Subject { tool: call.tool.name().as_bytes(), argv: &call.argv, environ: &call.environ }
    }
}

/// An explanation, and the exit status of the dry run that prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The bytes for standard output.
    pub bytes: Vec<u8>,
    /// 0 if the tool would run, else the status of the refusal; 125 if the form cannot express the plan.
    pub status: u8,
}

/// Explains a plan or a refusal.
#[must_use]
pub fn print<'a>(
    form: Form,
    outcome: Result<&Plan, &Rejection>,
    call: impl Into<Subject<'a>>,
    config: &Config,
    host: &dyn Host,
    colour: Colour,
) -> Printed {
    let subject = call.into();
    let status = outcome.map_or_else(|rejection| rejection.failure.exit as u8, |_| 0);
    match form {
        Form::Text => Printed { bytes: text::render(&View::of(outcome, subject, config, host), colour), status },
        Form::Json => Printed { bytes: json::render(&View::of(outcome, subject, config, host)), status },
        Form::Sh => sh::render(outcome, subject, host),
    }
}

#[cfg(test)]
mod tests;
