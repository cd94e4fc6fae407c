//! Rule for the folders that setup writes to, and for those from which the shells that it starts read their files.
//!
//! `su` and `sudo -E` keep XDG_CONFIG_HOME, XDG_DATA_HOME and ZDOTDIR, which may name a folder of another user. Each
//! component of such a folder's path is checked. For a folder below the home, the home and the folders above it are not
//! checked: a user who can change those can change every dotfile.

use crate::host::trust::{Doubt, Untrusted};
use crate::host::{Files, Host};
use crate::text::escape::escape;
use crate::text::path::dirname;

/// The reason why a folder, or the nearest existing one above it, is not used.
pub(super) struct FolderDoubt {
    /// The reason as text.
    pub(super) why: String,
    /// The component that others can write, if its owner can change that.
    pub(super) open: Option<Vec<u8>>,
}

/// Returns the reason why another user can change the contents of a folder.
pub(super) fn doubt(folder: &[u8], home: &[u8], host: &dyn Host) -> Option<FolderDoubt> {
    let there = nearest(folder, host);
    let untrusted = host.judge(there).err()?;
    let Untrusted::Doubtful { component, doubt, .. } = &untrusted else {
        // A home that cannot be checked, such as one without search permission above it, is still the user's.
        return owner_doubt(folder, home, host, || escape(&untrusted.words()));
    };
    let is_above_home = host.canonical(home).is_ok_and(|home| home == *component || is_below(&home, component));
    if is_below(folder, home) && (is_above_home || matches!(doubt, Doubt::Mount(_))) {
        return owner_doubt(folder, home, host, String::new);
    }
    let is_own = host.lstat(component).is_ok_and(|stat| stat.uid == host.uid());
    let open = (is_own && !matches!(doubt, Doubt::Mount(_) | Doubt::Owner(_))).then(|| component.clone());
    Some(FolderDoubt { why: escape(&untrusted.words()), open })
}

/// Judges a folder below the home by its owner alone.
fn owner_doubt(folder: &[u8], home: &[u8], host: &dyn Host, otherwise: impl Fn() -> String) -> Option<FolderDoubt> {
    if !is_below(folder, home) {
        return Some(FolderDoubt { why: otherwise(), open: None });
    }
    let there = nearest(folder, host);
    let is_own = host.stat(there).is_ok_and(|stat| stat.uid == host.uid() || stat.uid == 0);
    (!is_own).then(|| FolderDoubt { why: format!("{} belongs to another user", escape(there)), open: None })
}

fn is_below(path: &[u8], folder: &[u8]) -> bool {
    folder == b"/" || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with(b"/"))
}

/// Returns the path, or the lowest existing folder above it.
fn nearest<'p>(path: &'p [u8], host: &dyn Files) -> &'p [u8] {
    let mut there = path;
    while there.len() > 1 && host.lstat(there).is_err() {
        there = dirname(there);
    }
    there
}
