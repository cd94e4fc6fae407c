//! The report: text with the worst finding first, or one JSON object.

use crate::diagnosis::Code;
use serde::Serialize;

use crate::bytes::Bytes;
use crate::doctor::finding::{Finding, Fix, Severity, shown};
use crate::doctor::{FindingGroup, Report};
use crate::explain;
use crate::terminal::{Colour, Style};

/// The findings that the text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verbosity {
    /// Problems, and the answer about one file.
    Problems,
    /// Findings of level `Ok`, too.
    Everything,
}

/// Form of the text.
#[derive(Debug, Clone, Copy)]
pub struct TextLayout {
    /// Colours or none.
    pub colour: Colour,
    /// Columns of the terminal.
    pub width: usize,
    /// The findings that are shown.
    pub verbosity: Verbosity,
}

/// Last paragraph of a report of several problems. A fix can depend on another one, such as a newer Go.
const AGAIN: &str =
    "Start with the first, and run `gowrap doctor` again after each fix: one fix can solve several problems.";

/// Findings of one code, one level and one fix, shown as one.
struct Problem<'r> {
    first: &'r Finding,
    all: Vec<&'r Finding>,
}

/// The findings as text: one line that counts them, the problems with the worst first, and the findings of level `Ok`
/// if those were asked for.
#[must_use]
pub fn text(report: &Report, page: TextLayout) -> Vec<u8> {
    let mut out = summary(report, page);
    let problems = problems(report);
    for (number, problem) in (1..).zip(&problems) {
        out.push('\n');
        problem.print(number, page, &mut out);
    }
    if problems.len() > 1 {
        out.push('\n');
        paragraph(AGAIN, page, 0, &mut out);
    }
    let well: Vec<&Finding> = report.shown_when_well(page.verbosity).collect();
    if !well.is_empty() {
        out.push('\n');
    }
    for finding in well {
        let mark = page.colour.paint(Style::Good, "ok  ");
        let mut lines = wrapped(&finding.title, page.width, 6).into_iter();
        out.push_str(&format!("{mark}  {}\n", lines.next().unwrap_or_default()));
        for line in lines {
            out.push_str(&format!("      {line}\n"));
        }
        if page.verbosity == Verbosity::Everything {
            paragraph(&finding.why, page, 6, &mut out);
        }
        for fix in &finding.fix {
            print_fix("", fix, page, 6, &mut out);
        }
    }
    out.into_bytes()
}

/// Returns the problems, the worst first. Those of one level keep their order.
fn problems(report: &Report) -> Vec<Problem<'_>> {
    let mut problems: Vec<Problem> = Vec::new();
    for level in [Severity::Fail, Severity::Warn] {
        for finding in report.findings().filter(|finding| finding.level == level) {
            let is_same = |problem: &&mut Problem| {
                let first = problem.first;
                first.code == finding.code && first.level == level && first.fix == finding.fix
            };
            match problems.iter_mut().find(is_same) {
                Some(problem) => problem.all.push(finding),
                None => problems.push(Problem { first: finding, all: vec![finding] }),
            }
        }
    }
    problems
}

/// The column at which a problem's text begins.
const INDENT: usize = 10;

