//! Checks of the project's `go.mod` and `go.work`: paths of the other side.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Fix, shown, word};
use crate::doctor::go_settings::setting;
use crate::doctor::install;
use crate::doctor::subject::Subject;
use crate::host::binary::Format;
use crate::plan::translate::translator::{Toward, Translated, Translator};
use crate::text::path::dirname;
use crate::text::path::join;
use crate::tools::Tool;

/// The checks of the project.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let module = subject.upward(b"go.mod").map(|folder| join(&folder, b"go.mod"));
    let mut findings = Vec::new();
    for path in [module, workspace(subject)].into_iter().flatten() {
        let Ok(text) = subject.host.read(&path, 1 << 20) else { continue };
        let own = match subject.target(Tool::Go) {
            Some(target) if target.format == Format::Pe => Side::Windows,
            _ => Side::Linux,
        };
        for (number, found) in foreign(subject, &text, own) {
            let place = [path.as_slice(), format!(":{number}").as_bytes()].concat();
            findings.push(finding(subject, &found, &path, place, number, own));
        }
    }
    findings
}

/// Returns the workspace's file: the one that GOWORK names (`off` means none), else the nearest one.
#[must_use]
pub(super) fn workspace(subject: &Subject) -> Option<Vec<u8>> {
    match setting(subject, b"GOWORK").map(|setting| setting.value).as_deref() {
        Some(b"off") => None,
        Some(path) if path != b"auto" => Some(path.to_vec()),
        _ => subject.upward(b"go.work").map(|folder| join(&folder, b"go.work")),
    }
}

/// The system of the go that reads these files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Linux,
    Windows,
}

fn finding(subject: &Subject, path: &[u8], file: &[u8], place: Vec<u8>, number: usize, side: Side) -> Finding {
    let (name, shown_path) = (shown(crate::text::path::basename(file)), shown(path));
    let (title, why) = match side {
        Side::Linux => (
            format!("{name} names a Windows path: {shown_path}"),
            "go for Linux reads it as a module path: `malformed module path`, `replacement module without version`.",
        ),
        Side::Windows => (
            format!("{name} names a Linux path, and go is the Windows program: {shown_path}"),
            "go.exe looks for it on a Windows drive and does not find it: `replacement directory … does not exist`. \
             Its messages have Windows paths.",
        ),
    };
    let mut finding = Finding::fail(Code::GW570, place, title).why(why);
    if side == Side::Windows && path.starts_with(b"/") && !is_on_one_drive(subject, path, file) {
        // A relative path cannot lead to another drive or to a folder of Linux.
        finding.fix = install::go(subject).into_iter().map(Fix::Type).collect();
        return finding;
    }
    match relative(subject, path, file) {
        Some(own) => {
            let special = |text: &str, special: &str| {
                let mut out = String::new();
                for c in text.chars() {
                    if special.contains(c) {
                        out.push('\\');
                    }
                    out.push(c);
                }
                out
            };
            // Inside double quotes go.mod doubles a backslash.
            let from = special(&shown_path, "\\.*[]^$|").replace("\\\\", "\\\\\\{1,2\\}");
            let script = format!("{number}s|[\"`]\\{{0,1\\}}{from}[\"`]\\{{0,1\\}}|{}|", special(&own, "\\&|"));
            finding.fix(format!("sed -i {} {}", shell_words::quote(&script), word(file)))
        }
        None => finding,
    }
}

/// Returns true if both paths are on the same Windows drive.
fn is_on_one_drive(subject: &Subject, one: &[u8], two: &[u8]) -> bool {
    let drive =
        |path: &[u8]| subject.host.mounts().mount_of(path).filter(|mount| mount.is_drive()).map(|mount| mount.id());
    drive(one).is_some() && drive(one) == drive(two)
}

/// Returns the path in a form for go on both sides: relative, with forward slashes. None if there is no such form.
fn relative(subject: &Subject, path: &[u8], file: &[u8]) -> Option<String> {
    let own = match Translator::new(subject.host, subject.environ, Toward::Linux).path(path) {
        Translated::Becomes(own) => own,
        Translated::Same if path.starts_with(b"/") => path.to_vec(),
        Translated::Same => path.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect(),
        Translated::NoCounterpart(_) => return None,
    };
    if !own.starts_with(b"/") {
        let is_dotted = own.starts_with(b"./") || own.starts_with(b"../");
        return Some(shown(&if is_dotted { own } else { [b"./", own.as_slice()].concat() }));
    }
    let folder: Vec<&[u8]> = dirname(file).split(|&byte| byte == b'/').collect();
    let target: Vec<&[u8]> = own.split(|&byte| byte == b'/').collect();
    let common = folder.iter().zip(&target).take_while(|(one, two)| one == two).count();
    let up = std::iter::repeat_n(&b".."[..], folder.len() - common);
    let parts: Vec<&[u8]> = up.chain(target.iter().skip(common).copied()).collect();
    let joined = parts.join(&b"/"[..]);
    Some(shown(&match joined.as_slice() {
        b"" => b".".to_vec(),
        path if path.starts_with(b"..") => path.to_vec(),
        path => [b"./", path].concat(),
    }))
}

/// Returns the lines `replace … => PATH` and `use PATH`, alone or in a block, whose path is in Windows' form. These
/// files have no other paths. A path with a backslash is Windows', because a module's name has none.
fn foreign(subject: &Subject, text: &[u8], side: Side) -> Vec<(usize, Vec<u8>)> {
    let translator = Translator::new(subject.host, subject.environ, Toward::Linux);
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
        let is_foreign = |path: &&Vec<u8>| match side {
            Side::Linux => {
                subject.is_windows_path(path)
                    || path.contains(&b'\\')
                    || matches!(translator.path(path), Translated::Becomes(_))
            }
            Side::Windows => path.starts_with(b"/"),
        };
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

/// Reads a Go string. In a path, the only escape is the doubled backslash.
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
