//! What of the environment a Windows tool gets to see.
//!
//! WSL hands a Windows program the environment of the Windows side, and of ours only what WSLENV lists. So every setting
//! of Go's that the person made here is listed; but a folder on the Linux side stays behind, since go.exe cannot lock its
//! files there, and Windows has a cache and a module folder of its own.

use alloc::borrow::Cow;

use crate::config::Switch;
use crate::diagnosis::{Code, Note};
use crate::plan::model::{Decisions, EnvChange, Stage};
use crate::plan::translate::slot;
use crate::plan::translate::translator::{Translated, Translator};
use crate::plan::translate::wslenv::{Crossing, WslEnv};
use crate::prelude::*;
use crate::tools::go::variables;
use crate::tools::go::variables::Kind;
use crate::wslpath::Shape;

/// What the values are translated with.
pub struct Translators<'t> {
    /// For what crosses as it is.
    pub toward_windows: &'t Translator<'t>,
    /// For what WSL translates itself, which it does from the Linux form.
    pub toward_linux: &'t Translator<'t>,
    /// `paths.translate`.
    pub switch: Switch,
}

/// Lists Go's settings for a Windows `go`, `gofmt` or `dlv`.
pub fn for_tool(translators: &Translators, decisions: &mut Decisions) {
    let mut names: Vec<Vec<u8>> = Vec::new();
    for (name, value) in decisions.environ.iter() {
        if variables::is_settable(name) && !value.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_vec());
        }
    }
    let mut list = Listing::read(decisions);
    for name in names {
        let value = decisions.environ.get(&name).unwrap_or_default().to_vec();
        match passage(&name, &value, translators, &list.entries) {
            Passage::Untouched => list.entries.add(&name),
            Passage::As(to, why) => {
                list.entries.add(&name);
                decisions.change_env(translated(name, value, to, why));
            }
            Passage::Stays(why) => {
                decisions.notes.push(stays_behind(Note::info, &name, &why));
                list.entries.remove(&name);
            }
            Passage::AsListed(note) => decisions.notes.push(note),
        }
    }
    list.write(decisions);
}

/// Lists the one variable that a Windows test binary shares with the `go test` that started it.
pub fn for_test_binary(translators: &Translators, decisions: &mut Decisions) {
    let name = b"GOCOVERDIR";
    let Some(value) = decisions.environ.get_nonempty(name).map(<[u8]>::to_vec) else { return };
    let mut list = Listing::read(decisions);
    if list.entries.crossing(name) == Crossing::Translated {
        return;
    }
    match translators.toward_windows.path(&value) {
        Translated::Same => {}
        Translated::Becomes(to) if translators.switch == Switch::On => {
            decisions.change_env(translated(name.to_vec(), value, to, translators.toward_windows.why()));
        }
        Translated::Becomes(_) => {
            decisions.notes.push(stays_behind(Note::warn, name, UNTRANSLATED));
            return;
        }
        Translated::Stuck(unnamed) => {
            decisions.notes.push(stays_behind(Note::warn, name, &unnamed.why));
            return;
        }
    }
    list.entries.add(name);
    list.write(decisions);
}

