//! The grammar of `go`, against what cmd/go itself makes of real and of malicious command lines.
//!
//! `go_cmdlines.tsv` holds lines of cmd/go's own test scripts, `go_adversarial.tsv` made-up ones; the roles were
//! computed with cmd/go's parser and flag tables. `go_flags.tsv` is a dump of those tables over all versions,
//! `go_env.tsv` the variables that Go reads.

use std::collections::BTreeSet;

use gowrap::tools::go::command::Command;
use gowrap::tools::go::flags::Takes;
use gowrap::tools::go::variables;
use gowrap::tools::go::variables::VariableKind;
use gowrap::tools::go::{GoCommandLine, StopReason, replacement, scan, scan_goflags};
use gowrap::tools::gofmt;
use gowrap::tools::test_binary;
use gowrap::tools::token::{PathKind, Role, Slot};
use proptest::prelude::*;

fn bytes(line: &[impl AsRef<str>]) -> Vec<&[u8]> {
    line.iter().map(|arg| arg.as_ref().as_bytes()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A role as the vectors spell it.
fn spell(role: Role<'_>) -> String {
    match role {
        Role::Argv0 => "argv0".into(),
        Role::Command => "cmd".into(),
        Role::Flag(_) => "flag".into(),
        Role::Value(name) => format!("val:{}", text(name)),
        Role::FlagValue(name) => format!("flagval:{}", text(name)),
        Role::BoolFlag(_) => "boolflag".into(),
        Role::Terminator => "--".into(),
        Role::Positional => "pos".into(),
        Role::Package => "pkg".into(),
        Role::File => "file".into(),
        Role::ProgramArg => "arg".into(),
        Role::TestArg => "testarg".into(),
        Role::ArgsMark => "argsmark".into(),
        Role::ToolName => "toolname".into(),
        Role::ToolArg => "toolarg".into(),
        Role::HelpTopic => "helptopic".into(),
        Role::Unparsed => "unparsed".into(),
    }
}

fn roles(line: &GoCommandLine<'_>) -> Vec<String> {
    line.tokens.iter().map(|token| spell(token.role)).collect()
}

fn command_words(line: &GoCommandLine<'_>, argv: &[&[u8]]) -> String {
    let words = line.tokens.iter().zip(argv).filter(|(token, _)| token.role == Role::Command);
    words.map(|(_, word)| text(word)).collect::<Vec<_>>().join(" ")
}

fn status(line: &GoCommandLine<'_>, argv: &[&[u8]]) -> String {
    let Some(stop) = line.stop else { return "ok".into() };
    let arg = text(argv.get(stop.index).copied().unwrap_or_default());
    let name = arg.trim_start_matches('-').split('=').next().unwrap_or_default();
    match stop.why {
        StopReason::UnknownCommand => "nocmd".into(),
        StopReason::Help => "help".into(),
        StopReason::BadSyntax => "err:bad flag syntax".into(),
        StopReason::UnknownFlag => format!("err:flag provided but not defined: -{name}"),
        StopReason::MissingValue => format!("err:flag needs an argument: -{name}"),
    }
}

/// Compares every line of a file of vectors and tells all that differ.
fn compare(vectors: &str) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in vectors.lines().skip(1) {
        let [_, argv, expected, command, outcome] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five columns: {row}")
        };
        let list = |json| serde_json::from_str::<Vec<String>>(json).unwrap_or_else(|error| panic!("{error}: {row}"));
        let (argv, expected) = (list(argv), list(expected));
        let argv = bytes(&argv);
        let line = scan(&argv);
        let got = (roles(&line), command_words(&line, &argv), status(&line, &argv));
        if got != (expected, command.to_owned(), outcome.to_owned()) {
            wrong.push(format!("{row}\n  got {got:?}"));
        }
        count += 1;
    }
    assert!(count > 40, "only {count} vectors");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn command_lines_of_cmd_gos_own_scripts() {
    compare(include_str!("vectors/go_cmdlines.tsv"));
}

#[test]
fn adversarial_command_lines() {
    compare(include_str!("vectors/go_adversarial.tsv"));
}

/// Every flag of every command takes what the dump of cmd/go's tables says.
#[test]
fn flags_of_all_versions() {
    for row in include_str!("vectors/go_flags.tsv").lines().skip(1) {
        let [words, name, arity, value, _] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five columns: {row}")
        };
        if (words, name) == ("test", "i") {
            // Gone since 1.20, and the test binary's business from then on.
            continue;
        }
        let mut words = words.split(' ');
        let first = Command::first(words.next().expect("a word").as_bytes()).expect("a command");
        let command = words.next().map_or(Some(first), |word| first.second(word.as_bytes())).expect("a command");
        let expected = match (arity, value) {
            ("bool" | "optional", _) => Takes::Nothing,
            (_, "path_file|enum(auto,off)") => Takes::Profile,
            (_, "exec_string") => Takes::Program,
            (_, "patternlist") => Takes::Patterns,
            (_, "modspec=modspec|dir") => Takes::Replacement,
            (_, value) if value.starts_with("path_") => Takes::Path,
            _ => Takes::Text,
        };
        // The dump does not show if a file is read or written.
        let found = command.flag(name.as_bytes()).map(|takes| if takes == Takes::Output { Takes::Path } else { takes });
        assert_eq!(found, Some(expected), "{row}");
    }
}

