//! Checks of PATH: entries that no program can use, Windows files that hide Linux tools, and the line that puts a
//! folder first.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown, word};
use crate::doctor::shell_files;
use crate::doctor::subject::Subject;
use crate::plan::translate::translator::{Toward, Translated, Translator};
use crate::text::path::join;
use crate::text::path::{basename, dirname};

/// Names that a Windows folder on PATH may hide: Go's own tools, and the programs that Go starts.
const NAMES: [&[u8]; 9] = [b"go", b"gofmt", b"dlv", b"gopls", b"git", b"gcc", b"g++", b"clang", b"pkg-config"];

/// The checks of PATH.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = hidden(subject);
    findings.extend(unusable(subject));
    findings
}

/// The absolute entries of the PATH of the call.
fn entries<'s>(subject: &'s Subject) -> impl Iterator<Item = &'s [u8]> {
    let path = subject.environ.get(b"PATH").unwrap_or_default();
    path.split(|&byte| byte == b':').filter(|entry| entry.starts_with(b"/"))
}

/// Returns true if this folder, or its link's target, is the first on PATH with a program of that name. gowrap does not
/// count.
#[must_use]
pub(super) fn is_first(subject: &Subject, folder: &[u8], name: &[u8]) -> bool {
    let mut others =
        entries(subject).filter(|entry| !subject.host.mounts().is_on_drive(entry) && !subject.leads_to_gowrap(entry));
    let first = others.find(|entry| *entry == folder || subject.is_file(&join(entry, name)));
    first == Some(folder)
}

/// Returns true if a folder before this one on PATH has a program of that name. gowrap does not count.
#[must_use]
pub(super) fn is_hidden(subject: &Subject, folder: &[u8], name: &[u8]) -> bool {
    let before = entries(subject).take_while(|entry| *entry != folder);
    let others = before.filter(|entry| !subject.leads_to_gowrap(entry) && !subject.host.mounts().is_on_drive(entry));
    let files: Vec<Vec<u8>> = others.map(|entry| join(entry, name)).collect();
    files.iter().any(|file| subject.is_file(file))
}

/// Returns the command that puts a folder first on PATH for later shells, but behind gowrap's own folder.
#[must_use]
pub(super) fn front(subject: &Subject, folder: &[u8]) -> String {
    let folders: Vec<&[u8]> = subject.shims().into_iter().chain([folder]).collect();
    shell_files::put_first(subject, &folders)
}

/// Finds Windows files that hide a Linux tool of the same name, because their folder comes first. Only the folders of
/// drives before such a tool are read. gowrap itself searches drives last.
fn hidden(subject: &Subject) -> Vec<Finding> {
    if !subject.host.kind().is_wsl() {
        return Vec::new();
    }
    let on_drive = |entry: &[u8]| subject.host.mounts().is_on_drive(entry);
    let mut findings = Vec::new();
    for name in NAMES {
        let Some(linux) = entries(subject).find(|entry| !on_drive(entry) && subject.is_file(&join(entry, name))) else {
            continue;
        };
        let before = entries(subject).take_while(|entry| *entry != linux).filter(|entry| on_drive(entry));
        let Some(file) = before.map(|entry| join(entry, name)).find(|file| subject.is_file(file)) else { continue };
        findings.push(
            Finding::warn(Code::GW452, "PATH", format!("{} hides {}", shown(&file), shown(&join(linux, name))))
                .why(
                    "Its folder is on PATH before the Linux tool's, so programs start it instead. With a Windows go, \
                     VS Code reports `Unexpected end of JSON input`. gowrap itself searches drives last.",
                )
                .fix(front(subject, linux)),
        );
    }
    findings
}

/// An entry that no program can use, and its correct form.
struct Unusable {
    entry: Vec<u8>,
    /// None if unknown.
    usable: Option<Vec<u8>>,
}

