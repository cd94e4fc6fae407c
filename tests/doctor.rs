//! Findings of `gowrap doctor` on a healthy machine, and on the same machine with one fault.
//!
//! A case of `tests/doctor/*.toml` lists the differences from `healthy.toml`: tables are merged, a file of the same
//! path is replaced, and `gone` names files to leave out. It lists all findings that are not ok, so an unexpected
//! finding fails too. A case is named after the symptom that a user sees.

#![allow(clippy::unwrap_used)]

use std::ffi::CString;

use gowrap::config::Config;
use gowrap::doctor::finding::{Finding, Severity};
use gowrap::doctor::report::{TextLayout, Verbosity};
use gowrap::doctor::subject::{AskWindows, Subject};
use gowrap::doctor::{examine, examine_file, report};
use gowrap::explain;
use gowrap::explain::ExplainForm;
use gowrap::plan::invocation::{Invocation, Named};
use gowrap::plan::{Depth, plan};
use gowrap::record::Record;
use gowrap::terminal::Colour;
use gowrap::tools::Tool;
use serde::Deserialize;

const PLAIN: TextLayout = TextLayout { colour: Colour::Never, width: 100, verbosity: Verbosity::Problems };

const HEALTHY: &str = include_str!("doctor/healthy.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The symptom that a user sees.
    name: String,
    /// The differences from the healthy machine.
    #[serde(default)]
    machine: toml::Table,
    /// Files of the healthy machine that are not there.
    #[serde(default)]
    gone: Vec<String>,
    /// A file to examine instead of the machine.
    file: Option<String>,
    /// May Windows be asked?
    #[serde(default)]
    windows: bool,
    /// The findings that are not ok: code and level, in order.
    #[serde(default)]
    findings: Vec<String>,
    /// Findings that are ok and have something to say.
    #[serde(default)]
    ok: Vec<String>,
    /// Words that must be in what is said, in any finding.
    #[serde(default)]
    says: Vec<String>,
    /// Words that must not be there.
    #[serde(default)]
    never: Vec<String>,
    /// A call whose plan shows it …
    #[serde(default)]
    call: Vec<String>,
    /// … by these words.
    #[serde(default)]
    plan: Vec<String>,
}

fn merge(into: &mut toml::Table, from: &toml::Table) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(toml::Value::Table(into)), toml::Value::Table(from)) if key != "sockets" => merge(into, from),
            (Some(toml::Value::Array(rows)), toml::Value::Array(more)) if key == "files" => {
                rows.retain(|row| !more.iter().any(|new| new.get("path") == row.get("path")));
                rows.extend(more.iter().cloned());
            }
            (_, value) => _ = into.insert(key.clone(), value.clone()),
        }
    }
}

fn machine(case: &Case) -> Record {
    let mut table: toml::Table = toml::from_str(HEALTHY).unwrap();
    merge(&mut table, &case.machine);
    let files = table.get_mut("files").and_then(toml::Value::as_array_mut).unwrap();
    let is_gone = |row: &toml::Value| case.gone.iter().any(|gone| row["path"].as_str() == Some(gone));
    files.retain(|row| !is_gone(row));
    if let Some(env) = table["call"].get_mut("env").and_then(toml::Value::as_table_mut) {
        env.retain(|_, value| value.as_str() != Some("(unset)"));
    }
    let text = toml::to_string(&table).unwrap();
    Record::parse(text.as_bytes(), case.name.as_bytes())
        .unwrap_or_else(|failure| panic!("{}: {}", case.name, String::from_utf8_lossy(&failure.message)))
}

fn ask_windows(case: &Case) -> AskWindows {
    if case.windows { AskWindows::Yes } else { AskWindows::No }
}

fn line(finding: &Finding) -> String {
    format!("{} {}", finding.code, finding.level.word())
}

