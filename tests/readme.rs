//! The README and the pages in docs/ are a promise: what they show of gowrap is what gowrap prints, and what they lead
//! to is there.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "support/examples.rs"]
mod examples;

/// The blocks of other programs run in a simulated WSL: `tests/lab_readme.rs`.
#[test]
fn every_example_of_gowrap_prints_what_the_readme_shows() {
    let gowrap = std::env::var("GOWRAP_BIN").unwrap_or(env!("CARGO_BIN_EXE_gowrap").to_owned());
    let blocks = examples::blocks(include_str!("../README.md"));
    let (own, others): (Vec<_>, Vec<_>) =
        blocks.into_iter().partition(|block| block.iter().any(|example| example.command.starts_with("gowrap ")));
    assert_eq!(others.len(), 2, "tests/lab_readme.rs runs two blocks");
    assert!(own.len() >= 2, "the README shows the main job and the debugger");
    for example in own.into_iter().flatten() {
        let words = shell_words::split(&example.command).unwrap();
        assert_eq!(words[0], "gowrap", "{example:?}");
        let output = Command::new(&gowrap).args(&words[1..]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), example.output, "{}", example.command);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", example.command);
        assert!(output.status.success(), "{}", example.command);
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
fn every_link_within_the_repository_has_a_target() {
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

/// GitHub's name of a heading in a link.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
}

#[test]
fn the_table_of_contents_has_every_section() {
    let text = include_str!("../README.md");
    let sections: Vec<String> = text.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
    let linked: Vec<&str> =
        text.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).take(sections.len() - 1).collect();
    assert_eq!(linked, sections[..sections.len() - 1], "the licence is not in the table");
}

/// A tool's name, or a path to a file with that name.
fn is_a_tool(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    gowrap::tools::Tool::ALL.iter().any(|tool| tool.name() == name.trim_end_matches(".exe"))
}

/// Only the words are checked; the command is not run.
#[test]
fn gowrap_knows_every_command_that_a_page_names() {
    let mut looked_at = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let typed = blocks(&text).into_iter().flatten().map(|line| line.trim_start_matches("$ "));
        let inline = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
        let own = |command: &&str| command.starts_with("gowrap ") && !command.contains('…');
        for command in typed.chain(inline).filter(own) {
            let command =
                command.split(" #").next().unwrap().split(" > ").next().unwrap().split(" && ").next().unwrap();
            let words = shell_words::split(command).unwrap();
            match gowrap::cli::command().try_get_matches_from(&words) {
                // Any word that is no command of gowrap's would be a tool.
                Ok(matches) => assert!(
                    matches.subcommand_name().is_some() || words.iter().any(|word| is_a_tool(word)),
                    "{}: {command}",
                    page.display()
                ),
                Err(error) => panic!("{}: {command}: {error}", page.display()),
            }
            looked_at += 1;
        }
    }
    assert!(looked_at > 40, "{looked_at}");
}

#[test]
fn the_settings_of_the_readme_are_read() {
    let text = include_str!("../README.md");
    let settings = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let file = std::env::temp_dir().join(format!("gowrap-readme-{}.toml", std::process::id()));
    fs::write(&file, settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gowrap"));
    command.args(["--host", "demo", "--explain", "--config"]).arg(&file).args(["go", "version"]);
    let output = command.output().unwrap();
    fs::remove_file(&file).unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}");
    for key in ["tools.go.path", "debug.client"] {
        assert!(shown.contains(key), "{key}: {shown}");
    }
    assert!(!shown.contains("GW909"), "an unknown key: {shown}");
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
