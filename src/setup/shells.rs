//! The plan of `gowrap setup` for one user: the shims, gowrap's own files, and one line at the end of each start file.

use crate::diagnosis::Failure;
use crate::host::{Files, GOWRAP, Host, SHIM, snapshot};
use crate::setup::change::{Change, Changes, Part};
use crate::setup::places::{Places, ShimOrigin, launcher, refused};
use crate::setup::receipt::Receipt;
use crate::setup::replaced::Replaced;
use crate::setup::user_file::{LIMIT, UserFile, gowraps_file};
use crate::setup::{dotfile, scripts};
use crate::shells::{Shell, StartFileFolder, When, start_files};
use crate::text::escape::escape;
use crate::text::path::join;
use crate::text::path::{basename, dirname};
use crate::tools::Tool;

/// Names in the shim folder: every tool, and gowrap itself, because its own folder may not be on PATH.
pub(super) fn shim_names() -> impl Iterator<Item = &'static str> {
    Tool::ALL.iter().map(|tool| tool.name()).chain(["gowrap"])
}

/// Returns the start files, each once, and the condition on which each gets a line.
pub(super) fn start_paths(places: &Places) -> Vec<(Vec<u8>, Shell, When)> {
    let mut paths: Vec<(Vec<u8>, Shell, When)> = Vec::new();
    for (shell, file) in start_files() {
        let folders = match (file.folder, file.when, &places.zdotdir) {
            (StartFileFolder::Home, _, _) | (StartFileFolder::Zdotdir, _, None) => vec![&places.home],
            (StartFileFolder::Zdotdir, When::Used, Some(folder)) => vec![folder],
            // A zsh that was started without ZDOTDIR reads the files in the home.
            (StartFileFolder::Zdotdir, _, Some(folder)) => vec![&places.home, folder],
        };
        for folder in folders {
            let path = join(folder, file.name.as_bytes());
            if !paths.iter().any(|(known, ..)| *known == path) {
                paths.push((path, shell, file.when));
            }
        }
    }
    paths
}

/// Returns the changes that make `go` start gowrap.
///
/// # Errors
/// The `env` file has gowrap's name and is not gowrap's.
pub fn plan(places: &Places, host: &dyn Host) -> Result<Changes, Failure> {
    plan_with(places, host, &[])
}

/// Returns the same changes, and lists in the receipt the text that will be replaced in the user's own files.
///
/// # Errors
/// The `env` file has gowrap's name and is not gowrap's.
pub fn plan_with(places: &Places, host: &dyn Host, replaced: &[Replaced]) -> Result<Changes, Failure> {
    let mut work = ShellSetup::begin(places, host, replaced)?;
    if places.links == ShimOrigin::Ours {
        work.folder(&places.shims);
        let launcher = launcher(&places.own, host);
        for name in shim_names() {
            let target = if name.as_bytes() == GOWRAP { &places.own } else { &launcher };
            work.link(&join(&places.shims, name.as_bytes()), target);
        }
    }
    if places.links == ShimOrigin::Prefix {
        work.changes.notes.push(format!("{} came with gowrap, so its shims are not changed", escape(&places.shims)));
    }
    // The path of the snapshot is listed now, so that removal deletes it. An existing snapshot stays.
    if let (Some(folder), Some(session)) = (snapshot::folder(&places.home), snapshot::path(&places.home)) {
        work.folder(&folder);
        if host.lstat(&session).is_err() {
            work.receipt.add(&session);
        }
    }
    for (path, shell, when) in start_paths(places) {
        let is_wanted = match when {
            When::Always => true,
            When::There => false,
            When::Used => has_shell(shell.name, places, host),
        };
        if is_wanted || host.lstat(&path).is_ok() {
            if dirname(&path) != places.home {
                work.receipt.add_changed(&path);
            }
            work.line(&path, &scripts::line(places));
        }
    }
    for (path, text) in scripts::hooks(places) {
        work.file(&path, text);
    }
    if has_shell("fish", places, host) {
        work.file(&places.env_fish(), scripts::env_fish(places));
        work.folder(&places.fish());
        work.file(&places.fish_file(), scripts::fish_file(places));
    }
    Ok(work.end(places))
}

/// Returns only the change of the receipt, for text that will be replaced in the user's own files.
///
/// # Errors
/// The `env` file has gowrap's name and is not gowrap's.
pub fn receipt_of(places: &Places, host: &dyn Host, replaced: &[Replaced]) -> Result<Changes, Failure> {
    Ok(ShellSetup::begin(places, host, replaced)?.end(places))
}

