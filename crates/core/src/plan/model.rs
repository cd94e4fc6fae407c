//! The words of a plan: what is decided, what it was before, and why.

use alloc::borrow::Cow;
use core::ffi::CStr;

use crate::config::ClientSide;
use crate::diagnosis::{Failure, Note};
use crate::host::binary::{Format, Machine};
use crate::host::environ::Environ;
use crate::plan::invocation::Invocation;
use crate::prelude::*;

/// What execve(2) will be given.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The file to run, and how.
    pub target: Target,
    /// What the stages decided on the way.
    pub decisions: Decisions<'a>,
}

/// A call that must not be executed.
#[derive(Debug)]
pub struct Rejection<'a> {
    /// Why, and what to do about it.
    pub failure: Failure,
    /// What the stages had decided by then.
    pub decisions: Decisions<'a>,
}

/// Every decision of the stages so far. An argument or a variable that no row here names is passed on byte for byte.
#[derive(Debug, Default)]
pub struct Decisions<'a> {
    /// The candidates that lost, in the order in which they were looked at.
    pub candidates: Vec<Candidate>,
    /// The argument list for execve, `argv[0]` included.
    pub argv: Vec<Cow<'a, CStr>>,
    /// What was changed in the argument list.
    pub args: Vec<ArgChange>,
    /// The environment for execve.
    pub environ: Environ<'a>,
    /// What was changed in the environment.
    pub env: Vec<EnvChange>,
    /// Where a debugger will listen.
    pub listen: Option<Listen>,
    /// What the person may want to know.
    pub notes: Vec<Note>,
}

impl<'a> Decisions<'a> {
    /// Nothing decided yet: the call as it came in.
    #[must_use]
    pub fn of(call: &Invocation<'a>) -> Self {
        Decisions {
            argv: call.argv.iter().map(|arg| Cow::Borrowed(*arg)).collect(),
            environ: call.environ.clone(),
            ..Decisions::default()
        }
    }

    /// Applies a change of the environment and remembers it.
    pub fn change_env(&mut self, change: EnvChange) {
        match &change.to {
            Some(value) => self.environ.set(&change.name, value),
            None => self.environ.unset(&change.name),
        }
        self.env.push(change);
    }
}

/// The file that will run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its path as it was found, links unresolved; the PE itself where it runs through `/init`.
    pub path: Vec<u8>,
    /// Whether that is the file itself or a link to it.
    pub reached: Reached,
    /// Its format.
    pub format: Format,
    /// The machine it is for, where its header says.
    pub machine: Option<Machine>,
    /// What starts it.
    pub via: Via,
    /// Where it was found.
    pub source: Source,
    /// Which side reads the arguments in the end.
    pub leads_to: LeadsTo,
}

/// The side on which a target's arguments are read in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadsTo {
    /// The side that the file itself is of.
    ItsOwn,
    /// Windows, by way of a script, which takes arguments and variables as they are: why.
    Windows(Vec<u8>),
}

/// How a path leads to its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Its last component is the file.
    Directly,
    /// Its last component is a symbolic link.
    ByLink,
}

/// What starts the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The kernel, by itself.
    Direct,
    /// WSL's binfmt_misc entry.
    Binfmt,
    /// WSL's `/init`, called by name because the entry is lost or shadowed.
    Init,
}

impl Via {
    /// The word used in plans.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Via::Direct => "direct",
            Via::Binfmt => "binfmt",
            Via::Init => "init",
        }
    }
}

/// Where a candidate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Named by the configuration or on the command line.
    Pinned,
    /// An entry of PATH.
    Path,
    /// A place where installers put it.
    WellKnown,
}

impl Source {
    /// The word used in plans.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Source::Pinned => "pinned",
            Source::Path => "path",
            Source::WellKnown => "well-known",
        }
    }
}

/// A file that could have been the tool, and why it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its path, or the PATH entry itself where that is what was skipped.
    pub path: Vec<u8>,
    /// Why it lost.
    pub reason: Reason,
    /// The same for a person: what was found.
    pub detail: Vec<u8>,
}

/// Why a candidate lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is gowrap.
    Own,
    /// Symbolic links that lead in a circle.
    Loop,
    /// A Windows binary.
    Pe,
    /// A binary for another machine that nothing here emulates.
    WrongMachine,
    /// No execute permission.
    NotExecutable,
    /// Its mount forbids executing.
    NoexecMount,
    /// A link to nothing.
    Dangling,
    /// A directory, a FIFO, a socket or a device.
    NotAFile,
    /// The program that would load it is missing.
    MissingInterpreter,
    /// A format that the kernel does not execute.
    OtherFormat,
    /// Another shim that has already led back to gowrap.
    LeadsBack,
    /// In a well-known place, but owned by somebody else.
    ForeignOwner,
    /// A relative PATH entry.
    RelativeEntry,
    /// An empty PATH entry.
    EmptyEntry,
}

impl Reason {
    /// The word used in plans.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Reason::Own => "self",
            Reason::Loop => "loop",
            Reason::Pe => "pe",
            Reason::WrongMachine => "wrong-machine",
            Reason::NotExecutable => "not-executable",
            Reason::NoexecMount => "noexec-mount",
            Reason::Dangling => "dangling",
            Reason::NotAFile => "not-a-file",
            Reason::MissingInterpreter => "missing-interpreter",
            Reason::OtherFormat => "other-format",
            Reason::LeadsBack => "leads-back",
            Reason::ForeignOwner => "foreign-owner",
            Reason::RelativeEntry => "relative-entry",
            Reason::EmptyEntry => "empty-entry",
        }
    }

    /// Was there a file at all? What is ourselves or no place to look in does not count as found.
    #[must_use]
    pub fn is_a_find(self) -> bool {
        !matches!(self, Reason::Own | Reason::RelativeEntry | Reason::EmptyEntry)
    }
}

/// A change of one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgChange {
    /// Where it stands: in the original argument list, or, for an added one, in the new.
    pub index: usize,
    /// The whole argument as it was; none where it is added.
    pub from: Option<Vec<u8>>,
    /// The whole argument as it becomes; none where it is dropped.
    pub to: Option<Vec<u8>>,
    /// Why.
    pub why: Cow<'static, str>,
}

/// The stage that changed a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Something was stripped and came back.
    Restore,
    /// A value was translated.
    Env,
    /// Windows has to see it, or the way to Windows had to be repaired.
    Interop,
    /// The guard against loops through other shims.
    Chain,
}

impl Stage {
    /// The word used in plans.
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
    /// Its value before; none where it was unset.
    pub from: Option<Vec<u8>>,
    /// Its value now; none where it is unset.
    pub to: Option<Vec<u8>>,
    /// Who changed it.
    pub stage: Stage,
    /// Where the new value comes from: `snapshot`, `ancestor 812 (bash)`, `translated`.
    pub source: Cow<'static, str>,
    /// Why.
    pub why: Cow<'static, str>,
}

/// Where a debugger listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// The address that was asked for.
    pub from: Vec<u8>,
    /// The address that it gets.
    pub to: Vec<u8>,
    /// Who is expected to connect.
    pub client: ClientSide,
    /// What the client has to type.
    pub connect: Vec<Vec<u8>>,
    /// Why.
    pub why: Cow<'static, str>,
}
