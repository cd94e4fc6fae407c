//! Grammar of `gofmt` command lines: the flags of `cmd/gofmt`, then files and directories.

use crate::prelude::*;
use crate::tools::go::flags::Takes;
use crate::tools::go::syntax::{ArgShape, shape};
use crate::tools::token::{Role, Token};

fn flag(name: &[u8]) -> Option<Takes> {
    match name {
        b"d" | b"e" | b"l" | b"s" | b"w" => Some(Takes::Nothing),
        b"r" => Some(Takes::Text),
        b"cpuprofile" => Some(Takes::Output),
        _ => None,
    }
}

/// Returns the token of every argument of a `gofmt` line, with the program's name.
#[must_use]
pub fn scan<'a>(argv: &[&'a [u8]]) -> Vec<Token<'a>> {
    let mut tokens = Vec::with_capacity(argv.len());
    if !argv.is_empty() {
        tokens.push(Token::plain(Role::Argv0));
    }
    while let Some(&arg) = argv.get(tokens.len()) {
        let spelling = match shape(arg) {
            ArgShape::Word => break,
            ArgShape::Terminator => {
                tokens.push(Token::plain(Role::Terminator));
                break;
            }
            ArgShape::Malformed => return unplaced(tokens, argv.len()),
            ArgShape::Flag(spelling) => spelling,
        };
        match (flag(spelling.name), spelling.value) {
            (Some(Takes::Nothing), _) => tokens.push(Token::plain(spelling.switch())),
            (Some(takes), Some(start)) => tokens.push(takes.token(Role::FlagValue(spelling.name), arg, start)),
            (Some(takes), None) => {
                tokens.push(Token::plain(Role::Flag(spelling.name)));
                let value = argv.get(tokens.len()).map(|arg| takes.token(Role::Value(spelling.name), arg, 0));
                tokens.extend(value);
            }
            (None, _) => {
                tokens.push(Token::plain(Role::Flag(spelling.name)));
                return unplaced(tokens, argv.len());
            }
        }
    }
    let operands = argv.get(tokens.len()..).unwrap_or_default();
    tokens.extend(operands.iter().map(|arg| Takes::Path.token(Role::Positional, arg, 0)));
    tokens
}

/// Marks the arguments after one that `gofmt` refuses.
fn unplaced(mut tokens: Vec<Token<'_>>, length: usize) -> Vec<Token<'_>> {
    tokens.resize(length, Token::plain(Role::Unparsed));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the path in each argument that has one.
    fn paths(line: &[&str]) -> Vec<String> {
        let argv: Vec<&[u8]> = line.iter().map(|arg| arg.as_bytes()).collect();
        let tokens = scan(&argv);
        assert_eq!(tokens.len(), argv.len(), "{line:?}");
        let slots = tokens.iter().zip(line);
        slots.filter_map(|(token, arg)| Some(arg[token.slot.clone()?.bytes].to_owned())).collect()
    }

    #[test]
    fn files_directories_and_the_profile_are_paths() {
        for (line, expected) in [
            (&["gofmt"] as &[&str], vec![]),
            (&["gofmt", "-l", "-w", "C:\\a.go", "b"], vec!["C:\\a.go", "b"]),
            (&["gofmt", "-r", "a -> b", "c.go"], vec!["c.go"]),
            (&["gofmt", "-r=C:\\a -> b", "c.go"], vec!["c.go"]),
            (&["gofmt", "--cpuprofile", "p", "-d=false", "c.go"], vec!["p", "c.go"]),
            (&["gofmt", "-cpuprofile=p", "--", "-l"], vec!["p", "-l"]),
            (&["gofmt", "a.go", "-l"], vec!["a.go", "-l"]),
            (&["gofmt", "-x", "a.go"], vec![]),
            (&["gofmt", "-h", "a.go"], vec![]),
            (&["gofmt", "---l", "a.go"], vec![]),
            (&["gofmt", "-l", ""], vec![]),
            (&["gofmt", "-r"], vec![]),
            (&[], vec![]),
        ] {
            assert_eq!(paths(line), expected, "{line:?}");
        }
    }
}
