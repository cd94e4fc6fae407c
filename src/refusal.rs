//! Layout of a refusal: the request, each candidate with its reason, the fixes.
//!
//! Every line begins with `gowrap: `: the user typed `go` and may not know that gowrap runs.

use crate::diagnosis::Failure;
pub(crate) use crate::diagnosis::refusal::paragraph;
use crate::diagnosis::refusal::{fix_lines, head, print};
use crate::plan::Candidate;
use crate::text::escape::escape;
use crate::text::mask;

/// Returns the message for standard error, with its newline.
#[must_use]
pub(crate) fn render(failure: &Failure, candidates: &[Candidate]) -> Vec<u8> {
    print(&lines(failure, candidates))
}

/// Returns the lines without the prefix, escaped for a terminal.
#[must_use]
pub(crate) fn lines(failure: &Failure, candidates: &[Candidate]) -> Vec<String> {
    let mut lines = head(failure);
    lines.extend(columns(candidates).into_iter().map(|[path, why]| format!("  {path}  {why}")));
    lines.extend(fix_lines(failure));
    lines
}

/// Returns each candidate's path, padded to the same width, and its reason.
fn columns(candidates: &[Candidate]) -> Vec<[String; 2]> {
    let paths: Vec<String> = candidates.iter().map(|candidate| path(&candidate.path)).collect();
    let width = paths.iter().map(|path| path.chars().count()).max().unwrap_or(0).min(60);
    paths
        .into_iter()
        .zip(candidates)
        .map(|(path, candidate)| {
            let why = if candidate.detail.is_empty() {
                candidate.reason.phrase().to_owned()
            } else {
                escape(&mask::text(&candidate.detail))
            };
            [format!("{path:width$}"), why]
        })
        .collect()
}

/// Returns a candidate's path for a person. An empty PATH entry is shown as such.
#[must_use]
pub(crate) fn path(path: &[u8]) -> String {
    if path.is_empty() { "\"\"".to_owned() } else { escape(&mask::text(path)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Exit;
    use crate::plan::Reason;

    fn candidate(path: &[u8], reason: Reason, detail: &[u8]) -> Candidate {
        Candidate { path: path.to_vec(), reason, detail: detail.to_vec() }
    }

    fn failure(message: &[u8], fix: &[&[u8]]) -> Failure {
        let fix = fix.iter().map(|fix| fix.to_vec()).collect();
        Failure { exit: Exit::CannotRun, code: crate::diagnosis::Code::GW201, message: message.to_vec(), fix }
    }

    fn text(failure: &Failure, candidates: &[Candidate]) -> String {
        String::from_utf8(render(failure, candidates)).unwrap()
    }

    #[test]
    fn three_parts_in_aligned_columns() {
        let failure = failure(b"no Linux `go` found on PATH", &[b"sudo apt install golang-go", b"gowrap doctor"]);
        let candidates = [
            candidate(b"/mnt/c/Program Files/Go/bin/go.exe", Reason::Pe, b"Windows program (x86_64), pe = \"reject\""),
            candidate(b"/home/ana/.goenv/shims/go", Reason::LeadsBack, b""),
            candidate(b"", Reason::EmptyEntry, b""),
        ];
        assert_eq!(
            text(&failure, &candidates),
            "gowrap: no Linux `go` found on PATH [GW201]\n\
             gowrap:   /mnt/c/Program Files/Go/bin/go.exe  Windows program (x86_64), pe = \"reject\"\n\
             gowrap:   /home/ana/.goenv/shims/go           is a shim that starts gowrap again\n\
             gowrap:   \"\"                                  is an empty PATH entry\n\
             gowrap: fix: sudo apt install golang-go\n\
             gowrap:  or: gowrap doctor\n"
        );
    }

    #[test]
    fn every_line_of_a_caret_message_has_the_prefix() {
        let failure = failure(b"/etc/gowrap/config.toml:3:6: expected a value\n  pe = \n       ^", &[]);
        assert_eq!(
            text(&failure, &[]),
            "gowrap: /etc/gowrap/config.toml:3:6: expected a value [GW201]\n\
             gowrap:   pe = \n\
             gowrap:        ^\n"
        );
    }

    #[test]
    fn paths_are_escaped_and_passwords_masked() {
        let failure = failure(b"no `go`: https://u:p@h \x1b]0;x\x07", &[b"\xff"]);
        let candidates = [candidate(b"/tmp/\x1b[2Jgo\ngowrap: all is well", Reason::Own, b"\xe2\x80\xae")];
        assert_eq!(
            text(&failure, &candidates),
            "gowrap: no `go`: https://***@h \\x1b]0;x\\x07 [GW201]\n\
             gowrap:   /tmp/\\x1b[2Jgo\\ngowrap: all is well  \\u{202e}\n\
             gowrap: fix: \\xff\n"
        );
    }
}
