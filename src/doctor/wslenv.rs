//! Checks of WSLENV: entries that do not pass a variable of Go to Windows, or delete Windows' own.
//!
//! WSLENV lists the variables that WSL passes on to a Windows program, such as go.exe. `plan::translate::wslenv`
//! describes the flags. gowrap adds the entries that a call needs, but does not change the user's entries.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Fix, shown, word};
use crate::doctor::shell_files::{self, ShellLine};
use crate::doctor::subject::Subject;
use crate::plan::translate::wslenv::{Crossing, WslEnv, WslEnvEntry};
use crate::text::mask;
use crate::tools::go::variables::{self, VariableKind};

/// A wrong entry, its correct form, and its effect.
struct WslenvFix {
    from: WslEnvEntry,
    to: WslEnvEntry,
    title: String,
    why: &'static str,
}

/// The checks of WSLENV.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let list = subject.environ.get(b"WSLENV").unwrap_or_default();
    let fixes = wrong(subject, list);
    if fixes.is_empty() {
        return Vec::new();
    }
    let fix = fix(subject, list, &fixes);
    let finding = |fixes: WslenvFix| Finding::warn(Code::GW460, "WSLENV", fixes.title).why(fixes.why).fix(fix.clone());
    fixes.into_iter().map(finding).collect()
}

/// Returns the lines of shells' files that set WSLENV with a wrong entry, and their correct form.
#[must_use]
pub(super) fn lines_to_fix(subject: &Subject) -> Vec<(ShellLine, Vec<u8>)> {
    let fixes = wrong(subject, subject.environ.get(b"WSLENV").unwrap_or_default());
    if fixes.is_empty() {
        return Vec::new();
    }
    let lines = shell_files::lines(subject).into_iter();
    lines.filter_map(|line| fixed_line(&line.text, &fixes).map(|to| (line, to))).collect()
}

fn wrong(subject: &Subject, list: &[u8]) -> Vec<WslenvFix> {
    if !subject.host.kind().is_wsl() {
        return Vec::new();
    }
    // A carriage return is a finding of its own.
    let list = list.strip_suffix(b"\r").unwrap_or(list);
    let list = WslEnv::parse(list);
    let settable = list.entries().iter().filter(|entry| variables::is_settable(&entry.name));
    settable.filter_map(|entry| fix_entry(entry, subject.environ.get_nonempty(&entry.name))).collect()
}

/// Returns the correct form of the entry; none if the entry is correct.
fn fix_entry(entry: &WslEnvEntry, value: Option<&[u8]>) -> Option<WslenvFix> {
    let name = shown(&entry.name);
    let text = shown(&entry.to_bytes());
    let is_path =
        matches!(variables::kind(&entry.name), Some(VariableKind::Dir | VariableKind::File | VariableKind::List));
    let with = |flags: Option<&[u8]>| WslEnvEntry { name: entry.name.clone(), flags: flags.map(<[u8]>::to_vec) };
    let fixes = |to: WslEnvEntry, title: String, why| Some(WslenvFix { from: entry.clone(), to, title, why });
    if !entry.is_read() {
        let to = with(if is_path { Some(b"p") } else { None });
        let to = fix_entry(&to, value).map_or(to, |again| again.to);
        let title = format!("WSLENV has {text}, which WSL ignores");
        return fixes(
            to,
            title,
            "Its flags are p or l, and u or w, in lower case (`man gowrap-diagnostics`). The variable does not reach \
            Windows.",
        );
    }
    match (entry.crossing(), value) {
        // With the flag u, Windows' value is passed to Linux, and none is passed to Windows.
        (Crossing::Verbatim, None) => fixes(
            with(Some(b"u")),
            format!("WSLENV has {text}, and {name} is not set here"),
            "WSL deletes such a variable for each Windows program that is started here, even where Windows has a \
            value for it.",
        ),
        (Crossing::Translated, Some(value)) if is_cut(value) => {
            let flags: Vec<u8> = entry.flags.iter().flatten().copied().filter(|flag| b"uw".contains(flag)).collect();
            let title =
                format!("WSLENV has {text}, and {name} is no Linux path: {}", shown(&mask::value(&entry.name, value)));
            let to = with(Some(flags.as_slice()).filter(|flags| !flags.is_empty()));
            fixes(
                to,
                title,
                "With p or l, WSL cuts the value at each colon and translates the parts: a Windows program gets \
                another value.",
            )
        }
        _ => None,
    }
}

/// Returns true if WSL would cut this value at a colon that does not separate Linux paths.
fn is_cut(value: &[u8]) -> bool {
    value.contains(&b':')
        && !value.split(|&byte| byte == b':').all(|element| element.is_empty() || element.starts_with(b"/"))
}

