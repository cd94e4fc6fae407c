//! Rule for the folders that setup writes to, and for those from which the shells that it starts read their files.
//!
//! `su` and `sudo -E` keep XDG_CONFIG_HOME, XDG_DATA_HOME and ZDOTDIR, which may name a folder of another user. Each
//! component of such a folder's path is checked. For a folder below the home, the home and the folders above it are not
//! checked: a user who can change those can change every dotfile.

use crate::host::Host;
use crate::host::trust::{Doubt, Untrusted};
use crate::text::errno::Errno;
use crate::text::escape::escape;
use crate::text::path::dirname;

/// The reason why a folder, or the nearest existing one above it, is not used.
pub(super) struct FolderDoubt {
    /// The reason as text.
    pub(super) why: String,
    /// The component that others can write, if its owner can change that.
    pub(super) open: Option<Vec<u8>>,
}

/// Returns the reason why another user can change the contents of a folder. A mount that may not
/// answer is not accessed.
pub(super) fn doubt(folder: &[u8], home: &[u8], host: &dyn Host) -> Option<FolderDoubt> {
    let mut there = folder;
    let untrusted = loop {
        match host.judge(there) {
            Ok(_) => return None,
            Err(Untrusted::Errno(Errno::ENOENT | Errno::ENOTDIR)) if there.len() > 1 => there = dirname(there),
            Err(untrusted) => break untrusted,
        }
    };
    let why = escape(&untrusted.words());
    let Untrusted::Doubtful { component, doubt, .. } = untrusted else {
        return if is_below(folder, home) { None } else { Some(FolderDoubt { why, open: None }) };
    };
    if is_below(folder, home) {
        let is_above_home = || host.canonical(home).is_ok_and(|home| home == component || is_below(&home, &component));
        if matches!(doubt, Doubt::Mount(_)) || is_above_home() {
            // Owner and mode of the folders above the home, or of all, do not count.
            let is_own = host.stat(there).is_ok_and(|stat| stat.uid == host.uid() || stat.uid == 0);
            return if is_own { None } else { Some(FolderDoubt { why, open: None }) };
        }
    }
    let is_open = !matches!(doubt, Doubt::Mount(_) | Doubt::Owner(_) | Doubt::Unmapped);
    let is_own = || host.lstat(&component).is_ok_and(|stat| stat.uid == host.uid());
    let open = if is_open && is_own() { Some(component) } else { None };
    Some(FolderDoubt { why, open })
}

fn is_below(path: &[u8], folder: &[u8]) -> bool {
    folder == b"/" || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with(b"/"))
}
