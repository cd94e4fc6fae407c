//! Checks of VS Code's `tasks.json`: a task that starts Windows' Go, or with a Windows path from which a shell removes
//! the backslashes.

use crate::diagnosis::Code;
use serde_json::Value;

use crate::doctor::editor_paths::expanded;
use crate::doctor::finding::{Finding, shown};
use crate::doctor::list_entry::ListEntry;
use crate::doctor::subject::Subject;
use crate::doctor::values;
use crate::plan::translate::args;
use crate::text::path::basename;
use crate::tools::Tool;
use crate::tools::token::Role;

/// Checks a list of tasks, which is below `within`.
#[must_use]
pub(super) fn check(subject: &Subject, path: &[u8], value: &Value, within: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, task) in value.get("tasks").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Some(whole) = task.as_object() else { continue };
        let label = whole.get("label").or_else(|| whole.get("taskName")).and_then(Value::as_str);
        let name = label.map_or_else(|| format!("{}", number + 1), str::to_owned);
        let task = Task(ListEntry { subject, path, within, list: "tasks", name: &name, whole });
        findings.extend(task.check());
    }
    findings
}

/// The parsed command line of a task.
pub(super) struct CommandLine {
    /// The program.
    pub(super) program: String,
    /// Its tool.
    pub(super) tool: Tool,
    /// The words after it.
    pub(super) words: Vec<String>,
}

/// Returns the command line of a task's `command` if it starts a Go tool.
pub(super) fn command_line(command: &Value) -> Option<CommandLine> {
    let command = text_of(command)?;
    let tool = tool(&command)?;
    let words = arguments(&command).split_whitespace().map(str::to_owned).collect();
    Some(CommandLine { program: program(&command).to_owned(), tool, words })
}

/// The way in which a task is started: directly, or through a shell, which removes backslashes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TaskStart {
    Process,
    Shell,
}

struct Task<'a>(ListEntry<'a>);

impl Task<'_> {
    fn check(&self) -> Vec<Finding> {
        let Some(command) = self.0.member("command").and_then(text_of) else { return self.variables() };
        let Some(tool) = tool(&command) else { return self.variables() };
        let way = match self.0.member("type").and_then(Value::as_str) {
            Some("process") => TaskStart::Process,
            _ => TaskStart::Shell,
        };
        let mut findings = Vec::new();
        if is_windows_program(self.0.subject, &command) {
            let rest = arguments(&command);
            let fixed = format!("{}{rest}", tool.name());
            findings.push(
                Finding::fail(
                    Code::GW562,
                    self.0.path,
                    format!("task `{}` starts {}", shown(self.0.name.as_bytes()), shown(command.as_bytes())),
                )
                .why("Windows' Go builds for Windows, and inside WSL no shell finds a program by its path on Windows.")
                .fix(self.0.set("command", &Value::from(fixed))),
            );
        }
        if way == TaskStart::Shell {
            findings.extend(self.broken_words(tool, &command));
        }
        findings.extend(self.variables());
        findings
    }

    /// Finds Windows paths in a shell's command. Outside single quotes, a shell removes backslashes: `.\cmd\app`
    /// becomes `.cmdapp`.
    fn broken_words(&self, tool: Tool, command: &str) -> Vec<Finding> {
        let why = "A shell runs the task, and removes backslashes: `.\\cmd\\app` reaches go as `.cmdapp`.";
        let mut findings = Vec::new();
        let title = |word: &str| {
            format!("task `{}` has a Windows path: {}", shown(self.0.name.as_bytes()), shown(word.as_bytes()))
        };
        let listed = self.0.member("args").and_then(Value::as_array);
        let listed: Vec<String> = listed.into_iter().flatten().filter_map(text_of).collect();
        let written: Vec<&str> = arguments(command).split_whitespace().collect();
        let words: Vec<&str> = written.iter().copied().chain(listed.iter().map(String::as_str)).collect();
        let broken = are_broken(tool, &words);
        let (in_command, in_list) = broken.split_at(written.len());
        let first_of = |broken: &[bool], words: &[&str]| {
            let at = broken.iter().position(|is_broken| *is_broken)?;
            words.get(at).map(|word| (*word).to_owned())
        };
        if let Some(word) = first_of(in_command, &written) {
            let head = command.len() - arguments(command).len();
            let fixed = format!("{}{}", command.get(..head).unwrap_or_default(), arguments(command).replace('\\', "/"));
            findings.push(
                Finding::fail(Code::GW562, self.0.path, title(&word))
                    .why(why)
                    .fix(self.0.set("command", &Value::from(fixed))),
            );
        }
        let given: Vec<&str> = listed.iter().map(String::as_str).collect();
        if let Some(word) = first_of(in_list, &given) {
            let mend =
                |(word, is_broken): (&String, &bool)| if *is_broken { word.replace('\\', "/") } else { word.clone() };
            let fixed: Vec<String> = listed.iter().zip(in_list).map(mend).collect();
            findings.push(
                Finding::fail(Code::GW562, self.0.path, title(&word))
                    .why(why)
                    .fix(self.0.set("args", &Value::from(fixed))),
            );
        }
        findings
    }

    fn variables(&self) -> Vec<Finding> {
        let env = self.0.member("options").and_then(|options| options.get("env")).and_then(Value::as_object);
        let mut findings = Vec::new();
        for (name, value) in env.into_iter().flatten() {
            let Some(why) = value.as_str().and_then(|value| values::windows_value(self.0.subject, name, value)) else {
                continue;
            };
            let within = self.0.steps("options", &["options", "env"]);
            findings.push(
                Finding::fail(
                    Code::GW562,
                    self.0.path,
                    format!(
                        "task `{}`: env {} is a Windows path",
                        shown(self.0.name.as_bytes()),
                        shown(name.as_bytes())
                    ),
                )
                .why(why)
                .fix(crate::doctor::finding::remove_member(self.0.path, &within, name)),
            );
        }
        findings
    }
}

