//! The README and the pages in docs/ are a promise: what they show of gowrap is what gowrap prints, and what they lead to is
//! there.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every ```` ```console ```` block: a line after `$ `, and the output that follows it.
fn examples(text: &str) -> Vec<(String, String)> {
    let mut examples: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match (line.strip_prefix("$ "), examples.last_mut()) {
                (Some(command), _) => examples.push((command.to_owned(), String::new())),
                (None, Some((_, output))) => output.extend([line, "\n"]),
                (None, None) => panic!("output without a command: {line}"),
            },
        }
    }
    examples
}

#[test]
fn every_example_prints_what_the_readme_shows() {
    let gowrap = std::env::var("GOWRAP_BIN").unwrap_or(env!("CARGO_BIN_EXE_gowrap").to_owned());
    let examples = examples(include_str!("../README.md"));
    assert!(examples.len() >= 2, "the README shows the main job and the debugger");
    for (command, expected) in examples {
        let words = shell_words::split(&command).unwrap();
        assert_eq!(words[0], "gowrap", "{command}");
        let output = Command::new(&gowrap).args(&words[1..]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{command}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
        assert!(output.status.success(), "{command}");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README and every page below docs/.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

#[test]
fn the_readme_names_the_rust_version_that_is_needed() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(include_str!("../README.md").contains(&format!("Rust {version} and a C linker")), "not Rust {version}");
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    let mut looked_at = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                looked_at += 1;
                assert!(page.parent().unwrap().join(target).exists(), "{}: {target}", page.display());
            }
        }
    }
    assert!(looked_at > 6);
}

#[test]
fn every_code_that_a_page_names_is_in_the_manual() {
    let manual = include_str!("../man/gowrap-diagnostics.7");
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for rest in text.split("GW").skip(1) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let known = digits.len() != 3 || manual.contains(&format!(".It Sy GW{digits} "));
            assert!(known, "{}: GW{digits}", page.display());
        }
    }
}

/// The blocks of code in a page, without what they are indented by.
fn blocks(text: &str) -> Vec<Vec<&str>> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("```") {
            inside = !inside;
            blocks.extend(inside.then(Vec::new));
        } else if inside && let Some(block) = blocks.last_mut() {
            block.push(line);
        }
    }
    blocks
}

#[test]
fn the_page_of_an_editor_shows_what_setup_prints_for_it() {
    for editor in ["vscode", "goland", "neovim", "vim", "emacs", "zed", "helix"] {
        let output = Command::new(env!("CARGO_BIN_EXE_gowrap")).args(["setup", "--editor", editor]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let home = std::env::var("HOME").unwrap();
        let printed = String::from_utf8(output.stdout).unwrap().replace(&home, "/home/me");
        let printed: Vec<&str> = printed.lines().map(str::trim).collect();
        let page = fs::read_to_string(root().join(format!("docs/editors/{editor}.md"))).unwrap();
        let shown = blocks(&page).into_iter().any(|block| {
            block.iter().any(|line| line.contains("/gowrap/shims")) && block.iter().all(|line| printed.contains(line))
        });
        assert!(shown, "docs/editors/{editor}.md shows none of this:\n{}", printed.join("\n"));
    }
}
