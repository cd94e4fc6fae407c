//! `gowrap doctor [--json] [FILE]`: its options, and which machine is examined.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::subject::Subject;
use super::{BLIND, examine, examine_file, report};
use crate::Start;
use crate::config::Config;
use crate::environ::Environ;
use crate::host::Host;
use crate::host::live::Live;
use crate::host::record::Record;
use crate::plan::{Exit, Failure};
use crate::report as output;
use crate::terminal::Colour;

/// The subcommand.
#[must_use]
pub fn definition() -> Command {
    let file = |name: &'static str| Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(OsString));
    let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new("doctor")
        .about("Say what is wrong with this machine for Go, and the fix for each: [--json] [FILE]")
        .arg(switch("json").help("One JSON object in place of text"))
        .arg(file("host").help("Examine the machine of a host record (`demo` is built in)"))
        .arg(file("config").help("Read this file in place of the user's configuration"))
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .value_parser(value_parser!(OsString))
                .help("A program: what it needs to run here"),
        )
}

/// Runs it; the result is the exit status. `outer` are the options that stood before the word `doctor`.
#[must_use]
pub fn run(matches: &ArgMatches, outer: &ArgMatches, start: &Start) -> u8 {
    let either = |name: &str| matches.get_one::<OsString>(name).or_else(|| outer.get_one::<OsString>(name));
    let config_file = either("config").map(|file| file.as_bytes());
    let file = matches.get_one::<OsString>("file").map(|file| file.as_bytes());
    let form = if matches.get_flag("json") { Form::Json } else { Form::Text };
    let live = Live::new(start.auxiliary);
    let looked = match either("host").map(|name| Record::open(name.as_bytes())) {
        Some(Err(failure)) => Err(failure),
        Some(Ok(record)) => {
            let environ = record.environ();
            let config = Config::for_record(&environ, &live, config_file);
            look(&record, &environ, config, file, form)
        }
        None => {
            let config = Config::load(&start.environ, &live, config_file);
            look(&live, &start.environ, config, file, form)
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
    Failure { exit: Exit::Own, code: "GW943", message: message.into(), fix: Vec::new() }
}

fn look(
    host: &dyn Host,
    environ: &Environ,
    config: Result<Config, Failure>,
    file: Option<&[u8]>,
    form: Form,
) -> Result<u8, Failure> {
    let (config, refused) = match config {
        Ok(config) => (config, None),
        Err(failure) => (Config::default(), Some(failure)),
    };
    let subject = Subject::new(host, environ, &config);
    let report = match file {
        None => examine(&subject, refused.as_ref()),
        Some(file) => examine_file(&subject, file)
            .map_err(|errno| blind([b"cannot look at ", file, b": ", errno.desc().as_bytes()].concat()))?,
    };
    let bytes = match form {
        Form::Json => report::json(&report),
        Form::Text => report::text(&report, Colour::of_stdout()),
    };
    _ = output::print(&bytes);
    Ok(report.status())
}
