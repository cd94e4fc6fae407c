//! Which variables change sides for a native tool: Go's path variables in Windows form, a leaked GOROOT, a foreign HOME.

use alloc::borrow::Cow;

use crate::diagnosis::{Code, Failure, Note};
use crate::host::binary::{Format, Machine};
use crate::host::environ::Environ;
use crate::host::{FileKind, Host};
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
use crate::tools::go::variables::Kind;
use crate::tools::token::PathKind;
use crate::wslpath::Shape;

/// Repairs the environment for a native tool.
///
/// # Errors
/// The refusal of flags in GOFLAGS that would make this call leave a file literally called by a path of Windows.
pub fn for_native(
    tool: Tool,
    host: &dyn Host,
    translator: &Translator,
    decisions: &mut Decisions,
) -> Result<(), Failure> {
    let mut changes = Vec::new();
    let mut junk = None;
    for (name, raw) in decisions.environ.iter() {
        let Some(what) = concern(name) else { continue };
        let (value, trimmed) = without_cr(raw);
        // Of two entries of one name the first counts; what the second says must not take its place.
        if !decisions.environ.get(name).is_some_and(|first| core::ptr::eq(first, raw)) {
            continue;
        }
        let outcome = match what {
            Concern::Goroot if !value.is_empty() => goroot(value, host, translator),
            Concern::Home => home(value, host),
            Concern::Go if translator.may_concern(value) => match slot::value(name, value, translator) {
                Translated::Stuck(unnamed) if unnamed.purpose == Purpose::Output && writes(tool, value, decisions) => {
                    junk.get_or_insert_with(|| slot::junk(tool, &unnamed));
                    Repair::Stuck(unnamed.describe())
                }
                translated => translated.into(),
            },
            Concern::Goroot | Concern::Go => Repair::None,
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
            Repair::Set(to, source, why) => {
                if translator::was_respelled(value, &to) {
                    changes.push(Err(slot::respelled(name, &to)));
                }
                changes.push(Ok(change(Some(to), source, why.into())));
            }
            Repair::Unset(why) => changes.push(Ok(change(None, "gowrap", why.into()))),
            Repair::Stuck(why) => {
                let text = [name, b" is left as it is: ", why.as_slice()].concat();
                changes.push(Err(Note::warn(Code::GW402, text)));
            }
            Repair::None => {}
        }
        if Kind::is_command_line(name) && holds_windows_path(value) {
            let text = [name, b" holds a Windows path and is left as it is: it is a command line, not a path"].concat();
            changes.push(Err(Note::warn(Code::GW403, text)));
        }
        let changed = matches!(changes.last(), Some(Ok(change)) if change.name == name);
        if trimmed && !changed {
            let why = "a carriage return at its end, from a file with Windows line ends";
            changes.push(Ok(change(Some(value.to_vec()), "trimmed", why.into())));
        }
    }
    for change in changes {
        match change {
            Ok(change) => decisions.change_env(change),
            Err(note) => decisions.notes.push(note),
        }
    }
    junk.map_or(Ok(()), Err)
}

/// Tells whether the command of this call knows a flag of GOFLAGS that names an output; others pass it over.
fn writes(tool: Tool, goflags: &[u8], decisions: &Decisions) -> bool {
    let argv: Vec<&[u8]> = decisions.argv.iter().map(|arg| arg.to_bytes()).collect();
    let Some(command) = (tool == Tool::Go).then(|| go::scan(&argv).command).flatten() else { return false };
    let flags = go::scan_goflags(goflags).unwrap_or_default();
    let outputs = flags.iter().filter(|flag| flag.slot.as_ref().is_some_and(|slot| slot.kind == PathKind::Output));
    let mut names = outputs.filter_map(|flag| match shape(&goflags[flag.field.inner.clone()]) {
        syntax::Shape::Flag(flag) => Some(flag.name),
        _ => None,
    });
    names.any(|name| command.flag(name).is_some())
}

/// Names the values in the form of Windows where nothing is repaired: outside WSL, as in a container.
pub fn name_foreign(decisions: &mut Decisions) {
    let mut notes = Vec::new();
    for (name, value) in decisions.environ.iter() {
        if is_foreign(name, value) {
            let text = [name, b" is in the form of Windows, which means nothing here"].concat();
            notes.push(Note::warn(Code::GW404, text));
        }
    }
    decisions.notes.extend(notes);
}

