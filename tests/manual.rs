//! The manual says what the program does: gowrap-diagnostics(7) explains the codes that the program can emit, gowrap(1) its
//! command line and its variables, gowrap.toml(5) its settings; each of them all, and nothing that is not there.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gowrap::tools::Tool;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join("man").join(name)).unwrap()
}

/// The program's own sources, without their tests.
fn sources() -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![root().join("src"), root().join("crates")];
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
    /// Who uses it: `refusal 126, doctor`.
    kinds: String,
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
            let (code, kinds) = code.split_once(" Pq ").unwrap_or_else(|| panic!("{line}"));
            entries.push((code.to_owned(), Entry { kinds: kinds.to_owned(), ..Entry::default() }));
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

/// A code stands behind what makes a finding, a refusal or a remark of it; the page says who that is.
#[test]
fn every_code_says_who_uses_it() {
    let sources: String = sources().concat().split_whitespace().collect::<Vec<_>>().join(" ");
    let made_by = |what: &[&str], code: &str| {
        let code = format!("\"{code}\"");
        what.iter().any(|what| {
            sources.match_indices(what).any(|(at, _)| {
                let rest = &sources[at + what.len()..];
                // The code is the first string behind it.
                rest.find('"').is_some_and(|first| rest[first..].starts_with(&code) && first < 60)
            })
        })
    };
    for (code, entry) in documented() {
        let is_finding = made_by(&["Finding::ok(", "Finding::warn(", "Finding::fail(", "Finding::new("], &code);
        // What ends a plan, and what is wrong with the configuration, comes through doctor as it is.
        let comes_through = entry.kinds.contains("refusal") || entry.kinds.contains("warning");
        assert!(!is_finding || entry.kinds.contains("doctor"), "{code} is a finding: {}", entry.kinds);
        assert!(
            is_finding || comes_through || !entry.kinds.contains("doctor"),
            "{code} is no finding: {}",
            entry.kinds
        );
        assert!(!made_by(&["Note::warn("], &code) || entry.kinds.contains("warning"), "{code}: {}", entry.kinds);
        assert!(!made_by(&["Note::info("], &code) || entry.kinds.contains("note"), "{code}: {}", entry.kinds);
    }
}

/// The words in `.It` lines and running text that stand right behind this macro.
fn behind<'t>(text: &'t str, name: &str) -> BTreeSet<&'t str> {
    let words = text.lines().filter(|line| line.starts_with('.')).flat_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_macro = |word: &&str| word.trim_start_matches('.') == name;
        words.windows(2).filter(|pair| is_macro(&pair[0])).map(|pair| pair[1]).collect::<Vec<_>>()
    });
    words.collect()
}

/// The long options and the subcommands, of all depths.
fn command_line(command: &clap::Command, options: &mut BTreeSet<String>, words: &mut BTreeSet<String>) {
    options.extend(command.get_arguments().filter_map(|one| one.get_long()).map(str::to_owned));
    for one in command.get_subcommands() {
        words.insert(one.get_name().to_owned());
        command_line(one, options, words);
    }
}

#[test]
fn the_command_line_is_described() {
    let text = page("gowrap.1");
    let mut command = gowrap::cli::command();
    command.build();
    let (mut options, mut words) = (BTreeSet::new(), BTreeSet::new());
    command_line(&command, &mut options, &mut words);
    let flags = behind(&text, "Fl");
    let described: BTreeSet<String> = flags
        .iter()
        .filter_map(|word| word.strip_prefix('-'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    assert_eq!(described, options, "long options: man/gowrap.1 and --help");
    // `.It Cm doctor Oo …`, `.It Cm env capture`.
    let headings = text.lines().filter_map(|line| line.strip_prefix(".It Cm "));
    let named: BTreeSet<&str> = headings.flat_map(|line| line.split(' ').take(2)).collect();
    let missing: Vec<_> = words.iter().filter(|word| !named.contains(word.as_str())).collect();
    assert!(missing.is_empty(), "man/gowrap.1 lacks the subcommands {missing:?}");
    for tool in Tool::ALL {
        assert!(text.contains(tool.name()), "man/gowrap.1 does not name {}", tool.name());
    }
    for status in ["125", "126", "127"] {
        assert!(text.contains(&format!("\n.It {status}\n")), "man/gowrap.1 lacks the exit status {status}");
    }
}

/// The variables of gowrap's own that the program asks for.
fn variables() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for text in sources() {
        for (at, _) in text.match_indices("\"GOWRAP_") {
            let rest = &text[at + 1..];
            let end = rest.find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(rest.len());
            if rest[end..].starts_with(['"', '=']) && !rest[..end].ends_with('_') {
                names.insert(rest[..end].to_owned());
            }
        }
    }
    names
}

#[test]
fn the_variables_are_described() {
    let text = page("gowrap.1");
    let headings = text.lines().filter_map(|line| line.strip_prefix(".It Ev "));
    let described: BTreeSet<String> = headings.filter(|name| name.starts_with("GOWRAP_")).map(str::to_owned).collect();
    assert_eq!(described, variables(), "variables: man/gowrap.1 and the program");
}

/// The keys of a configuration file, as the program lists them to somebody who got one wrong.
fn keys() -> BTreeSet<String> {
    let file = std::env::temp_dir().join(format!("gowrap-manual-{}.toml", std::process::id()));
    let ask = |text: &str| {
        fs::write(&file, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_gowrap"));
        command.args(["--host", "demo", "--explain=json", "--config"]).arg(&file).args(["go", "version"]);
        let output: serde_json::Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        let notes = output["notes"].as_array().unwrap().iter();
        let mut note =
            notes.filter(|note| note["code"] == "GW909").map(|note| note["text"].as_str().unwrap().to_owned());
        let note = note.next_back().unwrap_or_else(|| panic!("{text:?} is a key"));
        note.split(", only ").nth(1).unwrap().split(", ").map(str::to_owned).collect::<Vec<_>>()
    };
    let mut keys = BTreeSet::new();
    for key in ask("zzz = 1") {
        if key == "pe" {
            keys.insert(key);
            continue;
        }
        let table = if key == "tools" { "tools.go".to_owned() } else { key };
        keys.extend(ask(&format!("{table}.zzz = 1")).iter().map(|name| format!("{table}.{name}")));
    }
    fs::remove_file(&file).unwrap();
    keys
}

#[test]
fn the_settings_are_described() {
    let text = page("gowrap.toml.5");
    let headings = text.lines().filter_map(|line| line.strip_prefix(".It Ic "));
    let described: BTreeSet<String> = headings
        .filter_map(|line| line.split(" No ").next())
        .map(|key| key.replace(" . Ns Ar NAME Ns Ic ", ".go"))
        .collect();
    assert_eq!(described, keys(), "settings: man/gowrap.toml.5 and the program");
}
