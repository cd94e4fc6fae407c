//! The state that the kernel gave this process, and the name that it was called by.

use core::ffi::CStr;

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
}

/// The name that gowrap was called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// That of a tool.
    Tool(Tool),
    /// Its own.
    Gowrap,
    /// Another.
    Unknown,
}

impl<'a> Start<'a> {
    /// The path of the link that was executed. Where gowrap-shim has handed over, it is in `argv[0]`.
    #[must_use]
    pub fn link(&self) -> Option<&'a [u8]> {
        let names_tool = |path: &&[u8]| Tool::named(basename(path)).is_some();
        let passed_on = self.argv.first().map(|name| name.to_bytes()).filter(|path| path.contains(&b'/'));
        match self.auxiliary.execfn {
            Some(path) if basename(path) == GOWRAP => passed_on.filter(names_tool).or(Some(path)),
            execfn => execfn,
        }
    }

    /// The name in `argv[0]` decides; where that says nothing, as after `exec -a`, the name of the file that was executed.
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
