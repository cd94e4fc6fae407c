//! One run of setup: it carries out a list of changes, or shows it.

use crate::diagnosis::Failure;
use crate::host::Host;
use crate::replace_file;
use crate::setup::lock::{self, Lock};
use crate::setup::places::Places;
use crate::setup::{Change, Changes, apply, shells, user_file, vscode};
use crate::text::path::join;

/// Mode of a run: it makes changes, or only shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Run {
    /// Changes the machine.
    Live,
    /// Only shows the changes.
    Dry,
}

impl Run {
    /// Takes the lock of a folder and removes the temporary files of a killed run beside these paths.
    ///
    /// # Errors
    /// Another run holds the lock for longer than a run takes.
    pub(crate) fn lock(self, folder: &[u8], paths: impl FnOnce() -> Vec<Vec<u8>>) -> Result<Option<Lock>, Failure> {
        if self == Run::Dry {
            return Ok(None);
        }
        let lock = lock::take(folder)?;
        replace_file::sweep(paths().iter().map(Vec::as_slice));
        Ok(Some(lock))
    }

    /// Writes the journal: folders are made before our `env` file is, and removed after it.
    pub(crate) fn open_journal(self, places: &Places, host: &dyn Host, env: &[u8]) {
        let Ok(before) = user_file::gowraps_file(&places.journal(), host) else { return };
        if self == Run::Live {
            // If the home cannot be written, the first change reports it.
            _ = replace_file::replace(&places.journal(), before.as_deref(), env);
        }
    }

    /// Removes the journal: the `env` file has the receipt now, or everything is removed.
    pub(crate) fn close_journal(self, places: &Places, host: &dyn Host) {
        if self == Run::Live && matches!(user_file::gowraps_file(&places.journal(), host), Ok(Some(_))) {
            _ = replace_file::remove(&places.journal());
        }
    }

    /// Makes the changes, unless this is a dry run, and returns the page that shows them.
    ///
    /// # Errors
    /// A change that all others need failed.
    pub(crate) fn carry_out(self, changes: &Changes, is_needed: impl Fn(&Change) -> bool) -> Result<String, Failure> {
        let skipped = if self == Run::Dry { Vec::new() } else { apply::apply(&changes.list, is_needed)? };
        let mut page = changes.page(&skipped);
        if changes.list.is_empty() {
            page.push_str("there is nothing to change\n");
        }
        if self == Run::Dry {
            page.push_str("\nthis was a dry run: nothing was changed\n");
        }
        Ok(page)
    }

    /// Makes changes that the receipt in the `env` file lists, under the journal.
    ///
    /// # Errors
    /// The `env` file or a shim could not be written. Without them, nothing else may be changed.
    pub(crate) fn add(self, changes: &Changes, places: &Places, host: &dyn Host) -> Result<String, Failure> {
        if let Some(env) = shells::journal(changes, places) {
            self.open_journal(places, host, &env);
        }
        let page = self.carry_out(changes, |change| is_needed(change, places))?;
        self.close_journal(places, host);
        Ok(page)
    }
}

/// Every path beside which a killed run may have left a temporary file.
#[must_use]
pub(crate) fn paths(places: &Places) -> Vec<Vec<u8>> {
    let mut paths: Vec<Vec<u8>> = shells::start_paths(places).into_iter().map(|(path, ..)| path).collect();
    paths.extend([
        places.journal(),
        places.env(),
        places.env_fish(),
        places.hook_bash(),
        places.hook_zsh(),
        places.fish_file(),
        places.fish_config(),
    ]);
    paths.extend(shells::shim_names().map(|name| join(&places.shims, name.as_bytes())));
    paths.extend(vscode::paths(places));
    paths
}

/// The `env` file and the shims, and their folders.
fn is_needed(change: &Change, places: &Places) -> bool {
    let path = change.path();
    places.env().starts_with(path) || path.starts_with(&places.shims)
}
