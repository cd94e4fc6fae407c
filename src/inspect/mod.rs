//! Facts about a machine that a plan does not need: those of `gowrap doctor` and `gowrap env capture`.

mod netsh;
pub(crate) mod packages;
pub(crate) mod session;

use crate::host::acl::Grant;
use crate::host::contents;
use crate::host::environ::Environ;
use crate::host::live::Live;
use crate::host::{Files, Host, LineEnds};
use crate::text::errno::Errno;

/// Build information that go wrote into a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoBuild {
    /// The version of the Go that built it, such as `go1.24.4`.
    pub go: String,
    /// The main module.
    pub module: String,
    /// The module's version; empty if it was built from a working copy.
    pub version: String,
}

/// A machine that can be examined in detail.
pub trait Inspect: Host {
    /// Returns the rights that the access control list of this file grants, with links followed; none if it has no
    /// list.
    ///
    /// # Errors
    /// Those of getxattr(2), save for a file or a file system without lists.
    fn acl(&self, path: &[u8]) -> Result<Vec<Grant>, Errno>;
    /// Returns a part of a regular file: `length` bytes from `offset` on, or fewer at its end.
    ///
    /// # Errors
    /// Those of [`Files::read`].
    fn read_part(&self, path: &[u8], offset: u64, length: usize) -> Result<Vec<u8>, Errno>;
    /// Returns the line endings of a regular file, from its first bytes.
    ///
    /// # Errors
    /// Those of [`Files::binary`].
    fn line_ends(&self, path: &[u8]) -> Result<LineEnds, Errno>;
    /// Returns the build information that a record holds for a program; none on a live machine, where the program is
    /// read.
    fn recorded_build(&self, path: &[u8]) -> Option<GoBuild>;
    /// Returns the name and version of the package that owns this file, such as `delve 1.20.2-1`; none if no package
    /// owns it or the package manager's files have an unknown form.
    fn package_of(&self, path: &[u8]) -> Option<Vec<u8>>;
    /// Returns the output of `netsh interface portproxy show all`. Starts that Windows program, in this environment.
    ///
    /// # Errors
    /// Those of starting it; ETIMEDOUT if it does not end in time; ENODATA if a record does not hold the output.
    fn port_proxies(&self, environ: &Environ) -> Result<Vec<u8>, Errno>;
}

impl Inspect for Live<'_> {
    fn acl(&self, path: &[u8]) -> Result<Vec<Grant>, Errno> {
        contents::acl(path)
    }

    fn read_part(&self, path: &[u8], offset: u64, length: usize) -> Result<Vec<u8>, Errno> {
        contents::read_part(path, offset, length)
    }

    fn line_ends(&self, path: &[u8]) -> Result<LineEnds, Errno> {
        contents::line_ends(path)
    }

    fn recorded_build(&self, _: &[u8]) -> Option<GoBuild> {
        None
    }

    fn package_of(&self, path: &[u8]) -> Option<Vec<u8>> {
        packages::owner(self, path)
    }

    fn port_proxies(&self, environ: &Environ) -> Result<Vec<u8>, Errno> {
        let drive = self.mounts().mount_point_of_drive(b'C').ok_or(Errno::ENOENT)?;
        netsh::port_proxies(&[drive, b"/Windows"].concat(), environ).map_err(crate::errno::own)
    }
}