fn check(case: &Case) -> Result<(), String> {
    let record = machine(case);
    let environ = record.environ();
    let config = Config::default();
    let subject = Subject::new(&record, &environ, &config).with(ask_windows(case));
    let report = match &case.file {
        Some(file) => examine_file(&subject, file.as_bytes()).map_err(|errno| errno.to_string())?,
        None => examine(&subject, None),
    };
    let found: Vec<String> = report.findings().filter(|finding| finding.level != Severity::Ok).map(line).collect();
    let text = String::from_utf8(report::text(&report, PLAIN)).map_err(|error| error.to_string())?;
    if found != case.findings {
        return Err(format!("found {found:?}, expected {:?}\n{text}", case.findings));
    }
    let is_ok = |code: &String| report.findings().any(|one| one.code.to_string() == *code && one.level == Severity::Ok);
    if let Some(missing) = case.ok.iter().find(|code| !is_ok(code)) {
        return Err(format!("{missing} is not ok\n{text}"));
    }
    let everything: String = report
        .findings()
        .map(|one| {
            format!(
                "{} {} {}\n",
                one.title,
                one.why,
                one.fix.iter().map(|fix| fix.text()).collect::<Vec<_>>().join(" ")
            )
        })
        .collect();
    if let Some(shown) = case.never.iter().find(|words| everything.contains(*words)) {
        return Err(format!("{shown:?} is said\n{text}"));
    }
    if let Some(missing) = case.says.iter().find(|words| !everything.contains(*words)) {
        return Err(format!("nothing says {missing:?}\n{text}"));
    }
    for finding in report.findings().filter(|finding| finding.level != Severity::Ok) {
        if finding.why.is_empty() || finding.place.is_empty() {
            return Err(format!("{} lacks a reason or a place", finding.code));
        }
    }
    let status = u8::from(case.findings.iter().any(|finding| finding.ends_with("fail")));
    if report.status() != status {
        return Err(format!("status {}, expected {status}", report.status()));
    }
    shows(case, &record)
}

/// The plan of the case's call, as `--explain=json` prints it.
fn shows(case: &Case, record: &Record) -> Result<(), String> {
    let Some(tool) = case.call.first().and_then(|name| Tool::named(name.as_bytes())) else { return Ok(()) };
    let argv: Vec<CString> = case.call.iter().map(|word| CString::new(word.as_str()).unwrap()).collect();
    let argv = argv.iter().map(CString::as_c_str).collect();
    let call = Invocation { tool, named: Named::ByName, argv, environ: record.environ() };
    let config = Config::default();
    let outcome = plan(&call, &config, record, Depth::Full);
    let outcome = outcome.as_ref().map_err(Box::as_ref);
    let printed = explain::print(ExplainForm::Json, outcome, &call, &config, record, Colour::Never);
    let printed = String::from_utf8_lossy(&printed.bytes).into_owned();
    match case.plan.iter().find(|words| !printed.contains(*words)) {
        Some(missing) => Err(format!("the plan does not show {missing:?}\n{printed}")),
        None => Ok(()),
    }
}

fn all(text: &str) {
    let cases: Cases = toml::from_str(text).unwrap();
    let failures: Vec<String> =
        cases.case.iter().filter_map(|case| check(case).err().map(|why| format!("--- {}\n{why}", case.name))).collect();
    assert!(failures.is_empty(), "{} of {}\n{}", failures.len(), cases.case.len(), failures.join("\n"));
}

#[test]
fn reported_symptoms_have_their_findings() {
    all(include_str!("doctor/symptoms.toml"));
}

#[test]
fn each_check_has_its_findings() {
    all(include_str!("doctor/checks.toml"));
}

#[test]
fn a_healthy_machine_and_the_demo_have_no_problem() {
    let healthy = Case {
        name: "healthy".to_owned(),
        machine: toml::Table::new(),
        gone: Vec::new(),
        file: None,
        windows: false,
        findings: Vec::new(),
        ok: Vec::new(),
        says: vec!["go1.25.0".to_owned(), "Ubuntu 24.04.2 LTS in WSL2".to_owned()],
        never: Vec::new(),
        call: Vec::new(),
        plan: Vec::new(),
    };
    check(&healthy).unwrap();
    let demo = Record::demo().unwrap();
    let (environ, config) = (demo.environ(), Config::default());
    assert_eq!(examine(&Subject::new(&demo, &environ, &config), None).status(), 0);
}

/// Returns true for a file that a shell reads at its start, also one of gowrap. Records do not hold them.
fn is_profile(place: &[u8]) -> bool {
    place.strip_prefix(b"/home/me/.").is_some_and(|name| {
        name.starts_with(b"local/share/gowrap/env") || (!name.contains(&b'/') && !name.starts_with(b"gitconfig"))
    })
}

