//! Scripts that run in the simulated WSL of `tests/lab`, with gowrap's links at hand, and what came of them.
//!
//!     lab(&["--without-go"], "cd /mnt/c && go version").status(0).out("windows/amd64");
//!
//! `$SHIMS` is the folder of links, `$SCRATCH` a folder of the script's own on the Linux side, gone when it ends. The
//! script's PATH has it before the Linux folders, and the Windows Go after them.

#![allow(dead_code, reason = "each file of tests uses its own part of this one")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Once};

/// Start of every script: `project FOLDER` makes a small module and changes to it, `current_go` puts a current Go for
/// Linux before Debian's, and `seconds COMMAND` prints the duration of a command in whole seconds.
const PRELUDE: &str = r#"
    set -u
    windows_go='/mnt/c/Program Files/Go/bin'
    export PATH=$SHIMS:/usr/bin:/bin:$windows_go
    current_go() { export PATH=$SHIMS:$CURRENT_GO:/usr/bin:/bin:$windows_go; }
    project() {
        mkdir -p "$1" && cd "$1" || exit 99
        printf 'module hello\n\ngo 1.19\n' >go.mod
        printf 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n' >main.go
        printf 'package main\n\nimport "testing"\n\nfunc TestPass(t *testing.T) {}\n' >main_test.go
    }
    seconds() { local began=$SECONDS; "$@"; echo "took $((SECONDS - began)) s"; }
"#;

/// Output and exit status of a script.
pub(crate) struct Answer {
    pub(crate) status: i32,
    /// Without the CR of Windows' line ends.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a script of bash in a fresh lab. `options` are those of `tests/lab/enter`.
#[track_caller]
pub(crate) fn lab(options: &[&str], script: &str) -> Answer {
    lab_with(options, &[], script)
}

/// The same with variables of the caller's.
#[track_caller]
pub(crate) fn lab_with(options: &[&str], variables: &[(&str, &str)], script: &str) -> Answer {
    static FETCH: Once = Once::new();
    FETCH.call_once(|| {
        let fetched = Command::new(root().join("tests/lab/fetch")).status().expect("tests/lab/fetch cannot be started");
        assert!(fetched.success(), "tests/lab/fetch failed: what the lab needs could not be had");
    });
    static SCRIPTS: AtomicU32 = AtomicU32::new(0);
    let number = SCRIPTS.fetch_add(1, Ordering::Relaxed);
    let scratch = shims().with_file_name(format!("scratch-{number}"));
    std::fs::create_dir_all(&scratch).expect("a folder for the script");
    let output = Command::new(root().join("tests/lab/enter"))
        .args(options)
        .args(["--", "/bin/bash", "-c", &format!("{PRELUDE}\n{script}")])
        .env("SHIMS", shims())
        .env("SCRATCH", &scratch)
        .env("CURRENT_GO", current_go())
        .env_remove("GOFLAGS")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("tests/lab/enter cannot be started");
    _ = std::fs::remove_dir_all(&scratch);
    Answer {
        status: output.status.code().unwrap_or(-1),
        stdout: without_wines_errors(&output.stdout).replace('\r', ""),
        stderr: without_wines_errors(&output.stderr),
    }
}

/// Returns the text without the lines that wine adds on a busy machine, when a thread ends while its program exits.
fn without_wines_errors(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.split_inclusive('\n').filter(|line| !line.starts_with("wine client error:")).collect()
}

/// Returns true if the lab has more than one user. Only root can add users. The run that decides about a change needs
/// them.
pub(crate) fn several_users() -> bool {
    use std::os::unix::fs::MetadataExt;
    let root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let missing = "only root can give the lab several users";
    assert!(root || std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
    if !root {
        eprintln!("NOT TESTED: {missing}");
    }
    root
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Folder of a current Go for Linux, which pip has fetched. Debian's delve refuses programs that this one builds.
fn current_go() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let script = root().join("tests/support/current-go.sh");
        let output = Command::new(script).stderr(Stdio::inherit()).output().expect("current-go.sh cannot be started");
        assert!(output.status.success(), "a current Go could not be fetched");
        PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim_end())
    });
    &FOLDER
}

/// The folder of links to the binary under test.
fn shims() -> &'static Path {
    static SHIMS: LazyLock<PathBuf> = LazyLock::new(|| {
        let built = || PathBuf::from(env!("CARGO_BIN_EXE_gowrap"));
        let gowrap = std::env::var_os("GOWRAP_BIN").map_or_else(built, PathBuf::from);
        let gowrap = gowrap.canonicalize().expect("GOWRAP_BIN names no file");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lab-{}/gowrap/shims", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for links");
        for name in [
            "go",
            "gofmt",
            "dlv",
            "gopls",
            "go_windows_amd64_exec",
            "go_windows_386_exec",
            "go_windows_arm64_exec",
            "gowrap",
        ] {
            _ = std::fs::remove_file(folder.join(name));
            std::os::unix::fs::symlink(
                gowrap.with_file_name(if name == "gowrap" { name } else { "gowrap-shim" }),
                folder.join(name),
            )
            .expect("a link to gowrap");
        }
        folder
    });
    &SHIMS
}

impl Answer {
    /// The script's exit status.
    #[track_caller]
    pub(crate) fn status(self, expected: i32) -> Self {
        assert_eq!(self.status, expected, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output holds this.
    #[track_caller]
    pub(crate) fn out(self, part: &str) -> Self {
        assert!(self.stdout.contains(part), "no {part:?} in stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard error holds this.
    #[track_caller]
    pub(crate) fn err(self, part: &str) -> Self {
        assert!(self.stderr.contains(part), "no {part:?} in stderr:\n{}\nstdout:\n{}", self.stderr, self.stdout);
        self
    }

    /// Neither holds this.
    #[track_caller]
    pub(crate) fn never(self, part: &str) -> Self {
        let whole = format!("{}\n{}", self.stdout, self.stderr);
        assert!(!whole.contains(part), "{part:?} in:\n{whole}");
        self
    }

    /// Standard output, line by line.
    #[track_caller]
    pub(crate) fn is(self, lines: &str) -> Self {
        let trim =
            |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
        assert_eq!(trim(&self.stdout), trim(lines), "stderr:\n{}", self.stderr);
        self
    }
}
