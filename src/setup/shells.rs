//! What `gowrap setup` does for a person: the links, our own files, and one line in each file that a shell reads.
//!
//! Bash reads `.profile` at a login unless `.bash_profile` or `.bash_login` is there, and `.bashrc` where it is
//! interactive; zsh reads `.zshenv` always, and what stands in its other files may put folders in front of ours again.

use crate::diagnosis::Failure;
use crate::host::{FileKind, GOWRAP, Host, SHIM, snapshot};
use crate::setup::change::{Change, Changes, Part};
use crate::setup::places::{Links, Places, launcher, refused};
use crate::setup::receipt::Receipt;
use crate::setup::{dotfile, scripts};
use crate::text::errno::words;
use crate::text::escape::escape;
use crate::text::path::join;
use crate::text::path::{basename, dirname};
use crate::tools::Tool;

/// No shell's file is larger.
pub(super) const LIMIT: usize = 4 << 20;

/// The files that get a line, and when.
pub(super) const FILES: [(&[u8], When); 7] = [
    (b".profile", When::Always),
    (b".bash_profile", When::There),
    (b".bash_login", When::There),
    (b".bashrc", When::There),
    (b".zshenv", When::WithZsh),
    (b".zprofile", When::There),
    (b".zshrc", When::There),
];

/// When a file gets a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    There,
    WithZsh,
}

/// Names in the shim folder: every tool, and gowrap itself, since the folder that it is installed in may not be on PATH.
pub(super) fn shim_names() -> impl Iterator<Item = &'static str> {
    Tool::ALL.iter().map(|tool| tool.name()).chain(["gowrap"])
}

/// What is to be done.
///
/// # Errors
/// Where something of somebody else's has the name of a file of ours.
pub fn plan(places: &Places, host: &dyn Host) -> Result<Changes, Failure> {
    let before = ours(&places.env(), host)?;
    let receipt = before.as_deref().map(Receipt::decode).unwrap_or_default();
    let mut work = Work { host, receipt, changes: Changes::default() };
    work.folder(&places.data);
    if places.links == Links::Ours {
        work.folder(&places.shims);
        let launcher = launcher(&places.own, host);
        for name in shim_names() {
            let target = if name.as_bytes() == GOWRAP { &places.own } else { &launcher };
            work.link(&join(&places.shims, name.as_bytes()), target);
        }
    }
    if places.links == Links::Prefix {
        work.changes.notes.push(format!("{} came with gowrap, so its links stay as they are", escape(&places.shims)));
    }
    // Where the snapshot will be: it is noted now, so that it can go again. One that is there already has its own reasons.
    if let (Some(folder), Some(session)) = (snapshot::folder(&places.home), snapshot::path(&places.home)) {
        work.folder(&folder);
        if host.lstat(&session).is_err() {
            work.receipt.add(&session);
        }
    }
    for (name, when) in FILES {
        let path = join(&places.home, name);
        let there = host.lstat(&path).is_ok();
        if there || when == When::Always || (when == When::WithZsh && has_zsh(places, host)) {
            work.line(&path, &scripts::line(places));
        }
    }
    if has_fish(places, host) {
        work.file(&places.env_fish(), scripts::env_fish(places))?;
        work.folder(&places.fish());
        work.file(&places.fish_file(), scripts::fish_file(places))?;
    }
    work.receipt.add(&places.env());
    let env = scripts::env(places, &work.receipt);
    if before.as_deref() != Some(&env) {
        // Before the lines that read it, and before all that only the receipt remembers.
        let folder = Change::MakeFolder { path: places.data.clone() };
        let at = work.changes.list.iter().position(|change| *change == folder).map_or(0, |at| at + 1);
        work.changes.list.insert(at, Change::Write { path: places.env(), before, after: env });
    }
    Ok(work.changes)
}

struct Work<'h> {
    host: &'h dyn Host,
    receipt: Receipt,
    changes: Changes,
}

