//! What editors are told about Go: VS Code's `launch.json` and `settings.json`, read and never written.
//!
//! Delve gets what `launch.json` says inside DAP, where no command line shows it and nothing can repair it. vscode-go looks
//! for a tool at `go.alternateTools`, in GOBIN and GOPATH/bin, in GOROOT/bin, and only then on PATH (`pathUtils.ts`).

use serde_json::{Map, Value};

use super::finding::{Finding, shown, word};
use super::go_settings::setting;
use super::jsonc;
use super::subject::Subject;
use crate::host::FileKind;
use crate::plan::resolve::join;
use crate::tool::Tool;

/// The setting that goes before every other place where the extension looks.
const LINKS_FIRST: &str = "gowrap setup --editor vscode --write    # go.alternateTools goes before all other places";

/// The checks of the group `editors`.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    let folder = subject.upward(b".vscode");
    let mut tools_are_set = false;
    if let Some(folder) = &folder {
        let launch = join(folder, b".vscode/launch.json");
        match read(subject, &launch) {
            Some(Ok(value)) => findings.extend(launches(subject, &launch, &value)),
            Some(Err(finding)) => findings.push(finding),
            None => {}
        }
    }
    let machine = subject.home().map(|home| join(home, b".vscode-server/data/Machine/settings.json"));
    let user = subject.home().map(|home| join(home, b".config/Code/User/settings.json"));
    for path in [folder.map(|folder| join(&folder, b".vscode/settings.json")), machine, user].into_iter().flatten() {
        match read(subject, &path) {
            Some(Ok(value)) => {
                tools_are_set |= value.get("go.alternateTools").is_some();
                findings.extend(settings(subject, &path, &value));
            }
            Some(Err(finding)) => findings.push(finding),
            None => {}
        }
    }
    if !tools_are_set {
        findings.extend(found_before_path(subject));
    }
    findings
}

fn read(subject: &Subject, path: &[u8]) -> Option<Result<Value, Finding>> {
    let text = subject.host.read(path, 4 << 20).ok()?;
    if text.trim_ascii().is_empty() {
        return None;
    }
    Some(jsonc::parse(&text).map_err(|error| {
        Finding::warn("GW550", path, format!("it is no JSON: {}", shown(error.as_bytes())))
            .why("The editor ignores the file, or what comes after that place.")
            .fix(format!("correct {}", word(path)))
    }))
}

/// Arguments of delve's DAP that are paths (`service/dap/types.go`).
const PATHS: [&str; 8] =
    ["program", "cwd", "output", "dlvCwd", "coreFilePath", "traceDirPath", "dlvToolPath", "envFile"];

fn launches(subject: &Subject, path: &[u8], value: &Value) -> Vec<Finding> {
    let configurations = value.get("configurations").and_then(Value::as_array);
    let mut findings = Vec::new();
    for one in configurations.into_iter().flatten().filter_map(Value::as_object) {
        if one.get("type").and_then(Value::as_str).is_some_and(|kind| kind != "go") {
            continue;
        }
        let name = shown(one.get("name").and_then(Value::as_str).unwrap_or("without a name").as_bytes());
        findings.extend(launch(subject, path, &name, one));
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
                Finding::fail("GW551", path, format!("launch `{name}`: {key} is a Windows path: {value}"))
                    .why(
                        "delve takes it as it is: `malformed import path \"C:\\\\…\": invalid char ':'` or `could not launch \
                         process`. It is not on a command line, where gowrap could translate it.",
                    )
                    .fix(format!("\"{key}\": \"${{workspaceFolder}}/…\"")),
            );
        }
    }
    findings.extend(tool_path(subject, path, name, one));
    findings.extend(substitutions(path, name, one));
    findings.extend(port(path, name, one));
    findings.extend(host(path, name, one));
    let variables = one.get("env").and_then(Value::as_object);
    let foreign = variables
        .and_then(|env| env.get("GOOS"))
        .and_then(Value::as_str)
        .filter(|goos| *goos != "linux" && !goos.is_empty());
    if let Some(goos) = foreign {
        findings.push(
            Finding::fail("GW556", path, format!("launch `{name}` sets GOOS={}", shown(goos.as_bytes())))
                .why("dlv builds the program for another system: `could not launch process: not an executable file`.")
                .fix("remove GOOS from its env"),
        );
    }
    findings
}

