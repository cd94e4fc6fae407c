//! Translates variables for a native tool: Go's path variables in Windows form, a GOROOT of Windows, a Windows HOME.

use alloc::borrow::Cow;

use crate::diagnosis::{Code, Failure, Note};
use crate::host::binary::{Format, Machine};
use crate::host::environ::Environ;
use crate::host::{FileKind, Host, Identity};
use crate::plan::model::{Decisions, EnvChange, Stage};
use crate::plan::translate::slot;
use crate::plan::translate::translator;
use crate::plan::translate::translator::{Purpose, Toward, Translated, Translator, is_of_windows};
use crate::prelude::*;
use crate::text::path::join;
use crate::tools::Tool;
use crate::tools::go;
use crate::tools::go::quoted;
use crate::tools::go::syntax::{self, shape};
use crate::tools::go::variables;
use crate::tools::go::variables::VariableKind;
use crate::tools::token::PathKind;
use crate::wslpath::PathShape;

/// Fixes the environment for a native tool.
///
/// # Errors
/// Returns a refusal if flags in GOFLAGS would make this call create a file named like a Windows path.
pub fn for_native(
    tool: Tool,
    host: &dyn Host,
    translator: &Translator,
    decisions: &mut Decisions,
) -> Result<(), Failure> {
    let mut changes = Vec::new();
    let mut refusal = None;
    for (name, raw) in decisions.environ.iter_of(variables::is_initial) {
        let Some(what) = variable_group(name) else { continue };
        let (value, trimmed) = without_cr(raw);
        // If a name occurs twice, getenv(3) reads the first entry. The value of the second must not replace it.
        if !decisions.environ.get(name).is_some_and(|first| core::ptr::eq(first, raw)) {
            continue;
        }
        let outcome = match what {
            VariableGroup::Goroot if !value.is_empty() => goroot(value, host, translator),
            VariableGroup::Home => home(value, host, translator),
            VariableGroup::Go if translator.may_concern(value) => match slot::value(name, value, translator) {
                Translated::NoCounterpart(untranslatable)
                    if untranslatable.purpose == Purpose::Output && writes(tool, value, decisions) =>
                {
                    refusal.get_or_insert_with(|| slot::refused_output(tool, &untranslatable));
                    VariableFix::NoCounterpart(untranslatable.describe())
                }
                translated => translated.into(),
            },
            VariableGroup::Goroot | VariableGroup::Go => VariableFix::None,
        };
        let change = |to: Option<Vec<u8>>, source: &'static str, why: Cow<'static, str>| EnvChange {
            name: name.to_vec(),
            from: Some(raw.to_vec()),
            to,
            stage: Stage::Env,
            source: source.into(),
            why,
        };
        match outcome {
            VariableFix::Set(to, source, why) => {
                if translator.respells(value) {
                    changes.push(Err(slot::respelled(name, &to)));
                }
                changes.push(Ok(change(Some(to), source, why.into())));
            }
            VariableFix::Unset(why) => changes.push(Ok(change(None, "gowrap", why.into()))),
            VariableFix::NoCounterpart(why) => {
                let text = [name, b" is unchanged: ", why.as_slice()].concat();
                changes.push(Err(Note::warn(Code::GW402, text)));
            }
            VariableFix::None => {}
        }
        if VariableKind::is_command_line(name) && holds_windows_path(value) {
            let text = [name, b" holds a Windows path and is unchanged, because its value is a command line"].concat();
            changes.push(Err(Note::warn(Code::GW403, text)));
        }
        let changed = matches!(changes.last(), Some(Ok(change)) if change.name == name);
        if trimmed && !changed {
            let why = "carriage return at the end, from a file with Windows line endings";
            changes.push(Ok(change(Some(value.to_vec()), "trimmed", why.into())));
        }
    }
    for change in changes {
        match change {
            Ok(change) => decisions.change_env(change),
            Err(note) => decisions.notes.push(note),
        }
    }
    refusal.map_or(Ok(()), Err)
}

