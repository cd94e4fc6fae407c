//! Restored variables on recorded machines: each case is a machine, its processes, and the changes.

use crate::config::{Config, Origin, Setting, Switch};
use crate::plan::Stage;
use crate::plan::restore::*;
use crate::record::Record;

/// A WSL machine on which user 1000 has a snapshot.
const SNAPSHOT: &str = r#"
    kind = "wsl2"
    uid = 1000
    user = "me"
    home = "/home/me"
    [snapshot]
    GOPATH = "/home/me/gopath"
    GOFLAGS = "-mod=mod"
    PATH = "/usr/local/go/bin:/usr/bin:/home/me/bin"
    WSL_DISTRO_NAME = "Ubuntu"
    LD_PRELOAD = "/tmp/evil.so"
"#;

/// A WSL machine on which user 1000 has no snapshot.
const NO_SNAPSHOT: &str = r#"
    kind = "wsl2"
    uid = 1000
    user = "me"
    home = "/home/me"
"#;

/// The same machine; the call is by root.
const ROOT: &str = r#"
    kind = "wsl2"
    uid = 0
    user = "root"
    home = "/root"
"#;

/// The user's shell below WSL's processes, with the variables of WSL and of the user's start files.
const SHELL: &str = r#"
    [[ancestors]]
    pid = 809
    uid = 1000
    name = "bash"
    env = { WSL_DISTRO_NAME = "Ubuntu", WSL_INTEROP = "/run/WSL/8_interop", GOPROXY = "https://proxy", LANG = "C" }
    [[ancestors]]
    pid = 808
    uid = 0
    name = "Relay(809)"
    env = { WSL_DISTRO_NAME = "Wrong", GOPROXY = "wrong" }
    [[ancestors]]
    pid = 1
    uid = 0
    name = "systemd"
    env = { GOPROXY = "wrong" }
"#;

fn parent(uid: u32, name: &str, env: &str) -> String {
    let pid = 900 + name.len();
    format!("[[ancestors]]\npid = {pid}\nuid = {uid}\nname = '{name}'\nenv = {{ {env} }}\n")
}

fn call(env: &str) -> String {
    format!("[call]\ncwd = '/'\nenv = {{ {env} }}\n")
}

/// Returns the finding, each change as `NAME=value < source`, and the code of each note.
fn outcome(parts: &[&str], config: &Config) -> Vec<String> {
    let record = Record::parse(parts.concat().as_bytes(), b"case").unwrap();
    let restored = restore(&record.environ(), config, &record);
    let mut lines = vec![match restored.state {
        EnvironmentState::NotLookedAt => "not looked at".to_owned(),
        EnvironmentState::Whole => "whole".to_owned(),
        EnvironmentState::RemovedOnPurpose(process) => format!("chosen above {}", process.name.escape_ascii()),
        EnvironmentState::Stripped(Some(process)) => format!("stripped by {}", process.name.escape_ascii()),
        EnvironmentState::Stripped(None) => "stripped".to_owned(),
    }];
    for change in &restored.changes {
        assert_eq!(change.stage, Stage::Restore);
        assert!(!change.why.is_empty());
        assert_eq!(change.from.is_some(), change.name == b"PATH" && record.environ().get(b"PATH").is_some());
        let value = change.to.as_deref().unwrap().escape_ascii();
        lines.push(format!("{}={value} < {}", change.name.escape_ascii(), change.source));
    }
    lines.extend(restored.notes.iter().map(|note| note.code.to_string()));
    lines
}

#[track_caller]
fn check(parts: &[&str], expected: &[&str]) {
    assert_eq!(outcome(parts, &Config::default()), expected);
}

#[test]
fn a_whole_environment_is_not_changed() {
    let marks = call("WSL_DISTRO_NAME = 'Ubuntu', GOWRAP_SESSION = '1'");
    check(&[SNAPSHOT, SHELL, &marks], &["whole"]);
    // Without a snapshot there is one mark.
    check(&[NO_SNAPSHOT, SHELL, &call("WSL_DISTRO_NAME = 'Ubuntu'")], &["whole"]);
    // An empty mark is a mark.
    check(&[SNAPSHOT, SHELL, &call("WSL_DISTRO_NAME = '', GOWRAP_SESSION = ''")], &["whole"]);
}