/// Finds entries with `~`, a variable or quotes, and entries in Windows' form. execvp(3) reads each literally.
fn unusable(subject: &Subject) -> Vec<Finding> {
    let path = subject.environ.get(b"PATH").unwrap_or_default();
    let whole: Vec<JudgedEntry> = elements(path).into_iter().map(|entry| judge(subject, entry)).collect();
    let bad = |entry: &JudgedEntry| match entry {
        JudgedEntry::Plain(_) => None,
        JudgedEntry::Bad(unusable) => Some(unusable.clone_parts()),
    };
    let broken: Vec<Unusable> = whole.iter().filter_map(bad).collect();
    if broken.is_empty() {
        return Vec::new();
    }
    let corrected: Vec<Vec<u8>> = whole
        .into_iter()
        .filter_map(|entry| match entry {
            JudgedEntry::Plain(entry) => Some(entry),
            JudgedEntry::Bad(unusable) => unusable.usable,
        })
        .collect();
    let corrected = corrected.join(&b":"[..]);
    let finding = |bad: Unusable| {
        let should = match &bad.usable {
            Some(usable) => format!("The correct entry is {}.", shown(usable)),
            None => "Remove it.".to_owned(),
        };
        let in_file = bad.usable.as_ref().and_then(|usable| shell_files::replace(subject, &bad.entry, usable));
        Finding::warn(Code::GW454, "PATH", format!("PATH holds {}, in which no program is found", shown(&bad.entry)))
            .why(format!("Programs read an entry of PATH literally: nothing in it is expanded or translated. {should}"))
            .fix(in_file.unwrap_or_else(|| format!("export PATH={}", word(&corrected))))
    };
    broken.into_iter().map(finding).collect()
}

enum JudgedEntry {
    Plain(Vec<u8>),
    Bad(Unusable),
}

impl Unusable {
    fn clone_parts(&self) -> Unusable {
        Unusable { entry: self.entry.clone(), usable: self.usable.clone() }
    }
}

/// Returns the elements between colons. A single letter followed by a path that begins with a separator and does not
/// exist is one element with a drive letter.
fn elements(path: &[u8]) -> Vec<Vec<u8>> {
    let mut elements: Vec<Vec<u8>> = Vec::new();
    for part in path.split(|&byte| byte == b':') {
        let ends_in_letter = |element: &&mut Vec<u8>| {
            let last = element.rsplit(|&byte| byte == b';').next().unwrap_or_default();
            matches!(last.strip_prefix(b"\"").unwrap_or(last), [letter] if letter.is_ascii_alphabetic())
        };
        match elements.last_mut().filter(ends_in_letter) {
            Some(letter) if part.starts_with(b"\\") || part.starts_with(b"/") => {
                letter.push(b':');
                letter.extend_from_slice(part);
            }
            _ => elements.push(part.to_vec()),
        }
    }
    elements
}

