//! `gowrap doctor [--json] [--record] [--windows] [FILE]`: its options, and which machine is examined.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use crate::text::errno::Errno;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::Start;
use crate::config::Config;
use crate::diagnosis::{Code, Exit, Failure};
use crate::doctor::subject::{AskWindows, Subject};
use crate::doctor::{BLIND, examine, examine_file, record, report};
use crate::host::environ::Environ;
use crate::host::live::Live;
use crate::inspect::Inspect;
use crate::record::Record;
use crate::report as output;
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
        .arg(file("host").help("Examine the machine of a host record (`demo` is built in)"))
        .arg(file("config").help("Read this file in place of the user's configuration"))
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .value_parser(value_parser!(OsString))
                .help("A program: what it needs to run here; with --record, the file to write"),
        )
}

/// Runs it; the result is the exit status. `outer` are the options that stood before the word `doctor`.
#[must_use]
pub fn run(matches: &ArgMatches, outer: &ArgMatches, start: &Start) -> u8 {
    let either = |name: &str| matches.get_one::<OsString>(name).or_else(|| outer.get_one::<OsString>(name));
    let config_file = either("config").map(|file| file.as_bytes());
    let file = matches.get_one::<OsString>("file").map(|file| file.as_bytes());
    let form = if matches.get_flag("json") { Form::Json } else { Form::Text };
    let windows = if matches.get_flag("windows") { AskWindows::Yes } else { AskWindows::No };
    let live = Live::new(start.auxiliary);
    let looked = match either("host").map(|name| Record::open(name.as_bytes())) {
        Some(Err(failure)) => Err(failure),
        Some(Ok(_)) if matches.get_flag("record") => {
            Err(blind("--record writes this machine, not one that was recorded"))
        }
        None if matches.get_flag("record") => write(&live, start, config_file, file, windows),
        Some(Ok(record)) => {
            let environ = record.environ();
            let config = Config::for_record(&environ, &live, config_file);
            look(&record, &environ, config, file, form, windows)
        }
        None => {
            let config = Config::load(&start.environ, &live, config_file);
            look(&live, &start.environ, config, file, form, windows)
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

fn blind(message: impl Into<Vec<u8>>) -> Failure {
    Failure { exit: Exit::Own, code: Code::GW943, message: message.into(), fix: Vec::new() }
}

fn look(
    host: &dyn Inspect,
    environ: &Environ,
    config: Result<Config, Failure>,
    file: Option<&[u8]>,
    form: Form,
    windows: AskWindows,
) -> Result<u8, Failure> {
    let (config, refused) = match config {
        Ok(config) => (config, None),
        Err(failure) => (Config::default(), Some(failure)),
    };
    let subject = Subject::new(host, environ, &config).with(windows);
    let report = match file {
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
    let bytes = match form {
        Form::Json => report::json(&report),
        Form::Text => report::text(&report, Colour::of_stdout()),
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
