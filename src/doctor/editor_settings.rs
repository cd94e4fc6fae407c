//! Checks of VS Code's settings for its Go extension and gopls: the places of Go and its tools, and their environment.

use crate::diagnosis::Code;
use serde_json::Value;

use crate::doctor::editor_paths::{bypass, expanded, is_windows};
use crate::doctor::environment::is_foreign_target;
use crate::doctor::finding::{Finding, Fix, remove_member, set_member, shown};
use crate::doctor::subject::Subject;
use crate::doctor::{launch, values};
use crate::plan::translate::translator::{Toward, Translated, Translator};
use crate::text::path::join;
use crate::tools::Tool;
use crate::tools::go::variables;

/// Settings that hold variables, each by the steps to it.
pub(super) const VARIABLES: [&[&str]; 5] = [
    &["go.toolsEnvVars"],
    &["go.testEnvVars"],
    &["terminal.integrated.env.linux"],
    &["gopls", "build.env"],
    &["gopls", "env"],
];

/// Settings that hold flags of go, each by the steps to it.
pub(super) const FLAGS: [&[&str]; 4] =
    [&["go.buildFlags"], &["go.testFlags"], &["gopls", "build.buildFlags"], &["gopls", "buildFlags"]];

/// Settings that are one path.
pub(super) const PATHS: [&str; 4] = ["go.gopath", "go.toolsGopath", "go.testEnvFile", "go.inferGopath.path"];

/// The settings of an editor or a workspace. In the file, they are below `within`.
pub(super) struct SettingsObject<'a> {
    /// The machine.
    pub subject: &'a Subject<'a>,
    /// The file.
    pub path: &'a [u8],
    /// The members.
    pub value: &'a Value,
    /// The steps to them in the file.
    pub within: &'a [&'a str],
}

/// Returns the member at the end of these steps.
fn at<'v>(value: &'v Value, steps: &[&str]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| value.get(step))
}

