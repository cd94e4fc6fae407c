//! Which arguments change sides: those that the tool's own grammar calls a path, and that are in the other side's form.

use alloc::borrow::Cow;
use core::ops::Range;

use crate::diagnosis::{Code, Exit, Failure, Note};
use crate::plan::ArgChange;
use crate::plan::translate::env;
use crate::plan::translate::translator;
use crate::plan::translate::translator::{Purpose, Translated, Translator, Unnamed};
use crate::prelude::*;
use crate::tools::dlv::quoting;
use crate::tools::go::quoted;
use crate::tools::token::{PathKind, Role, Slot, Token};
use crate::tools::{Tool, dlv, go, gofmt, test_binary};
use crate::wslpath::Refusal;

/// What the stage decided.
#[derive(Debug, Default)]
pub struct Args {
    /// The changed arguments.
    pub changes: Vec<ArgChange>,
    /// What was left alone although it looks like the other side's.
    pub notes: Vec<Note>,
    /// The first output that has no name on this side.
    pub junk: Option<Failure>,
}

/// Translates the arguments of one call, `argv[0]` excepted.
#[must_use]
pub fn translate(tool: Tool, argv: &[&[u8]], translator: &Translator) -> Args {
    let mut args = Args::default();
    if !argv.iter().skip(1).any(|arg| translator.may_concern(arg)) {
        return args;
    }
    let (tokens, folder) = tokens(tool, argv, translator);
    let below = folder.map(|folder| translator.below(&folder));
    for (index, token) in tokens.iter().enumerate().skip(1) {
        let (Some(slot), Some(arg)) = (&token.slot, argv.get(index)) else { continue };
        // The folder itself is named from where the call stands.
        let is_folder = matches!(token.role, Role::Value(b"C") | Role::FlagValue(b"C"));
        let translator = below.as_ref().filter(|_| !is_folder).unwrap_or(translator);
        match in_slot(arg, slot, translator) {
            Translated::Same => {}
            Translated::Becomes(to) => {
                if translator::was_respelled(arg, &to) {
                    args.notes.push(respelled(&[b"argument `".as_slice(), arg, b"`"].concat(), &to));
                }
                args.changes.push(ArgChange {
                    index,
                    from: Some(arg.to_vec()),
                    to: Some(to),
                    why: Cow::Borrowed(translator.why()),
                });
            }
            Translated::Stuck(unnamed) if unnamed.purpose == Purpose::Output => {
                args.junk.get_or_insert_with(|| junk(tool, &unnamed));
            }
            Translated::Stuck(unnamed) => {
                let text = [b"argument `".as_slice(), arg, b"` is left as it is: ", &unnamed.describe()].concat();
                args.notes.push(Note::warn(Code::GW301, text));
            }
        }
    }
    args
}

/// The note on a path that was written for Cygwin, MSYS or another mount point.
#[must_use]
pub fn respelled(what: &[u8], to: &[u8]) -> Note {
    let text = [what, b" names a drive by a folder that is not there; it becomes `", to, b"`"].concat();
    Note::info(Code::GW303, text)
}

/// The refusal of a call that would leave a file or a folder literally called by a path of the other side.
#[must_use]
pub fn junk(tool: Tool, unnamed: &Unnamed) -> Failure {
    let path = unnamed.path.as_slice();
    let why = match unnamed.missing_drive() {
        Some(letter) => format!("drive {} is not mounted", char::from(letter)).into_bytes(),
        None => unnamed.why.as_bytes().to_vec(),
    };
    let tool = tool.name().as_bytes();
    let message =
        [b"`", path, b"` names an output of `", tool, b"`, and ", &why, b": the file would be called just that"]
            .concat();
    let here = b"name a file on this side; `gowrap path PATH` says what a path becomes".to_vec();
    let fix = match (unnamed.refusal, unnamed.missing_drive()) {
        (_, Some(letter)) => {
            let (upper, lower) = (char::from(letter), char::from(letter.to_ascii_lowercase()));
            translator::mount_line(upper, lower)
        }
        (Some(Refusal::DriveRelative), _) => {
            "where a shell ate the backslashes, quote the path ('C:\\out\\x.exe') or write slashes (C:/out/x.exe)"
                .to_owned()
        }
        (Some(Refusal::NoCurrentDrive), _) => "name the drive: 'C:\\out\\x.exe' or C:/out/x.exe".to_owned(),
        (Some(Refusal::ForeignShare), _) => {
            "mount the share: `sudo mkdir -p /mnt/share && sudo mount -t drvfs '\\\\server\\share' /mnt/share`"
                .to_owned()
        }
        _ => "quote the path as it is meant, from the drive on: 'C:\\out\\x.exe' or C:/out/x.exe".to_owned(),
    };
    Failure { exit: Exit::CannotRun, code: Code::GW302, message, fix: vec![fix.into_bytes(), here] }
}

