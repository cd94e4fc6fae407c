//! Guard against loops through other shims (goenv, asdf, mise …).
//!
//! Such a shim searches `go` on PATH and finds gowrap again. If the shim executes it, the loop stays in one process
//! (same id, same start time), and the variable lists the files that this process has tried. If the shim spawns it,
//! gowrap is another process, which starts with an empty list. A depth counter limits such loops.

use crate::diagnosis::{Code, Exit, Failure, wording};
use crate::host::environ::Environ;
use crate::host::process::is_like;
use crate::host::{FileId, Host, ProcessIdentity, Processes};
use crate::plan::model::{Decisions, EnvChange, Stage};
use crate::prelude::*;

/// Variable of the guard: `PID:START:DEPTH`, then `:DEV.INO` for each file that was tried.
pub(crate) const VARIABLE: &[u8] = b"__GOWRAP_CHAIN";

/// Maximum depth of a chain of shims. Real nesting is less deep, and a machine can run this many processes.
pub(crate) const DEEPEST: u32 = 64;

/// Maximum number of ancestors that are searched for a lost variable.
const ANCESTORS: usize = 64;

/// Chain of shims of this process and its ancestors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    process: ProcessIdentity,
    depth: u32,
    tried: Vec<FileId>,
    from_caller: bool,
}

impl Chain {
    /// Parses the variable. A missing or damaged one gives an empty chain. A missing one costs no system call.
    ///
    /// # Errors
    /// Returns a refusal if the chain is deeper than [`DEEPEST`].
    pub(crate) fn read(environ: &Environ, host: &dyn Processes) -> Result<Chain, Failure> {
        let Some(value) = environ.get(VARIABLE) else {
            return Ok(Chain {
                process: ProcessIdentity { pid: 0, start: 0 },
                depth: 0,
                tried: Vec::new(),
                from_caller: false,
            });
        };
        let process = host.process();
        match parse(value) {
            Some(before) if before.process == process => Ok(before),
            Some(before) if before.depth >= DEEPEST => Err(too_deep()),
            before => {
                let depth = before.map_or(0, |before| before.depth + 1);
                Ok(Chain { process, depth, tried: Vec::new(), from_caller: true })
            }
        }
    }

    /// Returns the files that have started gowrap again in this process.
    #[must_use]
    pub(crate) fn tried(&self) -> &[FileId] {
        &self.tried
    }

    /// Adds a file that may start gowrap again: a script, or another program under the tool's name.
    ///
    /// # Errors
    /// Returns a refusal if the chain is deeper than [`DEEPEST`], even if a shim has removed the variable.
    pub(crate) fn add(mut self, next: FileId, host: &dyn Host, decisions: &mut Decisions) -> Result<(), Failure> {
        if !self.from_caller {
            self.process = host.process();
            self.depth = depth_above(host)?;
        }
        self.tried.push(next);
        let change = EnvChange {
            name: VARIABLE.to_vec(),
            from: decisions.environ.get(VARIABLE).map(<[u8]>::to_vec),
            to: Some(self.to_bytes()),
            stage: Stage::Chain,
            source: "gowrap".into(),
            why: wording(|| "the target may be a shim that starts gowrap again".into()),
        };
        decisions.change_env(change);
        Ok(())
    }

    /// Ends the chain at the tool itself, and removes the variable.
    pub(crate) fn end(self, decisions: &mut Decisions) {
        if !self.from_caller {
            return;
        }
        let change = EnvChange {
            name: VARIABLE.to_vec(),
            from: decisions.environ.get(VARIABLE).map(<[u8]>::to_vec),
            to: None,
            stage: Stage::Chain,
            source: "gowrap".into(),
            why: wording(|| "the chain of shims ends at the real tool".into()),
        };
        decisions.change_env(change);
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut value = format!("{}:{}:{}", self.process.pid, self.process.start, self.depth);
        for file in &self.tried {
            value.push_str(&format!(":{:x}.{:x}", file.dev, file.ino));
        }
        value.into_bytes()
    }
}

/// Returns the number of ancestors that were started in a chain of shims.
///
/// A shim that spawns with a clean environment (`env -i`) removes the variable. The shim itself was started with it,
/// and the kernel keeps the initial environment of a process (/proc/PID/environ).
fn depth_above(host: &dyn Host) -> Result<u32, Failure> {
    let own = host.ancestors().take(ANCESTORS).filter(|process| process.uid == host.uid());
    let shims = own.filter(|process| host.has_variable(process.pid, &is_like(VARIABLE))).count();
    match u32::try_from(shims) {
        Ok(depth) if depth < DEEPEST => Ok(depth),
        _ => Err(too_deep()),
    }
}

fn parse(value: &[u8]) -> Option<Chain> {
    let mut fields = core::str::from_utf8(value).ok()?.split(':');
    let process = ProcessIdentity { pid: fields.next()?.parse().ok()?, start: fields.next()?.parse().ok()? };
    let depth = fields.next()?.parse().ok()?;
    let file = |field: &str| {
        let (dev, ino) = field.split_once('.')?;
        Some(FileId { dev: u64::from_str_radix(dev, 16).ok()?, ino: u64::from_str_radix(ino, 16).ok()? })
    };
    let tried = fields.map(file).collect::<Option<_>>()?;
    Some(Chain { process, depth, tried, from_caller: true })
}

fn too_deep() -> Failure {
    Failure {
        exit: Exit::CannotRun,
        code: Code::GW213,
        message: wording(|| format!("gowrap and another program have started each other {DEEPEST} times").into_bytes()),
        fix: wording(|| {
            vec![
            b"`gowrap --explain` with the same call shows the program on PATH that starts the tool again: remove it from PATH"
                .to_vec(),
            b"set tools.NAME.path in ~/.config/gowrap/config.toml to the real tool".to_vec(),
        ]
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_chain_reads_back_the_same() {
        let chain = Chain {
            process: ProcessIdentity { pid: 812, start: 9731 },
            depth: 3,
            tried: vec![FileId { dev: 0xfe00, ino: 42 }, FileId { dev: 7, ino: 0xabcdef }],
            from_caller: true,
        };
        assert_eq!(chain.to_bytes(), b"812:9731:3:fe00.2a:7.abcdef");
        assert_eq!(parse(&chain.to_bytes()), Some(chain));
    }

    #[test]
    fn a_damaged_value_is_no_chain() {
        for value in ["", "812", "812:1", "x:1:0", "812:1:0:5", "812:1:0:5.", "812:1:99999999999", "812:1:0:5.x"] {
            assert_eq!(parse(value.as_bytes()), None, "{value:?}");
        }
    }
}
