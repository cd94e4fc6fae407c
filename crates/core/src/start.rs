//! The state that the kernel gave this process, and the name that it was called by.

use core::ffi::CStr;

use crate::diagnosis::{Code, Exit, Failure};
use crate::host::GOWRAP;
use crate::host::environ::Environ;
use crate::host::live::Auxiliary;
use crate::prelude::*;
use crate::text::path::basename;
use crate::tools::Tool;

/// The state that the kernel gave this process.
#[derive(Debug)]
pub struct Start<'a> {
    /// The argument list.
    pub argv: Vec<&'a CStr>,
    /// The environment.
    pub environ: Environ<'a>,
    /// The facts beside them.
    pub auxiliary: Auxiliary<'a>,
    /// The rights of this process beside its caller's.
    pub rights: Rights,
}

/// The rights of a process beside those of its caller (AT_SECURE, getauxval(3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// The same rights as the caller.
    Usual,
    /// More rights: a setuid or setgid copy, or one with capabilities.
    Raised,
}

/// Refuses a start with raised rights: the caller controls everything that gowrap trusts.
#[must_use]
pub fn raised_rights() -> Failure {
    Failure {
        exit: Exit::Own,
        code: Code::GW914,
        message: b"gowrap was started with more rights than its caller has (a setuid or setgid copy, or capabilities)"
            .to_vec(),
        fix: vec![b"remove them from gowrap's file: `chmod ug-s FILE` and `setcap -r FILE`".to_vec()],
    }
}

/// The name that gowrap was called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// A tool's name.
    Tool(Tool),
    /// gowrap's name.
    Gowrap,
    /// Another name.
    Unknown,
}

impl<'a> Start<'a> {
    /// Returns the path of the link that was executed. If gowrap-shim executed gowrap, it is in `argv[0]`.
    #[must_use]
    pub fn link(&self) -> Option<&'a [u8]> {
        let names_tool = |path: &&[u8]| Tool::named(basename(path)).is_some();
        let passed_on = self.argv.first().map(|name| name.to_bytes()).filter(|path| path.contains(&b'/'));
        match self.auxiliary.execfn {
            Some(path) if basename(path) == GOWRAP => passed_on.filter(names_tool).or(Some(path)),
            execfn => execfn,
        }
    }

    /// Returns the name in `argv[0]`; if that is no known name, as after `exec -a`, the name of the executed file.
    #[must_use]
    pub fn called(&self) -> Called {
        let by_argv = self.argv.first().map(|name| name.to_bytes());
        for name in [by_argv, self.auxiliary.execfn].into_iter().flatten() {
            if let Some(tool) = Tool::of_path(name) {
                return Called::Tool(tool);
            }
            if basename(name) == GOWRAP {
                return Called::Gowrap;
            }
        }
        Called::Unknown
    }
}
