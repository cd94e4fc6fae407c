//! The manual says what the program does: the codes in gowrap-diagnostics(7) are those that the program can emit, each with
//! its meaning, its cause and a way out.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join("man").join(name)).unwrap()
}

/// The program's own sources, without their tests.
fn sources() -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![root().join("src")];
    let mut for_tests: BTreeSet<PathBuf> = BTreeSet::new();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    for path in &files {
        let text = fs::read_to_string(path).unwrap();
        let mut pieces = text.split("#[cfg(test)]\nmod ");
        let mut kept = pieces.next().unwrap().to_owned();
        for piece in pieces {
            // `mod tests;` is a file beside this one, `mod tests {` goes to the end of this one.
            let Some((name, rest)) = piece.split_once(";\n").filter(|(name, _)| !name.contains('{')) else { break };
            let folder = match path.file_stem().unwrap().to_str().unwrap() {
                "mod" | "lib" => path.parent().unwrap().to_owned(),
                _ => path.with_extension(""),
            };
            for_tests.insert(folder.join(name).with_extension("rs"));
            kept.push_str(rest);
        }
        texts.push((path.clone(), kept));
    }
    texts.retain(|(path, _)| !for_tests.contains(path));
    texts.into_iter().map(|(_, text)| text).collect()
}

/// The codes that stand as strings in the program.
fn emitted() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for text in sources() {
        for (at, _) in text.match_indices("\"GW") {
            let code = &text[at + 1..text.len().min(at + 6)];
            if text[at + 6..].starts_with('"') && code[2..].bytes().all(|byte| byte.is_ascii_digit()) {
                codes.insert(code.to_owned());
            }
        }
    }
    codes
}

/// What the page says of a code.
#[derive(Default, Debug)]
struct Entry {
    meaning: String,
    cause: String,
    fix: String,
}

fn documented() -> BTreeMap<String, Entry> {
    let text = page("gowrap-diagnostics.7");
    let mut entries: Vec<(String, Entry)> = Vec::new();
    let mut part = "";
    for line in text.split(".Sh CODES").nth(1).unwrap().lines() {
        if let Some(code) = line.strip_prefix(".It Sy ") {
            let code = code.split(' ').next().unwrap().to_owned();
            entries.push((code, Entry::default()));
            part = "meaning";
        } else if let Some(name) = line.strip_prefix(".It ") {
            part = name;
        } else if line.starts_with(".El") {
            part = "";
        } else if !line.starts_with(".Bl")
            && let Some((_, entry)) = entries.last_mut()
        {
            match part {
                "meaning" => entry.meaning.push_str(line),
                "Cause" => entry.cause.push_str(line),
                "Fix" => entry.fix.push_str(line),
                _ => {}
            }
        }
    }
    let order: Vec<&String> = entries.iter().map(|(code, _)| code).collect();
    assert!(order.is_sorted(), "codes stand in order");
    let count = entries.len();
    let entries: BTreeMap<_, _> = entries.into_iter().collect();
    assert_eq!(entries.len(), count, "a code is explained once");
    entries
}

#[test]
fn every_code_is_explained_and_no_other() {
    let (emitted, documented) = (emitted(), documented());
    assert!(emitted.len() > 100, "the codes were looked for in vain: {emitted:?}");
    let documented: BTreeSet<String> = documented.into_keys().collect();
    let missing: Vec<_> = emitted.difference(&documented).collect();
    let gone: Vec<_> = documented.difference(&emitted).collect();
    assert!(missing.is_empty(), "man/gowrap-diagnostics.7 lacks {missing:?}");
    assert!(gone.is_empty(), "man/gowrap-diagnostics.7 explains what no code emits: {gone:?}");
}

#[test]
fn every_code_has_a_meaning_a_cause_and_a_fix() {
    for (code, entry) in documented() {
        for (name, part) in [("meaning", &entry.meaning), ("cause", &entry.cause), ("fix", &entry.fix)] {
            assert!(!part.trim().is_empty(), "{code} has no {name}");
        }
    }
}
