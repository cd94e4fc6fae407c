//! Plan of a call: every change that will be made, with its reason.
//!
//! [`plan`] runs stages that only read. `exec` executes a plan and `explain` prints it. Both get the same value,
//! so the printed plan is the executed plan.

pub mod debug;
mod edit;
pub mod find;
pub mod interop;
pub mod invocation;
mod model;
mod reason;
pub mod restore;
pub mod translate;

use alloc::borrow::Cow;

use crate::config::{Config, Switch};
use crate::diagnosis::{Code, Failure, Note, wording};
use crate::host::binary::Format;
use crate::host::environ::{Environ, c_string};
use crate::host::{Files, Host};
use crate::plan::invocation::Invocation;
use crate::prelude::*;
use crate::text::path::{basename, dirname, join};
use crate::text::sort;
use crate::tools::{Grammar, Tool};
use debug::debugger;
use find::chain::Chain;
use find::resolve::resolve;
use find::{verdict, version_of};
use interop::cross_run;
use translate::translator::{Toward, Translator};
use translate::{args, env, windows_env};

pub use model::*;

/// Extent of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Every stage.
    Full,
    /// Finds the tool, and restores and translates nothing (`GOWRAP_BYPASS=1`).
    ResolveOnly,
}

impl Depth {
    /// The depth that the environment asks for.
    #[must_use]
    pub fn of(environ: &Environ) -> Depth {
        match environ.get(b"GOWRAP_BYPASS") {
            Some(b"1") => Depth::ResolveOnly,
            _ => Depth::Full,
        }
    }
}

/// Plans one call.
///
/// # Errors
/// Returns a [`Rejection`] if the call cannot or must not be executed.
pub fn plan<'a>(
    call: &Invocation<'a>,
    config: &Config,
    host: &dyn Host,
    depth: Depth,
) -> Result<Plan<'a>, Box<Rejection<'a>>> {
    let mut decisions = Decisions { notes: config.notes.clone(), ..Decisions::of(call) };
    match stages(call, config, host, depth, &mut decisions) {
        Ok(target) => Ok(Plan { target, decisions }),
        Err(failure) => Err(Box::new(Rejection { failure, decisions })),
    }
}

/// Runs the stages in order: restore variables; find the tool, and decide how a Windows program starts; translate
/// variables and arguments; choose the debug address. At the end, sets `argv[0]` and the guard against loops. Returns
/// the file to run.
fn stages(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    depth: Depth,
    decisions: &mut Decisions,
) -> Result<Target, Failure> {
    if depth == Depth::Full {
        restore_variables(config, host, decisions);
    }
    let chain = Chain::read(&decisions.environ, host)?;
    // Outside WSL no path or variable has crossed between Windows and Linux, so nothing needs a fix.
    let repairs = depth == Depth::Full && host.kind().is_wsl();
    let toward_linux = Translator::new(host, &decisions.environ, Toward::Linux);
    let for_program = (repairs && config.translate.value == Switch::On).then_some(&toward_linux);

    let target = if call.tool.is_windows_exec() && host.kind().is_wsl() {
        cross_run::start(call, host, for_program, decisions)?
    } else {
        let found = resolve(call.tool, call.named, &decisions.environ, config, host, chain.tried());
        match depth {
            Depth::Full if call.tool.is_windows_exec() && found.native.is_none() => {
                cross_run::start(call, host, for_program, decisions)?
            }
            Depth::Full => verdict::choose(call, config, host, found, &toward_linux, decisions)?,
            Depth::ResolveOnly => verdict::first(call, config, host, found, decisions)?,
        }
    };
    let leads_to = target.leads_to.clone();
    if let (true, LeadsTo::Windows(why)) = (repairs, &leads_to) {
        let path = target.path.as_slice();
        let text = wording(|| [b"`", path, b"` is ", why, b": its arguments and variables stay unchanged"].concat());
        decisions.notes.push(Note::info(Code::GW233, text));
    }
    if depth == Depth::Full && !host.kind().is_wsl() {
        let notes = wording(|| env::foreign(&decisions.environ));
        decisions.notes.extend(notes);
    }
    if repairs && leads_to == LeadsTo::ItsOwn {
        match target.format {
            Format::Pe => for_windows(call, config, host, &toward_linux, decisions)?,
            _ => for_linux(call, config, host, &toward_linux, decisions)?,
        }
        if call.tool.grammar() == Grammar::Dlv {
            debugger::choose_address(&target, config, host, decisions)?;
        }
    }
    if target.source == CandidateSource::Pinned && call.tool.is_windows_exec() {
        cross_run::remove_helper_name(decisions);
    }
    set_argv0(&target, decisions);
    guard(call, &target, host, chain, decisions)?;
    Ok(target)
}

