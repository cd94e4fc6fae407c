//! The form of doctor's report for a person: the terminal's width, a hanging indent, whole words, colour on a terminal
//! only, the worst first, each problem with a number and with what to type.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Differences of the machine of these reports from `doctor/healthy.toml`: findings of both levels, two of one code and
/// one fix, long commands, long words, and changes by hand.
const FAULTS: &str = r#"
[[files]]
path = "/home/me/.profile"
text = "export WSLENV=GOPROXY:GOPATH/P\n"
uid = 1000
[[files]]
path = "/home/me/.vscode-server/data/Machine/settings.json"
text = '{ "go.toolsEnvVars": { "GOPATH": "C:\\Users\\me\\a folder with a long name", "GOOS": "windows" }, "go.goroot": "C:\\Go" }'
uid = 1000
[[files]]
path = "/home/me/first/go"
format = "elf"
[[files]]
path = "/home/me/first/dlv"
format = "elf"
"#;

struct Machine {
    path: PathBuf,
}

impl Machine {
    fn new(name: &str) -> Machine {
        let healthy = include_str!("doctor/healthy.toml");
        let (before, after) = healthy.split_once("[[ancestors]]").unwrap();
        let after =
            after.replace("PATH = \"", "GOOS = \"windows\"\nWSLENV = \"GOPROXY:GOPATH/P\"\nPATH = \"/home/me/first:");
        let path = std::env::temp_dir().join(format!("gowrap-layout-{}-{name}.toml", std::process::id()));
        std::fs::write(&path, format!("{before}{FAULTS}\n[[ancestors]]{after}")).unwrap();
        Machine { path }
    }

    fn words<'w>(&'w self, more: &[&'w str]) -> Vec<&'w str> {
        [&["--host", self.path.to_str().unwrap(), "doctor"], more].concat()
    }

    /// The report in a pipe.
    fn piped(&self, more: &[&str], variables: &[(&str, &str)]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gowrap"));
        command.args(self.words(more)).env_clear().envs(variables.iter().copied());
        said(&command.stdin(Stdio::null()).output().unwrap())
    }

    /// The report on a terminal of that many columns.
    fn on_terminal(&self, columns: usize, variables: &[(&str, &str)]) -> String {
        let words = [&[env!("CARGO_BIN_EXE_gowrap")], self.words(&[]).as_slice()].concat();
        let line = format!("stty cols {columns} rows 50; {}", shell_words::join(words));
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).env_clear().env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/sh");
        command.env("TERM", "xterm").envs(variables.iter().copied());
        said(&command.stdin(Stdio::null()).output().unwrap()).replace("\r\n", "\n")
    }

    fn findings(&self) -> Vec<serde_json::Value> {
        let report: serde_json::Value = serde_json::from_str(&self.piped(&["--json"], &[])).unwrap();
        report["findings"].as_array().unwrap().clone()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        _ = std::fs::remove_file(&self.path);
    }
}

