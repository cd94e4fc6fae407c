//! The configuration from outside: files in a home, and what they make of a call.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use support::World;

const MINE: &str = "home/.config/gowrap/config.toml";

/// A world with one Go on PATH and another in `other/`.
fn world() -> World {
    let world = World::new();
    world.tool("bin/go").tool("other/go");
    world
}

fn pin(world: &World) -> String {
    format!("[tools.go]\npath = '{}'\n", world.at("other/go").display())
}

#[test]
fn a_pin_in_the_home_counts_and_is_shown() {
    let world = world();
    world.file(MINE, pin(&world), 0o644);
    world.shim("go").path(["bin"]).args(["build"]).run().executed("other/go");
    let explained = world.shim("go").path(["bin"]).env("GOWRAP_EXPLAIN", "json").run().stdout();
    let origin = world.at(MINE).display().to_string();
    assert!(explained.contains("\"pinned\"") && explained.contains(&origin), "{explained}");
}

#[test]
fn nothing_in_the_working_directory_counts() {
    let world = world();
    for name in ["config.toml", "gowrap.toml", ".gowrap.toml", "gowrap/config.toml", ".config/gowrap/config.toml"] {
        world.file(&format!("project/{name}"), pin(&world), 0o644);
    }
    let call = || world.shim("go").path(["bin"]).cwd("project");
    call().run().executed("bin/go");
    call().env("XDG_CONFIG_HOME", ".").run().executed("bin/go");
    call().env("XDG_CONFIG_HOME", "").env("HOME", ".").run().executed("bin/go");
    call().env("GOWRAP_CONFIG", "config.toml").run().refused(125, "GW903", &[]);
}

#[test]
fn a_message_shows_the_line_of_a_mistake() {
    let world = world();
    world.file(MINE, "# mine\npe = never\n", 0o644);
    let path = world.at(MINE).display().to_string();
    world.shim("go").path(["bin"]).run().printed(
        "",
        &format!(
            "gowrap: {path}:2:6: a string must be in quotes [GW908]\n\
             gowrap:   pe = never\n\
             gowrap:        ^^^^^\n\
             gowrap: fix: `man gowrap.toml` describes the settings\n"
        ),
        125,
    );
}

#[test]
fn a_newer_setting_does_not_stop_an_older_gowrap() {
    let world = world();
    world.file(MINE, format!("speed = 'high'\n{}", pin(&world)), 0o644);
    world.shim("go").path(["bin"]).run().executed("other/go");
    let explained = world.shim("go").path(["bin"]).env("GOWRAP_EXPLAIN", "1").run().stdout();
    assert!(explained.contains(":1:1: unknown key `speed`"), "{explained}");
}

#[test]
fn a_file_that_others_can_write_is_refused() {
    let world = world();
    world.file(MINE, pin(&world), 0o646);
    world.shim("go").path(["bin"]).run().refused(125, "GW907", &[]);
    world.shim("go").path(["bin"]).env("GOWRAP_CONFIG", "/dev/null").run().executed("bin/go");
}

#[test]
fn a_folder_or_a_fifo_is_ignored() {
    let world = world();
    world.fifo(MINE).folder("dir").fifo("fifo");
    world.shim("go").path(["bin"]).run().executed("bin/go");
    for name in ["dir", "fifo"] {
        let path = world.at(name);
        world.shim("go").path(["bin"]).env("GOWRAP_CONFIG", &path).run().executed("bin/go");
        let case = world.shim("go").path(["bin"]).env("GOWRAP_CONFIG", &path).env("GOWRAP_EXPLAIN", "1");
        let explained = case.run().stdout();
        assert!(explained.contains("GW911"), "{explained}");
    }
    world.shim("go").path(["bin"]).env("GOWRAP_CONFIG", world.at("none")).run().refused(125, "GW906", &[]);
}

/// Only root can make another user's files.
#[test]
fn root_ignores_a_file_of_another_user() {
    let world = world();
    world.file(MINE, pin(&world), 0o644);
    if std::os::unix::fs::chown(world.at(MINE), Some(1234), Some(1234)).is_err() {
        return;
    }
    world.shim("go").path(["bin"]).run().executed("bin/go");
    let explained = world.shim("go").path(["bin"]).env("GOWRAP_EXPLAIN", "1").run().stdout();
    assert!(explained.contains("it belongs to user 1234"), "{explained}");
}

#[test]
fn a_variable_may_name_the_file() {
    let world = world();
    world.file("home/here.toml", pin(&world), 0o644).file(MINE, "pe = ", 0o644);
    let path = world.at("home/here.toml");
    world.shim("go").path(["bin"]).env("GOWRAP_CONFIG", path).run().executed("other/go");
    let named = world.gowrap().args(["--config", "here.toml", "--explain=json", "go"]).path(["bin"]).run();
    assert!(named.stdout().contains("\"pinned\""), "{}", named.stdout());
}
