//! What of the environment a Windows tool gets to see.
//!
//! WSL hands a Windows program the environment of the Windows side, and of ours only what WSLENV lists. So every setting
//! of Go's that the person made here is listed; but a folder on the Linux side stays behind, since go.exe cannot lock its
//! files there, and Windows has a cache and a module folder of its own.

use std::borrow::Cow;

use crate::config::Switch;
use crate::host::Host;
use crate::plan::translate::{Translated, Translator};
use crate::plan::wslenv::{Crossing, WslEnv};
use crate::plan::{Decisions, EnvChange, Note, Stage, env};
use crate::tool::go_env::{self, Kind};

/// Lists Go's settings for a Windows `go`, `gofmt` or `dlv`.
pub fn for_tool(translate: Switch, host: &dyn Host, translator: &Translator, decisions: &mut Decisions) {
    let mut names: Vec<Vec<u8>> = Vec::new();
    for (name, value) in decisions.environ.iter() {
        if go_env::is_settable(name) && !value.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_vec());
        }
    }
    let mut list = Listing::read(decisions);
    for name in names {
        let value = decisions.environ.get(&name).unwrap_or_default().to_vec();
        let passage = match passage(&name, &value, host, translator, list.entries.crossing(&name)) {
            Passage::As(_) if translate == Switch::Off => untranslated(&name),
            passage => passage,
        };
        match passage {
            Passage::Stays(why) => {
                decisions.notes.push(stays_behind(Note::info, &name, &why));
                list.entries.remove(&name);
            }
            Passage::Untouched => list.entries.add(&name),
            Passage::As(windows) => {
                list.entries.add(&name);
                decisions.change_env(translated(name, value, windows, translator));
            }
        }
    }
    list.write(decisions);
}

/// Lists the one variable that a Windows test binary shares with the `go test` that started it.
pub fn for_test_binary(translate: Switch, translator: &Translator, decisions: &mut Decisions) {
    let name = b"GOCOVERDIR";
    let Some(value) = decisions.environ.get_nonempty(name).map(<[u8]>::to_vec) else { return };
    let mut list = Listing::read(decisions);
    if list.entries.crossing(name) == Crossing::Translated {
        return;
    }
    match translator.path(&value) {
        Translated::Same => {}
        Translated::Becomes(_) if translate == Switch::Off => {
            decisions.notes.push(stays_behind(Note::warn, name, NOT_TRANSLATED));
            return;
        }
        Translated::Becomes(windows) => decisions.change_env(translated(name.to_vec(), value, windows, translator)),
        Translated::Stuck(why) => {
            decisions.notes.push(stays_behind(Note::warn, name, &why));
            return;
        }
    }
    list.entries.add(name);
    list.write(decisions);
}

const NOT_TRANSLATED: &str = "paths are not translated (paths.translate), and Windows knows none of Linux";

fn stays_behind(note: fn(&'static str, Vec<u8>) -> Note, name: &[u8], why: &str) -> Note {
    note("GW410", [name, b" stays behind: ", why.as_bytes()].concat())
}

/// What needs a translation that is switched off. Flags are the person's own words; a path of Linux would be taken for
/// one on the current drive.
fn untranslated(name: &[u8]) -> Passage {
    match go_env::kind(name) {
        Some(Kind::Flags) => Passage::Untouched,
        _ => Passage::Stays(NOT_TRANSLATED.into()),
    }
}

/// How a variable gets across.
enum Passage {
    Untouched,
    As(Vec<u8>),
    Stays(Cow<'static, str>),
}

fn passage(name: &[u8], value: &[u8], host: &dyn Host, translator: &Translator, listed: Crossing) -> Passage {
    let kind = go_env::kind(name);
    // WSL translates it itself; a value in Windows form would be cut at the colon behind its drive letter.
    if listed == Crossing::Translated {
        return Passage::Untouched;
    }
    match kind {
        _ if matches!(name, b"GOROOT" | b"GOTOOLDIR") => Passage::Stays("it belongs to the Linux toolchain".into()),
        Some(Kind::Program | Kind::Output) => Passage::Stays("it belongs to the Linux toolchain".into()),
        Some(Kind::CompilerFlags) if value.contains(&b'/') => Passage::Stays("it may hold Linux paths".into()),
        Some(Kind::Dir | Kind::File) if go_env::is_path(name, value) => {
            on_drives(&[value], host, || translator.path(value))
        }
        Some(Kind::List) if go_env::is_path(name, value) => {
            let elements: Vec<&[u8]> = value.split(|&byte| byte == b':').collect();
            on_drives(&elements, host, || translator.list(value))
        }
        _ => env::value(name, value, translator).into(),
    }
}

/// A path crosses if it is Windows' own already, or lies on a drive.
fn on_drives(paths: &[&[u8]], host: &dyn Host, translated: impl FnOnce() -> Translated) -> Passage {
    let on_linux = |path: &&[u8]| path.starts_with(b"/") && !host.mounts().is_on_drive(path);
    match paths.iter().any(on_linux) {
        true => Passage::Stays("it lies on the Linux side, where go.exe cannot lock files; Windows has its own".into()),
        false => translated().into(),
    }
}

impl From<Translated> for Passage {
    fn from(translated: Translated) -> Passage {
        match translated {
            Translated::Same => Passage::Untouched,
            Translated::Becomes(windows) => Passage::As(windows),
            Translated::Stuck(why) => Passage::Stays(why.into()),
        }
    }
}

fn translated(name: Vec<u8>, from: Vec<u8>, to: Vec<u8>, translator: &Translator) -> EnvChange {
    EnvChange {
        name,
        from: Some(from),
        to: Some(to),
        stage: Stage::Interop,
        source: "translated".into(),
        why: translator.why().into(),
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
            .filter(|name| go_env::is_settable(name))
            .map(<[u8]>::to_vec)
            .collect();
        for name in deleted {
            let text =
                [b"WSLENV lists ".as_slice(), &name, b", which has no value: WSL deletes it on Windows"].concat();
            decisions.notes.push(Note::info("GW411", text));
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