impl Problem<'_> {
    fn print(&self, number: usize, page: TextLayout, out: &mut String) {
        let style = if self.first.level == Severity::Fail { Style::Bad } else { Style::Warn };
        let mut head = format!("{number:2}. {}  ", page.colour.paint(style, &format!("{:4}", self.first.level.word())));
        for finding in &self.all {
            for line in wrapped(&finding.title, page.width, INDENT) {
                out.push_str(&format!("{head}{}\n", page.colour.paint(Style::Label, &line)));
                head = " ".repeat(INDENT);
            }
        }
        let mut places: Vec<String> = self.all.iter().map(|finding| shown(&finding.place)).collect();
        places.dedup();
        let is_said = |place: &String| self.all.iter().any(|finding| finding.title.contains(place.as_str()));
        places.retain(|place| !is_said(place));
        if !places.is_empty() {
            let line = format!("{}{}\n", " ".repeat(INDENT), places.join(", "));
            out.push_str(&page.colour.paint(Style::Faint, line.trim_end()));
            out.push('\n');
        }
        let mut seen: Vec<&str> = Vec::new();
        for finding in &self.all {
            if !seen.contains(&finding.why.as_str()) {
                seen.push(&finding.why);
                paragraph(&finding.why, page, INDENT, out);
            }
        }
        for (number, fix) in self.first.fix.iter().enumerate() {
            let label = match (number, fix) {
                (0, Fix::Type(_)) => "type: ",
                (0, Fix::Change(_)) => "do:   ",
                (_, _) => "or:   ",
            };
            print_fix(label, fix, page, INDENT, out);
        }
        let more = format!("more: gowrap doctor {}", self.first.code);
        out.push_str(&format!("{}{}\n", " ".repeat(INDENT), page.colour.paint(Style::Faint, &more)));
    }
}

fn paragraph(text: &str, page: TextLayout, indent: usize, out: &mut String) {
    for line in wrapped(text, page.width, indent) {
        out.push_str(&format!("{}{line}\n", " ".repeat(indent)));
    }
}

fn print_fix(label: &str, fix: &Fix, page: TextLayout, indent: usize, out: &mut String) {
    let below = indent + label.len();
    let lines = match fix {
        Fix::Type(command) => command_lines(command, page.width, below),
        Fix::Change(text) => wrapped(text, page.width, below),
    };
    let mut head = format!("{}{label}", " ".repeat(indent));
    for line in lines {
        out.push_str(&format!("{head}{}\n", page.colour.paint(Style::Good, &line)));
        head = " ".repeat(below);
    }
}

