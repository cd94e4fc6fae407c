//! Gowrap's own command line, as a person meets it: completed by a real bash, zsh and fish, and helped on one screen.
//!
//! Bash and zsh are typed to through a terminal that `script` makes: the line, TAB, and then what prints the line as it
//! stands.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{fs, thread};

fn gowrap(words: &[&str]) -> String {
    let program = std::env::var("GOWRAP_BIN").unwrap_or(env!("CARGO_BIN_EXE_gowrap").to_owned());
    let output = Command::new(program).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with a file in it, and the script for the shell beside it; gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(shell: &str) -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gowrap-completions-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = Folder(std::env::temp_dir().join(name));
        fs::create_dir_all(folder.0.join("here")).unwrap();
        fs::write(folder.0.join("here/record.toml"), "").unwrap();
        // zsh looks for completions by their file's name.
        fs::write(folder.0.join("_gowrap"), gowrap(&["completions", shell])).unwrap();
        folder
    }

    fn script(&self) -> String {
        self.0.join("_gowrap").display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// A shell at a terminal.
struct Terminal {
    child: Child,
    screen: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn new(shell: &str, at: &Path, first: &str) -> Terminal {
        let mut command = Command::new("script");
        command.args(["-qfec", shell, "/dev/null"]).current_dir(at).env_clear();
        command.envs([("PATH", "/usr/bin:/bin"), ("TERM", "dumb"), ("LC_ALL", "C.UTF-8"), ("PS1", "")]);
        command.env("HOME", at).env("COLUMNS", "200");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                _ = sender.send(buffer[..length].to_vec());
            }
        });
        let mut terminal = Terminal { child, screen, seen: String::new() };
        terminal.keys(&format!("{first}; echo rea''dy\n"));
        terminal.until("ready\r\n");
        terminal
    }

    fn keys(&mut self, keys: &str) {
        self.child.stdin.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    fn until(&mut self, end: &str) -> String {
        let limit = Instant::now() + Duration::from_secs(240);
        loop {
            if let Some(at) = self.seen.find(end) {
                let before = self.seen[..at].to_owned();
                self.seen.drain(..at + end.len());
                return before;
            }
            let left = limit.saturating_duration_since(Instant::now());
            match self.screen.recv_timeout(left) {
                Ok(more) => self.seen.push_str(&String::from_utf8_lossy(&more)),
                Err(_) => panic!("no {end:?} in {:?}", self.seen),
            }
        }
    }

    /// The line that TAB makes of this one.
    fn completed(&mut self, line: &str) -> String {
        // Go to the beginning of the line, type a command there, go to the end, and type a mark.
        self.keys(&format!("{line}\t\x01printf '<%s>' li''ne \x05 en''d\n"));
        self.until("<line>");
        let words = self.until("<end>");
        words.split(['<', '>']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Returns the text that the screen shows after two TABs.
    fn listed(&mut self, line: &str) -> String {
        self.keys(&format!("{line}\t\t\x01\x0becho o''ver\n"));
        self.until("over\r\n")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Typed lines and the lines that TAB completes them to, in every shell.
const TABLE: &[(&str, &str)] = &[
    ("gowrap doc", "gowrap doctor"),
    ("gowrap dlv-d", "gowrap dlv-dap"),
    ("gowrap gof", "gowrap gofmt"),
    ("gowrap --expl", "gowrap --explain"),
    ("gowrap --explain=j", "gowrap --explain=json"),
    ("gowrap --host rec", "gowrap --host record.toml"),
    ("gowrap --host demo doc", "gowrap --host demo doctor"),
    ("gowrap --explain gof", "gowrap --explain gofmt"),
    ("gowrap -- gof", "gowrap -- gofmt"),
    ("gowrap setup --dry", "gowrap setup --dry-run"),
    ("gowrap setup --editor gol", "gowrap setup --editor goland"),
    ("gowrap env cap", "gowrap env capture"),
    ("gowrap completions fi", "gowrap completions fish"),
    ("gowrap doctor rec", "gowrap doctor record.toml"),
    ("gowrap doctor --js", "gowrap doctor --json"),
    ("gowrap ./rec", "gowrap ./record.toml"),
    // Behind a tool's name the line is the tool's: `dlv` here completes two words of its own, and gofmt files.
    ("gowrap dlv hea", "gowrap dlv headless"),
    ("gowrap --explain -- dlv hea", "gowrap --explain -- dlv headless"),
    ("gowrap --config record.toml dlv wai", "gowrap --config record.toml dlv wait"),
    ("gowrap gofmt rec", "gowrap gofmt record.toml"),
];

fn check(terminal: &mut Terminal, shell: &str) {
    for (typed, expected) in TABLE {
        assert_eq!(terminal.completed(typed), *expected, "{shell}: {typed}");
    }
    let listed = terminal.listed("gowrap ");
    for word in ["doctor", "setup", "go", "dlv", "gopls", "go_windows_amd64_exec"] {
        assert!(listed.split_whitespace().any(|shown| shown == word), "{shell}: {word}: {listed}");
    }
}

#[test]
fn bash_completes() {
    for (name, prelude, dlv) in [
        ("plain bash, words", ":", "complete -W 'headless wait' dlv"),
        (
            "plain bash, a function",
            ":",
            "_d() { COMPREPLY=($(compgen -W 'headless wait' -- \"$2\")); }; complete -F _d dlv",
        ),
        ("plain bash, a program", ":", "complete -C ./asked dlv"),
        ("bash-completion", ". /usr/share/bash-completion/bash_completion", "complete -W 'headless wait' dlv"),
    ] {
        let folder = Folder::new("bash");
        let asked = folder.0.join("here/asked");
        fs::write(&asked, "#!/bin/sh\n[ \"$COMP_LINE\" = \"$1 $2\" ] && printf 'headless\\nwait\\n' | grep \"^$2\"\n")
            .unwrap();
        fs::set_permissions(&asked, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let first = format!("bind 'set bell-style none'; {prelude}; . {}; {dlv}", folder.script());
        let mut terminal = Terminal::new("bash --norc --noprofile", &folder.0.join("here"), &first);
        check(&mut terminal, name);
    }
}

#[test]
fn zsh_completes() {
    let folder = Folder::new("zsh");
    let first = format!(
        "setopt no_beep; bindkey -e; fpath=({} $fpath); autoload -U compinit; compinit -D -u; \
         _dlv() {{ compadd headless wait }}; compdef _dlv dlv; compdef _files gofmt",
        folder.0.display()
    );
    let mut terminal = Terminal::new("zsh -f", &folder.0.join("here"), &first);
    check(&mut terminal, "zsh");
}

#[test]
fn fish_completes() {
    let folder = Folder::new("fish");
    let complete = |line: &str| {
        let script = format!(
            "source {}; complete -c dlv -f -a 'headless wait'; complete -C {}",
            folder.script(),
            shell_words::quote(line)
        );
        let mut command = Command::new("fish");
        command.args(["--no-config", "-c", &script]).current_dir(folder.0.join("here")).env("HOME", &folder.0);
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
        let lines = String::from_utf8(output.stdout).unwrap();
        lines.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (typed, expected) in TABLE {
        let last = expected.split(' ').next_back().unwrap();
        let found = complete(typed);
        assert!(found.iter().any(|word| word == last), "{typed}: {found:?}");
        assert!(found.len() == 1 || typed.ends_with("--expl"), "{typed}: {found:?}");
    }
    let listed = complete("gowrap ");
    for word in ["doctor", "setup", "go", "dlv", "gopls", "go_windows_amd64_exec"] {
        assert!(listed.iter().any(|shown| shown == word), "{word}: {listed:?}");
    }
    assert!(!complete("gowrap -- ").iter().any(|word| word == "doctor"), "behind -- there are only tools");
}

#[test]
fn the_scripts_are_sound() {
    let folder = Folder::new("bash");
    let check = Command::new("shellcheck").args(["-s", "bash", &folder.script()]).output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
    for shell in ["bash", "zsh", "fish"] {
        let script = gowrap(&["completions", shell]);
        for place in ["INLINE", "VALUED", "SUBCOMMANDS", "FILES", "VALUES", "OPTIONS", "WORDS", "COMPLETE"] {
            assert!(!script.contains(&format!("@{place}@")), "{shell}: {place}");
        }
    }
}

#[test]
fn help_fits_a_screen() {
    let commands: [&[&str]; 8] = [
        &[],
        &["doctor"],
        &["setup"],
        &["env"],
        &["env", "capture"],
        &["env", "show"],
        &["env", "forget"],
        &["completions"],
    ];
    for command in commands {
        for help in ["--help", "-h"] {
            let page = gowrap(&[command, &[help]].concat());
            // The last line is the prompt's.
            assert!(page.lines().count() < 24, "{command:?} {help}: {page}");
            let wide: Vec<_> = page.lines().filter(|line| line.chars().count() > 80).collect();
            assert!(wide.is_empty(), "{command:?} {help}: {wide:?}");
        }
    }
}