fn is_windows(subject: &Subject, text: &str) -> bool {
    subject.is_windows_path(text.as_bytes()) || text.starts_with(".\\") || text.starts_with("..\\")
}

fn tool_path(subject: &Subject, path: &[u8], name: &str, one: &Map<String, Value>) -> Option<Finding> {
    let tool = one.get("dlvToolPath").and_then(Value::as_str).filter(|tool| !is_windows(subject, tool))?;
    if tool.contains("${") {
        return None;
    }
    if !tool.starts_with('/') || !subject.is_file(tool.as_bytes()) {
        return Some(
            Finding::fail("GW552", path, format!("launch `{name}`: there is no {}", shown(tool.as_bytes())))
                .why("`Cannot find Delve debugger (dlv dap)`: the path must be absolute and exist.")
                .fix("remove dlvToolPath"),
        );
    }
    bypass(subject, tool.as_bytes()).then(|| {
        Finding::warn(
            "GW553",
            path,
            format!("launch `{name}`: dlvToolPath goes past gowrap: {}", shown(tool.as_bytes())),
        )
        .why("Its address and its arguments are not repaired.")
        .fix(LINKS_FIRST)
    })
}

/// Does this file exist and is it not gowrap's?
fn bypass(subject: &Subject, path: &[u8]) -> bool {
    match (subject.host.stat(path), subject.host.own_id()) {
        (Ok(stat), own) => stat.kind == FileKind::Regular && own != Some(stat.id),
        _ => false,
    }
}

/// Since 1.21.1 delve compares without regard to case, and lower-cases what is left of the path, as soon as the path or
/// any rule looks like Windows (`pkg/locspec`).
fn substitutions(path: &[u8], name: &str, one: &Map<String, Value>) -> Vec<Finding> {
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
        let is_share = from.starts_with("\\\\wsl") && to.is_empty();
        if is_share {
            findings.push(
                Finding::fail(
                    "GW554",
                    path,
                    format!("launch `{name}`: substitutePath {from_shown} -> \"\" gives relative paths"),
                )
                .why("delve eats the first slash: `could not find file home\\me\\…`, and no breakpoint is verified.")
                .fix(format!("{{ \"from\": \"{}\\\\home\", \"to\": \"/home\" }}", from_shown.replace('\\', "\\\\"))),
            );
        } else if looks_windows(&from) || looks_windows(&to) {
            findings.push(
                Finding::warn("GW554", path, format!("launch `{name}`: substitutePath {from_shown} -> {to_shown} lower-cases paths"))
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
        Finding::warn("GW555", path, format!("launch `{name}`: port {port} is below 1024"))
            .why("Only root, or who has CAP_NET_BIND_SERVICE, may listen there: `bind: permission denied`.")
            .fix("take one between 1024 and 32767"),
    )
}

fn host(path: &[u8], name: &str, one: &Map<String, Value>) -> Option<Finding> {
    let host = one.get("host").and_then(Value::as_str)?;
    let why = match host {
        "0.0.0.0" | "::" | "[::]" | "" => {
            "Anyone who reaches this machine can run code on it while it debugs; in NAT Windows reaches it as [::1] only."
        }
        "localhost" => "It may mean ::1, where dlv does not listen: `connect ECONNREFUSED ::1:…`.",
        _ => return None,
    };
    Some(
        Finding::warn("GW557", path, format!("launch `{name}`: host is {}", shown(host.as_bytes())))
            .why(why)
            .fix("\"host\": \"127.0.0.1\""),
    )
}

fn settings(subject: &Subject, path: &[u8], value: &Value) -> Vec<Finding> {
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
            Finding::fail("GW558", path, format!("{key} is a Windows path: {}", shown(text.as_bytes())))
                .why("Inside WSL the extension hands it to a Go for Linux: `GOPATH entry is relative; must be absolute path`.")
                .fix(format!("remove {key}")),
        );
    }
    findings
}

