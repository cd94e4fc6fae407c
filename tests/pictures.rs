//! The pictures of a terminal in the README are what gowrap prints.
//!
//! `BLESS=1 cargo test --test pictures` makes them anew.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

#[path = "support/picture.rs"]
mod picture;

use std::process::{Command, Stdio};

/// Returns what a terminal shows for a command of gowrap, with its colours.
fn terminal(command: &str) -> String {
    let gowrap = std::env::var("GOWRAP_BIN").unwrap_or(env!("CARGO_BIN_EXE_gowrap").to_owned());
    let words = command.strip_prefix("gowrap ").unwrap();
    let run = format!("stty cols {} rows 50; '{gowrap}' {words}", picture::COLUMNS);
    let mut script = Command::new("script");
    script.args(["-qec", &run, "/dev/null"]).env_clear();
    script.envs([("PATH", "/usr/bin:/bin"), ("SHELL", "/bin/sh"), ("TERM", "xterm"), ("LC_ALL", "C.UTF-8")]);
    let output = script.stdin(Stdio::null()).output().expect("script(1) of util-linux is not installed");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("\x1b["), "no colours: {shown}");
    format!("\x1b[2m$\x1b[0m {command}\n{shown}")
}

#[test]
fn the_picture_of_explain_is_current() {
    let screen = terminal(r"gowrap --host demo --explain go build -o 'C:\out\app.exe' ./...");
    picture::is_current("explain.svg", "gowrap --explain shows what it would run, and why", &screen);
}

#[test]
fn the_picture_of_doctor_is_current() {
    picture::is_current(
        "doctor.svg",
        "gowrap doctor shows what is wrong, and what to type",
        &terminal("gowrap --host demo doctor"),
    );
}

#[test]
fn a_long_line_continues_on_the_next() {
    let svg = picture::svg(
        "a < b",
        &format!("\x1b[31m{}\x1b[0mb&\n\n\x1b[1m    end\x1b[0m\n", "a".repeat(picture::COLUMNS + 2)),
    );
    let shown: Vec<&str> = svg.lines().filter(|line| line.starts_with("<text")).collect();
    assert_eq!(shown.len(), 4, "{svg}");
    assert!(shown[0].contains(&format!(">{}<", "a".repeat(picture::COLUMNS))), "{svg}");
    assert!(shown[1].contains("x=\"14.0\" y=\"45\"") && shown[1].contains("f47067\">aa</text>"), "{svg}");
    assert!(shown[2].contains("x=\"29.6\" y=\"45\"") && shown[2].contains(">b&amp;</text>"), "{svg}");
    assert!(shown[3].contains("x=\"45.2\" y=\"81\"") && shown[3].contains(">end</text>"), "{svg}");
    assert!(svg.contains("<title>a &lt; b</title>"), "{svg}");
}
