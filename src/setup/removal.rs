//! The plan of `gowrap setup --remove`: gowrap's lines in all files, and the files and folders that the receipt lists.

use crate::diagnosis::Failure;
use crate::host::{FileKind, Files, GOWRAP, Host, SHIM, snapshot};
use crate::setup::change::{Change, Changes, Part};
use crate::setup::places::{Places, ShimOrigin};
use crate::setup::receipt::Receipt;
use crate::setup::shells::{own_env, start_paths};
use crate::setup::user_file::{LIMIT, UserFile, gowraps_file};
use crate::setup::{dotfile, scripts, shells, vscode};
use crate::text::escape::escape;
use crate::text::path::join;
use crate::text::path::{basename, dirname};
use crate::tools::Tool;

/// The changes that remove gowrap.
///
/// # Errors
/// A file that gowrap did not write has the name of gowrap's `env` file.
pub(super) fn plan(places: &Places, host: &dyn Host) -> Result<Changes, Failure> {
    let places = &as_set_up(places, host);
    let env = own_env(places, host)?;
    let receipt = shells::receipt(env.as_deref(), places, host);
    let mut changes = Changes::default();
    let mut files: Vec<Vec<u8>> = start_paths(places).into_iter().map(|(path, ..)| path).collect();
    files.extend(receipt.changed.iter().filter(|path| !files.contains(path)).cloned().collect::<Vec<_>>());
    // The last change is undone first.
    for one in receipt.replaced.iter().rev() {
        one.undo(host, &mut changes);
    }
    for path in files {
        line(&path, &receipt, host, &mut changes);
    }
    vscode::removal(places, host, &mut changes);
    // The first path is removed last: a folder is then empty, and the receipt exists until everything else is removed.
    for path in receipt.made.iter().rev().filter(|path| **path != places.env()) {
        made(path, places, host, &mut changes);
    }
    if env.is_some() {
        let is_above =
            |change: &Change| matches!(change, Change::RemoveFolder { path } if places.env().starts_with(path));
        let at = changes.list.iter().position(is_above).unwrap_or(changes.list.len());
        changes.list.insert(at, Change::RemoveFile { path: places.env() });
    }
    changes.list = without_full_folders(changes.list, host);
    if changes.list.is_empty() && host.lstat(&places.shims).is_ok() {
        changes.notes.push(format!("{} was not created by setup, so it stays", escape(&places.shims)));
    }
    Ok(changes)
}

/// Returns the paths of the setup that will be removed. If it ran with another XDG_DATA_HOME, the lines in shells'
/// files show that.
fn as_set_up(places: &Places, host: &dyn Host) -> Places {
    if host.lstat(&places.env()).is_ok() {
        return places.clone();
    }
    let line = |path: &[u8]| {
        let contents = host.read(path, LIMIT).ok()?;
        dotfile::without_line(&contents).map(|(_, line)| line)
    };
    let mut lines = start_paths(places).into_iter().filter_map(|(path, ..)| line(&path));
    let env = lines.find_map(|line| {
        let env = scripts::env_of(&line)?;
        (basename(&env) == b"env" && matches!(gowraps_file(&env, host), Ok(Some(_)))).then_some(env)
    });
    match env {
        None => places.clone(),
        Some(env) => {
            let data = dirname(&env).to_vec();
            let shims = if places.links == ShimOrigin::Ours { join(&data, b"shims") } else { places.shims.clone() };
            Places { data, shims, ..places.clone() }
        }
    }
}

/// A folder that has other entries now stays.
fn without_full_folders(list: Vec<Change>, host: &dyn Files) -> Vec<Change> {
    let mut gone: Vec<Vec<u8>> = Vec::new();
    let mut left = Vec::new();
    for change in list {
        if let Change::RemoveFile { path } | Change::RemoveLink { path } | Change::RemoveFolder { path } = &change {
            let is_folder = matches!(change, Change::RemoveFolder { .. });
            let stays = |name: &Vec<u8>| !gone.contains(&join(path, name));
            if is_folder && host.list(path).is_ok_and(|names| names.iter().any(stays)) {
                continue;
            }
            gone.push(path.clone());
        }
        left.push(change);
    }
    left
}

fn line(name: &[u8], receipt: &Receipt, host: &dyn Host, changes: &mut Changes) {
    let has_line = host.read(name, LIMIT).is_ok_and(|contents| dotfile::without_line(&contents).is_some());
    if !has_line {
        return;
    }
    match UserFile::read(name, host) {
        Err(why) => changes.notes.push(why),
        Ok(UserFile { path, before }) => {
            let before = changes.contents_of(&path).map(<[u8]>::to_vec).or(before);
            let Some((after, line)) = before.as_deref().and_then(dotfile::without_line) else { return };
            if after.is_empty() && receipt.has(&path) {
                changes.list.push(Change::RemoveFile { path });
            } else {
                changes.list.push(Change::Edit { name: name.to_vec(), path, before, after, what: Part::Removed(line) });
            }
        }
    }
}

fn made(path: &[u8], places: &Places, host: &dyn Host, changes: &mut Changes) {
    let Ok(stat) = host.lstat(path) else { return };
    match stat.kind {
        FileKind::Directory => changes.list.push(Change::RemoveFolder { path: path.to_vec() }),
        FileKind::Link if is_our_link(path, host) => changes.list.push(Change::RemoveLink { path: path.to_vec() }),
        // Only the names are compared, because the folder of settings may have been another one then.
        FileKind::Regular if matches!(basename(path), b"env.fish" | b"gowrap.fish" | b"hook.bash" | b"hook.zsh") => {
            match gowraps_file(path, host) {
                Ok(_) => changes.list.push(Change::RemoveFile { path: path.to_vec() }),
                Err(_) => {
                    changes.notes.push(format!("{} does not belong to gowrap any more, so it stays", escape(path)))
                }
            }
        }
        FileKind::Regular if snapshot::path(&places.home).is_some_and(|session| session == path) => {
            changes.list.push(Change::RemoveFile { path: path.to_vec() });
        }
        // A shell's file that setup made, and that has other lines now.
        _ => {}
    }
}

fn is_our_link(path: &[u8], host: &dyn Files) -> bool {
    let name = basename(path);
    (name == b"gowrap" || Tool::named(name).is_some())
        && host.read_link(path).is_ok_and(|says| [GOWRAP, SHIM].contains(&basename(&says)))
}