/// Returns true if the command of this call knows a flag of GOFLAGS that names an output. Other commands ignore it.
fn writes(tool: Tool, goflags: &[u8], decisions: &Decisions) -> bool {
    let argv: Vec<&[u8]> = decisions.argv.iter().map(|arg| arg.to_bytes()).collect();
    let Some(command) = (tool == Tool::Go).then(|| go::scan(&argv).command).flatten() else { return false };
    let flags = go::scan_goflags(goflags).unwrap_or_default();
    let outputs = flags.iter().filter(|flag| flag.slot.as_ref().is_some_and(|slot| slot.kind == PathKind::Output));
    let mut names = outputs.filter_map(|flag| match shape(&goflags[flag.field.inner.clone()]) {
        syntax::ArgShape::Flag(flag) => Some(flag.name),
        _ => None,
    });
    names.any(|name| command.flag(name).is_some())
}

/// Adds notes on values in Windows form where nothing is fixed: outside WSL, as in a container.
pub fn name_foreign(decisions: &mut Decisions) {
    let mut notes = Vec::new();
    for (name, value) in decisions.environ.iter_of(variables::is_initial) {
        if is_foreign(name, value) {
            let text = [name, b" holds a Windows path, which a Linux tool cannot use"].concat();
            notes.push(Note::warn(Code::GW404, text));
        }
    }
    decisions.notes.extend(notes);
}

/// Returns true for a Go variable that holds a Windows path.
fn is_foreign(name: &[u8], value: &[u8]) -> bool {
    let is_windows = |path: &[u8]| is_of_windows(translator::shape_of_value(path));
    match variables::kind(name) {
        Some(VariableKind::List) => value.split(|&byte| byte == b';').any(is_windows),
        Some(VariableKind::Dir | VariableKind::File | VariableKind::Executable) => is_windows(value),
        Some(VariableKind::Program | VariableKind::CompilerFlags | VariableKind::Flags) => holds_windows_path(value),
        Some(VariableKind::Addresses) => value
            .windows(8)
            .enumerate()
            .any(|(at, scheme)| scheme == b"file:///" && value.get(at + 8..).is_some_and(is_windows)),
        Some(VariableKind::Text | VariableKind::Output) | None => false,
    }
}

/// Returns notes on values in Go's settings file that would be translated if they were variables. `go env -w` writes
/// that file, and go reads it itself. Used by explain only: a call does not read the file.
#[must_use]
pub fn settings(host: &dyn Host, environ: &Environ) -> Vec<Note> {
    let path = match environ.get_nonempty(b"GOENV") {
        Some(b"off") => return Vec::new(),
        Some(path) => path.to_vec(),
        None => {
            let config = environ.get_nonempty(b"XDG_CONFIG_HOME").map(<[u8]>::to_vec);
            let config = config.or_else(|| Some(join(environ.get_nonempty(b"HOME")?, b".config")));
            config.map(|config| join(&config, b"go/env")).unwrap_or_default()
        }
    };
    // A drive may not answer, and reading it may then block without end.
    if !path.starts_with(b"/") || host.mounts().is_on_drive(&path) {
        return Vec::new();
    }
    let translator = Translator::new(host, environ, Toward::Linux);
    let text = host.read(&path, 1 << 20).unwrap_or_default();
    let rows = text.split(|&byte| byte == b'\n').filter_map(|line| {
        let equals = line.iter().position(|&byte| byte == b'=')?;
        Some((&line[..equals], without_cr(&line[equals + 1..]).0))
    });
    let judged = rows.filter(|(name, _)| variables::kind(name).is_some() && environ.get_nonempty(name).is_none());
    let note = |(name, value): (&[u8], &[u8])| {
        let what = [b"`", path.as_slice(), b"` sets ", name].concat();
        let text = match slot::value(name, value, &translator) {
            Translated::Becomes(to) => {
                [&what, b" to a Windows path; `go env -w ".as_slice(), name, b"=", &to, b"` corrects it"].concat()
            }
            Translated::NoCounterpart(untranslatable) => {
                [&what, b" to a path that cannot be translated: ".as_slice(), &untranslatable.describe()].concat()
            }
            Translated::Same if is_foreign(name, value) => {
                [&what, b" to a Windows path; `go env -u ".as_slice(), name, b"` removes it"].concat()
            }
            Translated::Same => return None,
        };
        Some(Note::warn(Code::GW405, text))
    };
    judged.filter_map(note).collect()
}