/// The flags that name an output, from the descriptions of cmd/go and of package testing.
#[test]
fn flags_that_name_an_output() {
    let mut outputs = BTreeSet::new();
    for row in include_str!("vectors/go_flags.tsv").lines().skip(1) {
        let mut columns = row.split('\t');
        let (words, name) = (columns.next().expect("a command"), columns.next().expect("a name"));
        let mut words = words.split(' ');
        let first = Command::first(words.next().expect("a word").as_bytes()).expect("a command");
        let command = words.next().map_or(Some(first), |word| first.second(word.as_bytes())).expect("a command");
        if command.flag(name.as_bytes()) == Some(Takes::Output) {
            outputs.insert(name.strip_prefix("test.").unwrap_or(name));
        }
    }
    let expected = "blockprofile coverprofile cpuprofile debug-actiongraph debug-runtime-trace debug-trace memprofile \
                    mutexprofile o outputdir pkgdir trace";
    assert_eq!(outputs.into_iter().collect::<Vec<_>>(), expected.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn flags_that_a_command_lacks() {
    for line in [
        "go install -o x",
        "go run -o x",
        "go get -mod=mod",
        "go vet -cover",
        "go build -test.run=x",
        "go build -printf",
        "go env -modfile=x",
        "go work edit -modfile=x",
        "go mod tidy -replace=a=b",
        "go telemetry -v",
        "go build -?",
        "go build -ldflag x",
        "go build -O x",
    ] {
        let argv: Vec<&str> = line.split(' ').collect();
        assert_eq!(scan(&bytes(&argv)).stop.map(|stop| stop.why), Some(StopReason::UnknownFlag), "{line}");
    }
}

/// The variables are as the list says, save those that another stage or Windows itself looks after.
#[test]
fn variables_of_all_versions() {
    const NOT_OURS: [&str; 8] =
        ["AppData", "ComSpec", "LocalAppData", "PATH", "SystemRoot", "TEMP", "TMP", "USERPROFILE"];
    for row in include_str!("vectors/go_env.tsv").lines().skip(1) {
        let [name, kind, settable] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("three columns: {row}") };
        assert_eq!(variables::is_settable(name.as_bytes()), settable == "settable", "{row}");
        let got = variables::kind(name.as_bytes());
        if NOT_OURS.contains(&name) {
            assert_eq!(got, None, "{row}");
            continue;
        }
        let expected = match kind {
            kind if kind.contains("(output)") => VariableKind::Output,
            kind if kind.starts_with("path_dir") => VariableKind::Dir,
            kind if kind.starts_with("path_file") => VariableKind::File,
            // Started as it is named, without arguments (x/tools' go/packages).
            _ if name == "GOPACKAGESDRIVER" => VariableKind::Executable,
            kind if kind.starts_with("exec") => VariableKind::Program,
            "url" => VariableKind::Addresses,
            "pathlist" => VariableKind::List,
            "flags" if name == "GOFLAGS" => VariableKind::Flags,
            "flags" => VariableKind::CompilerFlags,
            _ => VariableKind::Text,
        };
        // What is neither a path nor settable needs no row.
        let needless = matches!(expected, VariableKind::Text | VariableKind::Output) && settable != "settable";
        assert!(got == Some(expected) || got.is_none() && needless, "{row}: {got:?}");
    }
}

/// The path-typed stretches of a line, each with its kind.
fn paths(line: &[&str]) -> Vec<(String, PathKind)> {
    let tokens = scan(&bytes(line)).tokens;
    let found = tokens.iter().zip(line).filter_map(|(token, arg)| {
        let Slot { bytes, kind } = token.slot.clone()?;
        Some((arg[bytes].to_owned(), kind))
    });
    found.collect()
}

#[test]
fn path_arguments_are_recognized() {
    use PathKind::{Assignment, Command as Program, Output, Package, PackageList, Path, Replacement};
    type Case = (&'static [&'static str], &'static [(&'static str, PathKind)]);
    let table: &[Case] = &[
        // Flags, in every spelling.
        (&["go", "build", "-o", "C:\\x", "."], &[("C:\\x", Output), (".", Package)]),
        (&["go", "build", "--o=C:\\x"], &[("C:\\x", Output)]),
        (&["go", "build", "-o=", "."], &[(".", Package)]),
        (&["go", "build", "-pkgdir=p", "-modfile", "m", "-overlay=o"], &[("p", Output), ("m", Path), ("o", Path)]),
        (&["go", "build", "-debug-trace=a", "-debug-actiongraph=b"], &[("a", Output), ("b", Output)]),
        (&["go", "build", "-pgo=auto", "-pgo", "off", "-pgo=C:\\d.pgo"], &[("C:\\d.pgo", Path)]),
        (&["go", "build", "-coverpkg=./a,C:\\b"], &[("./a,C:\\b", PackageList)]),
        (&["go", "build", "-toolexec", "C:\\t.exe -v"], &[("C:\\t.exe -v", Program)]),
        (&["go", "run", "-exec=C:\\t.exe", "."], &[("C:\\t.exe", Program), (".", Package)]),
        (&["go", "mod", "edit", "-replace=a=C:\\d", "-dropreplace=C:\\d"], &[("a=C:\\d", Replacement)]),
        (&["go", "work", "edit", "-use=C:\\a", "-dropuse", "C:\\b"], &[("C:\\a", Path), ("C:\\b", Path)]),
        (&["go", "list", "-reuse=C:\\j", "-f", "C:\\f"], &[("C:\\j", Path)]),
        (&["go", "mod", "vendor", "-o", "C:\\v"], &[("C:\\v", Output)]),
        (&["go", "vet", "-vettool=C:\\v.exe", "-printf.funcs=C:\\x"], &[("C:\\v.exe", Path)]),
        (&["go", "fix", "-fixtool", "C:\\f.exe", "-fix", "C:\\x"], &[("C:\\f.exe", Path)]),
        (&["go", "tool", "-modfile=C:\\m", "pprof", "C:\\p"], &[("C:\\m", Path)]),
        // Flags whose value is any text.
        (&["go", "build", "-ldflags", "C:\\a", "-tags=C:\\b", "-gcflags=C:\\c", "-p=C:\\d", "-mod", "C:\\e"], &[]),
        (&["go", "build", "-race=C:\\a", "-buildvcs=C:\\b", "-x=C:\\c"], &[]),
        (&["go", "mod", "edit", "-tool=C:\\a", "-ignore=./b", "-module", "C:\\c", "-require=C:\\d"], &[]),
        (&["go", "test", "-run", "C:\\a", "-bench=C:\\b", "-vet=C:\\c", "-fuzz=C:\\d", "-list=C:\\e"], &[]),
        // Packages, files, directories.
        (&["go", "build", "C:\\a\\m.go", ".\\..."], &[("C:\\a\\m.go", Package), (".\\...", Package)]),
        (&["go", "build", ".", "-o", "x"], &[(".", Package), ("-o", Package), ("x", Package)]),
        (&["go", "get", "./..."], &[("./...", Package)]),
        (&["go", "install", "a@latest"], &[("a@latest", Package)]),
        (&["go", "generate", "a.go"], &[("a.go", Package)]),
        (&["go", "fmt", "./..."], &[("./...", Package)]),
        (&["go", "clean", "-cache", "."], &[(".", Package)]),
        (&["go", "version", "-m", "C:\\a.exe", "b"], &[("C:\\a.exe", Path), ("b", Path)]),
        (&["go", "mod", "edit", "-fmt", "C:\\go.mod"], &[("C:\\go.mod", Path)]),
        (&["go", "work", "use", "-r", "C:\\a", "."], &[("C:\\a", Path), (".", Path)]),
        (&["go", "work", "init", "C:\\a"], &[("C:\\a", Path)]),
        (&["go", "doc", "-all", "C:\\a", "C:\\b"], &[("C:\\a", Package)]),
        // Modules and words.
        (&["go", "mod", "init", "C:\\a"], &[]),
        (&["go", "mod", "why", "C:\\a"], &[]),
        (&["go", "mod", "download", "C:\\a"], &[]),
        (&["go", "list", "-m", "C:\\a"], &[]),
        (&["go", "list", "-m=true", "-u", "C:\\a"], &[]),
        (&["go", "list", "-m", "-m=false", "C:\\a"], &[("C:\\a", Package)]),
        (&["go", "list", "C:\\a"], &[("C:\\a", Package)]),
        (&["go", "help", "C:\\a"], &[]),
        (&["go", "telemetry", "C:\\a"], &[]),
        (&["go", "tool", "C:\\x.exe", "C:\\y"], &[]),
        // What runs, and what it is given.
        (&["go", "run", "C:\\m.go", "b.go", "C:\\a"], &[("C:\\m.go", Path), ("b.go", Path)]),
        (&["go", "run", "C:\\m", "b.go", "C:\\a"], &[("C:\\m", Package)]),
        (&["go", "run", ".", "--", "-o=C:\\a"], &[(".", Package)]),
        (&["go", "test", ".", "-coverprofile", "C:\\c"], &[(".", Package), ("C:\\c", Output)]),
        (&["go", "test", "-test.trace=C:\\t", "--test.outputdir", "C:\\o"], &[("C:\\t", Output), ("C:\\o", Output)]),
        (&["go", "test", ".", "-args", "-o=C:\\a", "C:\\b"], &[(".", Package)]),
        (&["go", "test", ".", "-golden", "C:\\a", "-o=C:\\b"], &[(".", Package), ("C:\\b", Output)]),
        (&["go", "test", ".", "-golden=C:\\g", "C:\\a", "-o=C:\\b"], &[(".", Package)]),
        (&["go", "test", ".", "--", "-o=C:\\b"], &[(".", Package)]),
        // Variables.
        (&["go", "env", "-w", "GOPATH=C:\\a", "GOPROXY=C:\\b"], &[("GOPATH=C:\\a", Assignment)]),
        (&["go", "env", "-w", "GOPROXY=file:///C:/b"], &[("GOPROXY=file:///C:/b", Assignment)]),
        (&["go", "env", "-w", "GOFLAGS=-modfile=C:\\a"], &[("GOFLAGS=-modfile=C:\\a", Assignment)]),
        (&["go", "env", "-w", "GOCACHE=off", "GOPATH=", "GOPATH", "=C:\\a"], &[]),
        (&["go", "env", "-w=false", "GOPATH=C:\\a"], &[]),
        (&["go", "env", "-u", "GOPATH=C:\\a"], &[]),
        // The directory.
        (&["go", "-C", "C:\\p", "build"], &[("C:\\p", Path)]),
        (&["go", "mod", "-C=C:\\p", "tidy"], &[("C:\\p", Path)]),
        // Nothing behind what cmd/go refuses.
        (&["go", "build", "-nosuch", "-o=C:\\x"], &[]),
        (&["go", "nosuch", "-o=C:\\x"], &[]),
        (&["go", "build", "-h", "-o=C:\\x"], &[]),
        (&["go", "mod", "help", "C:\\x"], &[]),
        (&["go"], &[]),
        (&[], &[]),
    ];
    for (line, expected) in table {
        let expected: Vec<_> = expected.iter().map(|(path, kind)| ((*path).to_owned(), *kind)).collect();
        assert_eq!(paths(line), expected, "{line:?}");
    }
}

