//! Translates arguments: those that the tool's grammar reads as a path and that have the other side's form.

use alloc::borrow::Cow;

use crate::diagnosis::{Code, Failure, Note, wording};
use crate::plan::model::ArgChange;
use crate::plan::translate::slot;
use crate::plan::translate::translator::{Purpose, Translated, Translator};
use crate::prelude::*;
use crate::tools::token::{Role, Token};
use crate::tools::{Grammar, Tool, dlv, go, gofmt, test_binary};

/// Result of the stage.
#[derive(Debug, Default)]
pub struct Args {
    /// Changed arguments.
    pub changes: Vec<ArgChange>,
    /// Notes on arguments that look like the other side's and are not changed.
    pub notes: Vec<Note>,
    /// Refusal for the first output path that has no name on this side.
    pub refused_output: Option<Failure>,
}

/// Translates the arguments of one call, without `argv[0]`.
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
        // The folder of `-C` is relative to the working directory.
        let is_folder = matches!(token.role, Role::Value(b"C") | Role::FlagValue(b"C"));
        let translator = below.as_ref().filter(|_| !is_folder).unwrap_or(translator);
        match slot::in_slot(arg, slot, translator) {
            Translated::Same => {}
            Translated::Becomes(to) => {
                if translator.respells(arg) {
                    args.notes.push(slot::respelled(&wording(|| [b"argument `".as_slice(), arg, b"`"].concat()), &to));
                }
                args.changes.push(ArgChange {
                    index,
                    from: Some(arg.to_vec()),
                    to: Some(to),
                    why: Cow::Borrowed(translator.why()),
                });
            }
            Translated::NoCounterpart(untranslatable) if untranslatable.purpose == Purpose::Output => {
                args.refused_output.get_or_insert_with(|| slot::refused_output(tool, &untranslatable));
            }
            Translated::NoCounterpart(untranslatable) => {
                let text = wording(|| {
                    let stays: &[u8] =
                        if untranslatable.rest.is_some() { b"` is partly unchanged: " } else { b"` is unchanged: " };
                    [b"argument `".as_slice(), arg, stays, &untranslatable.describe()].concat()
                });
                args.notes.push(Note::warn(Code::GW301, text));
                args.changes.extend(untranslatable.rest.map(|rest| ArgChange {
                    index,
                    from: Some(arg.to_vec()),
                    to: Some(rest),
                    why: Cow::Borrowed(translator.why()),
                }));
            }
        }
    }
    args
}

/// Returns one token an argument, and the folder that the tool changes to before it reads any other path.
fn tokens<'a>(tool: Tool, argv: &[&'a [u8]], translator: &Translator) -> (Vec<Token<'a>>, Option<Vec<u8>>) {
    if tool.grammar() != Grammar::Go {
        return (scan(tool, argv), None);
    }
    let line = go::scan(argv);
    let folder = line.chdir.and_then(|place| argv.get(place.index)?.get(place.bytes));
    let folder = folder.map(|given| match translator.path(given) {
        Translated::Becomes(path) => path,
        Translated::Same | Translated::NoCounterpart(_) => given.to_vec(),
    });
    (line.tokens, folder)
}

/// Returns one token an argument.
#[must_use]
pub fn scan<'a>(tool: Tool, argv: &[&'a [u8]]) -> Vec<Token<'a>> {
    match tool.grammar() {
        Grammar::Go => go::scan(argv).tokens,
        Grammar::Gofmt => gofmt::scan(argv),
        Grammar::Dlv => dlv::scan(argv).tokens,
        Grammar::CrossRun => test_binary::scan(argv),
        Grammar::Unread => Vec::new(),
    }
}