/// Returns only those changes of [`plan`] that remove Windows line endings from gowrap's own text.
///
/// # Errors
/// The `env` file has gowrap's name and is not gowrap's.
pub fn line_ends(places: &Places, host: &dyn Host) -> Result<Changes, Failure> {
    let has_one = |change: &Change| match change {
        Change::Write { before: Some(before), .. } => before.contains(&b'\r'),
        Change::Edit { before: Some(before), .. } => dotfile::has_carriage_return(before),
        _ => false,
    };
    let mut changes = plan(places, host)?;
    changes.list.retain(has_one);
    Ok(Changes { list: changes.list, notes: Vec::new() })
}

struct ShellSetup<'h> {
    host: &'h dyn Host,
    /// Reads the present `env` file.
    env: Option<Vec<u8>>,
    receipt: Receipt,
    changes: Changes,
}

impl<'h> ShellSetup<'h> {
    fn begin(places: &Places, host: &'h dyn Host, replaced: &[Replaced]) -> Result<ShellSetup<'h>, Failure> {
        let env = own_env(places, host)?;
        let mut receipt = receipt(env.as_deref(), places, host);
        replaced.iter().for_each(|one| receipt.add_replaced(one));
        let mut work = ShellSetup { host, env, receipt, changes: Changes::default() };
        work.folder(&places.data);
        Ok(work)
    }

    fn end(mut self, places: &Places) -> Changes {
        self.receipt.add(&places.env());
        let after = scripts::env(places, &self.receipt);
        if self.env.as_deref() != Some(&after) {
            // It comes before the lines that read it, and before all changes that only the receipt lists.
            let folder = Change::MakeFolder { path: places.data.clone() };
            let at = self.changes.list.iter().position(|change| *change == folder).map_or(0, |at| at + 1);
            self.changes.list.insert(at, Change::Write { path: places.env(), before: self.env, after });
        }
        self.changes
    }

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
            self.changes.notes.push(format!("{} does not belong to gowrap, so it stays", escape(path)));
            return;
        }
        self.receipt.add(path);
        self.changes.list.push(Change::Link { path: path.to_vec(), target: target.to_vec() });
    }

    fn file(&mut self, path: &[u8], after: Vec<u8>) {
        match gowraps_file(path, self.host) {
            Err(why) => self.changes.notes.push(format!("{} {why}: it stays", escape(path))),
            Ok(before) => {
                self.receipt.add(path);
                if before.as_ref() != Some(&after) {
                    self.changes.list.push(Change::Write { path: path.to_vec(), before, after });
                }
            }
        }
    }

    fn line(&mut self, name: &[u8], line: &[u8]) {
        if self.host.read(name, LIMIT).is_ok_and(|contents| dotfile::with_line(&contents, line).is_none()) {
            return;
        }
        match UserFile::read(name, self.host) {
            Err(why) => self.changes.notes.push(format!("{why}; add this line to it: {}", escape(line))),
            Ok(UserFile { path, before }) => {
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

/// Returns the contents of the `env` file, which all other changes need.
///
/// # Errors
/// The file is not gowrap's.
pub(super) fn own_env(places: &Places, host: &dyn Host) -> Result<Option<Vec<u8>>, Failure> {
    gowraps_file(&places.env(), host).map_err(|why| {
        let message = format!("{} {why}, so nothing was changed", escape(&places.env()));
        refused(message, vec![b"move it away, and run the same command again".to_vec()])
    })
}

/// Returns the list of changes that earlier runs made, also of a run that was killed before it wrote the `env` file.
pub(super) fn receipt(env: Option<&[u8]>, places: &Places, host: &dyn Host) -> Receipt {
    let mut receipt = env.map(Receipt::decode).unwrap_or_default();
    if let Ok(Some(journal)) = gowraps_file(&places.journal(), host) {
        let mut killed = Receipt::decode(&journal);
        killed.made.retain(|path| host.lstat(path).is_ok());
        receipt.merge(&killed);
    }
    receipt
}

/// Returns the text of the journal, if these changes make the first `env` file.
pub(super) fn journal(changes: &Changes, places: &Places) -> Option<Vec<u8>> {
    changes.list.iter().find_map(|change| match change {
        Change::Write { path, before: None, after } if *path == places.env() => Some(after.clone()),
        _ => None,
    })
}

/// Returns true if a shell is installed or one of its start files exists.
fn has_shell(name: &str, places: &Places, host: &dyn Files) -> bool {
    let has_file = |name: &[u8]| host.lstat(&join(&places.home, name)).is_ok();
    let has_trace = match name {
        "zsh" => places.zdotdir.is_some() || has_file(b".zshrc") || has_file(b".zprofile"),
        "fish" => host.stat(dirname(&places.fish())).is_ok(),
        _ => false,
    };
    has_trace || is_installed(name.as_bytes(), host)
}

fn is_installed(name: &[u8], host: &dyn Files) -> bool {
    Shell::named(name).is_some_and(|shell| shell.programs().any(|path| host.stat(&path).is_ok()))
}
