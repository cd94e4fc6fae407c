//! `gowrap doctor [--json] [--record] [--fix [--dry-run]] [--windows] [-v] [CODE|FILE]`: its options, and the machine
//! that is examined.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;

use crate::text::errno::Errno;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::Start;
use crate::config::Config;
use crate::diagnosis::{Code, Exit, Failure};
use crate::doctor::finding::Finding;
use crate::doctor::report::{TextLayout, Verbosity};
use crate::doctor::subject::{AskWindows, Subject};
use crate::doctor::{BLIND, FindingGroup, Report, drives, examine, examine_file, explained, fix, record, report};
use crate::host::environ::Environ;
use crate::host::live::Live;
use crate::inspect::Inspect;
use crate::record::Record;
use crate::record::printable::printable;
use crate::replace_file;
use crate::report as output;
use crate::setup::run::{self, Run};
use crate::terminal::Colour;
use crate::text::errno::words;

/// The subcommand.
#[must_use]
pub(crate) fn definition() -> Command {
    let file = |name: &'static str| Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(OsString));
    let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new("doctor")
        .about("Print the problems that Go has on this machine, and the fixes")
        .arg(switch("json").help("Print one JSON object instead of text"))
        .arg(switch("record").conflicts_with_all(["json", "host"]).help("Write the facts of this machine to a record"))
        .arg(switch("windows").help("Also ask Windows for its port proxies (starts netsh.exe)"))
        .arg(
            switch("fix")
                .conflicts_with_all(["json", "record", "file"])
                .help("Make the changes that gowrap can make and undo"),
        )
        .arg(switch("dry-run").requires("fix").help("Print what --fix would change, and change nothing"))
        .arg(switch("verbose").short('v').help("Also print the checks that found no problem"))
        .arg(file("host").help("Examine the machine of a host record (`demo` is built in)"))
        .arg(file("config").help("Read this file instead of your configuration"))
        .arg(
            Arg::new("file")
                .value_name("CODE|FILE")
                .value_parser(value_parser!(OsString))
                .help("A code to explain, a program to check, or the file for --record"),
        )
}

/// Runs it and returns the exit status. `outer` are the options before the word `doctor`.
#[must_use]
pub(crate) fn run(matches: &ArgMatches, outer: &ArgMatches, start: &Start) -> u8 {
    let either = |name: &str| matches.get_one::<OsString>(name).or_else(|| outer.get_one::<OsString>(name));
    let config_file = either("config").map(|file| file.as_bytes());
    let file = matches.get_one::<OsString>("file").map(|file| file.as_bytes());
    let form = if matches.get_flag("json") { ReportFormat::Json } else { ReportFormat::Text };
    let verbosity = if matches.get_flag("verbose") { Verbosity::Everything } else { Verbosity::Problems };
    let run = if matches.get_flag("dry-run") { Run::Dry } else { Run::Live };
    let fix = Some(run).filter(|_| matches.get_flag("fix"));
    if let Some(code) = file.filter(|word| explained::is_code(word) && !matches.get_flag("record")) {
        return explain(code);
    }
    let windows = if matches.get_flag("windows") { AskWindows::Yes } else { AskWindows::No };
    let live = Live::new(start.auxiliary);
    if !outer_or_own_host(matches, outer) {
        let dead = drives::dead(&live);
        if !dead.is_empty() {
            return without_drives(dead, form, matches.get_flag("record"));
        }
    }
    let looked = match either("host").map(|name| Record::open(name.as_bytes())) {
        Some(Err(failure)) => Err(failure),
        Some(Ok(_)) if fix == Some(Run::Live) => Err(blind("--fix changes this machine, not a recorded one")),
        Some(Ok(_)) if matches.get_flag("record") => Err(blind("--record records this machine, not a recorded one")),
        None if matches.get_flag("record") => write(&live, start, config_file, file, windows),
        Some(Ok(record)) => {
            let environ = record.environ();
            let config = Config::for_record(&environ, &live, config_file);
            look(&record, &environ, config, &Question { file, form, windows, verbosity, fix })
        }
        None => {
            let config = Config::load(&start.environ, &live, config_file);
            look(&live, &start.environ, config, &Question { file, form, windows, verbosity, fix })
        }
    };
    looked.unwrap_or_else(|failure| {
        _ = output::refuse(&failure, &[]);
        BLIND
    })
}

/// Returns true if a record is examined instead of this machine.
fn outer_or_own_host(matches: &ArgMatches, outer: &ArgMatches) -> bool {
    [matches, outer].iter().any(|matches| matches.get_one::<OsString>("host").is_some())
}

