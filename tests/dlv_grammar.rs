//! Command lines of `dlv` as people and editors write them, each argument with the part it plays.
//!
//! `tests/vectors/dlv_cmdlines.tsv` holds, a line each: where it comes from, the first version of delve that takes it,
//! what delve makes of it, the arguments and their roles (both JSON). A role is `val:NAME`, `flagval:NAME`, `pos` …;
//! `@KIND` says that delve reads the argument as a path of that kind, `+N` that the path begins at byte N.

#![allow(clippy::unwrap_used)]

use std::process::{Command, Stdio};

use gowrap::tools::dlv;
use gowrap::tools::token::{PathKind, Role, Token};

struct Row {
    origin: String,
    since: (u32, u32),
    outcome: String,
    argv: Vec<String>,
    roles: Vec<String>,
}

fn rows() -> Vec<Row> {
    let version = |text: &str| {
        let mut parts = text.split('.').skip(1).map(|part| part.parse().unwrap());
        (parts.next().unwrap(), parts.next().unwrap())
    };
    let table = include_str!("vectors/dlv_cmdlines.tsv");
    let parse = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        Row {
            origin: cells[0].into(),
            since: version(cells[1]),
            outcome: cells[2].into(),
            argv: serde_json::from_str(cells[3]).unwrap(),
            roles: serde_json::from_str(cells[4]).unwrap(),
        }
    };
    table.lines().skip(1).map(parse).collect()
}

fn role(token: &Token, arg: &[u8]) -> String {
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let mut role = match token.role {
        Role::Argv0 => "argv0".into(),
        Role::Command => "cmd".into(),
        Role::Flag(_) => "flag".into(),
        Role::Value(name) => format!("val:{}", text(name)),
        Role::FlagValue(name) => format!("flagval:{}", text(name)),
        Role::BoolFlag(_) => "boolflag".into(),
        Role::Terminator => "dashdash".into(),
        Role::Positional => "pos".into(),
        Role::ProgramArg => "arg".into(),
        Role::TestArg => "testarg".into(),
        Role::HelpTopic => "topic".into(),
        Role::Unparsed => "unparsed".into(),
        other => format!("{other:?}"),
    };
    if let Some(slot) = &token.slot {
        assert_eq!(slot.bytes.end, arg.len(), "a path of dlv's reaches to the end of its argument");
        // The vectors do not show if a file is read or written.
        let kind = match slot.kind {
            PathKind::Output => PathKind::Path,
            PathKind::ListenAddress => PathKind::Address,
            kind => kind,
        };
        role.push_str(&format!("@{kind:?}").to_lowercase());
        if slot.bytes.start > 0 {
            role.push_str(&format!("+{}", slot.bytes.start));
        }
    }
    role
}

/// cobra searches the subcommand before pflag refuses a flag.
#[test]
fn the_subcommand_is_found_behind_a_flag_that_is_refused() {
    for (argv, at) in [
        (["dlv", "-=", "dap", "x"], 2),
        (["dlv", "-l=", "dap", "x"], 2),
        (["dlv", "-l", "x", "dap"], 3),
        (["dlv", "-?", "x", "dap"], 3),
        (["dlv", "--new", "x", "dap"], 3),
        (["dlv", "--new=1", "dap", "x"], 2),
        (["dlv", "--log", "dap", "x"], 2),
    ] {
        let line = dlv::scan(&argv.map(str::as_bytes));
        assert_eq!((line.subcommand, line.subcommand_at), (Some(dlv::flags::Subcommand::Dap), Some(at)), "{argv:?}");
    }
}

fn roles(argv: &[String]) -> Vec<String> {
    let argv: Vec<&[u8]> = argv.iter().map(|arg| arg.as_bytes()).collect();
    let line = dlv::scan(&argv);
    assert_eq!(line.tokens.len(), argv.len());
    line.tokens.iter().zip(&argv).map(|(token, arg)| role(token, arg)).collect()
}

