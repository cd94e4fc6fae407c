//! The shims stay first on PATH: shells and situations, with real shells on a terminal, real mise, direnv and tmux.
//!
//! The table in docs/first-on-path.md is held to what is seen here. A shell that is missing fails.

#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use program::{gowrap, is_root};

const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "dash"];

/// The folder of a real mise.
fn mise() -> &'static str {
    static FOLDER: OnceLock<String> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/current-mise.sh");
        let output = Command::new(script).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    })
}

/// A home with other programs named `go` in it, gone afterwards.
struct Home {
    root: PathBuf,
}

impl Home {
    fn new() -> Home {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gowrap-first-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let home = Home { root: std::env::temp_dir().join(name) };
        fs::create_dir_all(home.dir()).unwrap();
        fs::write(home.root.join("passwd"), format!("root:x:0:0:root:{}:/bin/sh\n", home.path())).unwrap();
        for folder in ["other", ".asdf/shims", ".local/share/mise/installs/go/1.99.0/bin"] {
            home.file(&format!("{folder}/go"), "#!/bin/sh\necho other\n");
            fs::set_permissions(home.dir().join(folder).join("go"), fs::Permissions::from_mode(0o755)).unwrap();
        }
        home.file("by-mise/mise.toml", "[tools]\ngo = \"1.99.0\"\n");
        home.file("by-direnv/.envrc", "PATH_add ../other\n");
        home
    }

    fn dir(&self) -> PathBuf {
        self.root.join("home")
    }

    fn path(&self) -> String {
        self.dir().display().to_string()
    }

    fn shim(&self) -> String {
        format!("{}/.local/share/gowrap/shims/go", self.path())
    }

    fn file(&self, name: &str, contents: &str) {
        let path = self.dir().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    fn append(&self, name: &str, line: &str) {
        let before = fs::read_to_string(self.dir().join(name)).unwrap_or_default();
        self.file(name, &format!("{before}{line}\n"));
    }

    /// Runs a program as the user of the home, with these lines on its standard input.
    fn run(&self, words: &[&str], variables: &[(&str, &str)], input: &str) -> String {
        let is_root = is_root();
        let mut command = Command::new("unshare");
        command.arg(if is_root { "-m" } else { "-Urm" });
        command.args(["sh", "-c", "mount --bind \"$0/passwd\" /etc/passwd && exec \"$@\""]);
        command.arg(&self.root).args(words).current_dir(self.dir()).env_clear();
        // An interactive fish in a fresh home starts Python to read every manual page, and this keeps it from that.
        command.env("FISH_UNIT_TESTS_RUNNING", "1");
        command.env("HOME", self.dir()).env("PATH", "/usr/local/bin:/usr/bin:/bin").env("TERM", "dumb");
        command.env("MISE_TRUSTED_CONFIG_PATHS", self.dir()).env("MISE_OFFLINE", "1").envs(variables.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).replace('\r', "")
    }

    fn setup(&self) -> String {
        let page = self.run(&[gowrap().to_str().unwrap(), "setup"], &[], "");
        assert!(!page.contains("gowrap: "), "{page}");
        page
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.root);
    }
}

/// The line that asks what `go` is. Its echo on the terminal does not look like its output.
fn ask(shell: &str) -> &'static str {
    if shell == "fish" { "echo \"go:\"\" \"(command -v go)" } else { "echo \"go:\"\" $(command -v go)\"" }
}

/// The last answer.
fn answer(output: &str) -> Option<&str> {
    output
        .lines()
        .filter_map(|line| line.split_once("go: "))
        .map(|(_, go)| go.trim())
        .rfind(|go| !go.starts_with('$') && !go.contains("command -v"))
}

/// The file of a shell that an interactive one reads.
fn rc(shell: &str) -> &'static str {
    match shell {
        "bash" => ".bashrc",
        "zsh" => ".zshrc",
        "fish" => ".config/fish/config.fish",
        _ => ".profile",
    }
}

