//! What was asked: the tool, its argument list and the environment, as bytes.

use core::ffi::CStr;

use crate::host::environ::Environ;
use crate::prelude::*;
use crate::tools::Tool;

/// How the person named the tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'a> {
    /// By its name, on PATH or on gowrap's own command line: it has to be looked for.
    ByName,
    /// By a path: that file and no other.
    ByPath(&'a [u8]),
}

/// One call of a tool.
#[derive(Debug, Clone)]
pub struct Invocation<'a> {
    /// Which tool.
    pub tool: Tool,
    /// By its name or by a path.
    pub named: Named<'a>,
    /// The argument list, `argv[0]` included.
    pub argv: Vec<&'a CStr>,
    /// The environment.
    pub environ: Environ<'a>,
}

impl Invocation<'_> {
    /// The arguments as bytes, for the grammars.
    #[must_use]
    pub fn argv_bytes(&self) -> Vec<&[u8]> {
        self.argv.iter().map(|arg| arg.to_bytes()).collect()
    }
}