#[test]
fn variables_are_restored_only_on_wsl_and_unless_switched_off() {
    let stripped = [SNAPSHOT, &parent(0, "sudo", ""), SHELL, &call("")].concat();
    check(&[&stripped.replace("wsl2", "linux")], &["not looked at"]);
    assert_eq!(outcome(&[&stripped.replace("wsl2", "wsl1")], &Config::default())[0], "stripped by sudo");
    let off = Setting { value: Switch::Off, origin: Origin::Variable("GOWRAP_RESTORE") };
    let config = Config { restore: off, ..Config::default() };
    assert_eq!(outcome(&[&stripped], &config), ["not looked at"]);
}

#[test]
fn sudo_to_the_same_user_gets_the_snapshot_then_the_passwd_row() {
    let environ = "PATH = '/usr/bin:/bin', HOME = '/home/me', LOGNAME = 'me', SUDO_USER = 'me'";
    check(
        &[SNAPSHOT, &parent(0, "sudo", "GOPROXY = 'wrong'"), SHELL, &call(environ)],
        &[
            "stripped by sudo",
            "PATH=/usr/bin:/bin:/usr/local/go/bin:/home/me/bin < snapshot",
            "GOPATH=/home/me/gopath < snapshot",
            "GOFLAGS=-mod=mod < snapshot",
            "WSL_DISTRO_NAME=Ubuntu < snapshot",
            "USER=me < /etc/passwd",
        ],
    );
}

#[test]
fn a_set_value_is_kept_even_if_empty() {
    let environ =
        "PATH = '', HOME = '', USER = '', LOGNAME = '', GOPATH = '', GOFLAGS = '', GOPROXY = 'off', WSL_INTEROP = ''";
    check(
        &[SNAPSHOT, &parent(0, "sudo", ""), SHELL, &call(environ)],
        &["stripped by sudo", "WSL_DISTRO_NAME=Ubuntu < snapshot"],
    );
}

#[test]
fn no_value_reaches_another_user() {
    let planted = parent(1000, "evil", "GOFLAGS = '-toolexec=/tmp/evil', WSL_DISTRO_NAME = 'Ubuntu', PATH = '/tmp'");
    let root = call("PATH = '/usr/bin', HOME = '/root', USER = 'root', LOGNAME = 'root'");
    // Root below sudo below a user, and root right below a user.
    let sudo = parent(0, "sudo", "GOFLAGS = '-toolexec=/tmp/evil', WSL_DISTRO_NAME = 'Ubuntu'");
    check(&[ROOT, &sudo, &planted, SHELL, &root], &["stripped by sudo", "GW424", "GW423"]);
    check(&[ROOT, &planted, SHELL, &root], &["stripped by evil", "GW424", "GW423"]);
    // A second boundary has variables of the user, although it runs as root.
    check(&[ROOT, &parent(0, "su", ""), &sudo, &planted, SHELL, &root], &["stripped by su", "GW424", "GW423"]);
    // A user below another user, below a shell of the first: the variables of that shell came through the other user.
    let other = NO_SNAPSHOT.replace("1000", "1001").replace("home = \"/home/me\"", "home = '/home/other'");
    let su = parent(0, "su", "GOPROXY = 'wrong'");
    check(
        &[&other, &su, &planted, &parent(1001, "zsh", "GOPROXY = 'mine', GOOS = 'windows'"), SHELL, &call("")],
        &[
            "stripped by su",
            "HOME=/home/other < /etc/passwd",
            "USER=me < /etc/passwd",
            "LOGNAME=me < /etc/passwd",
            "GW424",
            "GW423",
        ],
    );
}

#[test]
fn no_value_comes_from_another_process() {
    // `su`, then `su -`: the first root shell holds what the user exported, and the second one is below it.
    let user = parent(1000, "evil", "GOFLAGS = '-toolexec=/tmp/evil'");
    let first = parent(0, "bash", "GOFLAGS = '-toolexec=/tmp/evil', WSL_DISTRO_NAME = 'Ubuntu', PATH = '/tmp/evil'");
    let su = parent(0, "su", "");
    let root = call("HOME = '/root', USER = 'root', LOGNAME = 'root', PATH = '/usr/bin'");
    check(&[ROOT, &su, &first, &su.replace("902", "903"), &user, SHELL, &root], &["stripped by su", "GW424", "GW423"]);
    // A session with processes of root only.
    let shell = SHELL.replace("uid = 1000", "uid = 0");
    check(&[ROOT, &parent(0, "sudo", "GOPROXY = 'wrong'"), &shell, &root], &["stripped by sudo", "GW424"]);
    // The caller's own shell.
    let me = call("HOME = '/home/me', USER = 'me', LOGNAME = 'me', PATH = '/usr/bin'");
    check(&[NO_SNAPSHOT, &parent(0, "sudo", ""), SHELL, &me], &["stripped by sudo", "GW424"]);
}

