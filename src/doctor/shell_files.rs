//! The files that shells read at their start: line ends, PATH without quotes, names that are defined in place of a tool, and
//! hooks of version managers that put their own folders in front of gowrap's at the next prompt.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown, word};
use crate::doctor::subject::Subject;
use crate::shells::{Folder, START_FILES};
use crate::text::path::basename;
use crate::text::path::join;
use crate::tools::Tool;

/// Files below the home that hold aliases and functions, beside those that every shell's row names.
const MORE: [&str; 2] = [".bash_aliases", ".config/fish/config.fish"];

/// The checks of these files.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files(subject) {
        findings.extend(file.windows_line_ends());
        findings.extend(file.unquoted_path(subject));
        findings.extend(file.replaced_tools());
        findings.extend(file.hooks(subject));
    }
    findings
}

/// The start files that are there, in the order of the table.
fn files(subject: &Subject) -> Vec<ShellFile> {
    let Some(home) = subject.home() else { return Vec::new() };
    let zdotdir = subject.environ.get_nonempty(b"ZDOTDIR").filter(|folder| folder.starts_with(b"/")).unwrap_or(home);
    let rows = START_FILES.iter().map(|row| match row.folder {
        Folder::Home => join(home, row.name.as_bytes()),
        Folder::Zdotdir => join(zdotdir, row.name.as_bytes()),
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

struct ShellFile {
    /// The name as a shell takes it: `~/.profile`.
    name: String,
    path: Vec<u8>,
    text: Vec<u8>,
}

impl ShellFile {
    fn lines(&self) -> impl Iterator<Item = (usize, &[u8])> {
        (1..).zip(self.text.split(|&byte| byte == b'\n'))
    }

    fn at(&self, line: usize) -> Vec<u8> {
        [self.path.as_slice(), format!(":{line}").as_bytes()].concat()
    }

    fn windows_line_ends(&self) -> Option<Finding> {
        let (number, _) = self.lines().find(|(_, line)| line.ends_with(b"\r"))?;
        let name = &self.name;
        Some(
            Finding::fail(Code::GW442, self.at(number), format!("{name} has Windows line ends"))
                .why("Every value that it sets ends in a carriage return, which no folder's name does.")
                .fix(format!("sed -i 's/\\r$//' {name}    # then open a new terminal")),
        )
    }

    fn unquoted_path(&self, subject: &Subject) -> Option<Finding> {
        subject.environ.get(b"PATH").filter(|path| path.contains(&b' '))?;
        let (number, _) = self.lines().find(|(_, line)| is_unquoted_path(line))?;
        let name = &self.name;
        Some(
            Finding::warn(
                Code::GW443,
                self.at(number),
                format!("{name} sets PATH without quotes, and PATH holds blanks"),
            )
            .why(
                "Some shells split it there: `export: 'Files/WindowsApps/…': not a valid identifier`, and everything \
                     behind the blank is gone from PATH.",
            )
            .fix(format!("sed -i '{number}s/PATH=\\([^\\r]*\\)/PATH=\"\\1\"/' {name}")),
        )
    }

    /// `alias go=…` and functions of that name: a shell takes those before it looks through PATH.
    fn replaced_tools(&self) -> Vec<Finding> {
        let lines: Vec<(usize, &[u8])> = self.lines().collect();
        let mut findings = Vec::new();
        for (number, line) in &lines {
            let Some((tool, definition)) = definition(line) else { continue };
            let end = match definition {
                Definition::Alias => *number,
                Definition::Function if line.contains(&b'}') => *number,
                Definition::Function => {
                    let closes =
                        |(at, line): &&(usize, &[u8])| at > number && matches!(line.trim_ascii(), b"}" | b"end");
                    lines.iter().find(closes).map_or(*number, |(at, _)| *at)
                }
            };
            let (name, tool, kind) = (&self.name, tool.name(), definition.word());
            findings.push(
                Finding::warn(Code::GW457, self.at(*number), format!("{name} defines {tool} as {kind}: {}", shown(line.trim_ascii())))
                    .why(format!(
                        "The shell takes it before PATH: `{tool}` typed there does not lead to gowrap, and editors and scripts \
                         start another {tool} than you do."
                    ))
                    .fix(format!("sed -i '{number},{end}s/^/# /' {name}    # then open a new terminal")),
            );
        }
        findings
    }

    /// mise puts the folders of its tools in front at each prompt. Its shims stand on PATH once, so that gowrap's folder,
    /// whose line comes last, stays in front of them.
    fn hooks(&self, subject: &Subject) -> Option<Finding> {
        let (number, _) = self.lines().find(|(_, line)| is_hook(line))?;
        subject.shims()?;
        let manages_go = subject.host.stat(&join(subject.home()?, b".local/share/mise/installs/go")).is_ok();
        if !manages_go {
            return None;
        }
        let name = &self.name;
        Some(
            Finding::warn(Code::GW459, self.at(number), format!("{name}: mise puts its Go before gowrap at each prompt"))
                .why("`mise activate` changes PATH again at the next prompt or cd, and go leads past gowrap from then on.")
                .fix(format!(
                    "sed -i '{number}s/mise activate/mise activate --shims/' {name} && gowrap setup    # then open a new terminal"
                )),
        )
    }
}

/// `export PATH=$PATH:/x`, where the value is not in quotes.
fn is_unquoted_path(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let Some(value) = line.strip_prefix(b"export PATH=") else { return false };
    let mentions = value.windows(5).any(|part| part == b"$PATH") || value.windows(7).any(|part| part == b"${PATH}");
    mentions && !value.contains(&b'"') && !value.contains(&b'\'')
}

/// A line that lets mise change PATH at each prompt.
fn is_hook(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let has = |words: &[u8]| line.windows(words.len()).any(|part| part == words);
    !line.starts_with(b"#") && has(b"mise activate") && !has(b"--shims")
}

/// The way in which a shell's file defines a name.
#[derive(Clone, Copy)]
enum Definition {
    Alias,
    Function,
}

impl Definition {
    fn word(self) -> &'static str {
        match self {
            Definition::Alias => "an alias",
            Definition::Function => "a function",
        }
    }
}

/// The tool that a line defines in place of the program.
fn definition(line: &[u8]) -> Option<(Tool, Definition)> {
    let line = line.trim_ascii();
    let (name, definition) = if let Some(rest) = line.strip_prefix(b"alias ") {
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"-g ").or_else(|| rest.strip_prefix(b"-- ")).unwrap_or(rest);
        let end = rest.iter().position(|byte| matches!(byte, b'=' | b' '))?;
        // One that only adds words before the arguments leads to the same program.
        let value = rest.get(end + 1..)?;
        let value = value.trim_ascii_start();
        let value = value.strip_prefix(b"'").or_else(|| value.strip_prefix(b"\"")).unwrap_or(value);
        let program = value.split(|byte| matches!(byte, b' ' | b'\'' | b'"')).next().unwrap_or_default();
        if program == rest.get(..end)? {
            return None;
        }
        (rest.get(..end)?, Definition::Alias)
    } else if let Some(rest) = line.strip_prefix(b"function ") {
        let rest = rest.trim_ascii_start();
        let end = rest.iter().position(|byte| matches!(byte, b' ' | b'(' | b'{' | b';')).unwrap_or(rest.len());
        (rest.get(..end)?, Definition::Function)
    } else {
        let end = line.iter().position(|&byte| byte == b'(')?;
        line.get(end..)?
            .split(|byte| byte.is_ascii_whitespace())
            .next()
            .filter(|brackets| brackets.starts_with(b"()"))?;
        (line.get(..end)?.trim_ascii_end(), Definition::Function)
    };
    let is_word = !name.is_empty() && basename(name) == name;
    Tool::named(name).filter(|_| is_word).map(|tool| (tool, definition))
}

/// The file in which a login shell of this user looks for PATH, by the name that a person types.
fn login_file(subject: &Subject) -> &'static str {
    let is_there = |name: &&&str| subject.home().is_some_and(|home| subject.is_file(&join(home, name.as_bytes())));
    match basename(subject.environ.get(b"SHELL").unwrap_or_default()) {
        b"zsh" => ".zprofile",
        // The first of these that is there is the only one that bash reads.
        _ => [".bash_profile", ".bash_login"].iter().find(is_there).copied().unwrap_or(".profile"),
    }
}

