//! Paths of the configuration files.
//!
//! `/etc/gowrap/config.toml` is the machine's file. The user's file is in the folder of the XDG base directory
//! specification. A relative `XDG_CONFIG_HOME` counts as unset, as specified: it would lead into the project's folder.

use crate::diagnosis::{Code, Exit, Failure, wording};
use crate::host::Identity;
use crate::host::environ::Environ;
use crate::prelude::*;

/// Path that users set for no file.
pub(super) const NO_FILE: &[u8] = b"/dev/null";

/// The machine's file.
pub(super) fn of_machine() -> ConfigFile {
    ConfigFile { path: Path::Fixed(b"/etc/gowrap/config.toml"), rank: Rank::System }
}

/// A file that may hold settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConfigFile {
    pub(super) path: Path,
    pub(super) rank: Rank,
}

/// Path of a configuration file; a constant one needs no allocation.
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
    /// The user's file at its usual path.
    User,
    /// A file that the user named. It must exist.
    Named,
}

/// Returns the user's file: `$XDG_CONFIG_HOME/gowrap/config.toml`, else below `~/.config`. `/etc/passwd` is read only
/// if HOME is not absolute.
pub(super) fn of_user(environ: &Environ, host: &dyn Identity) -> Option<ConfigFile> {
    let absolute = |name: &[u8]| environ.get(name).filter(|path| path.starts_with(b"/"));
    let path = match absolute(b"XDG_CONFIG_HOME") {
        Some(folder) => [folder, b"/gowrap/config.toml"].concat(),
        None => {
            let home = absolute(b"HOME").or_else(|| Some(host.user()?.home.as_slice()))?;
            [home, b"/.config/gowrap/config.toml"].concat()
        }
    };
    path.starts_with(b"/").then_some(ConfigFile { path: Path::Built(path), rank: Rank::User })
}

/// Returns the file of `--config`. It may be relative.
pub(super) fn by_option(path: &[u8]) -> Option<ConfigFile> {
    (path != NO_FILE).then(|| ConfigFile { path: Path::Built(path.to_vec()), rank: Rank::Named })
}

/// Returns the file of `GOWRAP_CONFIG`. It must be absolute: processes in other folders inherit the variable.
pub(super) fn by_variable(path: &[u8]) -> Result<Option<ConfigFile>, Failure> {
    if path.starts_with(b"/") {
        return Ok(by_option(path));
    }
    Err(Failure {
        exit: Exit::Own,
        code: Code::GW903,
        message: wording(|| {
            [
                b"GOWRAP_CONFIG=",
                path,
                b" is not absolute: a relative path depends on the working \
                                             directory",
            ]
            .concat()
        }),
        fix: wording(|| vec![b"give the whole path, or unset GOWRAP_CONFIG".to_vec()]),
    })
}
