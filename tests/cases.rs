//! `tests/cases/**/*.toml`: a call on a recorded machine, and what has to come of it. A new case is a new file.
//!
//! ```toml
//! about = "what the case shows, in a sentence"
//! argv = ["go", "build", "./..."]     # the tool by its name, or a path
//! options = ["--config", "…"]         # gowrap's own, before the tool; rarely needed
//! config = 'pe = "reject"'            # the text of a configuration file; none unless said
//! host = "demo"                       # the record that is compiled in, or, as text, one of the case's own:
//! record = '''
//! kind = "wsl2"
//! …
//! '''
//!
//! [expect]                            # part of what `--explain=json` prints
//! exit_code = 126
//! target = { path = "/usr/bin/go", via = "direct" }
//! ```
//!
//! What `expect` does not name may be anything. Else:
//! * a string is the same, or, with `…` at an end, the rest may be anything: `"…golang/go#37461…"`;
//! * `false` stands for null, which TOML has not;
//! * a list has as many rows as there are, in that order;
//! * a table where the plan has a list picks rows by their `name` or `code`, in any order, and `false` says that there
//!   is none: `env = { GOROOT = { action = "unset" }, GOPATH = false }`, `notes = { GW312 = {} }`.
//!
//! Where gowrap prints no plan at all, there are `status` and `stderr` in its place.
//!
//! `CASE=word cargo test --test cases` runs those whose path contains the word, and prints the plan of each.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::Value as Json;
use toml::Value as Toml;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    argv: Vec<String>,
    #[serde(default)]
    options: Vec<String>,
    config: Option<String>,
    host: Option<String>,
    record: Option<String>,
    expect: toml::Table,
}