/// A string, or the `value` of a quoted one.
pub(super) fn text_of(value: &Value) -> Option<String> {
    value.as_str().or_else(|| value.get("value").and_then(Value::as_str)).map(str::to_owned)
}

/// The program of a command line: a path that ends in `.exe` may hold blanks.
fn program(command: &str) -> &str {
    let lower = command.to_ascii_lowercase();
    let end = match lower.find(".exe") {
        Some(at) if Tool::named(last_name(command.get(..at).unwrap_or_default())).is_some() => at + 4,
        _ => command.find(' ').unwrap_or(command.len()),
    };
    command.get(..end).unwrap_or_default().trim_start_matches(['"', '\'', '&', ' '])
}

fn arguments(command: &str) -> &str {
    let program = program(command);
    let start = command.find(program).unwrap_or_default() + program.len();
    command.get(start..).unwrap_or_default().trim_start_matches(['"', '\''])
}

/// Returns the last name of a path with separators of either kind.
fn last_name(path: &str) -> &[u8] {
    basename(path.rsplit('\\').next().unwrap_or_default().as_bytes())
}

/// The tool that a command line starts.
fn tool(command: &str) -> Option<Tool> {
    let name = last_name(program(command));
    let name = name.strip_suffix(b".exe").or_else(|| name.strip_suffix(b".EXE")).unwrap_or(name);
    Tool::named(name)
}

fn is_windows_program(subject: &Subject, command: &str) -> bool {
    let program = program(command);
    program.to_ascii_lowercase().ends_with(".exe") || subject.is_windows_path(expanded(subject, program).as_bytes())
}

/// Returns true for each word of a command line in which a shell would break a path. The value of a flag that is no
/// path, such as the pattern of -run, may contain a backslash.
pub(super) fn are_broken(tool: Tool, words: &[&str]) -> Vec<bool> {
    let line: Vec<&[u8]> =
        [tool.name().as_bytes()].into_iter().chain(words.iter().map(|word| word.as_bytes())).collect();
    let tokens = args::scan(tool, &line);
    let is_other_value = |index: usize| {
        let token = tokens.get(index + 1);
        token.is_some_and(|token| matches!(token.role, Role::Value(_) | Role::FlagValue(_)) && token.slot.is_none())
    };
    words.iter().enumerate().map(|(index, word)| is_broken_by_a_shell(word) && !is_other_value(index)).collect()
}

/// Returns true if a shell would remove this word's backslashes and they are separators. A backslash before a blank, a
/// quote or a glob character is an escape of the shell.
fn is_broken_by_a_shell(word: &str) -> bool {
    let bytes = word.as_bytes();
    let quoted = word.starts_with('\'') && word.ends_with('\'');
    let separates = bytes.windows(2).any(|pair| {
        pair.first() == Some(&b'\\')
            && pair.get(1).is_some_and(|next| next.is_ascii_alphanumeric() || matches!(next, b'.' | b'_'))
    });
    separates && !quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_of_a_command_line_is_found() {
        let table = [
            ("go build ./...", Some("go"), " build ./..."),
            (r"C:\Program Files\Go\bin\go.exe build", Some("go"), " build"),
            (r#""C:\Program Files\Go\bin\go.exe" test"#, Some("go"), " test"),
            ("make all", None, " all"),
            ("dlv", Some("dlv"), ""),
        ];
        for (command, expected, rest) in table {
            assert_eq!(tool(command).map(Tool::name), expected, "{command}");
            assert_eq!(arguments(command), rest, "{command}");
        }
        for (word, broken) in
            [(r".\cmd\app", true), (r"a\ b", false), (r"'.\x'", false), ("./x", false), (r"\*", false)]
        {
            assert_eq!(is_broken_by_a_shell(word), broken, "{word}");
        }
    }
}