/// How a variable gets across.
enum Passage {
    /// With its value as it is.
    Untouched,
    /// With this value, for that reason.
    As(Vec<u8>, &'static str),
    /// Not at all.
    Stays(Cow<'static, str>),
    /// As the person's own entry has it, and what is to be said of that.
    AsListed(Note),
}

const FOREIGN: &str = "it belongs to the Linux toolchain";
const ON_LINUX: &str = "it lies on the Linux side, where go.exe cannot lock files; Windows has its own";
const UNTRANSLATED: &str = "paths are not translated (paths.translate), and Windows knows none of Linux";

fn stays_behind(note: fn(Code, Vec<u8>) -> Note, name: &[u8], why: &str) -> Note {
    note(Code::GW410, [name, b" stays behind: ", why.as_bytes()].concat())
}

fn passage(name: &[u8], value: &[u8], translators: &Translators, list: &WslEnv) -> Passage {
    let toward_windows = translators.toward_windows;
    match (variables::kind(name), list.crossing(name)) {
        _ if matches!(name, b"GOROOT" | b"GOTOOLDIR") => Passage::Stays(FOREIGN.into()),
        (Some(Kind::Program | Kind::Output), _) => Passage::Stays(FOREIGN.into()),
        (_, Crossing::Translated) => translated_by_wsl(name, value, translators),
        (_, Crossing::Never) if list.lists(name) => {
            Passage::AsListed(stays_behind(Note::info, name, "WSLENV lists it with flags that keep it here"))
        }
        (Some(Kind::CompilerFlags), _) if value.contains(&b'/') => Passage::Stays("it may hold Linux paths".into()),
        (Some(Kind::Dir | Kind::File), _) if variables::is_path(name, value) => {
            on_windows(value, toward_windows.path(value), translators)
        }
        (Some(Kind::List), _) if variables::is_path(name, value) => {
            on_windows(value, toward_windows.list(value), translators)
        }
        _ => match slot::value(name, value, toward_windows) {
            Translated::Becomes(windows) if translators.switch == Switch::On => {
                Passage::As(windows, toward_windows.why())
            }
            Translated::Same | Translated::Becomes(_) => Passage::Untouched,
            Translated::Stuck(unnamed) => Passage::Stays(unnamed.why),
        },
    }
}

/// A path, or a list of them, crosses if Windows finds it on a drive of its own. Where it lies is seen from its Windows
/// form, which has followed the links: a folder of Linux is one below `\\wsl.localhost`, however it is called.
fn on_windows(value: &[u8], translated: Translated, translators: &Translators) -> Passage {
    let windows = match &translated {
        Translated::Same => value,
        Translated::Becomes(windows) => windows,
        Translated::Stuck(unnamed) => return Passage::Stays(unnamed.why.clone()),
    };
    // `NUL`, which the null device becomes, is no place either.
    let is_on_linux = |path: &[u8]| matches!(Shape::of(path), Shape::Distro(_) | Shape::Unix) || path == b"NUL";
    if windows.split(|&byte| byte == b';').any(is_on_linux) {
        return Passage::Stays(ON_LINUX.into());
    }
    match translated {
        Translated::Becomes(windows) if translators.switch == Switch::On => {
            Passage::As(windows, translators.toward_windows.why())
        }
        Translated::Becomes(_) => Passage::Stays(UNTRANSLATED.into()),
        Translated::Same | Translated::Stuck(_) => Passage::Untouched,
    }
}

/// With `/p` and `/l` WSL takes the value for Linux paths with colons between them. One in Windows form would be cut behind
/// its drive letter, so that it is given its Linux form first; for other values with colons nothing can be done.
fn translated_by_wsl(name: &[u8], value: &[u8], translators: &Translators) -> Passage {
    let linux = match (variables::kind(name), translators.switch) {
        (Some(Kind::List), Switch::On) => translators.toward_linux.list(value),
        (Some(Kind::Dir | Kind::File), Switch::On) => translators.toward_linux.path(value),
        _ => Translated::Same,
    };
    match linux {
        Translated::Becomes(linux) => {
            Passage::As(linux, "WSLENV lists it with /p or /l: WSL translates it from Linux' form")
        }
        Translated::Same if value.starts_with(b"/") || !value.contains(&b':') => Passage::Untouched,
        Translated::Same | Translated::Stuck(_) => {
            let text = [b"WSL cuts ", name, b" at its colons, since WSLENV lists it with /p or /l"].concat();
            Passage::AsListed(Note::warn(Code::GW412, text))
        }
    }
}

fn translated(name: Vec<u8>, from: Vec<u8>, to: Vec<u8>, why: &'static str) -> EnvChange {
    EnvChange {
        name,
        from: Some(from),
        to: Some(to),
        stage: Stage::Interop,
        source: "translated".into(),
        why: why.into(),
    }
}

/// WSLENV while it is being added to.
struct Listing {
    before: WslEnv,
    entries: WslEnv,
}

impl Listing {
    fn read(decisions: &mut Decisions) -> Listing {
        let before = WslEnv::parse(decisions.environ.get(b"WSLENV").unwrap_or_default());
        let deleted: Vec<_> = before
            .without_value(&decisions.environ)
            .filter(|name| variables::is_settable(name))
            .map(<[u8]>::to_vec)
            .collect();
        for name in deleted {
            let text =
                [b"WSLENV lists ".as_slice(), &name, b", which has no value: WSL deletes it on Windows"].concat();
            decisions.notes.push(Note::info(Code::GW411, text));
        }
        Listing { entries: before.clone(), before }
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
            source: "gowrap".into(),
            why: "of this environment, Windows gets only what WSLENV lists".into(),
        });
    }
}
