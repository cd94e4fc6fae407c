//! The project's own Go files: `go.mod` and `go.work` that lead to the other side.

use super::finding::{Finding, shown, word};
use super::subject::Subject;
use crate::plan::resolve::join;

/// The checks of the project.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in [&b"go.mod"[..], b"go.work"] {
        let Some(folder) = subject.upward(file) else { continue };
        let path = join(&folder, file);
        let Ok(text) = subject.host.read(&path, 1 << 20) else { continue };
        for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
            let place = [path.as_slice(), format!(":{number}").as_bytes()].concat();
            findings.extend(foreign(subject, line, &path, &place));
        }
    }
    findings
}

/// A `replace … => PATH` or a `use PATH`, on a line of its own or in a block. Nothing else in these files is a path.
fn foreign(subject: &Subject, line: &[u8], file: &[u8], place: &[u8]) -> Option<Finding> {
    let code = line.split(|&byte| byte == b'/').next().filter(|_| line.trim_ascii_start().starts_with(b"//"));
    if code.is_some() {
        return None;
    }
    let text = String::from_utf8_lossy(line).into_owned();
    let unquoted = |text: &str| text.trim_matches(['"', '`']).to_owned();
    let path = text
        .split_whitespace()
        .map(unquoted)
        .find(|word| subject.is_windows_path(word.as_bytes()) || word.starts_with(".\\") || word.starts_with("..\\"))?;
    let title = format!("{} leads to a Windows path: {}", shown(crate::tool::basename(file)), shown(path.as_bytes()));
    Some(
        Finding::fail("GW570", place, title)
            .why("go for Linux takes it for a module's name: `malformed module path`, `replacement module without version`.")
            .fix(format!("write it relative, with forward slashes (../lib), in {}", word(file))),
    )
}