#[test]
fn the_flag_c_changes_the_directory() {
    for (line, expected) in [
        ("go -C d build", Some((2, "d"))),
        ("go --C d build", Some((2, "d"))),
        ("go -C=d build", Some((1, "d"))),
        ("go build -C d", Some((3, "d"))),
        ("go mod -C d tidy", Some((3, "d"))),
        ("go mod tidy --C=d", Some((3, "d"))),
        ("go -C d -- build", Some((2, "d"))),
        ("go -C a build -C b", Some((2, "a"))),
        ("go -C d mod", Some((2, "d"))),
        ("go -C d help", Some((2, "d"))),
        ("go doc -u -C d fmt", Some((4, "d"))),
        ("go build -v -C d", None),
        ("go -- build -C d", None),
        ("go build . -C d", None),
        ("go help -C d", None),
        ("go build -C", None),
        ("go run . -C d", None),
        ("go nosuch -C d", None),
    ] {
        let argv: Vec<&str> = line.split(' ').collect();
        let chdir = scan(&bytes(&argv)).chdir.map(|place| (place.index, &argv[place.index][place.bytes]));
        assert_eq!(chdir, expected, "{line}");
    }
}

/// Lines whose roles the vectors do not show, from cmd/go's sources.
#[test]
fn every_argument_has_the_role_of_the_rules() {
    for (line, expected) in [
        ("go", "argv0"),
        ("go mod", "argv0 cmd"),
        ("go -- build -v x", "argv0 -- cmd boolflag pos"),
        ("go - build", "argv0 unparsed unparsed"),
        ("go mod -h", "argv0 cmd unparsed"),
        ("go mod help tidy", "argv0 cmd unparsed unparsed"),
        ("go mod -C d tidy -v", "argv0 cmd flag val:C cmd boolflag"),
        ("go -C a -C b build", "argv0 flag val:C unparsed unparsed unparsed"),
        ("go -C", "argv0 unparsed"),
        ("go mod -C", "argv0 cmd unparsed"),
        ("go mod tidy -C", "argv0 cmd cmd flag"),
        ("go help -C d", "argv0 cmd helptopic helptopic"),
        ("go build -- -v", "argv0 cmd -- pos"),
        ("go build - -v", "argv0 cmd pos pos"),
        ("go build -=x y", "argv0 cmd unparsed unparsed"),
        ("go build -h=x y", "argv0 cmd flag unparsed"),
        ("go vet ---x -v", "argv0 cmd pos pos"),
        ("go fix -=x -v", "argv0 cmd pos pos"),
        ("go vet -- -v", "argv0 cmd -- pos"),
        ("go vet -nosuch=1 -v", "argv0 cmd flag unparsed"),
        ("go run -- main.go x.go y -z", "argv0 cmd -- file file arg arg"),
        ("go run -- -x", "argv0 cmd -- arg"),
        ("go run x.go/ y.go", "argv0 cmd pkg arg"),
        ("go run x.GO", "argv0 cmd pkg"),
        ("go test ---x -=y -v z", "argv0 cmd pkg pkg boolflag testarg"),
        ("go test -h=x y z", "argv0 cmd testarg testarg testarg"),
        ("go test -x -y z w -v", "argv0 cmd boolflag testarg testarg testarg testarg"),
        ("go test -y -v z w", "argv0 cmd testarg boolflag testarg testarg"),
        ("go test -y -args -v", "argv0 cmd testarg argsmark testarg"),
        ("go test -args=1 -v", "argv0 cmd testarg boolflag"),
        ("go test --args -v", "argv0 cmd argsmark testarg"),
        ("go test -test.v -test.run=x -test.nosuch a", "argv0 cmd boolflag flagval:test.run testarg testarg"),
        ("go test -test.o=x", "argv0 cmd testarg"),
        ("go test . -i x -run y", "argv0 cmd pkg testarg testarg flag val:run"),
        ("go test -? x", "argv0 cmd flag unparsed"),
        ("go test -y --help x", "argv0 cmd testarg flag unparsed"),
        ("go tool -n -- cover -x", "argv0 cmd boolflag -- toolname toolarg"),
        ("go tool -x", "argv0 cmd flag"),
        ("go tool", "argv0 cmd"),
        ("go doc -c fmt -u", "argv0 cmd boolflag pos pos"),
        ("go vet -c 3 -json", "argv0 cmd flag val:c boolflag"),
        ("go fix -fix a b", "argv0 cmd flag val:fix pos"),
        ("go vet -fix a", "argv0 cmd boolflag pos"),
        ("go get -tool a", "argv0 cmd boolflag pos"),
        ("go mod edit -tool a b", "argv0 cmd cmd flag val:tool pos"),
        ("go build -buildvcs false", "argv0 cmd boolflag pos"),
        ("go test -v=test2json .", "argv0 cmd flagval:v pkg"),
    ] {
        let argv: Vec<&str> = line.split(' ').collect();
        assert_eq!(roles(&scan(&bytes(&argv))).join(" "), expected, "{line}");
    }
}

