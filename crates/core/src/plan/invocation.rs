//! Input of a plan: the tool, its argument list and the environment, as bytes.

use core::ffi::CStr;

use crate::host::environ::Environ;
use crate::prelude::*;
use crate::tools::Tool;

/// Way in which the user named the tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'a> {
    /// By name: through a shim or on gowrap's command line. The tool must be searched.
    ByName,
    /// By path: only this file is used.
    ByPath(&'a [u8]),
}

/// One call of a tool.
#[derive(Debug, Clone)]
pub struct Invocation<'a> {
    /// The tool.
    pub tool: Tool,
    /// By its name or by a path.
    pub named: Named<'a>,
    /// Argument list, with `argv[0]`.
    pub argv: Vec<&'a CStr>,
    /// The environment.
    pub environ: Environ<'a>,
}

impl Invocation<'_> {
    /// Returns the arguments as bytes, for the grammars.
    #[must_use]
    pub fn argv_bytes(&self) -> Vec<&[u8]> {
        self.argv.iter().map(|arg| arg.to_bytes()).collect()
    }
}