impl SettingsObject<'_> {
    /// The checks of settings.
    #[must_use]
    pub(super) fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(root) = self.value.get("go.goroot").and_then(Value::as_str).filter(|root| !root.is_empty()) {
            findings.extend(self.goroot(root));
        }
        for (tool, place) in self.value.get("go.alternateTools").and_then(Value::as_object).into_iter().flatten() {
            let Some(place) = place.as_str() else { continue };
            findings.extend(self.alternate(tool, place));
        }
        findings.extend(self.tools_go());
        findings.extend(self.paths());
        for steps in VARIABLES {
            findings.extend(self.variables(steps));
        }
        for steps in FLAGS {
            findings.extend(self.flags(steps));
        }
        if let Some(delve) = self.value.get("go.delveConfig").and_then(Value::as_object) {
            let within: Vec<&str> = self.within.iter().chain(&["go.delveConfig"]).copied().collect();
            findings.extend(launch::substitutions(self.path, "go.delveConfig", delve, &within));
        }
        findings
    }

    fn remove(&self, steps: &[&str], key: &str) -> Fix {
        let within: Vec<&str> = self.within.iter().chain(steps).copied().collect();
        remove_member(self.path, &within, key)
    }

    fn paths(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for key in PATHS {
            let text = self.value.get(key).and_then(Value::as_str).filter(|text| is_windows(self.subject, text));
            let Some(text) = text else { continue };
            let why = match key {
                "go.testEnvFile" => "The extension reads it inside WSL and does not find it: tests run without it.",
                _ => {
                    "Inside WSL the extension passes it to a Linux go: `GOPATH entry is relative; must be absolute \
                     path`."
                }
            };
            findings.push(
                Finding::fail(Code::GW558, self.path, format!("{key} is a Windows path: {}", shown(text.as_bytes())))
                    .why(why)
                    .fix(self.remove(&[], key)),
            );
        }
        findings
    }

    /// Variables that the extension, the terminal or gopls sets for every program that it starts.
    fn variables(&self, steps: &[&str]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let key = steps.join(".");
        for (name, value) in at(self.value, steps).and_then(Value::as_object).into_iter().flatten() {
            let Some(value) = value.as_str() else { continue };
            let (name_shown, value_shown) = (shown(name.as_bytes()), shown(value.as_bytes()));
            if is_foreign_target(self.subject.host, name.as_bytes(), value.as_bytes()) {
                findings.push(
                    Finding::warn(Code::GW556, self.path, format!("{key} sets {name_shown}={value_shown}"))
                        .why(
                            "The editor shows files of that system, and builds every test and every debugged program \
                             for it: `exec format error`, `could not launch process: not an executable file`.",
                        )
                        .fix(self.remove(steps, name)),
                );
            }
            if let Some(why) = values::windows_value(self.subject, name, value) {
                findings.push(
                    Finding::fail(Code::GW558, self.path, format!("{key} has {name_shown} on Windows: {value_shown}"))
                        .why(why)
                        .fix(self.remove(steps, name)),
                );
            }
        }
        findings
    }

    /// Flags of go, in a list.
    fn flags(&self, steps: &[&str]) -> Option<Finding> {
        let (key, within) = steps.split_last()?;
        let flags = at(self.value, steps)?.as_array()?;
        let bad = flags.iter().filter_map(Value::as_str).find_map(|flag| values::windows_flag(self.subject, flag))?;
        let left: Vec<Value> = flags
            .iter()
            .filter(|flag| flag.as_str().is_none_or(|flag| values::windows_flag(self.subject, flag).is_none()))
            .cloned()
            .collect();
        let all: Vec<&str> = self.within.iter().chain(within).copied().collect();
        Some(
            Finding::fail(
                Code::GW558,
                self.path,
                format!("{} has a Windows path: {}", steps.join("."), shown(bad.as_bytes())),
            )
            .why("A Linux go gets it unchanged and does not find it: gopls loads no package, and nothing builds.")
            .fix(set_member(self.path, &all, key, &Value::from(left))),
        )
    }

    fn goroot(&self, root: &str) -> Option<Finding> {
        let subject = self.subject;
        if is_windows(subject, root) || subject.is_on_drive(expanded(subject, root).as_bytes()) {
            return Some(
                Finding::fail(Code::GW558, self.path, format!("go.goroot is Windows' Go: {}", shown(root.as_bytes())))
                    .why("The extension looks for go there before PATH, and finds none that can run.")
                    .fix(self.remove(&[], "go.goroot")),
            );
        }
        let there = expanded(subject, root);
        if there.contains('$') || subject.is_file(&join(there.as_bytes(), b"bin/go")) {
            let cwd = subject.host.cwd().ok()?;
            let shared = subject.is_on_drive(cwd) && self.path.starts_with(cwd);
            return shared.then(|| {
                let title = format!("go.goroot={} is set in a folder that Windows opens too", shown(root.as_bytes()));
                Finding::warn(Code::GW559, self.path, title)
                    .why(
                        "VS Code on Windows reads it as a Windows path: `Cannot find \\usr\\local\\go\\bin\\go.exe`. \
                         Open the folder inside WSL (`code .` in a WSL terminal), or keep the setting in the WSL \
                         machine's settings.",
                    )
                    .fix(self.remove(&[], "go.goroot"))
            });
        }
        Some(
            Finding::fail(Code::GW558, self.path, format!("go.goroot={} has no go", shown(root.as_bytes())))
                .why(
                    "`Failed to run \"go env\" to find GOPATH as the \"go\" binary cannot be found in either \
                GOROOT(…) or PATH`.",
                )
                .fix(self.remove(&[], "go.goroot")),
        )
    }

    /// The go with which the extension builds its tools.
    fn tools_go(&self) -> Option<Finding> {
        const KEY: &str = "go.toolsManagement.go";
        let given = self.value.get(KEY).and_then(Value::as_str).filter(|go| !go.is_empty())?;
        let go = expanded(self.subject, given);
        let on_windows =
            is_windows(self.subject, &go) || go.ends_with(".exe") || self.subject.is_on_drive(go.as_bytes());
        let missing = go.starts_with('/') && !go.contains('$') && !self.subject.is_file(go.as_bytes());
        if !on_windows && !missing {
            return None;
        }
        let what = if on_windows { "is Windows' Go" } else { "names no file" };
        Some(
            Finding::fail(Code::GW558, self.path, format!("{KEY} {what}: {}", shown(given.as_bytes())))
                .why(
                    "The extension uses it to install dlv, gopls and its other tools. They are not installed, or are \
                built for Windows.",
                )
                .fix(self.remove(&[], KEY)),
        )
    }

    fn alternate(&self, tool: &str, given: &str) -> Option<Finding> {
        let subject = self.subject;
        let place = expanded(subject, given);
        let (name, shown_place) = (shown(tool.as_bytes()), shown(place.as_bytes()));
        let fix = self.remove(&["go.alternateTools"], tool);
        if is_windows(subject, &place) || place.ends_with(".exe") || subject.is_on_drive(place.as_bytes()) {
            return Some(
                Finding::fail(
                    Code::GW558,
                    self.path,
                    format!("go.alternateTools has {name} on Windows: {shown_place}"),
                )
                .why("It cannot run inside WSL, or runs as a Windows program that does not see these files.")
                .fix(fix),
            );
        }
        if !place.starts_with('/') || place.contains('$') {
            return None;
        }
        if !subject.is_file(place.as_bytes()) {
            return Some(
                Finding::fail(
                    Code::GW558,
                    self.path,
                    format!("go.alternateTools names a {name} that does not exist: {shown_place}"),
                )
                .why("The extension looks there first.")
                .fix(fix),
            );
        }
        let concerns = Tool::named(tool.as_bytes()).is_some();
        (concerns && bypass(subject, place.as_bytes())).then(|| {
            Finding::warn(
                Code::GW553,
                self.path,
                format!(
                    "go.alternateTools makes {name} bypass gowrap: \
                                                           {shown_place}"
                ),
            )
            .why("gowrap cannot fix Windows paths and missing variables in its calls.")
            .fix(fix)
        })
    }
}