#[test]
fn variables_removed_on_purpose_are_not_restored() {
    // `env -i go`, a build tool that cleans the environment of its actions, and the same below a script.
    let unrelated = parent(1000, "make", "LANG = 'C'");
    for between in ["", &unrelated] {
        check(&[SNAPSHOT, between, SHELL, &call("")], &["chosen above bash", "GW421"]);
    }
    let nix = parent(1000, "nix-build", "WSL_DISTRO_NAME = 'Ubuntu'");
    check(&[NO_SNAPSHOT, &nix, &parent(0, "systemd", ""), &call("")], &["chosen above nix-build", "GW421"]);
    // `env -u GOFLAGS go`: the marks are there.
    check(&[SNAPSHOT, SHELL, &call("WSL_DISTRO_NAME = 'Ubuntu', GOWRAP_SESSION = '1'")], &["whole"]);
    // Below a shell that took the snapshot's line.
    let session = parent(1000, "task", "GOWRAP_SESSION = '1'");
    check(&[SNAPSHOT, &session, SHELL, &call("WSL_DISTRO_NAME = 'Ubuntu'")], &["chosen above task", "GW421"]);
    // Without a snapshot that variable is no mark.
    check(
        &[NO_SNAPSHOT, &session, &parent(0, "cron", ""), &call("HOME = '/', USER = 'me', LOGNAME = 'me'")],
        &["stripped by cron", "GW424"],
    );
}

#[test]
fn a_mark_above_the_boundary_does_not_count() {
    for boundary in [
        "sudo",
        "su",
        "doas",
        "runuser",
        "pkexec",
        "cron",
        "crond",
        "atd",
        "sshd",
        "sshd-session",
        "systemd",
        "init",
        "init(Ubuntu)",
        "init-systemd(Ub",
        "SessionLeader",
        "Relay",
        "Relay(809)",
    ] {
        // Even where the boundary runs as the user, as the user's own systemd does.
        let outcome = outcome(&[NO_SNAPSHOT, &parent(1000, boundary, ""), SHELL, &call("")], &Config::default());
        assert_eq!(outcome[0], format!("stripped by {boundary}"));
    }
    for bystander in ["sudoedit", "sush", "bash", "Relayed", "initial", "systemd-run", "node", ""] {
        let outcome = outcome(&[NO_SNAPSHOT, &parent(1000, bystander, ""), SHELL, &call("")], &Config::default());
        assert_eq!(outcome[0], "chosen above bash", "{bystander}");
    }
}

#[test]
fn a_service_gets_the_snapshot_only() {
    for service in ["cron", "sshd", "systemd"] {
        check(
            &[
                SNAPSHOT,
                &parent(1000, "sh", ""),
                &parent(0, service, "GOPATH = 'wrong'"),
                &call("PATH = '/usr/bin', HOME = '/home/me', USER = 'me', LOGNAME = 'me'"),
            ],
            &[
                &format!("stripped by {service}"),
                "PATH=/usr/bin:/usr/local/go/bin:/home/me/bin < snapshot",
                "GOPATH=/home/me/gopath < snapshot",
                "GOFLAGS=-mod=mod < snapshot",
                "WSL_DISTRO_NAME=Ubuntu < snapshot",
            ],
        );
    }
}

#[test]
fn a_process_whose_shell_has_exited_gets_the_snapshot() {
    // After two setsid(2) the only ancestor is the relay, or there is none.
    let identity =
        call("HOME = '/home/me', USER = 'me', LOGNAME = 'me', PATH = '/usr/local/go/bin/:/usr/bin:/home/me/bin'");
    let expected =
        ["GOPATH=/home/me/gopath < snapshot", "GOFLAGS=-mod=mod < snapshot", "WSL_DISTRO_NAME=Ubuntu < snapshot"];
    check(&[SNAPSHOT, &identity], &[&["stripped"], &expected[..]].concat());
    let relay = parent(0, "Relay(809)", "GOPATH = 'wrong'");
    check(
        &[SNAPSHOT, &parent(1000, "job", ""), &relay, &identity],
        &[&["stripped by Relay(809)"], &expected[..]].concat(),
    );
}