/// Group of a variable, by the fix it may need.
enum VariableGroup {
    Goroot,
    Home,
    Go,
}

/// Fix of a variable.
enum VariableFix {
    None,
    Set(Vec<u8>, &'static str, &'static str),
    Unset(&'static str),
    NoCounterpart(Vec<u8>),
}

impl From<Translated> for VariableFix {
    fn from(translated: Translated) -> VariableFix {
        match translated {
            Translated::Same => VariableFix::None,
            Translated::Becomes(to) => VariableFix::Set(to, "translated", "a Linux tool cannot use a Windows path"),
            Translated::NoCounterpart(untranslatable) => VariableFix::NoCounterpart(untranslatable.describe()),
        }
    }
}

fn variable_group(name: &[u8]) -> Option<VariableGroup> {
    match name {
        b"GOROOT" => Some(VariableGroup::Goroot),
        b"HOME" => Some(VariableGroup::Home),
        // Variables without a path are included: a carriage return changes the meaning of any value.
        _ => variables::kind(name).map(|_| VariableGroup::Go),
    }
}

fn without_cr(value: &[u8]) -> (&[u8], bool) {
    let end = value.len() - value.iter().rev().take_while(|&&byte| byte == b'\r').count();
    (&value[..end], end < value.len())
}

/// Fixes a GOROOT of Windows or of a removed Go: `go version` still works with it, `go build` does not.
fn goroot(value: &[u8], host: &dyn Host, translator: &Translator) -> VariableFix {
    let root = match translator.path(value) {
        Translated::Becomes(root) => root,
        Translated::Same => value.to_vec(),
        Translated::NoCounterpart(_) => return VariableFix::Unset("it is on a drive that is not mounted"),
    };
    if !holds_toolchain(&root, host) {
        VariableFix::Unset("it has no Linux toolchain; go finds its own")
    } else if root == value {
        VariableFix::None
    } else {
        VariableFix::Set(root, "translated", "a Linux tool cannot use a Windows path")
    }
}

/// Returns true if the folder has a compiler or a Linux `go`. A reduced GOROOT may have only one of them.
fn holds_toolchain(root: &[u8], host: &dyn Host) -> bool {
    let goarch = match host.machine() {
        Machine::X86_64 => "amd64",
        Machine::X86 => "386",
        Machine::Aarch64 => "arm64",
        Machine::Arm => "arm",
        Machine::Riscv64 => "riscv64",
        Machine::Ppc64le => "ppc64le",
        Machine::S390x => "s390x",
        Machine::Number(_) => "",
    };
    let tools = join(root, format!("pkg/tool/linux_{goarch}").as_bytes());
    host.stat(&tools).is_ok_and(|stat| stat.kind == FileKind::Directory)
        || host.binary(&join(root, b"bin/go")).is_ok_and(|binary| binary.format == Format::Elf)
}

/// Fixes a Windows HOME, such as `HOMEPATH`'s `\Users\me` or Git Bash's `/c/Users/me`: Go would create a folder of that
/// name in the working directory.
fn home(value: &[u8], host: &dyn Identity, translator: &Translator) -> VariableFix {
    if matches!(PathShape::of(value), PathShape::Unix | PathShape::Plain) && !translator.respells(value) {
        return VariableFix::None;
    }
    match host.user() {
        Some(user) => {
            VariableFix::Set(user.home.clone(), "/etc/passwd", "a Linux tool cannot use a Windows home directory")
        }
        None => VariableFix::NoCounterpart(b"this user has no entry in /etc/passwd".to_vec()),
    }
}

/// Returns true if a word of this command line, or of these flags, begins with a Windows path.
fn holds_windows_path(value: &[u8]) -> bool {
    let fields = quoted::split(value).unwrap_or_default();
    fields.iter().any(|field| {
        let word = &value[field.inner.clone()];
        // `-IC:\inc`, `-LC:\lib`, `--sysroot=C:\x`.
        let flagless = match word {
            [b'-', b'I' | b'L', path @ ..] => path,
            [b'-', ..] => word.splitn(2, |byte| *byte == b'=').nth(1).unwrap_or_default(),
            word => word,
        };
        translator::is_of_windows(PathShape::of(flagless))
    })
}
