//! The plan: everything that will happen, with a reason for each change.
//!
//! [`plan`] is a list of stages that only read. `exec` carries a plan out, `explain` prints it; both get the same value,
//! so that what is shown is what would be done.

pub mod chain;
pub mod classify;
pub mod decisions;
pub mod resolve;
pub mod verdict;

use std::borrow::Cow;

use crate::binary::Format;
use crate::config::Config;
use crate::environ::c_string;
use crate::host::Host;
use crate::invocation::Invocation;
use crate::tool::{basename, dirname};
use chain::Chain;

pub use decisions::*;

/// How much of the plan is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Every stage.
    Full,
    /// The tool is found and nothing is repaired (`GOWRAP_BYPASS=1`).
    ResolveOnly,
}

/// Plans one call.
///
/// # Errors
/// A [`Rejection`] where the call must not or cannot be executed.
pub fn plan<'a>(
    call: &Invocation<'a>,
    config: &Config,
    host: &dyn Host,
    depth: Depth,
) -> Result<Plan<'a>, Box<Rejection<'a>>> {
    let mut decisions = Decisions {
        argv: call.argv.iter().map(|arg| Cow::Borrowed(*arg)).collect(),
        environ: call.environ.clone(),
        notes: config.notes.clone(),
        ..Decisions::default()
    };
    match stages(call, config, host, depth, &mut decisions) {
        Ok(target) => Ok(Plan { target, decisions }),
        Err(failure) => Err(Box::new(Rejection { failure, decisions })),
    }
}

fn stages(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    _depth: Depth,
    decisions: &mut Decisions,
) -> Result<Target, Failure> {
    let chain = Chain::read(&decisions.environ, host)?;
    let found = resolve::resolve(call.tool, call.named, &decisions.environ, config, host, chain.tried());
    decisions.candidates = found.losers;
    let target = verdict::choose(call, config, host, found.native, found.windows, decisions)?;
    name_the_tool(&target, decisions);
    guard(call, &target, host, chain, decisions);
    Ok(target)
}

/// `argv[0]` becomes the path that was found: a tool that looks itself up by a bare name would find gowrap again.
fn name_the_tool(target: &Target, decisions: &mut Decisions) {
    let name = Cow::Owned(c_string(target.path.clone()));
    match decisions.argv.first_mut() {
        Some(first) => *first = name,
        None => decisions.argv.push(name),
    }
}

/// Only a script, or a program whose real name is not the tool's (mise is one file with many links), can lead back.
fn guard(call: &Invocation, target: &Target, host: &dyn Host, chain: Chain, decisions: &mut Decisions) {
    let leads_nowhere = match target.format {
        Format::Pe => true,
        Format::Elf => basename(&behind_links(&target.path, host)) == call.tool.name().as_bytes(),
        Format::Script | Format::Other => false,
    };
    if leads_nowhere {
        return chain.end(decisions);
    }
    match host.stat(&target.path) {
        Ok(stat) => chain.go_on(stat.id, host, decisions),
        Err(_) => chain.end(decisions),
    }
}

/// The path that a chain of links in the last component ends at. Links in the folders do not change a file's name.
fn behind_links(path: &[u8], host: &dyn Host) -> Vec<u8> {
    let mut path = path.to_vec();
    // The kernel follows forty; a longer chain would have been refused before.
    for _ in 0..40 {
        let Ok(link) = host.read_link(&path) else { break };
        path = if link.starts_with(b"/") { link } else { resolve::join(dirname(&path), &link) };
    }
    path
}
