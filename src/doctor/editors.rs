//! Checks of editors: VS Code's `launch.json`, settings and workspace files, read and never written.
//!
//! Project files are searched from the working directory up, because the folder that the editor opened is often above
//! it. vscode-go searches a tool at `go.alternateTools`, in GOBIN and GOPATH/bin, in GOROOT/bin, and last on PATH
//! (`pathUtils.ts`).

use crate::diagnosis::Code;
use serde_json::Value;

use crate::doctor::editor_paths::bypass;
use crate::doctor::editor_settings::SettingsObject;
use crate::doctor::finding::{Finding, Fix, set_member, shown};
use crate::doctor::go_settings::setting;
use crate::doctor::subject::Subject;
use crate::doctor::{build_tasks, editor_settings, launch};
use crate::editors::{EDITORS, Editor};
use crate::jsonc;
use crate::setup::json_value;
use crate::setup::replaced::{Replaced, TextLocation};
use crate::text::path::basename;
use crate::text::path::join;
use crate::tools::Tool;

/// A JSON file of an editor.
struct SettingsFile {
    path: Vec<u8>,
    value: Value,
}

impl SettingsFile {
    /// Returns the settings in it, and the steps to them: in a workspace file, they are in a member.
    fn settings(&self) -> (&Value, &'static [&'static str]) {
        match self.value.get("settings").filter(|_| is_workspace(&self.path)) {
            Some(settings) => (settings, &["settings"]),
            None => (&self.value, &[]),
        }
    }
}

/// The checks of the group `editors`.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    let above = |name: &[u8]| subject.upward(name).map(|folder| join(&folder, name));
    if let Some(file) = above(b".vscode/launch.json").and_then(|path| read(subject, path, &mut findings)) {
        findings.extend(launch::check(subject, &file.path, &file.value, &[]));
    }
    if let Some(file) = above(b".vscode/tasks.json").and_then(|path| read(subject, path, &mut findings)) {
        findings.extend(build_tasks::check(subject, &file.path, &file.value, &[]));
    }
    let (project, personal) = settings_files(subject, &mut findings);
    for file in project.iter().chain(&personal) {
        let (value, within) = file.settings();
        findings.extend(SettingsObject { subject, path: &file.path, value, within }.check());
        // A workspace file and the settings can hold the contents of launch.json and tasks.json in members.
        if let Some(launch) = file.value.get("launch") {
            findings.extend(launch::check(subject, &file.path, launch, &["launch"]));
        }
        if let Some(tasks) = file.value.get("tasks").filter(|tasks| tasks.is_object()) {
            findings.extend(build_tasks::check(subject, &file.path, tasks, &["tasks"]));
        }
    }
    findings.extend(found_before_path(subject, &project, &personal).into_iter().map(|(_, finding)| finding));
    findings
}

/// Returns the editors that find a tool before they search PATH, and so bypass gowrap.
#[must_use]
pub(super) fn past_gowrap(subject: &Subject) -> Vec<Editor> {
    let (project, personal) = settings_files(subject, &mut Vec::new());
    let mut editors: Vec<Editor> =
        found_before_path(subject, &project, &personal).into_iter().map(|(editor, _)| editor).collect();
    editors.dedup();
    editors
}

/// Returns the Windows paths in the user's own settings that can be translated. A project's settings are shared with
/// others, so they stay.
#[must_use]
pub(super) fn paths_to_translate(subject: &Subject) -> Vec<Replaced> {
    let mut replaced = Vec::new();
    for file in personal(subject).into_iter().filter_map(|path| read(subject, path, &mut Vec::new())) {
        let Ok(text) = subject.host.read(&file.path, 4 << 20) else { continue };
        for (steps, path) in editor_settings::linux_paths(subject, &file.value) {
            let Some(from) = json_value::range(&text, &steps).and_then(|range| text.get(range)) else { continue };
            let (file, from, to) = (file.path.clone(), from.to_vec(), Value::from(path).to_string().into_bytes());
            replaced.push(Replaced { file, location: TextLocation::Value(steps), from, to });
        }
    }
    replaced
}

/// The settings of the project, and those of the user.
fn settings_files(subject: &Subject, findings: &mut Vec<Finding>) -> (Vec<SettingsFile>, Vec<SettingsFile>) {
    let own = subject.upward(b".vscode/settings.json").map(|folder| join(&folder, b".vscode/settings.json"));
    let project = [workspace(subject), own].into_iter().flatten();
    let project = project.filter_map(|path| read(subject, path, findings)).collect();
    let personal = personal(subject).into_iter().filter_map(|path| read(subject, path, findings)).collect();
    (project, personal)
}

