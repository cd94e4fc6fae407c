//! Folders in go.mod and go.work that go.exe cannot open: `use /home/me/x`, `replace a => /mnt/c/x`.
//!
//! On Windows such a path is relative to the folder of its file (`filepath.IsAbs` needs a drive), so go.exe looks for
//! `C:\src\p\mnt\c\x`. Observed with go.exe 1.21: every command that loads packages reads the folders of a workspace,
//! and a command that loads the module graph reads the go.mod of each replaced module that go.mod requires. Both are
//! refused. A command that loads packages reads a replaced module only if a package imports it, which go.mod does not
//! show. That call gets a note.

use crate::diagnosis::{Code, Exit, Failure, Note, wording};
use crate::host::Files;
use crate::host::environ::Environ;
use crate::prelude::*;
use crate::text::path::{dirname, join};
use crate::tools::go::command::Command;
use crate::tools::go::{self, quoted};
use crate::tools::token::Role;

/// Maximum number of bytes that are read of a go.mod or go.work.
const MOST_BYTES: usize = 1 << 20;

/// Checks the go.mod and go.work that this `go` command would read in `folder`, which is on a drive.
///
/// # Errors
/// Returns a refusal if the call is certain to fail.
pub(super) fn judge(
    argv: &[&[u8]],
    folder: &[u8],
    environ: &Environ,
    host: &dyn Files,
) -> Result<Option<Note>, Failure> {
    let line = go::scan(argv);
    let Some(command) = line.command else { return Ok(None) };
    if environ.get(b"GO111MODULE") == Some(b"off") || names_a_version(&line, argv) {
        return Ok(None);
    }
    let workspace = match environ.get(b"GOWORK") {
        None | Some(b"" | b"auto") => above(folder, b"go.work", host),
        Some(_) => None,
    };
    if command.reads_workspace()
        && let Some(file) = &workspace
        && let Some(path) = unreachable(file, b"use", host).into_iter().next()
    {
        let message = wording(|| {
            [b"`", file.as_slice(), b"` says `use ", &path.folder, b"`, and go.exe cannot find this folder"].concat()
        });
        let fix = wording(|| {
            vec![
                b"write the folder relative to go.work, such as `use ./folder`: Linux and Windows read that".to_vec(),
                b"ignore the workspace: `GOWORK=off`".to_vec(),
            ]
        });
        return Err(Failure { exit: Exit::CannotRun, code: Code::GW208, message, fix });
    }
    if !command.reads_modules() {
        return Ok(None);
    }
    let message = |file: &[u8], folder: &[u8]| {
        [b"`", file, b"` has `replace ... => ", folder, b"`, and go.exe cannot find this folder"].concat()
    };
    if let Some(file) = workspace
        && let Some(path) = unreachable(&file, b"replace", host).into_iter().next()
    {
        return Ok(Some(Note::warn(Code::GW234, wording(|| message(&file, &path.folder)))));
    }
    let Some(file) = above(folder, b"go.mod", host) else { return Ok(None) };
    let replaced = unreachable(&file, b"replace", host);
    let decides_alone = above(folder, b"go.work", host).is_none() && !has_other_mod_file(&line, environ);
    if decides_alone
        && loads_graph(&line, argv)
        && let Some(path) = replaced.iter().find(|path| is_required(&file, path, host))
    {
        let message = wording(|| message(&file, &path.folder));
        let fix = wording(|| {
            vec![b"write the folder relative to go.mod, such as `=> ../folder`: Linux and Windows read that".to_vec()]
        });
        return Err(Failure { exit: Exit::CannotRun, code: Code::GW208, message, fix });
    }
    Ok(wording(|| replaced.into_iter().next().map(|path| Note::warn(Code::GW234, message(&file, &path.folder)))))
}

/// Returns true for `go install PACKAGE@VERSION` and `go run PACKAGE@VERSION`, which read no go.mod or go.work.
fn names_a_version(line: &go::GoCommandLine, argv: &[&[u8]]) -> bool {
    matches!(line.command, Some(Command::Install | Command::Run))
        && line
            .tokens
            .iter()
            .zip(argv)
            .any(|(token, arg)| matches!(token.role, Role::Positional | Role::Package) && arg.contains(&b'@'))
}

/// Returns true if the command reads the go.mod of every module that go.mod requires, used or not.
fn loads_graph(line: &go::GoCommandLine, argv: &[&[u8]]) -> bool {
    let roles = || line.tokens.iter().map(|token| token.role);
    let operands = || roles().zip(argv).filter(|(role, _)| *role == Role::Positional).map(|(_, arg)| *arg);
    match line.command {
        Some(Command::ModGraph | Command::ModVerify) => true,
        Some(Command::ModDownload) => operands().next().is_none(),
        Some(Command::List) => {
            let has = |name| roles().any(|role| role == Role::BoolFlag(name));
            // With `-e`, go reports the error and continues.
            has(b"m") && !has(b"e") && operands().any(|arg| arg == b"all")
        }
        _ => false,
    }
}