fn case_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(case_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Runs the case. Returns an error for a fault that no case may have.
fn plan(case: &Case, scratch: &Path) -> Result<Json, String> {
    let host = match (&case.host, &case.record) {
        (Some(host), None) => host.clone(),
        (None, Some(record)) => {
            // The first line of a text in TOML is the one after the quotes, so that lines count as in the case.
            let path = scratch.join("record.toml");
            fs::write(&path, record).unwrap();
            path.to_str().unwrap().to_owned()
        }
        _ => return Err("a case has either `host` or `record`".to_owned()),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_gowrap"));
    command.args(["--explain=json", "--host", &host]);
    if let Some(config) = &case.config {
        let path = scratch.join("config.toml");
        fs::write(&path, config).unwrap();
        command.arg("--config").arg(path);
    }
    command.args(&case.options).arg("--").args(&case.argv);
    // Nothing of the machine that runs the tests may count.
    command.env_clear().current_dir("/").stdin(Stdio::null());
    let output = command.output().unwrap();
    let status = output.status.code().ok_or("killed by a signal")?;
    if output.stdout.is_empty() {
        return Ok(serde_json::json!({ "status": status, "stderr": String::from_utf8_lossy(&output.stderr) }));
    }
    let plan: Json = serde_json::from_slice(&output.stdout).map_err(|error| format!("no JSON: {error}"))?;
    let promised = plan["exit_code"].as_i64().unwrap_or(0);
    if i64::from(status) != promised {
        return Err(format!("status {status}, but the plan says {promised}"));
    }
    if !output.stderr.is_empty() {
        return Err(format!("a dry run is silent, but: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(plan)
}

/// Compares, and writes a line for each difference.
fn compare(at: &str, expected: &Toml, found: &Json, differences: &mut String) {
    let is_same = match (expected, found) {
        (Toml::Table(rows), Json::Object(_)) => {
            for (key, expected) in rows {
                compare(&format!("{at}.{key}"), expected, &found[key], differences);
            }
            return;
        }
        (Toml::Table(rows), Json::Array(list)) => {
            for (name, expected) in rows {
                pick(&format!("{at}[{name}]"), name, expected, list, differences);
            }
            return;
        }
        (Toml::Array(rows), Json::Array(list)) if rows.len() == list.len() => {
            for (number, (expected, found)) in rows.iter().zip(list).enumerate() {
                compare(&format!("{at}[{number}]"), expected, found, differences);
            }
            return;
        }
        (Toml::String(expected), Json::String(found)) => is_like(expected, found),
        (Toml::Integer(expected), Json::Number(found)) => found.as_i64() == Some(*expected),
        (Toml::Boolean(false), Json::Null) => true,
        _ => false,
    };
    if !is_same {
        writeln!(differences, "  {at}\n    expected {expected}\n    found    {found}").unwrap();
    }
}

/// The rows of a list that have this name or code; one of them has to be as expected.
fn pick(at: &str, name: &str, expected: &Toml, list: &[Json], differences: &mut String) {
    let has_that_name = |row: &&Json| row["name"] == name || row["code"] == name;
    let rows: Vec<&Json> = list.iter().filter(has_that_name).collect();
    let mut why_not = String::new();
    match (expected, rows.as_slice()) {
        (Toml::Boolean(false), []) => {}
        (_, []) => writeln!(why_not, "  {at}\n    expected {expected}\n    found    nothing").unwrap(),
        (_, rows) => {
            for row in rows {
                let mut differences = String::new();
                compare(at, expected, row, &mut differences);
                if differences.is_empty() {
                    return;
                }
                why_not.push_str(&differences);
            }
        }
    }
    differences.push_str(&why_not);
}

/// `…` at an end matches any text.
fn is_like(expected: &str, found: &str) -> bool {
    match (expected.strip_prefix('…'), expected.strip_suffix('…')) {
        (Some(_), Some(_)) => found.contains(expected.trim_matches('…')),
        (Some(end), None) => found.ends_with(end),
        (None, Some(start)) => found.starts_with(start),
        (None, None) => found == expected,
    }
}

#[test]
fn every_case_gives_its_expected_plan() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let wanted = std::env::var("CASE").ok();
    let scratch = std::env::temp_dir().join(format!("gowrap-cases-{}", std::process::id()));
    fs::create_dir_all(&scratch).unwrap();
    let mut failures = String::new();
    let mut count = 0;
    for path in case_files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        if wanted.as_ref().is_some_and(|word| !name.contains(word.as_str())) {
            continue;
        }
        count += 1;
        let text = fs::read_to_string(&path).unwrap();
        let mut differences = String::new();
        let mut about = String::new();
        match toml::from_str::<Case>(&text) {
            Err(error) => write!(differences, "{error}").unwrap(),
            Ok(case) => match plan(&case, &scratch) {
                Err(why) => writeln!(differences, "  {why}").unwrap(),
                Ok(plan) => {
                    if wanted.is_some() {
                        println!("{name}: {plan:#}");
                    }
                    compare("plan", &Toml::Table(case.expect), &plan, &mut differences);
                    if !differences.is_empty() {
                        for key in ["candidates", "error", "status", "stderr"] {
                            if let Some(value) = plan.get(key) {
                                writeln!(differences, "  {key}: {value}").unwrap();
                            }
                        }
                    }
                    about = case.about;
                }
            },
        }
        if !differences.is_empty() {
            writeln!(failures, "\n{name}: {about}\n{differences}").unwrap();
        }
    }
    fs::remove_dir_all(&scratch).unwrap();
    assert!(count > 0, "no case of that name");
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn the_comparison_finds_differences() {
    let plan: Json = serde_json::json!({
        "exit_code": null, "target": { "path": "/usr/bin/go", "via": "direct" }, "argv": ["go", "vet"],
        "env": [{ "name": "A", "to": "1" }, { "name": "A", "to": "2" }], "notes": [{ "code": "GW312" }],
    });
    let table: &[(&str, bool)] = &[
        ("", true),
        ("exit_code = false", true),
        ("exit_code = 0", false),
        ("target = { path = '/usr/bin/go' }", true),
        ("target = { path = '…/go' }", true),
        ("target = { path = '/usr…' }", true),
        ("target = { path = '…bin…' }", true),
        ("target = { path = '…sbin…' }", false),
        ("target = { path = '/usr/bin/gofmt' }", false),
        ("target = { source = 'path' }", false),
        ("target = false", false),
        ("argv = ['go', 'vet']", true),
        ("argv = ['go']", false),
        ("argv = ['vet', 'go']", false),
        ("env = { A = { to = '2' } }", true),
        ("env = { A = { to = '3' } }", false),
        ("env = { A = false }", false),
        ("env = { B = false }", true),
        ("env = { B = {} }", false),
        ("notes = { GW312 = {} }", true),
        ("notes = []", false),
        ("no_such_key = 1", false),
    ];
    for (expected, is_same) in table {
        let mut differences = String::new();
        compare("plan", &Toml::Table(toml::from_str(expected).unwrap()), &plan, &mut differences);
        assert_eq!(differences.is_empty(), *is_same, "{expected}: {differences}");
    }
}
