//! Shares variables with a Windows tool.
//!
//! A Windows program gets Windows' own variables. From the Linux environment, it gets only those that WSLENV lists. So
//! gowrap adds the user's Go settings to WSLENV, except those that Windows cannot use. It does not share a folder on
//! the Linux side: go.exe cannot lock files there, and Windows has its own cache and module folder.

use alloc::borrow::Cow;

use crate::config::Switch;
use crate::diagnosis::{Code, Note, wording};
use crate::plan::model::{Decisions, EnvChange, Stage};
use crate::plan::translate::env::without_cr;
use crate::plan::translate::slot;
use crate::plan::translate::translator::{Translated, Translator};
use crate::plan::translate::wslenv::{Crossing, WslEnv};
use crate::prelude::*;
use crate::tools::go::variables;
use crate::tools::go::variables::VariableKind;
use crate::wslpath::PathShape;

/// Translators for the values.
pub(crate) struct Translators<'t> {
    /// Translates to Windows form, for variables that WSL passes on unchanged.
    pub toward_windows: &'t Translator<'t>,
    /// Translates to Linux form, for variables that WSL itself translates to Windows form.
    pub toward_linux: &'t Translator<'t>,
    /// `paths.translate`.
    pub switch: Switch,
}

/// Adds Go's settings to WSLENV for a Windows `go`, `gofmt` or `dlv`.
pub(crate) fn for_tool(translators: &Translators, decisions: &mut Decisions) {
    let mut names: Vec<Vec<u8>> = Vec::new();
    for (name, value) in decisions.environ.iter() {
        if variables::is_settable(name) && !value.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_vec());
        }
    }
    let mut list = WslenvEdit::read(decisions);
    for name in names {
        let value = decisions.environ.get(&name).unwrap_or_default().to_vec();
        let (text, trimmed) = without_cr(&value);
        // An empty value would delete the one of Windows.
        if text.is_empty() {
            continue;
        }
        match export(&name, text, translators, &list.entries) {
            Export::Unchanged => {
                list.entries.add(&name);
                if trimmed {
                    let why = "carriage return at the end, from a file with Windows line endings";
                    let change = translated(name, value.clone(), text.to_vec(), why);
                    decisions.change_env(EnvChange { source: "trimmed".into(), ..change });
                }
            }
            Export::Changed(to, why) => {
                list.entries.add(&name);
                decisions.change_env(translated(name, value, to, why));
            }
            Export::Withheld(why) => {
                decisions.notes.push(withheld(Note::info, &name, &why));
                list.entries.remove(&name);
            }
            Export::AsListed(note) => decisions.notes.push(note),
        }
    }
    list.write(decisions);
}

/// Adds GOCOVERDIR, the only variable that a Windows test binary needs from `go test`.
pub(crate) fn for_test_binary(translators: &Translators, decisions: &mut Decisions) {
    let name = b"GOCOVERDIR";
    let Some(value) = decisions.environ.get_nonempty(name).map(<[u8]>::to_vec) else { return };
    let mut list = WslenvEdit::read(decisions);
    if list.entries.crossing(name) == Crossing::Translated {
        return;
    }
    match translators.toward_windows.path(&value) {
        Translated::Same => {}
        Translated::Becomes(to) if translators.switch == Switch::On => {
            decisions.change_env(translated(name.to_vec(), value, to, translators.toward_windows.why()));
        }
        Translated::Becomes(_) => {
            decisions.notes.push(withheld(Note::warn, name, UNTRANSLATED));
            return;
        }
        Translated::NoCounterpart(untranslatable) => {
            decisions.notes.push(withheld(Note::warn, name, &untranslatable.why));
            return;
        }
    }
    list.entries.add(name);
    list.write(decisions);
}