impl Work<'_> {
    /// A folder, and those above it.
    fn folder(&mut self, path: &[u8]) {
        let planned = Change::MakeFolder { path: path.to_vec() };
        if path.len() < 2 || self.host.stat(path).is_ok() || self.changes.list.contains(&planned) {
            return;
        }
        self.folder(dirname(path));
        self.receipt.add(path);
        self.changes.list.push(planned);
    }

    fn link(&mut self, path: &[u8], target: &[u8]) {
        let there = self.host.lstat(path).is_ok();
        let says = self.host.read_link(path).ok();
        if says.as_deref() == Some(target) {
            return;
        }
        if there && says.is_none_or(|says| ![GOWRAP, SHIM].contains(&basename(&says))) {
            self.changes.notes.push(format!("{} is not ours, so it stays", escape(path)));
            return;
        }
        self.receipt.add(path);
        self.changes.list.push(Change::Link { path: path.to_vec(), target: target.to_vec() });
    }

    fn file(&mut self, path: &[u8], after: Vec<u8>) -> Result<(), Failure> {
        let before = ours(path, self.host)?;
        self.receipt.add(path);
        if before.as_ref() != Some(&after) {
            self.changes.list.push(Change::Write { path: path.to_vec(), before, after });
        }
        Ok(())
    }

    fn line(&mut self, name: &[u8], line: &[u8]) {
        match Theirs::read(name, self.host) {
            Err(why) => self.changes.notes.push(why),
            Ok(Theirs { path, before }) => {
                let Some((after, line)) = dotfile::with_line(before.as_deref().unwrap_or_default(), line) else {
                    return;
                };
                if before.is_none() {
                    self.receipt.add(&path);
                }
                let what = Part::Added(line);
                self.changes.list.push(Change::Edit { name: name.to_vec(), path, before, after, what });
            }
        }
    }
}

/// A file of the person's own that may be edited.
pub(super) struct Theirs {
    /// All links followed.
    pub(super) path: Vec<u8>,
    /// What it holds, if it is there.
    pub(super) before: Option<Vec<u8>>,
}

impl Theirs {
    /// Reads it.
    ///
    /// # Errors
    /// Why it is left alone: it leads to somebody else's file, as with a home that a program manages, or is protected.
    pub(super) fn read(name: &[u8], host: &dyn Host) -> Result<Theirs, String> {
        let shown = escape(name);
        if host.lstat(name).is_err() {
            return Ok(Theirs { path: name.to_vec(), before: None });
        }
        let path = host.canonical(name).map_err(|_| format!("{shown} is a link that leads nowhere: it stays"))?;
        let (stat, before) = host
            .read_and_stat(&path, LIMIT)
            .map_err(|errno| format!("{shown} cannot be read ({}): it stays", words(errno)))?;
        let leads = if path == name { String::new() } else { format!(" leads to {}, which", escape(&path)) };
        if stat.uid != host.uid() {
            return Err(format!("{shown}{leads} belongs to another user: it stays"));
        }
        if stat.mode & 0o200 == 0 {
            return Err(format!("{shown}{leads} is write-protected: it stays"));
        }
        Ok(Theirs { path, before: Some(before) })
    }
}

/// What a file of ours holds, if it is there.
///
/// # Errors
/// Where it is not ours.
pub(super) fn ours(path: &[u8], host: &dyn Host) -> Result<Option<Vec<u8>>, Failure> {
    let foreign = |why: &str| {
        let message = format!("{} {why}, so nothing was changed", escape(path));
        refused(message, vec![b"move it away, and run the same command again".to_vec()])
    };
    match host.lstat(path) {
        Err(_) => return Ok(None),
        Ok(stat) if stat.kind != FileKind::Regular || stat.uid != host.uid() => {
            return Err(foreign("is no regular file of yours"));
        }
        Ok(_) => {}
    }
    let contents = host.read(path, LIMIT).map_err(|errno| foreign(&format!("cannot be read ({})", words(errno))))?;
    let is_ours =
        contents.starts_with(b"# Written by `gowrap setup`") || contents.ends_with(&[scripts::MARK, b"\n"].concat());
    if is_ours { Ok(Some(contents)) } else { Err(foreign("is not gowrap's")) }
}

fn has_zsh(places: &Places, host: &dyn Host) -> bool {
    let is_installed =
        [&b"/bin/zsh"[..], b"/usr/bin/zsh", b"/usr/local/bin/zsh"].iter().any(|path| host.stat(path).is_ok());
    is_installed || [&b".zshrc"[..], b".zprofile"].iter().any(|name| host.lstat(&join(&places.home, name)).is_ok())
}

fn has_fish(places: &Places, host: &dyn Host) -> bool {
    let is_installed =
        [&b"/bin/fish"[..], b"/usr/bin/fish", b"/usr/local/bin/fish"].iter().any(|path| host.stat(path).is_ok());
    is_installed || host.stat(dirname(&places.fish())).is_ok()
}
