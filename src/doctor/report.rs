//! How findings are told: to a person in groups, to a program as one JSON object.

use crate::diagnosis::Code;
use serde::Serialize;

use crate::bytes::Bytes;
use crate::doctor::finding::{Finding, Level, shown};
use crate::doctor::{Group, Report};
use crate::explain;
use crate::terminal::{Colour, Style};

/// The findings for a person: problems with their reasons and ways out, what is well in one line each, unless there is
/// something to know about it.
#[must_use]
pub fn text(report: &Report, colour: Colour) -> Vec<u8> {
    let mut page = String::new();
    for (group, findings) in &report.groups {
        if findings.is_empty() {
            continue;
        }
        page.push_str(&colour.paint(Style::Label, group.title()));
        page.push('\n');
        for finding in findings {
            one(finding, colour, &mut page);
        }
        page.push('\n');
    }
    page.push_str(&summary(report, colour));
    page.push('\n');
    page.into_bytes()
}

fn one(finding: &Finding, colour: Colour, page: &mut String) {
    let style = match finding.level {
        Level::Ok => Style::Good,
        Level::Warn => Style::Warn,
        Level::Fail => Style::Bad,
    };
    let mark = format!("{:4}", finding.level.word());
    page.push_str(&format!("  {}  {}", colour.paint(style, &mark), finding.title));
    if finding.level != Level::Ok {
        let place = shown(&finding.place);
        page.push_str(&colour.paint(Style::Faint, &format!("  [{}, {place}]", finding.code)));
    }
    page.push('\n');
    for line in wrapped(&finding.why) {
        page.push_str(&format!("        {line}\n"));
    }
    for (number, fix) in finding.fix.iter().enumerate() {
        let label = if number == 0 { "fix: " } else { " or: " };
        page.push_str(&format!("        {label}{}\n", colour.paint(Style::Good, fix)));
    }
}

/// Prose in lines that a terminal holds. Commands are never broken: they are copied.
fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 92;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn summary(report: &Report, colour: Colour) -> String {
    let count = |level| report.findings().filter(|finding| finding.level == level).count();
    let plural = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    match (count(Level::Fail), count(Level::Warn)) {
        (0, 0) => colour.paint(Style::Good, "nothing is wrong"),
        (0, warnings) => format!("nothing is broken; {}", plural(warnings, "warning")),
        (problems, warnings) => {
            let problems = colour.paint(Style::Bad, &plural(problems, "problem"));
            format!("{problems}, {}", plural(warnings, "warning"))
        }
    }
}

/// The whole report, schema 1.
#[derive(Serialize)]
struct Object<'r> {
    schema: u32,
    findings: Vec<Row<'r>>,
}

#[derive(Serialize)]
struct Row<'r> {
    #[serde(serialize_with = "crate::bytes::as_displayed")]
    code: Code,
    level: &'static str,
    title: &'r str,
    why: &'r str,
    fix: &'r [String],
    #[serde(rename = "where")]
    place: Bytes,
}

/// The findings for a program.
#[must_use]
pub fn json(report: &Report) -> Vec<u8> {
    let row = |finding: &'_ Finding| Bytes(crate::text::mask::text(&finding.place).into_owned());
    let findings = report.findings().map(|finding| Row {
        code: finding.code,
        level: finding.level.word(),
        title: &finding.title,
        why: &finding.why,
        fix: &finding.fix,
        place: row(finding),
    });
    explain::object(&Object { schema: 1, findings: findings.collect() })
}

impl Group {
    fn title(self) -> &'static str {
        match self {
            Group::Host => "host",
            Group::Go => "go",
            Group::Delve => "dlv",
            Group::Paths => "paths and mounts",
            Group::Environment => "environment",
            Group::Interop => "interop with Windows",
            Group::Network => "network and debugging",
            Group::Editors => "editors and project",
            Group::Gowrap => "gowrap itself",
            Group::File => "file",
        }
    }
}