/// Way in which a variable is exported to Windows.
enum Export {
    /// With its value unchanged.
    Unchanged,
    /// With this value, for this reason.
    Changed(Vec<u8>, &'static str),
    /// Not exported, for this reason.
    Withheld(Cow<'static, str>),
    /// As the user's own entry in WSLENV says, with a note.
    AsListed(Note),
}

const FOREIGN: &str = "it belongs to the Linux toolchain";
const ON_LINUX: &str = "it is on the Linux side, where go.exe cannot lock files; Windows uses its own";
const UNTRANSLATED: &str = "path translation is off (paths.translate), and Windows cannot use a Linux path";

fn withheld(note: fn(Code, Vec<u8>) -> Note, name: &[u8], why: &str) -> Note {
    note(Code::GW410, wording(|| [name, b" is not shared with Windows: ", why.as_bytes()].concat()))
}

fn export(name: &[u8], value: &[u8], translators: &Translators, list: &WslEnv) -> Export {
    let toward_windows = translators.toward_windows;
    match (variables::kind(name), list.crossing(name)) {
        _ if matches!(name, b"GOROOT" | b"GOTOOLDIR") => Export::Withheld(wording(|| FOREIGN.into())),
        (Some(VariableKind::Program | VariableKind::Output), _) => Export::Withheld(wording(|| FOREIGN.into())),
        (_, Crossing::Translated) => translated_by_wsl(name, value, translators),
        (_, Crossing::Never) if list.lists(name) => {
            Export::AsListed(withheld(Note::info, name, "its flags in WSLENV exclude it"))
        }
        (Some(VariableKind::CompilerFlags), _) if value.contains(&b'/') => {
            Export::Withheld(wording(|| "it may hold Linux paths".into()))
        }
        (Some(VariableKind::Dir | VariableKind::File), _) if variables::is_path(name, value) => {
            on_windows(value, toward_windows.path(value), translators)
        }
        (Some(VariableKind::List), _) if variables::is_path(name, value) => {
            on_windows(value, toward_windows.list(value), translators)
        }
        _ => match slot::value(name, value, toward_windows) {
            Translated::Becomes(windows) if translators.switch == Switch::On => {
                Export::Changed(windows, toward_windows.why())
            }
            Translated::Same | Translated::Becomes(_) => Export::Unchanged,
            Translated::NoCounterpart(untranslatable) => Export::Withheld(untranslatable.why),
        },
    }
}

/// Exports a path, or a list of paths, if it is on a Windows drive. This is decided by the Windows form, in which links
/// are resolved: a Linux folder is always below `\\wsl.localhost`.
fn on_windows(value: &[u8], translated: Translated, translators: &Translators) -> Export {
    let windows = match &translated {
        Translated::Same => value,
        Translated::Becomes(windows) => windows,
        Translated::NoCounterpart(untranslatable) => return Export::Withheld(untranslatable.why.clone()),
    };
    // `NUL`, the translated null device, is not a folder either.
    let is_on_linux =
        |path: &[u8]| matches!(PathShape::of(path), PathShape::Distro(_) | PathShape::Unix) || path == b"NUL";
    if windows.split(|&byte| byte == b';').any(is_on_linux) {
        return Export::Withheld(wording(|| ON_LINUX.into()));
    }
    match translated {
        Translated::Becomes(windows) if translators.switch == Switch::On => {
            Export::Changed(windows, translators.toward_windows.why())
        }
        Translated::Becomes(_) => Export::Withheld(wording(|| UNTRANSLATED.into())),
        Translated::Same | Translated::NoCounterpart(_) => Export::Unchanged,
    }
}

/// Exports a variable with flag `/p` or `/l`, which WSL reads as Linux paths with colons between them. WSL would cut a
/// Windows path after its drive letter, so gowrap changes it to Linux form first. Other values with colons cannot be
/// fixed.
fn translated_by_wsl(name: &[u8], value: &[u8], translators: &Translators) -> Export {
    let linux = match (variables::kind(name), translators.switch) {
        (Some(VariableKind::List), Switch::On) => translators.toward_linux.list(value),
        (Some(VariableKind::Dir | VariableKind::File), Switch::On) => translators.toward_linux.path(value),
        _ => Translated::Same,
    };
    match linux {
        Translated::Becomes(linux) => {
            Export::Changed(linux, "WSLENV lists it with /p or /l: WSL translates it from Linux form")
        }
        Translated::Same if value.starts_with(b"/") || !value.contains(&b':') => Export::Unchanged,
        Translated::Same | Translated::NoCounterpart(_) => {
            let text = wording(|| {
                [
                    b"WSL cuts ".as_slice(),
                    name,
                    b" at its colons, because WSLENV lists it with /p or /l; remove it from WSLENV",
                ]
                .concat()
            });
            Export::AsListed(Note::warn(Code::GW412, text))
        }
    }
}

fn translated(name: Vec<u8>, from: Vec<u8>, to: Vec<u8>, why: &'static str) -> EnvChange {
    EnvChange {
        name,
        from: Some(from),
        to: Some(to),
        stage: Stage::Interop,
        source: wording(|| "translated".into()),
        why: wording(|| why.into()),
    }
}

/// WSLENV with added entries.
struct WslenvEdit {
    before: WslEnv,
    entries: WslEnv,
}

impl WslenvEdit {
    fn read(decisions: &mut Decisions) -> WslenvEdit {
        let before = WslEnv::parse(decisions.environ.get(b"WSLENV").unwrap_or_default());
        let deleted: Vec<_> = before
            .without_value(&decisions.environ)
            .filter(|name| variables::is_settable(name))
            .map(<[u8]>::to_vec)
            .collect();
        for name in deleted {
            let text = wording(|| {
                [b"WSLENV lists ".as_slice(), &name, b", which has no value: WSL deletes it on Windows"].concat()
            });
            decisions.notes.push(Note::info(Code::GW411, text));
        }
        WslenvEdit { entries: before.clone(), before }
    }

    fn write(self, decisions: &mut Decisions) {
        if self.entries == self.before {
            return;
        }
        decisions.change_env(EnvChange {
            name: b"WSLENV".to_vec(),
            from: decisions.environ.get(b"WSLENV").map(<[u8]>::to_vec),
            to: Some(self.entries.to_bytes()),
            stage: Stage::Interop,
            source: wording(|| "gowrap".into()),
            why: wording(|| "Windows gets only the variables that WSLENV lists".into()),
        });
    }
}
