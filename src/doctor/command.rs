//! `gowrap doctor [--json] [--record] [--fix [--dry-run]] [--windows] [-v] [CODE|FILE]`: its options, and the machine that is
//! examined.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use crate::text::errno::Errno;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::Start;
use crate::config::Config;
use crate::diagnosis::{Code, Exit, Failure};
use crate::doctor::report::{Page, Verbosity};
use crate::doctor::subject::{AskWindows, Subject};
use crate::doctor::{BLIND, Report, examine, examine_file, explained, fix, record, report};
use crate::host::calls;
use crate::host::environ::Environ;
use crate::host::live::Live;
use crate::inspect::Inspect;
use crate::record::Record;
use crate::report as output;
use crate::setup::apply;
use crate::terminal::Colour;
use crate::text::errno::words;

/// The subcommand.
#[must_use]
pub fn definition() -> Command {
    let file = |name: &'static str| Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(OsString));
    let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new("doctor")
        .about("Say what is wrong with this machine for Go, and what to type")
        .arg(switch("json").help("One JSON object in place of text"))
        .arg(switch("record").conflicts_with_all(["json", "host"]).help("Write this machine as a host record"))
        .arg(switch("windows").help("Ask Windows, too: starts a program there"))
        .arg(
            switch("fix")
                .conflicts_with_all(["json", "record", "file"])
                .help("Change what gowrap can change and take back; see --dry-run"),
        )
        .arg(switch("dry-run").requires("fix").help("Print what --fix would change, and change nothing"))
        .arg(switch("verbose").short('v').help("Show what is well, too"))
        .arg(file("host").help("Examine the machine of a host record (`demo` is built in)"))
        .arg(file("config").help("Read this file in place of the user's configuration"))
        .arg(
            Arg::new("file")
                .value_name("CODE|FILE")
                .value_parser(value_parser!(OsString))
                .help("A code: what it means; a program: what it needs here; with --record, the file to write"),
        )
}

/// Runs it; the result is the exit status. `outer` are the options that stood before the word `doctor`.
#[must_use]
pub fn run(matches: &ArgMatches, outer: &ArgMatches, start: &Start) -> u8 {
    let either = |name: &str| matches.get_one::<OsString>(name).or_else(|| outer.get_one::<OsString>(name));
    let config_file = either("config").map(|file| file.as_bytes());
    let file = matches.get_one::<OsString>("file").map(|file| file.as_bytes());
    let form = if matches.get_flag("json") { Form::Json } else { Form::Text };
    let verbosity = if matches.get_flag("verbose") { Verbosity::Everything } else { Verbosity::Problems };
    let fixing = match (matches.get_flag("fix"), matches.get_flag("dry-run")) {
        (false, _) => Fixing::No,
        (true, true) => Fixing::Shown,
        (true, false) => Fixing::Done,
    };
    if let Some(code) = file.filter(|word| explained::is_code(word) && !matches.get_flag("record")) {
        return explain(code);
    }
    let windows = if matches.get_flag("windows") { AskWindows::Yes } else { AskWindows::No };
    let live = Live::new(start.auxiliary);
    let looked = match either("host").map(|name| Record::open(name.as_bytes())) {
        Some(Err(failure)) => Err(failure),
        Some(Ok(_)) if fixing == Fixing::Done => Err(blind("--fix changes this machine, not one that was recorded")),
        Some(Ok(_)) if matches.get_flag("record") => {
            Err(blind("--record writes this machine, not one that was recorded"))
        }
        None if matches.get_flag("record") => write(&live, start, config_file, file, windows),
        Some(Ok(record)) => {
            let environ = record.environ();
            let config = Config::for_record(&environ, &live, config_file);
            look(&record, &environ, config, &Question { file, form, windows, verbosity, fixing })
        }
        None => {
            let config = Config::load(&start.environ, &live, config_file);
            look(&live, &start.environ, config, &Question { file, form, windows, verbosity, fixing })
        }
    };
    looked.unwrap_or_else(|failure| {
        _ = output::refuse(&failure, &[]);
        BLIND
    })
}

#[derive(Clone, Copy)]
enum Form {
    Text,
    Json,
}