/// Machines out of public reports, and the findings that are not ok there.
const REPORTS: &[(&str, &[&str])] = &[
    ("after_fix", &["GW246 fail", "GW247 fail"]),
    ("alt_empty", &["GW560 warn"]),
    ("arg_o_backslash_rel", &[]),
    ("cc_pe_exists", &["GW259 fail"]),
    ("cons", &["GW548 warn"]),
    ("container_GOCACHE", &["GW446 fail"]),
    ("crlf_sources", &["GW572 warn"]),
    ("cur", &["GW560 warn"]),
    ("env_gopath_msys", &["GW153 warn", "GW456 warn"]),
    ("env_gopath_two_win_colon", &["GW153 warn", "GW446 warn"]),
    ("env_gopath_unmounted", &["GW402 fail"]),
    ("fit_devel_go1.27.3", &["GW254 fail"]),
    ("ge", &["GW556 warn", "GW558 fail", "GW558 fail"]),
    ("git_foreign_owner", &["GW573 fail"]),
    ("go386", &["GW256 warn"]),
    ("goenv_shared", &["GW453 fail"]),
    ("goyek319", &["GW245 warn", "GW450 warn", "GW162 warn", "GW940 warn"]),
    ("gto_v1.27.1_go1.24.3", &["GW255 fail"]),
    ("gw452_std", &[]),
    ("healthy", &[]),
    ("healthy_godev_path", &[]),
    ("lef", &["GW551 fail", "GW551 fail"]),
    ("ltmp", &["GW551 fail"]),
    ("mise_c_only_windows_shim", &["GW258 warn"]),
    ("mise_d_cron_drive", &["GW243 warn", "GW245 warn", "GW152 warn", "GW448 warn", "GW162 warn", "GW940 warn"]),
    ("no_gcc", &["GW249 warn"]),
    ("path_tilde", &["GW245 warn", "GW454 warn"]),
    ("pe_not_on_path", &["GW241 warn", "GW152 warn"]),
    ("pe_replace_mnt", &["GW241 warn", "GW152 warn", "GW570 fail", "GW570 fail", "GW570 fail"]),
    ("proxy_nat", &["GW547 warn"]),
    ("script_goexe_before_linux_go", &["GW258 warn"]),
    ("script_goexe_drive", &["GW258 warn", "GW152 warn", "GW153 warn", "GW446 warn"]),
    ("twogo", &["GW246 fail", "GW247 fail"]),
    ("vs_tasks", &["GW562 fail", "GW562 fail"]),
    ("wk_asdf", &["GW243 warn", "GW245 warn", "GW152 warn", "GW448 warn", "GW162 warn", "GW940 warn"]),
];