/// Reports only the drives that do not answer: any other check may access one.
fn without_drives(dead: Vec<Finding>, form: ReportFormat, is_record: bool) -> u8 {
    if is_record {
        let titles: Vec<String> = dead.into_iter().map(|finding| finding.title).collect();
        _ = output::refuse(&blind(titles.join(", ")), &[]);
        return BLIND;
    }
    let report = Report { groups: vec![(FindingGroup::Paths, dead)] };
    _ = output::print(&match form {
        ReportFormat::Json => report::json(&report),
        ReportFormat::Text => report::text(
            &report,
            TextLayout { colour: Colour::of_stdout(), width: width(), verbosity: Verbosity::Problems },
        ),
    });
    report.status()
}

#[derive(Clone, Copy)]
enum ReportFormat {
    Text,
    Json,
}

/// A question about a machine, and the form of its answer.
struct Question<'q> {
    file: Option<&'q [u8]>,
    form: ReportFormat,
    windows: AskWindows,
    verbosity: Verbosity,
    /// The run of --fix, if requested.
    fix: Option<Run>,
}

/// Prints the entry of a code.
fn explain(code: &[u8]) -> u8 {
    match explained::page(code) {
        Some(page) => output::print(page.as_bytes()),
        None => {
            _ = output::refuse(
                &blind([b"there is no code ", code, b"; `man gowrap-diagnostics` lists all codes"].concat()),
                &[],
            );
            BLIND
        }
    }
}

/// Makes the changes that gowrap can make, or shows them.
fn repair(subject: &Subject, report: &Report, run: Run) -> Result<u8, Failure> {
    let (changes, places) = fix::plan(subject, report)?;
    let page = match (places, changes.list.is_empty()) {
        (Some(places), false) => {
            // Only one run changes the home at a time, as for `gowrap setup`.
            let _lock = run.lock(&places.home, || run::paths(&places))?;
            run.add(&changes, &places, subject.host)?
        }
        _ if changes.notes.is_empty() => "there is nothing that gowrap can fix\n".to_owned(),
        _ => changes.page(&[]) + "\nthere is nothing that gowrap can fix by itself: the list above is left to you\n",
    };
    let end = match (run, changes.list.is_empty()) {
        (Run::Live, false) => {
            "\n`gowrap setup --remove` undoes this; in a new terminal, `gowrap doctor` shows the remaining problems\n"
        }
        (Run::Dry, true) => "\nthis was a dry run: nothing was changed\n",
        (Run::Live, true) | (Run::Dry, false) => "",
    };
    Ok(output::print((page + end).as_bytes()))
}

/// Returns the width of standard output in columns: COLUMNS, else the terminal's width, else 80.
fn width() -> usize {
    // The terminal of this process counts, even for a recorded machine.
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let asked = || {
        let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::CLOEXEC;
        let terminal = rustix::fs::open("/dev/tty", flags, rustix::fs::Mode::empty()).ok()?;
        let size = rustix::termios::tcgetwinsize(terminal).ok().filter(|_| std::io::stdout().is_terminal())?;
        Some(usize::from(size.ws_col))
    };
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
        Some(asked) => {
            let file = subject.named(asked);
            examine_file(&subject, &file).map_err(|errno| {
                let why = match errno {
                    Errno::EINVAL => "it is not a regular file".to_owned(),
                    errno => words(errno),
                };
                let meant = explained::of_number(asked).filter(|_| errno == Errno::ENOENT);
                let fix = meant.map(|code| format!("did you mean `gowrap doctor {code}`?").into_bytes());
                let message = [b"cannot examine ", &*file, b": ", why.as_bytes()].concat();
                Failure { fix: fix.into_iter().collect(), ..blind(message) }
            })?
        }
    };
    if let Some(run) = question.fix {
        return repair(&subject, &report, run);
    }
    let page = TextLayout { colour: Colour::of_stdout(), width: width(), verbosity: question.verbosity };
    let bytes = match question.form {
        ReportFormat::Json => report::json(&report),
        ReportFormat::Text => report::text(&report, page),
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
    let text = printable(&text);
    match file {
        None => Ok(output::print(text.as_bytes())),
        Some(path) => replace(path, text.as_bytes())
            .map(|()| 0)
            .map_err(|error| blind([b"cannot write ", path, b": ", error.to_string().as_bytes()].concat())),
    }
}

/// Replaces the file in one step: a partial record is never left. A device or a pipe such as `/dev/stdout` is written
/// to, not replaced.
fn replace(path: &[u8], text: &[u8]) -> std::io::Result<()> {
    let file = std::path::Path::new(std::ffi::OsStr::from_bytes(path));
    if std::fs::metadata(file).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return std::fs::OpenOptions::new().write(true).open(file)?.write_all(text);
    }
    let whole = if path.contains(&b'/') { path.to_vec() } else { [b"./", path].concat() };
    replace_file::write_private(&whole, text).map_err(|errno| std::io::Error::from_raw_os_error(errno.raw_os_error()))
}
