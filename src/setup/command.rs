//! `gowrap setup`: its options, and what becomes of the list of changes.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::diagnosis::Failure;
use crate::editors::{EDITORS, Editor, Settings};
use crate::host::Host;
use crate::host::environ::Environ;
use crate::setup::places::{Places, refused};
use crate::setup::{Changes, apply, completeness, editor, removal, scripts, shells, system, vscode};
use crate::text::escape::escape;

/// The subcommand.
#[must_use]
pub fn definition() -> Command {
    let switch = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new("setup")
        .about("Put gowrap in front of Go for shells, the machine or an editor")
        .arg(switch("dry-run").help("Print what would be changed, and change nothing"))
        .arg(switch("remove").help("Remove what setup added, and nothing else"))
        .arg(switch("system").help("Links in /usr/local/bin, for sudo and systemd"))
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
        .arg(switch("write").requires("editor").help("Put it there: VS Code and its relatives only"))
}

/// Runs it; the result is what to print.
///
/// # Errors
/// Where nothing may be changed, or a change failed.
pub fn run(matches: &ArgMatches, environ: &Environ, host: &dyn Host) -> Result<Vec<u8>, Failure> {
    if matches.get_flag("names") {
        return Ok(shells::shim_names().flat_map(|name| [name, "\n"].concat().into_bytes()).collect());
    }
    let (dry_run, remove) = (matches.get_flag("dry-run"), matches.get_flag("remove"));
    if matches.get_flag("system") {
        let changes = if remove { system::removal(host) } else { system::plan(host)? };
        let more = if remove { "" } else { system::WHO };
        return finish(&changes, dry_run, more);
    }
    let places = Places::find(environ, host)?;
    if let Some(editor) = matches.get_one::<String>("editor").and_then(|word| Editor::named(word)) {
        if !matches.get_flag("write") {
            return editor::snippet(editor, &places).map(String::into_bytes);
        }
        if editor.settings != Settings::VsCode {
            let fix = format!("gowrap setup --editor {}    # prints what to put into its settings", editor.word);
            let message = format!("gowrap does not write the settings of {}", editor.title);
            return Err(refused(message, vec![fix.into_bytes()]));
        }
        return finish(&vscode::plan(editor, &places, host)?, dry_run, "");
    }
    let mut changes = if remove { removal::plan(&places, host)? } else { shells::plan(&places, host)? };
    if !remove {
        changes.notes.extend(completeness::missing_parts(&places, host));
    }
    let open = if remove {
        "\nopen a new terminal: this one still has the links on its PATH\n".to_owned()
    } else {
        format!("\nopen a new terminal, or type: . {}\n", escape(&scripts::posix_word(&places.env())))
    };
    let more = if changes.list.is_empty() || dry_run { "" } else { &open };
    finish(&changes, dry_run, more)
}

fn finish(changes: &Changes, dry_run: bool, more: &str) -> Result<Vec<u8>, Failure> {
    let mut page = changes.page();
    if changes.list.is_empty() {
        page.push_str("there is nothing to change\n");
    }
    page.push_str(more);
    if dry_run {
        page.push_str("\nthis was a dry run: nothing was changed\n");
    } else {
        apply::apply(&changes.list)?;
    }
    Ok(page.into_bytes())
}
