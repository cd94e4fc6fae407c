//! Translates one slot: the part of an argument or a variable that the tool reads as a path, a list of paths, or flags
//! with paths.

use core::ops::Range;

use crate::diagnosis::{Code, Exit, Failure, Note, wording};
use crate::plan::translate::translator;
use crate::plan::translate::translator::{Purpose, Translated, Translator, Untranslatable};
use crate::prelude::*;
use crate::tools::dlv::quoting;
use crate::tools::go::command::Command;
use crate::tools::go::quoted;
use crate::tools::go::syntax::{ArgShape, shape};
use crate::tools::go::variables;
use crate::tools::go::variables::VariableKind;
use crate::tools::token::{PathKind, Slot};
use crate::tools::{Tool, dlv, go};
use crate::wslpath::{PathShape, Refusal};

/// Returns the note about a path in the form of Cygwin or MSYS, or with another mount point.
#[must_use]
pub fn respelled(what: &[u8], to: &[u8]) -> Note {
    let text = wording(|| {
        [what, b" has a path that does not exist here; as a path on a drive, it becomes `", to, b"`"].concat()
    });
    Note::info(Code::GW303, text)
}

/// Returns the refusal of a call that would create a file or a folder named like a path of the other side.
#[must_use]
pub fn refused_output(tool: Tool, untranslatable: &Untranslatable) -> Failure {
    let (message, fix) = wording(|| refused_output_wording(tool, untranslatable));
    Failure { exit: Exit::CannotRun, code: Code::GW302, message, fix }
}

/// Returns the message and the fixes.
fn refused_output_wording(tool: Tool, untranslatable: &Untranslatable) -> (Vec<u8>, Vec<Vec<u8>>) {
    let path = untranslatable.path.as_slice();
    let why = match untranslatable.missing_drive() {
        Some(letter) => format!("drive {} is not mounted", char::from(letter)).into_bytes(),
        None => untranslatable.why.as_bytes().to_vec(),
    };
    let tool = tool.name().as_bytes();
    let message =
        [b"`", path, b"` is an output of `", tool, b"`, and ", &why, b": ", tool, b" would create a file of that name"]
            .concat();
    let here = b"name a file on this side; `gowrap path PATH` translates a path".to_vec();
    let fix = match (untranslatable.refusal, untranslatable.missing_drive()) {
        (_, Some(letter)) => {
            let (upper, lower) = (char::from(letter), char::from(letter.to_ascii_lowercase()));
            translator::mount_line(upper, lower)
        }
        (Some(Refusal::DriveRelative), _) => {
            "if the shell removed the backslashes, quote the path ('C:\\out\\x.exe') or write slashes (C:/out/x.exe)"
                .to_owned()
        }
        (Some(Refusal::NoCurrentDrive), _) => "name the drive: 'C:\\out\\x.exe' or C:/out/x.exe".to_owned(),
        (Some(Refusal::ForeignShare), _) if matches!(PathShape::of(path), PathShape::Distro(_)) => {
            "both distributions can use a folder on a drive, such as /mnt/c/out".to_owned()
        }
        (Some(Refusal::ForeignShare), _) => {
            "mount the share: `sudo mkdir -p /mnt/share && sudo mount -t drvfs '\\\\server\\share' /mnt/share`"
                .to_owned()
        }
        _ => "quote the path, with its drive: 'C:\\out\\x.exe' or C:/out/x.exe".to_owned(),
    };
    (message, vec![fix.into_bytes(), here])
}

/// Translates the slot of an argument. The bytes outside it stay unchanged.
pub fn in_slot(arg: &[u8], slot: &Slot, translator: &Translator) -> Translated {
    let Some(value) = arg.get(slot.bytes.clone()) else { return Translated::Same };
    of_kind(value, slot.kind, translator).map(|value| put(arg, &slot.bytes, &value))
}

/// Translates a value that the tool reads as `kind`.
#[must_use]
pub fn of_kind(value: &[u8], kind: PathKind, translator: &Translator) -> Translated {
    match kind {
        PathKind::Path | PathKind::Package => translator.path(value),
        PathKind::Output => translator.path_for(value, Purpose::Output),
        PathKind::PackageList => translator.each(value.split(|&byte| byte == b',')).map(|list| list.join(&b","[..])),
        PathKind::Command => first_word(value, translator),
        PathKind::Replacement => match go::replacement(value) {
            Some(new) => translator.path(&value[new.clone()]).map(|path| put(value, &new, &path)),
            None => Translated::Same,
        },
        PathKind::Assignment => match value.iter().position(|&byte| byte == b'=') {
            // Whatever the value names, `go env -w` writes only its settings file.
            Some(equals) => self::value(&value[..equals], &value[equals + 1..], translator)
                .read_only()
                .map(|new| put(value, &(equals + 1..value.len()), &new)),
            None => Translated::Same,
        },
        PathKind::BuildFlags => build_flags(value, b"build", translator),
        PathKind::TestFlags => build_flags(value, b"test", translator),
        PathKind::Redirect => {
            let prefixes: [&[u8]; 3] = [b"stdin:", b"stdout:", b"stderr:"];
            let start = prefixes.iter().find(|prefix| value.starts_with(prefix)).map_or(0, |prefix| prefix.len());
            let purpose = if matches!(start, 0 | 6) { Purpose::Input } else { Purpose::Output };
            translator.path_for(&value[start..], purpose).map(|path| put(value, &(start..value.len()), &path))
        }
        PathKind::PathOrFd if dlv::is_descriptor(value) => Translated::Same,
        PathKind::PathOrFd => translator.path_for(value, Purpose::Output),
        PathKind::Address | PathKind::ListenAddress => match value.strip_prefix(b"unix:") {
            Some(path) => {
                let purpose = if kind == PathKind::Address { Purpose::Input } else { Purpose::Output };
                translator.path_for(path, purpose).map(|path| [b"unix:", path.as_slice()].concat())
            }
            None => Translated::Same,
        },
    }
}

