//! The language of the repository: words that no file has, one spelling, the width of lines, and first words of doc
//! comments.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the text files below a folder. Build output, caches and fuzz inputs are left out.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        let name = entry.file_name();
        let is_left_out = ["target", ".git", "corpus", "artifacts", "node_modules", "__pycache__"].iter();
        if is_left_out.clone().any(|left_out| name == *left_out) {
            continue;
        }
        if kind.is_dir() {
            found.extend(texts(&path));
        } else if kind.is_file()
            && let Ok(text) = fs::read_to_string(&path)
        {
            found.push((path, text));
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the words of a line in lower case. An underscore separates words, so that names of tests count.
fn words(line: &str) -> Vec<String> {
    line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[test]
fn no_line_has_a_vague_person() {
    // In two parts, so that this file does not have the words.
    let vague =
        [["some", "body"], ["some", "one"], ["no", "body"], ["any", "body"], ["who", "ever"]].map(|word| word.concat());
    let files = texts(root());
    assert!(files.len() > 500, "{} files", files.len());
    let mut lines = Vec::new();
    for (path, text) in &files {
        for (number, line) in text.lines().enumerate() {
            let words = words(line);
            let is_vague = words.iter().any(|word| vague.iter().any(|vague| word.starts_with(vague.as_str())))
                || words.windows(2).any(|pair| pair.concat() == concat!("no", "on", "e"));
            if is_vague {
                lines.push(format!("{}:{}: {}", path.strip_prefix(root()).unwrap().display(), number + 1, line.trim()));
            }
        }
    }
    assert!(lines.is_empty(), "say which user or process is meant:\n{}", lines.join("\n"));
}

#[test]
fn a_word_has_one_spelling() {
    // With the beginning and the rest of each word apart, so that this file does not have the words.
    let others = [
        ("recogni", "s"),
        ("normali", "s"),
        ("initiali", "s"),
        ("optimi", "s"),
        ("summari", "s"),
        ("organi", "s"),
        ("minimi", "s"),
        ("seriali", "s"),
        ("behav", "ior"),
        ("neighb", "or"),
        ("judge", "ment"),
    ]
    .map(|(start, end)| format!("{start}{end}"));
    let mut lines = Vec::new();
    for (path, text) in texts(root()) {
        for (number, line) in text.lines().enumerate() {
            if words(line).iter().any(|word| others.iter().any(|other| word.starts_with(other.as_str()))) {
                lines.push(format!("{}:{}: {}", path.strip_prefix(root()).unwrap().display(), number + 1, line.trim()));
            }
        }
    }
    assert!(lines.is_empty(), "write -ize, -our and judgment, as the other files do:\n{}", lines.join("\n"));
}

#[test]
fn comments_fit_120_columns() {
    const COLUMNS: usize = 120;
    let mut lines = Vec::new();
    for (path, text) in ["crates", "src", "tests"].iter().flat_map(|folder| texts(&root().join(folder))) {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("//") && line.chars().count() > COLUMNS {
                lines.push(format!("{}:{}", path.strip_prefix(root()).unwrap().display(), number + 1));
            }
        }
    }
    assert!(lines.is_empty(), "wider than {COLUMNS} columns: {lines:?}");
}

#[test]
fn prose_of_a_page_fits_120_columns() {
    const COLUMNS: usize = 120;
    let mut lines = Vec::new();
    let mut pages = vec![(root().join("README.md"), fs::read_to_string(root().join("README.md")).unwrap())];
    pages.extend(["docs", "tests"].iter().flat_map(|folder| texts(&root().join(folder))));
    pages.retain(|(path, _)| {
        path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("docs/attacks.md")
    });
    for (path, text) in &pages {
        let mut is_code = false;
        for (number, line) in text.lines().enumerate() {
            is_code ^= line.trim_start().starts_with("```");
            let is_prose = !is_code && !line.starts_with('|') && !line.starts_with("    ");
            if is_prose && line.chars().count() > COLUMNS && line.trim().contains(' ') {
                lines.push(format!("{}:{}", path.strip_prefix(root()).unwrap().display(), number + 1));
            }
        }
    }
    assert!(lines.is_empty(), "wider than {COLUMNS} columns: {lines:?}");
}

#[test]
fn doc_comments_begin_with_a_noun_or_a_verb() {
    const QUESTIONS: [&str; 7] = ["What", "Where", "Whether", "Who", "How", "Which", "Why"];
    // A comment that asks, such as `Is this a drive?`, says `Returns true` instead.
    const ASKING: [&str; 7] = ["Is", "Are", "Has", "Can", "Would", "Did", "Should"];
    let (mut comments, mut questions, mut asking) = (0, Vec::new(), Vec::new());
    for (path, text) in ["crates", "src", "tests"].iter().flat_map(|folder| texts(&root().join(folder))) {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let mut is_inside = false;
        for (number, line) in text.lines().enumerate() {
            let comment = ["///", "//!"].iter().find_map(|mark| line.trim_start().strip_prefix(mark));
            if let (false, Some(comment)) = (is_inside, comment) {
                comments += 1;
                let first = comment.split_whitespace().next().unwrap_or_default();
                let place = || format!("{}:{}:{comment}", path.strip_prefix(root()).unwrap().display(), number + 1);
                if QUESTIONS.contains(&first.trim_end_matches([',', '.'])) {
                    questions.push(place());
                } else if ASKING.contains(&first) {
                    asking.push(place());
                }
            }
            is_inside = comment.is_some();
        }
    }
    assert!(comments > 1000, "{comments} doc comments");
    assert!(asking.is_empty(), "say what the function returns:\n{}", asking.join("\n"));
    assert!(questions.len() * 25 < comments, "{} of {comments}:\n{}", questions.len(), questions.join("\n"));
}
