//! A machine that fails: what is missing, full, slow, changing or against the rules while gowrap looks at it.
//!
//! Whatever happens, one of three things comes of it: the tool runs, or gowrap says why not and ends with 125, 126 or
//! 127, or the signal that was sent ends it. It never hangs and never crashes. `docs/faults.md` has the table.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use support::{Finished, World, compile, finish, in_ci};

/// Runs a script of a shell as the root of namespaces of its own, where it may mount. `$W` is the world, PATH the
/// system's.
fn in_namespace(world: &World, script: &str) -> Option<Finished> {
    if !Command::new("unshare").args(["-rm", "true"]).output().is_ok_and(|output| output.status.success()) {
        assert!(!in_ci(), "no user namespaces here");
        eprintln!("skipped: no user namespaces here");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-euc", script]).current_dir(world.at("home")).stdin(Stdio::null());
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("W", world.at(""));
    Some(finish(command))
}

/// The same as a user without any rights over files: not even root may do what a mode forbids.
fn without_rights(mut command: Command) -> Finished {
    let mut wrapped = Command::new("unshare");
    wrapped.arg("-U").arg(command.get_program()).args(command.get_args());
    wrapped.current_dir(command.get_current_dir().unwrap()).env_clear().stdin(Stdio::null());
    wrapped.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    _ = &mut command;
    finish(wrapped)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Asserts that the tool ran and that nothing was printed.
#[track_caller]
fn ran(finished: &Finished) {
    let said = (text(&finished.stdout), text(&finished.stderr));
    assert_eq!((finished.status, said), (Some(0), ("ran\n".to_owned(), String::new())));
}

/// Asserts a refusal with this status and code, whose lines have these words.
#[track_caller]
fn refused(finished: &Finished, status: i32, code: &str, words: &str) {
    let stderr = text(&finished.stderr);
    assert_eq!((finished.status, text(&finished.stdout).as_str()), (Some(status), ""), "{stderr}");
    assert!(stderr.lines().all(|line| line.starts_with("gowrap: ")) && stderr.contains("gowrap: fix: "), "{stderr}");
    assert!(stderr.contains(&format!("[{code}]")) && stderr.contains(words), "{stderr}");
}

/// A world with a static tool that says so when it runs.
fn world() -> World {
    let world = World::new();
    let tool = compile("support/ran.c", &["-O1", "-static"]);
    world.copy(&tool, "bin/go").copy(&tool, "bin/dlv-dap");
    world
}

/// By its path: the PATH of these calls leads elsewhere.
const STRACE: &str = "/usr/bin/strace";

const GO: &str = "exec env -i HOME=$W/home PATH=$W/shims:$W/bin $W/shims/go";

// What is missing.

#[test]
fn without_proc_the_tool_is_found() {
    let world = world();
    world.executable("script/dlv-dap", "#!/bin/sh\nexec dlv-dap\n");
    let Some(finished) = in_namespace(&world, &format!("mount -t tmpfs none /proc; {GO}")) else { return };
    ran(&finished);
    // And a loop still ends: the process's id alone is a mark, too.
    let looped = "mount -t tmpfs none /proc; exec env -i PATH=$W/shims:$W/script:/bin $W/shims/dlv-dap";
    refused(&in_namespace(&world, looped).unwrap(), 126, "GW212", "script/dlv-dap");
}

#[test]
fn without_passwd_the_tool_is_found_and_a_snapshot_has_no_home() {
    let world = world();
    let Some(finished) = in_namespace(&world, "mount -t tmpfs none /etc; exec env -i PATH=$W/shims:$W/bin $W/shims/go")
    else {
        return;
    };
    ran(&finished);
    let capture = "mount -t tmpfs none /etc; exec env -i PATH=$W/bin WSL_DISTRO_NAME=U $W/own/gowrap env capture";
    refused(&in_namespace(&world, capture).unwrap(), 125, "GW931", "not in /etc/passwd");
}

#[test]
fn an_unreadable_or_deleted_working_directory_is_no_obstacle() {
    let world = world();
    world.folder("home/closed");
    let call = world.shim("go").path(["bin"]);
    let script = "mkdir gone; cd gone; rmdir ../gone; exec \"$0\"";
    let mut gone = Command::new("sh");
    gone.args(["-euc", script]).arg(world.at("shims/go")).current_dir(world.at("home")).env_clear();
    gone.env("PATH", std::env::join_paths([&world.at("shims"), &world.at("bin"), Path::new("/bin")]).unwrap());
    ran(&finish(gone));
    // Entered while it was open: as a user whom the mode binds, and no root's.
    let mut closed = Command::new("sh");
    closed.args(["-euc", "cd closed; chmod 0 .; exec \"$0\""]).arg(world.at("shims/go")).current_dir(world.at("home"));
    closed.envs(call.command().get_envs().filter_map(|(name, value)| Some((name, value?))));
    closed.env("PATH", std::env::join_paths([&world.at("shims"), &world.at("bin"), Path::new("/bin")]).unwrap());
    let finished = without_rights(closed);
    _ = Command::new("chmod").arg("700").arg(world.at("home/closed")).status();
    ran(&finished);
}

// PATH.

#[test]
fn a_path_of_ten_thousand_entries_is_searched() {
    let world = world();
    let many: String = (0..10_000).map(|number| format!(":/e/{number}")).collect();
    let path = format!("{}{many}:{}", world.at("shims").display(), world.at("bin").display());
    let outcome = world.shim("go").path_is(&path).run();
    ran(&outcome.finished);
    let without = format!("{}{many}", world.at("shims").display());
    let outcome = world.shim("dlv-dap").path_is(&without).run();
    outcome.refused(127, "GW204", &[]);
}

#[test]
fn a_drive_that_never_answers_is_not_asked() {
    let world = world();
    world.folder("mnt/c");
    let program = compile("support/mute_drive.c", &["-O1", "-static", "-Wall"]);
    let path = "$W/shims:$W/mnt/c:$W/mnt/c/Windows:$W/mnt/c/Program\\ Files/Go/bin:$W/bin";
    let run = |call: &str| {
        let script = format!(
            "mount -t tmpfs none /run; mkdir /run/WSL; exec {} $W/mnt/c /bin/sh -euc 'PATH={path}; {call}'",
            program.display()
        );
        in_namespace(&world, &script)
    };
    let Some(finished) = run("export HOME=$W/home PATH WSL_DISTRO_NAME=U; exec $W/shims/go") else { return };
    ran(&finished);
    // Where a person asks, or a file on the drive would say more, a process that is not waited for looks first.
    for call in [
        "GOWRAP_EXPLAIN=text exec /usr/bin/timeout -s KILL 200 $W/shims/go",
        "PATH=$W/mnt/c:$W/nothing; GOWRAP_EXPLAIN=text exec /usr/bin/timeout -s KILL 200 $W/shims/gopls",
        "GOWRAP_DEBUG_CLIENT=windows exec /usr/bin/timeout -s KILL 200 $W/shims/dlv-dap --listen=:2345",
        "exec /usr/bin/timeout -s KILL 200 $W/own/gowrap doctor",
    ] {
        let finished = run(&format!("export HOME=$W/home PATH WSL_DISTRO_NAME=U; {call}")).unwrap();
        assert_ne!(finished.status, Some(137), "{call} hangs");
        if call.contains("gopls") || call.contains("doctor") {
            let said =
                (text(&finished.stdout) + &text(&finished.stderr)).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(said.contains("does not answer"), "{call}: {said}");
        }
    }
    // The drive is one, and it really does not answer.
    let finished = run("exec /usr/bin/timeout -s KILL 2 /usr/bin/stat $W/mnt/c/go").unwrap();
    assert_eq!(finished.status, Some(137), "{}", text(&finished.stderr));
    let finished = run("exec /usr/bin/timeout -s KILL 200 $W/own/gowrap path -u C:/x").unwrap();
    assert_eq!(text(&finished.stdout), format!("{}\n", world.at("mnt/c/x").display()), "{}", text(&finished.stderr));
}

#[test]
fn a_circle_of_links_ends() {
    let world = world();
    world.link("b", "a").link("a", "b").link("loop", "loop").folder("deep").link("../deep", "deep/deep");
    let outcome = world.shim("go").path(["a", "b", "loop/x", "deep/deep/deep", "bin"]).run();
    ran(&outcome.finished);
    let outcome = world.shim("dlv-dap").path(["a", "loop", "deep/deep"]).run();
    assert!([126, 127].contains(&outcome.finished.status.unwrap()), "{}", outcome.stderr());
}

// Files that change while gowrap reads them.

#[test]
fn a_candidate_that_changes_before_execve_is_reported() {
    let world = world();
    world
        .copy(world.at("bin/go"), "kept/elf")
        .executable("kept/script", "#!/bin/sh\necho ran\n")
        .executable("kept/empty", "")
        .executable("kept/lost", "#!/nowhere/sh\n")
        .file("kept/closed", "#!/bin/sh\n", 0o644)
        .link("nowhere", "kept/dangling")
        .folder("changing")
        .folder("kept/folder");
    let done = AtomicBool::new(false);
    let (mut successes, mut refusals) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let at = world.at("changing/dlv-dap");
            for kind in ["elf", "script", "empty", "lost", "closed", "dangling", "folder", "nothing"].iter().cycle() {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                // A link is exchanged, so that no file is ever open for writing.
                let fresh = world.at("changing/fresh");
                _ = std::fs::remove_file(&fresh);
                if *kind == "nothing" {
                    _ = std::fs::remove_file(&at);
                } else {
                    std::os::unix::fs::symlink(world.at("kept").join(kind), &fresh).unwrap();
                    std::fs::rename(&fresh, &at).unwrap();
                }
                std::thread::sleep(Duration::from_micros(300));
            }
        });
        let start = Instant::now();
        // On a busy machine each of the two outcomes may need more calls.
        let is_long = || start.elapsed() > Duration::from_secs(240);
        while (successes + refusals < 300 || successes == 0 || refusals == 0) && !is_long() {
            let finished = world.shim("dlv-dap").path(["changing"]).run().finished;
            let (stdout, stderr) = (text(&finished.stdout), text(&finished.stderr));
            match finished.status {
                Some(0) if stdout == "ran\n" && stderr.is_empty() => successes += 1,
                // Its interpreter, a shell, may be the one who finds the script gone, or empty.
                Some(0) if stdout.is_empty() && stderr.is_empty() => refusals += 1,
                Some(status @ (126 | 127)) if stdout.is_empty() && !stderr.is_empty() => {
                    assert!(stderr.starts_with("gowrap: ") || status == 127, "{stderr}");
                    refusals += 1;
                }
                // A script that has become a program in front of its interpreter.
                Some(2) if stderr.contains("dlv-dap") && !stderr.contains("gowrap") => refusals += 1,
                status => {
                    done.store(true, Ordering::Relaxed);
                    panic!("{status:?} {stdout} {stderr}");
                }
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(successes > 0 && refusals > 0, "{successes} times it ran, {refusals} times it was refused");
}

/// Runs a tool with one of its system calls failing, or with a signal at it. It is one that the machine itself has
/// nowhere: another of the same name would be the next candidate.
fn with_fault(world: &World, inject: &str) -> Finished {
    // nohup(1) and a shell's `&` leave SIGINT ignored, and the program would inherit that.
    let mut command = Command::new("/usr/bin/env");
    command.args(["--default-signal=INT", STRACE, "-qq", "-o", "/dev/null", "-e", &format!("inject={inject}")]);
    command.arg(world.at("shims/dlv-dap"));
    command.current_dir(world.at("home")).env_clear().stdin(Stdio::null());
    command.env("HOME", world.at("home")).env("PATH", format!("{}:/empty:{}", at(world, "shims"), at(world, "bin")));
    finish(command)
}

fn at(world: &World, path: &str) -> String {
    world.at(path).into_os_string().into_string().unwrap()
}

fn has_strace() -> bool {
    let has = Command::new(STRACE).arg("-V").output().is_ok();
    assert!(has || !in_ci(), "there is no strace: apt-get install strace");
    has
}

#[test]
fn an_error_of_execve_is_reported() {
    if !has_strace() {
        return;
    }
    let world = world();
    for (error, status, words) in [
        ("ENOENT", 127, "it was removed after it was checked"),
        ("ETXTBSY", 126, "writing to it"),
        ("E2BIG", 126, "larger than the kernel accepts"),
        ("ENOMEM", 126, "not enough memory"),
        ("EACCES", 126, "permission was denied"),
        ("EIO", 126, "cannot execute"),
        ("ELOOP", 126, "cannot execute"),
        ("EPERM", 126, "cannot execute"),
    ] {
        let finished = with_fault(&world, &format!("execve:error={error}:when=1"));
        refused(&finished, status, "GW214", words);
    }
}

#[test]
fn arguments_that_exceed_the_limit_are_reported() {
    // A stack that takes them once, and not with a longer name in front.
    let world = world();
    let mut seen = Vec::new();
    for length in (100..140).map(|step| step * 800) {
        let big = "x".repeat(length);
        let mut command = Command::new(compile("support/launch.c", &["-O1", "-Wall"]));
        command.args(["limit", "3", "262144", "env"]).arg(format!(
            "PATH={}:{}",
            at(&world, "shims"),
            at(&world, "bin")
        ));
        command.args(["env", &format!("X={}", &big[..length / 2]), "exec"]).arg(world.at("shims/go")).arg("go");
        command.arg(&big[length / 2..]).env_clear().current_dir(world.at("home"));
        let finished = finish(command);
        let stderr = text(&finished.stderr);
        match finished.status {
            Some(0) => seen.push("ran"),
            Some(126) if stderr.starts_with("gowrap: ") => seen.push("refused"),
            // The launcher could not start gowrap.
            Some(_) if stderr.contains("rgument list too long") => seen.push("never started"),
            status => panic!("{status:?} {stderr}"),
        }
    }
    assert!(seen.contains(&"ran"), "{seen:?}");
}

// Every system call.

/// The system calls of a tool's call up to the one that ends it, by name, in order.
fn calls(world: &World) -> Vec<String> {
    let trace = world.at("trace");
    let mut command = Command::new(STRACE);
    command.args(["-qq", "-o"]).arg(&trace).arg(world.at("shims/dlv-dap")).current_dir(world.at("home")).env_clear();
    command.env("HOME", world.at("home")).env("PATH", format!("{}:/empty:{}", at(world, "shims"), at(world, "bin")));
    ran(&finish(command));
    let text = std::fs::read_to_string(trace).unwrap();
    let names: Vec<String> = text.lines().filter_map(|line| Some(line.split_once('(')?.0.to_owned())).collect();
    let end = 1 + names.iter().skip(1).position(|name| name == "execve").unwrap();
    names[1..=end].to_vec()
}

/// Each system call and which of its kind it is, the first being 1; strace counts so.
fn numbered(calls: &[String]) -> Vec<(String, usize)> {
    let nth = |at: usize| calls[..=at].iter().filter(|name| **name == calls[at]).count();
    calls.iter().enumerate().map(|(at, name)| (name.clone(), nth(at))).collect()
}

/// System calls that the C library makes before `main`. It aborts if one of them fails.
const OF_THE_C_LIBRARY: [&str; 6] =
    ["arch_prctl", "set_tid_address", "set_robust_list", "rseq", "mprotect", "prlimit64"];

#[test]
fn each_system_call_fails_once() {
    if !has_strace() {
        return;
    }
    let world = world();
    for (name, nth) in numbered(&calls(&world)) {
        // With a buffer of this process uname(2) cannot fail, which rustix relies on.
        if OF_THE_C_LIBRARY.contains(&name.as_str()) || name == "uname" {
            continue;
        }
        let errors: &[&str] = match name.as_str() {
            "mmap" | "brk" | "munmap" | "mremap" => &["ENOMEM"],
            _ => &["EIO", "EINTR", "EMFILE"],
        };
        for error in errors {
            let finished = with_fault(&world, &format!("{name}:error={error}:when={nth}"));
            let (stdout, stderr) = (text(&finished.stdout), text(&finished.stderr));
            let context = format!("{name} number {nth} fails with {error}: {:?} {stdout}{stderr}", finished.status);
            match finished.status {
                Some(0) => assert_eq!((stdout.as_str(), stderr.as_str()), ("ran\n", ""), "{context}"),
                Some(125..=127) => assert!(stdout.is_empty() && !stderr.is_empty(), "{context}"),
                // Memory that is missing before `main` is the C library's affair.
                None if name == "mmap" || name == "brk" => {}
                _ => panic!("{context}"),
            }
        }
    }
}

#[test]
fn an_interrupt_at_each_system_call() {
    if !has_strace() {
        return;
    }
    let world = world();
    for (name, nth) in numbered(&calls(&world)) {
        let finished = with_fault(&world, &format!("{name}:signal=SIGINT:when={nth}"));
        let said = [finished.stdout.as_slice(), &finished.stderr].concat();
        assert_eq!(
            (finished.signal, text(&said).as_str()),
            (Some(2), ""),
            "{name} number {nth}: {:?}",
            finished.status
        );
    }
}

// Limits.

#[test]
fn without_free_descriptors_a_call_still_works() {
    let world = world();
    let with = |limit: &str| {
        let mut command = Command::new(compile("support/launch.c", &["-O1", "-Wall"]));
        command.args(["limit", "7", limit, "env"]).arg(format!("PATH={}:{}", at(&world, "shims"), at(&world, "bin")));
        command.arg("exec").arg(world.at("shims/go")).arg("go").env_clear().current_dir(world.at("home"));
        finish(command)
    };
    ran(&with("4"));
    if std::env::var_os("GOWRAP_BIN").is_some() {
        // A binary with a loader needs one for itself.
        refused(&with("3"), 125, "GW906", "Too many open files");
    }
}

#[test]
fn without_memory_a_call_ends_with_a_message() {
    if std::env::var_os("GOWRAP_BIN").is_none() {
        assert!(!in_ci(), "GOWRAP_BIN names no binary, and what a loader needs is another matter");
        return;
    }
    let world = world();
    let (mut successes, mut refusals) = (0, 0);
    for limit in (1_500..8_000).step_by(25).map(|kilobytes| (kilobytes * 1000).to_string()) {
        let mut command = Command::new(compile("support/launch.c", &["-O1", "-Wall"]));
        command.args(["limit", "9", &limit, "env"]).arg(format!("PATH={}:{}", at(&world, "shims"), at(&world, "bin")));
        command.args(["many", "40000", "exec"]).arg(world.at("shims/go")).arg("go").env_clear();
        let finished = finish(command);
        match (finished.status, finished.signal) {
            (Some(0), _) => successes += 1,
            (Some(125), _) => {
                refused(&finished, 125, "GW913", "not enough memory");
                refusals += 1;
            }
            // The launcher had no room for the arguments, or the kernel none to load the program or to let its stack
            // grow, whose place is a random one.
            (Some(115), None) | (None, Some(9 | 11)) => {}
            other => panic!("{limit}: {other:?} {}", text(&finished.stderr)),
        }
    }
    assert!(successes > 0 && refusals > 0, "{successes} times it ran, {refusals} times it was refused");
}

// Files of its own.

#[test]
fn a_read_only_home_is_no_obstacle() {
    let world = world();
    world.file("passwd", format!("root:x:0:0::{}:/bin/sh\n", at(&world, "home")), 0o644);
    let prepare = "mount --bind $W/passwd /etc/passwd; mount -t tmpfs none $W/home; mount -o remount,ro $W/home; ";
    let Some(finished) = in_namespace(&world, &format!("{prepare}{GO}")) else { return };
    ran(&finished);
    let capture = "exec env -i HOME=$W/home PATH=$W/bin WSL_DISTRO_NAME=U $W/own/gowrap env capture";
    refused(&in_namespace(&world, &format!("{prepare}{capture}")).unwrap(), 125, "GW932", "Read-only file system");
    let logged = GO.replace("env -i", "env -i GOWRAP_LOG=trace GOWRAP_LOG_FILE=$W/home/log");
    ran(&in_namespace(&world, &format!("{prepare}{logged}")).unwrap());
}

#[test]
fn a_configuration_that_is_no_small_file_ends_at_once() {
    for name in ["a folder", "a FIFO", "huge"] {
        let world = world();
        let config = "home/.config/gowrap/config.toml";
        match name {
            "a folder" => _ = world.folder(config),
            "a FIFO" => _ = world.fifo(config),
            _ => {
                world.file(config, "", 0o600);
                let file = std::fs::File::options().write(true).open(world.at(config)).unwrap();
                file.set_len(1 << 30).unwrap();
            }
        }
        let finished = world.shim("go").path(["bin"]).run().finished;
        if name == "huge" {
            refused(&finished, 125, "GW906", "larger than");
        } else {
            // What is no regular file is ignored: a link of a stranger's must not stop root's `go`.
            ran(&finished);
        }
    }
}

#[test]
fn two_captures_at_once_leave_a_whole_snapshot() {
    let world = world();
    world.file("passwd", format!("root:x:0:0::{}:/bin/sh\n", at(&world, "home")), 0o644);
    let script = "mount --bind $W/passwd /etc/passwd
        for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
            env -i HOME=$W/home PATH=/shell/$number GOPATH=/shell/$number WSL_DISTRO_NAME=U $W/own/gowrap env capture &
        done
        wait; ls -A $W/home/.local/state/gowrap | wc -l; cat $W/home/.local/state/gowrap/session";
    let Some(finished) = in_namespace(&world, script) else { return };
    assert_eq!((finished.status, text(&finished.stderr).as_str()), (Some(0), ""));
    let said = text(&finished.stdout);
    let (files, kept) = said.split_once('\n').unwrap();
    let shells: std::collections::BTreeSet<&str> =
        kept.split("/shell/").skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap()).collect();
    assert_eq!(shells.len(), 1, "one shell's environment, whole: {said:?}");
    assert_eq!(files, "1", "nothing is left over");
}

// Crowds and circles.

#[test]
fn two_hundred_calls_at_once_work() {
    let world = world();
    let path = std::env::join_paths([world.at("shims"), world.at("bin")]).unwrap();
    let children: Vec<_> = (0..200)
        .map(|_| {
            let mut command = Command::new(world.at("shims/go"));
            command.env_clear().env("PATH", &path).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), text(&output.stdout), text(&output.stderr)),
            (Some(0), "ran\n".into(), "".into())
        );
    }
}

