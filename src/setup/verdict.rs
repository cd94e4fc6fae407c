//! The state that `gowrap setup` prints at its end: a line for each installed shell, and for programs that start
//! without one.
//!
//! A shell is active if every way to start it finds gowrap's `go` first. Otherwise the line has the reason, and the
//! line to paste.

use crate::host::environ::Environ;
use crate::host::{Files, Host};
use crate::replace_file::{self, Folder};
use crate::setup::check::{self, ShellAnswer, ShellSession};
use crate::setup::places::Places;
use crate::setup::scripts;
use crate::setup::system::FOLDER;
use crate::shells::{self, SHELLS, Shell, ShellStart, Syntax};
use crate::text::escape::escape;
use crate::text::path::join;
use crate::text::path::{basename, dirname};

/// The reason why a shell's `go` is not gowrap's.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Inactive {
    /// An alias, as the shell prints it.
    Alias(Vec<u8>),
    /// A function.
    Function,
    /// This file comes first on PATH.
    Other(Vec<u8>),
    /// The shim folder is not first on PATH, or is missing.
    NotFirst,
    /// The shell did not answer.
    Silent,
}

/// Returns the page: a line for each shell, and the fix if it is not active.
#[must_use]
pub(super) fn page(places: &Places, environ: &Environ, host: &dyn Host) -> String {
    let variables = &check::terminal_variables(environ, &places.home, host);
    let path = without_shims(environ.get(b"PATH").unwrap_or_default(), places);
    let installed: Vec<(Shell, Vec<u8>)> = SHELLS
        .into_iter()
        .filter_map(|shell| Some((shell, shell.programs().find(|program| host.stat(program).is_ok())?)))
        .collect();
    // Fish creates its folder at each start.
    let fish = join(&data_home(places, environ), b"fish");
    let had_fish = host.lstat(&fish).is_ok();
    let above_fish = Folder::open(dirname(&fish)).ok();
    let (seen, by_ssh) = std::thread::scope(|scope| {
        let path = path.as_slice();
        let asked: Vec<_> = installed
            .iter()
            .map(|(shell, program)| {
                let ask = |start| move || check::ask(program, *shell, ShellSession::Terminal(start), variables, path);
                (*shell, shell.starts.iter().map(|start| (*start, scope.spawn(ask(*start)))).collect::<Vec<_>>())
            })
            .collect();
        let login = login_shell(&installed, environ);
        let ssh = login.map(|(shell, program)| {
            (shell, scope.spawn(move || check::ask(program, *shell, ShellSession::Ssh, variables, path)))
        });
        let seen: Vec<_> = asked
            .into_iter()
            .map(|(shell, starts)| {
                let answers = starts.into_iter().map(|(start, answer)| (start, answer.join().ok().flatten()));
                (shell, answers.collect::<Vec<_>>())
            })
            .collect();
        (seen, ssh.map(|(shell, answer)| (*shell, answer.join().ok().flatten())))
    });
    if !had_fish && host.list(&fish).is_ok_and(|names| names.is_empty()) {
        _ = replace_file::remove_folder(&fish);
        above_fish.iter().for_each(Folder::restore_times);
    }
    let mut page = String::new();
    for (shell, answers) in seen {
        let inactive = answers.iter().find_map(|(start, answer)| Some((*start, judge(answer.as_ref(), places)?)));
        match inactive {
            None => {
                let ways: Vec<&str> = shell.starts.iter().map(|start| start.name).collect();
                page.push_str(&format!("active         {}, {}\n", shell.name, ways.join(" and ")));
            }
            Some((start, why)) => {
                page.push_str(&format!("not active     {}, {}: {}\n", shell.name, start.name, words(&why, places)));
                for line in remedy(shell, start, &why, places, host) {
                    page.push_str(&format!("               {line}\n"));
                }
            }
        }
    }
    page.push_str(&others(by_ssh, places, host));
    page
}

fn data_home(places: &Places, environ: &Environ) -> Vec<u8> {
    let set = environ.get(b"XDG_DATA_HOME").filter(|value| value.starts_with(b"/"));
    set.map_or_else(|| join(&places.home, b".local/share"), <[u8]>::to_vec)
}

fn login_shell<'i>(installed: &'i [(Shell, Vec<u8>)], environ: &Environ) -> Option<(&'i Shell, &'i [u8])> {
    let name = basename(environ.get(b"SHELL").unwrap_or(b"/bin/bash"));
    installed
        .iter()
        .find(|(shell, _)| shell.name.as_bytes() == name)
        .map(|(shell, program)| (shell, program.as_slice()))
}

/// Returns a PATH without the shim folder.
fn without_shims(path: &[u8], places: &Places) -> Vec<u8> {
    let entries: Vec<&[u8]> = path.split(|&byte| byte == b':').filter(|entry| *entry != places.shims).collect();
    entries.join(&b':')
}

fn judge(answer: Option<&ShellAnswer>, places: &Places) -> Option<Inactive> {
    let Some(ShellAnswer { go, path }) = answer else { return Some(Inactive::Silent) };
    let shim = join(&places.shims, b"go");
    let is_first = path.split(|&byte| byte == b':').next() == Some(places.shims.as_slice());
    match go.as_slice() {
        _ if *go == shim && is_first => None,
        b"go" | b"function" => Some(Inactive::Function),
        text if text.starts_with(b"alias ") => Some(Inactive::Alias(go.clone())),
        text if text.starts_with(b"/") && *go != shim => Some(Inactive::Other(go.clone())),
        _ => Some(Inactive::NotFirst),
    }
}