#[test]
fn paths_in_goflags() {
    use PathKind::{Command as Program, Output, PackageList, Path};
    type Case = (&'static str, Option<&'static [(&'static str, PathKind)]>);
    let table: &[Case] = &[
        ("", Some(&[])),
        ("-mod=mod -trimpath", Some(&[])),
        ("-modfile=C:\\m.mod -v", Some(&[("C:\\m.mod", Path)])),
        ("'-modfile=C:\\a b\\m.mod'", Some(&[("C:\\a b\\m.mod", Path)])),
        ("--overlay=C:\\o \"-toolexec=C:\\t -v\"", Some(&[("C:\\o", Path), ("C:\\t -v", Program)])),
        ("-pgo=off -pgo=C:\\p", Some(&[("C:\\p", Path)])),
        ("-coverpkg=.\\a,.\\b -test.trace=C:\\t", Some(&[(".\\a,.\\b", PackageList), ("C:\\t", Output)])),
        ("-modfile C:\\m.mod -o", Some(&[])),
        ("-ldflags=C:\\a -tags=C:\\b -nosuch=C:\\c ---o=C:\\d C:\\e", Some(&[])),
        ("-o=C:\\a'b", Some(&[("C:\\a'b", Output)])),
        ("'-o=C:\\a", None),
    ];
    for (value, expected) in table {
        let flags = scan_goflags(value.as_bytes()).ok();
        let got = flags.as_ref().map(|flags| {
            let slots = flags.iter().filter_map(|flag| flag.slot.clone());
            slots.map(|slot| (&value[slot.bytes], slot.kind)).collect::<Vec<_>>()
        });
        assert_eq!(got.as_deref(), *expected, "{value:?}");
    }
}

#[test]
fn only_the_new_half_of_a_replacement_is_a_path() {
    for (value, expected) in [
        ("a=C:\\d", Some("C:\\d")),
        ("a@v1.0.0 = ../z ", Some("../z")),
        ("a=b=c", Some("b=c")),
        ("a=C:\\d@x", Some("C:\\d@x")),
        ("a=", None),
        ("a= ", None),
        ("a", None),
        ("", None),
    ] {
        assert_eq!(replacement(value.as_bytes()).map(|new| &value[new]), expected, "{value:?}");
    }
}

/// One argument: a word of some grammar, or any bytes.
fn argument() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "-C",
        "-C=x",
        "--",
        "-",
        "",
        "-o",
        "--o=y",
        "-o=",
        "-pgo=off",
        "-exec",
        "-v",
        "-m",
        "-w",
        "-args",
        "-run",
        "-ldflags",
        "-unknown",
        "-unknown=1",
        "---x",
        "-=x",
        "x.go",
        ".",
        "./...",
        "GOPATH=z",
        "a=b",
        "-replace=a=b",
        "-test.trace",
        "-test.v",
        "-coverpkg=a,b",
        "-h",
        "-modfile",
        "-json",
        "-c",
        "-vettool",
        "tidy",
        "edit",
        "help",
    ]);
    prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
        1 => prop::collection::vec(any::<u8>(), 0..6).prop_map(|tail| [b"-".as_slice(), &tail].concat()),
    ]
}

