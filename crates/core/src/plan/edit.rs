//! Changes of an argument list. Indexes are those of the list before the changes.

use alloc::borrow::Cow;

use crate::plan::model::ArgChange;
use crate::prelude::*;

/// One change of an argument list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Index of the argument that changes, or of the argument before which another is inserted.
    pub at: usize,
    /// Kind of the change.
    pub action: Action,
    /// Reason.
    pub why: Cow<'static, str>,
}

/// Kind of a change of one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Replaces it with this argument.
    Replace(Vec<u8>),
    /// Removes it.
    Drop,
    /// Inserts this argument before it.
    Insert(Vec<u8>),
}

/// Returns the changed argument list. `edits` are sorted by index; `make` builds an element from a new argument's
/// bytes.
pub(super) fn apply<T>(edits: &[Edit], argv: Vec<T>, make: impl Fn(&[u8]) -> T) -> Vec<T> {
    let mut changed = Vec::with_capacity(argv.len() + edits.len());
    let end = argv.len();
    let mut arguments = argv.into_iter();
    for at in 0..=end {
        let mut argument = arguments.next();
        for edit in edits.iter().filter(|edit| edit.at == at) {
            match &edit.action {
                Action::Insert(added) => changed.push(make(added)),
                Action::Replace(to) => argument = Some(make(to)),
                Action::Drop => argument = None,
            }
        }
        changed.extend(argument);
    }
    changed
}

/// Converts the edits to the rows of a plan.
#[must_use]
pub(super) fn changes(edits: &[Edit], argv: &[&[u8]]) -> Vec<ArgChange> {
    let (mut added, mut dropped) = (0, 0);
    let change = |edit: &Edit| {
        let from = argv.get(edit.at).map(|arg| arg.to_vec());
        let (index, from, to) = match &edit.action {
            Action::Replace(to) => (edit.at, from, Some(to.clone())),
            Action::Drop => {
                dropped += 1;
                (edit.at, from, None)
            }
            Action::Insert(to) => {
                added += 1;
                (edit.at + added - 1 - dropped, None, Some(to.clone()))
            }
        };
        ArgChange { index, from, to, why: edit.why.clone() }
    };
    edits.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_refers_to_the_arguments_before_any_edit() {
        let edit = |at, action| Edit { at, action, why: "a test".into() };
        let insert = |word: &str| Action::Insert(word.into());
        for (edits, line, indexes) in [
            (vec![], "a b c", vec![]),
            (vec![edit(1, insert("x")), edit(1, insert("y"))], "a x y b c", vec![1, 2]),
            (vec![edit(1, insert("x")), edit(1, Action::Drop), edit(3, insert("y"))], "a x c y", vec![1, 1, 3]),
            (vec![edit(0, Action::Drop), edit(1, Action::Drop), edit(2, insert("x"))], "x c", vec![0, 1, 0]),
            (vec![edit(2, Action::Replace(b"z".to_vec()))], "a b z", vec![2]),
        ] {
            let words = apply(&edits, vec!["a".to_owned(), "b".into(), "c".into()], |arg| {
                String::from_utf8_lossy(arg).into_owned()
            });
            assert_eq!(words.join(" "), line);
            let changes = changes(&edits, &[b"a", b"b", b"c"]);
            assert_eq!(changes.iter().map(|change| change.index).collect::<Vec<_>>(), indexes, "{line}");
        }
    }
}
