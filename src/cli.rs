//! Gowrap's own command line.

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command, value_parser};

use crate::completions;
use crate::completions::SHELLS;
use crate::config::Config;
use crate::diagnosis::{Code, Exit, Failure};
use crate::doctor::drives;
use crate::explain::{ExplainForm, ExplainedCall};
use crate::host::Host;
use crate::host::environ::{Environ, c_string};
use crate::host::live::Live;
use crate::host::mounts::Tags;
use crate::inspect::session;
use crate::path_command;
use crate::path_command::CalledAs;
use crate::plan::invocation::{Invocation, Named};
use crate::record::Record;
use crate::terminal::{Colour, Style};
use crate::text::escape::escape;
use crate::text::path::basename;
use crate::tools::Tool;
use crate::wslpath::Standpoint;
use crate::{PlanAction, Start, carry_out, doctor, report, settings, setup, snapshot};

/// Returns the definition of the command line. Help and completions are made from it.
#[must_use]
pub fn command() -> Command {
    let file = |name: &'static str| Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(OsString));
    Command::new("gowrap")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Fixes Windows paths and missing variables, then starts the real go or dlv in WSL")
        .override_usage("gowrap [OPTIONS] [--] TOOL [ARG]...\n       gowrap COMMAND")
        .arg(
            Arg::new("explain")
                .long("explain")
                .value_name("FORM")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("text")
                .value_parser(PossibleValuesParser::new(ExplainForm::WORDS))
                .hide_possible_values(true)
                .help(format!("Print what would run ({}), and run nothing", ExplainForm::WORDS.join(", "))),
        )
        .arg(file("host").help("Plan for the machine of a record; `demo` is built in"))
        .arg(file("config").help("Read this file instead of your configuration"))
        .arg(
            Arg::new("tool")
                .value_name("TOOL")
                .num_args(1..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .value_parser(value_parser!(OsString))
                .help("A tool's name or a path to it, and its arguments"),
        )
        .subcommand(
            Command::new("path")
                .about("Translate a path as wslpath does")
                .override_help(path_command::HELP)
                .disable_help_flag(true)
                .arg(raw_words()),
        )
        .subcommand(doctor::command::definition())
        .subcommand(setup::command::definition())
        .subcommand(
            Command::new("env")
                .about("Save your login environment for cron, ssh and systemd")
                .subcommand_required(true)
                .disable_help_subcommand(true)
                .subcommand(Command::new("capture").about("Write the snapshot (each login shell runs this)"))
                .subcommand(Command::new("show").about("Show the snapshot, and what would be restored here"))
                .subcommand(Command::new("forget").about("Delete the snapshot")),
        )
        .subcommand(
            Command::new("completions").about("Print the completion script for a shell").arg(
                Arg::new("shell").required(true).value_parser(PossibleValuesParser::new(SHELLS)).value_name("SHELL"),
            ),
        )
        .subcommand(
            Command::new("help").about("Print this help, or the help of a command").arg(
                Arg::new("command")
                    .value_parser(PossibleValuesParser::new(COMMANDS))
                    .hide_possible_values(true)
                    .value_name("COMMAND"),
            ),
        )
        .subcommand(Command::new("version").about("Print gowrap's version"))
        .disable_help_subcommand(true)
        .arg_required_else_help(true)
}

/// Gowrap's own commands.
const COMMANDS: [&str; 7] = ["path", "doctor", "setup", "env", "completions", "help", "version"];

/// Returns an argument that takes all remaining words, for a command with another grammar.
fn raw_words() -> Arg {
    Arg::new("words")
        .num_args(0..)
        .trailing_var_arg(true)
        .allow_hyphen_values(true)
        .value_parser(value_parser!(OsString))
        .hide(true)
}

/// Runs gowrap under its own name; the result is the exit status.
#[must_use]
pub fn run(start: &Start) -> u8 {
    if let [_, word, folder] = start.argv.as_slice()
        && word.to_bytes() == drives::LOOK
    {
        return drives::look(folder.to_bytes());
    }
    let arguments = start.argv.iter().map(|arg| OsStr::from_bytes(arg.to_bytes()));
    match command().try_get_matches_from(arguments) {
        Ok(matches) => dispatch(&matches, start).unwrap_or_else(|failure| {
            let tool = matches.get_many::<OsString>("tool").into_iter().flatten().next().map(|word| word.as_bytes());
            let subject = ExplainedCall { tool: tool.unwrap_or(b"gowrap"), argv: &start.argv, environ: &start.environ };
            let plan_action = match asked(&matches) {
                Some(form) => PlanAction::Explain(form),
                // GOWRAP_EXPLAIN applies to tools only; with a record, the recorded variable counts.
                None if matches.subcommand().is_none() && !matches.contains_id("host") => explained(&start.environ),
                None => PlanAction::Exec,
            };
            report::refuse_unplanned(failure, subject, &Live::new(start.auxiliary), plan_action)
        }),
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => help(None),
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            report::print(styled(&error.render().to_string(), Colour::of_stdout()).as_bytes())
        }
        Err(error) if error.exit_code() == 0 => report::print(error.render().to_string().as_bytes()),
        Err(error) => report::refuse(&misunderstood(&error, start), &[]),
    }
}

