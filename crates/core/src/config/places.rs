//! Paths of the configuration files.
//!
//! `/etc/gowrap/config.toml` for the machine; for the user the place that the XDG base directory specification gives,
//! which also says that a relative `XDG_CONFIG_HOME` counts as unset. Here that matters: a relative path would lead
//! into the project's folder.

use crate::diagnosis::{Code, Exit, Failure};
use crate::host::Identity;
use crate::host::environ::Environ;
use crate::prelude::*;

/// The usual way to say that there is no file.
pub(super) const NO_FILE: &[u8] = b"/dev/null";

/// The machine's file.
pub(super) const SYSTEM: Place = Place { path: Path::Fixed(b"/etc/gowrap/config.toml"), rank: Rank::System };

/// A file that may hold settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: Path,
    pub(super) rank: Rank,
}

/// A path that is built only where it is not always the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Path {
    Fixed(&'static [u8]),
    Built(Vec<u8>),
}

impl core::ops::Deref for Path {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Path::Fixed(path) => path,
            Path::Built(path) => path,
        }
    }
}

/// Origin of a file's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// The machine.
    System,
    /// The user, by keeping one where it is looked for.
    User,
    /// The user, by its name: it has to be there.
    Named,
}

/// The user's file: `$XDG_CONFIG_HOME/gowrap/config.toml`, else below `~/.config`. Only without an absolute HOME is
/// `/etc/passwd` read.
pub(super) fn of_user(environ: &Environ, host: &dyn Identity) -> Option<Place> {
    let absolute = |name: &[u8]| environ.get(name).filter(|path| path.starts_with(b"/"));
    let path = match absolute(b"XDG_CONFIG_HOME") {
        Some(folder) => [folder, b"/gowrap/config.toml"].concat(),
        None => {
            let home = absolute(b"HOME").or_else(|| Some(host.user()?.home.as_slice()))?;
            [home, b"/.config/gowrap/config.toml"].concat()
        }
    };
    path.starts_with(b"/").then_some(Place { path: Path::Built(path), rank: Rank::User })
}

/// The file of `--config`. Typed on the spot, it may be relative.
pub(super) fn by_option(path: &[u8]) -> Option<Place> {
    (path != NO_FILE).then(|| Place { path: Path::Built(path.to_vec()), rank: Rank::Named })
}

/// The file of `GOWRAP_CONFIG`. It must be absolute, since a variable goes with every process and into every folder.
pub(super) fn by_variable(path: &[u8]) -> Result<Option<Place>, Failure> {
    if path.starts_with(b"/") {
        return Ok(by_option(path));
    }
    Err(Failure {
        exit: Exit::Own,
        code: Code::GW903,
        message: [b"GOWRAP_CONFIG=", path, b" is not absolute: it would mean another file in every folder"].concat(),
        fix: vec![b"give the whole path, or unset GOWRAP_CONFIG".to_vec()],
    })
}