/// The command that puts folders in front on PATH for shells to come.
#[must_use]
pub fn put_first(subject: &Subject, folders: &[&[u8]]) -> String {
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

/// The command that replaces a word of PATH in the file that sets it; none where no file holds it.
#[must_use]
pub fn replace(subject: &Subject, from: &[u8], to: &[u8]) -> Option<String> {
    let holds = |text: &[u8]| text.windows(from.len()).any(|part| part == from);
    let sets_path = |line: &[u8]| line.windows(5).any(|part| part == b"PATH=") && holds(line);
    for file in files(subject) {
        let Some((number, _)) = file.lines().find(|(_, line)| sets_path(line)) else { continue };
        let escaped = |bytes: &[u8], special: &str| {
            let mut out = String::new();
            for c in shown(bytes).chars() {
                if special.contains(c) {
                    out.push('\\');
                }
                out.push(c);
            }
            out
        };
        let script = format!("{number}s|{}|{}|", escaped(from, "\\.*[]^$|"), escaped(to, "\\&|"));
        return Some(format!("sed -i {} {}    # then open a new terminal", shell_words::quote(&script), file.name));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_in_place_of_a_tool() {
        let table: &[(&str, Option<&str>)] = &[
            ("alias go=go.exe", Some("go an alias")),
            ("  alias go='/mnt/c/Program Files/Go/bin/go.exe'", Some("go an alias")),
            ("alias go 'go.exe'", Some("go an alias")),
            ("alias go='go -mod=mod'", None),
            ("alias got=go.exe", None),
            ("# alias go=go.exe", None),
            ("go() { go.exe \"$@\"; }", Some("go a function")),
            ("dlv () {", Some("dlv a function")),
            ("function gofmt", Some("gofmt a function")),
            ("function go; go.exe $argv; end", Some("go a function")),
            ("ago() {", None),
            ("echo \"go (1)\"", None),
            ("go (x) y", None),
        ];
        for (line, expected) in table {
            let found =
                definition(line.as_bytes()).map(|(tool, definition)| format!("{} {}", tool.name(), definition.word()));
            assert_eq!(found.as_deref(), *expected, "{line}");
        }
    }
}
