//! The cost of `dlv` compared with `go`: a debugger that does not listen makes no system call for those that do.
//! Counts, not times.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::process::Command;

use support::{World, finish, gowrap, in_ci};

/// Makes a WSL 2 of its own mount namespace, and there runs its arguments.
const WSL: &str = "mount -t tmpfs none /run && mkdir /run/WSL && exec \"$@\"";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Machine {
    PlainLinux,
    Wsl2,
}

/// Returns a command in that machine; none if there can be no such machine.
fn on(machine: Machine) -> Option<Command> {
    let unshare = |last: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", WSL, "sh"]).args(last);
        command
    };
    if machine == Machine::PlainLinux {
        return Some(Command::new("env"));
    }
    if unshare(&["true"]).output().is_ok_and(|output| output.status.success()) {
        return Some(unshare(&["env"]));
    }
    assert!(!in_ci(), "no user namespaces here");
    eprintln!("NOT TESTED: no user namespaces here");
    None
}

fn world() -> (World, String) {
    let world = World::new();
    world.tool("bin/go").tool("bin/dlv");
    let folders = ["shims", "empty", "bin"].map(|folder| world.at(folder));
    let path = std::env::join_paths(folders).unwrap().into_string().unwrap();
    (world, path)
}

/// The system calls before the tool is executed.
fn calls(world: &World, path: &str, machine: Machine, tool: &str, args: &[&str]) -> Option<Vec<String>> {
    calls_of(world, path, machine, None, tool, args)
}

/// The same with a variable that says where the debugger's client is.
fn calls_of(
    world: &World,
    path: &str,
    machine: Machine,
    client: Option<&str>,
    tool: &str,
    args: &[&str],
) -> Option<Vec<String>> {
    let trace = world.at("trace");
    let mut command = on(machine)?;
    command.args(["strace", "-qq", "-o"]).arg(&trace).args(["env", "-i", "WSL_DISTRO_NAME=Ubuntu", "HOME=/"]);
    command.arg(format!("PATH={path}")).args(client.map(|side| format!("GOWRAP_DEBUG_CLIENT={side}")));
    command.arg(world.at("shims").join(tool)).args(args);
    let finished = finish(command);
    assert_eq!(finished.status, Some(0), "{}", String::from_utf8_lossy(&finished.stderr));
    let text = std::fs::read_to_string(&trace).unwrap();
    let start = |folder: &str| format!("execve({:?}", world.at(folder).join(tool));
    let ours = text.lines().skip_while(|line| !line.starts_with(&start("shims"))).skip(1);
    Some(ours.take_while(|line| !line.starts_with(&start("bin"))).map(str::to_owned).collect())
}

/// The instructions of a dry run, since callgrind says nothing of a process that executes another program.
fn instructions(path: &str, machine: Machine, tool: &str, args: &[&str]) -> Option<usize> {
    let mut command = on(machine)?;
    command.args(["env", "-i", "WSL_DISTRO_NAME=Ubuntu", "HOME=/"]).arg(format!("PATH={path}"));
    command.args(["/usr/bin/valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    // gowrap itself: gowrap-shim executes it for what prints.
    command.arg(gowrap()).args(["--explain=sh", tool]).args(args);
    let finished = finish(command);
    let text = String::from_utf8_lossy(&finished.stderr).into_owned();
    let count = text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    assert!(count.is_some() || !in_ci(), "callgrind counted nothing: {text}");
    count
}

#[test]
fn dlv_version_costs_no_more_than_go_version() {
    let (world, path) = world();
    for machine in [Machine::PlainLinux, Machine::Wsl2] {
        for args in [&["version"][..], &["debug", "./cmd", "--", "-v"]] {
            let go = calls(&world, &path, machine, "go", &["version"]);
            let dlv = calls(&world, &path, machine, "dlv", args);
            let (Some(go), Some(dlv)) = (go, dlv) else { continue };
            assert!(go.len() > 3, "{go:?}");
            assert!(dlv.len() <= go.len(), "{machine:?} {args:?}:\n{}\ngo:\n{}", dlv.join("\n"), go.join("\n"));
            let go = instructions(&path, machine, "go", &["version"]);
            let dlv = instructions(&path, machine, "dlv", args);
            let (Some(go), Some(dlv)) = (go, dlv) else { continue };
            // The names differ, and with them a few comparisons; each word more is printed.
            let more = go / 25 + 1000 * (args.len() - 1);
            assert!(dlv <= go + more, "{machine:?} {args:?}: {dlv} instructions, go {go}");
        }
    }
}

#[test]
fn only_a_debugger_that_listens_looks_at_the_network() {
    let (world, path) = world();
    let looks = |client: Option<&str>, args: &[&str]| {
        let calls = calls_of(&world, &path, Machine::Wsl2, client, "dlv", args)?;
        Some(calls.iter().any(|call| ["/sys/class/net", "/proc/net"].iter().any(|file| call.contains(file))))
    };
    for (client, args, expected) in [
        (None, &["version"][..], false),
        (None, &["debug", "--listen=0.0.0.0:1"], false),
        (None, &["connect", "127.0.0.1:1"], false),
        (None, &["dap", "--listen=127.0.0.1:1"], true),
        (None, &["exec", "./x", "--headless"], true),
        (None, &["dap", "--client-addr=:1"], false),
        (Some("windows"), &["dap", "--client-addr=:1"], true),
        // Beside the client nothing hangs on it.
        (Some("linux"), &["dap", "--listen=127.0.0.1:1", "--log-dest=3"], false),
        (Some("linux"), &["dap", "--listen=0.0.0.0:1"], false),
        (Some("linux"), &["dap"], false),
        (Some("windows"), &["dap", "--listen=127.0.0.1:1"], true),
    ] {
        if let Some(looks) = looks(client, args) {
            assert_eq!(looks, expected, "{client:?} {args:?}");
        }
    }
}
