//! Black-box tests: a world of folders and fake tools, the real binary called in it, and what came of the call.
//!
//!     let world = World::new();
//!     world.tool("bin/go");
//!     world.shim("go").path(["bin"]).args(["build"]).run().executed("bin/go");
//!
//! A fake tool writes down everything that it was started with. Every assertion looks at standard output, standard
//! error and the exit status together: a call that works says nothing of its own.

#![allow(dead_code, reason = "each file of tests uses its own part of this one")]

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(crate) mod proc_report;
mod program;
pub(crate) use proc_report::Report;
pub(crate) use program::gowrap;

/// The names that the installer links.
pub(crate) const NAMES: [&str; 8] =
    ["go", "gofmt", "dlv", "dlv-dap", "gopls", "go_windows_amd64_exec", "go_windows_386_exec", "go_windows_arm64_exec"];

/// Nothing here takes longer; what does, hangs.
const PATIENCE: Duration = Duration::from_secs(240);

/// The program that the links lead to: gowrap-shim, or the one in gowrap's folder that GOWRAP_LAUNCHER names.
pub(crate) fn launcher() -> PathBuf {
    gowrap().with_file_name(std::env::var_os("GOWRAP_LAUNCHER").unwrap_or("gowrap-shim".into()))
}

/// Returns true for the run that decides about a change. In it, a missing part is a failure and not a reason to skip.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}

/// Lock held while a file that will be executed is open for writing, and while a process is being started: a child
/// forked in between would hold that file open, and execve(2) would fail with ETXTBSY.
fn no_fork_while_writing() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Compiles a C program of `tests/`, unless that was done since its source was last changed. It is renamed into place:
/// what another test is running is never written to.
pub(crate) fn compile(source: &str, flags: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(source);
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(source.file_stem().unwrap());
    let changed = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    if changed(&made) > changed(&source) {
        return made;
    }
    let fresh = made.with_extension(std::process::id().to_string());
    let status = {
        let _lock = no_fork_while_writing();
        Command::new("cc").args(flags).arg("-o").arg(&fresh).arg(&source).status()
    };
    match status {
        Ok(status) if status.success() => fs::rename(fresh, &made).unwrap(),
        other => panic!("cc cannot compile {}: {other:?} (apt-get install gcc libc6-dev)", source.display()),
    }
    made
}

fn probe() -> &'static Path {
    static PROBE: LazyLock<PathBuf> = LazyLock::new(|| compile("support/probe.c", &["-O1", "-static", "-Wall"]));
    &PROBE
}

/// A folder of its own for one test, and everything that the calls in it see.
pub(crate) struct World {
    root: PathBuf,
}

