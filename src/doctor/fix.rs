//! `gowrap doctor --fix`: the changes that gowrap makes itself, because `gowrap setup --remove` can undo each of them.
//!
//! It changes:
//!
//! * gowrap's own shims, and its lines in shells' files;
//! * its entries in the settings of VS Code and related editors;
//! * a Windows path in the user's own editor settings, and an entry of WSLENV in a shell's file. The receipt keeps the
//!   old text.
//!
//! It installs nothing, and deletes nothing that another program or the user wrote. It also lists what is left to the
//! user. A line for sudoers is only printed.

use crate::diagnosis::{Code, Failure, Note};
use crate::doctor::finding::{Finding, Fix, Severity, shown};
use crate::doctor::subject::Subject;
use crate::doctor::{Report, editors, wslenv};
use crate::plan::restore::names::sudoers_line;
use crate::setup::change::{Change, Changes, Part};
use crate::setup::places::Places;
use crate::setup::replaced::{Replaced, TextLocation};
use crate::setup::{shells, vscode};
use crate::text::escape::escape;

/// A kind of change that doctor makes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repair {
    /// Shims and the line in each shell's file: gowrap is not on PATH, or not first.
    Shells,
    /// Entries in an editor's settings: it finds a tool before PATH.
    Editors,
    /// Windows' line ends in what gowrap wrote.
    LineEnds,
    /// A path in Windows' form in the user's editor settings.
    EditorPaths,
    /// A wrong entry of WSLENV in a shell's file.
    WslEnv,
}

/// The codes of findings that gowrap can fix by itself.
const REPAIRS: [(Code, Repair); 8] = [
    (Code::GW442, Repair::LineEnds),
    (Code::GW459, Repair::Shells),
    (Code::GW460, Repair::WslEnv),
    (Code::GW558, Repair::EditorPaths),
    (Code::GW560, Repair::Editors),
    (Code::GW940, Repair::Shells),
    (Code::GW941, Repair::Shells),
    (Code::GW944, Repair::Shells),
];

/// Returns the changes for the findings, and the files and folders that they concern; none if gowrap changes nothing by
/// itself.
///
/// # Errors
/// Nothing may be changed: the home is not this user's, or a file that gowrap did not write has the name of one of
/// gowrap's.
pub fn plan(subject: &Subject, report: &Report) -> Result<(Changes, Option<Places>), Failure> {
    let bad = || report.findings().filter(|finding| finding.level != Severity::Ok);
    let has = |repair: Repair| bad().any(|finding| repair_of(subject, finding) == Some(repair));
    let mut changes = Changes::default();
    let mut places = None;
    if bad().any(|finding| repair_of(subject, finding).is_some()) {
        let found = Places::find(subject.environ, subject.host)?;
        changes = repairs(subject, &found, has)?;
        places = Some(found);
    }
    let left = by_hand(subject, bad().filter(|finding| !is_repaired(subject, finding, &changes)));
    changes.notes.extend(left);
    let mut seen: Vec<String> = Vec::new();
    changes.notes.retain(|note| {
        let is_new = !seen.contains(note);
        seen.push(note.clone());
        is_new
    });
    Ok((changes, places))
}

fn repairs(subject: &Subject, places: &Places, has: impl Fn(Repair) -> bool) -> Result<Changes, Failure> {
    let mut replaced: Vec<Replaced> = Vec::new();
    if has(Repair::EditorPaths) {
        replaced.extend(editors::paths_to_translate(subject));
    }
    if has(Repair::WslEnv) {
        replaced.extend(wslenv::lines_to_fix(subject).into_iter().map(|(line, to)| Replaced {
            file: line.path,
            location: TextLocation::Line(line.number),
            from: line.text,
            to,
        }));
    }
    let host = subject.host;
    let mut notes = Vec::new();
    // The receipt lists only texts that can be replaced: not those of a protected file.
    replaced.retain(|one| {
        let mut alone = Changes::default();
        one.carry_out(host, &mut alone);
        notes.extend(alone.notes);
        !alone.list.is_empty()
    });
    // The receipt is written first: a run that is killed must not leave a change that is not listed.
    let mut changes = match (has(Repair::Shells), replaced.is_empty()) {
        (true, _) => shells::plan_with(places, host, &replaced)?,
        (false, false) => shells::receipt_of(places, host, &replaced)?,
        (false, true) => Changes::default(),
    };
    if has(Repair::LineEnds) && !has(Repair::Shells) {
        for change in shells::line_ends(places, host)?.list {
            if !changes.list.iter().any(|known| known.path() == change.path()) {
                changes.list.push(change);
            }
        }
    }
    for editor in editors::past_gowrap(subject).into_iter().filter(|_| has(Repair::Editors)) {
        match vscode::plan(editor, places, host) {
            Ok(more) => {
                changes.list.extend(more.list);
                changes.notes.extend(more.notes);
            }
            Err(failure) => changes.notes.push(escape(&failure.message)),
        }
    }
    for one in &replaced {
        one.carry_out(host, &mut changes);
    }
    changes.notes.extend(notes);
    Ok(changes)
}

/// The kind of change that repairs a finding.
fn repair_of(subject: &Subject, finding: &Finding) -> Option<Repair> {
    // sudo reads none of root's own files.
    if finding.code == Code::GW940 && subject.is_below_sudo() {
        return None;
    }
    REPAIRS.iter().find(|(code, _)| *code == finding.code).map(|(_, repair)| *repair)
}

/// Returns true if one of the changes is for this finding.
fn is_repaired(subject: &Subject, finding: &Finding, changes: &Changes) -> bool {
    let Some(repair) = repair_of(subject, finding) else { return false };
    let mut edits = changes.list.iter().filter_map(|change| match change {
        Change::Edit { name, after, what, .. } => Some((name.as_slice(), after.as_slice(), Some(what))),
        Change::Write { path, after, .. } => Some((path.as_slice(), after.as_slice(), None)),
        _ => None,
    });
    match repair {
        Repair::Shells | Repair::Editors => !changes.list.is_empty(),
        // The user's own lines keep their line endings.
        Repair::LineEnds => edits.any(|(file, after, _)| finding.place.starts_with(file) && !after.contains(&b'\r')),
        Repair::WslEnv => {
            edits.any(|(_, _, what)| matches!(what, Some(Part::Replaced { from, .. }) if !from.starts_with(b"\"")))
        }
        Repair::EditorPaths => edits.any(|(file, _, what)| match what {
            Some(Part::Replaced { from, .. }) => {
                let text = serde_json::from_slice::<String>(from).unwrap_or_default();
                finding.place == file && finding.title.ends_with(&shown(text.as_bytes()))
            }
            _ => false,
        }),
    }
}

/// Returns the findings that are left to the user, each with its command.
fn by_hand<'f>(subject: &Subject, left: impl Iterator<Item = &'f Finding>) -> Vec<String> {
    let note = |finding: &Finding| {
        let (label, text) = match finding.fix.first()? {
            Fix::Type(text) => ("type: ", text),
            Fix::Change(text) => ("do:   ", text),
        };
        Some(format!("left to you ({}): {}\n               {label}{text}", finding.code, finding.title))
    };
    let mut notes: Vec<String> = left.filter_map(note).collect();
    let notes_of_go: &[Note] = match &subject.go {
        Ok(plan) => &plan.decisions.notes,
        Err(rejection) => &rejection.decisions.notes,
    };
    if notes_of_go.iter().any(|note| note.code == Code::GW423) {
        notes.push(format!(
            "left to an administrator ({}): sudo visudo, and the line: {}",
            Code::GW423,
            sudoers_line()
        ));
    }
    notes
}