/// Returns a line that puts a folder first on PATH.
fn prepend(shell: &str, folder: &str) -> String {
    if shell == "fish" { format!("set -gx PATH {folder} $PATH") } else { format!("export PATH={folder}:\"$PATH\"") }
}

fn activate(shell: &str) -> String {
    let eval =
        |command: &str| if shell == "fish" { format!("{command} | source") } else { format!("eval \"$({command})\"") };
    [prepend(shell, mise()), eval(&format!("mise activate {shell}")), eval(&format!("direnv hook {shell}"))].join("\n")
}

/// The way in which a shell is started for the question.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Terminal(&'static [&'static str]),
    Command(&'static [&'static str]),
    Ssh,
    Tmux,
}

/// A row of the table.
struct Situation {
    name: &'static str,
    start: Start,
    /// Prepares the home; false where it concerns no such shell.
    before: fn(&Home, &str) -> bool,
    /// Changes it between two runs of setup.
    after: fn(&Home, &str),
    /// The lines that are typed before the question.
    typed: fn(&Home, &str) -> Vec<String>,
    variables: fn(&Home) -> Vec<(&'static str, String)>,
    /// The cells, in the order of [`SHELLS`].
    cells: [&'static str; 4],
}

const FIRST: &str = "first";
const NONE: &str = "–";

impl Situation {
    const fn new(name: &'static str, start: Start, cells: [&'static str; 4]) -> Situation {
        Situation {
            name,
            start,
            before: |home, shell| {
                home.file(rc(shell), "");
                true
            },
            after: |_, _| {},
            typed: |_, _| Vec::new(),
            variables: |_| Vec::new(),
            cells,
        }
    }
}

fn with_managers(home: &Home, shell: &str) -> bool {
    home.file(rc(shell), &(activate(shell) + "\n"));
    shell != "dash"
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

const INTERACTIVE: Start = Start::Terminal(&["-i"]);
const LOGIN: Start = Start::Terminal(&["-l", "-i"]);

fn situations() -> Vec<Situation> {
    let typed =
        |name, typed, cells| Situation { before: with_managers, typed, ..Situation::new(name, INTERACTIVE, cells) };
    let all = [FIRST, FIRST, FIRST, NONE];
    let zsh = [NONE, FIRST, NONE, NONE];
    vec![
        Situation::new("login shell", LOGIN, [FIRST; 4]),
        Situation::new("login shell that runs a command (`-l -c`)", Start::Command(&["-l", "-c"]), [FIRST; 4]),
        Situation::new(
            "interactive shell without a login, as in VS Code's terminal",
            INTERACTIVE,
            [FIRST, FIRST, FIRST, "inherits"],
        ),
        Situation::new(
            "shell that runs a command (`-c`)",
            Start::Command(&["-c"]),
            ["inherits", FIRST, FIRST, "inherits"],
        ),
        Situation::new("`ssh HOST go`", Start::Ssh, [FIRST, FIRST, FIRST, "`--system`"]),
        Situation {
            before: |home, shell| {
                home.file(rc(shell), "case $- in *i*) ;; *) return ;; esac\n");
                shell == "bash"
            },
            ..Situation::new(
                "`ssh HOST go`, if `.bashrc` returns early for a command, as Ubuntu's does",
                Start::Ssh,
                ["`--system`", NONE, NONE, NONE],
            )
        },
        Situation {
            after: |home, shell| home.append(rc(shell), &prepend(shell, "~/other")),
            ..Situation::new("a PATH line added below gowrap's, then `gowrap setup` again", LOGIN, [FIRST; 4])
        },
        Situation {
            before: |home, shell| {
                home.file(rc(shell), &(prepend(shell, "~/other") + "\n"));
                true
            },
            ..Situation::new("a PATH line that was there before setup", LOGIN, [FIRST; 4])
        },
        Situation {
            before: |home, shell| {
                home.file(".bash_profile", ". ~/.bashrc\nexport PATH=~/other:/usr/bin:/bin\n");
                home.file(".zprofile", "export PATH=~/other:/usr/bin:/bin\n");
                home.file(".bashrc", "");
                shell == "bash" || shell == "zsh"
            },
            ..Situation::new("`.bash_profile` or `.zprofile` replaces PATH", LOGIN, [FIRST, FIRST, NONE, NONE])
        },
        Situation {
            before: |home, shell| {
                home.file("z/.zshrc", "export PATH=~/other:$PATH\n");
                shell == "zsh"
            },
            variables: |home| vec![("ZDOTDIR", format!("{}/z", home.path()))],
            ..Situation::new("ZDOTDIR in the environment", INTERACTIVE, zsh)
        },
        Situation {
            before: |home, shell| {
                home.file(".zshenv", "export ZDOTDIR=~/z\n");
                home.file("z/.zshrc", "export PATH=~/other:$PATH\n");
                shell == "zsh"
            },
            ..Situation::new("ZDOTDIR in `~/.zshenv`", INTERACTIVE, zsh)
        },
        typed("`mise activate`, in a project folder", |_, _| lines(&["cd ~/by-mise"]), all),
        typed("`mise activate`, with `cd` and `go` on one line", |_, _| lines(&["cd ~", "cd ~/by-mise; true"]), all),
        typed(
            "direnv's `PATH_add`, in a project folder",
            |_, _| lines(&["direnv allow ~/by-direnv", "cd ~/by-direnv"]),
            all,
        ),
        Situation {
            before: |home, shell| {
                home.file(rc(shell), &(prepend(shell, "~/.asdf/shims") + "\n"));
                shell != "dash"
            },
            ..Situation::new("asdf's line", INTERACTIVE, all)
        },
        typed(
            "a folder that you put in front of PATH, at the next prompt",
            |_, shell| vec![prepend(shell, "~/other")],
            all,
        ),
        typed(
            "`mise activate` typed at the prompt, in a project folder",
            |_, shell| [activate(shell).lines().map(str::to_owned).collect(), lines(&["cd ~/by-mise"])].concat(),
            all,
        ),
        typed(
            "start files sourced again, then a project folder",
            |_, shell| vec![format!("source ~/{}", rc(shell)), "cd ~/by-mise".to_owned()],
            all,
        ),
        typed(
            "`exec $SHELL`, then a project folder",
            |_, shell| vec![format!("exec {shell} -i"), "cd ~/by-mise".to_owned()],
            all,
        ),
        Situation {
            before: with_managers,
            ..Situation::new("a new window of a tmux server that was started before setup", Start::Tmux, all)
        },
        typed(
            "`GOWRAP_HOOK=off`, in a project folder of direnv",
            |_, shell| {
                let off = if shell == "fish" { "set -gx GOWRAP_HOOK off" } else { "GOWRAP_HOOK=off" };
                lines(&[off, "direnv allow ~/by-direnv", "cd ~/by-direnv"])
            },
            ["off", "off", "off", NONE],
        ),
    ]
}

/// Types lines into a shell on a terminal.
fn type_into(home: &Home, shell: &str, options: &[&str], typed: &[String], variables: &[(&str, &str)]) -> String {
    let command = [&[shell], options].concat().join(" ");
    let text = [typed, &[ask(shell).to_owned(), "exit".to_owned()]].concat().join("\n") + "\n";
    home.run(&["script", "-qec", &command, "/dev/null"], variables, &text)
}

fn in_tmux(home: &Home, shell: &str) -> String {
    let shell_path = format!("/usr/bin/{shell}");
    let question = ask(shell).replace("echo", "echo >~/answer.new");
    let typed = shell_words::quote(&format!("cd ~/by-mise; {question}; mv ~/answer.new ~/answer")).into_owned();
    let script = format!(
        "tmux -S \"$HOME/s\" -f /dev/null new-session -d cat && tmux -S \"$HOME/s\" set -g default-shell {shell_path} && \
         {} setup >/dev/null && tmux -S \"$HOME/s\" new-window && \
         tmux -S \"$HOME/s\" send-keys -l {typed} && tmux -S \"$HOME/s\" send-keys Enter; \
         for i in $(seq 100); do [ -s ~/answer ] && break; sleep 0.1; done; cat ~/answer; tmux -S \"$HOME/s\" kill-server",
        gowrap().display(),
    );
    home.run(&["sh", "-c", &script], &[], "")
}

/// The cell that a shell has in a situation.
fn cell(situation: &Situation, shell: &str) -> (String, String) {
    let home = Home::new();
    if !(situation.before)(&home, shell) {
        return (NONE.to_owned(), String::new());
    }
    let variables = (situation.variables)(&home);
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let own = gowrap();
    if situation.start != Start::Tmux {
        let setup = |words: &[&str]| {
            let page = home.run(&[&[own.to_str().unwrap(), "setup"], words].concat(), &variables, "");
            assert!(!page.contains("gowrap: "), "{page}");
            page
        };
        setup(&[]);
        (situation.after)(&home, shell);
        if situation.name.contains("`gowrap setup` again") && shell != "fish" {
            assert!(setup(&[]).contains("add to "), "{shell}: the line moves");
        }
        let page = setup(&["--dry-run"]);
        assert!(page.contains("nothing to change"), "{}: {shell}: {page}", situation.name);
    }
    let typed = (situation.typed)(&home, shell);
    let output = match situation.start {
        Start::Terminal(options) => type_into(&home, shell, options, &typed, &variables),
        Start::Command(options) => home.run(&[&[shell], options, &[ask(shell)]].concat(), &variables, ""),
        Start::Ssh => home.run(&[shell, "-c", ask(shell)], &[("SSH_CLIENT", "127.0.0.1 5 22"), ("SHLVL", "0")], ""),
        Start::Tmux => in_tmux(&home, shell),
    };
    let go = answer(&output).unwrap_or_default();
    let cell = match go {
        _ if go == home.shim() => FIRST.to_owned(),
        _ if go.ends_with("/other/go") && go.starts_with(&home.path()) => "off".to_owned(),
        "" | "/usr/bin/go" | "/usr/local/bin/go" if situation.start == Start::Ssh => "`--system`".to_owned(),
        "" | "/usr/bin/go" | "/usr/local/bin/go" => "inherits".to_owned(),
        other => format!("{other}?"),
    };
    (cell, output)
}

#[test]
fn the_shims_are_first_in_each_shell_and_situation() {
    let mut table = String::from("| | bash | zsh | fish | dash |\n|---|---|---|---|---|\n");
    let mut wrong = Vec::new();
    for situation in situations() {
        let cells: Vec<(String, String)> = std::thread::scope(|scope| {
            let cells: Vec<_> = SHELLS.iter().map(|shell| scope.spawn(|| cell(&situation, shell))).collect();
            cells.into_iter().map(|cell| cell.join().unwrap()).collect()
        });
        for ((shell, expected), (cell, output)) in SHELLS.iter().zip(situation.cells).zip(&cells) {
            if cell != expected {
                wrong.push(format!("{}, {shell}: {cell} where {expected} is expected:\n{output}", situation.name));
            }
        }
        table.push_str(&format!("| {} | {} |\n", situation.name, situation.cells.join(" | ")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/first-on-path.md")).unwrap();
    assert!(page.contains(&table), "docs/first-on-path.md lacks this table:\n{table}");
}

/// The managers of the table do put their folders in front where gowrap's hook is not there to move its own back.
#[test]
fn without_the_hook_a_version_manager_is_first() {
    for shell in ["bash", "zsh", "fish"] {
        let home = Home::new();
        with_managers(&home, shell);
        home.setup();
        let typed = lines(&["cd ~/by-mise"]);
        for name in ["hook.bash", "hook.zsh"] {
            home.file(&format!(".local/share/gowrap/{name}"), "");
        }
        let output = type_into(
            &home,
            shell,
            &["-i"],
            &[&typed[..], &[prepend(shell, "~/other")]].concat(),
            &[("GOWRAP_HOOK", "off")],
        );
        assert!(answer(&output).is_some_and(|go| go.ends_with("/other/go")), "{shell}: {output}");
    }
}

/// A prompt keeps the status of the command before it, and PATH does not grow.
#[test]
fn the_hook_keeps_the_exit_status_and_the_length_of_path() {
    for (shell, status) in [("bash", "$?"), ("zsh", "$?"), ("fish", "$status")] {
        let home = Home::new();
        with_managers(&home, shell);
        home.setup();
        let length = if shell == "fish" {
            "echo \"len\"gth:(count $PATH)"
        } else {
            "echo \"len\"gth:$(echo $PATH | tr : '\\n' | wc -l)"
        };
        let back = prepend(shell, "~/other");
        let typed = [
            "cd ~/by-mise",
            "cd ~",
            length,
            "cd ~/by-mise",
            "cd ~",
            "cd ~/by-mise",
            "cd ~",
            length,
            &back,
            "false",
            &format!("echo \"sta\"tus:{status}"),
        ];
        let output = type_into(&home, shell, &["-i"], &lines(&typed), &[]);
        let lengths: Vec<&str> =
            output.lines().filter_map(|line| line.split_once("length:")).map(|(_, rest)| rest.trim()).collect();
        assert!(lengths.len() == 2 && lengths[0] == lengths[1], "{shell}: {lengths:?}: {output}");
        assert!(output.contains("status:1"), "{shell}: {output}");
    }
}

/// The verdict names a shell active only where it is.
#[test]
fn the_reported_state_of_each_shell_is_true() {
    type Prepare = fn(&Home);
    let table: [(&str, Prepare, &str, &str); 6] = [
        (
            "an alias",
            |home| home.file(".bashrc", "alias go='go -x'\n"),
            "not active     bash, login: go is an alias: alias go='go -x'",
            "unalias go",
        ),
        (
            "a function",
            |home| home.file(".bashrc", "go() { :; }\n"),
            "not active     bash, interactive: go is a function",
            "unset -f go",
        ),
        (
            "a function of fish",
            |home| home.file(".config/fish/config.fish", "function go; end\n"),
            "not active     fish, login: go is a function",
            "functions --erase go",
        ),
        (
            "a read-only file",
            |home| {
                home.file(".bashrc", "export PATH=/nowhere\n");
                fs::set_permissions(home.dir().join(".bashrc"), fs::Permissions::from_mode(0o444)).unwrap();
            },
            "not active     bash, interactive: ",
            "paste this as the last line of ",
        ),
        (
            "Windows line ends",
            |home| home.file(".bashrc", "if true; then\r\n:\r\nfi\r\n"),
            "not active     bash, interactive: ",
            "has Windows line ends, and bash fails there: sed -i 's/\\r$//' ",
        ),
        (
            "a file that ends the shell",
            |home| home.file(".bashrc", "exit 0\n"),
            "not active     bash, interactive: it did not answer",
            "paste this as the last line of ",
        ),
    ];
    for (name, prepare, expected, remedy) in table {
        let home = Home::new();
        // A login reads .bashrc too, as on most distributions.
        if name == "an alias" {
            home.file(".profile", ". ~/.bashrc\n");
        }
        prepare(&home);
        let page = home.setup();
        assert!(page.contains(expected) && page.contains(remedy), "{name}: {page}");
        assert!(page.contains("active         zsh, login and interactive\n"), "{name}: {page}");
    }
    let home = Home::new();
    let page = home.setup();
    for shell in
        ["bash, login and interactive", "zsh, login and interactive", "fish, login and interactive", "dash, login"]
    {
        assert!(page.contains(&format!("active         {shell}\n")), "{shell}: {page}");
    }
    assert!(page.contains("not active     cron, systemd --user, sudo"), "{page}");
    assert!(!home.dir().join(".bash_history").exists(), "a look leaves nothing behind");
    assert!(!home.dir().join(".local/state/gowrap/session").exists(), "and takes no snapshot");
}