impl World {
    /// A home, and a folder of shims that lead to the binary under test.
    pub(crate) fn new() -> World {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("world-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(root.join("home")).unwrap();
        let world = World { root: fs::canonicalize(root).unwrap() };
        world.link(gowrap(), "own/gowrap");
        world.link(launcher(), "own/launcher");
        for name in NAMES {
            world.link("../own/launcher", &format!("shims/{name}"));
        }
        world
    }

    /// A path in this world.
    pub(crate) fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// The path that a file is going to have, its folder made.
    fn place(&self, path: &str) -> PathBuf {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    /// A tool that writes down how it was started.
    pub(crate) fn tool(&self, path: &str) -> &World {
        let path = self.place(path);
        if fs::hard_link(probe(), &path).is_err() {
            self.copy(probe(), path);
        }
        self
    }

    /// A copy, made by another process.
    pub(crate) fn copy(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> &World {
        let to = self.place(to.as_ref().to_str().unwrap());
        let _lock = no_fork_while_writing();
        assert!(Command::new("cp").arg("--").arg(from.as_ref()).arg(to).status().unwrap().success());
        self
    }

    /// An executable file with these contents.
    pub(crate) fn executable(&self, path: &str, contents: impl AsRef<[u8]>) -> &World {
        self.file(path, contents, 0o755)
    }

    /// A file with these contents and this mode.
    pub(crate) fn file(&self, path: &str, contents: impl AsRef<[u8]>, mode: u32) -> &World {
        let path = self.place(path);
        let _lock = no_fork_while_writing();
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    /// A folder.
    pub(crate) fn folder(&self, path: &str) -> &World {
        fs::create_dir_all(self.at(path)).unwrap();
        self
    }

    /// A symbolic link.
    pub(crate) fn link(&self, target: impl AsRef<Path>, path: &str) -> &World {
        symlink(target, self.place(path)).unwrap();
        self
    }

    /// Makes a FIFO without a writer.
    pub(crate) fn fifo(&self, path: &str) -> &World {
        let path = self.place(path);
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        self
    }

    /// A call of gowrap by the name of a tool, as PATH would find it.
    pub(crate) fn shim(&self, name: &str) -> Case<'_> {
        Case::new(self, self.at("shims").join(name), name)
    }

    /// A call of gowrap by its own name.
    pub(crate) fn gowrap(&self) -> Case<'_> {
        Case::new(self, self.at("own/gowrap"), "gowrap")
    }

    /// A call of any other program, of this world or, by an absolute path, of the machine.
    pub(crate) fn program(&self, path: &str) -> Case<'_> {
        Case::new(self, self.at(path), path)
    }

    /// Returns the last report of the fake tool at that path.
    pub(crate) fn report(&self, tool: &str) -> Option<Report> {
        let text = fs::read(self.at(tool).parent().unwrap().join("report")).ok()?;
        Some(Report::parse(&text))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            _ = fs::remove_dir_all(&self.root);
        }
    }
}

/// A call, in the making.
#[derive(Clone)]
pub(crate) struct Case<'w> {
    world: &'w World,
    file: PathBuf,
    argv0: OsString,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    cwd: PathBuf,
}

impl<'w> Case<'w> {
    fn new(world: &'w World, file: PathBuf, argv0: &str) -> Self {
        let env = vec![("HOME".into(), world.at("home").into()), ("PATH".into(), world.at("shims").into())];
        Case { world, file, argv0: argv0.into(), args: Vec::new(), env, cwd: world.at("home") }
    }

    /// The folders of PATH after the shims': those of this world by their names, others by their absolute paths.
    pub(crate) fn path<const N: usize>(self, folders: [&str; N]) -> Self {
        let all: Vec<_> = std::iter::once("shims").chain(folders).map(|folder| self.world.at(folder)).collect();
        self.path_is(std::env::join_paths(all).unwrap())
    }

    /// All of PATH.
    pub(crate) fn path_is(self, path: impl AsRef<OsStr>) -> Self {
        self.env("PATH", path)
    }

    /// One more argument, or several.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// A variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self = self.unset(name);
        self.env.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// A variable that is not there.
    pub(crate) fn unset(mut self, name: &str) -> Self {
        self.env.retain(|(known, _)| known != name);
        self
    }

    /// The name under which gowrap is started, as after `exec -a NAME`.
    pub(crate) fn argv0(mut self, name: impl AsRef<OsStr>) -> Self {
        self.argv0 = name.as_ref().to_owned();
        self
    }

    /// The working directory.
    pub(crate) fn cwd(mut self, folder: &str) -> Self {
        self.cwd = self.world.at(folder);
        self
    }

    /// The process that this call starts, not yet started.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.file);
        command.arg0(&self.argv0).args(&self.args).current_dir(&self.cwd).env_clear().stdin(Stdio::null());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Outcome<'w> {
        let finished = finish(self.command());
        Outcome { case: self, finished }
    }
}