/// The action to take with what gowrap can repair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fixing {
    No,
    Shown,
    Done,
}

/// A question about a machine, and the form of its answer.
struct Question<'q> {
    file: Option<&'q [u8]>,
    form: Form,
    windows: AskWindows,
    verbosity: Verbosity,
    fixing: Fixing,
}

/// Prints the entry of a code.
fn explain(code: &[u8]) -> u8 {
    match explained::page(code) {
        Some(page) => output::print(page.as_bytes()),
        None => {
            _ = output::refuse(
                &blind([b"there is no code ", code, b"; gowrap-diagnostics(7) lists all"].concat()),
                &[],
            );
            BLIND
        }
    }
}

/// Changes what gowrap can change, or shows it.
fn repair(subject: &Subject, report: &Report, fixing: Fixing) -> Result<u8, Failure> {
    let changes = fix::plan(subject, report)?;
    let mut page = changes.page();
    if changes.list.is_empty() {
        page.push_str("there is nothing here that gowrap changes by itself\n");
    }
    match fixing {
        Fixing::Done => {
            apply::apply(&changes.list)?;
            page.push_str(
                "\n`gowrap setup --remove` takes this back; in a new terminal, `gowrap doctor` says what is left\n",
            );
        }
        Fixing::Shown | Fixing::No => page.push_str("\nthis was a dry run: nothing was changed\n"),
    }
    Ok(output::print(page.as_bytes()))
}

/// The columns of the terminal on standard output: COLUMNS, else what the terminal says, else 80.
fn width() -> usize {
    // The terminal is this process's, even where the machine is one that was recorded.
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let asked = || calls::terminal_width(1);
    given.or_else(asked).filter(|columns| *columns > 0).unwrap_or(80)
}

fn blind(message: impl Into<Vec<u8>>) -> Failure {
    Failure { exit: Exit::Own, code: Code::GW943, message: message.into(), fix: Vec::new() }
}

fn look(
    host: &dyn Inspect,
    environ: &Environ,
    config: Result<Config, Failure>,
    question: &Question,
) -> Result<u8, Failure> {
    let (config, refused) = match config {
        Ok(config) => (config, None),
        Err(failure) => (Config::default(), Some(failure)),
    };
    let subject = Subject::new(host, environ, &config).with(question.windows);
    let report = match question.file {
        None => examine(&subject, refused.as_ref()),
        Some(file) => {
            let file = subject.named(file);
            examine_file(&subject, &file).map_err(|errno| {
                let why = match errno {
                    Errno::EINVAL => "It is no regular file".to_owned(),
                    errno => words(errno),
                };
                blind([b"cannot look at ", &*file, b": ", why.as_bytes()].concat())
            })?
        }
    };
    if question.fixing != Fixing::No {
        return repair(&subject, &report, question.fixing);
    }
    let page = Page { colour: Colour::of_stdout(), width: width(), verbosity: question.verbosity };
    let bytes = match question.form {
        Form::Json => report::json(&report),
        Form::Text => report::text(&report, page),
    };
    _ = output::print(&bytes);
    Ok(report.status())
}

/// Writes the record to a file, or to standard output.
fn write(
    live: &Live,
    start: &Start,
    config_file: Option<&[u8]>,
    file: Option<&[u8]>,
    windows: AskWindows,
) -> Result<u8, Failure> {
    let config = Config::load(&start.environ, live, config_file).unwrap_or_default();
    let record = record::record(live, &start.environ, &config, windows);
    let text = toml::to_string(&record).map_err(|error| blind(format!("the record cannot be written: {error}")))?;
    match file {
        None => Ok(output::print(text.as_bytes())),
        Some(path) => replace(path, text.as_bytes())
            .map(|()| 0)
            .map_err(|error| blind([b"cannot write ", path, b": ", error.to_string().as_bytes()].concat())),
    }
}

/// Writes beside the file and renames, so that there is a whole record or none. A device or a pipe, such as `/dev/stdout`, is
/// written to: root could put a file in its place.
fn replace(path: &[u8], text: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path));
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(text);
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let written = file.write_all(text).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        _ = std::fs::remove_file(&beside);
    }
    written
}
