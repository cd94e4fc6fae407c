//! The environment below sudo, cron, sshd and systemd, as a real Go on either side sees it.
//!
//! A test user `me` logs in with settings of Go; `ask` prints three of them as the Linux Go and the Windows Go, started
//! through gowrap, see them. sudo is the real one; the daemons are shells of their name.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

#[path = "support/lab.rs"]
mod lab;
use lab::{lab, several_users};

const SCENE: &str = r#"
    printf 'me:x:4321:4321::/run/me:/bin/bash\n' >>/etc/passwd; printf 'me:x:4321:\n' >>/etc/group
    printf 'me:*:19000:0:99999:7:::\n' >>/etc/shadow
    install -d -o 4321 -g 4321 /run/me
    mkdir /run/shims /run/bin
    own=$(readlink -f $SHIMS/go)
    cp "${own%/*}/gowrap" "${own%/*}/gowrap-shim" /run/shims; ln -s gowrap-shim /run/shims/go
    for daemon in cron sshd systemd; do cp /bin/bash /run/bin/$daemon; done
    # The test user cannot read the folder of root where the current Go is.
    mkdir /run/go; mount --bind "${CURRENT_GO%/bin}" /run/go
    export P=/run/shims:/run/bin:/run/go/bin:/usr/bin:/bin
    printf 'ALL ALL=(ALL:ALL) NOPASSWD: ALL\nDefaults secure_path="%s"\n' $P >/etc/sudoers.d/lab; chmod 440 /etc/sudoers.d/lab
    cat >/run/bin/ask <<'END'
#!/bin/bash
cd /mnt/c
list() { tr -d '\r' | paste -sd' ' | sed 's/ *$//'; }
echo "$1: native: $(go env GOPATH GOPROXY GOFLAGS 2>&1 | list)"
echo "$1: windows: $(gowrap '/mnt/c/Program Files/Go/bin/go.exe' env GOPATH GOPROXY GOFLAGS 2>&1 | list)"
END
    cat >/run/bin/evil <<'END'
