//! `go version [-m] FILE` of gowrap's own file answers for the tool that the file's name stands for.
//!
//! Editors ask this of every tool that they find (vscode-go: `go version -m dlv`). Told that `dlv` is no Go program, they
//! would offer to rebuild it, over and over.

use std::borrow::Cow;

use crate::config::Config;
use crate::host::Host;
use crate::invocation::Named;
use crate::plan::resolve::resolve;
use crate::plan::{ArgChange, Decisions};
use crate::tool::go_command::Command;
use crate::tool::token::Role;
use crate::tool::{Tool, go};

/// The arguments that name gowrap, each with the real tool in its place.
#[must_use]
pub fn real_tools(argv: &[&[u8]], config: &Config, host: &dyn Host, decisions: &Decisions) -> Vec<ArgChange> {
    // Asked of the second word before any grammar is: every other `go` goes on at once.
    if !argv.get(1..3).is_some_and(|words| words.contains(&&b"version"[..])) && argv.get(1) != Some(&&b"-C"[..]) {
        return Vec::new();
    }
    let line = go::scan(argv);
    if line.command != Some(Command::Version) {
        return Vec::new();
    }
    let files = line.tokens.iter().zip(argv).enumerate().filter(|(_, (token, _))| token.role == Role::Positional);
    let real = |path: &[u8]| {
        let tool = Tool::of_path(path)?;
        if host.own_id()? != host.stat(path).ok()?.id {
            return None;
        }
        let found = resolve(tool, Named::ByName, &decisions.environ, config, host, &[]);
        found.native.map(|target| target.path)
    };
    let change = |(index, (_, path)): (usize, (_, &&[u8]))| {
        Some(ArgChange {
            index,
            from: Some(path.to_vec()),
            to: Some(real(path)?),
            why: Cow::Borrowed("that file is gowrap; the question is about the tool that it stands for"),
        })
    };
    files.filter_map(change).collect()
}
