//! Makes the changes of setup. No other file of setup writes.
//!
//! A change that fails is skipped and reported, and the others are made: one protected dotfile does not stop the lines
//! of the other shells. If a change fails that all others need, the run ends.

use rustix::io::Errno;

use crate::diagnosis::{Code, Exit, Failure};
use crate::replace_file::{self, NotReplaced};
use crate::setup::change::{Change, SkippedChange};
use crate::text::escape::escape;
use crate::text::path::dirname;

/// Makes the changes in order. `is_needed` returns true for a change that all others need.
///
/// # Errors
/// One of those fails. The changes before it in the list are made, and a second run continues from there.
pub(super) fn apply(changes: &[Change], is_needed: impl Fn(&Change) -> bool) -> Result<Vec<SkippedChange>, Failure> {
    let mut skipped: Vec<SkippedChange> = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let Err(error) = carry_out(change) else { continue };
        if is_needed(change) {
            return Err(Failure {
                exit: Exit::Own,
                code: Code::GW921,
                message: format!("{} cannot be changed: {error}", escape(change.path())).into_bytes(),
                fix: vec![
                    b"check its owner, its mode and the space on its disk, and run the same command again".to_vec(),
                ],
            });
        }
        // If a folder cannot be made, nothing below it can be made.
        let above = dirname(change.path());
        let is_known =
            skipped.iter().any(|earlier| changes.get(earlier.index).is_some_and(|earlier| earlier.path() == above));
        let why = if is_known { format!("{} is missing", escape(above)) } else { error.to_string() };
        skipped.push(SkippedChange { index, why });
    }
    Ok(skipped)
}

fn carry_out(change: &Change) -> Result<(), NotReplaced> {
    let result = match change {
        Change::MakeFolder { path } => replace_file::make_folder(path),
        Change::Link { path, target } => replace_file::link(path, target),
        Change::Write { path, before, after } | Change::Edit { path, before, after, .. } => {
            return replace_file::replace(path, before.as_deref(), after);
        }
        Change::RemoveFile { path } | Change::RemoveLink { path } => match replace_file::remove(path) {
            Err(Errno::NOENT) => Ok(()),
            result => result,
        },
        Change::RemoveFolder { path } => match replace_file::remove_folder(path) {
            // Another program wrote into the folder in the meantime, or `gowrap env forget` removed it.
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOENT) => Ok(()),
            result => result,
        },
    };
    result.map_err(NotReplaced::from)
}
