//! gowrap starts `go`, `gofmt`, `dlv` and Go's cross-run helpers inside WSL.
//!
//! [`host`] reads the facts, [`plan`] makes a plan from them, and [`exec`] executes it or [`explain`] prints it. This
//! file finds out the called name and runs those steps in order.

#![deny(unsafe_code)]
// Cargo.toml warns of `unwrap` and `expect`: no input may make gowrap panic.
#![cfg_attr(not(test), warn(clippy::panic, clippy::unreachable, clippy::unimplemented))]

pub mod bytes;
pub mod cli;
mod completions;
pub mod doctor;
pub mod editors;
mod errno;
pub mod explain;
mod inspect;
pub mod jsonc;
mod log;
pub mod path_command;
pub mod record;
mod refusal;
mod replace_file;
mod report;
pub mod setup;
mod shells;
mod snapshot;
pub mod terminal;

pub use gowrap_core::{config, diagnosis, exec, host, partner, plan, start, text, tools, wslpath};

use config::Config;
use diagnosis::Failure;
use doctor::drives;
use explain::ExplainForm;
use host::Host;
use host::environ::Environ;
use host::live::{Live, ProbedAccesses};
use plan::Depth;
use plan::invocation::{Invocation, Named};
use start::{Called, Rights, Start};
use tools::Tool;

/// Runs gowrap. Returns the exit status if no tool replaced the process.
#[must_use]
pub fn run(mut start: Start) -> u8 {
    diagnosis::wording::enable();
    if start.rights == Rights::Raised {
        return report::refuse(&start::raised_rights(), &[]);
    }
    start.auxiliary.execfn = start.link();
    match start.called() {
        Called::Tool(tool) => as_tool(tool, start),
        Called::Gowrap => cli::run(&start),
        Called::Unknown => cli::unknown_name(&start),
    }
}

/// Runs under a tool's name: plans the call and starts the tool.
fn as_tool(tool: Tool, start: Start) -> u8 {
    let plan_action = match PlanAction::of(&start.environ) {
        Ok(plan_action) => plan_action,
        Err(failure) => return report::refuse(&failure, &[]),
    };
    let host = Live::new(start.auxiliary).with_drive_probe(drives::probe(plan_action.probed_accesses()));
    let call = Invocation { tool, named: Named::ByName, argv: start.argv, environ: start.environ };
    carry_out(&call, settings(&call.environ, &host, None), &host, plan_action)
}

/// Starts the log and reads the settings for a call on this machine.
fn settings(environ: &Environ, host: &dyn Host, file: Option<&[u8]>) -> Result<Config, Failure> {
    let note = log::start(environ, host)?;
    let mut config = Config::load(environ, host, file)?;
    config.notes.extend(note);
    Ok(config)
}

/// The action to take with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanAction {
    /// Execute it.
    Exec,
    /// Print it in this form.
    Explain(ExplainForm),
}

impl PlanAction {
    /// Returns the accesses to a drive that another process tries first.
    pub(crate) fn probed_accesses(self) -> ProbedAccesses {
        match self {
            PlanAction::Exec => ProbedAccesses::WslconfigOnly,
            PlanAction::Explain(_) => ProbedAccesses::All,
        }
    }

    /// Returns the action that `GOWRAP_EXPLAIN` asks for.
    ///
    /// # Errors
    /// A refusal if it names no form.
    pub fn of(environ: &Environ) -> Result<PlanAction, Failure> {
        let word = environ.get(b"GOWRAP_EXPLAIN").unwrap_or_default();
        match ExplainForm::parse(word) {
            Ok(Some(form)) => Ok(PlanAction::Explain(form)),
            Ok(None) => Ok(PlanAction::Exec),
            Err(explain::UnknownForm) => Err(config::bad_variable("GOWRAP_EXPLAIN", word, &explain_words())),
        }
    }
}

/// Returns the words of `GOWRAP_EXPLAIN` as text: `1, text, json or sh`.
fn explain_words() -> String {
    match ExplainForm::WORDS {
        [first @ .., last] => format!("1, {} or {last}", first.join(", ")),
        [] => "1".to_owned(),
    }
}

/// Plans a call, then executes or explains it. Returns the exit status if no tool replaced the process.
#[must_use]
pub fn carry_out(call: &Invocation, config: Result<Config, Failure>, host: &dyn Host, plan_action: PlanAction) -> u8 {
    let config = match config {
        Ok(config) => config,
        Err(failure) => {
            log::refusal(&failure);
            return report::refuse_unplanned(failure, call, host, plan_action);
        }
    };
    let outcome = plan::plan(call, &config, host, Depth::of(&call.environ));
    log::outcome(outcome.as_ref().map_err(Box::as_ref));
    match (plan_action, &outcome) {
        (PlanAction::Explain(form), outcome) => {
            report::explain(form, outcome.as_ref().map_err(Box::as_ref), call, &config, host)
        }
        (PlanAction::Exec, Ok(plan)) => {
            let failure = exec::exec(plan);
            log::refusal(&failure);
            report::refuse(&failure, &[])
        }
        (PlanAction::Exec, Err(rejection)) => report::refuse(&rejection.failure, &rejection.decisions.candidates),
    }
}
