//! The project's own Go files: `go.mod` and `go.work` that lead to the other side.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown, word};
use crate::doctor::go_settings::setting;
use crate::doctor::subject::Subject;
use crate::text::path::join;

/// The checks of the project.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Finding> {
    let module = subject.upward(b"go.mod").map(|folder| join(&folder, b"go.mod"));
    let mut findings = Vec::new();
    for path in [module, workspace(subject)].into_iter().flatten() {
        let Ok(text) = subject.host.read(&path, 1 << 20) else { continue };
        for (number, found) in foreign(subject, &text) {
            let place = [path.as_slice(), format!(":{number}").as_bytes()].concat();
            findings.push(finding(&found, &path, place));
        }
    }
    findings
}

/// The workspace's file: what GOWORK names, `off` being none, else the nearest one.
#[must_use]
pub fn workspace(subject: &Subject) -> Option<Vec<u8>> {
    match setting(subject, b"GOWORK").map(|setting| setting.value).as_deref() {
        Some(b"off") => None,
        Some(path) if path != b"auto" => Some(path.to_vec()),
        _ => subject.upward(b"go.work").map(|folder| join(&folder, b"go.work")),
    }
}

fn finding(path: &[u8], file: &[u8], place: Vec<u8>) -> Finding {
    let title = format!("{} leads to a Windows path: {}", shown(crate::text::path::basename(file)), shown(path));
    Finding::fail(Code::GW570, place, title)
        .why(
            "go for Linux takes it for a module's name: `malformed module path`, `replacement module without version`.",
        )
        .fix(format!("write it relative, with forward slashes (../lib), in {}", word(file)))
}

/// The lines of `replace … => PATH` and `use PATH`, on their own or in a block, whose path is in Windows' form. Nothing else in
/// these files is a path. A path with a backslash anywhere is Windows': a module's name has none.
fn foreign(subject: &Subject, text: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut block: Option<Vec<u8>> = None;
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        let mut words = words(line);
        match words.first().map(Vec::as_slice) {
            None => continue,
            Some(b")") => {
                block = None;
                continue;
            }
            Some(_) => {}
        }
        let verb = match &block {
            Some(verb) => verb.clone(),
            None => words.remove(0),
        };
        if words.last().is_some_and(|last| last == b"(") {
            block = Some(verb);
            continue;
        }
        let path = match verb.as_slice() {
            b"use" => words.first(),
            b"replace" => words.iter().position(|word| word == b"=>").and_then(|arrow| words.get(arrow + 1)),
            _ => None,
        };
        let is_foreign = |path: &&Vec<u8>| subject.is_windows_path(path) || path.contains(&b'\\');
        found.extend(path.filter(is_foreign).map(|path| (number, path.clone())));
    }
    found
}

/// The words of a line, in quotes of either kind or not, up to a comment.
pub(super) fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut rest = line.trim_ascii();
    while !rest.is_empty() && !rest.starts_with(b"//") {
        let (word, after) = match rest.split_first() {
            Some((b'"', inside)) => quoted(inside),
            Some((b'`', inside)) => cut(inside, inside.iter().position(|&byte| byte == b'`'), 1),
            Some((b'(', after)) => (b"(".to_vec(), after),
            Some((b')', after)) => (b")".to_vec(), after),
            _ => {
                let comment = rest.windows(2).position(|pair| pair == b"//");
                let blank = rest.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'(' | b')'));
                cut(rest, [comment, blank].into_iter().flatten().min(), 0)
            }
        };
        words.push(word);
        rest = after.trim_ascii_start();
    }
    words
}

fn cut(text: &[u8], end: Option<usize>, skipped: usize) -> (Vec<u8>, &[u8]) {
    let end = end.unwrap_or(text.len());
    (text.get(..end).unwrap_or_default().to_vec(), text.get(end + skipped..).unwrap_or_default())
}

/// A Go string; of its escapes a path has only the backslash's own.
fn quoted(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut word = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'"', _) => return (word, text.get(at + 1..).unwrap_or_default()),
            (b'\\', Some(b'\\')) => at += 1,
            _ => {}
        }
        word.push(byte);
        at += 1;
    }
    (word, b"")
}
