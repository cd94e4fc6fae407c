//! The log: one event for each decision, written if `GOWRAP_LOG` asks for it.
//!
//! The log is off by default: under a tool's name gowrap prints nothing that was not asked for. Off, it costs one
//! lookup in the environment. The tool runs even if the log fails: a file that cannot be opened becomes a note, and a
//! failed write is ignored. An unknown word in a variable is refused, as in every variable of gowrap.

mod file;
mod line;
mod sink;

#[cfg(test)]
mod tests;

use tracing::field::{DisplayValue, display};
use tracing::level_filters::LevelFilter;
use tracing::{debug, error, info, warn};

use crate::config::bad_variable;
use crate::diagnosis::{Code, Failure, Level, Note};
use crate::host::Host;
use crate::host::environ::Environ;
use crate::plan::{Decisions, EnvChange, Plan, Rejection, Stage};
use crate::text::escape::escape;
use crate::text::mask;
use line::{LineSubscriber, LogFormat};
use sink::Sink;

/// The settings of the log.
#[derive(Debug, PartialEq, Eq)]
struct LogSettings<'e> {
    level: LevelFilter,
    form: LogFormat,
    /// The file; none means standard error.
    file: Option<&'e [u8]>,
}

impl<'e> LogSettings<'e> {
    fn of(environ: &'e Environ) -> Result<Option<Self>, Failure> {
        let Some(word) = environ.get_nonempty(b"GOWRAP_LOG") else { return Ok(None) };
        let level = match word {
            b"error" => LevelFilter::ERROR,
            b"warn" => LevelFilter::WARN,
            b"info" => LevelFilter::INFO,
            b"debug" => LevelFilter::DEBUG,
            b"trace" => LevelFilter::TRACE,
            _ => return Err(bad_variable("GOWRAP_LOG", word, "error, warn, info, debug or trace")),
        };
        let form = match environ.get_nonempty(b"GOWRAP_LOG_FORMAT") {
            None | Some(b"text") => LogFormat::Text,
            Some(b"json") => LogFormat::Json,
            Some(word) => return Err(bad_variable("GOWRAP_LOG_FORMAT", word, "text or json")),
        };
        let file = environ.get_nonempty(b"GOWRAP_LOG_FILE").filter(|path| *path != b"/dev/stderr");
        Ok(Some(LogSettings { level, form, file }))
    }
}

/// Starts the log if the environment of this process asks for it. A record's environment does not count: it comes from
/// another person and could name any file. Returns a note if the log cannot be opened.
///
/// # Errors
/// A refusal if a variable holds an unknown word.
pub(crate) fn start(environ: &Environ, host: &dyn Host) -> Result<Option<Note>, Failure> {
    let Some(settings) = LogSettings::of(environ)? else { return Ok(None) };
    let sink = match settings.file.map(|path| file::open(path, host)).transpose() {
        Ok(Some(file)) => Sink::file(file),
        Ok(None) => Sink::stderr(),
        Err(trouble) => {
            let path = settings.file.unwrap_or_default();
            let text = [b"nothing is logged to ", path, b": ", trouble.to_string().as_bytes()].concat();
            return Ok(Some(Note::warn(Code::GW912, text)));
        }
    };
    // Fails only if a subscriber is already set.
    _ = tracing::subscriber::set_global_default(LineSubscriber::new(settings.level, settings.form, sink));
    Ok(None)
}

/// Logs the plan or the refusal of a call.
pub(crate) fn outcome(outcome: Result<&Plan, &Rejection>) {
    if LevelFilter::current() == LevelFilter::OFF {
        return;
    }
    match outcome {
        Ok(plan) => {
            decisions(&plan.decisions);
            let target = &plan.target;
            let (format, via, source) = (target.format.word(), target.via.word(), target.source.word());
            info!(target: "gowrap::resolve", path = text(&target.path), format, via, source, "runs");
        }
        Err(rejection) => {
            decisions(&rejection.decisions);
            refused(&rejection.failure);
        }
    }
}

/// Logs a refusal before or after the plan.
pub(crate) fn refusal(failure: &Failure) {
    if LevelFilter::current() != LevelFilter::OFF {
        refused(failure);
    }
}

fn refused(failure: &Failure) {
    let (code, status) = (failure.code.to_string(), u8::from(failure.exit));
    error!(target: "gowrap::refusal", code = code.as_str(), status, "{}", text(&failure.message));
}

fn decisions(decisions: &Decisions) {
    for row in &decisions.candidates {
        let detail = text(&row.detail);
        debug!(target: "gowrap::resolve", path = text(&row.path), reason = row.reason.word(), detail, "passed over");
    }
    for change in &decisions.env {
        variable(change);
    }
    for change in &decisions.args {
        let from = change.from.as_deref().map(argument);
        let to = change.to.as_deref().map(argument);
        info!(target: "gowrap::args", index = change.index, from, to, "{}", change.why);
    }
    if let Some(listen) = &decisions.listen {
        let (from, to, client) = (text(&listen.from), text(&listen.to), listen.client.word());
        info!(target: "gowrap::listen", from, to, client, "{}", listen.why);
    }
    for note in &decisions.notes {
        let code = note.code.to_string();
        match note.level {
            Level::Info => info!(target: "gowrap::notes", code = code.as_str(), "{}", text(&note.text)),
            Level::Warn => warn!(target: "gowrap::notes", code = code.as_str(), "{}", text(&note.text)),
        }
    }
}

/// Logs the change of a variable. tracing fixes an event's target at compile time, so each stage has its own call.
fn variable(change: &EnvChange) {
    let value = |value| display(escape(&mask::value(&change.name, value)));
    let (name, source, why) = (text(&change.name), &*change.source, &change.why);
    let (from, to) = (change.from.as_deref().map(value), change.to.as_deref().map(value));
    match change.stage {
        Stage::Restore => info!(target: "gowrap::restore", name, from, to, source, "{why}"),
        Stage::Env => info!(target: "gowrap::env", name, from, to, source, "{why}"),
        Stage::Interop => info!(target: "gowrap::interop", name, from, to, source, "{why}"),
        Stage::Chain => info!(target: "gowrap::chain", name, from, to, source, "{why}"),
    }
}

fn text(bytes: &[u8]) -> DisplayValue<String> {
    display(escape(&mask::text(bytes)))
}

fn argument(bytes: &[u8]) -> DisplayValue<String> {
    display(escape(&mask::argument(bytes)))
}