/// Translates the program in the value of `-exec` or `-toolexec`. The words after it are arguments of that program and
/// stay unchanged.
fn first_word(value: &[u8], translator: &Translator) -> Translated {
    let Ok(fields) = quoted::split(value) else { return Translated::Same };
    let Some(program) = fields.first() else { return Translated::Same };
    match translator.path(&value[program.inner.clone()]) {
        Translated::Becomes(path) => match quoted::replace(value, program, &path) {
            Ok(value) => Translated::Becomes(value),
            Err(_) => {
                Translated::NoCounterpart(Untranslatable::unwritable(value, "its new form needs both kinds of quotes"))
            }
        },
        unchanged => unchanged,
    }
}

/// Translates the paths in flags that dlv passes on to `go build` or `go test`.
fn build_flags(value: &[u8], command: &[u8], translator: &Translator) -> Translated {
    let fields = quoting::split(value);
    let words: Vec<&[u8]> = fields.iter().map(|field| field.value.as_slice()).collect();
    let argv: Vec<&[u8]> = [b"go", command].into_iter().chain(words).collect();
    let tokens = go::scan(&argv).tokens;
    let mut untranslatable: Option<Untranslatable> = None;
    let mut slots = tokens.iter().skip(2).map(|token| token.slot.as_ref());
    let rewritten = quoting::rewrite(value, |field| {
        match slots.next().flatten().map(|slot| in_slot(&field.value, slot, translator)) {
            Some(Translated::Becomes(value)) => Some(value),
            Some(Translated::NoCounterpart(why)) => {
                // A refusal matters more than a note.
                if untranslatable.as_ref().is_none_or(|known| known.purpose == Purpose::Input) {
                    untranslatable = Some(why);
                }
                None
            }
            Some(Translated::Same) | None => None,
        }
    });
    match (rewritten, untranslatable) {
        (rest, Some(untranslatable)) => Translated::NoCounterpart(Untranslatable { rest, ..untranslatable }),
        (Some(value), None) => Translated::Becomes(value),
        (None, None) => Translated::Same,
    }
}

fn put(whole: &[u8], range: &Range<usize>, new: &[u8]) -> Vec<u8> {
    [&whole[..range.start], new, &whole[range.end..]].concat()
}

/// Translates the value of a Go variable.
#[must_use]
pub fn value(name: &[u8], value: &[u8], translator: &Translator) -> Translated {
    match variables::kind(name) {
        Some(VariableKind::Flags) => goflags(value, translator),
        Some(VariableKind::List) if variables::is_path(name, value) => translator.list(value),
        Some(VariableKind::Dir | VariableKind::File | VariableKind::Executable) if variables::is_path(name, value) => {
            translator.path(value)
        }
        Some(VariableKind::Addresses) => translator.addresses(value),
        _ => Translated::Same,
    }
}

/// Returns the first output in GOFLAGS that has no name on this side. A command ignores the flags that it does not
/// know.
#[must_use]
pub fn missing_output(flags: &[u8], command: Command, translator: &Translator) -> Option<Untranslatable> {
    go::scan_goflags(flags).unwrap_or_default().into_iter().find_map(|flag| {
        let slot = flag.slot.filter(|slot| slot.kind == PathKind::Output)?;
        let ArgShape::Flag(spelling) = shape(&flags[flag.field.inner]) else { return None };
        command.flag(spelling.name)?;
        match of_kind(&flags[slot.bytes], slot.kind, translator) {
            Translated::NoCounterpart(untranslatable) => Some(untranslatable),
            Translated::Same | Translated::Becomes(_) => None,
        }
    })
}

/// Translates the paths in GOFLAGS. The last flag is replaced first, so that the positions of earlier flags stay valid.
fn goflags(flags: &[u8], translator: &Translator) -> Translated {
    let Ok(elements) = go::scan_goflags(flags) else { return Translated::Same };
    let mut current = flags.to_vec();
    let mut untranslatable = None;
    for element in elements.iter().rev() {
        let Some(slot) = &element.slot else { continue };
        let Some(value) = flags.get(slot.bytes.clone()) else { continue };
        match of_kind(value, slot.kind, translator) {
            Translated::Same => {}
            Translated::NoCounterpart(why) => untranslatable = Some(why),
            Translated::Becomes(new) => {
                let word = [&flags[element.field.inner.start..slot.bytes.start], new.as_slice()].concat();
                match quoted::replace(&current, &element.field, &word) {
                    Ok(replaced) => current = replaced,
                    Err(_) => {
                        let why = "a flag in it would need both kinds of quotes";
                        untranslatable = Some(Untranslatable::unwritable(flags, why));
                    }
                }
            }
        }
    }
    let changed = (current != flags).then_some(current);
    match (untranslatable, changed) {
        (Some(untranslatable), rest) => Translated::NoCounterpart(Untranslatable { rest, ..untranslatable }),
        (None, Some(flags)) => Translated::Becomes(flags),
        (None, None) => Translated::Same,
    }
}
