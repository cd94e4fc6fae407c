//! Lost variables are restored, with real processes: shells that are named sudo, cron and so on, real users, real
//! setuid programs, and gowrap below them.
//!
//! Each test is a chain of shells, outermost first, in a mount namespace that looks like WSL 2 (`/run/WSL` is there),
//! with `/etc/passwd` of its own in which user 1000 is `me`. The last one calls `go`, which prints its environment.
//! Needs util-linux, and more than one user id: root, subordinate ids (newuidmap), or sudo without a password.

#![allow(clippy::unwrap_used)]

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use program::gowrap;

/// Files that every test has. `$S` is a separate folder on a filesystem that is not mounted nosuid.
const MACHINE: &str = r#"
set -eu
mount -t tmpfs -o mode=755 none "$S"
mount -t tmpfs -o mode=755 none /run
mkdir -p /run/WSL "$S/bin" "$S/shims" "$S/tools" "$S/home" "$S/root"
cp "$GOWRAP" "$S/bin/gowrap"
ln -s ../bin/gowrap "$S/shims/go"
cp "$(command -v env)" "$S/tools/go"
for name in bash make sh node sudo su foo cron sshd systemd 'Relay(809)'; do cp /bin/sh "$S/bin/$name"; done
printf 'root:x:0:0::%s/root:/bin/sh\nme:x:1000:1000::%s/home:/bin/sh\n' "$S" "$S" >"$S/passwd"
mount --bind "$S/passwd" /etc/passwd
chown 1000:1000 "$S/home"
chmod 4755 "$S/bin/sudo" "$S/bin/foo"
chmod 755 "$S/bin/gowrap"
cd /
"#;

/// Puts the command that follows into the person's own session.
const SESSION: &str = "setpriv --reuid 1000 --regid 1000 --clear-groups env -i PATH=/usr/bin:/bin HOME=$S/home USER=me \
    LOGNAME=me WSL_DISTRO_NAME=Ubuntu WSL_INTEROP=/run/WSL/8_interop GOPROXY=https://session GOFLAGS=-session S=$S";

/// The same for root.
const ROOTS_SESSION: &str = "env -i PATH=/usr/bin:/bin HOME=$S/root USER=root LOGNAME=root WSL_DISTRO_NAME=Ubuntu \
    GOPROXY=https://session S=$S";

/// Makes user 1000 of root, with next to nothing in the environment.
const TO_ME: &str = "setpriv --reuid 1000 --regid 1000 --clear-groups env -i S=$S";

/// The same the other way round, as sudo does it.
const TO_ROOT: &str = "setpriv --reuid 0 --regid 0 --clear-groups env -i S=$S";

/// A call of `go` with a stripped environment.
const GO: &str =
    "test $(id -u) != 0 || echo WRONG_USER=root; env -i PATH=$S/shims:$S/tools HOME=$S/home USER=me LOGNAME=me go";

/// The same for root, as sudo leaves it.
const ROOTS_GO: &str =
    "env -i PATH=$S/shims:$S/tools HOME=$S/root USER=root LOGNAME=root SUDO_USER=me SUDO_UID=1000 go";

/// Writes user 1000's snapshot.
const SNAPSHOT: &str = r#"
mkdir -p "$S/home/.local/state/gowrap"
printf 'gowrap session 1\nGOPATH=/home/me/gopath\0GOFLAGS=-snapshot\0PATH=/usr/bin:/opt/go/bin\0WSL_DISTRO_NAME=Ubuntu\0' \
    >"$S/home/.local/state/gowrap/session"
chmod 600 "$S/home/.local/state/gowrap/session"
chown -R 1000:1000 "$S/home"
"#;

