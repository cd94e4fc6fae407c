//! Settings of editors, launch configurations and tasks: JSON with the members that a check reads.

use serde_json::{Map, Value};

use super::lines::{is_made_of, masked};
use crate::doctor::build_tasks::{CommandLine, are_broken, command_line, text_of};
use crate::doctor::{editor_settings, launch, values};
use crate::jsonc;
use crate::text::mask;
use crate::tools::Tool;
use crate::tools::go::variables as go_variables;

/// The members of a launch configuration that are checked, except its paths.
const LAUNCH: [&str; 6] = ["name", "type", "request", "mode", "port", "host"];

/// The settings that are checked, except lists and paths.
const SETTINGS: [&str; 2] = ["go.goroot", "go.toolsManagement.go"];

/// Makes a JSON text with only the members that a check reads. An invalid text becomes another invalid one, without its
/// words.
pub(super) fn only(text: &[u8], checked: fn(&Value) -> Value) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).into_owned();
    if text.trim().is_empty() {
        return Vec::new();
    }
    let value = jsonc::parse(text.as_bytes()).ok();
    value.and_then(|value| serde_json::to_vec_pretty(&checked(&value)).ok()).unwrap_or_else(|| b"{".to_vec())
}

/// Returns a single value with secrets masked; none for an object, which no check reads.
fn plain(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => Some(Value::from(masked(text))),
        Value::Array(_) | Value::Object(_) => None,
        other => Some(other.clone()),
    }
}

/// Returns a single value, or a list of them, with secrets masked.
fn one_or_more(value: &Value) -> Option<Value> {
    match value {
        Value::Array(all) => Some(all.iter().filter_map(plain).collect()),
        one => plain(one),
    }
}

/// Returns the pairs of folders that delve replaces in the paths of source files.
fn substitutions(value: &Value) -> Option<Value> {
    let pair = |value: &Value| members(value, |key, value| plain(value).filter(|_| matches!(key, "from" | "to")));
    Some(value.as_array()?.iter().map(pair).collect())
}

/// Returns the members of an object that pass a test, with secrets masked.
fn members(value: &Value, keep: impl Fn(&str, &Value) -> Option<Value>) -> Value {
    let rows = value.as_object().into_iter().flatten();
    Value::Object(rows.filter_map(|(key, value)| Some((key.clone(), keep(key, value)?))).collect::<Map<_, _>>())
}

pub(super) fn launches(value: &Value) -> Value {
    members(value, |key, value| {
        let all = value.as_array().filter(|_| key == "configurations")?;
        Some(all.iter().map(configuration).collect())
    })
}

fn configuration(value: &Value) -> Value {
    members(value, |key, value| match key {
        "env" => Some(variables(value)),
        "linux" => Some(configuration(value)),
        "substitutePath" => substitutions(value),
        key if launch::is_path(key) => one_or_more(value),
        key if LAUNCH.contains(&key) => plain(value),
        _ => None,
    })
}

pub(super) fn settings(value: &Value) -> Value {
    members(value, |key, value| match key {
        "launch" => Some(launches(value)),
        "tasks" => Some(tasks(value)),
        "go.alternateTools" => Some(members(value, |tool, value| plain(value).filter(|_| is_tool(tool)))),
        "go.delveConfig" => Some(members(value, |key, value| match key {
            "substitutePath" => substitutions(value),
            _ => None,
        })),
        "gopls" => Some(members(value, |key, value| setting(&["gopls", key], value))),
        key if editor_settings::PATHS.contains(&key) || SETTINGS.contains(&key) => plain(value),
        key => setting(&[key], value),
    })
}

/// Returns true for a name that a program could have.
fn is_tool(name: &str) -> bool {
    is_made_of(name.as_bytes(), b"._-")
}

/// Returns a setting with variables or flags, each with only the part that a check reads.
fn setting(steps: &[&str], value: &Value) -> Option<Value> {
    if editor_settings::VARIABLES.contains(&steps) {
        return Some(variables(value));
    }
    let flags = value.as_array().filter(|_| editor_settings::FLAGS.contains(&steps))?;
    Some(flags.iter().filter(|flag| flag.as_str().is_some_and(values::may_be_a_path_flag)).filter_map(plain).collect())
}

pub(super) fn tasks(value: &Value) -> Value {
    members(value, |key, value| {
        let all = value.as_array().filter(|_| key == "tasks")?;
        Some(all.iter().map(task).collect())
    })
}

/// Returns the words of a task, which can be any text. For one of Go's tools, the program and the paths are kept; for
/// another program, nothing.
fn task(value: &Value) -> Value {
    let line = value.get("command").and_then(command_line);
    let written = line.as_ref().map(|line| line.words.clone()).unwrap_or_default();
    let listed = value.get("args").and_then(Value::as_array).into_iter().flatten();
    let listed: Vec<String> = listed.map(|word| text_of(word).unwrap_or_default()).collect();
    let words: Vec<&str> = written.iter().chain(&listed).map(String::as_str).collect();
    let broken = are_broken(line.as_ref().map_or(Tool::Go, |line| line.tool), &words);
    let (in_command, in_list) = broken.split_at(written.len());
    members(value, |key, value| match key {
        "label" | "taskName" | "type" => plain(value),
        "command" => {
            Some(Value::from(line.as_ref().map_or_else(|| "other".to_owned(), |line| command(line, in_command))))
        }
        "args" => Some(paths_in_task(&listed, in_list).map(Value::from).collect()),
        "options" => Some(members(value, |key, value| (key == "env").then(|| variables(value)))),
        "linux" => Some(task(value)),
        _ => None,
    })
}

fn command(line: &CommandLine, broken: &[bool]) -> String {
    let program = match masked(&line.program) {
        program if program.contains(' ') => format!("\"{program}\""),
        program => program,
    };
    std::iter::once(program).chain(paths_in_task(&line.words, broken)).collect::<Vec<_>>().join(" ")
}

/// Returns the words of a task that a shell would change: paths, or words in their place.
fn paths_in_task<'w>(words: &'w [String], broken: &'w [bool]) -> impl Iterator<Item = String> + 'w {
    let is_path = |word: &str| is_made_of(word.as_bytes(), b"._/\\:${}-");
    let broken = words.iter().zip(broken).filter(|(_, is_broken)| **is_broken);
    broken.map(move |(word, _)| if is_path(word) { masked(word) } else { ".\\path".to_owned() })
}

pub(super) fn workspace(value: &Value) -> Value {
    members(value, |key, value| match key {
        "settings" => Some(settings(value)),
        "launch" => Some(launches(value)),
        "tasks" => Some(tasks(value)),
        _ => None,
    })
}

/// Returns only the variables that a check reads: any other may hold a secret.
fn variables(value: &Value) -> Value {
    members(value, |name, value| {
        let is_checked =
            matches!(name, "GOOS" | "GOARCH" | "PATH" | "HOME") || go_variables::is_path(name.as_bytes(), b"any path");
        match value {
            Value::String(flags) if name == "GOFLAGS" => {
                let paths = flags.split_whitespace().filter(|flag| values::may_be_a_path_flag(flag));
                Some(Value::from(paths.map(masked).collect::<Vec<_>>().join(" ")))
            }
            Value::String(text) if is_checked => {
                let shown = mask::value(name.as_bytes(), text.as_bytes());
                Some(Value::from(String::from_utf8_lossy(&shown).into_owned()))
            }
            _ => None,
        }
    })
}