fn fix(subject: &Subject, list: &[u8], fixes: &[WslenvFix]) -> Fix {
    let in_file = shell_files::lines(subject).into_iter().find(|line| fixed_line(&line.text, fixes).is_some());
    if let Some(line) = in_file {
        let to = fixed_line(&line.text, fixes).unwrap_or_default();
        return Fix::Type(shell_files::replace_line(&line, &to));
    }
    let to = WslEnv::parse(list)
        .map(|entry| fixes.iter().find(|fixes| fixes.from == entry).map_or(entry, |fixes| fixes.to.clone()));
    Fix::Type(format!("export WSLENV={}", word(&to.to_bytes())))
}

/// Returns the line with correct entries; none if it sets no WSLENV or has no wrong entry.
fn fixed_line(line: &[u8], fixes: &[WslenvFix]) -> Option<Vec<u8>> {
    let begin = line.trim_ascii_start();
    let sets = [&b"export WSLENV="[..], b"WSLENV=", b"set -gx WSLENV ", b"set -x WSLENV ", b"set -Ux WSLENV "];
    if !sets.iter().any(|set| begin.starts_with(set)) {
        return None;
    }
    let mut out = line.to_vec();
    for WslenvFix { from, to, .. } in fixes {
        let (from, to) = (from.to_bytes(), to.to_bytes());
        let mut at = 0;
        while let Some(found) = out.get(at..).and_then(|rest| rest.windows(from.len()).position(|part| part == from)) {
            let (start, end) = (at + found, at + found + from.len());
            let is_end =
                |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"_/$-.".contains(byte));
            let before = start.checked_sub(1).and_then(|before| out.get(before));
            at = end;
            if is_end(before) && is_end(out.get(end)) {
                out.splice(start..end, to.iter().copied());
                at = start + to.len();
            }
        }
    }
    (out != line).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> WslEnvEntry {
        WslEnv::parse(text.as_bytes()).entries().first().cloned().unwrap()
    }

    #[test]
    fn a_wrong_entry_and_the_right_one() {
        let table: &[(&str, Option<&str>, Option<&str>)] = &[
            ("GOPATH/p", Some("/mnt/c/go"), None),
            ("GOPATH/p", None, None),
            ("GOPATH", Some("/mnt/c/go"), None),
            ("GOPATH/l", Some("/mnt/c/a:/mnt/c/b"), None),
            ("GOPROXY", Some("https://a.example,direct"), None),
            ("GOPROXY/u", None, None),
            ("GOPROXY", None, Some("GOPROXY/u")),
            ("GOPROXY/w", None, Some("GOPROXY/u")),
            ("GOPROXY/p", Some("https://a.example,direct"), Some("GOPROXY")),
            ("GOPROXY/wp", Some("https://a.example,direct"), Some("GOPROXY/w")),
            ("GOPATH/p", Some("C:\\go"), Some("GOPATH")),
            ("GOPATH/P", Some("/mnt/c/go"), Some("GOPATH/p")),
            ("GOPATH/uw", Some("/mnt/c/go"), Some("GOPATH/p")),
            ("GOFLAGS/x", None, Some("GOFLAGS/u")),
            ("GOPROXY/up", Some("https://a.example,direct"), None),
        ];
        for (from, value, expected) in table {
            let fixes = fix_entry(&entry(from), value.map(str::as_bytes));
            let to = fixes.map(|fixes| String::from_utf8(fixes.to.to_bytes()).unwrap());
            assert_eq!(to.as_deref(), *expected, "{from} {value:?}");
        }
    }

    #[test]
    fn a_line_that_sets_it() {
        let fixes = [fix_entry(&entry("GOPROXY"), None).unwrap()];
        let table: &[(&str, Option<&str>)] = &[
            ("export WSLENV=GOPROXY", Some("export WSLENV=GOPROXY/u")),
            ("  WSLENV=\"$WSLENV:GOPROXY:A/p\"\r", Some("  WSLENV=\"$WSLENV:GOPROXY/u:A/p\"\r")),
            ("set -gx WSLENV GOPROXY:$WSLENV", Some("set -gx WSLENV GOPROXY/u:$WSLENV")),
            ("export WSLENV=MY_GOPROXY:GOPROXY/p:$GOPROXY", None),
            ("# export WSLENV=GOPROXY", None),
            ("export OTHER=GOPROXY", None),
        ];
        for (line, expected) in table {
            let to = fixed_line(line.as_bytes(), &fixes).map(|line| String::from_utf8(line).unwrap());
            assert_eq!(to.as_deref(), *expected, "{line}");
        }
    }
}
