//! Translates variables for a native tool: Go's path variables in Windows form, a GOROOT of Windows, a Windows HOME.

use alloc::borrow::Cow;

use crate::diagnosis::{Code, Failure, Note, wording};
use crate::host::binary::{Format, Machine};
use crate::host::environ::Environ;
use crate::host::{FileKind, Host, Identity};
use crate::plan::model::{Decisions, EnvChange, Stage};
use crate::plan::translate::slot;
use crate::plan::translate::translator;
use crate::plan::translate::translator::{Toward, Translated, Translator, is_of_windows};
use crate::prelude::*;
use crate::text::path::join;
use crate::tools::Tool;
use crate::tools::go;
use crate::tools::go::command::Command;
use crate::tools::go::quoted;
use crate::tools::go::variables;
use crate::tools::go::variables::VariableKind;
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
        let mut rest = None;
        // If a name occurs twice, getenv(3) reads the first entry. The value of the second must not replace it.
        if !decisions.environ.get(name).is_some_and(|first| core::ptr::eq(first, raw)) {
            continue;
        }
        let outcome = match what {
            VariableGroup::Goroot if !value.is_empty() => goroot(value, host, translator),
            VariableGroup::Home => home(value, host, translator),
            VariableGroup::Go if translator.may_concern(value) => match slot::value(name, value, translator) {
                Translated::NoCounterpart(untranslatable) => {
                    if variables::kind(name) == Some(VariableKind::Flags) {
                        let output = go_command(tool, decisions)
                            .and_then(|command| slot::missing_output(value, command, translator));
                        refusal = refusal.or_else(|| Some(slot::refused_output(tool, &output?)));
                    }
                    rest = untranslatable.rest.clone();
                    Translated::NoCounterpart(untranslatable).into()
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
            source: wording(|| source.into()),
            why: wording(|| why),
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
                let text = wording(|| {
                    let stays: &[u8] = if rest.is_some() { b" is partly unchanged: " } else { b" is unchanged: " };
                    [name, stays, why.as_slice()].concat()
                });
                changes.push(Err(Note::warn(Code::GW402, text)));
                if let Some(rest) = rest {
                    changes.push(Ok(change(Some(rest), "translated", translator.why().into())));
                }
            }
            VariableFix::None => {}
        }
        let changed = matches!(changes.last(), Some(Ok(change)) if change.name == name);
        changes.extend(wording(|| in_command_line(name, value, translator)).map(Err));
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

/// Returns a note on a command line with a Windows path, which is not translated.
fn in_command_line(name: &[u8], value: &[u8], translator: &Translator) -> Option<Note> {
    let holds_path = || holds_windows_path(value, |path| translator.respells(path));
    let text = || [name, b" holds a Windows path and is unchanged, because its value is a command line"].concat();
    (VariableKind::is_command_line(name) && holds_path()).then(|| Note::warn(Code::GW403, text()))
}

/// Returns the command of a `go` call.
fn go_command(tool: Tool, decisions: &Decisions) -> Option<Command> {
    let argv: Vec<&[u8]> = decisions.argv.iter().map(|arg| arg.to_bytes()).collect();
    (tool == Tool::Go).then(|| go::scan(&argv).command).flatten()
}

/// Returns notes on values in Windows form where nothing is fixed: outside WSL, as in a container.
pub fn foreign(environ: &Environ) -> Vec<Note> {
    let foreign = environ.iter_of(variables::is_initial).filter(|(name, value)| is_foreign(name, value));
    let text = |name: &[u8]| [name, b" holds a Windows path, which a Linux tool cannot use"].concat();
    foreign.map(|(name, _)| Note::warn(Code::GW404, text(name))).collect()
}

/// Returns true for a Go variable that holds a Windows path.
fn is_foreign(name: &[u8], value: &[u8]) -> bool {
    let is_windows = |path: &[u8]| is_of_windows(translator::shape_of_value(path));
    match variables::kind(name) {
        Some(VariableKind::List) => translator::list_elements(value).iter().any(|element| is_windows(element)),
        Some(VariableKind::Dir | VariableKind::File | VariableKind::Executable) => is_windows(value),
        Some(VariableKind::Program | VariableKind::CompilerFlags | VariableKind::Flags) => {
            holds_windows_path(value, |_| false)
        }
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
        Some((&line[..equals], &line[equals + 1..]))
    });
    // cmd/go reads no other names from the file.
    let is_read = |name: &[u8]| variables::is_settable(name) && name != b"GOENV";
    let judged = rows.filter(|(name, _)| is_read(name) && environ.get_nonempty(name).is_none());
    let note = |(name, row): (&[u8], &[u8])| {
        let (value, trimmed) = without_cr(row);
        let what = [b"`", path.as_slice(), b"` sets ", name].concat();
        let write = |to: &[u8]| match name {
            b"GOROOT" | b"GOWORK" => [b"; write `".as_slice(), name, b"=", to, b"` into the file"].concat(),
            _ => [b"; `go env -w ".as_slice(), &assignment(name, to), b"` corrects it"].concat(),
        };
        let judged = match name {
            b"GOROOT" if !value.is_empty() => goroot(value, host, &translator),
            _ => slot::value(name, value, &translator).into(),
        };
        let text = match judged {
            VariableFix::Set(to, ..) => [&what, b" to a Windows path".as_slice(), &write(&to)].concat(),
            VariableFix::Unset(why) => {
                [&what, b" to `".as_slice(), value, b"`; remove the line: ", why.as_bytes()].concat()
            }
            VariableFix::NoCounterpart(why) => {
                [&what, b" to a path that cannot be translated: ".as_slice(), &why].concat()
            }
            VariableFix::None if is_foreign(name, value) => {
                [&what, b" to a Windows path; `go env -u ".as_slice(), name, b"` removes it"].concat()
            }
            VariableFix::None if trimmed => {
                [&what, b" to a value with a carriage return at its end".as_slice(), &write(value)].concat()
            }
            VariableFix::None => return None,
        };
        Some(Note::warn(Code::GW405, text))
    };
    judged.filter_map(note).collect()
}