/// Restores the variables that a boundary removed.
fn restore_variables(config: &Config, host: &dyn Host, decisions: &mut Decisions) {
    let restored = restore::restore(&decisions.environ, config, host);
    decisions.notes.extend(restored.notes);
    for change in restored.changes {
        decisions.change_env(change);
    }
}

/// Translates the environment and the arguments for a Linux tool.
fn for_linux(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    toward_linux: &Translator,
    decisions: &mut Decisions,
) -> Result<(), Failure> {
    if config.translate.value == Switch::On {
        env::for_native(call.tool, host, toward_linux, decisions)?;
    }
    change_args(call, config, host, toward_linux, decisions)
}

/// Shares variables with a Windows tool, and translates its arguments.
fn for_windows(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    toward_linux: &Translator,
    decisions: &mut Decisions,
) -> Result<(), Failure> {
    let toward_windows = &Translator::new(host, &decisions.environ, Toward::Windows);
    let switch = config.translate.value;
    let translators = windows_env::Translators { toward_windows, toward_linux, switch };
    if call.tool.is_windows_exec() {
        windows_env::for_test_binary(&translators, decisions);
    } else {
        windows_env::for_tool(&translators, decisions);
    }
    change_args(call, config, host, toward_windows, decisions)
}

/// Translates the arguments. Returns a refusal if an output path has no name on this side.
fn change_args(
    call: &Invocation,
    config: &Config,
    host: &dyn Host,
    translator: &Translator,
    decisions: &mut Decisions,
) -> Result<(), Failure> {
    let argv = call.argv_bytes();
    let mut args = match config.translate.value {
        Switch::On => args::translate(call.tool, &argv, translator),
        Switch::Off => args::Args::default(),
    };
    // `cross_run::start` has already chosen the program's name: execve(2) reads it, and WSL translates it.
    args.changes.retain(|change| !call.tool.is_windows_exec() || change.index != 1);
    if call.tool == Tool::Go && version_of::may_ask(&argv) {
        let real = version_of::real_tools(&argv, config, host, translator, decisions);
        args.changes.retain(|change| real.iter().all(|other| other.index != change.index));
        args.changes.extend(real);
        sort::by(&mut args.changes, |one, other| one.index < other.index);
    }
    for change in args.changes {
        if let (Some(slot), Some(to)) = (decisions.argv.get_mut(change.index), &change.to) {
            *slot = Cow::Owned(c_string(to.clone()));
        }
        decisions.args.push(change);
    }
    decisions.notes.extend(args.notes);
    args.refused_output.map_or(Ok(()), Err)
}

/// Sets `argv[0]` to the found path: a tool that searches its bare name on PATH would find gowrap again. `/init`
/// expects three words first: its own name, the file, and `argv[0]` for the file. If the last two are equal, it passes
/// the file's name as `argv[0]`.
fn set_argv0(target: &Target, decisions: &mut Decisions) {
    let name = c_string(target.path.clone());
    let (first, inserted) = match target.via {
        Via::Direct | Via::Binfmt => (name, None),
        Via::Init => (c"/init".to_owned(), Some([name.clone(), name])),
    };
    match decisions.argv.first_mut() {
        Some(name) => *name = Cow::Owned(first),
        None => decisions.argv.push(Cow::Owned(first)),
    }
    for name in inserted.into_iter().flatten() {
        decisions.argv.insert(1, Cow::Owned(name));
    }
}

/// Updates the chain guard. Only a script, or a program with another real name (mise is one file with many links), can
/// start gowrap again.
fn guard(
    call: &Invocation,
    target: &Target,
    host: &dyn Host,
    chain: Chain,
    decisions: &mut Decisions,
) -> Result<(), Failure> {
    let is_end_of_chain = match target.format {
        Format::Pe => true,
        Format::Elf => {
            let name = call.tool.name().as_bytes();
            match target.last_component {
                LastComponent::File => basename(&target.path) == name,
                LastComponent::SymbolicLink => basename(&follow_links(&target.path, host)) == name,
            }
        }
        Format::Script | Format::Other => false,
    };
    let next = if is_end_of_chain { None } else { host.stat(&target.path).ok() };
    match next {
        Some(stat) => chain.add(stat.id, host, decisions),
        None => {
            chain.end(decisions);
            Ok(())
        }
    }
}

/// Follows symbolic links in the last component. Links in the folders do not change a file's name.
fn follow_links(path: &[u8], host: &dyn Files) -> Vec<u8> {
    let mut path = path.to_vec();
    // The kernel follows 40 links (MAXSYMLINKS); the search has already rejected a longer chain.
    for _ in 0..40 {
        let Ok(link) = host.read_link(&path) else { break };
        path = if link.starts_with(b"/") { link } else { join(dirname(&path), &link) };
    }
    path
}
