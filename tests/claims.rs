//! The claims of SECURITY.md and docs/faults.md: each names its tests, and they exist. Claims about the source hold.
//!
//! A test is named `FILE.rs::NAME`, a case by its file.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::path::{Path, PathBuf};

use support::World;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of tests in a piece of a document.
fn named(text: &str) -> Vec<&str> {
    let code = text.split('`').skip(1).step_by(2);
    code.filter(|word| {
        ["tests/", "src/", "crates/"].iter().any(|folder| word.starts_with(folder)) && word.contains('.')
    })
    .collect()
}

/// Returns true if there is such a test. A macro makes some tests from a list of names.
#[track_caller]
fn exists(test: &str) {
    let Some((file, name)) = test.split_once("::") else {
        assert!(root().join(test).is_file(), "there is no {test}");
        return;
    };
    let text = read(file);
    let is_a_test = text.match_indices(&format!("fn {name}(")).any(|(at, _)| {
        let before = text[..at].trim_end().lines().rev().take(3).collect::<Vec<_>>();
        before.iter().any(|line| line.contains("#[test]"))
    });
    let is_made = text.lines().any(|line| {
        let line = line.trim();
        line.starts_with(&format!("{name}: ["))
            || (["corpora! {", "kinds! {"].iter().any(|list| line.starts_with(list))
                && line.split(' ').any(|word| word == name))
    });
    assert!(is_a_test || is_made, "there is no test {test}");
}

#[test]
fn every_fault_has_its_test() {
    let text = read("docs/faults.md");
    let table = text.split("## Faults").nth(1).unwrap().split("##").next().unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 20, "{rows:#?}");
    for row in rows {
        assert!(!named(row).is_empty(), "no test: {row}");
    }
    named(&text).into_iter().filter(|test| test.contains("::")).for_each(exists);
    for (_, name) in text.match_indices("`tests/faults.rs::").map(|(at, mark)| text[at + mark.len()..].split_at(0)) {
        exists(&format!("tests/faults.rs::{}", name.split('`').next().unwrap()));
    }
    let faults = read("tests/faults.rs");
    let tests = faults.split("#[test]\nfn ").skip(1).map(|rest| rest.split('(').next().unwrap());
    for test in tests {
        assert!(text.contains(&format!("tests/faults.rs::{test}`")), "docs/faults.md has no row for {test}");
    }
}

#[test]
fn every_claim_has_its_test() {
    let text = read("SECURITY.md");
    let distrust = text.split("## What is not trusted\n").nth(1).unwrap();
    let claims: Vec<_> = distrust.split("\n* ").skip(1).collect();
    assert!(claims.len() >= 18, "{}", claims.len());
    for claim in claims {
        assert!(!named(claim).is_empty(), "no test: {claim}");
    }
    named(&text).into_iter().for_each(exists);
}

#[test]
fn a_name_without_a_test_is_reported() {
    assert_eq!(named("a `tests/x.rs::y`, `go` and `tests/z.toml`."), ["tests/x.rs::y", "tests/z.toml"]);
    exists("tests/claims.rs::a_name_without_a_test_is_reported");
    exists("tests/transparency.rs::nice");
    for test in ["tests/claims.rs::exists", "tests/claims.rs::nothing", "tests/nothing.toml"] {
        assert!(std::panic::catch_unwind(|| exists(test)).is_err(), "{test}");
    }
}

#[test]
fn a_record_runs_nothing_and_writes_nothing() {
    let world = World::new();
    world.tool("bin/go");
    let (tool, log) = (world.at("bin/go"), world.at("log"));
    let record = format!(
        "kind = \"wsl2\"\nhome = \"{home}\"\nfiles = [{{ path = \"{tool}\", format = \"elf\" }}]\n\
         [call]\ncwd = \"/\"\nenv = {{ PATH = \"{bin}\", GOWRAP_LOG = \"trace\", GOWRAP_LOG_FILE = \"{log}\" }}\n",
        home = world.at("home").display(),
        bin = world.at("bin").display(),
        tool = tool.display(),
        log = log.display(),
    );
    world.file("record.toml", record, 0o644);
    let planned = world.gowrap().args(["--host"]).args([world.at("record.toml")]).args(["go", "build"]).run();
    assert!(planned.stdout().contains(tool.to_str().unwrap()), "{}", planned.stdout());
    planned.printed(&planned.stdout(), "", 0);
    assert_eq!((world.report("bin/go"), log.exists()), (None, false));
}

#[test]
fn unsafe_code_is_only_in_the_named_files() {
    let mut folders = vec![root().join("src"), root().join("crates")];
    let mut found: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path).unwrap().lines().any(|line| {
                let code = format!(" {}", line.split("//").next().unwrap());
                [" unsafe {", " unsafe fn", " unsafe impl", "[unsafe("].iter().any(|word| code.contains(word))
            }) {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    let calls = ["crates/core/src/exec.rs", "crates/core/src/host/calls.rs"];
    let starts = ["src/arena.rs", "src/heap.rs", "src/main.rs", "src/pages.rs", "src/shim.rs", "src/start.rs"];
    assert_eq!(found, [&calls[..], &starts].concat().iter().map(Path::new).collect::<Vec<_>>());
    assert!(read("src/lib.rs").contains("#![deny(unsafe_code)]"));
    assert!(read("crates/core/src/lib.rs").contains("#![deny(unsafe_code)]"));
}