#[test]
fn an_editor_server_started_without_the_profile_gets_the_snapshot() {
    let relay = parent(0, "Relay(809)", "");
    let node = parent(1000, "node", "WSL_DISTRO_NAME = 'Ubuntu', PATH = '/usr/bin'");
    check(
        &[
            SNAPSHOT,
            &node,
            &relay,
            &call(
                "WSL_DISTRO_NAME = 'Ubuntu', PATH = '/usr/bin:/mnt/c/Windows:', HOME = '/home/me', USER = 'me', LOGNAME = 'me'",
            ),
        ],
        &[
            "stripped by Relay(809)",
            "PATH=/usr/bin:/mnt/c/Windows::/usr/local/go/bin:/home/me/bin < snapshot",
            "GOPATH=/home/me/gopath < snapshot",
            "GOFLAGS=-mod=mod < snapshot",
        ],
    );
}

#[test]
fn missing_folders_are_appended_to_path() {
    let table = [
        ("/usr/bin", "/usr/bin:/a:/usr/bin/:/b/:/a", Some("/usr/bin:/a:/b/")),
        ("/usr/bin", "rel:.::/a", Some("/usr/bin:/a")),
        ("/", "//:/a", Some("/:/a")),
        (":", "/a", Some("::/a")),
        ("/usr/bin", "/usr/bin", None),
        ("/usr/bin", "", None),
        ("", "/a", None),
    ];
    for (path, login, expected) in table {
        let machine = format!("kind = 'wsl2'\nsnapshot = {{ PATH = '{login}' }}\n");
        let outcome = outcome(&[&machine, &call(&format!("PATH = '{path}'"))], &Config::default());
        let changed = outcome.iter().find_map(|line| line.strip_prefix("PATH=")?.strip_suffix(" < snapshot"));
        assert_eq!(changed, expected, "{path} and {login}");
    }
}

#[test]
fn an_unset_path_comes_from_the_first_source() {
    check(
        &[SNAPSHOT, &call("HOME = '/', USER = 'me', LOGNAME = 'me', GOPATH = '', GOFLAGS = '', WSL_DISTRO_NAME = ''")],
        &["stripped", "PATH=/usr/local/go/bin:/usr/bin:/home/me/bin < snapshot"],
    );
}

#[test]
fn the_configuration_adds_names_to_restore() {
    let names = Setting { value: vec![b"LANG".to_vec()], origin: Origin::Default };
    let config = Config { restore_names: names, ..Config::default() };
    let environ = call("HOME = '/', USER = 'me', LOGNAME = 'me'");
    let snapshot = NO_SNAPSHOT.to_owned() + "[snapshot]\nLANG = 'C'\nLC_ALL = 'C'\n";
    let lines = outcome(&[&snapshot, &parent(0, "sudo", ""), SHELL, &environ], &config);
    assert_eq!(lines, ["stripped by sudo", "LANG=C < snapshot"]);
}

#[test]
fn wsl_interop_is_never_restored() {
    let snapshot = NO_SNAPSHOT.to_owned()
        + "[snapshot]\nWSL_INTEROP = '/run/WSL/8_interop'\nSSH_AUTH_SOCK = '/tmp/agent'\nGOPROXY = 'off'\n";
    let names = Setting { value: vec![b"SSH_AUTH_SOCK".to_vec()], origin: Origin::Default };
    let config = Config { restore_names: names, ..Config::default() };
    let environ = call("HOME = '/', USER = 'me', LOGNAME = 'me'");
    let lines = outcome(&[&snapshot, &parent(0, "sudo", ""), SHELL, &environ], &config);
    assert_eq!(lines, ["stripped by sudo", "GOPROXY=off < snapshot"]);
}

#[test]
fn any_bytes_are_restored() {
    let snapshot = NO_SNAPSHOT.to_owned() + "[snapshot]\nSSL_CERT_x = { b64 = '/wo=' }\n";
    let environ = call("HOME = '/', USER = 'me', LOGNAME = 'me'");
    check(&[&snapshot, &parent(0, "su", ""), &environ], &["stripped by su", r"SSL_CERT_x=\xff\n < snapshot"]);
}
