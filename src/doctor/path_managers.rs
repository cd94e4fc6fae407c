//! Finds version managers whose line in a shell's file puts their folders before gowrap's, and gowrap's hook, which
//! moves its folder to the front again.

use crate::diagnosis::Code;
use crate::doctor::finding::Finding;
use crate::doctor::shell_files::ShellFile;
use crate::doctor::subject::Subject;
use crate::setup::{dotfile, scripts};
use crate::text::path::{basename, dirname, join};
use crate::tools::Tool;

/// Lines of version managers that put their own folders before gowrap's. gowrap's hook moves its folder back.
pub(super) fn check(file: &ShellFile, subject: &Subject) -> Vec<Finding> {
    if subject.shims().is_none() {
        return Vec::new();
    }
    let found = MANAGERS.iter().filter_map(|manager| {
        let (number, _) = file.lines().find(|(_, line)| manager.is_started_by(line))?;
        manager.provides_a_tool(subject).then_some((manager, number))
    });
    let name = &file.name;
    let finding = |(manager, number): (&Manager, usize)| {
        let (manager, when) = (manager.name, manager.moment);
        let fix = match hook(file, subject) {
            Hook::Active => return None,
            Hook::SwitchedOff => "unset GOWRAP_HOOK    # and remove it from the file that sets it",
            Hook::Missing => "gowrap setup    # then open a new terminal",
        };
        Some(
            Finding::warn(
                Code::GW459,
                file.at(number),
                format!("{name}: {manager} puts its folders before gowrap's {when}"),
            )
            .why("go then bypasses gowrap. The hook that `gowrap setup` adds moves gowrap's folder back to the front.")
            .fix(fix),
        )
    };
    found.filter_map(finding).collect()
}

/// Returns the state of gowrap's hook in the shell that reads this file. The hook is in the folder of the `env` file
/// that gowrap's line reads.
fn hook(file: &ShellFile, subject: &Subject) -> Hook {
    let base = basename(&file.path);
    let folder = dirname(&file.path);
    let is_there = if file.path.ends_with(b".fish") {
        let file = join(dirname(&file.path), b"conf.d/gowrap.fish");
        subject.host.read(&file, 1 << 16).is_ok_and(|text| text.trim_ascii_end().ends_with(dotfile::MARK))
    } else {
        let hook: &[u8] = if base.starts_with(b".z") { b"hook.zsh" } else { b"hook.bash" };
        // Each zsh reads .zshenv, and .bashrc reads .bash_aliases.
        let other: Option<&[u8]> = match base {
            b".zprofile" | b".zshrc" | b".zlogin" => Some(b".zshenv"),
            b".bash_aliases" => Some(b".bashrc"),
            _ => None,
        };
        let other = other.and_then(|name| subject.host.read(&join(folder, name), 1 << 20).ok());
        let mut texts = [Some(&file.text), other.as_ref()].into_iter().flatten();
        texts.any(|text| {
            let env = dotfile::without_line(text).and_then(|(_, line)| scripts::env_of(&line));
            env.is_some_and(|env| subject.is_file(&join(dirname(&env), hook)))
        })
    };
    match (is_there, subject.environ.get(b"GOWRAP_HOOK")) {
        (false, _) => Hook::Missing,
        (true, Some(b"off")) => Hook::SwitchedOff,
        (true, _) => Hook::Active,
    }
}

/// State of gowrap's hook in one shell.
enum Hook {
    Active,
    SwitchedOff,
    Missing,
}

/// A version manager that changes PATH from a line in a shell's file.
struct Manager {
    name: &'static str,
    /// Moment at which it changes PATH.
    moment: &'static str,
    /// Lists of words. A line that has all words of one list starts the manager.
    lines: &'static [&'static [u8]],
    /// Part of a line that does not start it.
    except: Option<&'static [u8]>,
    /// Its own folder: the variable that names it, its default below the home, and the folder of its Go in there.
    data: Option<(&'static [u8], &'static [u8], &'static [u8])>,
}

/// mise and direnv change PATH at each prompt and each cd, asdf when the shell starts.
const MANAGERS: [Manager; 3] = [
    Manager {
        name: "mise",
        moment: "at each prompt",
        lines: &[b"mise activate"],
        // It puts its shims on PATH once, and gowrap's line comes later.
        except: Some(b"--shims"),
        data: Some((b"MISE_DATA_DIR", b".local/share/mise", b"installs/go")),
    },
    Manager {
        name: "asdf",
        moment: "when the shell starts",
        lines: &[b"/asdf.sh", b"/asdf.fish", b".asdf/shims", b".asdf}/shims", b"ASDF_DATA_DIR/shims"],
        except: None,
        data: Some((b"ASDF_DATA_DIR", b".asdf", b"installs/golang")),
    },
    Manager { name: "direnv", moment: "at each prompt", lines: &[b"direnv hook"], except: None, data: None },
];

impl Manager {
    fn is_started_by(&self, line: &[u8]) -> bool {
        let line = line.trim_ascii();
        let has = |words: &&[u8]| line.windows(words.len()).any(|part| part == *words);
        !line.starts_with(b"#") && self.lines.iter().any(has) && !self.except.as_ref().is_some_and(has)
    }

    /// Returns true if one of its folders has a tool for which gowrap has a shim.
    fn provides_a_tool(&self, subject: &Subject) -> bool {
        match (self.data, subject.home()) {
            (Some((variable, default, go)), Some(home)) => {
                let data = subject.repaired(variable).map_or_else(|| join(home, default), <[u8]>::to_vec);
                subject.host.stat(&join(&data, go)).is_ok()
            }
            (Some(_), None) => false,
            (None, _) => {
                let tools = [Tool::Go, Tool::Gofmt, Tool::Dlv, Tool::Gopls];
                let has_tool =
                    |folder: &Vec<u8>| tools.iter().any(|tool| subject.is_file(&join(folder, tool.name().as_bytes())));
                folders_of_envrc(subject).iter().any(has_tool)
            }
        }
    }
}

/// Returns the folders that the nearest `.envrc` puts on PATH: with `PATH_add`, and with `layout go`, which adds `bin`
/// of its own GOPATH.
fn folders_of_envrc(subject: &Subject) -> Vec<Vec<u8>> {
    let Some(root) = subject.upward(b".envrc") else { return Vec::new() };
    let Ok(text) = subject.host.read(&join(&root, b".envrc"), 1 << 20) else { return Vec::new() };
    let folder = |line: &[u8]| {
        let line = line.trim_ascii();
        if line == b"layout go" {
            return Some(join(&root, b".direnv/go/bin"));
        }
        let given = line.strip_prefix(b"PATH_add ")?.trim_ascii();
        let given: Vec<u8> = given.iter().copied().filter(|byte| !matches!(byte, b'"' | b'\'')).collect();
        let below = |rest: Option<&[u8]>, folder: Option<&[u8]>| Some(join(folder?, rest?));
        below(given.strip_prefix(b"$PWD/"), Some(&root))
            .or_else(|| below(given.strip_prefix(b"~/").or_else(|| given.strip_prefix(b"$HOME/")), subject.home()))
            .or_else(|| given.starts_with(b"/").then(|| given.clone()))
            .or_else(|| (!given.starts_with(b"$") && !given.starts_with(b"~")).then(|| join(&root, &given)))
    };
    text.split(|&byte| byte == b'\n').filter_map(folder).collect()
}