#[test]
fn every_argument_has_the_role_that_delve_gives_it() {
    let mut wrong = String::new();
    for row in rows() {
        let got = roles(&row.argv);
        if got != row.roles {
            wrong += &format!("{}: {:?}\n  want {:?}\n  got  {got:?}\n", row.origin, row.argv, row.roles);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Asks the real dlv, where there is one, whether it can place the same arguments: with `--help` put after the
/// subcommand it reads them all and then prints help instead of doing anything.
#[test]
fn the_real_dlv_reads_the_flags_from_the_same_places() {
    let Some(installed) = installed_version() else {
        eprintln!("no dlv on PATH; nothing to compare with");
        return;
    };
    let mut compared = 0;
    for row in rows() {
        if row.since > installed || row.outcome == "rr" || row.outcome == "usage" {
            continue;
        }
        let argv: Vec<&[u8]> = row.argv.iter().map(|arg| arg.as_bytes()).collect();
        let line = dlv::scan(&argv);
        let mut asked = row.argv.clone();
        if let Some(at) = line.subcommand_at {
            asked.insert(line.position_after(at), "--help".into());
        } else if row.argv.iter().any(|arg| arg.starts_with("__complete")) {
            continue;
        }
        let real = Command::new("dlv").args(&asked[1..]).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&real.stdout) + String::from_utf8_lossy(&real.stderr);
        let outcome = if said.contains("unknown command") {
            "unknown"
        } else if said.starts_with("Error: ") {
            "refused"
        } else if line.subcommand_at.is_none() {
            "root"
        } else if row.outcome == "topic" {
            "topic"
        } else {
            "parses"
        };
        assert_eq!(outcome, row.outcome, "{}: {:?} said {said}", row.origin, asked);
        compared += 1;
    }
    assert!(compared > 40, "only {compared} rows compared with dlv 1.{}.{}", installed.0, installed.1);
}

/// The table of flags against `dlv SUBCOMMAND --help`, which prints them all with what they take.
#[test]
fn the_real_dlv_has_the_flags_of_the_table() {
    use gowrap::tools::dlv::flags;
    use gowrap::tools::dlv::flags::{FlagValue, Subcommand};
    let Some(installed) = installed_version() else {
        return;
    };
    let asked = ["attach", "connect", "core", "dap", "debug", "exec", "test", "trace", "version"];
    for name in asked {
        let subcommand = Subcommand::named(name.as_bytes()).unwrap();
        let output = Command::new("dlv").args([name, "--help"]).stdin(Stdio::null()).output().unwrap();
        let help = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let mut seen = Vec::new();
        let flags = help.lines().skip_while(|line| *line != "Flags:");
        for line in flags.filter(|line| line.trim_start().starts_with('-')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let short = words[0].strip_suffix(',').map_or(0, |short| short.as_bytes()[1]);
            let at = usize::from(short != 0);
            let long = words[at].strip_prefix("--").unwrap();
            let takes_value = matches!(*words.get(at + 1).unwrap_or(&""), "string" | "int" | "float" | "stringArray");
            let row = flags::long(Some(subcommand), long.as_bytes());
            let row = row.unwrap_or_else(|| panic!("{name} --{long} is not in the table"));
            assert_eq!(row.takes != FlagValue::Bool, takes_value, "{name} --{long}");
            assert_eq!(row.short, short, "{name} --{long}");
            seen.push(long.as_bytes().to_vec());
        }
        for row in flags::ROWS {
            let here = row.on.is_none_or(|on| on == subcommand);
            let due = (u32::from(row.since.0), u32::from(row.since.1)) <= installed;
            let known = seen.iter().any(|long| long == row.name());
            let hidden = row.name() == b"core";
            assert!(!here || hidden || known == due, "{name} --{}", String::from_utf8_lossy(row.name()));
        }
        assert!(!seen.is_empty(), "{name}");
    }
}

fn installed_version() -> Option<(u32, u32)> {
    let output = Command::new("dlv").arg("version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.lines().find_map(|line| line.strip_prefix("Version: 1."))?;
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}