/// Returns true if `-modfile` names another file than go.mod.
fn has_other_mod_file(line: &go::GoCommandLine, environ: &Environ) -> bool {
    let in_flags = environ.get(b"GOFLAGS").unwrap_or_default().windows(8).any(|word| word == b"-modfile");
    in_flags
        || line.tokens.iter().any(|token| matches!(token.role, Role::Flag(b"modfile") | Role::FlagValue(b"modfile")))
}

/// Returns the nearest file of that name, in the folder or above it.
fn above(folder: &[u8], name: &[u8], host: &dyn Files) -> Option<Vec<u8>> {
    let mut folder = folder;
    loop {
        let file = join(folder, name);
        if host.stat(&file).is_ok() {
            return Some(file);
        }
        if folder == b"/" || folder == b"." {
            return None;
        }
        folder = dirname(folder);
    }
}

/// Folder that a row names.
struct NamedFolder {
    /// Replaced module, and its version if the row has one.
    module: Vec<u8>,
    version: Option<Vec<u8>>,
    folder: Vec<u8>,
}

/// Returns the folders that begin with a slash and are outside the file's own folder.
fn unreachable(file: &[u8], verb: &[u8], host: &dyn Files) -> Vec<NamedFolder> {
    let text = host.read(file, MOST_BYTES).unwrap_or_default();
    let mut named = folders(&text, verb);
    named.retain(|path| path.folder.starts_with(b"/") && host.stat(&join(dirname(file), &path.folder[1..])).is_err());
    named
}

/// Returns true if the file requires the replaced module, in the replaced version.
fn is_required(file: &[u8], path: &NamedFolder, host: &dyn Files) -> bool {
    let text = host.read(file, MOST_BYTES).unwrap_or_default();
    rows(&text, b"require").iter().any(|row| match row.as_slice() {
        [module, version] => *module == path.module && path.version.as_ref().is_none_or(|only| only == version),
        _ => false,
    })
}

/// Returns the folders of every `use` or `replace`, in a line or in a block.
fn folders(text: &[u8], verb: &[u8]) -> Vec<NamedFolder> {
    // Matches `use DIR`, and `OLD [VERSION] => DIR`.
    let named = |row: Vec<Vec<u8>>| match row.iter().position(|word| word == b"=>") {
        Some(arrow) => Some(NamedFolder {
            module: row.first()?.clone(),
            version: row.get(1..arrow)?.first().cloned(),
            folder: row.get(arrow + 1)?.clone(),
        }),
        None if verb == b"use" => {
            Some(NamedFolder { module: Vec::new(), version: None, folder: row.into_iter().next()? })
        }
        None => None,
    };
    rows(text, verb).into_iter().filter_map(named).collect()
}

/// Returns the words of every row of this verb, in a line or in a block.
fn rows(text: &[u8], verb: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.split(|&byte| byte == b'\n') {
        let end =
            line.windows(2).position(|pair| pair == b"//").filter(|&at| at == 0 || line[at - 1].is_ascii_whitespace());
        let line = &line[..end.unwrap_or(line.len())];
        let words: Vec<&[u8]> =
            quoted::split(line).unwrap_or_default().into_iter().map(|word| &line[word.inner]).collect();
        let row = match words.as_slice() {
            [b")", ..] => {
                in_block = false;
                continue;
            }
            [first, b"(", ..] => {
                in_block = *first == verb;
                continue;
            }
            [first, row @ ..] if *first == verb => row,
            row if in_block => row,
            _ => continue,
        };
        found.push(row.iter().map(|word| word.to_vec()).collect());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_are_read_from_lines_and_blocks() {
        let text = br#"go 1.25 // use /comment
use /home/me/a
use (
	./b
	"/mnt/c/d e" // a comment
	/f//g
)
replace example.com/x => /mnt/c/x
replace (
	example.com/y v1.0.0 => ../y
	example.com/z => /z v1.2.3
)
require example.com/use v1.0.0
require (
	example.com/y v1.0.0
	example.com/z v2.0.0 // indirect
)
"#;
        let text_of = |verb: &[u8]| -> Vec<String> {
            folders(text, verb).into_iter().map(|path| String::from_utf8_lossy(&path.folder).into_owned()).collect()
        };
        assert_eq!(text_of(b"use"), ["/home/me/a", "./b", "/mnt/c/d e", "/f//g"]);
        assert_eq!(text_of(b"replace"), ["/mnt/c/x", "../y", "/z"]);
        let required: Vec<usize> = rows(text, b"require").iter().map(Vec::len).collect();
        assert_eq!(required, [2, 2, 2]);
        let versions: Vec<_> = folders(text, b"replace").into_iter().map(|path| path.version).collect();
        assert_eq!(versions, [None, Some(b"v1.0.0".to_vec()), None]);
    }
}
