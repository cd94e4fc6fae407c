//! VS Code's `launch.json`: what is said there reaches delve inside DAP, where no command line shows it and nothing can
//! repair it.

use crate::diagnosis::Code;
use serde_json::{Map, Value};

use crate::doctor::editors::{LINKS_FIRST, bypass, expanded, is_windows};
use crate::doctor::environment::is_foreign_target;
use crate::doctor::finding::{Finding, shown};
use crate::doctor::subject::Subject;
use crate::tools::go::variables;

/// Arguments of delve's DAP that are paths (`service/dap/types.go`).
pub(super) const PATHS: [&str; 11] = [
    "program",
    "cwd",
    "output",
    "dlvCwd",
    "coreFilePath",
    "traceDirPath",
    "stdinFrom",
    "stdoutTo",
    "stderrTo",
    "dlvToolPath",
    "envFile",
];

/// The checks of what `launch.json` holds, or a `launch` member elsewhere.
#[must_use]
pub fn check(subject: &Subject, path: &[u8], value: &Value) -> Vec<Finding> {
    let configurations = value.get("configurations").and_then(Value::as_array);
    let mut findings = Vec::new();
    for one in configurations.into_iter().flatten().filter_map(Value::as_object) {
        if one.get("type").and_then(Value::as_str).is_some_and(|kind| kind != "go") {
            continue;
        }
        // On this system these rows replace those outside.
        let mut one = one.clone();
        if let Some(Value::Object(own)) = one.remove("linux") {
            one.extend(own);
        }
        let name = shown(one.get("name").and_then(Value::as_str).unwrap_or("without a name").as_bytes());
        findings.extend(launch(subject, path, &name, &one));
    }
    findings
}

fn launch(subject: &Subject, path: &[u8], name: &str, one: &Map<String, Value>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for key in PATHS {
        let Some(text) = one.get(key).and_then(Value::as_str) else { continue };
        if is_windows(subject, text) {
            let value = shown(text.as_bytes());
            findings.push(
                Finding::fail(Code::GW551, path, format!("launch `{name}`: {key} is a Windows path: {value}"))
                    .why(
                        "delve takes it as it is: `malformed import path \"C:\\\\…\": invalid char ':'` or `could not launch \
                         process`. It is not on a command line, where gowrap could translate it.",
                    )
                    .fix(format!("\"{key}\": \"${{workspaceFolder}}/…\"")),
            );
        }
    }
    findings.extend(tool_path(subject, path, name, one));
    findings.extend(substitutions(path, &format!("launch `{name}`"), one));
    findings.extend(port(path, name, one));
    findings.extend(host(path, name, one));
    findings.extend(variables(subject, path, name, one));
    findings
}

/// Delve sets these variables before it builds, where they go past gowrap's repair of its own environment.
fn variables(subject: &Subject, path: &[u8], name: &str, one: &Map<String, Value>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (variable, value) in one.get("env").and_then(Value::as_object).into_iter().flatten() {
        let Some(value) = value.as_str() else { continue };
        let (variable_shown, value_shown) = (shown(variable.as_bytes()), shown(value.as_bytes()));
        if is_foreign_target(subject.host, variable.as_bytes(), value.as_bytes()) {
            findings.push(
                Finding::fail(Code::GW556, path, format!("launch `{name}` sets {variable_shown}={value_shown}"))
                    .why("dlv builds the program for another system: `could not launch process: not an executable file`.")
                    .fix(format!("remove {variable_shown} from its env")),
            );
        }
        if is_windows_variable(subject, variable, value) {
            findings.push(
                Finding::fail(
                    Code::GW551,
                    path,
                    format!("launch `{name}`: env {variable_shown} is a Windows path: {value_shown}"),
                )
                .why("delve hands it to a Go for Linux as it is: `GOPATH entry is relative; must be absolute path`.")
                .fix(format!("remove {variable_shown} from its env")),
            );
        }
    }
    findings
}

/// A variable of Go's whose value is a path, or has one, in Windows' form.
pub(super) fn is_windows_variable(subject: &Subject, name: &str, value: &str) -> bool {
    let is_path = variables::is_path(name.as_bytes(), value.as_bytes());
    is_path && value.split(';').any(|entry| subject.is_windows_path(entry.as_bytes()))
}

