//! Removes what killed runs have left.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, statat, unlinkat};

use super::backup;
use super::folder::Folder;
use super::temporary::{BACKUP, is_leftover};
use crate::text::path::{basename, dirname};

/// Removes the temporary files of killed runs, and restores half-written files from their backups.
///
/// The caller must hold the lock: no other run is writing then.
pub(crate) fn sweep<'p>(paths: impl IntoIterator<Item = &'p [u8]>) {
    let mut by_folder: Vec<(Vec<u8>, Vec<&[u8]>)> = Vec::new();
    for path in paths {
        match by_folder.iter_mut().find(|(folder, _)| folder == dirname(path)) {
            Some((_, names)) => names.push(basename(path)),
            None => by_folder.push((dirname(path).to_vec(), vec![basename(path)])),
        }
    }
    for (folder, names) in by_folder {
        let Ok(entries) = std::fs::read_dir(OsStr::from_bytes(&folder)) else { continue };
        let left: Vec<Vec<u8>> = entries
            .filter_map(|entry| Some(entry.ok()?.file_name().as_bytes().to_vec()))
            .filter(|entry| names.iter().any(|name| is_leftover(entry, name)))
            .collect();
        if left.is_empty() {
            continue;
        }
        let Ok(folder) = Folder::open(&folder) else { continue };
        for entry in left {
            sweep_entry(&folder.fd, &entry);
        }
        folder.restore_times();
    }
}

/// Removes the entry. If it is a backup and its file is half written, restores the file first.
fn sweep_entry(folder: &OwnedFd, entry: &[u8]) {
    let own = nix::unistd::geteuid().as_raw();
    if !statat(folder, entry, AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|stat| stat.st_uid == own) {
        return;
    }
    if let Some(name) = entry.strip_prefix(b".").and_then(|entry| entry.strip_suffix(BACKUP)) {
        _ = backup::restore(folder, name, entry);
    }
    _ = unlinkat(folder, entry, AtFlags::empty());
}