#!/bin/sh
echo "evil was run by $(id -un)" >>/run/evil.log
exec "$@"
END
    chmod 755 /run/bin/*
    touch /run/evil.log; chmod 666 /run/evil.log
    as_me() { setpriv --reuid 4321 --regid 4321 --clear-groups "$@"; }
    # The `:` keeps bash from executing the last command in its own place: the session's shell stays an ancestor.
    login() {
        as_me env -i PATH=$P HOME=/run/me USER=me LOGNAME=me P=$P WSL_DISTRO_NAME=$WSL_DISTRO_NAME WSL_INTEROP=$WSL_INTEROP \
            GOPATH=/mnt/c/gopath GOPROXY=https://p.example GOFLAGS=${FLAGS--mod=mod} ${SESSION-} bash -c "$1; :"
    }
    stripped="env -i PATH=$P"
    cd /
"#;

/// Settings that the login shell exports, as each Go prints them.
const NATIVE: &str = "/mnt/c/gopath https://p.example -mod=mod";
const WINDOWS: &str = r"C:\gopath https://p.example -mod=mod";

/// Settings of a Go without any variable.
const NATIVE_DEFAULT: &str = "https://proxy.golang.org,direct";
const WINDOWS_DEFAULT: &str = r"C:\users\me\go https://proxy.golang.org,direct";

fn run(script: &str) -> lab::Answer {
    lab(&[], &format!("{SCENE}{script}")).never("gowrap: ")
}

#[track_caller]
fn says(answer: &lab::Answer, name: &str, native: &str, windows: &str) {
    for (side, wanted) in [("native", native), ("windows", windows)] {
        let line = format!("{name}: {side}: {wanted}");
        assert!(answer.stdout.lines().any(|said| said == line), "no {line:?} in\n{}\n{}", answer.stdout, answer.stderr);
    }
}

#[test]
fn a_shell_and_its_children_see_the_same_settings() {
    if !several_users() {
        return;
    }
    let answer = run(r#"
        login 'ask healthy'
        login 'env -u GOFLAGS ask without'
        login 'env -i PATH=$P HOME=/run/me ask nothing'
        login 'export WSL_INTEROP=/run/WSL/777_interop; ask dead'
        login '(setsid bash -c "setsid bash -c \"sleep 1; ask orphan; touch /run/me/done\" &" &)'
        for n in $(seq 200); do [ -e /run/me/done ] && break; sleep 0.1; done
    "#)
    .status(0);
    says(&answer, "healthy", NATIVE, WINDOWS);
    says(&answer, "dead", NATIVE, WINDOWS);
    says(&answer, "orphan", NATIVE, WINDOWS);
    // A person took it away, and that is what Go sees.
    says(&answer, "without", "/mnt/c/gopath https://p.example", r"C:\gopath https://p.example");
    says(&answer, "nothing", &format!("/run/me/go {NATIVE_DEFAULT}"), WINDOWS_DEFAULT);
}

/// The values come from the snapshot; never across user ids.
#[test]
fn under_sudo_the_settings_are_restored() {
    if !several_users() {
        return;
    }
    let answer = run(r#"
        export SESSION=GOWRAP_SESSION=1
        login 'gowrap env capture'
        login 'sudo -u me ask sudo-me'
        login 'sudo ask sudo-root'
        login 'sudo -H -u \#4321 ask sudo-number'
        login 'sudo bash -c "sudo -u me ask twice; :"'
    "#)
    .status(0);
    says(&answer, "sudo-me", NATIVE, WINDOWS);
    says(&answer, "sudo-number", NATIVE, WINDOWS);
    says(&answer, "twice", NATIVE, WINDOWS);
    let nothing = format!("/root/go {NATIVE_DEFAULT}");
    says(&answer, "sudo-root", &nothing, WINDOWS_DEFAULT);
}

/// Daemons have no session's shell above them: what a login captured comes back.
#[test]
fn under_daemons_the_snapshot_is_restored() {
    if !several_users() {
        return;
    }
    let answer = run(r#"
        for daemon in cron sshd systemd; do
            as_me $stripped HOME=/run/me /run/bin/$daemon -c "$stripped HOME=/run/me bash -c 'ask $daemon-before; :'; :"
        done
        export SESSION=GOWRAP_SESSION=1
        login 'gowrap env capture; ask healthy'
        stat -c '%a %U' /run/me/.local/state/gowrap/session
        for daemon in cron sshd systemd; do
            as_me $stripped HOME=/run/me /run/bin/$daemon -c "$stripped HOME=/run/me bash -c 'ask $daemon; :'; :"
        done
        $stripped HOME=/root /run/bin/systemd -c 'setpriv --reuid 4321 --regid 4321 --clear-groups ask unit; :'
        $stripped HOME=/root /run/bin/cron -c 'ask root; :'
        SESSION= login 'sudo -u me ask sudo'
        as_me $stripped HOME=/run/me gowrap env show | grep -c GOPROXY
        as_me $stripped HOME=/run/me gowrap env forget; ls /run/me/.local/state/gowrap
    "#);
    let nothing = format!("/run/me/go {NATIVE_DEFAULT}");
    for daemon in ["cron", "sshd", "systemd"] {
        says(&answer, &format!("{daemon}-before"), &nothing, WINDOWS_DEFAULT);
        says(&answer, daemon, NATIVE, WINDOWS);
    }
    says(&answer, "healthy", NATIVE, WINDOWS);
    says(&answer, "unit", NATIVE, WINDOWS);
    says(&answer, "sudo", NATIVE, WINDOWS);
    says(&answer, "root", &format!("/root/go {NATIVE_DEFAULT}"), WINDOWS_DEFAULT);
    assert!(answer.stdout.contains("\n600 me\n"), "{}", answer.stdout);
}

/// `-toolexec` runs a program for each tool that a build starts: a user who can set root's GOFLAGS can run programs as
/// root.
#[test]
fn a_user_cannot_make_root_run_a_program() {
    if !several_users() {
        return;
    }
    let answer = run(r#"
        export FLAGS=-toolexec=/run/bin/evil SESSION=GOWRAP_SESSION=1
        login 'gowrap env capture; mkdir /run/me/m; cd /run/me/m; go mod init m; echo "package main; func main() {}" >m.go; go build -o /dev/null .'
        sort -u /run/evil.log; : >/run/evil.log
        login 'cd /run/me/m; sudo go build -a -o /dev/null . && echo built by root'
        login 'cd /run/me/m; sudo env HOME=/run/me go build -a -o /dev/null . && echo built by root with a kept home'
        login 'cd /run/me/m; sudo go env GOFLAGS; sudo env HOME=/run/me gowrap --explain go version'
        echo "evil as root: $(wc -l </run/evil.log)"
    "#)
    .status(0)
    .out("evil was run by me\n")
    .out("built by root\n")
    .out("built by root with a kept home\n")
    .out("evil as root: 0\n");
    assert!(!answer.stdout.contains("toolexec"), "{}", answer.stdout);
}
