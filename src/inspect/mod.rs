//! Facts about a machine that only `gowrap doctor` needs.

pub mod netsh;
pub mod packages;

use crate::host::Host;
use crate::host::environ::Environ;
use crate::host::live::Live;
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

/// A machine that doctor can examine.
pub trait Inspect: Host {
    /// Returns the build information that a record holds for a program; none on a live machine, where the program is read.
    fn recorded_build(&self, path: &[u8]) -> Option<GoBuild>;
    /// Returns the name and version of the package that owns this file, such as `delve 1.20.2-1`; none if no package owns it
    /// or the package manager's files have an unknown form.
    fn package_of(&self, path: &[u8]) -> Option<Vec<u8>>;
    /// Returns the output of `netsh interface portproxy show all`. Starts that Windows program, in this environment.
    ///
    /// # Errors
    /// Those of starting it; ETIMEDOUT if it does not end in time; ENODATA if a record does not hold the output.
    fn port_proxies(&self, environ: &Environ) -> Result<Vec<u8>, Errno>;
}

impl Inspect for Live<'_> {
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
