//! The grammar of `go`. Input: the arguments, a line each.

use gowrap::host::environ::Environ;
use gowrap::plan::translate::translator::{Toward, Translated, Translator};
use gowrap::plan::translate::{args, slot};
use gowrap::tools::go::quoted;
use gowrap::tools::token::{Role, Token};
use gowrap::tools::{Tool, go, gofmt, test_binary};

use super::{lines, machines};

pub fn holds(input: &[u8]) {
    let words = lines::words(input);
    for (tool, name) in [(Tool::Go, &b"go"[..]), (Tool::Gofmt, b"gofmt"), (Tool::WindowsAmd64Exec, b"exec")] {
        let argv: Vec<&[u8]> = std::iter::once(name).chain(words.iter().copied()).collect();
        tokens_fit(&argv, &scan(tool, &argv));
        translation_keeps_the_grammar(tool, &argv);
    }
    let argv: Vec<&[u8]> = std::iter::once(&b"go"[..]).chain(words.iter().copied()).collect();
    what_cannot_be_placed_is_left_alone(&argv);
    for word in &words {
        goflags(word);
        a_variable_is_translated_once(word);
        the_replacement_is_the_end(word);
    }
    assert_replaced_words_are_kept(&words);
}

fn scan<'a>(tool: Tool, argv: &[&'a [u8]]) -> Vec<Token<'a>> {
    match tool {
        Tool::Go => go::scan(argv).tokens,
        Tool::Gofmt => gofmt::scan(argv),
        Tool::Dlv => gowrap::tools::dlv::scan(argv).tokens,
        _ => test_binary::scan(argv),
    }
}

/// One token an argument, and no place outside of one.
pub fn tokens_fit(argv: &[&[u8]], tokens: &[Token]) {
    assert_eq!(tokens.len(), argv.len());
    assert_eq!(tokens.first().map(|token| token.role), Some(Role::Argv0));
    for (token, arg) in tokens.iter().zip(argv) {
        if let Some(slot) = &token.slot {
            assert!(slot.bytes.start <= slot.bytes.end && slot.bytes.end <= arg.len());
        }
        assert!(token.slot.is_none() || token.role != Role::Unparsed, "what cannot be placed is no path");
    }
}

fn what_cannot_be_placed_is_left_alone(argv: &[&[u8]]) {
    let line = go::scan(argv);
    if let Some(place) = &line.chdir {
        assert!(argv[place.index].get(place.bytes.clone()).is_some());
    }
    let unparsed = line.tokens.iter().position(|token| token.role == Role::Unparsed);
    if let Some(from) = unparsed {
        assert!(line.tokens[from..].iter().all(|token| token.role == Role::Unparsed));
    }
    if let Some(stop) = line.stop {
        assert!(stop.index <= argv.len());
    }
}

/// A translated path is read by the tool as the untranslated one would be: each argument plays the part that it played,
/// the bytes around a path stay, and there is nothing more to translate.
pub fn translation_keeps_the_grammar(tool: Tool, argv: &[&[u8]]) {
    for (machine, toward) in [(0, Toward::Linux), (1, Toward::Windows), (4, Toward::Linux)] {
        machines::with(machine, |host| {
            let translator = Translator::new(host, &Environ::default(), toward);
            let translated = args::translate(tool, argv, &translator);
            let before = scan(tool, argv);
            let mut after: Vec<Vec<u8>> = argv.iter().map(|arg| arg.to_vec()).collect();
            let mut seen = 0;
            for change in &translated.changes {
                assert!(change.index > seen, "in order, and never argv[0]");
                seen = change.index;
                let (from, to) = (change.from.clone().expect("it was there"), change.to.clone().expect("it stays"));
                assert_eq!(from, argv[change.index]);
                assert_ne!(from, to, "a change changes something");
                let slot = before[change.index].slot.clone().expect("only paths change");
                assert!(to.starts_with(&from[..slot.bytes.start]), "what stands in front of the path stays");
                assert!(to.ends_with(&from[slot.bytes.end..]), "what stands behind the path stays");
                assert!(names_the_other_side(toward, &from[slot.bytes]), "what no rule names stays");
                after[change.index] = to;
            }
            let after: Vec<&[u8]> = after.iter().map(Vec::as_slice).collect();
            for ((one, other), arg) in before.iter().zip(scan(tool, &after)).zip(&after) {
                assert_eq!(one.role, other.role, "{}", arg.escape_ascii());
                let kinds = [one, &other].map(|token| token.slot.as_ref().map(|slot| slot.kind));
                assert_eq!(kinds[0], kinds[1], "{}", arg.escape_ascii());
            }
            assert_eq!(args::translate(tool, &after, &translator).changes, [], "once is enough");
        });
    }
}

