//! Exactly the path-typed arguments change: over every real command line that the grammar is tested with.
//!
//! Each path-typed value becomes a Windows path, and so does every other value and argument; then the first ones must
//! be translated, and the others be the same bytes as before.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gowrap::host::environ::Environ;
use gowrap::plan::translate::args;
use gowrap::plan::translate::translator::{Purpose, Toward, Translated, Translator};
use gowrap::record::Record;
use gowrap::tools::Tool;
use gowrap::tools::go;
use gowrap::tools::token::{PathKind, Role, Token};
use proptest::prelude::*;

/// The argument lists of a table of vectors.
fn command_lines(table: &str) -> Vec<Vec<String>> {
    let rows = table.lines().skip(1).filter(|row| !row.starts_with('#'));
    rows.map(|row| serde_json::from_str(row.split('\t').nth(1).unwrap()).unwrap()).collect()
}

fn all_lines() -> Vec<Vec<String>> {
    let tables = [include_str!("vectors/go_cmdlines.tsv"), include_str!("vectors/go_adversarial.tsv")];
    tables.into_iter().flat_map(command_lines).collect()
}

fn bytes(argv: &[String]) -> Vec<&[u8]> {
    argv.iter().map(String::as_bytes).collect()
}

/// Paths in forms of Windows, what each becomes, and text of the same form that is no path.
const FORMS: [(&str, &str, &str); 8] = [
    (r"C:\in\j", "/mnt/c/in/j", r"C:\other\j"),
    (r"in\j", "in/j", r"other\j"),
    (r"..\in\j", "../in/j", r".\other"),
    (r".\in/j\", "./in/j/", r"other\"),
    (r"/home/me/in\j", "/home/me/in/j", r"/home/me/other\j"),
    (r"\in\j", "/mnt/c/in/j", r"\other"),
    ("/c/in/j", "/mnt/c/in/j", "/c/other"),
    (r"\\wsl$\Ubuntu-24.04\in\j", "/in/j", r"\\?\C:\other"),
];

/// The argument in a form of Windows, if its role allows it: what names a command or a flag must stay.
fn disguised(arg: &str, token: &Token, path: &str, other: &str) -> (String, bool) {
    match (&token.slot, token.role) {
        (Some(slot), _) if matches!(slot.kind, PathKind::Output | PathKind::Path | PathKind::Package) => {
            (format!("{}{path}{}", &arg[..slot.bytes.start], &arg[slot.bytes.end..]), true)
        }
        (None, Role::Value(_) | Role::ProgramArg | Role::TestArg | Role::ToolArg | Role::HelpTopic)
            if !arg.starts_with('-') =>
        {
            (other.to_owned(), false)
        }
        (None, Role::FlagValue(_)) => match arg.split_once('=') {
            Some((flag, _)) => (format!("{flag}={other}"), false),
            None => (arg.to_owned(), false),
        },
        _ => (arg.to_owned(), false),
    }
}

#[test]
fn exactly_the_path_typed_arguments_change() {
    let host = Record::demo().unwrap();
    let translator = Translator::new(&host, &Environ::default(), Toward::Linux);
    for (path, linux, other) in FORMS {
        let mut seen = 0;
        // The other table has Windows paths of its own.
        for line in command_lines(include_str!("vectors/go_cmdlines.tsv")) {
            let original = bytes(&line);
            let tokens = go::scan(&original).tokens;
            let (disguised, is_path): (Vec<String>, Vec<bool>) =
                line.iter().zip(&tokens).map(|(arg, token)| disguised(arg, token, path, other)).unzip();
            let argv = bytes(&disguised);
            // A value may have decided what the words behind it are (`-m`, a `.go` file, `-pgo=auto`): another line
            // then.
            let same_roles = |(one, other): (&Token, &Token)| {
                std::mem::discriminant(&one.role) == std::mem::discriminant(&other.role)
                    && one.slot.is_some() == other.slot.is_some()
            };
            if !tokens.iter().zip(&go::scan(&argv).tokens).all(same_roles) {
                continue;
            }
            seen += 1;
            let changes = args::translate(Tool::Go, &argv, &translator).changes;
            let changed: Vec<usize> = changes.iter().map(|change| change.index).collect();
            let expected: Vec<usize> = (0..argv.len()).filter(|index| is_path[*index]).collect();
            assert_eq!(changed, expected, "{disguised:?}");
            for change in changes {
                let (from, to) = (change.from.unwrap(), change.to.unwrap());
                let translated = String::from_utf8(from).unwrap().replace(path, linux);
                assert_eq!(String::from_utf8(to).unwrap(), translated);
            }
        }
        assert!(seen > 250, "{path}: {seen} lines");
    }
}

#[test]
fn with_nothing_to_translate_nothing_changes() {
    let host = Record::demo().unwrap();
    for toward in [Toward::Linux, Toward::Windows] {
        let translator = Translator::new(&host, &Environ::default(), toward);
        let foreign = |arg: &String| match toward {
            Toward::Linux => arg.contains('\\'),
            Toward::Windows => arg.contains('/'),
        };
        for line in all_lines().into_iter().filter(|line| !line.iter().any(foreign)) {
            assert_eq!(args::translate(Tool::Go, &bytes(&line), &translator).changes, [], "{line:?}");
        }
    }
}

#[test]
fn many_arguments_are_read_once() {
    let host = Record::demo().unwrap();
    let translator = Translator::new(&host, &Environ::default(), Toward::Linux);
    let mut line: Vec<String> = ["go", "vet"].map(String::from).to_vec();
    line.extend((0..20_000).map(|n| format!(r"C:\src\pkg{n}")));
    let changes = args::translate(Tool::Go, &bytes(&line), &translator).changes;
    assert_eq!(changes.len(), 20_000);
    assert_eq!(changes[19_999].to.as_deref(), Some(&b"/mnt/c/src/pkg19999"[..]));
}

/// Text that a rule names, and text that no rule names.
fn odd_text() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        r"C:\",
        "c:/",
        "E:\\x",
        "C:x",
        r"\\srv\s",
        r"\\wsl.localhost\U\h",
        r"\\?\C:\x",
        r"\\.\COM1",
        r"\x",
        r".\",
        r"..\",
        "/c/",
        "/c",
        "/e/x",
        "/cygdrive/c",
        "/mnt/c/x",
        "/mnt/z",
        "//x",
        ":",
        ";",
        ",",
        "=",
        "\"",
        "'",
        " ",
        "\\ ",
        "\\*",
        "a",
        "b\\c",
        "src",
        "...",
        "./",
        "../",
        "-",
        "x.go",
        "\u{e9}",
        "file:///C:/m",
        "file:///srv",
    ]);
    proptest::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// The question that is asked before any grammar never hides a value from the rules.
    #[test]
    fn a_changed_value_is_one_that_may_concern(text in odd_text()) {
        let host = Record::demo().unwrap();
        for toward in [Toward::Linux, Toward::Windows] {
            let translator = Translator::new(&host, &Environ::default(), toward);
            let value = text.as_bytes();
            let all = [
                translator.path(value), translator.path_for(value, Purpose::Output),
                translator.list(value), translator.addresses(value),
            ];
            prop_assert!(all.iter().all(|one| *one == Translated::Same) || translator.may_concern(value), "{text:?}");
        }
    }

    /// A translated value is not translated again. It may still be one that no rule can translate, such as a list whose
    /// element has a colon.
    #[test]
    fn a_translated_value_is_not_translated_again(text in odd_text()) {
        let host = Record::demo().unwrap();
        let translator = Translator::new(&host, &Environ::default(), Toward::Linux);
        type Reading<'t> = &'t dyn Fn(&[u8]) -> Translated;
        let readings: [Reading; 4] = [
            &|value| translator.path(value), &|value| translator.path_for(value, Purpose::Output),
            &|value| translator.list(value), &|value| translator.addresses(value),
        ];
        for read in readings {
            if let Translated::Becomes(new) = read(text.as_bytes()) {
                prop_assert_ne!(&new, text.as_bytes());
                prop_assert!(!matches!(read(&new), Translated::Becomes(_)), "{} of {:?}", new.escape_ascii(), text);
            }
        }
    }

    /// Without a backslash, a colon, a semicolon, a double slash and a drive's folder there is no rule.
    #[test]
    fn an_argument_without_a_rule_is_not_changed(words in proptest::collection::vec("[a-z0-9._~ *-]{2,6}", 1..4), root in "/?") {
        let host = Record::demo().unwrap();
        let translator = Translator::new(&host, &Environ::default(), Toward::Linux);
        prop_assume!(words[0] != "mnt" && words[0] != "cygdrive");
        let value = format!("{root}{}", words.join("/"));
        prop_assert_eq!(translator.path(value.as_bytes()), Translated::Same);
        prop_assert_eq!(translator.list(value.as_bytes()), Translated::Same);
    }
}