fn goroot(subject: &Subject, path: &[u8], root: &str) -> Option<Finding> {
    if is_windows(subject, root) || subject.is_on_drive(root.as_bytes()) {
        return Some(
            Finding::fail("GW558", path, format!("go.goroot is Windows' Go: {}", shown(root.as_bytes())))
                .why("The extension looks for go there before PATH, and finds none that runs here.")
                .fix("remove go.goroot"),
        );
    }
    if root.contains('$') || subject.is_file(&join(root.as_bytes(), b"bin/go")) {
        let cwd = subject.host.cwd().ok()?;
        let shared = subject.is_on_drive(cwd) && path.starts_with(cwd);
        return shared.then(|| {
            Finding::warn("GW559", path, format!("go.goroot={} stands in a folder that Windows opens too", shown(root.as_bytes())))
                .why("VS Code on Windows takes it for a Windows path: `Cannot find \\usr\\local\\go\\bin\\go.exe`.")
                .fix("open the folder inside WSL (code . in a WSL terminal), or move the setting to the WSL machine's settings")
        });
    }
    Some(
        Finding::fail("GW558", path, format!("go.goroot={} holds no go", shown(root.as_bytes())))
            .why("`Failed to run \"go env\" to find GOPATH as the \"go\" binary cannot be found in either GOROOT(…) or PATH`.")
            .fix("remove go.goroot"),
    )
}

fn alternate(subject: &Subject, path: &[u8], tool: &str, at: &str) -> Option<Finding> {
    let (name, place) = (shown(tool.as_bytes()), shown(at.as_bytes()));
    if is_windows(subject, at) || subject.is_on_drive(at.as_bytes()) {
        return Some(
            Finding::fail("GW558", path, format!("go.alternateTools has {name} on Windows: {place}"))
                .why("It cannot run inside WSL, or runs as a Windows program that does not see these files.")
                .fix(LINKS_FIRST),
        );
    }
    if !at.starts_with('/') || at.contains('$') {
        return None;
    }
    if !subject.is_file(at.as_bytes()) {
        return Some(
            Finding::fail("GW558", path, format!("go.alternateTools has {name} where nothing is: {place}"))
                .why("The extension looks there first.")
                .fix(LINKS_FIRST),
        );
    }
    let concerns = Tool::named(tool.as_bytes()).is_some();
    (concerns && bypass(subject, at.as_bytes())).then(|| {
        Finding::warn("GW553", path, format!("go.alternateTools sends {name} past gowrap: {place}"))
            .why("What crosses the border in its calls is not repaired.")
            .fix(LINKS_FIRST)
    })
}

/// vscode-go's own order puts these folders before PATH.
fn found_before_path(subject: &Subject) -> Vec<Finding> {
    let has_server = subject.home().is_some_and(|home| subject.host.stat(&join(home, b".vscode-server")).is_ok());
    let is_below =
        [&b"VSCODE_IPC_HOOK_CLI"[..], b"VSCODE_AGENT_FOLDER"].iter().any(|name| subject.environ.get(name).is_some());
    if !subject.host.kind().is_wsl() || !(has_server || is_below) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for tool in [Tool::Go, Tool::Dlv] {
        let found = folders(subject, tool).into_iter().map(|folder| join(&folder, tool.name().as_bytes()));
        let Some(found) = found.into_iter().find(|path| bypass(subject, path)) else { continue };
        findings.push(
            Finding::warn("GW560", found.clone(), format!("VS Code finds {} before PATH, past gowrap", shown(&found)))
                .why("The extension looks in GOBIN, GOPATH/bin and GOROOT/bin first.")
                .fix(LINKS_FIRST),
        );
    }
    findings
}

fn folders(subject: &Subject, tool: Tool) -> Vec<Vec<u8>> {
    let mut folders = Vec::new();
    folders.extend(setting(subject, b"GOBIN").map(|set| set.value));
    if tool != Tool::Go {
        let gopath = setting(subject, b"GOPATH").map(|set| set.value);
        let gopath = gopath.or_else(|| subject.home().map(|home| join(home, b"go"))).unwrap_or_default();
        let entries = gopath.split(|&byte| byte == b':').filter(|entry| !entry.is_empty());
        folders.extend(entries.map(|entry| join(entry, b"bin")));
    }
    folders.extend(subject.repaired(b"GOROOT").map(|root| join(root, b"bin")));
    folders.retain(|folder| !subject.host.is_shim_folder(folder));
    folders
}
