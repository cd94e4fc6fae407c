//! Types of a plan: each decision, the value before it, and the reason.

use alloc::borrow::Cow;
use core::ffi::CStr;

use crate::config::ClientSide;
use crate::diagnosis::{Failure, Note, wording};
use crate::host::binary::{Format, Machine};
use crate::host::environ::Environ;
use crate::plan::invocation::Invocation;
pub use crate::plan::reason::Reason;
use crate::prelude::*;

/// Input of execve(2), with the decisions that led to it.
#[derive(Debug)]
pub struct Plan<'a> {
    /// File to run, and the way to start it.
    pub target: Target,
    /// Decisions of the stages.
    pub decisions: Decisions<'a>,
}

/// Refusal of a call.
#[derive(Debug)]
pub struct Rejection<'a> {
    /// Reason and fix.
    pub failure: Failure,
    /// Decisions made before the refusal.
    pub decisions: Decisions<'a>,
}

/// Decisions of the stages so far. Arguments and variables that are not listed here pass unchanged, byte for byte.
#[derive(Debug, Default)]
pub struct Decisions<'a> {
    /// Rejected candidates, in the order of the search.
    pub candidates: Vec<Candidate>,
    /// Argument list for execve(2), with `argv[0]`.
    pub argv: Vec<Cow<'a, CStr>>,
    /// Changes of the argument list.
    pub args: Vec<ArgChange>,
    /// Environment for execve(2).
    pub environ: Environ<'a>,
    /// Changes of the environment.
    pub env: Vec<EnvChange>,
    /// Listen address of a debugger.
    pub listen: Option<Listen>,
    /// Notes for the user.
    pub notes: Vec<Note>,
}

impl<'a> Decisions<'a> {
    /// Returns the decisions of an unchanged call.
    #[must_use]
    pub fn of(call: &Invocation<'a>) -> Self {
        Decisions {
            argv: call.argv.iter().map(|arg| Cow::Borrowed(*arg)).collect(),
            environ: call.environ.clone(),
            ..Decisions::default()
        }
    }

    /// Applies a change of the environment and records it.
    pub fn change_env(&mut self, change: EnvChange) {
        match &change.to {
            Some(value) => self.environ.set(&change.name, value),
            None => self.environ.unset(&change.name),
        }
        self.env.extend(wording(|| Some(change)));
    }
}

/// File that will run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Path as found, symbolic links unresolved. For a PE that `/init` starts, the path of the PE.
    pub path: Vec<u8>,
    /// Form of the path's last component: the file, or a symbolic link to it.
    pub last_component: LastComponent,
    /// Its format.
    pub format: Format,
    /// Machine from the header, if the header names one.
    pub machine: Option<Machine>,
    /// Starter of the file.
    pub via: Via,
    /// Origin of the path.
    pub source: CandidateSource,
    /// Side of the program that finally reads the arguments.
    pub leads_to: LeadsTo,
}

/// Side of the program that finally reads a target's arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadsTo {
    /// Side of the file itself.
    ItsOwn,
    /// Windows, through a script. Arguments and variables pass unchanged; the value is the reason.
    Windows(Vec<u8>),
}

/// Form of a path's last component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastComponent {
    /// The file itself.
    File,
    /// A symbolic link.
    SymbolicLink,
}

/// Starter of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The kernel, without binfmt_misc.
    Direct,
    /// WSL's binfmt_misc entry.
    Binfmt,
    /// WSL's `/init`, executed by name because the binfmt_misc entry is lost or shadowed.
    Init,
}

impl Via {
    /// Returns the word that plans use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Via::Direct => "direct",
            Via::Binfmt => "binfmt",
            Via::Init => "init",
        }
    }
}

/// Origin of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateSource {
    /// Path from the configuration or the command line.
    Pinned,
    /// An entry of PATH.
    Path,
    /// Folder that an installer or a version manager uses.
    WellKnown,
}

impl CandidateSource {
    /// Returns the word that plans use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            CandidateSource::Pinned => "pinned",
            CandidateSource::Path => "path",
            CandidateSource::WellKnown => "well-known",
        }
    }
}

/// Rejected candidate, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Path of the file, or the PATH entry if the whole entry was skipped.
    pub path: Vec<u8>,
    /// Reason of the rejection.
    pub reason: Reason,
    /// Reason as text for the user.
    pub detail: Vec<u8>,
}

/// A change of one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgChange {
    /// Index in the original list; for an added argument, in the new list.
    pub index: usize,
    /// Whole argument before the change; `None` for an added one.
    pub from: Option<Vec<u8>>,
    /// Whole argument after the change; `None` for a removed one.
    pub to: Option<Vec<u8>>,
    /// Reason.
    pub why: Cow<'static, str>,
}

/// Stage that changed a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Restores a stripped variable.
    Restore,
    /// Translates a value.
    Env,
    /// Shares a variable with Windows, or sets a working interop socket.
    Interop,
    /// Guards against loops through other shims.
    Chain,
}

impl Stage {
    /// Returns the word that plans use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Stage::Restore => "restore",
            Stage::Env => "env",
            Stage::Interop => "interop",
            Stage::Chain => "chain",
        }
    }
}

/// A change of one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvChange {
    /// Its name.
    pub name: Vec<u8>,
    /// Value before; `None` if unset.
    pub from: Option<Vec<u8>>,
    /// Value after; `None` if unset.
    pub to: Option<Vec<u8>>,
    /// Stage that changed it.
    pub stage: Stage,
    /// Source of the new value, such as `snapshot` or `translated`.
    pub source: Cow<'static, str>,
    /// Reason.
    pub why: Cow<'static, str>,
}

/// Listen address of a debugger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// Address on the command line.
    pub from: Vec<u8>,
    /// Address that delve gets.
    pub to: Vec<u8>,
    /// Side of the expected client.
    pub client: ClientSide,
    /// Addresses that the client can connect to.
    pub connect: Vec<Vec<u8>>,
    /// Reason.
    pub why: Cow<'static, str>,
}