/// Shims as the version managers make them, cut down to how they go on: with the version that they have, in the way
/// that is theirs, and failing that with the next one on a PATH without themselves.
const MANAGERS: [(&str, &str); 4] = [
    // A script, which executes `goenv exec`.
    ("goenv", "PATH=$VERSIONS:$others exec dlv-dap \"$@\""),
    ("asdf", "[ -x $VERSIONS/dlv-dap ] && exec $VERSIONS/dlv-dap \"$@\"; PATH=$others exec dlv-dap \"$@\""),
    // It executes twice: a small shim, then `proto run`.
    ("proto", "PATH=$VERSIONS:$others exec /bin/sh -c 'exec dlv-dap \"$@\"' proto \"$@\""),
    // It spawns and waits.
    ("volta", "PATH=$VERSIONS:$others dlv-dap \"$@\"; exit $?"),
];

#[test]
fn version_managers_work_before_and_after_the_shims() {
    for (name, goes_on) in MANAGERS {
        let world = world();
        let others = format!("case $one in */{name}) ;; *) others=$others${{others:+:}}$one ;; esac");
        let script = format!("#!/bin/sh\nothers=\nIFS=:\nfor one in $PATH; do {others}; done\nunset IFS\n{goes_on}\n");
        world.executable(&format!("{name}/dlv-dap"), script).link("../bin/go", "versions/dlv-dap").folder("none");
        let (shims, manager) = (at(&world, "shims"), at(&world, name));
        for path in [
            format!("{shims}:{manager}:/usr/bin:/bin"),
            format!("{manager}:{shims}:/usr/bin:/bin"),
            format!("{shims}:{manager}:{shims}:{manager}:/usr/bin:/bin"),
        ] {
            let first = if path.starts_with(&manager) { name } else { "shims" };
            let call = |path: &str, versions: &str| {
                eprintln!("{name} with {versions} in {path}");
                let call = world.program(&format!("{first}/dlv-dap")).argv0("dlv-dap").path_is(path);
                call.env("VERSIONS", world.at(versions)).run().finished
            };
            ran(&call(&path, "versions"));
            // It has no version, but there is a tool behind both.
            ran(&call(&format!("{path}:{}", at(&world, "bin")), "none"));
            // There is none at all.
            let finished = call(&path, "none");
            let code = if text(&finished.stderr).contains("GW204") { "GW204" } else { "GW212" };
            refused(&finished, if code == "GW204" { 127 } else { 126 }, code, "");
        }
    }
}

#[test]
fn a_shim_that_spawns_with_a_cleaned_environment_ends_too() {
    let world = world();
    world.executable("clean/dlv-dap", "#!/bin/sh\nenv -i PATH=\"$PATH\" dlv-dap \"$@\"\nexit $?\n");
    let outcome = world.shim("dlv-dap").path(["clean", "/usr/bin", "/bin"]).run();
    refused(&outcome.finished, 126, "GW213", "started each other");
}