#[test]
fn reported_machines_have_their_findings() {
    let mut failures = String::new();
    for (name, expected) in REPORTS {
        let text = std::fs::read(format!("{}/tests/doctor/reports/{name}.toml", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let record = Record::parse(&text, name.as_bytes()).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        let (environ, config) = (record.environ(), Config::default());
        let report = examine(&Subject::new(&record, &environ, &config), None);
        let found: Vec<String> = report.findings().filter(|finding| finding.level != Severity::Ok).map(line).collect();
        if found != *expected {
            let text = String::from_utf8(report::text(&report, PLAIN)).unwrap();
            failures.push_str(&format!("--- {name}: {found:?}\n{text}\n"));
        }
        let codes = |record: &Record| {
            let environ = record.environ();
            let report = examine(&Subject::new(record, &environ, &config), None);
            let bad = report.findings().filter(|one| one.level != Severity::Ok);
            bad.map(|one| (one.place.clone(), line(one))).filter(|(place, _)| !is_profile(place)).collect::<Vec<_>>()
        };
        let mut file = gowrap::doctor::record::record(&record, &environ, &config, AskWindows::No);
        // A machine that was written down has no /proc, where the live one has its mounts.
        let mounts = toml::from_str::<toml::Table>(std::str::from_utf8(&text).unwrap()).unwrap().remove("mounts");
        file.mounts = mounts.map(|mounts| mounts.try_into().unwrap()).unwrap_or_default();
        let written = toml::to_string(&file).unwrap();
        let copy = Record::parse(written.as_bytes(), name.as_bytes()).unwrap();
        if codes(&record) != codes(&copy) {
            failures.push_str(&format!(
                "--- {name}, written down: {:?}, not {:?}\n{written}\n",
                codes(&copy),
                codes(&record)
            ));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn json_has_these_keys_and_no_others() {
    let demo = Record::demo().unwrap();
    let (environ, config) = (demo.environ(), Config::default());
    let report = examine(&Subject::new(&demo, &environ, &config), None);
    let json: serde_json::Value = serde_json::from_slice(&report::json(&report)).unwrap();
    let keys = |value: &serde_json::Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys.join(" ")
    };
    assert_eq!(keys(&json), "findings schema");
    assert_eq!(json["schema"], 1);
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), report.findings().count());
    for finding in findings {
        assert_eq!(keys(finding), "code fix level title where why");
        assert!(["ok", "warn", "fail"].contains(&finding["level"].as_str().unwrap()));
    }
}

/// A plan without the guard against loops, which names files by their inodes: another machine has others.
fn without_inodes(mut plan: serde_json::Value) -> serde_json::Value {
    if let Some(env) = plan.get_mut("env").and_then(serde_json::Value::as_array_mut) {
        env.retain(|change| change["stage"] != "chain");
    }
    plan
}

/// A call's plan, as `--explain=json` prints it.
fn planned(record: &Record, argv: &[&std::ffi::CStr]) -> serde_json::Value {
    let tool = Tool::of_path(argv[0].to_bytes()).unwrap();
    let call = Invocation { tool, named: Named::ByName, argv: argv.to_vec(), environ: record.environ() };
    let config = Config::default();
    let outcome = plan(&call, &config, record, Depth::Full);
    let outcome = outcome.as_ref().map_err(Box::as_ref);
    let printed = explain::print(ExplainForm::Json, outcome, &call, &config, record, Colour::Never);
    without_inodes(serde_json::from_slice(&printed.bytes).unwrap())
}

const CALLS: [&[&std::ffi::CStr]; 5] = [
    &[c"go", c"build", c"-o=C:\\out\\x", c"./..."],
    &[c"gofmt", c"-l", c"."],
    &[c"dlv", c"dap", c"--listen=:2345"],
    &[c"dlv", c"debug", c"."],
    &[c"gopls", c"version"],
];

#[test]
fn a_record_gives_the_same_plans_and_findings_as_its_machine() {
    for text in [include_str!("doctor/symptoms.toml"), include_str!("doctor/checks.toml")] {
        let cases: Cases = toml::from_str(text).unwrap();
        for case in cases.case.iter().filter(|case| case.file.is_none()) {
            let original = machine(case);
            let (environ, config) = (original.environ(), Config::default());
            let mut file = gowrap::doctor::record::record(&original, &environ, &config, ask_windows(case));
            // A machine that was written down has no /proc, where the live one has its mounts.
            let mut table: toml::Table = toml::from_str(HEALTHY).unwrap();
            merge(&mut table, &case.machine);
            file.mounts = table.remove("mounts").unwrap().try_into().unwrap();
            let text = toml::to_string(&file).unwrap();
            let copy = Record::parse(text.as_bytes(), case.name.as_bytes()).unwrap();
            for call in CALLS {
                let (before, after) = (planned(&original, call), planned(&copy, call));
                for key in ["outcome", "error", "host", "target", "argv", "env", "args", "listen", "cwd"] {
                    assert_eq!(before[key], after[key], "{}: {call:?}: {key}\n{text}", case.name);
                }
            }
            let codes = |record: &Record| {
                let environ = record.environ();
                let report = examine(&Subject::new(record, &environ, &config).with(ask_windows(case)), None);
                let bad = report.findings().filter(|one| one.level != Severity::Ok);
                bad.filter(|one| !is_profile(&one.place)).map(line).collect::<Vec<_>>()
            };
            assert_eq!(codes(&original), codes(&copy), "{}\n{text}", case.name);
            assert!(!text.contains("hunter2"), "{}", case.name);
        }
    }
}

fn gowrap(arguments: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gowrap"));
    command.args(arguments).env("GITHUB_TOKEN", "hunter2").env("GOPROXY", "https://u:hunter2@proxy.example,direct");
    command.env_remove("GOWRAP_CONFIG").stdin(std::process::Stdio::null()).output().unwrap()
}

#[test]
fn a_record_of_this_machine_gives_the_same_plans() {
    let path = std::env::temp_dir().join(format!("gowrap-doctor-{}.toml", std::process::id()));
    let file = path.to_str().unwrap();
    let written = gowrap(&["doctor", "--record", file]);
    assert_eq!((written.status.code(), written.stdout.len(), written.stderr.len()), (Some(0), 0, 0));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("https://***@proxy.example,direct") && !text.contains("hunter2"), "{text}");
    for call in [&["go", "build", "./..."][..], &["gofmt", "-l", "."], &["dlv", "dap", "--listen=:2345"], &["gopls"]] {
        let live = gowrap(&[&["--explain=json"], call].concat());
        let recorded = gowrap(&[&["--host", file, "--explain=json"], call].concat());
        let [live, recorded] = [live, recorded].map(|out| without_inodes(serde_json::from_slice(&out.stdout).unwrap()));
        for key in ["outcome", "target", "argv", "env", "args", "cwd"] {
            assert_eq!(live[key], recorded[key], "{call:?}: {key}\n{text}");
        }
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_record_may_be_written_to_a_pipe() {
    let link = std::env::temp_dir().join(format!("gowrap-doctor-pipe-{}", std::process::id()));
    std::os::unix::fs::symlink("/proc/self/fd/1", &link).unwrap();
    let out = gowrap(&["doctor", "--record", link.to_str().unwrap()]);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    std::fs::remove_file(&link).unwrap();
    assert_eq!(out.status.code(), Some(0));
    assert!(out.stdout.starts_with(b"schema = 1"), "{}", String::from_utf8_lossy(&out.stdout));
}

/// A person waits for the first `doctor` of a session. Processor time, unlike the clock's, is the same on a busy
/// machine.
#[test]
fn doctor_takes_less_than_a_second_of_processor_time() {
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "\"$0\" doctor >/dev/null 2>&1; times", env!("CARGO_BIN_EXE_gowrap")]);
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let children = output.lines().nth(1).unwrap();
    let seconds: Vec<f64> = children
        .split_whitespace()
        .map(|time| {
            let (minutes, seconds) = time.trim_end_matches('s').split_once('m').unwrap();
            minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
        })
        .collect();
    assert!(seconds.len() == 2 && seconds.iter().sum::<f64>() < 1.0, "{output}");
}

/// Real programs, as gcc and go build them: (how, what `gowrap doctor FILE` says, in words that must be there).
#[test]
fn programs_that_cannot_start_or_be_debugged_are_findings() {
    let table: &[(&str, i32, &str)] = &[
        ("gcc -o x main.c", 0, "loaded by /lib"),
        ("gcc -shared -o libgone.so lib.c && gcc -o x calls.c ./libgone.so && rm libgone.so", 1, "doctor GW283"),
        (
            "gcc -shared -o libhere.so lib.c && gcc -o x calls.c -L. -lhere -Wl,-rpath,'$ORIGIN'",
            0,
            "ok    a Linux program",
        ),
        ("gcc -Wl,--dynamic-linker=/lib/ld-nowhere.so.1 -o x main.c", 1, "ld-nowhere.so.1 is missing"),
        ("gcc -o x main.c && chmod -x x", 1, "chmod +x"),
        ("gcc -static-pie -o x main.c", 0, "statically linked"),
        ("gcc -c -o x main.c", 1, "an object file"),
        ("gcc -shared -o x lib.c", 1, "a shared library"),
        ("cp \"$(gcc -print-file-name=libc.so.6)\" x", 0, "a Linux program"),
        ("printf '#!/usr/bin/env sh\\r\\n' > x && chmod +x x", 1, "doctor GW286"),
        ("printf '#!/usr/bin/env -S no-such-program -x\\n' > x && chmod +x x", 1, "no-such-program is not on PATH"),
        ("printf '#!/usr/bin/env -S A=1 sh -x\\n' > x && chmod +x x", 0, "a script for /usr/bin/env"),
        ("printf '\\357\\273\\277#!/bin/sh\\n' > x && chmod +x x", 1, "a byte order mark"),
        ("go build -o x .", 0, "built with go1."),
        ("go build -ldflags='-s -w' -o x .", 0, "has no debug information"),
        ("GOOS=windows go build -o x .", 1, "doctor GW284"),
        ("GOARCH=s390x go build -o x .", 1, "a Linux program for s390x"),
        ("go build -o x ./lib", 1, "package main"),
    ];
    let folder = std::env::temp_dir().join(format!("gowrap-doctor-programs-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("lib")).unwrap();
    let files = [
        ("main.c", "int main(void) { return 0; }\n"),
        ("lib.c", "int lib(void) { return 0; }\n"),
        ("calls.c", "int lib(void); int main(void) { return lib(); }\n"),
        ("go.mod", "module example.com/x\n\ngo 1.18\n"),
        ("main.go", "package main\n\nfunc main() {}\n"),
        ("lib/lib.go", "package lib\n"),
    ];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    for (command, status, words) in table {
        _ = std::fs::remove_file(folder.join("x"));
        let mut shell = std::process::Command::new("sh");
        // Go would not build what has C files beside it.
        let command =
            if command.contains("go build") { format!("rm -f *.c; {command}") } else { (*command).to_owned() };
        let built = shell.args(["-c", &command]).current_dir(&folder).env("CGO_ENABLED", "0").output().unwrap();
        assert!(built.status.success(), "{command}: {}", String::from_utf8_lossy(&built.stderr));
        let out = gowrap(&["doctor", folder.join("x").to_str().unwrap()]);
        let said = String::from_utf8_lossy(&out.stdout);
        assert!(said.contains(words), "{command}: {said}{}", String::from_utf8_lossy(&out.stderr));
        assert_eq!(out.status.code(), Some(*status), "{command}: {said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_exit_status_follows_from_the_worst_finding() {
    let table: &[(&[&str], i32, &str)] = &[
        (&["doctor", "--host", "demo"], 0, ""),
        (&["--host", "demo", "doctor", "--json"], 0, ""),
        (&["doctor", "/dev/null"], 2, "cannot examine /dev/null: it is not a regular file"),
        (&["doctor", "/nowhere"], 2, "cannot examine /nowhere"),
        (&["--host", "demo", "doctor", "C:\\src\\hello"], 2, "cannot examine /mnt/c/src/hello: Is a directory"),
        (&["doctor", "/"], 2, "cannot examine /"),
        (&["doctor", "302"], 2, "did you mean `gowrap doctor GW302`?"),
        (&["doctor", "--host", "/nowhere"], 2, "cannot read the host record"),
        (&["--host", "demo", "doctor", "--record"], 2, "--record records this machine"),
        (&["doctor", "--record", "/nowhere/file"], 2, "cannot write /nowhere/file"),
        (&["doctor", "/bin/sh"], 0, ""),
        (&["doctor", "Cargo.toml"], 1, ""),
        (&["doctor", "GW551"], 0, ""),
        (&["doctor", "gw940"], 0, ""),
        (&["doctor", "GW998"], 2, "there is no code GW998"),
        (&["doctor", "--host", "demo", "-v"], 0, ""),
        (&["doctor", "--host", "demo", "--fix", "--dry-run"], 0, ""),
        (&["doctor", "--host", "demo", "--fix"], 2, "--fix changes this machine"),
        (&["doctor", "--dry-run"], 125, "--fix"),
        (&["doctor", "--bogus"], 125, "--bogus"),
        (&["doctor", "--record", "--json"], 125, "--json"),
    ];
    for (arguments, status, message) in table {
        let out = gowrap(arguments);
        let stderr = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(*status), "{arguments:?}: {stderr}");
        assert!(stderr.contains(message) && (message.is_empty() == stderr.is_empty()), "{arguments:?}: {stderr}");
    }
}

/// The changes that `--fix` makes are setup's own, which setup takes back.
#[test]
fn doctor_fix_makes_only_the_changes_of_setup() {
    use gowrap::doctor::fix;
    use gowrap::setup::places::Places;
    use gowrap::setup::{shells, vscode};
    let cases: Cases = toml::from_str(include_str!("doctor/checks.toml")).unwrap();
    let named = |name: &str| cases.case.iter().find(|case| case.name == name).unwrap();
    let config = Config::default();
    let changes = |name: &str| {
        let record = machine(named(name));
        let environ = record.environ();
        let subject = Subject::new(&record, &environ, &config);
        let places = Places::find(&environ, &record).unwrap();
        let editor = gowrap::editors::Editor::named("vscode").unwrap();
        let (planned, _) = fix::plan(&subject, &examine(&subject, None)).unwrap();
        (
            planned.list,
            shells::plan(&places, &record).unwrap().list,
            vscode::plan(editor, &places, &record).map(|changes| changes.list),
        )
    };
    let (planned, shells, _) = changes("no link of gowrap's on PATH");
    assert_eq!(planned, shells);
    assert!(!planned.is_empty());
    let (planned, _, editor) = changes("VS Code finds tools before PATH");
    assert_eq!(planned, editor.unwrap());
    let (planned, ..) = changes("no C compiler on Fedora, and one by another name");
    assert_eq!(planned, []);
    // A line for sudoers is printed and never written.
    let record = machine(named("sudo without gowrap"));
    let environ = record.environ();
    let subject = Subject::new(&record, &environ, &config);
    let (planned, _) = fix::plan(&subject, &examine(&subject, None)).unwrap();
    assert_eq!(planned.list, []);
    let line = gowrap::plan::restore::names::sudoers_line();
    assert!(planned.notes.iter().any(|note| note.contains("GW423") && note.ends_with(&line)), "{:?}", planned.notes);
}