fn tool_path(subject: &Subject, path: &[u8], name: &str, one: &Map<String, Value>) -> Option<Finding> {
    let tool = one.get("dlvToolPath").and_then(Value::as_str).filter(|tool| !is_windows(subject, tool))?;
    if tool.is_empty() || tool.contains("${") {
        return None;
    }
    let tool = expanded(subject, tool);
    if !tool.starts_with('/') || !subject.is_file(tool.as_bytes()) {
        return Some(
            Finding::fail(Code::GW552, path, format!("launch `{name}`: there is no {}", shown(tool.as_bytes())))
                .why("`Cannot find Delve debugger (dlv dap)`: the path must be absolute and exist.")
                .fix("remove dlvToolPath"),
        );
    }
    bypass(subject, tool.as_bytes()).then(|| {
        Finding::warn(
            Code::GW553,
            path,
            format!("launch `{name}`: dlvToolPath goes past gowrap: {}", shown(tool.as_bytes())),
        )
        .why("Its address and its arguments are not repaired.")
        .fix(format!("remove dlvToolPath, and then: {LINKS_FIRST}"))
    })
}

/// Since 1.21.1 delve compares without regard to case, and lower-cases what is left of the path, as soon as the path or
/// any rule looks like Windows (`pkg/locspec`).
pub(super) fn substitutions(path: &[u8], whose: &str, one: &Map<String, Value>) -> Vec<Finding> {
    let rules = one.get("substitutePath").and_then(Value::as_array);
    let texts = |rule: &Value| {
        let text = |key| rule.get(key).and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
        (text("from"), text("to"))
    };
    let looks_windows = |text: &str| {
        let bytes = text.as_bytes();
        bytes.starts_with(b"\\\\")
            || (bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':'))
    };
    let mut findings = Vec::new();
    for (from, to) in rules.into_iter().flatten().map(texts) {
        let (from_shown, to_shown) = (shown(from.as_bytes()), shown(to.as_bytes()));
        let share = from.replace('/', "\\").to_ascii_lowercase();
        let is_share = (share.starts_with("\\\\wsl$") || share.starts_with("\\\\wsl.localhost")) && to.is_empty();
        if is_share {
            findings.push(
                Finding::fail(
                    Code::GW554,
                    path,
                    format!("{whose}: substitutePath {from_shown} -> \"\" gives relative paths"),
                )
                .why("delve eats the first slash: `could not find file home\\me\\…`, and no breakpoint is verified.")
                .fix(format!(
                    "{{ \"from\": \"{}\\\\home\", \"to\": \"/home\" }}",
                    from_shown.replace('/', "\\").trim_end_matches('\\').replace('\\', "\\\\")
                )),
            );
        } else if looks_windows(&from) || looks_windows(&to) {
            findings.push(
                Finding::warn(Code::GW554, path, format!("{whose}: substitutePath {from_shown} -> {to_shown} lower-cases paths"))
                    .why(
                        "With a rule in Windows' form delve lower-cases the rest of every path: a capital letter below it, and \
                         the breakpoint stays unverified (`could not find file …`). Delve up to 1.21.0 does not convert the \
                         separators either.",
                    )
                    .fix("open the folder inside WSL (code . in a WSL terminal), which needs no rule")
                    .fix("keep every folder and file name in lower case"),
            );
        }
    }
    findings
}

fn port(path: &[u8], name: &str, one: &Map<String, Value>) -> Option<Finding> {
    let port = one.get("port").and_then(Value::as_u64).filter(|port| (1..1024).contains(port))?;
    Some(
        Finding::warn(Code::GW555, path, format!("launch `{name}`: port {port} is below 1024"))
            .why("Only root, or who has CAP_NET_BIND_SERVICE, may listen there: `bind: permission denied`.")
            .fix("take one between 1024 and 32767"),
    )
}

fn host(path: &[u8], name: &str, one: &Map<String, Value>) -> Option<Finding> {
    let host = one.get("host").and_then(Value::as_str)?;
    let why = match host {
        "0.0.0.0" | "::" | "[::]" => {
            "Anyone who reaches this machine can run code on it while it debugs; in NAT Windows reaches it as [::1] only."
        }
        "localhost" => "It may mean ::1, where dlv does not listen: `connect ECONNREFUSED ::1:…`.",
        _ => return None,
    };
    Some(
        Finding::warn(Code::GW557, path, format!("launch `{name}`: host is {}", shown(host.as_bytes())))
            .why(why)
            .fix("\"host\": \"127.0.0.1\""),
    )
}
