//! As much of a file's text as a stranger may read and a check needs. What is known to hold other things is cut down to what
//! is read there; the rest goes without its credentials.

use serde_json::{Map, Value};

use crate::doctor::{build_tasks, editor_settings, editors, jsonc, launch, repository, values};
use crate::text::mask;
use crate::text::path::basename;
use crate::tools::go::variables;

/// The text of a file as a record holds it; none where nothing of it is anybody else's business.
#[must_use]
pub fn shareable(path: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    match basename(path) {
        b".gitattributes" => Some(mask::text(text).into_owned()),
        b".gitconfig" | b"gitconfig" => Some(repository::shareable(text)),
        b"config" if path.ends_with(b"git/config") => Some(repository::shareable(text)),
        // A shell's profile is full of other things.
        name if name.starts_with(b".") => None,
        b"launch.json" => only(text, launches),
        b"settings.json" => only(text, settings),
        b"tasks.json" => only(text, tasks),
        name if editors::is_workspace(name) => only(text, workspace),
        b"env" => Some(
            text.split_inclusive(|&byte| byte == b'\n').flat_map(|line| mask::argument(line).into_owned()).collect(),
        ),
        _ => Some(mask::text(text).into_owned()),
    }
}

/// The members of a launch configuration that are checked, beside its paths.
const LAUNCH: [&str; 7] = ["name", "type", "request", "mode", "substitutePath", "port", "host"];

/// The settings that are checked.
const SETTINGS: [&str; 3] = ["go.goroot", "go.toolsManagement.go", "go.alternateTools"];

/// A JSON text without what no check reads. What is no JSON stays a text that is none, without its words.
fn only(text: &[u8], checked: fn(&Value) -> Value) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(text).into_owned();
    let Ok(value) = jsonc::parse(text.as_bytes()) else { return Some(b"{".to_vec()) };
    Some(mask::text(serde_json::to_string_pretty(&checked(&value)).ok()?.as_bytes()).into_owned())
}

/// The members of an object that are of a kind, each as it may be shown.
fn members(value: &Value, keep: impl Fn(&str, &Value) -> Option<Value>) -> Value {
    let rows = value.as_object().into_iter().flatten();
    Value::Object(rows.filter_map(|(key, value)| Some((key.clone(), keep(key, value)?))).collect::<Map<_, _>>())
}

fn launches(value: &Value) -> Value {
    members(value, |key, value| {
        let all = value.as_array().filter(|_| key == "configurations")?;
        Some(all.iter().map(configuration).collect())
    })
}

fn configuration(value: &Value) -> Value {
    members(value, |key, value| match key {
        "env" => Some(variables(value)),
        "linux" => Some(configuration(value)),
        key if LAUNCH.contains(&key) || launch::is_path(key) => Some(value.clone()),
        _ => None,
    })
}

fn settings(value: &Value) -> Value {
    members(value, |key, value| match key {
        "launch" => Some(launches(value)),
        "go.delveConfig" => Some(members(value, |key, value| (key == "substitutePath").then(|| value.clone()))),
        "gopls" => Some(members(value, |key, value| setting(&["gopls", key], value))),
        key if editor_settings::PATHS.contains(&key) => Some(value.clone()),
        key if SETTINGS.contains(&key) => Some(value.clone()),
        key => setting(&[key], value),
    })
}

/// A setting that holds variables or flags: of each only what a check reads.
fn setting(steps: &[&str], value: &Value) -> Option<Value> {
    if editor_settings::VARIABLES.contains(&steps) {
        return Some(variables(value));
    }
    let flags = value.as_array().filter(|_| editor_settings::FLAGS.contains(&steps))?;
    Some(flags.iter().filter(|flag| flag.as_str().is_some_and(values::may_be_a_path_flag)).cloned().collect())
}

/// A task's words may be anything; the programs and paths of Go's tools alone are kept.
fn tasks(value: &Value) -> Value {
    members(value, |key, value| {
        let all = value.as_array().filter(|_| key == "tasks")?;
        Some(all.iter().filter(|task| build_tasks::is_of_go(task)).map(build_tasks::shareable).collect())
    })
}

fn workspace(value: &Value) -> Value {
    members(value, |key, value| match key {
        "settings" => Some(settings(value)),
        "launch" => Some(launches(value)),
        "tasks" => Some(tasks(value)),
        _ => None,
    })
}

/// Only those variables that a check reads: the others may be anybody's secrets.
fn variables(value: &Value) -> Value {
    let is_checked = |name: &str| {
        matches!(name, "GOOS" | "GOARCH" | "PATH" | "HOME") || variables::is_path(name.as_bytes(), b"any path")
    };
    members(value, |name, value| match name {
        // Of flags only those that hold a path: -ldflags may hold anything.
        "GOFLAGS" => {
            let flags = value.as_str()?.split_whitespace().filter(|flag| values::may_be_a_path_flag(flag));
            Some(Value::from(flags.collect::<Vec<_>>().join(" ")))
        }
        name => is_checked(name).then(|| value.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_holds_no_secret() {
        let launch = br#"{ "inputs": ["secret1"], "configurations": [ // x
            { "type": "go", "program": "C:\\x", "args": ["secret2"], "env": { "GOOS": "windows", "K": "secret3" } } ] }"#;
        let table: &[(&str, &[u8], Option<&str>)] = &[
            ("/p/.vscode/launch.json", launch, Some("C:\\\\x")),
            ("/p/.vscode/launch.json", b"{ secret4", Some("{")),
            ("/s/settings.json", br#"{ "go.goroot": "/r", "other": "secret5" }"#, Some("go.goroot")),
            (
                "/s/settings.json",
                br#"{ "go.toolsEnvVars": { "GOPATH": "C:\\go", "GITHUB_TOKEN": "secret9" }, "go.testFlags": ["secret10"],
                    "go.delveConfig": { "substitutePath": [], "dlvFlags": ["secret11"] },
                    "launch": { "configurations": [{ "env": { "K": "secret12" }, "linux": { "args": ["secret13"] } }] } }"#,
                Some("\"GOPATH\": \"C:"),
            ),
            (
                "/p/p.code-workspace",
                br#"{ "folders": ["secret14"], "settings": { "go.goroot": "/r", "x": "secret15" },
                    "launch": { "inputs": ["secret16"], "configurations": [{ "args": ["secret17"], "traceDirPath": "/t" }] } }"#,
                Some("traceDirPath"),
            ),
            ("/h/.config/go/env", b"GOPROXY=https://u:secret6@h\nGOFLAGS=-v\n", Some("GOFLAGS=-v")),
            ("/h/.bashrc", b"export X=secret7\n", None),
            ("/p/go.mod", b"module p\n// https://u:secret8@h\n", Some("module p")),
        ];
        for (path, text, kept) in table {
            let shared = shareable(path.as_bytes(), text).map(|text| String::from_utf8(text).unwrap());
            assert_eq!(shared.is_some(), kept.is_some(), "{path}");
            let shared = shared.unwrap_or_default();
            assert!(shared.contains(kept.unwrap_or_default()) && !shared.contains("secret"), "{path}: {shared}");
        }
    }
}
