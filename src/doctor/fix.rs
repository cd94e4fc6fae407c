//! `gowrap doctor --fix`: the changes that gowrap makes by itself, since `gowrap setup --remove` takes each of them back.
//!
//! These are gowrap's own shims and lines in shells' files, and its entries in the settings of VS Code and its relatives.
//! Nothing is installed, and nothing is deleted or changed that another program or a person wrote.

use crate::diagnosis::{Code, Failure};
use crate::doctor::Report;
use crate::doctor::editors;
use crate::doctor::finding::Level;
use crate::doctor::subject::Subject;
use crate::setup::places::Places;
use crate::setup::{Changes, shells, vscode};

/// A kind of change that doctor makes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repair {
    /// Shims and the line in each shell's file: gowrap is not on PATH, or not first.
    Shells,
    /// Entries in an editor's settings: it finds a tool before PATH.
    Editors,
}

/// The codes of findings that gowrap repairs by itself.
const REPAIRS: [(Code, Repair); 3] =
    [(Code::GW560, Repair::Editors), (Code::GW940, Repair::Shells), (Code::GW941, Repair::Shells)];

/// The changes for what was found.
///
/// # Errors
/// Where nothing may be changed: the home is not this user's, or something of another's has the name of a file of gowrap's.
pub fn plan(subject: &Subject, report: &Report) -> Result<Changes, Failure> {
    let has = |wanted: Repair| {
        let mut bad = report.findings().filter(|finding| finding.level != Level::Ok);
        bad.any(|finding| REPAIRS.iter().any(|(code, repair)| *code == finding.code && *repair == wanted))
    };
    let mut changes = Changes::default();
    if !has(Repair::Shells) && !has(Repair::Editors) {
        return Ok(changes);
    }
    let places = Places::find(subject.environ, subject.host)?;
    if has(Repair::Shells) {
        append(&mut changes, shells::plan(&places, subject.host)?);
    }
    for editor in editors::past_gowrap(subject).into_iter().filter(|_| has(Repair::Editors)) {
        match vscode::plan(editor, &places, subject.host) {
            Ok(more) => append(&mut changes, more),
            Err(failure) => changes.notes.push(crate::text::escape::escape(&failure.message)),
        }
    }
    Ok(changes)
}

fn append(changes: &mut Changes, more: Changes) {
    changes.list.extend(more.list);
    changes.notes.extend(more.notes);
}