fn dispatch(matches: &ArgMatches, start: &Start) -> Result<u8, Failure> {
    if let Some(("doctor", doctor)) = matches.subcommand() {
        return Ok(doctor::command::run(doctor, matches, start));
    }
    let record = match matches.get_one::<OsString>("host") {
        Some(file) => Some(Record::open(file.as_bytes())?),
        None => None,
    };
    match matches.subcommand() {
        Some(("path", matches)) => {
            let live = Live::new(start.auxiliary);
            let words = words_behind_path(matches, start);
            Ok(match &record {
                Some(record) => path(&words, record, &record.environ()),
                None => path(&words, &live, &start.environ),
            })
        }
        Some(("env", action)) => {
            let action = action.subcommand().ok_or_else(|| usage("`gowrap env` needs capture, show or forget"))?;
            let live = Live::new(start.auxiliary);
            let file = matches.get_one::<OsString>("config").map(|file| file.as_bytes());
            let page = match &record {
                Some(record) if action.0 == "show" => {
                    let environ = record.environ();
                    snapshot::show(&environ, &Config::for_record(&environ, &live, file)?, record)
                }
                Some(_) => return Err(usage("the machine of a record cannot be changed")),
                None => env(action.0, &live, &start.environ, file)?,
            };
            Ok(report::print(&page))
        }
        Some(("setup", _)) if record.is_some() => Err(usage("the machine of a record cannot be changed")),
        Some(("setup", matches)) => {
            let page = setup::command::run(matches, &start.environ, &Live::new(start.auxiliary))?;
            Ok(report::print(&page))
        }
        Some(("help", matches)) => Ok(help(matches.get_one::<String>("command").map(String::as_str))),
        Some(("version", _)) => Ok(report::print(command().render_version().as_bytes())),
        Some(("completions", matches)) => {
            let shell = matches.get_one::<String>("shell").map_or("", String::as_str);
            Ok(report::print(completions::script(shell, command()).as_bytes()))
        }
        _ => tool(matches, record.as_ref(), start),
    }
}

/// Returns the form that `--explain` names.
fn asked(matches: &ArgMatches) -> Option<ExplainForm> {
    matches.get_one::<String>("explain").and_then(|form| ExplainForm::parse(form.as_bytes()).ok().flatten())
}

/// Returns the command line of `gowrap path`. clap removes a `--` before the first word; wslpath takes the word after
/// `--` as a path, even if it begins with a dash.
fn words_behind_path<'s>(matches: &ArgMatches, start: &'s Start) -> Vec<&'s [u8]> {
    let kept = matches.get_many::<OsString>("words").map_or(0, Iterator::count);
    let (before, words) = start.argv.split_at(start.argv.len().saturating_sub(kept));
    let swallowed = before.last().filter(|word| word.to_bytes() == b"--");
    swallowed.into_iter().chain(words).map(|word| word.to_bytes()).collect()
}

/// Returns the form of a refusal that `GOWRAP_EXPLAIN` asks for. An unknown word is ignored: the call is refused
/// already.
fn explained(environ: &Environ) -> PlanAction {
    PlanAction::of(environ).unwrap_or(PlanAction::Exec)
}

/// Runs `gowrap path`: the answers of WSL's wslpath, without starting it.
fn path(words: &[&[u8]], host: &dyn Host, environ: &Environ) -> u8 {
    let distro = host.distro().or_else(|| environ.get_nonempty(b"WSL_DISTRO_NAME").map(<[u8]>::to_vec));
    if let [b"--help" | b"-h"] = words {
        return help(Some("path"));
    }
    let standpoint =
        Standpoint { cwd: host.cwd(), distro: distro.as_deref(), mounts: host.mounts(), tags: Tags::Newest };
    let answer = path_command::run(CalledAs::Gowrap, words, &standpoint, &|path| host.canonical(path));
    let answer = if std::io::stdout().is_terminal() { answer.escaped() } else { answer };
    report::answer(answer.status, &answer.stdout, &answer.stderr)
}

