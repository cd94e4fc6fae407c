//! The files that shells read at their start: line ends, PATH without quotes, names that are defined in place of a tool, and
//! hooks of version managers that put their own folders in front of gowrap's at the next prompt.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown, word};
use crate::doctor::subject::Subject;
use crate::setup::{dotfile, scripts};
use crate::shells::{StartFileFolder, start_files};
use crate::text::path::{basename, dirname, join};
use crate::tools::Tool;

/// Files below the home that hold aliases and functions, beside those that every shell's row names.
const MORE: [&str; 2] = [".bash_aliases", ".config/fish/config.fish"];

/// The checks of these files.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files(subject) {
        findings.extend(file.windows_line_ends());
        findings.extend(file.unquoted_path(subject));
        findings.extend(file.replaced_tools());
        findings.extend(file.managers(subject));
    }
    findings.extend(own_line_ends(subject));
    findings
}

/// Windows' line ends in gowrap's own files, which each shell reads by gowrap's line.
fn own_line_ends(subject: &Subject) -> Vec<Finding> {
    let mut read: Vec<Vec<u8>> = Vec::new();
    for line in lines(subject) {
        let marked = dotfile::without_line(&line.text).and_then(|(_, line)| scripts::env_of(&line));
        let Some(folder) = marked.as_deref().map(dirname) else { continue };
        read.extend(["env", "hook.bash", "hook.zsh", "env.fish"].map(|name| join(folder, name.as_bytes())));
    }
    read.extend(subject.home().map(|home| join(home, b".config/fish/conf.d/gowrap.fish")));
    read.sort();
    read.dedup();
    let has_one = |path: &Vec<u8>| subject.host.read(path, 1 << 20).is_ok_and(|text| text.contains(&b'\r'));
    let finding = |path: Vec<u8>| {
        let title = format!("{}, which gowrap wrote, has Windows line ends", shown(&path));
        Finding::fail(Code::GW442, path, title)
            .why("Shells read it at their start, report a syntax error, and gowrap's shims do not get on PATH.")
            .fix("gowrap setup    # then open a new terminal")
    };
    read.into_iter().filter(has_one).map(finding).collect()
}

/// The start files that are there, in the order of the table.
fn files(subject: &Subject) -> Vec<ShellFile> {
    let Some(home) = subject.home() else { return Vec::new() };
    let zdotdir = subject.environ.get_nonempty(b"ZDOTDIR").filter(|folder| folder.starts_with(b"/")).unwrap_or(home);
    let rows = start_files().map(|(_, row)| match row.folder {
        StartFileFolder::Home => join(home, row.name.as_bytes()),
        StartFileFolder::Zdotdir => join(zdotdir, row.name.as_bytes()),
    });
    let mut paths: Vec<Vec<u8>> = rows.chain(MORE.iter().map(|name| join(home, name.as_bytes()))).collect();
    let mut seen = Vec::new();
    paths.retain(|path| {
        !seen.contains(path) && {
            seen.push(path.clone());
            true
        }
    });
    let file = |path: Vec<u8>| {
        let text = subject.host.read(&path, 1 << 20).ok()?;
        let name = match path.strip_prefix(home).and_then(|rest| rest.strip_prefix(b"/")) {
            Some(rest) => word(&[b"~/", rest].concat()),
            None => word(&path),
        };
        Some(ShellFile { name, path, text })
    };
    paths.into_iter().filter_map(file).collect()
}

/// One line of a start file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellLine {
    /// The path of the file.
    pub path: Vec<u8>,
    /// The name of the file as a shell takes it.
    pub name: String,
    /// Its number.
    pub number: usize,
    /// Its text, without the newline.
    pub text: Vec<u8>,
}

/// Every line of every start file, in the order of the table.
#[must_use]
pub fn lines(subject: &Subject) -> Vec<ShellLine> {
    let mut lines = Vec::new();
    for file in files(subject) {
        for (number, text) in file.lines() {
            lines.push(ShellLine { path: file.path.clone(), name: file.name.clone(), number, text: text.to_vec() });
        }
    }
    lines
}

/// The command that gives a line another text. A carriage return at its end stays, which is a finding of its own.
#[must_use]
pub fn replace_line(line: &ShellLine, to: &[u8]) -> String {
    let to = to.strip_suffix(b"\r").unwrap_or(to);
    let script = format!("{}s|[^\\r]*|{}|", line.number, escaped(to, "\\&|"));
    format!("sed -i {} {}    # then open a new terminal", shell_words::quote(&script), line.name)
}

