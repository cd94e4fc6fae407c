//! The two terminals at the top of the README, and the picture of a refusal: a real Go, without gowrap and with it.
//!
//! `BLESS=1 cargo test --test lab_readme` makes the picture anew.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

#[path = "support/examples.rs"]
mod examples;
#[path = "support/lab.rs"]
mod lab;
#[path = "support/picture.rs"]
mod picture;

use examples::Example;

/// Commands of the same project, typed one after the other. `$PATH` begins with the shims or does not.
fn typed(path: &str, commands: &[&str]) -> String {
    let quoted = commands.iter().map(|command| {
        let shown = shell_words::quote(command);
        format!("printf '$ %s\\n' {shown}\n{command}\n")
    });
    let script = format!(
        "export PATH={path} LC_ALL=C; project /mnt/c/src/hello; mkdir -p /mnt/c/out; exec 2>&1\n{}true\n",
        quoted.collect::<String>()
    );
    lab::lab(&[], &script).status(0).stdout
}

/// Compares a block of the README with a terminal.
fn compare(path: &str, block: &[Example]) {
    let commands: Vec<&str> = block.iter().map(|example| example.command.as_str()).collect();
    let expected: String = block.iter().map(|one| format!("$ {}\n{}", one.command, one.output)).collect();
    assert_eq!(typed(path, &commands), expected);
}

#[test]
fn without_gowrap_a_windows_path_becomes_a_file_name_and_with_it_a_path() {
    let blocks = examples::blocks(include_str!("../README.md"));
    let [without, with, ..] = blocks.as_slice() else { panic!("the README begins with two terminals") };
    let first = |block: &[Example]| block[0].command.split(" #").next().unwrap().trim().to_owned();
    assert_eq!(first(without), first(with), "both terminals run the same line");
    compare("/usr/bin:/bin", without);
    compare("$SHIMS:/usr/bin:/bin", with);
}

#[test]
fn the_refusal_in_the_readme_is_real() {
    let shown = typed("$SHIMS:/usr/bin:/bin", &[r"go build -o 'E:\out\app.exe' ."]);
    // The folder of the shims is a temporary one here.
    let screen: Vec<String> = shown
        .lines()
        .map(|line| match (line.split_once("  /"), line.split_once("gowrap/shims/")) {
            (Some((before, _)), Some((_, behind))) => format!("{before}  /home/me/.local/share/gowrap/shims/{behind}"),
            _ => line.replacen("$ ", "\x1b[2m$\x1b[0m ", 1),
        })
        .collect();
    assert!(screen.iter().any(|line| line.starts_with("gowrap: fix: ")), "{shown}");
    picture::is_current("refusal.svg", "a refusal says what was asked, why not, and what to type", &screen.join("\n"));
}