/// Runs `gowrap env`: saves, shows or removes the snapshot.
fn env(action: &str, host: &dyn Host, environ: &Environ, file: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
    match action {
        "show" => Ok(snapshot::show(environ, &Config::load(environ, host, file)?, host)),
        "capture" => {
            let session = session::read(host);
            snapshot::capture(
                environ,
                &Config::load(environ, host, file)?,
                host,
                session.as_ref().map_err(|unseen| *unseen),
            )
        }
        _ => snapshot::forget(host),
    }
}

/// Plans a tool that is named on gowrap's command line.
fn tool(matches: &ArgMatches, record: Option<&Record>, start: &Start) -> Result<u8, Failure> {
    let words: Vec<&[u8]> =
        matches.get_many::<OsString>("tool").into_iter().flatten().map(|word| word.as_bytes()).collect();
    let (name, arguments) =
        words.split_first().ok_or_else(|| usage("a tool is missing: name one, such as `gowrap go version`"))?;
    if name.starts_with(b"-") {
        let options = ["--explain", "--host", "--config", "--help", "--version"];
        let meant = similar(name, options.into_iter());
        return Err(Failure {
            fix: vec![suggestion(meant, &["gowrap"])],
            ..usage(&format!("there is no option {}", escape(name)))
        });
    }
    let tool = Tool::of_path(name).ok_or_else(|| unknown_tool(name, &COMMANDS))?;
    let named = if name.contains(&b'/') { Named::ByPath(name) } else { Named::ByName };
    let config_file = matches.get_one::<OsString>("config").map(|file| file.as_bytes());
    let argv: Vec<_> = std::iter::once(name).chain(arguments).map(|word| c_string(word.to_vec())).collect();
    let argv = argv.iter().map(std::ops::Deref::deref).collect();
    let asked = asked(matches);

    if let Some(record) = record {
        let call = Invocation { tool, named, argv, environ: record.environ() };
        let plan_action = match asked {
            Some(form) => PlanAction::Explain(form),
            None => PlanAction::of(&call.environ)?,
        };
        let form = if let PlanAction::Explain(form) = plan_action { form } else { ExplainForm::Text };
        let config = Config::for_record(&call.environ, &Live::new(start.auxiliary), config_file);
        return Ok(carry_out(&call, config, record, PlanAction::Explain(form)));
    }
    let plan_action = match asked {
        Some(form) => PlanAction::Explain(form),
        None => PlanAction::of(&start.environ)?,
    };
    let host = Live::new(start.auxiliary).with_drive_probe(drives::probe(plan_action.probed_accesses()));
    let call = Invocation { tool, named, argv, environ: start.environ.clone() };
    let config = settings(&call.environ, &host, config_file);
    Ok(carry_out(&call, config, &host, plan_action))
}

/// Refuses a call under a name that is neither a tool's nor gowrap's.
#[must_use]
pub fn unknown_name(start: &Start) -> u8 {
    let name = start.argv.first().map_or(&b""[..], |name| basename(name.to_bytes()));
    let subject = ExplainedCall { tool: name, argv: &start.argv, environ: &start.environ };
    report::refuse_unplanned(unknown_tool(name, &[]), subject, &Live::new(start.auxiliary), explained(&start.environ))
}

/// Refuses a name that is no tool's. The suggestion may also be one of `commands`.
fn unknown_tool(name: &[u8], commands: &[&'static str]) -> Failure {
    let known = Tool::ALL.map(Tool::name).join(", ");
    let meant = similar(name, Tool::ALL.iter().map(|tool| tool.name()).chain(commands.iter().copied()));
    let question = meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
    let start = if question.is_empty() { "the" } else { "The" };
    Failure {
        exit: Exit::Own,
        code: Code::GW902,
        message: [b"`", name, b"` is neither a tool nor a command of gowrap"].concat(),
        fix: vec![format!("{question}{start} tools are {known}; `gowrap --help` lists the commands").into_bytes()],
    }
}

/// Returns the most similar known name.
fn similar(name: &[u8], known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    // The same measure and threshold as clap's suggestions.
    const ALIKE: f64 = 0.7;
    let name = String::from_utf8_lossy(name);
    // Jaro's measure rejects `dvl` for `dlv`: one typing error counts as similar in any word.
    let slip = |known| if strsim::osa_distance(&name, known) == 1 { 0.99 } else { 0.0 };
    let scored = known.map(|known| (strsim::jaro(&name, known).max(slip(known)), known));
    let scored = scored.filter(|(score, _)| *score > ALIKE);
    scored.max_by(|one, two| one.0.total_cmp(&two.0)).map(|(_, known)| known)
}

/// Returns the fix: the similar word as a question, else the help of the command.
fn suggestion(meant: Option<&str>, command: &[&str]) -> Vec<u8> {
    match meant {
        Some(meant) => format!("did you mean `{meant}`?").into_bytes(),
        None => format!("see `{} --help`", command.join(" ")).into_bytes(),
    }
}

/// Returns the refusal of a command line that clap rejects: the first paragraph of clap's message, and one fix.
fn misunderstood(error: &clap::Error, start: &Start) -> Failure {
    let rendered = error.render().to_string();
    let message = rendered.trim().trim_start_matches("error: ");
    let message = message.split("\n\n").next().unwrap_or_default();
    let kinds = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let meant = kinds.into_iter().find_map(|kind| match error.get(kind)? {
        ContextValue::String(word) => Some(word.clone()),
        ContextValue::Strings(words) => words.first().cloned(),
        _ => None,
    });
    let words = start.argv.iter().skip(1).filter_map(|word| word.to_str().ok());
    // Words behind a tool's name belong to the tool: `gowrap --explain=x go version` does not mean `gowrap version`.
    let mut names = words.filter(|word| COMMANDS.contains(word) || Tool::of_path(word.as_bytes()).is_some());
    let named = names.next().filter(|word| COMMANDS.contains(word));
    let command: Vec<&str> = std::iter::once("gowrap").chain(named).collect();
    if let ["gowrap", "help"] = command.as_slice()
        && let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidValue)
    {
        return no_help(word, meant);
    }
    Failure { fix: vec![suggestion(meant.as_deref(), &command)], ..usage(message) }
}

