//! Folders in go.mod and go.work that go.exe cannot open: `use /home/me/x`, `replace a => /mnt/c/x`.
//!
//! On Windows such a path is relative to the folder of its file (`filepath.IsAbs` needs a drive), so go.exe looks for
//! `C:\src\p\mnt\c\x`. Every command that loads packages reads the folders of a workspace; only a command that needs a
//! replaced module reads that module. The first is refused, the second gets a note.

use crate::diagnosis::{Code, Exit, Failure, Note};
use crate::host::Host;
use crate::host::environ::Environ;
use crate::prelude::*;
use crate::text::path::{dirname, join};
use crate::tools::go::{self, quoted};

/// Maximum size of a go.mod that is read.
const MOST_BYTES: usize = 1 << 20;

/// Checks the go.mod and go.work that this `go` command would read in `folder`, which is on a drive.
///
/// # Errors
/// Returns a refusal if the call is certain to fail.
pub fn judge(argv: &[&[u8]], folder: &[u8], environ: &Environ, host: &dyn Host) -> Result<Option<Note>, Failure> {
    let Some(command) = go::scan(argv).command else { return Ok(None) };
    if command.reads_workspace()
        && matches!(environ.get(b"GOWORK"), None | Some(b"" | b"auto"))
        && let Some(file) = above(folder, b"go.work", host)
        && let Some(path) = unreachable(&file, b"use", host)
    {
        let message =
            [b"`", file.as_slice(), b"` says `use ", &path, b"`, and go.exe cannot find this folder"].concat();
        let fix = vec![
            b"write the folder relative to go.work, such as `use ./folder`: Linux and Windows read that".to_vec(),
            b"ignore the workspace: `GOWORK=off`".to_vec(),
        ];
        return Err(Failure { exit: Exit::CannotRun, code: Code::GW208, message, fix });
    }
    let named = [b"go.work".as_slice(), b"go.mod"].into_iter().find_map(|name| {
        let file = above(folder, name, host).filter(|_| command.reads_modules())?;
        let path = unreachable(&file, b"replace", host)?;
        Some(
            [b"`", file.as_slice(), b"` has `replace ... => ", &path, b"`, and go.exe cannot find this folder"]
                .concat(),
        )
    });
    Ok(named.map(|text| Note::warn(Code::GW234, text)))
}

/// Returns the nearest file of that name, in the folder or above it.
fn above(folder: &[u8], name: &[u8], host: &dyn Host) -> Option<Vec<u8>> {
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

/// Returns the first folder that begins with a slash and is outside the file's own folder.
fn unreachable(file: &[u8], verb: &[u8], host: &dyn Host) -> Option<Vec<u8>> {
    let text = host.read(file, MOST_BYTES).ok()?;
    folders(&text, verb)
        .into_iter()
        .find(|path| path.starts_with(b"/") && host.stat(&join(dirname(file), &path[1..])).is_err())
}

/// Returns the folders of every `use` or `replace`, in a line or in a block.
fn folders(text: &[u8], verb: &[u8]) -> Vec<Vec<u8>> {
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
        // Matches `use DIR`, and `OLD [VERSION] => DIR`.
        let path = match row.iter().position(|word| *word == b"=>") {
            Some(arrow) => row.get(arrow + 1),
            None => row.first().filter(|_| verb == b"use"),
        };
        found.extend(path.map(|path| path.to_vec()));
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
"#;
        let text_of = |verb: &[u8]| -> Vec<String> {
            folders(text, verb).into_iter().map(|path| String::from_utf8_lossy(&path).into_owned()).collect()
        };
        assert_eq!(text_of(b"use"), ["/home/me/a", "./b", "/mnt/c/d e", "/f//g"]);
        assert_eq!(text_of(b"replace"), ["/mnt/c/x", "../y", "/z"]);
    }
}