fn line() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let commands = prop::sample::select(vec![
        "",
        "build",
        "test",
        "run",
        "vet",
        "fix",
        "mod",
        "work",
        "mod edit",
        "mod tidy",
        "work use",
        "env",
        "list",
        "doc",
        "tool",
        "version",
        "get",
        "help",
        "-C x build",
        "test -C x",
        "env -w",
        "list -m",
    ]);
    (commands, prop::collection::vec(argument(), 0..8)).prop_map(|(command, rest)| {
        let words = ["go"].into_iter().chain(command.split_terminator(' '));
        words.map(|word| word.as_bytes().to_vec()).chain(rest).collect()
    })
}

/// The same text with other bytes: what is a path becomes another, and what is only text starts to look like one.
fn disguise(role: Role<'_>, slot: Option<&Slot>, arg: &[u8]) -> Vec<u8> {
    match (slot, role) {
        (Some(slot), _) => {
            let path: &[u8] = match (slot.kind, role) {
                (PathKind::Assignment, _) => b"GOPATH=C:\\in\\j",
                (PathKind::Replacement, _) => b"a=C:\\in\\j",
                (_, Role::File) => b"C:\\in\\j.go",
                _ => b"C:\\in\\j",
            };
            let before = arg.get(..slot.bytes.start).unwrap_or_default();
            [before, path].concat()
        }
        // The words of `-pgo` are words only as they are, and an empty path is none.
        (None, Role::Value(b"pgo") | Role::FlagValue(_)) => arg.to_vec(),
        (None, Role::Value(_)) if arg.is_empty() => arg.to_vec(),
        // `go run -- -x` runs nothing.
        (None, Role::ProgramArg) if arg.starts_with(b"-") => arg.to_vec(),
        (None, Role::Value(_) | Role::ProgramArg | Role::ToolName | Role::ToolArg | Role::HelpTopic) => {
            b"C:\\not\\a\\path".to_vec()
        }
        (None, _) => arg.to_vec(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn one_token_an_argument_and_slots_inside(line in line()) {
        let argv: Vec<&[u8]> = line.iter().map(Vec::as_slice).collect();
        for tokens in [scan(&argv).tokens, gofmt::scan(&argv), test_binary::scan(&argv)] {
            prop_assert_eq!(tokens.len(), argv.len());
            for (token, arg) in tokens.iter().zip(&argv) {
                let Some(slot) = &token.slot else { continue };
                prop_assert!(slot.bytes.start < slot.bytes.end && slot.bytes.end <= arg.len());
            }
        }
    }

    /// cmd/go reads from left to right, so what is appended changes nothing that was there, unless it gives the last
    /// `-C` its directory.
    #[test]
    fn the_rest_of_a_line_changes_nothing_before_it(line in line(), cut in 1usize..10) {
        let argv: Vec<&[u8]> = line.iter().map(Vec::as_slice).collect();
        let cut = cut.min(argv.len());
        let settled = if argv[cut - 1].ends_with(b"-C") { cut - 1 } else { cut };
        let (whole, part) = (scan(&argv), scan(&argv[..cut]));
        prop_assert_eq!(&whole.tokens[..settled], &part.tokens[..settled]);
    }

    /// The form of an argument does not decide if it is a path: only its place in the grammar does.
    #[test]
    fn only_the_grammar_decides_what_is_a_path(line in line()) {
        let argv: Vec<&[u8]> = line.iter().map(Vec::as_slice).collect();
        let before = scan(&argv);
        let tokens = before.tokens.iter().zip(&argv);
        let changed: Vec<_> = tokens.map(|(token, arg)| disguise(token.role, token.slot.as_ref(), arg)).collect();
        let changed: Vec<&[u8]> = changed.iter().map(Vec::as_slice).collect();
        let after = scan(&changed);
        let shape = |line: &GoCommandLine<'_>| -> Vec<_> {
            let tokens = line.tokens.iter();
            tokens.map(|token| (spell(token.role), token.slot.as_ref().map(|slot| (slot.kind, slot.bytes.start)))).collect()
        };
        prop_assert_eq!(shape(&before), shape(&after), "{:?}", changed);
    }
}

/// A scan whose time grows with the square of the words does not end here within hours.
#[test]
fn a_long_line_is_read_in_linear_time() {
    for repeated in [["-test.mutexprofilefraction=1", "-v"], ["./a/b", "x.go"], ["-C", "d"], ["-nosuch", "x"]] {
        let words = ["go", "test"].into_iter().chain(repeated.into_iter().cycle().take(1_000_000));
        let argv: Vec<&[u8]> = words.map(str::as_bytes).collect();
        assert_eq!(scan(&argv).tokens.len(), argv.len());
    }
}
