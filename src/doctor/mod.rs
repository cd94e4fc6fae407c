//! `gowrap doctor`: the problems of this machine for Go, and the command that fixes each.
//!
//! A check is a function of a [`Subject`] that gives [`Finding`]s; a file holds one group of them. Nothing is written,
//! and nothing is started unless `--windows` allows that. All facts come through [`Host`](crate::host::Host), so a
//! record of another machine can be examined too.

mod artefact;
mod build_tasks;
mod cgo;
pub(crate) mod command;
mod delve;
pub(crate) mod drives;
mod editor_paths;
mod editor_settings;
mod editors;
mod elf;
mod environment;
mod explained;
pub mod finding;
pub mod fix;
mod go_settings;
mod golang;
mod install;
mod interop;
mod launch;
mod list_entry;
mod machine;
mod network;
mod own;
mod path;
mod path_managers;
mod places;
mod project;
mod proxy;
pub mod record;
pub mod report;
mod repository;
mod shareable;
mod shell_file_checks;
mod shell_files;
pub mod subject;
mod toolchain;
mod values;
mod version;
mod windows;
mod wsl_conf;
mod wslenv;

use crate::text::errno::Errno;

use crate::diagnosis::Failure;
use finding::{Finding, Severity};
use subject::Subject;

/// Subject of a group of findings, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingGroup {
    /// The machine.
    Host,
    /// Go and the tools that come with it.
    Go,
    /// Delve.
    Delve,
    /// Folders and mounts.
    Paths,
    /// Variables.
    Environment,
    /// The way to Windows programs, and `wsl.conf`.
    Interop,
    /// The way between the two networks.
    Network,
    /// Editors' settings, and the project's own.
    Editors,
    /// Gowrap's own files.
    Gowrap,
    /// The file on the command line.
    File,
}

/// All findings, in groups.
#[derive(Debug)]
pub struct Report {
    /// The groups, in order.
    pub groups: Vec<(FindingGroup, Vec<Finding>)>,
}

/// The exit status if something is broken. With only warnings, it is 0, because the machine works.
pub const PROBLEMS: u8 = 1;
/// The exit status if nothing could be examined.
pub const BLIND: u8 = 2;

impl Report {
    /// Every finding, in order.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.groups.iter().flat_map(|(_, findings)| findings)
    }

    /// The exit status.
    #[must_use]
    pub fn status(&self) -> u8 {
        if self.findings().any(|finding| finding.level == Severity::Fail) { PROBLEMS } else { 0 }
    }
}

/// Examines a machine. `refused` is the reason if its configuration could not be read.
#[must_use]
pub fn examine(subject: &Subject, refused: Option<&Failure>) -> Report {
    let join = |mut one: Vec<Finding>, two: Vec<Finding>| {
        one.extend(two);
        one
    };
    Report {
        groups: vec![
            (FindingGroup::Host, machine::check(subject)),
            (FindingGroup::Go, join(golang::check(subject), cgo::check(subject))),
            (FindingGroup::Delve, delve::check(subject)),
            (FindingGroup::Paths, places::check(subject)),
            (FindingGroup::Environment, environment::check(subject)),
            (FindingGroup::Interop, join(interop::check(subject), wsl_conf::check(subject.host))),
            (
                FindingGroup::Network,
                join(join(network::check(subject), proxy::check(subject)), windows::check(subject)),
            ),
            (
                FindingGroup::Editors,
                join(editors::check(subject), join(project::check(subject), repository::check(subject))),
            ),
            (FindingGroup::Gowrap, own::check(subject, refused)),
        ],
    }
}

/// Examines one file: its requirements to run here.
///
/// # Errors
/// The file cannot be examined.
pub fn examine_file(subject: &Subject, path: &[u8]) -> Result<Report, Errno> {
    Ok(Report { groups: vec![(FindingGroup::File, artefact::check(subject, path)?)] })
}