/// Text of a script for sed, with a backslash before what is special there.
fn escaped(bytes: &[u8], special: &str) -> String {
    let mut out = String::new();
    for c in shown(bytes).chars() {
        if special.contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

struct ShellFile {
    /// The name as a shell takes it: `~/.profile`.
    name: String,
    path: Vec<u8>,
    text: Vec<u8>,
}

impl ShellFile {
    fn lines(&self) -> impl Iterator<Item = (usize, &[u8])> {
        (1..).zip(self.text.split(|&byte| byte == b'\n'))
    }

    fn at(&self, line: usize) -> Vec<u8> {
        [self.path.as_slice(), format!(":{line}").as_bytes()].concat()
    }

    fn windows_line_ends(&self) -> Option<Finding> {
        let (number, _) = self.lines().find(|(_, line)| line.ends_with(b"\r"))?;
        let name = &self.name;
        Some(
            Finding::fail(Code::GW442, self.at(number), format!("{name} has Windows line ends"))
                .why("Every value in it ends in a carriage return, so folders are not found.")
                .fix(format!("sed -i 's/\\r$//' {name}    # then open a new terminal")),
        )
    }

    fn unquoted_path(&self, subject: &Subject) -> Option<Finding> {
        subject.environ.get(b"PATH").filter(|path| path.contains(&b' '))?;
        let (number, _) = self.lines().find(|(_, line)| is_unquoted_path(line))?;
        let name = &self.name;
        Some(
            Finding::warn(
                Code::GW443,
                self.at(number),
                format!("{name} sets PATH without quotes, and PATH has blanks"),
            )
            .why(
                "Some shells split it there: `export: 'Files/WindowsApps/…': not a valid identifier`, and PATH loses \
                 everything after the blank.",
            )
            .fix(format!("sed -i '{number}s/PATH=\\([^\\r]*\\)/PATH=\"\\1\"/' {name}")),
        )
    }

    /// `alias go=…` and functions of that name: a shell takes those before it looks through PATH.
    fn replaced_tools(&self) -> Vec<Finding> {
        let lines: Vec<(usize, &[u8])> = self.lines().collect();
        let mut findings = Vec::new();
        for (number, line) in &lines {
            let Some((tool, definition)) = definition(line) else { continue };
            let end = match definition {
                Definition::Alias => *number,
                Definition::Function if line.contains(&b'}') => *number,
                Definition::Function => {
                    let closes =
                        |(at, line): &&(usize, &[u8])| at > number && matches!(line.trim_ascii(), b"}" | b"end");
                    lines.iter().find(closes).map_or(*number, |(at, _)| *at)
                }
            };
            let (name, tool, kind) = (&self.name, tool.name(), definition.word());
            findings.push(
                Finding::warn(
                    Code::GW457,
                    self.at(*number),
                    format!("{name} defines {tool} as {kind}: {}", shown(line.trim_ascii())),
                )
                .why(format!(
                    "The shell uses it before PATH: `{tool}` typed there does not start gowrap, and editors and \
                         scripts start another {tool} than you do."
                ))
                .fix(format!("sed -i '{number},{end}s/^/# /' {name}    # then open a new terminal")),
            );
        }
        findings
    }

    /// Lines of version managers that put their own folders before gowrap's. gowrap's hook moves its folder back.
    fn managers(&self, subject: &Subject) -> Vec<Finding> {
        if subject.shims().is_none() {
            return Vec::new();
        }
        let found = MANAGERS.iter().filter_map(|manager| {
            let (number, _) = self.lines().find(|(_, line)| manager.is_started_by(line))?;
            manager.provides_a_tool(subject).then_some((manager, number))
        });
        let name = &self.name;
        let finding = |(manager, number): (&Manager, usize)| {
            let (manager, when) = (manager.name, manager.moment);
            let fix = match self.hook(subject) {
                Hook::Active => return None,
                Hook::SwitchedOff => "unset GOWRAP_HOOK    # and remove it from the file that sets it",
                Hook::Missing => "gowrap setup    # then open a new terminal",
            };
            Some(
                Finding::warn(Code::GW459, self.at(number), format!("{name}: {manager} puts its folders before gowrap's {when}"))
                    .why("go then bypasses gowrap. The hook that `gowrap setup` adds moves gowrap's folder back to the front.")
                    .fix(fix),
            )
        };
        found.filter_map(finding).collect()
    }

    /// State of gowrap's hook in the shell that reads this file. The hook stands beside the `env` file that gowrap's line
    /// reads.
    fn hook(&self, subject: &Subject) -> Hook {
        let base = basename(&self.path);
        let folder = dirname(&self.path);
        let is_there = if self.path.ends_with(b".fish") {
            let file = join(dirname(&self.path), b"conf.d/gowrap.fish");
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
            let mut texts = [Some(&self.text), other.as_ref()].into_iter().flatten();
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
    /// Parts of a line, each list of which starts it.
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
        // Its shims are put on PATH once, and gowrap's line comes after them.
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

    /// Returns true where one of its folders has a tool that gowrap stands in front of.
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

/// Folders that the nearest `.envrc` puts on PATH: `PATH_add`, and `layout go`, which adds `bin` of a GOPATH of its own.
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

/// `export PATH=$PATH:/x`, where the value is not in quotes.
fn is_unquoted_path(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let Some(value) = line.strip_prefix(b"export PATH=") else { return false };
    let mentions = value.windows(5).any(|part| part == b"$PATH") || value.windows(7).any(|part| part == b"${PATH}");
    mentions && !value.contains(&b'"') && !value.contains(&b'\'')
}

/// The way in which a shell's file defines a name.
#[derive(Clone, Copy)]
enum Definition {
    Alias,
    Function,
}

impl Definition {
    fn word(self) -> &'static str {
        match self {
            Definition::Alias => "an alias",
            Definition::Function => "a function",
        }
    }
}

/// The tool that a line defines in place of the program.
fn definition(line: &[u8]) -> Option<(Tool, Definition)> {
    let line = line.trim_ascii();
    let (name, definition) = if let Some(rest) = line.strip_prefix(b"alias ") {
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"-g ").or_else(|| rest.strip_prefix(b"-- ")).unwrap_or(rest);
        let end = rest.iter().position(|byte| matches!(byte, b'=' | b' '))?;
        // One that only adds words before the arguments leads to the same program.
        let value = rest.get(end + 1..)?;
        let value = value.trim_ascii_start();
        let value = value.strip_prefix(b"'").or_else(|| value.strip_prefix(b"\"")).unwrap_or(value);
        let program = value.split(|byte| matches!(byte, b' ' | b'\'' | b'"')).next().unwrap_or_default();
        if program == rest.get(..end)? {
            return None;
        }
        (rest.get(..end)?, Definition::Alias)
    } else if let Some(rest) = line.strip_prefix(b"function ") {
        let rest = rest.trim_ascii_start();
        let end = rest.iter().position(|byte| matches!(byte, b' ' | b'(' | b'{' | b';')).unwrap_or(rest.len());
        (rest.get(..end)?, Definition::Function)
    } else {
        let end = line.iter().position(|&byte| byte == b'(')?;
        line.get(end..)?
            .split(|byte| byte.is_ascii_whitespace())
            .next()
            .filter(|brackets| brackets.starts_with(b"()"))?;
        (line.get(..end)?.trim_ascii_end(), Definition::Function)
    };
    let is_word = !name.is_empty() && basename(name) == name;
    Tool::named(name).filter(|_| is_word).map(|tool| (tool, definition))
}

/// The file in which a login shell of this user sets PATH, as a name below the home.
fn login_file(subject: &Subject) -> &'static str {
    let is_there = |name: &&&str| subject.home().is_some_and(|home| subject.is_file(&join(home, name.as_bytes())));
    match basename(subject.environ.get(b"SHELL").unwrap_or_default()) {
        b"zsh" => ".zprofile",
        // The first of these that is there is the only one that bash reads.
        _ => [".bash_profile", ".bash_login"].iter().find(is_there).copied().unwrap_or(".profile"),
    }
}

/// The command that puts folders in front on PATH for shells to come.
#[must_use]
pub fn put_first(subject: &Subject, folders: &[&[u8]]) -> String {
    if basename(subject.environ.get(b"SHELL").unwrap_or_default()) == b"fish" {
        let folders: Vec<String> = folders.iter().map(|folder| word(folder)).collect();
        return format!("fish_add_path --prepend --move {}", folders.join(" "));
    }
    let mut line = "export PATH=\"".to_owned();
    let mut folders = folders.to_vec();
    folders.dedup();
    for folder in folders {
        for c in shown(folder).chars() {
            if matches!(c, '"' | '$' | '`' | '\\') {
                line.push('\\');
            }
            line.push(c);
        }
        line.push(':');
    }
    line.push_str("$PATH\"");
    format!("echo {} >> ~/{}    # then open a new terminal", shell_words::quote(&line), login_file(subject))
}

/// The command that replaces a word of PATH in the file that sets it; none where no file holds it.
#[must_use]
pub fn replace(subject: &Subject, from: &[u8], to: &[u8]) -> Option<String> {
    let holds = |text: &[u8]| text.windows(from.len()).any(|part| part == from);
    let sets_path = |line: &[u8]| line.windows(5).any(|part| part == b"PATH=") && holds(line);
    for file in files(subject) {
        let Some((number, _)) = file.lines().find(|(_, line)| sets_path(line)) else { continue };
        let script = format!("{number}s|{}|{}|", escaped(from, "\\.*[]^$|"), escaped(to, "\\&|"));
        return Some(format!("sed -i {} {}    # then open a new terminal", shell_words::quote(&script), file.name));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_and_functions_with_a_tools_name_are_found() {
        let table: &[(&str, Option<&str>)] = &[
            ("alias go=go.exe", Some("go an alias")),
            ("  alias go='/mnt/c/Program Files/Go/bin/go.exe'", Some("go an alias")),
            ("alias go 'go.exe'", Some("go an alias")),
            ("alias go='go -mod=mod'", None),
            ("alias got=go.exe", None),
            ("# alias go=go.exe", None),
            ("go() { go.exe \"$@\"; }", Some("go a function")),
            ("dlv () {", Some("dlv a function")),
            ("function gofmt", Some("gofmt a function")),
            ("function go; go.exe $argv; end", Some("go a function")),
            ("ago() {", None),
            ("echo \"go (1)\"", None),
            ("go (x) y", None),
        ];
        for (line, expected) in table {
            let found =
                definition(line.as_bytes()).map(|(tool, definition)| format!("{} {}", tool.name(), definition.word()));
            assert_eq!(found.as_deref(), *expected, "{line}");
        }
    }
}
