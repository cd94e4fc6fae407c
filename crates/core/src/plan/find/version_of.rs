//! `go version [-m] FILE` of gowrap's own file prints the version of the tool that gowrap replaces.
//!
//! Editors run it for every tool that they find (vscode-go: `go version -m dlv`). gowrap is not a Go program, so they
//! would offer to rebuild `dlv`.

use alloc::borrow::Cow;

use crate::config::Config;
use crate::diagnosis::wording;
use crate::host::Host;
use crate::plan::find::resolve::resolve;
use crate::plan::invocation::Named;
use crate::plan::model::{ArgChange, Decisions};
use crate::plan::translate::translator::{Toward, Translated, Translator};
use crate::prelude::*;
use crate::text::path::join;
use crate::tools::go::command::Command;
use crate::tools::token::Role;
use crate::tools::{Tool, go};

/// Returns true if this `go` command may ask for a version. Runs before any grammar, so another `go` command costs
/// nothing more.
#[must_use]
pub(crate) fn may_ask(argv: &[&[u8]]) -> bool {
    argv.iter().skip(1).any(|word| *word == b"version")
}

/// Returns the changes that replace each argument that names gowrap with the real tool, in the form of the translator's
/// side.
#[must_use]
pub(crate) fn real_tools(
    argv: &[&[u8]],
    config: &Config,
    host: &dyn Host,
    translator: &Translator,
    decisions: &Decisions,
) -> Vec<ArgChange> {
    let line = go::scan(argv);
    if line.command != Some(Command::Version) {
        return Vec::new();
    }
    let toward_linux = Translator::new(host, &decisions.environ, Toward::Linux);
    let on_linux = |path: &[u8]| translated(path, &toward_linux);
    // A relative path is relative to the folder that cmd/go changes to.
    let folder = line.chdir.as_ref().and_then(|place| argv.get(place.index)?.get(place.bytes.clone())).map(on_linux);
    let real = |path: &[u8]| {
        let path = on_linux(path);
        let tool = Tool::of_path(&path)?;
        let path = match &folder {
            Some(folder) if !path.starts_with(b"/") => join(folder, &path),
            _ => path,
        };
        if !host.is_own(host.stat(&path).ok()?.id) {
            return None;
        }
        let found = resolve(tool, Named::ByName, &decisions.environ, config, host, &[]);
        let windows = found.windows.into_iter().next().map(|(target, _)| target);
        found.native.or(windows).map(|target| translated(&target.path, translator))
    };
    let files = line.tokens.iter().zip(argv).enumerate().filter(|(_, (token, _))| token.role == Role::Positional);
    let change = |(index, (_, path)): (usize, (_, &&[u8]))| {
        Some(ArgChange {
            index,
            from: Some(path.to_vec()),
            to: Some(real(path)?),
            why: wording(|| Cow::Borrowed("this file is gowrap's shim, so go reads the version of the real tool")),
        })
    };
    files.filter_map(change).collect()
}

fn translated(path: &[u8], translator: &Translator) -> Vec<u8> {
    match translator.path(path) {
        Translated::Becomes(path) => path,
        Translated::Same | Translated::NoCounterpart(_) => path.to_vec(),
    }
}