/// Returns prose in lines that fit the terminal behind an indent. A longer word is not split.
fn wrapped(text: &str, width: usize, indent: usize) -> Vec<String> {
    let room = width.saturating_sub(indent).max(20);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Returns a command in lines that a shell reads as one command: a line ends after `&&`, or with a backslash between
/// two words. A quoted word is not split.
fn command_lines(command: &str, width: usize, indent: usize) -> Vec<String> {
    let room = width.saturating_sub(indent).max(20);
    if command.chars().count() <= room {
        return vec![command.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    for word in shell_words_of(command) {
        match lines.last_mut() {
            // A backslash must fit at the end.
            Some(line) if line.chars().count() + 3 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            Some(line) => {
                if !line.ends_with("&&") {
                    line.push_str(" \\");
                }
                lines.push(word);
            }
            None => lines.push(word),
        }
    }
    lines
}

/// The words of a command as they are written, quotes included. A comment at its end is one word.
fn shell_words_of(command: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut quote = None;
    for (at, c) in command.char_indices() {
        match (quote, c) {
            (None, '#') if word.is_empty() => {
                words.push(command.get(at..).unwrap_or_default().to_owned());
                return words;
            }
            (None, ' ') => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        word.push(c);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn summary(report: &Report, page: TextLayout) -> String {
    let count = |level| report.findings().filter(|finding| finding.level == level).count();
    let plural = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    let colour = page.colour;
    let line = match (count(Severity::Fail), count(Severity::Warn)) {
        (0, 0) => colour.paint(Style::Good, "nothing is wrong"),
        (0, warnings) => format!("nothing is broken; {}", plural(warnings, "warning")),
        (problems, 0) => colour.paint(Style::Bad, &plural(problems, "problem")),
        (problems, warnings) => {
            format!("{}, {}", colour.paint(Style::Bad, &plural(problems, "problem")), plural(warnings, "warning"))
        }
    };
    line + "\n"
}

impl Report {
    /// Returns the `Ok` findings that are shown: the answer about a file, and if gowrap is active.
    fn shown_when_well(&self, verbosity: Verbosity) -> impl Iterator<Item = &Finding> {
        let groups = self.groups.iter().filter(move |(group, _)| match verbosity {
            Verbosity::Everything => true,
            Verbosity::Problems => matches!(group, FindingGroup::File | FindingGroup::Gowrap),
        });
        groups.flat_map(|(_, findings)| findings).filter(|finding| finding.level == Severity::Ok)
    }
}

/// The whole report, schema 1.
#[derive(Serialize)]
struct ReportObject<'r> {
    schema: u32,
    findings: Vec<FindingObject<'r>>,
}

#[derive(Serialize)]
struct FindingObject<'r> {
    #[serde(serialize_with = "crate::bytes::as_displayed")]
    code: Code,
    level: &'static str,
    title: &'r str,
    why: &'r str,
    fix: Vec<&'r str>,
    #[serde(rename = "where")]
    place: Bytes,
}

/// The findings for a program.
#[must_use]
pub fn json(report: &Report) -> Vec<u8> {
    let row = |finding: &'_ Finding| Bytes(crate::text::mask::text(&finding.place).into_owned());
    let findings = report.findings().map(|finding| FindingObject {
        code: finding.code,
        level: finding.level.word(),
        title: &finding.title,
        why: &finding.why,
        fix: finding.fix.iter().map(Fix::text).collect(),
        place: row(finding),
    });
    explain::object(&ReportObject { schema: 1, findings: findings.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize) -> TextLayout {
        TextLayout { colour: Colour::Never, width, verbosity: Verbosity::Problems }
    }

    fn printed(findings: Vec<Finding>, width: usize) -> String {
        let report = Report { groups: vec![(FindingGroup::Go, findings)] };
        String::from_utf8(text(&report, page(width))).unwrap()
    }

    #[test]
    fn the_worst_finding_comes_first_and_a_shared_fix_is_printed_once() {
        let findings = vec![
            Finding::ok(Code::GW240, "go", "go is there"),
            Finding::warn(Code::GW941, "/a/go", "/a/go stands before").why("It runs.").fix("put it first"),
            Finding::warn(Code::GW941, "/a/dlv", "/a/dlv stands before").why("It runs.").fix("put it first"),
            Finding::fail(Code::GW255, "/b", "dlv is too new").why("It refuses.").fix("install another"),
        ];
        let expected = "1 problem, 2 warnings\n\
            \n 1. fail  dlv is too new\n          /b\n          It refuses.\n          type: install another\n          more: gowrap doctor GW255\n\
            \n 2. warn  /a/go stands before\n          /a/dlv stands before\n          It runs.\n          type: put it first\n          more: gowrap doctor GW941\n\n\
            Start with the first, and run `gowrap doctor` again after each fix: one fix can\nsolve several problems.\n";
        assert_eq!(printed(findings, 80), expected);
    }

    #[test]
    fn lines_are_wrapped_between_words() {
        let command = "curl -fsSL -o /tmp/go.tgz \"https://go.dev/dl/$(curl -fsSL 'https://go.dev/VERSION?m=text')\" \
                       && sudo tar -C /usr/local -xzf /tmp/go.tgz && echo 'export PATH=\"/a/b:$PATH\"' >> ~/.profile \
                          # then open a new terminal";
        let lines = command_lines(command, 60, 16);
        assert!(lines.len() > 4, "{lines:?}");
        for line in &lines {
            assert!(line.chars().count() <= 44 || shell_words_of(line).len() <= 3, "{line}");
        }
        // As a shell joins them again.
        let joined = lines.join("\n").replace(" \\\n", " ").replace("&&\n", "&& ");
        let words = |text: &str| shell_words_of(text);
        assert_eq!(words(&joined), words(command));
        let prose = "one two three four five six seven eight nine ten eleven twelve";
        for line in wrapped(prose, 40, 10) {
            assert!(line.chars().count() <= 30, "{line}");
        }
        assert_eq!(wrapped(prose, 40, 10).join(" "), prose);
    }
}