/// Output and exit status of a process.
pub(crate) struct Finished {
    pub(crate) status: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// Runs a process to its end, and kills it after a while. Its output goes to files: a full pipe would block it.
pub(crate) fn finish(mut command: Command) -> Finished {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let stem = format!("output-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let files = ["out", "err"].map(|end| Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{stem}.{end}")));
    command.stdout(File::create(&files[0]).unwrap()).stderr(File::create(&files[1]).unwrap()).process_group(0);
    let start = Instant::now();
    let mut child = {
        let _lock = no_fork_while_writing();
        command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"))
    };
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            // The whole group, which this function made: a shim may have left children behind.
            _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
            _ = child.wait();
            panic!("still running after {PATIENCE:?}: {command:?}\n{}", fs::read_to_string(&files[1]).unwrap());
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let [stdout, stderr] = files.map(|file| {
        let bytes = fs::read(&file).unwrap();
        _ = fs::remove_file(file);
        bytes
    });
    Finished { status: status.code(), signal: status.signal(), stdout, stderr }
}

/// A call that has been made.
pub(crate) struct Outcome<'w> {
    case: Case<'w>,
    pub(crate) finished: Finished,
}

impl Outcome<'_> {
    /// Standard output as text.
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.finished.stdout).into_owned()
    }

    /// Standard error as text.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.finished.stderr).into_owned()
    }

    /// Asserts output and status, all three.
    #[track_caller]
    pub(crate) fn printed(&self, stdout: &str, stderr: &str, status: i32) -> &Self {
        let seen = (self.stdout(), self.stderr(), self.finished.status);
        assert_eq!(seen, (stdout.to_owned(), stderr.to_owned(), Some(status)), "{:?}", self.case.command());
        self
    }

    /// Asserts that this tool ran with the arguments and the environment of the call, and that nothing was printed.
    #[track_caller]
    pub(crate) fn executed(&self, tool: &str) -> Report {
        let report = self.executed_somehow(tool);
        let mut env: Vec<_> =
            self.case.env.iter().map(|(name, value)| [name.as_bytes(), value.as_bytes()].join(&b'=')).collect();
        let mut seen = report.env.clone();
        // Command hands variables over in an order of its own; whether gowrap keeps it is asked elsewhere.
        env.sort();
        seen.sort();
        assert_eq!(texts(&seen), texts(&env), "the environment");
        report
    }

    /// Asserts that this tool ran with the arguments of the call, in any environment, and that nothing was printed.
    #[track_caller]
    pub(crate) fn executed_somehow(&self, tool: &str) -> Report {
        self.printed("", "", 0);
        let report = self.case.world.report(tool).unwrap_or_else(|| panic!("{tool} did not run"));
        let path = self.case.world.at(tool).into_os_string().into_vec();
        let mut expected: Vec<_> =
            std::iter::once(path).chain(self.case.args.iter().map(|arg| arg.as_bytes().to_vec())).collect();
        // Called by its own name, gowrap takes the tool's name for itself.
        let own = usize::from(self.case.file.ends_with("gowrap"));
        expected.drain(1..1 + own);
        assert_eq!(texts(&report.args), texts(&expected), "the arguments");
        report
    }

    /// Asserts a refusal: this status, nothing on standard output, and on standard error what was asked, with this
    /// code, then these words about the candidates, each in a line, then the way out.
    #[track_caller]
    pub(crate) fn refused(&self, status: i32, code: &str, candidates: &[&str]) -> &Self {
        let stderr = self.stderr();
        let context = format!("{:?} said:\n{stderr}", self.case.command());
        assert_eq!((self.stdout().as_str(), self.finished.status), ("", Some(status)), "{context}");
        let lines: Vec<_> = stderr.lines().collect();
        assert!(stderr.ends_with('\n') && lines.iter().all(|line| line.starts_with("gowrap: ")), "a prefix: {context}");
        assert!(lines[0].ends_with(&format!(" [{code}]")), "{code}: {context}");
        let fix = lines.iter().position(|line| line.starts_with("gowrap: fix: "));
        let fix = fix.unwrap_or_else(|| panic!("no way out: {context}"));
        for words in candidates {
            let found = lines[1..fix].iter().any(|line| line.starts_with("gowrap:   ") && line.contains(words));
            assert!(found, "no candidate's line has {words:?}: {context}");
        }
        self
    }
}

fn texts(strings: &[Vec<u8>]) -> Vec<String> {
    strings.iter().map(|bytes| bytes.escape_ascii().to_string()).collect()
}
