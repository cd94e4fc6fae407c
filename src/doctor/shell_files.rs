//! The files that shells read at their start, and the commands that change a line of them.

use crate::doctor::finding::{shown, word};
use crate::doctor::subject::Subject;
use crate::shells::{StartFileFolder, start_files};
use crate::text::path::{basename, join};

/// Files below the home that hold aliases and functions, beside those that every shell's row names.
const MORE: [&str; 2] = [".bash_aliases", ".config/fish/config.fish"];

/// A start file.
pub(super) struct ShellFile {
    /// The name as a shell reads it: `~/.profile`.
    pub(super) name: String,
    /// The path.
    pub(super) path: Vec<u8>,
    /// The contents.
    pub(super) text: Vec<u8>,
}

impl ShellFile {
    /// Returns the lines, each with its number.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &[u8])> {
        (1..).zip(self.text.split(|&byte| byte == b'\n'))
    }

    /// Returns the place of a line: `PATH:LINE`.
    pub(super) fn at(&self, line: usize) -> Vec<u8> {
        [self.path.as_slice(), format!(":{line}").as_bytes()].concat()
    }
}

/// The start files that are there, in the order of the table.
pub(super) fn files(subject: &Subject) -> Vec<ShellFile> {
    let Some(home) = subject.home() else { return Vec::new() };
    let zdotdir = subject.environ.get_nonempty(b"ZDOTDIR").filter(|folder| folder.starts_with(b"/")).unwrap_or(home);
    let rows = start_files().map(|(_, row)| match row.folder {
        StartFileFolder::Home => join(home, row.name.as_bytes()),
        StartFileFolder::Zdotdir => join(zdotdir, row.name.as_bytes()),
    });
    let mut paths: Vec<Vec<u8>> = rows.chain(MORE.iter().map(|name| join(home, name.as_bytes()))).collect();
    let mut seen = Vec::new();
    paths.retain(|path| {
        !seen.contains(path) && {
            seen.push(path.clone());
            true
        }
    });
    let file = |path: Vec<u8>| {
        let text = subject.host.read(&path, 1 << 20).ok()?;
        let name = match path.strip_prefix(home).and_then(|rest| rest.strip_prefix(b"/")) {
            Some(rest) => word(&[b"~/", rest].concat()),
            None => word(&path),
        };
        Some(ShellFile { name, path, text })
    };
    paths.into_iter().filter_map(file).collect()
}

/// One line of a start file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShellLine {
    /// The path of the file.
    pub path: Vec<u8>,
    /// The name of the file as a shell reads it.
    pub name: String,
    /// Its number.
    pub number: usize,
    /// Its text, without the newline.
    pub text: Vec<u8>,
}

/// Every line of every start file, in the order of the table.
#[must_use]
pub(super) fn lines(subject: &Subject) -> Vec<ShellLine> {
    let mut lines = Vec::new();
    for file in files(subject) {
        for (number, text) in file.lines() {
            lines.push(ShellLine { path: file.path.clone(), name: file.name.clone(), number, text: text.to_vec() });
        }
    }
    lines
}

/// Returns the command that replaces a line. A carriage return at its end stays: it is another finding.
#[must_use]
pub(super) fn replace_line(line: &ShellLine, to: &[u8]) -> String {
    let to = to.strip_suffix(b"\r").unwrap_or(to);
    let script = format!("{}s|[^\\r]*|{}|", line.number, escaped(to, "\\&|"));
    format!("sed -i {} {}    # then open a new terminal", shell_words::quote(&script), line.name)
}

/// Returns text for a sed script, with a backslash before special characters.
fn escaped(bytes: &[u8], special: &str) -> String {
    let mut out = String::new();
    for c in shown(bytes).chars() {
        if special.contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The file in which a login shell of this user sets PATH, as a name below the home.
fn login_file(subject: &Subject) -> &'static str {
    let is_there = |name: &&&str| subject.home().is_some_and(|home| subject.is_file(&join(home, name.as_bytes())));
    match basename(subject.environ.get(b"SHELL").unwrap_or_default()) {
        b"zsh" => ".zprofile",
        // bash reads only the first of these files that exists.
        _ => [".bash_profile", ".bash_login"].iter().find(is_there).copied().unwrap_or(".profile"),
    }
}

/// Returns the command that puts folders first on PATH for later shells.
#[must_use]
pub(super) fn put_first(subject: &Subject, folders: &[&[u8]]) -> String {
    if basename(subject.environ.get(b"SHELL").unwrap_or_default()) == b"fish" {
        let folders: Vec<String> = folders.iter().map(|folder| word(folder)).collect();
        return format!("fish_add_path --prepend --move {}", folders.join(" "));
    }
    let mut line = "export PATH=\"".to_owned();
    let mut folders = folders.to_vec();
    folders.dedup();
    for folder in folders {
        for c in shown(folder).chars() {
            if matches!(c, '"' | '$' | '`' | '\\') {
                line.push('\\');
            }
            line.push(c);
        }
        line.push(':');
    }
    line.push_str("$PATH\"");
    format!("echo {} >> ~/{}    # then open a new terminal", shell_words::quote(&line), login_file(subject))
}

/// Returns the command that replaces a word of PATH in the file that sets it; none if no file has it.
#[must_use]
pub(super) fn replace(subject: &Subject, from: &[u8], to: &[u8]) -> Option<String> {
    let holds = |text: &[u8]| text.windows(from.len()).any(|part| part == from);
    let sets_path = |line: &[u8]| line.windows(5).any(|part| part == b"PATH=") && holds(line);
    for file in files(subject) {
        let Some((number, _)) = file.lines().find(|(_, line)| sets_path(line)) else { continue };
        let script = format!("{number}s|{}|{}|", escaped(from, "\\.*[]^$|"), escaped(to, "\\&|"));
        return Some(format!("sed -i {} {}    # then open a new terminal", shell_words::quote(&script), file.name));
    }
    None
}
