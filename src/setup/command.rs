//! `gowrap setup`: its options, and the action to take with the list of changes.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::diagnosis::Failure;
use crate::editors::{EDITORS, Editor, SettingsForm};
use crate::host::Host;
use crate::host::environ::Environ;
use crate::setup::places::{Places, refused};
use crate::setup::run::{Run, paths};
use crate::setup::{completeness, editor, removal, scripts, shells, system, user_file, verdict, vscode};
use crate::text::escape::escape;
use crate::text::path::join;

/// The subcommand.
#[must_use]
pub(crate) fn definition() -> Command {
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
                .help("Print the names of the shims, one per line"),
        )
        .arg(switch("write").requires("editor").help("With --editor: write the settings (VS Code family only)"))
}

/// Runs `gowrap setup` and returns the text to print.
///
/// # Errors
/// Nothing may be changed, or a change that others need failed.
pub(crate) fn run(matches: &ArgMatches, environ: &Environ, host: &dyn Host) -> Result<Vec<u8>, Failure> {
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
        if editor.settings != SettingsForm::VsCode {
            let fix = format!("gowrap setup --editor {}    # prints the lines for its settings", editor.word);
            let message = format!("gowrap does not write the settings of {}", editor.title);
            return Err(refused(message, vec![fix.into_bytes()]));
        }
        let _lock = run.lock(&places.home, || vscode::paths(&places))?;
        let mut changes = vscode::plan(editor, &places, host)?;
        if host.lstat(&join(&places.shims, b"go")).is_err() {
            changes.notes.push("these settings lead to shims that are not there yet: type `gowrap setup`".to_owned());
        }
        return run.carry_out(&changes, |_| true).map(String::into_bytes);
    }
    let _lock = run.lock(&places.home, || paths(&places))?;
    if remove {
        let changes = removal::plan(&places, host)?;
        if let Ok(Some(env)) = user_file::gowraps_file(&places.env(), host) {
            run.open_journal(&places, host, &env);
        }
        let page = run.carry_out(&changes, |_| false)?;
        run.close_journal(&places, host);
        let open = "\nopen a new terminal: this one still has the shims on its PATH\n";
        return Ok((page + if changes.list.is_empty() || run == Run::Dry { "" } else { open }).into_bytes());
    }
    let mut changes = shells::plan(&places, host)?;
    changes.notes.extend(completeness::missing_parts(&places, host));
    let mut page = run.add(&changes, &places, host)?;
    if run == Run::Live {
        // This runs under the lock: another run could remove files that a shell reads, and fish creates its folders.
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