fn said(output: &Output) -> String {
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The text without colours.
fn plain(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("\x1b[") {
        out.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    out + rest
}

/// The words of the report in order, however they are laid out; the mark of a command's second line is none.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| *word != "\\").collect()
}

const INDENT: usize = 10;

#[test]
fn the_report_fits_the_terminal_and_breaks_no_word() {
    let machine = Machine::new("fits");
    let wide = machine.piped(&[], &[("COLUMNS", "10000")]);
    for columns in [40, 80, 120] {
        let report = machine.piped(&[], &[("COLUMNS", &columns.to_string())]);
        assert_eq!(words(&report), words(&wide), "{columns}");
        for line in report.lines() {
            let length = line.chars().count();
            // What is longer is one word: a path, a quoted text of a command, or the comment at its end.
            let text = line.trim_start();
            let text = ["type: ", "do:   ", "or:   "].iter().find_map(|label| text.strip_prefix(label)).unwrap_or(text);
            let is_one_word = shell_words::split(text).is_ok_and(|words| words.len() <= 2)
                || text.contains('#')
                || text.matches('\'').count() % 2 == 1
                || text.matches('"').count() % 2 == 1;
            assert!(length <= columns || is_one_word, "{columns}: {length}: {line}");
        }
        if columns == 120 {
            assert!(report.lines().all(|line| line.chars().count() <= columns), "{report}");
        }
        let (problems, end) = report.rsplit_once("\n\n").unwrap();
        assert!(end.starts_with("Start with the first"), "{end}");
        for line in problems.lines().skip(1).filter(|line| !line.is_empty()) {
            let number = line.trim_start().split('.').next().unwrap();
            let is_head = number.parse::<u32>().is_ok() && line.find(number).unwrap() < 3;
            assert!(is_head || line.starts_with(&" ".repeat(INDENT)), "{columns}: {line}");
        }
    }
}

#[test]
fn the_terminal_tells_its_columns_unless_columns_is_set() {
    let machine = Machine::new("terminal");
    for columns in [50, 80, 110] {
        let expected = machine.piped(&[], &[("COLUMNS", &columns.to_string())]);
        assert_eq!(plain(&machine.on_terminal(columns, &[])), expected, "{columns}");
        assert_eq!(plain(&machine.on_terminal(132, &[("COLUMNS", &columns.to_string())])), expected, "{columns}");
    }
    assert_eq!(machine.piped(&[], &[]), machine.piped(&[], &[("COLUMNS", "80")]), "no terminal");
}

#[test]
fn colour_is_for_terminals_alone() {
    let machine = Machine::new("colour");
    let coloured = |text: &str| text.contains('\x1b');
    assert!(coloured(&machine.on_terminal(80, &[])));
    assert!(!coloured(&machine.on_terminal(80, &[("NO_COLOR", "1")])));
    assert!(!coloured(&machine.piped(&[], &[("TERM", "xterm")])));
    assert!(!coloured(&machine.piped(&["--fix", "--dry-run"], &[("TERM", "xterm")])));
}

#[test]
fn problems_have_numbers_and_commands_and_the_worst_is_first() {
    let machine = Machine::new("order");
    let report = machine.piped(&[], &[("COLUMNS", "10000")]);
    let findings = machine.findings();
    let count = |level: &str| findings.iter().filter(|finding| finding["level"] == level).count();
    let (problems, warnings) = (count("fail"), count("warn"));
    assert!(problems > 2 && warnings > 3, "{findings:?}");
    let mut blocks = report.split("\n\n");
    assert_eq!(blocks.next(), Some(format!("{problems} problems, {warnings} warnings").as_str()));
    let mut blocks: Vec<&str> = blocks.collect();
    assert!(blocks.pop().unwrap().contains("run `gowrap doctor` again"));
    let mut levels = Vec::new();
    for (number, block) in (1..).zip(&blocks) {
        let mut lines = block.trim_end().lines();
        let head = lines.next().unwrap();
        let level = head.strip_prefix(&format!("{number:2}. ")).unwrap_or_else(|| panic!("{number}: {head}"));
        levels.push(level.starts_with("fail"));
        let last = lines.next_back().unwrap().trim_start();
        let code = last.strip_prefix("more: gowrap doctor ").unwrap();
        let of_code: Vec<_> = findings.iter().filter(|finding| finding["code"] == code).collect();
        let title = head[INDENT..].to_owned();
        let finding = of_code.iter().find(|finding| finding["title"] == title.as_str()).unwrap();
        for fix in finding["fix"].as_array().unwrap() {
            let fix = fix.as_str().unwrap();
            let is_told = block.lines().any(|line| {
                let line = line.trim_start();
                ["type: ", "do:   ", "or:   "].iter().any(|label| line.strip_prefix(label) == Some(fix))
            });
            assert!(is_told, "{fix}\n{block}");
        }
        let explained = machine.piped(&[code], &[]);
        assert!(explained.starts_with(code), "{explained}");
    }
    assert!(levels.is_sorted_by(|one, two| one >= two), "{levels:?}");
    // A fix is printed once, for all its findings.
    let two = blocks.iter().find(|block| block.contains("/home/me/first/go is on PATH")).unwrap();
    assert!(two.contains("/home/me/first/dlv is on PATH") && two.matches("type: ").count() == 1, "{two}");
    assert!(blocks.len() < problems + warnings);
}

#[test]
fn what_is_well_is_told_if_it_is_asked_for() {
    let machine = Machine::new("well");
    let is_ok = |line: &&str| line.starts_with("ok ");
    assert_eq!(machine.piped(&[], &[]).lines().filter(is_ok).count(), 0);
    let ok = machine.findings().iter().filter(|finding| finding["level"] == "ok").count();
    assert!(ok > 3);
    assert_eq!(machine.piped(&["-v"], &[]).lines().filter(is_ok).count(), ok);
}
