//! What editors are told about Go: VS Code's `launch.json`, settings and workspace files, read and never written.
//!
//! Those of the project are looked for from the working directory up, since the folder that the editor opened is above it
//! as often as not. vscode-go looks for a tool at `go.alternateTools`, in GOBIN and GOPATH/bin, in GOROOT/bin, and only
//! then on PATH (`pathUtils.ts`).

use crate::diagnosis::Code;
use serde_json::Value;

use crate::doctor::finding::{Finding, shown, word};
use crate::doctor::go_settings::setting;
use crate::doctor::subject::Subject;
use crate::doctor::{editor_settings, jsonc, launch};
use crate::editors::EDITORS;
use crate::host::FileKind;
use crate::text::path::join;
use crate::tools::Tool;

/// The setting that goes before every other place where the extension looks.
pub(super) const LINKS_FIRST: &str =
    "gowrap setup --editor vscode --write    # go.alternateTools goes before all other places";

/// The checks of the group `editors`.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut tools_are_set = false;
    let above = |name: &[u8]| subject.upward(name).map(|folder| join(&folder, name));
    if let Some(path) = above(b".vscode/launch.json") {
        match read(subject, &path) {
            Some(Ok(value)) => findings.extend(launch::check(subject, &path, &value)),
            Some(Err(finding)) => findings.push(finding),
            None => {}
        }
    }
    let project = [workspace(subject), above(b".vscode/settings.json")].into_iter().flatten();
    for path in project.chain(personal(subject)) {
        match read(subject, &path) {
            Some(Ok(value)) => {
                // A workspace file holds the settings in a member, and what launch.json holds in another, as settings do.
                let settings = value.get("settings").filter(|_| is_workspace(&path)).unwrap_or(&value);
                tools_are_set |= settings.get("go.alternateTools").is_some();
                findings.extend(editor_settings::check(subject, &path, settings));
                findings
                    .extend(value.get("launch").into_iter().flat_map(|launch| launch::check(subject, &path, launch)));
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

/// Is it a file that names the folders of a VS Code workspace?
#[must_use]
pub fn is_workspace(path: &[u8]) -> bool {
    path.ends_with(b".code-workspace")
}

/// The nearest workspace file.
fn workspace(subject: &Subject) -> Option<Vec<u8>> {
    subject.nearest(|folder| {
        let mut names = subject.host.list(folder).unwrap_or_default();
        names.sort();
        names.into_iter().find(|name| is_workspace(name)).map(|name| join(folder, &name))
    })
}

/// A person's own settings, on the WSL side of an editor or where it runs here.
fn personal(subject: &Subject) -> Vec<Vec<u8>> {
    let Some(home) = subject.home() else { return Vec::new() };
    let config = subject.repaired(b"XDG_CONFIG_HOME").map_or_else(|| join(home, b".config"), <[u8]>::to_vec);
    let servers = EDITORS.iter().filter_map(|editor| editor.server_settings(home));
    servers.chain(EDITORS.iter().filter_map(|editor| editor.program_settings(&config))).collect()
}

fn read(subject: &Subject, path: &[u8]) -> Option<Result<Value, Finding>> {
    let text = subject.host.read(path, 4 << 20).ok()?;
    // The editor shows a sign in place of bytes that are not UTF-8, and goes on.
    let text = String::from_utf8_lossy(&text).into_owned();
    if text.trim().is_empty() {
        return None;
    }
    Some(jsonc::parse(text.as_bytes()).map_err(|error| {
        Finding::warn(Code::GW550, path, format!("it is no JSON: {}", shown(error.as_bytes())))
            .why("The editor ignores the file, or what comes after that place.")
            .fix(format!("correct {}", word(path)))
    }))
}

/// A path in Windows' form, if only by its separators: `${workspaceFolder}\\cmd`.
pub(super) fn is_windows(subject: &Subject, text: &str) -> bool {
    subject.is_windows_path(text.as_bytes()) || text.contains('\\')
}

/// A path whose `~` is the home, as the extension takes it.
pub(super) fn expanded(subject: &Subject, text: &str) -> String {
    let home = subject.home().map(|home| String::from_utf8_lossy(home).into_owned());
    match (text.strip_prefix('~'), home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => home + rest,
        _ => text.to_owned(),
    }
}

/// Does this file exist and is it not gowrap's?
pub(super) fn bypass(subject: &Subject, path: &[u8]) -> bool {
    match (subject.host.stat(path), subject.host.own_id()) {
        (Ok(stat), own) => stat.kind == FileKind::Regular && own != Some(stat.id),
        _ => false,
    }
}

/// vscode-go's own order puts these folders before PATH.
fn found_before_path(subject: &Subject) -> Vec<Finding> {
    let is_there = |folder: Option<Vec<u8>>| folder.is_some_and(|folder| subject.host.stat(&folder).is_ok());
    let has_server =
        subject.home().is_some_and(|home| EDITORS.iter().any(|editor| is_there(editor.server_folder(home))));
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
            Finding::warn(
                Code::GW560,
                found.clone(),
                format!("VS Code finds {} before PATH, past gowrap", shown(&found)),
            )
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