/// Returns the command that starts a mount namespace with several users.
fn namespace() -> Option<&'static [&'static str]> {
    static FOUND: LazyLock<Option<&'static [&'static str]>> = LazyLock::new(|| {
        let ways: [&[&str]; 3] = [
            &["unshare", "--mount", "--propagation", "private"],
            // Of its own pids, too: the processes outside belong to users that the namespace does not know.
            &[
                "unshare",
                "--user",
                "--map-root-user",
                "--map-auto",
                "--mount",
                "--propagation",
                "private",
                "--pid",
                "--fork",
                "--mount-proc",
            ],
            &["sudo", "-n", "unshare", "--mount", "--propagation", "private"],
        ];
        let works = |way: &&&[&str]| {
            let probe = "mount -t tmpfs none /run && setpriv --reuid 1000 --regid 1000 --clear-groups true";
            let mut command = Command::new(way[0]);
            command.args(&way[1..]).args(["sh", "-c", probe]).stdin(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        ways.iter().find(works).copied()
    });
    let found = *FOUND;
    if found.is_none() {
        let missing = "no mount namespace with several users: be root, or have newuidmap and a row in \
                       /etc/subuid, or sudo without a password";
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
        eprintln!("NOT TESTED: {missing}");
    }
    found
}

/// Runs a script on the machine; none if there can be no such machine.
fn on_machine(name: &str, script: &str) -> Option<Output> {
    let way = namespace()?;
    let scratch = std::env::temp_dir().join(format!("gowrap-restore-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).unwrap();
    let file = scratch.with_extension("sh");
    std::fs::write(&file, format!("{MACHINE}\n{script}\n")).unwrap();
    // Variables of the machine that runs the tests must not count, and sudo would drop ours.
    let mut command = Command::new(way[0]);
    command.args(&way[1..]).args(["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
    command.arg(format!("S={}", scratch.display())).arg(format!("GOWRAP={}", gowrap().display()));
    let output = command.arg("sh").arg(&file).stdin(Stdio::null()).output().unwrap();
    std::fs::remove_file(&file).unwrap();
    std::fs::remove_dir(&scratch).unwrap();
    Some(output)
}

/// A chain of shells, each started by the one before, and the last line of the innermost.
fn chain(shells: &[impl AsRef<str>], innermost: &str) -> String {
    let mut script = String::new();
    let mut line = innermost.to_owned();
    for (depth, shell) in shells.iter().enumerate().rev() {
        // The line that follows keeps the shell from executing the command in its own place.
        writeln!(script, "cat >\"$S/level{depth}\" <<'END'\n{line}\n:\nEND").unwrap();
        line = format!("{} $S/level{depth}", shell.as_ref());
    }
    format!("{script}{line}\n")
}

/// The environment that `go` printed.
fn printed(output: &Output) -> BTreeMap<String, String> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.is_empty(), "{}\n{stdout}\n{stderr}", output.status);
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    stdout.lines().filter_map(pair).collect()
}

/// Runs the chain and compares what `go` has of the variables that come back: `NAME=value`, blanks between them.
#[track_caller]
fn check(name: &str, setup: &str, shells: &[impl AsRef<str>], innermost: &str, expected: &str) {
    let Some(output) = on_machine(name, &format!("{setup}\n{}", chain(shells, innermost))) else { return };
    let environ = printed(&output);
    let of_interest = ["GOFLAGS", "GOPATH", "GOPROXY", "USER", "WRONG_USER", "WSL_DISTRO_NAME", "WSL_INTEROP"];
    let found: Vec<String> =
        of_interest.iter().filter_map(|name| Some(format!("{name}={}", environ.get(*name)?))).collect();
    assert_eq!(found.join(" "), expected);
}

#[test]
fn sudo_to_the_same_user_restores_the_variables() {
    let shells = [&format!("{SESSION} $S/bin/bash"), "$S/bin/sudo -p", &format!("{TO_ME} $S/bin/make")];
    // The session's shell is the person's own, and nothing is taken from it.
    check("sudo", "", &shells, GO, "USER=me");
    let snapshot = "GOFLAGS=-snapshot GOPATH=/home/me/gopath USER=me WSL_DISTRO_NAME=Ubuntu";
    check("sudo-snapshot", SNAPSHOT, &shells, GO, snapshot);
    // What is set stays, and so does what is set to nothing.
    let set = GO.replace("USER=me", "USER=me GOFLAGS= GOPATH=/here");
    let kept = "GOFLAGS= GOPATH=/here USER=me WSL_DISTRO_NAME=Ubuntu";
    check("sudo-set", SNAPSHOT, &shells, &set, kept);
    // Without anything, /etc/passwd says who it is.
    let bare = "env -i PATH=$S/shims:$S/tools go";
    check("sudo-bare", SNAPSHOT, &shells, bare, snapshot);
}

#[test]
fn a_service_gets_the_snapshot() {
    for service in ["cron", "sshd", "systemd", "'Relay(809)'"] {
        let shells = [&format!("env -i S=$S GOFLAGS=-wrong $S/bin/{service}"), &format!("{TO_ME} $S/bin/sh")];
        let name = format!("service-{}", service.trim_matches('\'').trim_end_matches("(809)"));
        check(&name, "", &shells, GO, "USER=me");
        let snapshot = "GOFLAGS=-snapshot GOPATH=/home/me/gopath USER=me WSL_DISTRO_NAME=Ubuntu";
        check(&format!("{name}-snapshot"), SNAPSHOT, &shells, GO, snapshot);
    }
}

#[test]
fn missing_folders_are_appended_to_path() {
    let shells = [&format!("{SESSION} $S/bin/bash"), "$S/bin/sudo -p", &format!("{TO_ME} $S/bin/sh")];
    let script = format!("{SNAPSHOT}\necho S=$S\n{}", chain(&shells, GO));
    let Some(output) = on_machine("path", &script) else { return };
    let environ = printed(&output);
    let scratch = &environ["S"];
    assert_eq!(environ["PATH"], format!("{scratch}/shims:{scratch}/tools:/usr/bin:/opt/go/bin"));
}

#[test]
fn a_process_whose_shell_has_exited_gets_the_snapshot() {
    let wait = "while [ -d /proc/$(cat $S/home/pid) ]; do sleep 0.05; done";
    let shells = [
        &format!("{SESSION} $S/bin/bash"),
        "env -i S=$S sh -c 'echo $$ >$S/home/pid; setsid --fork $S/bin/sh \"$0\"'",
        "setsid --fork env -i S=$S $S/bin/sh",
    ];
    let expected = "GOFLAGS=-snapshot GOPATH=/home/me/gopath USER=me WSL_DISTRO_NAME=Ubuntu";
    // The session's shell ends as soon as it has started the first of them.
    check("setsid", SNAPSHOT, &shells, &format!("{wait}\n{GO}"), expected);
}

#[test]
fn variables_set_on_purpose_stay() {
    let session = format!("{SESSION} $S/bin/bash");
    check("chosen", SNAPSHOT, &[&session], GO, "USER=me");
    // A tool that cleans the environment of what it starts, and another one below it.
    check("chosen-deep", SNAPSHOT, &[&session, "env -i S=$S $S/bin/make", "$S/bin/sh"], GO, "USER=me");
    // One variable, in a session whose marks are there.
    let unset = "env -u GOFLAGS PATH=$S/shims:$S/tools GOWRAP_SESSION=1 go";
    let rest = "GOPROXY=https://session USER=me WSL_DISTRO_NAME=Ubuntu WSL_INTEROP=/run/WSL/8_interop";
    check("chosen-one", SNAPSHOT, &[&session], unset, rest);
    check("chosen-one-no-snapshot", "", &[&session], &unset.replace("GOWRAP_SESSION=1 ", ""), rest);
    // Switched off.
    let shells = [&session, "$S/bin/sudo -p", &format!("{TO_ME} $S/bin/sh")];
    check("off", SNAPSHOT, &shells, &GO.replace("env -i", "env -i GOWRAP_RESTORE=off"), "USER=me");
}

#[test]
fn an_editor_server_started_without_the_profile_gets_the_snapshot() {
    let shells = [&format!("{TO_ME} WSL_DISTRO_NAME=Ubuntu $S/bin/node")];
    let go = GO.replace("env -i", "env -i WSL_DISTRO_NAME=Ubuntu");
    check("editor", "", &shells, &go, "USER=me WSL_DISTRO_NAME=Ubuntu");
    let snapshot = "GOFLAGS=-snapshot GOPATH=/home/me/gopath USER=me WSL_DISTRO_NAME=Ubuntu";
    check("editor-snapshot", SNAPSHOT, &shells, &go, snapshot);
}

/// A user plants a value that would run a program of the user's, wherever a root `go` might look.
#[test]
fn no_variable_of_a_user_reaches_root() {
    let evil = "GOFLAGS=-toolexec=/tmp/evil GOPROXY=https://evil GOPATH=/tmp/evil";
    let user = format!("setpriv --reuid 1000 --regid 1000 --clear-groups env -i S=$S {evil} WSL_DISTRO_NAME=Ubuntu");
    let planted = SNAPSHOT.replace("-snapshot", "-toolexec=/tmp/evil");
    let nothing = "USER=root";

    // In the shell, in sudo's own environment, in the user's snapshot; HOME is root's, and HOME is kept.
    let shells = [&format!("{user} $S/bin/bash"), "$S/bin/sudo -p", &format!("{TO_ROOT} $S/bin/sh")];
    check("root", &planted, &shells, ROOTS_GO, nothing);
    check("root-home", &planted, &shells, &ROOTS_GO.replace("HOME=$S/root", "HOME=$S/home"), nothing);
    let distro = ROOTS_GO.replace("HOME=$S/root", "HOME=$S/home WSL_DISTRO_NAME=Ubuntu");
    check("root-home-distro", &planted, &shells, &distro, "USER=root WSL_DISTRO_NAME=Ubuntu");

    // A sudo that goes by another name, below a process that is gone, so that its parent is root's; and below it the
    // real one.
    let mark = format!("{user} $S/bin/bash -c 'echo $$ >$S/home/pid; setsid --fork $S/bin/foo -p \"$0\"'");
    let gone = "while [ -d /proc/$(cat $S/home/pid) ]; do sleep 0.05; done";
    let shells = [&mark, "$S/bin/sudo -p", &format!("{TO_ROOT} $S/bin/sh")];
    check("root-orphan", &planted, &shells, &format!("{gone}\n{ROOTS_GO}"), nothing);

    // A snapshot in root's home that is the user's, one that others can write, and a link to one.
    let into_root =
        format!("{planted}\nmkdir -p $S/root/.local/state\nmv $S/home/.local/state/gowrap $S/root/.local/state/\n");
    let file = "$S/root/.local/state/gowrap/session";
    let shells = ["env -i S=$S $S/bin/cron", "$S/bin/sh"];
    for (name, change) in [
        ("owner", String::new()),
        ("mode", format!("chown 0:0 {file}; chmod 620 {file}")),
        ("link", format!("mv {file} $S/real; chown 0:0 $S/real; ln -s $S/real {file}")),
    ] {
        check(&format!("root-snapshot-{name}"), &format!("{into_root}{change}\n"), &shells, ROOTS_GO, nothing);
    }
    // That it is read at all is seen by a right one.
    let right = format!("{into_root}chown -R 0:0 $S/root\n");
    let expected = "GOFLAGS=-toolexec=/tmp/evil GOPATH=/home/me/gopath USER=root WSL_DISTRO_NAME=Ubuntu";
    check("root-snapshot-right", &right, &shells, ROOTS_GO, expected);
}

/// A root shell below a user's holds what that user exported, and is root's by its user id.
#[test]
fn nothing_is_taken_from_roots_own_shells() {
    let shells = [&format!("{ROOTS_SESSION} $S/bin/bash"), "$S/bin/sudo -p", &format!("{TO_ROOT} $S/bin/sh")];
    check("own-root", "", &shells, ROOTS_GO, "USER=root");
    let evil = "GOFLAGS=-toolexec=/tmp/evil WSL_DISTRO_NAME=Ubuntu";
    let user = format!("setpriv --reuid 1000 --regid 1000 --clear-groups env -i S=$S {evil} $S/bin/bash");
    let first = "$S/bin/sudo -p -c 'exec setpriv --reuid 0 --regid 0 --clear-groups $S/bin/make \"$0\"'";
    check("su-su", "", &[&user, first, "env -i S=$S $S/bin/su"], ROOTS_GO, "USER=root");
}

#[test]
fn no_variable_of_one_user_reaches_another() {
    // User 1000 ran su to 1001, who has no row in /etc/passwd and a name of 1000's in the environment.
    let to_other = "setpriv --reuid 1001 --regid 1001 --clear-groups env -i S=$S";
    let shells = [&format!("{SESSION} $S/bin/bash"), "$S/bin/sudo -p", &format!("{to_other} $S/bin/sh")];
    check("other", SNAPSHOT, &shells, GO, "USER=me");
}

#[test]
fn a_snapshot_is_taken_at_login_and_used_by_cron() {
    let login = chain(
        &[&format!("{SESSION} http_proxy=http://me:secret@proxy GOSUMDB=off LANG=C $S/bin/bash")],
        "$S/bin/gowrap env capture",
    );
    let shells = ["env -i S=$S $S/bin/cron", &format!("{TO_ME} $S/bin/sh")];
    let expected = "GOFLAGS=-session GOPROXY=https://session USER=me WSL_DISTRO_NAME=Ubuntu";
    check("login", &login, &shells, GO, expected);

    let show = GO.replace(" go", " $S/bin/gowrap env show");
    let Some(output) = on_machine("show", &format!("{login}\n{}", chain(&shells, &show))) else { return };
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains("stripped by cron ("), "{page}");
    assert!(page.contains("GOSUMDB=off\n                from snapshot: not passed on by cron (process "), "{page}");
    assert!(!page.contains("secret") && !page.contains("http_proxy") && !page.contains("LANG"), "{page}");
}

#[test]
fn a_snapshot_is_not_taken_for_another_user() {
    let refused = |name: &str, setup: &str, shells: &[&str], capture: &str, why: &str| {
        let after = "find $S/home $S/root -name session | sed 's/^/left: /'";
        let script = format!("{setup}\n{}\n{after}", chain(shells, &format!("{capture}\necho status $?")));
        let Some(output) = on_machine(name, &script) else { return };
        assert_eq!(String::from_utf8_lossy(&output.stdout), "status 125\n");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains(why) && stderr.contains("fix: "), "{stderr}");
    };
    let session = format!("{SESSION} $S/bin/bash");
    let sudo = "$S/bin/sudo -p";
    let as_root = "setpriv --reuid 0 --regid 0 --clear-groups";
    refused("capture-home", "", &[&session, sudo], &format!("{as_root} $S/bin/gowrap env capture"), "HOME is `");
    // Set right, it still is the environment that came from a user.
    let right = format!("HOME=$S/root {as_root} $S/bin/gowrap env capture");
    refused("capture-su", "", &[&session, sudo], &right, "which belongs to user 1000");
    // The user's shell becomes the program that raises its rights, or is gone: what is left has the user as its real
    // one.
    let becomes = format!("{SESSION} $S/bin/bash -c 'exec $S/bin/foo -p \"$0\"'");
    refused("capture-exec", "", &[&becomes], &right, "which belongs to user 1000");
    // Below sudo of oneself, and of root alone.
    let me = format!("{SESSION} $S/bin/gowrap env capture");
    refused(
        "capture-sudo",
        "",
        &["env -i S=$S $S/bin/sudo"],
        &me,
        "it came through sudo, su or a similar program (sudo (",
    );
    refused("capture-variable", "", &["$S/bin/sh"], &me.replace("S=$S", "S=$S SUDO_UID=1000"), "(SUDO_UID)");
    // A hidden process: /proc shows it to its owner and to root alone.
    let hidden = "mount -t proc -o hidepid=2 proc /proc";
    let Some(probe) = on_machine("hidepid", &format!("{hidden} && echo hidden || :")) else { return };
    if String::from_utf8_lossy(&probe.stdout).contains("hidden") {
        refused("capture-hidden", hidden, &["$S/bin/sh"], &me, "which /proc does not show");
    } else {
        eprintln!("NOT TESTED: /proc cannot be mounted here");
    }
}

#[test]
fn a_full_disk_leaves_the_old_snapshot() {
    let setup = "mkdir -p $S/home/.local/state/gowrap\n\
                 mount -t tmpfs -o size=16k,mode=700,uid=1000 none $S/home/.local/state/gowrap\nchown -R 1000:1000 $S/home";
    let capture = "$S/bin/gowrap env capture; echo status $?\n\
                   GOFLAGS=$(head -c 60000 /dev/zero | tr '\\0' x) $S/bin/gowrap env capture; echo status $?\n\
                   ls -A $S/home/.local/state/gowrap; tr '\\0' '\\n' <$S/home/.local/state/gowrap/session | grep GOFLAGS";
    let script = format!("{setup}\n{}", chain(&[&format!("{SESSION} $S/bin/bash")], capture));
    let Some(output) = on_machine("full", &script) else { return };
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "status 0\nstatus 125\nsession\nGOFLAGS=-session\n",
        "{stderr}"
    );
    assert!(stderr.contains("No space left on device"), "{stderr}");
}

#[test]
fn the_test_machine_has_its_users() {
    let script =
        "id -u; ls -d /run/WSL; $S/bin/sudo -p -c 'id -u'; command -v setsid\nhead -1 /etc/passwd | cut -d: -f1";
    let Some(output) = on_machine("machine", script) else { return };
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.starts_with("0\n/run/WSL\n0\n/"), "{stdout}");
    assert!(!Path::new("/run/WSL").exists() || std::env::var_os("WSL_DISTRO_NAME").is_some(), "it leaks");
}