/// Tells the Go variables that hold a Windows path.
fn is_foreign(name: &[u8], value: &[u8]) -> bool {
    let is_windows = |path: &[u8]| is_of_windows(translator::shape_of_value(path));
    match variables::kind(name) {
        Some(Kind::List) => value.split(|&byte| byte == b';').any(is_windows),
        Some(Kind::Dir | Kind::File | Kind::Executable) => is_windows(value),
        Some(Kind::Program | Kind::CompilerFlags | Kind::Flags) => holds_windows_path(value),
        Some(Kind::Addresses) => value
            .windows(8)
            .enumerate()
            .any(|(at, scheme)| scheme == b"file:///" && value.get(at + 8..).is_some_and(is_windows)),
        Some(Kind::Text | Kind::Output) | None => false,
    }
}

/// Names the rows of Go's own settings file that would be repaired if they were variables: what `go env -w` writes is
/// read by go itself, behind gowrap's back. For an explanation: a call does not read the file.
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
    // A drive may be gone, and a look at one does not come back.
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
                [&what, b" in the form of Windows; `go env -w ".as_slice(), name, b"=", &to, b"` corrects it"].concat()
            }
            Translated::Stuck(unnamed) => [&what, b" to ".as_slice(), &unnamed.describe()].concat(),
            Translated::Same if is_foreign(name, value) => {
                [&what, b" in the form of Windows; `go env -u ".as_slice(), name, b"` removes it"].concat()
            }
            Translated::Same => return None,
        };
        Some(Note::warn(Code::GW405, text))
    };
    judged.filter_map(note).collect()
}

/// Why a variable is looked at.
enum Concern {
    Goroot,
    Home,
    Go,
}

/// What becomes of it.
enum Repair {
    None,
    Set(Vec<u8>, &'static str, &'static str),
    Unset(&'static str),
    Stuck(Vec<u8>),
}

impl From<Translated> for Repair {
    fn from(translated: Translated) -> Repair {
        match translated {
            Translated::Same => Repair::None,
            Translated::Becomes(to) => Repair::Set(to, "translated", "a Windows path means nothing to a Linux tool"),
            Translated::Stuck(unnamed) => Repair::Stuck(unnamed.describe()),
        }
    }
}

fn concern(name: &[u8]) -> Option<Concern> {
    match name {
        b"GOROOT" => Some(Concern::Goroot),
        b"HOME" => Some(Concern::Home),
        // cmd/go hands these to itself across a toolchain switch.
        _ if name.starts_with(b"GOTOOLCHAIN_INTERNAL_") => None,
        // Those that hold no path too: a carriage return makes another word of any value.
        _ => variables::kind(name).map(|_| Concern::Go),
    }
}

fn without_cr(value: &[u8]) -> (&[u8], bool) {
    let end = value.len() - value.iter().rev().take_while(|&&byte| byte == b'\r').count();
    (&value[..end], end < value.len())
}

/// A GOROOT that came from Windows, or from a Go that is gone: `go version` still works with it, `go build` does not.
fn goroot(value: &[u8], host: &dyn Host, translator: &Translator) -> Repair {
    let root = match translator.path(value) {
        Translated::Becomes(root) => root,
        Translated::Same => value.to_vec(),
        Translated::Stuck(_) => return Repair::Unset("it is on a drive that is not mounted, and holds no Linux Go"),
    };
    if !holds_toolchain(&root, host) {
        Repair::Unset("it holds no Linux toolchain; go finds its own")
    } else if root == value {
        Repair::None
    } else {
        Repair::Set(root, "translated", "a Windows path means nothing to a Linux tool")
    }
}

/// The compiler's folder, or a `go` for Linux: releases differ in which of them a tree without tools still has.
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

/// With a Windows HOME, be it `HOMEPATH`'s `\Users\me`, Go would make a folder of that name wherever it stands.
fn home(value: &[u8], host: &dyn Host) -> Repair {
    if matches!(Shape::of(value), Shape::Unix | Shape::Plain) {
        return Repair::None;
    }
    match host.user() {
        Some(user) => {
            Repair::Set(user.home.clone(), "/etc/passwd", "a Windows home directory is no home for a Linux tool")
        }
        None => Repair::Stuck(b"this user has no row in /etc/passwd".to_vec()),
    }
}

/// Tells whether a word of this command line, or of these flags, begins with a Windows path.
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
        translator::is_of_windows(Shape::of(flagless))
    })
}
