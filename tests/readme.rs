//! The README is a promise: what it shows of gowrap is what gowrap prints.

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