fn words(why: &Inactive, places: &Places) -> String {
    match why {
        Inactive::Alias(text) => format!("go is an alias: {}", escape(text)),
        Inactive::Function => "go is a function".to_owned(),
        Inactive::Other(path) => format!("go is {}", escape(path)),
        Inactive::NotFirst => format!("{} is not first on its PATH", escape(&places.shims)),
        Inactive::Silent => "it did not answer: its start files start another program, ask a question or end the \
                             shell"
            .to_owned(),
    }
}

/// Returns the lines with the fix.
fn remedy(shell: Shell, start: ShellStart, why: &Inactive, places: &Places, host: &dyn Files) -> Vec<String> {
    let paste = match shell.syntax {
        Syntax::Posix => escape(&scripts::line(places)),
        Syntax::Fish => escape(&scripts::fish_line(places)),
    };
    let last = format!("paste this as the last line of {}: {paste}", last_file(shell, start, places, host));
    let with_carriage_returns: Vec<Vec<u8>> = crate::setup::shells::start_paths(places)
        .into_iter()
        .map(|(path, ..)| path)
        .filter(|path| shells::reads(shell, basename(path)))
        .filter(|path| {
            host.read(path, crate::setup::user_file::LIMIT)
                .is_ok_and(|text| text.windows(2).any(|pair| pair == b"\r\n"))
        })
        .collect();
    let mut lines: Vec<String> = with_carriage_returns
        .iter()
        .map(|path| {
            let word = escape(&scripts::posix_word(path));
            format!("{} has Windows line ends, and {} fails there: sed -i 's/\\r$//' {word}", escape(path), shell.name)
        })
        .collect();
    match (why, shell.syntax) {
        (Inactive::Alias(_), _) => {
            lines.push("remove the alias from the file that makes it, or type: unalias go".to_owned())
        }
        (Inactive::Function, Syntax::Posix) => {
            lines.push("remove the function from the file that makes it, or type: unset -f go".to_owned());
        }
        (Inactive::Function, Syntax::Fish) => {
            lines.push("remove the function from the file that makes it, or type: functions --erase go".to_owned());
        }
        (Inactive::Other(_) | Inactive::NotFirst | Inactive::Silent, _) => lines.push(last),
    }
    lines
}

/// Returns the file that the shell reads last for this start.
fn last_file(shell: Shell, start: ShellStart, places: &Places, host: &dyn Files) -> String {
    let folder = match (shell.syntax, shell.name, &places.zdotdir) {
        (Syntax::Fish, _, _) => join(&places.config, b"fish"),
        (_, "zsh", Some(folder)) => folder.clone(),
        _ => places.home.clone(),
    };
    let paths: Vec<Vec<u8>> = start.last.iter().map(|name| join(&folder, name.as_bytes())).collect();
    let path = paths.iter().find(|path| host.lstat(path).is_ok()).or(paths.last());
    path.map_or_else(String::new, |path| escape(path))
}

/// Returns the lines for programs that start without a terminal.
fn others(by_ssh: Option<(Shell, Option<ShellAnswer>)>, places: &Places, host: &dyn Host) -> String {
    let is_own = |path: &[u8]| host.stat(path).is_ok_and(|stat| host.is_own(stat.id));
    let has_system = is_own(&join(FOLDER, b"go"));
    let mut page = String::new();
    let mut needs_system = false;
    if let Some((shell, answer)) = by_ssh {
        match judge(answer.as_ref(), places) {
            None => page.push_str(&format!("active         ssh HOST go, with {}\n", shell.name)),
            Some(Inactive::Other(path)) if is_own(&path) => {
                page.push_str(&format!("active         ssh HOST go, with {}\n", shell.name));
            }
            Some(why) => {
                needs_system = true;
                let words = words(&why, places);
                page.push_str(&format!("not active     ssh HOST go, with {}: {words}\n", shell.name));
            }
        }
    }
    if has_system {
        page.push_str("active         systemd --user, sudo: through /usr/local/bin\n");
        page.push_str("not active     cron: put PATH=/usr/local/bin:/usr/bin:/bin at the top of the crontab\n");
    } else {
        needs_system = true;
        page.push_str("not active     cron, systemd --user, sudo: they read no start file of a shell\n");
    }
    if needs_system {
        page.push_str("               type: sudo gowrap setup --system    # makes shims in /usr/local/bin\n");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shim_itself_at_the_head_of_path_is_active() {
        let path = |path: &str| path.as_bytes().to_vec();
        let places = Places::example();
        let table: &[(&str, &str, Option<Inactive>)] = &[
            ("/s/go", "/s:/bin", None),
            ("/s/go", "/bin:/s", Some(Inactive::NotFirst)),
            ("/usr/bin/go", "/usr/bin:/s", Some(Inactive::Other(path("/usr/bin/go")))),
            ("/usr/bin/go", "/s:/usr/bin", Some(Inactive::Other(path("/usr/bin/go")))),
            ("alias go='x'", "/s", Some(Inactive::Alias(path("alias go='x'")))),
            ("go", "/s", Some(Inactive::Function)),
            ("function", "/s", Some(Inactive::Function)),
            ("", "", Some(Inactive::NotFirst)),
        ];
        for (go, on_path, expected) in table {
            let answer = ShellAnswer { go: path(go), path: path(on_path) };
            assert_eq!(judge(Some(&answer), &places), *expected, "{go} {on_path}");
        }
        assert_eq!(judge(None, &places), Some(Inactive::Silent));
        assert_eq!(without_shims(b"/s:/a:/s:/b:", &places), b"/a:/b:");
    }
}
