//! `gowrap setup`: its options, and the action to take with the list of changes.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::diagnosis::Failure;
use crate::editors::{EDITORS, Editor, Settings};
use crate::host::Host;
use crate::host::environ::Environ;
use crate::replace_file;
use crate::setup::lock::{self, Lock};
use crate::setup::places::{Places, refused};
use crate::setup::{Change, Changes, apply, completeness, editor, removal, scripts, shells, system, verdict, vscode};
use crate::text::escape::escape;
use crate::text::path::join;

/// The subcommand.
#[must_use]
pub fn definition() -> Command {
    let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new("setup")
        .about("Make `go` start gowrap: in shells, for all users, in an editor")
        .arg(switch("dry-run").help("Print each change, and make none"))
        .arg(switch("remove").help("Remove what setup added, and nothing else"))
        .arg(switch("system").help("Put shims into /usr/local/bin, for sudo and systemd"))
        .arg(
            Arg::new("editor")
                .long("editor")
                .value_name("NAME")
                .value_parser(PossibleValuesParser::new(EDITORS.map(|editor| editor.word)))
                .conflicts_with_all(["remove", "system"])
                .hide_possible_values(true)
                .help("Print settings for an editor, such as vscode or neovim"),
        )
        .arg(
            switch("names")
                .conflicts_with_all(["dry-run", "remove", "system", "editor"])
                .help("Print the names of the shims, one a line"),
        )
        .arg(switch("write").requires("editor").help("With --editor: write the settings (VS Code family only)"))
}

/// Runs it and returns the text to print.
///
/// # Errors
/// Nothing may be changed, or a change that others need failed.
pub fn run(matches: &ArgMatches, environ: &Environ, host: &dyn Host) -> Result<Vec<u8>, Failure> {
    if matches.get_flag("names") {
        return Ok(shells::shim_names().flat_map(|name| [name, "\n"].concat().into_bytes()).collect());
    }
    let remove = matches.get_flag("remove");
    let run = if matches.get_flag("dry-run") { Run::Dry } else { Run::Live };
    if matches.get_flag("system") {
        let _lock = run.lock(system::FOLDER, system::paths)?;
        let changes = if remove { system::removal(host) } else { system::plan(host)? };
        let more = if remove { "" } else { system::WHO };
        return run.carry_out(&changes, |_| true).map(|page| (page + more).into_bytes());
    }
    let places = Places::find(environ, host)?;
    if let Some(editor) = matches.get_one::<String>("editor").and_then(|word| Editor::named(word)) {
        if !matches.get_flag("write") {
            return editor::snippet(editor, &places).map(String::into_bytes);
        }
        if editor.settings != Settings::VsCode {
            let fix = format!("gowrap setup --editor {}    # prints the lines for its settings", editor.word);
            let message = format!("gowrap does not write the settings of {}", editor.title);
            return Err(refused(message, vec![fix.into_bytes()]));
        }
        let _lock = run.lock(&places.home, || vscode::paths(&places))?;
        return run.carry_out(&vscode::plan(editor, &places, host)?, |_| true).map(String::into_bytes);
    }
    let _lock = run.lock(&places.home, || paths(&places))?;
    if remove {
        let changes = removal::plan(&places, host)?;
        if let Ok(Some(env)) = shells::ours(&places.env(), host) {
            run.open_journal(&places, host, &env);
        }
        let page = run.carry_out(&changes, |_| false)?;
        run.close_journal(&places, host);
        let open = "\nopen a new terminal: this one still has the shims on its PATH\n";
        return Ok((page + if changes.list.is_empty() || run == Run::Dry { "" } else { open }).into_bytes());
    }
    let mut changes = shells::plan(&places, host)?;
    changes.notes.extend(completeness::missing_parts(&places, host));
    if let Some(env) = shells::journal(&changes, &places) {
        run.open_journal(&places, host, &env);
    }
    let mut page = run.carry_out(&changes, |change| is_needed(change, &places))?;
    run.close_journal(&places, host);
    if run == Run::Live {
        // Under the lock: a shell may read its files while another run takes them away, and fish makes its folders anew.
        page = format!("{page}\n{}", verdict::page(&places, environ, host));
        if !changes.list.is_empty() {
            page.push_str(&format!(
                "\nopen a new terminal, or type: . {}    # in fish: source {}\n",
                escape(&scripts::posix_word(&places.env())),
                escape(&scripts::fish_word(&places.env_fish()))
            ));
        }
    }
    Ok(page.into_bytes())
}

/// A run that changes something, or only shows what it would change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Live,
    Dry,
}

impl Run {
    /// Takes the lock of a folder and removes the temporary files of a killed run beside these paths.
    fn lock(self, folder: &[u8], paths: impl FnOnce() -> Vec<Vec<u8>>) -> Result<Option<Lock>, Failure> {
        if self == Run::Dry {
            return Ok(None);
        }
        let lock = lock::take(folder)?;
        replace_file::sweep(paths().iter().map(Vec::as_slice));
        Ok(Some(lock))
    }

    /// Writes the journal: folders are made before our `env` file is, and removed after it.
    fn open_journal(self, places: &Places, host: &dyn Host, env: &[u8]) {
        let Ok(before) = shells::ours(&places.journal(), host) else { return };
        if self == Run::Live {
            // A home that cannot be written is named by the first change.
            _ = replace_file::replace(&places.journal(), before.as_deref(), env);
        }
    }

    /// Removes the journal: our `env` file has the receipt now, or all is gone.
    fn close_journal(self, places: &Places, host: &dyn Host) {
        if self == Run::Live && matches!(shells::ours(&places.journal(), host), Ok(Some(_))) {
            _ = replace_file::remove(&places.journal());
        }
    }

    fn carry_out(self, changes: &Changes, is_needed: impl Fn(&Change) -> bool) -> Result<String, Failure> {
        let passed_over = if self == Run::Dry { Vec::new() } else { apply::apply(&changes.list, is_needed)? };
        let mut page = changes.page(&passed_over);
        if changes.list.is_empty() {
            page.push_str("there is nothing to change\n");
        }
        if self == Run::Dry {
            page.push_str("\nthis was a dry run: nothing was changed\n");
        }
        Ok(page)
    }
}

/// Every path beside which a killed setup may have left a temporary file.
fn paths(places: &Places) -> Vec<Vec<u8>> {
    let mut paths: Vec<Vec<u8>> = shells::start_paths(places).into_iter().map(|(path, _)| path).collect();
    paths.extend([
        places.journal(),
        places.env(),
        places.env_fish(),
        places.hook_bash(),
        places.hook_zsh(),
        places.fish_file(),
    ]);
    paths.extend(shells::shim_names().map(|name| join(&places.shims, name.as_bytes())));
    paths.extend(vscode::paths(places));
    paths
}

/// The `env` file and the shims, and their folders.
fn is_needed(change: &Change, places: &Places) -> bool {
    let path = change.path();
    places.env().starts_with(path) || path.starts_with(&places.shims)
}
