//! A copy of gowrap with more rights than its caller has refuses to do anything.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Only root can make a setuid copy of another user's; a mount with `nosuid` makes it a plain one.
#[test]
fn a_setuid_copy_ends_with_125() {
    if !nix::unistd::geteuid().is_root() {
        println!("not root: no setuid copy can be made");
        return;
    }
    let folder = std::env::temp_dir().join(format!("gowrap-setuid-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    for (mode, owner) in [(0o4755, (Some(1234), None)), (0o2755, (None, Some(1234)))] {
        for (name, arguments) in [("go", &["version"][..]), ("gowrap", &["version"]), ("gowrap", &["--", "go"])] {
            let copy = folder.join(format!("copy-{name}"));
            _ = fs::remove_file(&copy);
            fs::copy(env!("CARGO_BIN_EXE_gowrap"), &copy).unwrap();
            chown(&copy, owner.0, owner.1).unwrap();
            fs::set_permissions(&copy, fs::Permissions::from_mode(mode)).unwrap();
            let run = Command::new(&copy).arg0(name).args(arguments).env("GOWRAP_EXPLAIN", "1").output().unwrap();
            let stderr = String::from_utf8_lossy(&run.stderr);
            assert_eq!(run.status.code(), Some(125), "{mode:o} {name}: {stderr}");
            assert!(stderr.contains("more rights than its caller has"), "{stderr}");
            assert!(run.stdout.is_empty());
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}