/// Returns the argument `NAME=VALUE` for a shell.
fn assignment(name: &[u8], value: &[u8]) -> Vec<u8> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./:,=+-@%".contains(byte);
    if value.iter().all(is_plain) {
        return [name, b"=", value].concat();
    }
    let quoted = value.split(|&byte| byte == b'\'').collect::<Vec<_>>().join(br"'\''".as_slice());
    [b"'".as_slice(), name, b"=", &quoted, b"'"].concat()
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
            Translated::NoCounterpart(untranslatable) => {
                VariableFix::NoCounterpart(wording(|| untranslatable.describe()))
            }
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

/// Returns a value without the carriage returns at its end, and true if it has any.
#[must_use]
pub fn without_cr(value: &[u8]) -> (&[u8], bool) {
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
        None => VariableFix::NoCounterpart(wording(|| b"this user has no entry in /etc/passwd".to_vec())),
    }
}

/// Returns true if a word of this command line, or of these flags, begins with a Windows path. `is_respelled` finds the
/// paths of Cygwin and MSYS.
fn holds_windows_path(value: &[u8], is_respelled: impl Fn(&[u8]) -> bool) -> bool {
    let is_drive = |path: &[u8]| matches!(PathShape::of(path), PathShape::Drive(_));
    let fields = quoted::split(value).unwrap_or_default();
    fields.iter().any(|field| {
        let word = &value[field.inner.clone()];
        // `-IC:\inc`, `-LC:\lib`, `--sysroot=C:\x`.
        let flagless = match word {
            [b'-', b'I' | b'L', path @ ..] => path,
            [b'-', ..] => word.splitn(2, |byte| *byte == b'=').nth(1).unwrap_or_default(),
            word => word,
        };
        // `-I"C:\a b"`, `-Wl,-rpath,C:\x`, `-isystemC:\x`.
        let inner = || word.windows(3).any(|text| text[1] == b':' && text[2] == b'\\' && is_drive(text));
        translator::is_of_windows(PathShape::of(flagless)) || inner() || is_respelled(flagless)
    })
}
