//! The changes of setup as a value, which can be shown before they are made.

use crate::text::escape::escape;

/// One change to the machine. Paths are absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A folder to create.
    MakeFolder {
        /// Its path.
        path: Vec<u8>,
    },
    /// A symbolic link, which may replace an older one of gowrap.
    Link {
        /// Its path.
        path: Vec<u8>,
        /// Its target.
        target: Vec<u8>,
    },
    /// A file that contains only gowrap's text.
    Write {
        /// Its path.
        path: Vec<u8>,
        /// Present contents, if the file exists.
        before: Option<Vec<u8>>,
        /// New contents.
        after: Vec<u8>,
    },
    /// A part of a file that gowrap did not make: a line or a setting that is added or removed.
    Edit {
        /// Name of the file for the user: a dotfile may be a link to it.
        name: Vec<u8>,
        /// The file itself, all links followed.
        path: Vec<u8>,
        /// Present contents; none if the file does not exist.
        before: Option<Vec<u8>>,
        /// New contents.
        after: Vec<u8>,
        /// The part, and the change to it.
        what: Part,
    },
    /// A file that an earlier run made.
    RemoveFile {
        /// Its path.
        path: Vec<u8>,
    },
    /// A link that leads to gowrap.
    RemoveLink {
        /// Its path.
        path: Vec<u8>,
    },
    /// A folder that an earlier run made, if it is empty.
    RemoveFolder {
        /// Its path.
        path: Vec<u8>,
    },
}

/// The part of a file that a change concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// This text is put in.
    Added(Vec<u8>),
    /// This text is taken out.
    Removed(Vec<u8>),
    /// A text replaces another one.
    Replaced {
        /// The old text.
        from: Vec<u8>,
        /// The new text.
        to: Vec<u8>,
    },
}

/// A change that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedChange {
    /// Its place in the list.
    pub index: usize,
    /// The reason.
    pub why: String,
}

/// Changes that will be made, and notes about those that will not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// In the order in which they are carried out.
    pub list: Vec<Change>,
    /// Things that are not changed, each with its reason.
    pub notes: Vec<String>,
}

impl Changes {
    /// Returns the contents of a file after the changes so far; none if they do not edit it.
    #[must_use]
    pub fn contents_of(&self, file: &[u8]) -> Option<&[u8]> {
        self.list.iter().rev().find_map(|change| match change {
            Change::Edit { path, after, .. } | Change::Write { path, after, .. } if path == file => {
                Some(after.as_slice())
            }
            _ => None,
        })
    }

    /// One line for each change and each note; `skipped` names the changes that were not made.
    #[must_use]
    pub fn page(&self, skipped: &[SkippedChange]) -> String {
        let line = |(index, change): (usize, &Change)| match skipped.iter().find(|passed| passed.index == index) {
            None => change.line(),
            Some(SkippedChange { why, .. }) => change.skipped(why),
        };
        let lines = self.list.iter().enumerate().map(line);
        let notes = self.notes.iter().map(|note| format!("note           {note}"));
        lines.chain(notes).map(|line| line + "\n").collect()
    }
}

impl Change {
    /// The path that it changes.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        match self {
            Change::MakeFolder { path }
            | Change::Link { path, .. }
            | Change::Write { path, .. }
            | Change::Edit { path, .. }
            | Change::RemoveFile { path }
            | Change::RemoveLink { path }
            | Change::RemoveFolder { path } => path,
        }
    }

    fn skipped(&self, why: &str) -> String {
        let by_hand = match self {
            Change::Edit { what: Part::Added(text), .. } => {
                format!("\n               add this line to it: {}", escape(text.trim_ascii()))
            }
            Change::Edit { what: Part::Removed(text), .. } => {
                format!("\n               remove this line from it: {}", escape(text.trim_ascii()))
            }
            Change::Edit { what: Part::Replaced { from, to }, .. } => {
                format!("\n               replace {} by {}", escape(from.trim_ascii()), escape(to.trim_ascii()))
            }
            _ => String::new(),
        };
        format!("not changed    {}: {why}{by_hand}", escape(self.path()))
    }

    fn line(&self) -> String {
        match self {
            Change::MakeFolder { path } => format!("make folder    {}", escape(path)),
            Change::Link { path, target } => format!("link           {} -> {}", escape(path), escape(target)),
            Change::Write { path, before: None, .. } => format!("write          {}", escape(path)),
            Change::Write { path, .. } => format!("rewrite        {}", escape(path)),
            Change::Edit { name, path, before, what, .. } => {
                let (verb, texts) = match (what, before) {
                    (Part::Added(text), Some(_)) => ("add to", vec![("", text)]),
                    (Part::Added(text), None) => ("write", vec![("", text)]),
                    (Part::Removed(text), _) => ("take out of", vec![("", text)]),
                    (Part::Replaced { from, to }, _) => ("change in", vec![("from  ", from), ("to    ", to)]),
                };
                let lines = texts.iter().flat_map(|(label, text)| {
                    let lines = text.trim_ascii().split(|&byte| byte == b'\n');
                    lines.map(move |line| format!("\n               {label}{}", escape(line)))
                });
                let text: Vec<String> = lines.collect();
                // The edited file is then in a folder of dotfiles, where its owner will see the change.
                let leads = if name == path { String::new() } else { format!(" (a link to {})", escape(path)) };
                format!("{verb:<14} {}{leads}{}", escape(name), text.concat())
            }
            Change::RemoveFile { path } => format!("remove         {}", escape(path)),
            Change::RemoveLink { path } => format!("remove link    {}", escape(path)),
            Change::RemoveFolder { path } => format!("remove folder  {}", escape(path)),
        }
    }
}