/// Returns the refusal of `gowrap help WORD`: a tool has its own help.
fn no_help(word: &str, meant: Option<String>) -> Failure {
    let fix = match Tool::of_path(word.as_bytes()) {
        Some(tool) => format!("type `{} --help`", tool.name()),
        None => {
            let question = meant.map(|meant| format!("did you mean `gowrap help {meant}`? ")).unwrap_or_default();
            format!("{question}`gowrap --help` lists the commands")
        }
    };
    Failure { fix: vec![fix.into_bytes()], ..usage(&format!("gowrap has no command {}", escape(word.as_bytes()))) }
}

/// Prints the help of gowrap or of a command.
fn help(name: Option<&str>) -> u8 {
    let mut whole = command();
    whole.build();
    let page = match name.and_then(|name| whole.find_subcommand_mut(name)) {
        Some(command) => command.render_help(),
        None => whole.render_help(),
    };
    report::print(styled(&page.to_string(), Colour::of_stdout()).as_bytes())
}

/// Returns a page of help with colours for headings and literal words.
fn styled(page: &str, colour: Colour) -> String {
    let line = |line: &str| match line.split_once(':') {
        Some((heading, rest)) if heading.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            format!("{}{rest}", colour.paint(Style::Heading, &format!("{heading}:")))
        }
        _ => {
            let text = line.trim_start();
            let end = text.find("  ").filter(|_| line.starts_with("  ")).unwrap_or(0);
            let indent = &line[..line.len() - text.len()];
            format!("{indent}{}{}", colour.paint(Style::Literal, &text[..end]), &text[end..])
        }
    };
    page.lines().map(|text| line(text) + "\n").collect()
}

fn usage(message: &str) -> Failure {
    Failure {
        exit: Exit::Own,
        code: Code::GW901,
        message: message.as_bytes().to_vec(),
        fix: vec![b"see `gowrap --help`".to_vec()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_every_command() {
        let command = command();
        let defined: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        assert_eq!(defined, COMMANDS);
    }

    #[test]
    fn one_typing_error_is_corrected() {
        let known = || Tool::ALL.iter().map(|tool| tool.name()).chain(COMMANDS);
        for (typed, meant) in [
            ("docter", Some("doctor")),
            ("dvl", Some("dlv")),
            ("gofmtt", Some("gofmt")),
            ("gopsl", Some("gopls")),
            ("go_windows_amd64", Some("go_windows_amd64_exec")),
            ("verison", Some("version")),
            ("frobnicate", None),
            ("", None),
        ] {
            assert_eq!(similar(typed.as_bytes(), known()), meant, "{typed}");
        }
        assert_eq!(similar(b"\xff\x1b", known()), None);
    }

    #[test]
    fn help_is_coloured_only_on_a_terminal() {
        let page = "Does it: well\n\nUsage: gowrap\n       more\n\nOptions:\n  -h, --help  Print help\n";
        assert_eq!(styled(page, Colour::Never), page);
        assert_eq!(
            styled(page, Colour::Always),
            "Does it: well\n\n\x1b[1;4mUsage:\x1b[0m gowrap\n       more\n\n\x1b[1;4mOptions:\x1b[0m\n  \x1b[1m-h, --help\x1b[0m  Print help\n"
        );
    }
}
