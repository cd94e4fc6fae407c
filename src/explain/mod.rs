//! Prints the plan of a call in one of three forms: text for a person, JSON for a program, a command line for a shell.
//!
//! Text and JSON print the same [`View`]: a plan or a refusal, and the facts about the machine. The shell form prints
//! the arguments and the environment that execve(2) would get.

mod form;
mod json;
mod page;
#[cfg(test)]
mod samples;
mod sh;
mod text;
mod view;

use crate::config::Config;
use crate::host::Host;
use crate::plan::{Plan, Rejection};
use crate::terminal::Colour;

pub use form::{ExplainForm, ExplainedCall, Printed, UnknownForm};
pub use json::object;
pub use view::{Shown, View};

/// Explains a plan or a refusal.
#[must_use]
pub fn print<'a>(
    form: ExplainForm,
    outcome: Result<&Plan, &Rejection>,
    call: impl Into<ExplainedCall<'a>>,
    config: &Config,
    host: &dyn Host,
    colour: Colour,
) -> Printed {
    let subject = call.into();
    let status = outcome.map_or_else(|rejection| rejection.failure.exit as u8, |_| 0);
    match form {
        ExplainForm::Text => Printed { bytes: text::render(&View::of(outcome, subject, config, host), colour), status },
        ExplainForm::Json => Printed { bytes: json::render(&View::of(outcome, subject, config, host)), status },
        ExplainForm::Sh => sh::render(outcome, subject, host),
    }
}

#[cfg(test)]
mod tests;
