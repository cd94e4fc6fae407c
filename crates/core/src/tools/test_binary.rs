//! Grammar of `go_windows_ARCH_exec PROGRAM ARG...` command lines.
//!
//! `go test` and `go run` start a program for Windows this way (`work.FindExecCmd`). Paths are the program itself and
//! the values of flags of package testing, which cmd/go sets. All other arguments belong to the program. The end of the
//! flags follows `go test`, which allows flags that only the program knows: a word after such a flag may be its value;
//! any other word ends the flags.

use crate::prelude::*;
use crate::tools::go::flags::{FlagGroup, FlagGroups, Takes, find};
use crate::tools::go::syntax::{ArgShape, shape};
use crate::tools::token::{Role, Token};

/// Returns the value of a flag of package testing. cmd/go adds some flags to those that `go test` passes on.
#[must_use]
pub fn flag(name: &[u8]) -> Option<Takes> {
    match name.strip_prefix(b"test.")? {
        b"gocoverdir" | b"fuzzcachedir" => Some(Takes::Output),
        b"fuzzworker" | b"paniconexit0" => Some(Takes::Nothing),
        // Not passed to a helper, because results through a helper are not cached.
        b"testlogfile" => Some(Takes::Text),
        name => find(FlagGroups::of(&[FlagGroup::Forwarded]), name),
    }
}

/// Returns the token of every argument, with the helper's name.
#[must_use]
pub fn scan<'a>(argv: &[&'a [u8]]) -> Vec<Token<'a>> {
    let mut tokens = Vec::with_capacity(argv.len());
    if !argv.is_empty() {
        tokens.push(Token::plain(Role::Argv0));
    }
    tokens.extend(argv.get(1).map(|program| Takes::Path.token(Role::Positional, program, 0)));
    let mut may_be_value = false;
    while let Some(&arg) = argv.get(tokens.len()) {
        let spelling = match shape(arg) {
            ArgShape::Word if may_be_value => None,
            ArgShape::Word | ArgShape::Terminator | ArgShape::Malformed => break,
            ArgShape::Flag(spelling) => Some(spelling),
        };
        may_be_value = false;
        let Some((spelling, takes)) = spelling.and_then(|spelling| Some((spelling, flag(spelling.name)?))) else {
            may_be_value = spelling.is_some_and(|spelling| spelling.value.is_none());
            tokens.push(Token::plain(Role::TestArg));
            continue;
        };
        match spelling.value {
            _ if takes == Takes::Nothing => tokens.push(Token::plain(spelling.switch())),
            Some(start) => tokens.push(takes.token(Role::FlagValue(spelling.name), arg, start)),
            None => {
                tokens.push(Token::plain(Role::Flag(spelling.name)));
                let value = argv.get(tokens.len()).map(|arg| takes.token(Role::Value(spelling.name), arg, 0));
                tokens.extend(value);
            }
        }
    }
    tokens.resize(argv.len(), Token::plain(Role::TestArg));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths<'a>(line: &[&'a str]) -> Vec<&'a str> {
        let argv: Vec<&[u8]> = line.iter().map(|arg| arg.as_bytes()).collect();
        let tokens = scan(&argv);
        assert_eq!(tokens.len(), argv.len(), "{line:?}");
        let slots = tokens.iter().zip(line);
        slots.filter_map(|(token, arg)| arg.get(token.slot.clone()?.bytes)).collect()
    }

    #[test]
    fn flags_that_go_test_passes_are_known() {
        let line = [
            "go_windows_amd64_exec",
            "/tmp/go-build1/b001/sub.test.exe",
            "-test.paniconexit0",
            "-test.gocoverdir=/tmp/gocover",
            "-test.timeout=10m0s",
            "-test.outputdir=/home/me/p",
            "-test.coverprofile=/tmp/_cover_.out",
            "-test.run=/home/me",
            "-update",
            "/home/me/golden",
            "-test.v=true",
            "-test.trace=t.out",
            "/home/me/rest",
            "-test.cpuprofile=/home/me/c",
        ];
        let expected = ["/tmp/go-build1/b001/sub.test.exe", "/tmp/gocover", "/home/me/p", "/tmp/_cover_.out", "t.out"];
        assert_eq!(paths(&line), expected);
    }

    #[test]
    fn values_of_path_flags_are_paths() {
        let taken = [
            "gocoverdir",
            "outputdir",
            "coverprofile",
            "cpuprofile",
            "memprofile",
            "blockprofile",
            "mutexprofile",
            "trace",
            "fuzzcachedir",
        ];
        for name in taken {
            for (spelling, value) in [(format!("-test.{name}=/x"), None), (format!("--test.{name}"), Some("/x"))] {
                let line: Vec<&str> = ["exec", "p", spelling.as_str()].into_iter().chain(value).collect();
                assert_eq!(paths(&line), ["p", "/x"], "{line:?}");
            }
        }
        for name in ["testlogfile", "run", "bench", "list", "skip", "fuzz", "count", "nosuch", "v"] {
            let spelling = format!("-test.{name}=/x");
            assert_eq!(paths(&["exec", "p", &spelling]), ["p"], "{name}");
        }
    }

    #[test]
    fn flags_end_at_the_first_word() {
        for (line, expected) in [
            (&[] as &[&str], &[] as &[&str]),
            (&["exec"], &[]),
            (&["exec", "p.exe", "/a", "-test.trace=/b"], &["p.exe"]),
            (&["exec", "p.exe", "--", "-test.trace=/b"], &["p.exe"]),
            (&["exec", "p.exe", "-x=/a", "/b", "-test.trace=/c"], &["p.exe"]),
            (&["exec", "p.exe", "-x", "-y", "/b", "-test.trace=/c"], &["p.exe", "/c"]),
            (&["exec", "p.exe", "-outputdir=/a", "-trace", "/b"], &["p.exe"]),
            (&["exec", "p.exe", "-test.run", "-test.trace=/a"], &["p.exe"]),
            (&["exec", "p.exe", "-test.trace"], &["p.exe"]),
            (&["exec", "-p.exe", "-test.trace=", ""], &["-p.exe"]),
        ] {
            assert_eq!(paths(line), expected, "{line:?}");
        }
    }
}