/// One token an argument, and the folder that the tool changes to before it reads any other path.
fn tokens<'a>(tool: Tool, argv: &[&'a [u8]], translator: &Translator) -> (Vec<Token<'a>>, Option<Vec<u8>>) {
    let tokens = match tool {
        Tool::Go => {
            let line = go::scan(argv);
            let folder = line.chdir.and_then(|place| argv.get(place.index)?.get(place.bytes));
            let folder = folder.map(|given| match translator.path(given) {
                Translated::Becomes(path) => path,
                Translated::Same | Translated::Stuck(_) => given.to_vec(),
            });
            return (line.tokens, folder);
        }
        Tool::Gofmt => gofmt::scan(argv),
        Tool::Dlv | Tool::DlvDap => dlv::scan(argv).tokens,
        Tool::WindowsAmd64Exec | Tool::Windows386Exec | Tool::WindowsArm64Exec => test_binary::scan(argv),
        // What gopls speaks is full of paths, and its few flags are the editor's own.
        Tool::Gopls => Vec::new(),
    };
    (tokens, None)
}

/// The argument with its path-typed bytes translated, every other byte as it was.
fn in_slot(arg: &[u8], slot: &Slot, translator: &Translator) -> Translated {
    let Some(value) = arg.get(slot.bytes.clone()) else { return Translated::Same };
    of_kind(value, slot.kind, translator).map(|value| put(arg, &slot.bytes, &value))
}

/// A value that the tool reads as `kind`.
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
            Some(equals) => env::value(&value[..equals], &value[equals + 1..], translator)
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
        PathKind::Address => match value.strip_prefix(b"unix:") {
            Some(path) => translator.path(path).map(|path| [b"unix:", path.as_slice()].concat()),
            None => Translated::Same,
        },
    }
}

/// `-exec` and `-toolexec`: a program, and arguments that are its own business.
fn first_word(value: &[u8], translator: &Translator) -> Translated {
    let Ok(fields) = quoted::split(value) else { return Translated::Same };
    let Some(program) = fields.first() else { return Translated::Same };
    match translator.path(&value[program.inner.clone()]) {
        Translated::Becomes(path) => match quoted::replace(value, program, &path) {
            Ok(value) => Translated::Becomes(value),
            Err(_) => Translated::Stuck(Unnamed::unwritable(value, "its new form holds both kinds of quotes")),
        },
        unchanged => unchanged,
    }
}

/// Flags of a `go` command that dlv passes on to it.
fn build_flags(value: &[u8], command: &[u8], translator: &Translator) -> Translated {
    let fields = quoting::split(value);
    let words: Vec<&[u8]> = fields.iter().map(|field| field.value.as_slice()).collect();
    let argv: Vec<&[u8]> = [b"go", command].into_iter().chain(words).collect();
    let tokens = go::scan(&argv).tokens;
    let mut stuck = None;
    let mut slots = tokens.iter().skip(2).map(|token| token.slot.as_ref());
    let rewritten = quoting::rewrite(value, |field| {
        match slots.next().flatten().map(|slot| in_slot(&field.value, slot, translator)) {
            Some(Translated::Becomes(value)) => Some(value),
            Some(Translated::Stuck(why)) => {
                stuck = Some(why);
                None
            }
            Some(Translated::Same) | None => None,
        }
    });
    match (rewritten, stuck) {
        (_, Some(why)) => Translated::Stuck(why),
        (Some(value), None) => Translated::Becomes(value),
        (None, None) => Translated::Same,
    }
}

fn put(whole: &[u8], range: &Range<usize>, new: &[u8]) -> Vec<u8> {
    [&whole[..range.start], new, &whole[range.end..]].concat()
}
