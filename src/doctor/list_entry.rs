//! One entry of a list in an editor's file: a launch configuration, or a task.

use serde_json::{Map, Value};

use crate::doctor::finding::{Fix, remove_member, set_member};
use crate::doctor::subject::Subject;

/// An entry, and its place in the file.
pub(super) struct ListEntry<'a> {
    /// The machine.
    pub(super) subject: &'a Subject<'a>,
    /// The file.
    pub(super) path: &'a [u8],
    /// The steps to the object with the list.
    pub(super) within: &'a [&'a str],
    /// The list: `configurations` or `tasks`.
    pub(super) list: &'static str,
    /// The name of the entry, or its number.
    pub(super) name: &'a str,
    /// All members.
    pub(super) whole: &'a Map<String, Value>,
}

impl ListEntry<'_> {
    fn linux_member(&self, key: &str) -> Option<&Value> {
        self.whole.get("linux").and_then(Value::as_object).and_then(|own| own.get(key))
    }

    /// Returns the member that applies to this system: members below `linux` replace the others.
    pub(super) fn member(&self, key: &str) -> Option<&Value> {
        self.linux_member(key).or_else(|| self.whole.get(key))
    }

    /// Returns a member that is a string.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.member(key).and_then(Value::as_str)
    }

    /// Returns the steps to the object that holds a member, and those in `more` after them.
    pub(super) fn steps<'s>(&'s self, key: &str, more: &[&'s str]) -> Vec<&'s str> {
        let own: &[&str] = if self.linux_member(key).is_some() { &["linux"] } else { &[] };
        self.within.iter().chain(&[self.list]).chain(&[self.name]).chain(own).chain(more).copied().collect()
    }

    /// Returns the change that gives a member this value.
    pub(super) fn set(&self, key: &str, value: &Value) -> Fix {
        set_member(self.path, &self.steps(key, &[]), key, value)
    }

    /// Returns the change that removes a member.
    pub(super) fn remove(&self, key: &str) -> Fix {
        remove_member(self.path, &self.steps(key, &[]), key)
    }
}
