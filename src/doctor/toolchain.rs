//! The Go that runs on this machine: its folder, its version and its description. Nothing is started: every toolchain
//! has a file `VERSION`.

use crate::doctor::finding::shown;
use crate::doctor::subject::Subject;
use crate::doctor::version::Version;
use crate::host::binary::{Format, Machine};
use crate::plan::{CandidateSource, Target};
use crate::text::path::{dirname, join};
use crate::tools::Tool;

/// Returns the path of a tool and how it was found, as text.
#[must_use]
pub(super) fn described(target: &Target) -> String {
    let place = match target.source {
        CandidateSource::Pinned => "as pinned",
        CandidateSource::Path => "on PATH",
        CandidateSource::WellKnown => "in a known folder, not on PATH",
    };
    format!("{}, {place}", shown(&target.path))
}

/// Returns the version of the `go` that runs, from the toolchain's file `VERSION`.
#[must_use]
pub(super) fn native_version(subject: &Subject) -> Option<Version> {
    let target = subject.target(Tool::Go).filter(|target| target.format == Format::Elf)?;
    version_of(subject, &target.path)
}

/// Version of the toolchain that this `go` belongs to.
#[must_use]
pub(super) fn version_of(subject: &Subject, go: &[u8]) -> Option<Version> {
    let text = subject.host.read(&join(&root_of(subject, go), b"VERSION"), 4096).ok()?;
    Version::parse(std::str::from_utf8(text.split(|&byte| byte == b'\n').next()?).ok()?)
}

/// Returns the toolchain's folder, which holds `bin/go`. Links are followed.
#[must_use]
pub(super) fn root_of(subject: &Subject, go: &[u8]) -> Vec<u8> {
    let real = subject.host.canonical(go).unwrap_or_else(|_| go.to_vec());
    dirname(dirname(&real)).to_vec()
}

/// Returns true if it is a 32-bit machine whose programs this 64-bit machine runs.
#[must_use]
pub(super) fn is_narrow(host: Machine, program: Machine) -> bool {
    matches!((host, program), (Machine::X86_64, Machine::X86) | (Machine::Aarch64, Machine::Arm))
}
