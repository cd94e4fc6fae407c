//! gowrap-shim alone: what needs no `gowrap` works without it, and what needs it says in few lines what is wrong with
//! it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use support::{Outcome, World, gowrap, launcher};

/// A world with its own installation: a copy of gowrap-shim, links to it, and the files of the test.
fn world() -> World {
    let world = World::new();
    world.copy(launcher(), "pair/gowrap-shim").folder("empty");
    for name in ["go", "dlv-dap"] {
        world.link("../pair/gowrap-shim", &format!("links/{name}"));
    }
    world.tool("bin/go");
    world
}

/// Calls a tool that is nowhere, which only `gowrap` explains in full.
fn missing_tool(world: &World) -> Outcome<'_> {
    world.program("links/dlv-dap").path(["links", "bin", "empty"]).args(["dap"]).run()
}

/// Asserts a short refusal: the codes, the words about `gowrap`, the status, no standard output, few lines.
#[track_caller]
fn refuses(outcome: &Outcome, status: i32, codes: &[&str], words: &str) {
    let said = outcome.stderr();
    assert_eq!((outcome.stdout().as_str(), outcome.finished.status), ("", Some(status)), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines.len() <= 6 && lines.iter().all(|line| line.starts_with("gowrap: ")), "{said}");
    for code in codes {
        assert_eq!(said.matches(&format!("[{code}]")).count(), 1, "{code}: {said}");
    }
    assert!(said.contains(words), "{words}: {said}");
    assert!(lines.iter().any(|line| line.starts_with("gowrap: fix: ") || line.starts_with("gowrap:  or: ")), "{said}");
}

#[test]
fn a_call_that_needs_no_gowrap_works_without_it() {
    let world = world();
    let call = || world.program("links/go").path(["links", "empty", "bin"]).args(["build", "-o", "x y"]);
    call().run().executed("bin/go");
    world.tool("pinned/go");
    let pin = format!("[tools.go]\npath = '{}'\n", world.at("pinned/go").display());
    world.file("home/.config/gowrap/config.toml", pin, 0o644);
    call().run().executed("pinned/go");
    // A script could start gowrap again, so that its call has one variable more.
    world.executable("script/go", "#!/bin/sh\nexit 3\n").file(
        "home/.config/gowrap/config.toml",
        "pe = 'reject'\n",
        0o644,
    );
    world.program("links/go").path(["links", "script"]).run().printed("", "", 3);
}

#[test]
fn without_gowrap_a_refusal_is_short() {
    let world = world();
    refuses(&missing_tool(&world), 127, &["GW204", "GW915"], "No such file or directory");
    world.file("home/.config/gowrap/config.toml", "pe = never\n", 0o644);
    refuses(&missing_tool(&world), 125, &["GW908", "GW915"], "No such file or directory");
}

#[test]
fn without_gowrap_nothing_is_explained_and_nothing_runs() {
    let world = world();
    for (variable, value) in [("GOWRAP_EXPLAIN", "1"), ("GOWRAP_LOG", "stderr")] {
        let call = world.program("links/go").path(["links", "bin"]).env(variable, value);
        refuses(&call.run(), 125, &["GW915"], "No such file or directory");
        assert!(world.report("bin/go").is_none(), "{variable}");
    }
}

#[test]
fn a_gowrap_of_another_version_is_not_started() {
    let world = world();
    let mut program = fs::read(gowrap()).unwrap();
    // The ELF note: three words, the name, the version.
    let note = [&1_u32.to_ne_bytes()[..], b"gowrap\0\0", env!("CARGO_PKG_VERSION").as_bytes()].concat();
    let places: Vec<usize> = (0..program.len() - note.len()).filter(|at| program[*at..].starts_with(&note)).collect();
    assert!(!places.is_empty());
    for at in places {
        program[at + note.len() - 1] ^= 1;
    }
    world.executable("pair/gowrap", program);
    refuses(&missing_tool(&world), 127, &["GW204", "GW915"], "is of another version than");
    world.program("links/go").path(["links", "bin"]).run().executed("bin/go");
}

#[test]
fn another_program_with_the_name_of_gowrap_is_not_started() {
    let world = world();
    world.executable("pair/gowrap", "#!/bin/sh\necho started\n");
    refuses(&missing_tool(&world), 127, &["GW204", "GW915"], "is not gowrap");
}

#[test]
fn a_gowrap_that_others_can_change_is_not_started() {
    let world = world();
    world.copy(gowrap(), "pair/gowrap");
    let modes = |mode| fs::set_permissions(world.at("pair/gowrap"), fs::Permissions::from_mode(mode)).unwrap();
    modes(0o757);
    refuses(&missing_tool(&world), 127, &["GW204", "GW915"], "is not executed: ");
    // And the same file, closed to others, prints the whole refusal.
    modes(0o755);
    let refusal = missing_tool(&world);
    refusal.refused(127, "GW204", &[]);
    assert!(!refusal.stderr().contains("GW915"), "{}", refusal.stderr());
}
