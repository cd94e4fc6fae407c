//! Shells that gowrap knows, one row each: the files that they read, and how to start them.
//!
//! Bash reads `.profile` at a login unless `.bash_profile` or `.bash_login` exists, and `.bashrc` if it is interactive.
//! Zsh always reads `.zshenv`; its `.zprofile` and the system's may set PATH after that, so `.zlogin` is the last file
//! at a login and `.zshrc` in other interactive shells. Fish reads `conf.d` in every shell.

use crate::text::path::join;

/// One shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shell {
    /// The name of the shell and of its program.
    pub name: &'static str,
    /// The language of its lines.
    pub syntax: Syntax,
    /// The ways to start it.
    pub starts: &'static [ShellStart],
    /// The files that get a line.
    pub files: &'static [StartFile],
}

/// The language of a shell's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// The language that POSIX defines.
    Posix,
    /// Fish's own.
    Fish,
}

/// One way to start a shell that reads its commands from standard input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShellStart {
    /// Its name in messages.
    pub name: &'static str,
    /// The options.
    pub options: &'static [&'static str],
    /// The files that it reads last: it reads the first that exists.
    pub last: &'static [&'static str],
}

const fn login(options: &'static [&'static str], last: &'static [&'static str]) -> ShellStart {
    ShellStart { name: "login", options, last }
}

const fn interactive(last: &'static [&'static str]) -> ShellStart {
    ShellStart { name: "interactive", options: &["-i"], last }
}

const fn file(name: &'static str, when: When) -> StartFile {
    StartFile { name, folder: StartFileFolder::Home, when }
}

const fn in_zdotdir(name: &'static str, when: When) -> StartFile {
    StartFile { name, folder: StartFileFolder::Zdotdir, when }
}

/// All shells.
pub(crate) const SHELLS: [Shell; 4] = [
    Shell {
        name: "bash",
        syntax: Syntax::Posix,
        starts: &[login(&["-l", "-i"], &[".bash_profile", ".bash_login", ".profile"]), interactive(&[".bashrc"])],
        files: &[
            file(".profile", When::Always),
            file(".bash_profile", When::There),
            file(".bash_login", When::There),
            file(".bashrc", When::Used),
        ],
    },
    Shell {
        name: "zsh",
        syntax: Syntax::Posix,
        starts: &[login(&["-l", "-i"], &[".zlogin"]), interactive(&[".zshrc"])],
        files: &[
            // The first zsh reads the file in the home, which may set ZDOTDIR; a zsh below it reads the file there.
            file(".zshenv", When::Used),
            in_zdotdir(".zshenv", When::Used),
            in_zdotdir(".zprofile", When::There),
            in_zdotdir(".zshrc", When::There),
            in_zdotdir(".zlogin", When::Used),
        ],
    },
    // Fish gets a file of its own in `conf.d` instead of a line.
    Shell {
        name: "fish",
        syntax: Syntax::Fish,
        starts: &[login(&["-l", "-i"], &["config.fish"]), interactive(&["config.fish"])],
        files: &[],
    },
    // A dash that is no login shell reads only the file that ENV names, and inherits PATH.
    Shell { name: "dash", syntax: Syntax::Posix, starts: &[login(&["-l"], &[".profile"])], files: &[] },
];

/// The folders in which a shell's program is looked for.
pub(crate) const PROGRAM_FOLDERS: [&str; 4] = ["/usr/bin", "/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin"];

impl Shell {
    /// Returns the shell of this name.
    #[must_use]
    pub(crate) fn named(name: &[u8]) -> Option<Shell> {
        SHELLS.into_iter().find(|shell| shell.name.as_bytes() == name)
    }

    /// Returns the paths at which its program may be.
    pub(crate) fn programs(self) -> impl Iterator<Item = Vec<u8>> {
        PROGRAM_FOLDERS.iter().map(move |folder| join(folder.as_bytes(), self.name.as_bytes()))
    }
}

/// One file that shells read when they start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StartFile {
    /// Its name.
    pub name: &'static str,
    /// The folder that it is in.
    pub folder: StartFileFolder,
    /// The condition for setup's line.
    pub when: When,
}

/// The folder of a start file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StartFileFolder {
    /// The home.
    Home,
    /// The folder that ZDOTDIR names, else the home.
    Zdotdir,
}

/// A condition for a line in a start file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// In every home; a missing file is created.
    Always,
    /// If the file exists.
    There,
    /// If its shell is used; a missing file is created.
    Used,
}

/// Returns true if a shell reads the start file of this name.
#[must_use]
pub(crate) fn reads(shell: Shell, file: &[u8]) -> bool {
    let last = shell.starts.iter().flat_map(|start| start.last);
    shell.files.iter().map(|row| row.name).chain(last.copied()).any(|name| name.as_bytes() == file)
}

/// Returns all start files that get a line, each with its shell.
pub(crate) fn start_files() -> impl Iterator<Item = (Shell, StartFile)> {
    SHELLS.into_iter().flat_map(|shell| shell.files.iter().map(move |file| (shell, *file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_is_known_by_its_programs_name() {
        assert_eq!(Shell::named(b"zsh").map(|shell| shell.name), Some("zsh"));
        assert_eq!(Shell::named(b"csh"), None);
        let readers =
            |file: &[u8]| SHELLS.into_iter().filter(|shell| reads(*shell, file)).map(|shell| shell.name).collect();
        for (file, expected) in [
            (".profile", vec!["bash", "dash"]),
            (".bashrc", vec!["bash"]),
            (".zlogin", vec!["zsh"]),
            ("profile", vec![]),
        ] {
            let names: Vec<&str> = readers(file.as_bytes());
            assert_eq!(names, expected, "{file}");
        }
        assert_eq!(Shell::named(b"fish").unwrap().programs().next().unwrap(), b"/usr/bin/fish");
    }
}