fn judge(subject: &Subject, entry: Vec<u8>) -> JudgedEntry {
    let marks: &[u8] = b"~$%\"';\\";
    let has_mark = |byte: &u8| marks.contains(byte) && (*byte != b'~' || entry.starts_with(b"~"));
    let is_drive = matches!(entry.as_slice(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    // An existing folder of that name is a valid entry.
    if !(is_drive || entry.iter().any(has_mark)) || subject.host.stat(&entry).is_ok() {
        return JudgedEntry::Plain(entry);
    }
    let usable = usable(subject, &entry);
    JudgedEntry::Bad(Unusable { entry, usable })
}

/// Returns the correct form of the entry. If it has Windows' separator, it becomes several entries, joined with colons.
fn usable(subject: &Subject, entry: &[u8]) -> Option<Vec<u8>> {
    let trim = |part: &[u8]| part.iter().copied().filter(|byte| !matches!(byte, b'"' | b'\'')).collect::<Vec<u8>>();
    let parts = entry.split(|&byte| byte == b';').map(trim).filter(|part| !part.is_empty());
    let meant: Option<Vec<Vec<u8>>> = parts.map(|part| one(subject, &part)).collect();
    Some(meant?.join(&b":"[..])).filter(|meant| !meant.is_empty())
}

fn one(subject: &Subject, part: &[u8]) -> Option<Vec<u8>> {
    let expanded = match part {
        [b'~'] => subject.home()?.to_vec(),
        [b'~', b'/', rest @ ..] => join(subject.home()?, rest),
        [b'$', ..] => variable(subject, part)?,
        [b'%', ..] => windows_variable(subject, part)?,
        _ => part.to_vec(),
    };
    let translated = match Translator::new(subject.host, subject.environ, Toward::Linux).path(&expanded) {
        Translated::Becomes(path) => path,
        Translated::Same => expanded,
        Translated::NoCounterpart(_) => return None,
    };
    let is_clean = translated.starts_with(b"/") && !translated.iter().any(|byte| b"$%\\".contains(byte));
    is_clean.then_some(translated)
}

/// `$NAME/rest` and `${NAME}/rest`, by the environment or by Go's own default.
fn variable(subject: &Subject, part: &[u8]) -> Option<Vec<u8>> {
    let inside = part.strip_prefix(b"$")?;
    let (name, rest) = match inside.strip_prefix(b"{") {
        Some(braced) => {
            let end = braced.iter().position(|&byte| byte == b'}')?;
            (braced.get(..end)?, braced.get(end + 1..)?)
        }
        None => {
            let end = inside.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
            inside.split_at(end.unwrap_or(inside.len()))
        }
    };
    let value = match name {
        b"HOME" => subject.home()?.to_vec(),
        b"GOPATH" => match subject.repaired(b"GOPATH") {
            Some(list) => list.split(|&byte| byte == b':').next()?.to_vec(),
            None => join(subject.home()?, b"go"),
        },
        _ => subject.repaired(name)?.to_vec(),
    };
    Some([&value, rest].concat())
}

/// Expands `%USERPROFILE%\rest`. The Windows home is known if an entry of PATH is in it.
fn windows_variable(subject: &Subject, part: &[u8]) -> Option<Vec<u8>> {
    let inside = part.strip_prefix(b"%")?;
    let end = inside.iter().position(|&byte| byte == b'%')?;
    let (name, rest) = (inside.get(..end)?, inside.get(end + 1..)?);
    if !name.eq_ignore_ascii_case(b"USERPROFILE") {
        return None;
    }
    let home = entries(subject).find_map(windows_home)?;
    let rest: Vec<u8> = rest.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect();
    Some([home, &rest].concat())
}

/// `/mnt/c/Users/NAME` of `/mnt/c/Users/NAME/…`.
fn windows_home(entry: &[u8]) -> Option<&[u8]> {
    let mut folder = entry;
    while folder.len() > 1 {
        if basename(dirname(folder)).eq_ignore_ascii_case(b"Users") {
            return Some(folder);
        }
        folder = dirname(folder);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drive_letter_and_its_path_are_one_entry() {
        let table: &[(&str, &[&str])] = &[
            ("/a:/b", &["/a", "/b"]),
            (r"/a:C:\Go\bin:/b", &["/a", r"C:\Go\bin", "/b"]),
            (r"C:\a;D:\b:/c", &[r"C:\a;D:\b", "/c"]),
            ("x:/b", &["x:/b"]),
            ("xy:/b", &["xy", "/b"]),
        ];
        for (path, expected) in table {
            let found: Vec<String> =
                elements(path.as_bytes()).iter().map(|entry| String::from_utf8_lossy(entry).into_owned()).collect();
            assert_eq!(&found, expected, "{path}");
        }
    }

    #[test]
    fn the_windows_home_of_an_entry_is_found() {
        let found = windows_home(b"/mnt/c/Users/me/AppData/Local/Microsoft/WindowsApps");
        assert_eq!(found, Some(&b"/mnt/c/Users/me"[..]));
        assert_eq!(windows_home(b"/mnt/c/Windows"), None);
    }
}
