//! Output of gowrap: explanations on standard output, refusals on standard error, and nothing else.

use std::borrow::Cow;
use std::io::Write;

use crate::PlanAction;
use crate::config::Config;
use crate::diagnosis::Failure;
use crate::explain;
use crate::host::Host;
use crate::plan::{Candidate, Decisions, Plan, Rejection};
use crate::refusal;
use crate::terminal::Colour;

/// Prints to standard output and returns the exit status. EPIPE is ignored.
#[must_use]
pub(crate) fn print(bytes: &[u8]) -> u8 {
    _ = std::io::stdout().lock().write_all(bytes).and_then(|()| std::io::stdout().flush());
    0
}

/// Prints to both streams and returns the exit status.
#[must_use]
pub(crate) fn answer(status: u8, stdout: &[u8], stderr: &[u8]) -> u8 {
    _ = print(stdout);
    _ = std::io::stderr().write_all(stderr);
    status
}

/// Prints a refusal and returns its exit status.
#[must_use]
pub(crate) fn refuse(failure: &Failure, candidates: &[Candidate]) -> u8 {
    // One write(2), so that the lines of two refusals at the same time do not mix.
    _ = std::io::stderr().write_all(&refusal::render(failure, candidates));
    failure.exit.into()
}

/// Explains an outcome and returns the exit status.
#[must_use]
pub(crate) fn explain<'a>(
    form: explain::ExplainForm,
    outcome: Result<&Plan, &Rejection>,
    call: impl Into<explain::ExplainedCall<'a>>,
    config: &Config,
    host: &dyn Host,
) -> u8 {
    let printed = explain::print(form, outcome, call, config, host, Colour::of_stdout());
    _ = print(&printed.bytes);
    printed.status
}

/// Refuses a call before there is a plan, in the requested form.
#[must_use]
pub(crate) fn refuse_unplanned<'a>(
    failure: Failure,
    subject: impl Into<explain::ExplainedCall<'a>>,
    host: &dyn Host,
    plan_action: PlanAction,
) -> u8 {
    let PlanAction::Explain(form) = plan_action else { return refuse(&failure, &[]) };
    let subject = subject.into();
    let decisions = Decisions {
        argv: subject.argv.iter().map(|arg| Cow::Borrowed(*arg)).collect(),
        environ: subject.environ.clone(),
        ..Decisions::default()
    };
    explain(form, Err(&Rejection { failure, decisions }), subject, &Config::default(), host)
}