/// Returns the Windows paths in these settings that can be translated: the steps to each, and the path in Linux form.
#[must_use]
pub(super) fn linux_paths(subject: &Subject, value: &Value) -> Vec<(Vec<String>, String)> {
    let translator = Translator::new(subject.host, subject.environ, Toward::Linux);
    let translated = |text: &str| match translator.list(text.as_bytes()) {
        Translated::Becomes(path) => String::from_utf8(path).ok(),
        _ => None,
    };
    let mut found = Vec::new();
    for key in PATHS {
        let path = value.get(key).and_then(Value::as_str).and_then(translated);
        found.extend(path.map(|path| (vec![key.to_owned()], path)));
    }
    for steps in VARIABLES {
        for (name, value) in at(value, steps).and_then(Value::as_object).into_iter().flatten() {
            // Windows' Go does not work under its Linux path either.
            if name == "GOROOT" || !variables::is_settable(name.as_bytes()) {
                continue;
            }
            let Some(text) = value.as_str() else { continue };
            if !variables::is_path(name.as_bytes(), text.as_bytes())
                || values::windows_value(subject, name, text).is_none()
            {
                continue;
            }
            let Some(path) = translated(text) else { continue };
            let steps = steps.iter().map(|step| (*step).to_owned()).chain([name.clone()]);
            found.push((steps.collect(), path));
        }
    }
    found
}

/// The tools that these settings name.
#[must_use]
pub(super) fn named_tools(value: &Value) -> Vec<Tool> {
    let tools = value.get("go.alternateTools").and_then(Value::as_object);
    let set = tools.into_iter().flatten().filter(|(_, place)| place.as_str().is_some_and(|place| !place.is_empty()));
    set.filter_map(|(name, _)| Tool::named(name.as_bytes())).collect()
}