/// Returns true if it is a file that names the folders of a VS Code workspace.
#[must_use]
pub(super) fn is_workspace(path: &[u8]) -> bool {
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

/// The user's own settings, on the WSL side of an editor or where it runs here.
fn personal(subject: &Subject) -> Vec<Vec<u8>> {
    let Some(home) = subject.home() else { return Vec::new() };
    let config = subject.repaired(b"XDG_CONFIG_HOME").map_or_else(|| join(home, b".config"), <[u8]>::to_vec);
    let servers = EDITORS.iter().filter_map(|editor| editor.server_settings(home));
    servers.chain(EDITORS.iter().filter_map(|editor| editor.program_settings(&config))).collect()
}

fn read(subject: &Subject, path: Vec<u8>, findings: &mut Vec<Finding>) -> Option<SettingsFile> {
    let text = subject.host.read(&path, 4 << 20).ok()?;
    // The editor replaces bytes that are not UTF-8 and continues.
    let text = String::from_utf8_lossy(&text).into_owned();
    if text.trim().is_empty() {
        return None;
    }
    match jsonc::parse(text.as_bytes()) {
        Ok(value) => Some(SettingsFile { path, value }),
        Err(error) => {
            let title = format!("{} is not valid JSON: {}", shown(basename(&path)), shown(error.as_bytes()));
            findings.push(
                Finding::warn(Code::GW550, path.clone(), title)
                    .why("The editor ignores the file, or the text after that position. Correct it there."),
            );
            None
        }
    }
}

/// Returns the editors that have run here, or whose server has run here, each with its settings file.
fn present(subject: &Subject) -> Vec<(Editor, Vec<u8>)> {
    let Some(home) = subject.home() else { return Vec::new() };
    let is_there = |folder: &Option<Vec<u8>>| folder.as_ref().is_some_and(|folder| subject.host.stat(folder).is_ok());
    let servers = EDITORS.iter().filter(|editor| is_there(&editor.server_folder(home)));
    let mut present: Vec<(Editor, Vec<u8>)> =
        servers.filter_map(|editor| Some((*editor, editor.server_settings(home)?))).collect();
    let is_below =
        [&b"VSCODE_IPC_HOOK_CLI"[..], b"VSCODE_AGENT_FOLDER"].iter().any(|name| subject.environ.get(name).is_some());
    if present.is_empty() && is_below {
        let first = EDITORS.first();
        present.extend(first.and_then(|editor| Some((*editor, editor.server_settings(home)?))));
    }
    present
}

/// Finds tools that vscode-go finds before it searches PATH. It does not search a tool that its settings name. Each
/// server has its own settings; the project's settings apply to all of them.
fn found_before_path(subject: &Subject, project: &[SettingsFile], personal: &[SettingsFile]) -> Vec<(Editor, Finding)> {
    if !subject.host.kind().is_wsl() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (editor, settings) in present(subject) {
        let own = personal.iter().filter(|file| file.path == settings);
        let named: Vec<Tool> =
            project.iter().chain(own).flat_map(|file| editor_settings::named_tools(file.settings().0)).collect();
        for tool in [Tool::Go, Tool::Dlv] {
            let found = folders(subject, tool).into_iter().map(|folder| join(&folder, tool.name().as_bytes()));
            let Some(found) = found.into_iter().find(|path| bypass(subject, path)).filter(|_| !named.contains(&tool))
            else {
                continue;
            };
            let title = format!("{} finds {} before PATH, and bypasses gowrap", editor.title, shown(&found));
            let finding = Finding::warn(Code::GW560, found, title)
                .why(
                    "The Go extension looks in GOBIN, GOPATH/bin and GOROOT/bin first. go.alternateTools takes \
                     precedence over them.",
                )
                .fix(match (own_entries(personal, &settings), subject.shims()) {
                    // Setup replaces no entry that a person made.
                    (true, Some(shims)) => set_member(
                        &settings,
                        &["go.alternateTools"],
                        tool.name(),
                        &Value::from(shown(&join(shims, tool.name().as_bytes()))),
                    ),
                    (_, Some(_)) => Fix::Type(format!("gowrap setup --editor {} --write", editor.word)),
                    // The settings name shims.
                    (_, None) => Fix::Type(format!("gowrap setup && gowrap setup --editor {} --write", editor.word)),
                });
            findings.push((editor, finding));
        }
    }
    findings
}

/// Returns true if an editor's own settings name tools already.
fn own_entries(personal: &[SettingsFile], settings: &[u8]) -> bool {
    let own = personal.iter().filter(|file| file.path == settings);
    own.flat_map(|file| editor_settings::named_tools(file.settings().0)).next().is_some()
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
