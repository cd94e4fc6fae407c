//! VS Code's settings of its Go extension, which say where Go and its tools are and what is in their environment.

use crate::diagnosis::Code;
use serde_json::Value;

use crate::doctor::editors::{bypass, expanded, is_windows};
use crate::doctor::environment::is_foreign_target;
use crate::doctor::finding::{Finding, shown};
use crate::doctor::launch;
use crate::doctor::subject::Subject;
use crate::text::path::join;
use crate::tools::Tool;

/// Settings that hold variables.
pub(super) const VARIABLES: [&str; 2] = ["go.toolsEnvVars", "go.testEnvVars"];

/// The checks of settings.
#[must_use]
pub fn check(subject: &Subject, path: &[u8], value: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(root) = value.get("go.goroot").and_then(Value::as_str).filter(|root| !root.is_empty()) {
        findings.extend(goroot(subject, path, root));
    }
    for (tool, at) in value.get("go.alternateTools").and_then(Value::as_object).into_iter().flatten() {
        let Some(at) = at.as_str() else { continue };
        findings.extend(alternate(subject, path, tool, at));
    }
    for key in ["go.gopath", "go.toolsGopath"] {
        let Some(text) = value.get(key).and_then(Value::as_str).filter(|text| is_windows(subject, text)) else {
            continue;
        };
        findings.push(
            Finding::fail(Code::GW558, path, format!("{key} is a Windows path: {}", shown(text.as_bytes())))
                .why("Inside WSL the extension hands it to a Go for Linux: `GOPATH entry is relative; must be absolute path`.")
                .fix(format!("remove {key}")),
        );
    }
    for key in VARIABLES {
        findings.extend(variables(subject, path, key, value));
    }
    if let Some(delve) = value.get("go.delveConfig").and_then(Value::as_object) {
        findings.extend(launch::substitutions(path, "go.delveConfig", delve));
    }
    findings
}

/// Variables that the extension sets for every tool, and for tests.
fn variables(subject: &Subject, path: &[u8], key: &str, value: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, value) in value.get(key).and_then(Value::as_object).into_iter().flatten() {
        let Some(value) = value.as_str() else { continue };
        let (name_shown, value_shown) = (shown(name.as_bytes()), shown(value.as_bytes()));
        if is_foreign_target(subject.host, name.as_bytes(), value.as_bytes()) {
            findings.push(
                Finding::warn(Code::GW556, path, format!("{key} sets {name_shown}={value_shown}"))
                    .why(
                        "It shows you that system's files, and lets every test and every program to debug be built for it: \
                         `exec format error`, `could not launch process: not an executable file`.",
                    )
                    .fix(format!("remove {name_shown} from {key}")),
            );
        }
        if launch::is_windows_variable(subject, name, value) {
            findings.push(
                Finding::fail(Code::GW558, path, format!("{key} has {name_shown} on Windows: {value_shown}"))
                    .why("A Go for Linux gets it as it is: `GOPATH entry is relative; must be absolute path`.")
                    .fix(format!("remove {name_shown} from {key}")),
            );
        }
    }
    findings
}

fn goroot(subject: &Subject, path: &[u8], root: &str) -> Option<Finding> {
    if is_windows(subject, root) || subject.is_on_drive(expanded(subject, root).as_bytes()) {
        return Some(
            Finding::fail(Code::GW558, path, format!("go.goroot is Windows' Go: {}", shown(root.as_bytes())))
                .why("The extension looks for go there before PATH, and finds none that runs here.")
                .fix("remove go.goroot"),
        );
    }
    let there = expanded(subject, root);
    if root.contains('$') || subject.is_file(&join(there.as_bytes(), b"bin/go")) {
        let cwd = subject.host.cwd().ok()?;
        let shared = subject.is_on_drive(cwd) && path.starts_with(cwd);
        return shared.then(|| {
            Finding::warn(Code::GW559, path, format!("go.goroot={} stands in a folder that Windows opens too", shown(root.as_bytes())))
                .why("VS Code on Windows takes it for a Windows path: `Cannot find \\usr\\local\\go\\bin\\go.exe`.")
                .fix("open the folder inside WSL (code . in a WSL terminal), or move the setting to the WSL machine's settings")
        });
    }
    Some(
        Finding::fail(Code::GW558, path, format!("go.goroot={} holds no go", shown(root.as_bytes())))
            .why("`Failed to run \"go env\" to find GOPATH as the \"go\" binary cannot be found in either GOROOT(…) or PATH`.")
            .fix("remove go.goroot"),
    )
}

fn alternate(subject: &Subject, path: &[u8], tool: &str, at: &str) -> Option<Finding> {
    let at = expanded(subject, at);
    let (name, place) = (shown(tool.as_bytes()), shown(at.as_bytes()));
    if is_windows(subject, &at) || at.ends_with(".exe") || subject.is_on_drive(at.as_bytes()) {
        return Some(
            Finding::fail(Code::GW558, path, format!("go.alternateTools has {name} on Windows: {place}"))
                .why("It cannot run inside WSL, or runs as a Windows program that does not see these files.")
                .fix(replaced(&name)),
        );
    }
    if !at.starts_with('/') || at.contains('$') {
        return None;
    }
    if !subject.is_file(at.as_bytes()) {
        return Some(
            Finding::fail(Code::GW558, path, format!("go.alternateTools has {name} where nothing is: {place}"))
                .why("The extension looks there first.")
                .fix(replaced(&name)),
        );
    }
    let concerns = Tool::named(tool.as_bytes()).is_some();
    (concerns && bypass(subject, at.as_bytes())).then(|| {
        Finding::warn(Code::GW553, path, format!("go.alternateTools sends {name} past gowrap: {place}"))
            .why("What crosses the border in its calls is not repaired.")
            .fix(replaced(&name))
    })
}

/// Setup changes no entry that somebody has made.
fn replaced(name: &str) -> String {
    format!("remove {name} from go.alternateTools, and then: gowrap setup --editor vscode --write")
}
