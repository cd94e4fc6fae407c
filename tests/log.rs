//! Tests of the log from outside: it is written if the user asks for it, and it never changes how the tool runs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use support::{Case, Report, World, finish};

/// A folder that the log may be in, gone with the test: for root that is one below its home.
struct Place(PathBuf);

impl Place {
    fn new(world: &World, name: &str) -> Place {
        let home = if nix::unistd::geteuid().is_root() { root_home() } else { world.at("home") };
        let folder = home.join(format!("gowrap-test-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Place(folder.join("go.log"))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(self.0.parent().unwrap());
    }
}

fn root_home() -> PathBuf {
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let root = passwd.lines().find(|line| line.split(':').nth(2) == Some("0")).unwrap();
    root.split(':').nth(5).unwrap().into()
}

fn world() -> World {
    let world = World::new();
    world.tool("bin/go");
    world
}

#[test]
fn a_file_gets_an_event_for_each_call() {
    let world = world();
    let place = Place::new(&world, "each");
    let log = &place.0;
    let call = || world.shim("go").path(["bin"]).env("GOWRAP_LOG", "info").env("GOWRAP_LOG_FILE", log);
    call().run().executed("bin/go");
    call().env("GOWRAP_LOG_FORMAT", "json").args(["build"]).run().executed("bin/go");
    let text = fs::read_to_string(log).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].contains("gowrap::resolve: runs path="), "{text}");
    assert!(lines[1].starts_with('{') && lines[1].contains(r#""target":"gowrap::resolve""#), "{text}");
    assert_eq!(lines.len(), 2, "{text}");
}

#[test]
fn the_log_goes_to_standard_error_by_default() {
    let world = world();
    let call = world.shim("go").path(["bin"]).env("GOWRAP_LOG", "debug").args(["--out", "hello", "--exit", "3"]).run();
    assert_eq!((call.stdout().as_str(), call.finished.status), ("hello", Some(3)));
    assert!(call.stderr().contains("INFO call{pid="), "{}", call.stderr());
}

#[test]
fn an_unknown_level_is_refused() {
    let world = world();
    let call = |name, value| world.shim("go").path(["bin"]).env(name, value);
    call("GOWRAP_LOG", "loud").run().refused(125, "GW903", &[]);
    call("GOWRAP_LOG", "info").env("GOWRAP_LOG_FORMAT", "xml").run().refused(125, "GW903", &[]);
    call("GOWRAP_LOG_FORMAT", "xml").run().executed("bin/go");
    call("GOWRAP_LOG_FILE", "/nowhere/log").run().executed("bin/go");
    call("GOWRAP_LOG", "").run().executed("bin/go");
}

#[test]
fn a_file_that_cannot_be_written_to_stops_nothing() {
    let world = world();
    world.fifo("fifo").folder("dir").link("fifo", "link");
    let files = ["fifo", "dir", "link", "none/log"].map(|name| world.at(name));
    for file in files.into_iter().chain(["/dev/full".into(), "/dev/tty".into()]) {
        let call = || world.shim("go").path(["bin"]).env("GOWRAP_LOG", "trace").env("GOWRAP_LOG_FILE", &file);
        call().run().executed("bin/go");
        let explained = call().env("GOWRAP_EXPLAIN", "1").run();
        assert!(explained.stdout().contains("nothing is logged to"), "{}", explained.stdout());
    }
}

/// A user's variable that root has kept must not make root write to another place.
#[test]
fn root_writes_a_log_only_in_its_own_folders() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = world();
    let log = world.at("home/log");
    let call = world.shim("go").path(["bin"]).env("GOWRAP_LOG", "info").env("GOWRAP_LOG_FILE", &log);
    let explained = call.env("GOWRAP_EXPLAIN", "1").run();
    assert!(explained.stdout().contains("root logs only below its home and in /var/log"), "{}", explained.stdout());
    assert!(!log.exists());
}

/// A shell that prepares something and then becomes the call, which it knows as `$0`.
fn behind_shell(script: &str, call: &Case) -> Command {
    let call = call.command();
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script).arg(call.get_program());
    command.env_clear().envs(call.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

/// The process state at the start of the tool, without its environment and the file behind standard error.
fn state(report: Report) -> Vec<String> {
    report.state.into_iter().filter(|line| !line.starts_with("fd 2 ")).collect()
}

/// A write to a pipe without a reader raises SIGPIPE.
#[test]
fn a_pipe_without_a_reader_kills_no_call() {
    let world = world();
    let without = state(world.shim("go").path(["bin"]).run().executed("bin/go"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = world.shim("go").path(["bin"]).env("GOWRAP_LOG", "trace").command();
    assert!(command.stdout(Stdio::null()).stderr(writer).status().unwrap().success());
    let with = state(world.report("bin/go").unwrap());
    let signals = |state: &[String]| -> Vec<String> {
        state.iter().filter(|line| line.to_lowercase().contains("sig")).cloned().collect()
    };
    assert!(!signals(&without).is_empty());
    assert_eq!(signals(&with), signals(&without));
}

/// A write to a full pipe blocks while its reader does not read.
#[test]
fn a_full_pipe_does_not_block_a_call() {
    let world = world();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let call = world.shim("go").path(["bin", "/usr/bin", "/bin"]).env("GOWRAP_LOG", "trace");
    // One that blocks is killed: its status is 137.
    let script = r#"head -c 65536 /dev/zero >&2; exec /usr/bin/timeout -s KILL 240 "$0" --exit 5"#;
    let mut command = behind_shell(script, &call);
    let status = command.stdout(Stdio::null()).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(5));
    drop(command);
    let mut text = Vec::new();
    reader.read_to_end(&mut text).unwrap();
    assert_eq!(text.len(), 65536, "nothing but the filling fits");
}

/// A write beyond `ulimit -f` raises SIGXFSZ; a write to a full disk is an error.
#[test]
fn a_limit_and_a_full_disk_stop_nothing() {
    let world = World::new();
    world.executable("bin/go", "#!/bin/sh\nexit 7\n");
    let place = Place::new(&world, "limit");
    let log = place.0.clone();
    for (script, file) in [(r#"ulimit -f 0; exec "$0""#, Some(&log)), (r#"exec "$0" 2>/dev/full"#, None)] {
        let mut case = world.shim("go").path(["bin"]).env("GOWRAP_LOG", "trace");
        if let Some(file) = file {
            case = case.env("GOWRAP_LOG_FILE", file);
        }
        let finished = finish(behind_shell(script, &case));
        assert_eq!((finished.status, finished.signal), (Some(7), None), "{script}");
        assert_eq!(String::from_utf8_lossy(&finished.stderr), "", "{script}");
    }
    assert_eq!(fs::read(&log).unwrap(), b"");
}

/// If descriptors 0 to 2 are closed, the log file must not become one of them.
#[test]
fn closed_descriptors_stay_closed() {
    let world = world();
    let place = Place::new(&world, "closed");
    let log = place.0.clone();
    let call = world.shim("go").path(["bin"]).env("GOWRAP_LOG", "info").env("GOWRAP_LOG_FILE", &log);
    finish(behind_shell(r#"exec "$0" --out noise --err noise <&- >&- 2>&-"#, &call));
    let report = world.report("bin/go").unwrap();
    let open: Vec<_> = report.state.iter().filter(|line| line.starts_with("fd ")).collect();
    let is_ours =
        |line: &str| ["fd 0 ", "fd 1 ", "fd 2 "].iter().any(|fd| line.starts_with(fd)) || line.ends_with("/go.log");
    assert!(!open.iter().any(|line| is_ours(line)), "{open:#?}");
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.contains("gowrap::resolve") && !text.contains("noise"), "{text}");
}
