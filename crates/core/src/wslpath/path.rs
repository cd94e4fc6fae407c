//! Paths of both sides, the inputs of a translation, and the reasons why a path has no counterpart.

use crate::host::mounts::{MountTable, Tags};
use crate::prelude::*;
use crate::text::errno::Errno;
use crate::text::lexical;

/// A path as Windows writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WinPath(pub(super) Vec<u8>);

/// A path as Linux writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UnixPath(pub(super) Vec<u8>);

impl WinPath {
    /// Wraps bytes that the caller declares to be a Windows path.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> WinPath {
        WinPath(bytes.into())
    }

    /// The path's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path's bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Returns the path with forward slashes: Windows accepts them, and shells do not remove them.
    #[must_use]
    pub fn with_forward_slashes(&self) -> WinPath {
        WinPath(lexical::flip(&self.0, b'/'))
    }
}

impl UnixPath {
    /// Wraps bytes that the caller declares to be a Linux path.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> UnixPath {
        UnixPath(bytes.into())
    }

    /// The path's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path's bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Inputs of a translation.
#[derive(Debug, Clone, Copy)]
pub struct Standpoint<'a> {
    /// The working directory, or the reason why there is none. Without one WSL translates no path, not even an absolute
    /// one.
    pub cwd: Result<&'a [u8], Errno>,
    /// The distribution's name, as in `\\wsl.localhost\NAME`.
    pub distro: Option<&'a [u8]>,
    /// Mount table.
    pub mounts: &'a MountTable,
    /// Tags of virtiofs that are resolved.
    pub tags: Tags,
}

/// Treatment of a relative path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathForm {
    /// It stays relative if its target is below the working directory.
    Given,
    /// It becomes absolute.
    Absolute,
}

/// Reason why a path cannot be translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no working directory: getcwd(3) failed.
    NoCwd(Errno),
    /// realpath(3) failed with an error other than ENOENT.
    RealPath(Errno),
    /// A `..` goes above the root.
    AboveRoot,
    /// `C:x` means the working directory of drive C, and Linux has none.
    DriveRelative,
    /// `\x` refers to the drive of the working directory, which is not on a drive.
    NoCurrentDrive,
    /// `\\?\UNC\…`, `\\?\Volume{…}` and `\\.\…` are names of devices, not of mounted folders.
    Device,
    /// The drive is not mounted.
    NotMounted,
    /// A share that is not mounted, or another distribution.
    ForeignShare,
    /// The distribution's own name is not known, and the path needs it.
    UnknownDistro,
    /// The path is the working directory, and relative to that its name is empty.
    EmptyName,
}

impl Refusal {
    /// Returns the reason as text for the user.
    #[must_use]
    pub fn describe(self) -> String {
        let text = match self {
            Refusal::NoCwd(errno) => {
                return format!("the working directory cannot be read: {}", crate::text::errno::words(errno));
            }
            Refusal::RealPath(errno) => return format!("it cannot be looked up: {}", crate::text::errno::words(errno)),
            Refusal::AboveRoot => "its `..` leads above the root",
            Refusal::DriveRelative => "it is relative to a drive's own working directory, which Linux does not have",
            Refusal::NoCurrentDrive => {
                "it is relative to the current drive, and the working directory is not on a drive"
            }
            Refusal::Device => "it is the name of a device, not of a folder that could be mounted",
            Refusal::NotMounted => "its drive is not mounted",
            Refusal::ForeignShare => "it is on a share that is not mounted, or in another distribution",
            Refusal::UnknownDistro => "the name of this distribution is unknown: WSL_DISTRO_NAME is not set",
            Refusal::EmptyName => "it is the working directory itself",
        };
        text.to_owned()
    }
}

impl<'a> Standpoint<'a> {
    pub(super) fn cwd(&self) -> Result<&'a [u8], Refusal> {
        self.cwd.map_err(Refusal::NoCwd)
    }
}

/// Removes the working directory from a path that was relative before its translation.
///
/// A path that begins with the same bytes but is not below it is not changed, nor is a path below a working directory
/// that ends in a separator (`/`, `C:\`).
pub(super) fn relative_to(cwd: &[u8], path: Vec<u8>) -> Result<Vec<u8>, Refusal> {
    match path.strip_prefix(cwd) {
        Some([]) => Err(Refusal::EmptyName),
        Some([separator]) if lexical::is_separator(*separator) => Ok(b".".to_vec()),
        Some([separator, name @ ..]) if lexical::is_separator(*separator) => Ok(name.to_vec()),
        _ => Ok(path),
    }
}