/// Only these signs make a value the other side's: a backslash, the colon of a drive, two slashes, the folder of a
/// drive as Cygwin, MSYS or WSL spell it, and for Windows any slash.
fn names_the_other_side(toward: Toward, value: &[u8]) -> bool {
    let holds = |sign: &[u8]| value.windows(sign.len()).any(|bytes| bytes == sign);
    let drive = |pair: &[u8]| pair[0].is_ascii_alphabetic() && pair[1] == b':';
    let folder = |bytes: &[u8]| bytes[0] == b'/' && bytes[1].is_ascii_alphabetic();
    match toward {
        Toward::Linux => holds(b"\\") || holds(b"//") || value.windows(2).any(|pair| drive(pair) || folder(pair)),
        Toward::Windows => holds(b"/"),
    }
}

/// The new value of a variable is one that needs no translation.
fn a_variable_is_translated_once(value: &[u8]) {
    // A name of each kind.
    for name in ["GOPATH", "GOBIN", "GOENV", "GOCACHE", "GOFLAGS", "GOPROXY", "GIT_SSH"] {
        for machine in [0, 4] {
            machines::with(machine, |host| {
                let translator = Translator::new(host, &Environ::default(), Toward::Linux);
                if let Translated::Becomes(new) = slot::value(name.as_bytes(), value, &translator) {
                    assert_ne!(new, value, "a change changes something");
                    let again = slot::value(name.as_bytes(), &new, &translator);
                    let is_another = matches!(again, Translated::Becomes(_));
                    assert!(!is_another, "{name}: {} {}", value.escape_ascii(), new.escape_ascii());
                }
            });
        }
    }
}

fn goflags(value: &[u8]) {
    let Ok(flags) = go::scan_goflags(value) else { return };
    let mut end = 0;
    for flag in &flags {
        assert!(end <= flag.field.outer.start && flag.field.outer.end <= value.len());
        end = flag.field.outer.end;
        if let Some(slot) = &flag.slot {
            assert!(flag.field.inner.start <= slot.bytes.start && slot.bytes.end <= flag.field.inner.end);
        }
        let word = &value[flag.field.inner.clone()];
        let Ok(same) = quoted::replace(value, &flag.field, word) else { continue };
        assert_eq!(split(&same), split(value), "a word that is replaced by itself");
    }
}

fn split(value: &[u8]) -> Vec<Vec<u8>> {
    let fields = quoted::split(value).expect("every quote is closed");
    fields.into_iter().map(|field| value[field.inner].to_vec()).collect()
}

fn the_replacement_is_the_end(value: &[u8]) {
    let Some(new) = go::replacement(value) else { return };
    let bytes = &value[new.clone()];
    assert!(!bytes.is_empty() && bytes.trim_ascii() == bytes);
    assert!(value[new.end..].trim_ascii().is_empty() && value[..new.start].contains(&b'='));
}

/// Replaces each word of a value by one of these, the last one first.
fn assert_replaced_words_are_kept(words: &[&[u8]]) {
    let mut value = vec!["x"; words.len()].join(" ").into_bytes();
    let fields = quoted::split(&value).expect("it has no quotes");
    for (field, word) in fields.iter().zip(words).rev() {
        let Ok(new) = quoted::replace(&value, field, word) else { return };
        value = new;
    }
    assert_eq!(split(&value), words);
}
