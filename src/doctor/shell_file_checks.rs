//! Checks of the files that shells read at their start: line ends, PATH without quotes, and names that are defined in
//! place of a tool.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown};
use crate::doctor::path_managers;
use crate::doctor::shell_files::{ShellFile, files, lines};
use crate::doctor::subject::Subject;
use crate::setup::{dotfile, scripts};
use crate::text::path::{basename, dirname, join};
use crate::tools::Tool;

/// The checks of these files.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files(subject) {
        findings.extend(windows_line_ends(&file));
        findings.extend(unquoted_path(&file, subject));
        findings.extend(replaced_tools(&file));
        findings.extend(path_managers::check(&file, subject));
    }
    findings.extend(own_line_ends(subject));
    findings
}

/// Finds Windows line endings in gowrap's own files, which each shell reads through gowrap's line.
fn own_line_ends(subject: &Subject) -> Vec<Finding> {
    let mut read: Vec<Vec<u8>> = Vec::new();
    for line in lines(subject) {
        let marked = dotfile::without_line(&line.text).and_then(|(_, line)| scripts::env_of(&line));
        let Some(folder) = marked.as_deref().map(dirname) else { continue };
        read.extend(["env", "hook.bash", "hook.zsh", "env.fish"].map(|name| join(folder, name.as_bytes())));
    }
    read.extend(subject.home().map(|home| join(home, b".config/fish/conf.d/gowrap.fish")));
    read.sort();
    read.dedup();
    let has_one = |path: &Vec<u8>| subject.host.read(path, 1 << 20).is_ok_and(|text| text.contains(&b'\r'));
    let finding = |path: Vec<u8>| {
        let title = format!("{}, which gowrap wrote, has Windows line ends", shown(&path));
        Finding::fail(Code::GW442, path, title)
            .why("Shells read it at their start, report a syntax error, and gowrap's shims do not get on PATH.")
            .fix("gowrap setup    # then open a new terminal")
    };
    read.into_iter().filter(has_one).map(finding).collect()
}

fn windows_line_ends(file: &ShellFile) -> Option<Finding> {
    let (number, _) = file.lines().find(|(_, line)| line.ends_with(b"\r"))?;
    let name = &file.name;
    Some(
        Finding::fail(Code::GW442, file.at(number), format!("{name} has Windows line ends"))
            .why("Every value in it ends in a carriage return, so folders are not found.")
            .fix(format!("sed -i 's/\\r$//' {name}    # then open a new terminal")),
    )
}

fn unquoted_path(file: &ShellFile, subject: &Subject) -> Option<Finding> {
    subject.environ.get(b"PATH").filter(|path| path.contains(&b' '))?;
    let (number, _) = file.lines().find(|(_, line)| is_unquoted_path(line))?;
    let name = &file.name;
    Some(
        Finding::warn(Code::GW443, file.at(number), format!("{name} sets PATH without quotes, and PATH has blanks"))
            .why(
                "Some shells split it there: `export: 'Files/WindowsApps/…': not a valid identifier`, and PATH loses \
             everything after the blank.",
            )
            .fix(format!("sed -i '{number}s/PATH=\\([^\\r]*\\)/PATH=\"\\1\"/' {name}")),
    )
}

/// Finds `export PATH=$PATH:/x`, where the value is not quoted.
fn is_unquoted_path(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let Some(value) = line.strip_prefix(b"export PATH=") else { return false };
    let mentions = value.windows(5).any(|part| part == b"$PATH") || value.windows(7).any(|part| part == b"${PATH}");
    mentions && !value.contains(&b'"') && !value.contains(&b'\'')
}

/// Finds `alias go=…` and functions of that name. A shell uses them before it searches PATH.
fn replaced_tools(file: &ShellFile) -> Vec<Finding> {
    let lines: Vec<(usize, &[u8])> = file.lines().collect();
    let mut findings = Vec::new();
    for (number, line) in &lines {
        let Some((tool, definition)) = definition(line) else { continue };
        let end = match definition {
            Definition::Alias => *number,
            Definition::Function if line.contains(&b'}') => *number,
            Definition::Function => {
                let closes = |(at, line): &&(usize, &[u8])| at > number && matches!(line.trim_ascii(), b"}" | b"end");
                lines.iter().find(closes).map_or(*number, |(at, _)| *at)
            }
        };
        let (name, tool, kind) = (&file.name, tool.name(), definition.word());
        findings.push(
            Finding::warn(
                Code::GW457,
                file.at(*number),
                format!("{name} defines {tool} as {kind}: {}", shown(line.trim_ascii())),
            )
            .why(format!(
                "The shell uses it before it searches PATH, so `{tool}` does not start gowrap. Editors and scripts \
                start another {tool} than your shell does."
            ))
            .fix(format!("sed -i '{number},{end}s/^/# /' {name}    # then open a new terminal")),
        );
    }
    findings
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
        // An alias that only adds arguments starts the same program.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_and_functions_with_a_tools_name_are_found() {
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
