//! The configuration on recorded machines: files and variables in, settings and messages out.

use std::borrow::Cow;
use std::ffi::CString;

use crate::text::errno::Errno;

use crate::config::*;
use crate::diagnosis::{Code, Exit, Failure};
use crate::host::environ::Environ;
use crate::host::live::{Auxiliary, Live};
use crate::record::Record;
use crate::record::witness::Witness;
use crate::tools::Tool;

const SYSTEM: &str = "/etc/gowrap/config.toml";
const MINE: &str = "/home/me/.config/gowrap/config.toml";

const MOUNTS: &str = r"
[[mounts]]
line = '20 1 8:32 / / rw - ext4 /dev/sdc rw'
[[mounts]]
line = '90 20 0:50 / /mnt/c rw,noatime - 9p C:\134 rw,aname=drvfs;path=C:\;uid=1000;gid=1000'
[[mounts]]
line = '91 20 0:51 / /mnt/f rw - fuse f: rw,user_id=1001'
";

/// The text of a record, file by file.
#[derive(Clone)]
struct Fake {
    uid: u32,
    user: bool,
    rows: String,
}

impl Fake {
    /// Returns a machine with root and a user `me`, 1000. The given user makes the call.
    fn of_uid(uid: u32) -> Fake {
        Fake { uid, user: true, rows: String::new() }
            .file(
                "/etc/passwd",
                (0, 0, 0o644),
                "root:x:0:0:root:/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\nana:x:1001:1005::/home/ana:/bin/sh\n\
                 bob:x:1002:100::/home/bob:/bin/sh\neve:x:1003:100::/home/eve:/bin/sh\nzoe:x:1004:1004::/:/bin/sh\n",
            )
            .file("/etc/group", (0, 0, 0o644), "root:x:0:\nme:x:1000:me\nana:x:1005:\nusers:x:100:\nzoe:x:1004:bob\n")
    }

    /// Adds a file with this owner, group and mode.
    fn file(self, path: &str, access: (u32, u32, u32), text: &str) -> Fake {
        let text = toml::Value::String(text.to_owned());
        self.entry(path, access, &format!("text = {text}"))
    }

    /// Adds a row of any kind.
    fn entry(mut self, path: &str, (uid, gid, mode): (u32, u32, u32), rest: &str) -> Fake {
        let path = toml::Value::String(path.to_owned());
        self.rows += &format!("[[files]]\npath = {path}\nuid = {uid}\ngid = {gid}\nmode = '{mode:04o}'\n{rest}\n");
        self
    }

    /// Adds a symbolic link.
    fn link(self, path: &str, target: &str) -> Fake {
        let uid = self.uid;
        self.entry(path, (uid, uid, 0o777), &format!("link = '{target}'"))
    }

    /// Removes the user's row in `/etc/passwd`.
    fn without_user(mut self) -> Fake {
        self.user = false;
        self
    }

    /// Returns the machine.
    fn record(&self) -> Record {
        let home = if self.uid == 0 { "/root" } else { "/home/me" };
        let user = if self.user { format!("user = 'ana'\nhome = '{home}'\n") } else { String::new() };
        let call = "[call]\ncwd = '/home/me/project'\n";
        let text = format!("uid = {}\n{user}{MOUNTS}{}{call}", self.uid, self.rows);
        Record::parse(text.as_bytes(), b"fake").expect("a machine")
    }
}

fn environ(entries: &[&str]) -> Environ<'static> {
    Environ::new(entries.iter().map(|entry| Cow::Owned(CString::new(*entry).unwrap())).collect())
}

/// Loads the configuration of the user `me`, with a home and these variables.
fn load(fake: &Fake, variables: &[&str], named: Option<&str>) -> Result<Config, Failure> {
    let entries: Vec<&str> = [&["HOME=/home/me", "PWD=/home/me/project"], variables].concat();
    Config::load(&environ(&entries), &fake.record(), named.map(str::as_bytes))
}

/// Returns the files that are looked up, without passwd and group.
fn looked_for(fake: &Fake, variables: &[&str], named: Option<&str>) -> Vec<String> {
    looked_for_with(fake, &[&["HOME=/home/me"], variables].concat(), named)
}

fn looked_for_with(fake: &Fake, entries: &[&str], named: Option<&str>) -> Vec<String> {
    let record = fake.record();
    let witness = Witness::new(&record);
    _ = Config::load(&environ(entries), &witness, named.map(str::as_bytes));
    witness.paths().iter().map(|path| text(path)).collect()
}

fn me() -> Fake {
    Fake::of_uid(1000)
}

/// Returns a machine whose user file has this text.
fn mine(text: &str) -> Fake {
    me().file(MINE, (1000, 1000, 0o644), text)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn notes(config: &Config) -> Vec<String> {
    config.notes.iter().map(|note| format!("{} {}", note.code, text(&note.text))).collect()
}

fn refusal(outcome: Result<Config, Failure>) -> (Code, String) {
    let failure = outcome.unwrap_err();
    assert_eq!(failure.exit, Exit::Own);
    assert!(!failure.fix.is_empty(), "every refusal has a way out");
    (failure.code, text(&failure.message))
}

/// Returns a setting as `value (origin)`.
fn shown<T: std::fmt::Debug>(setting: &Setting<T>) -> String {
    format!("{:?} ({})", setting.value, text(&setting.origin.describe()))
}

#[test]
fn without_a_file_two_paths_are_tried_and_nothing_is_set() {
    let fake = me();
    let config = load(&fake, &[], None).unwrap();
    assert_eq!(looked_for(&fake, &[], None), [SYSTEM, MINE]);
    assert_eq!(shown(&config.pe), "Auto (default)");
    assert_eq!(shown(&config.restore), "On (default)");
    assert_eq!(shown(&config.client), "Auto (default)");
    assert_eq!(shown(&config.bind), "Auto (default)");
    assert_eq!(shown(&config.allow_any), "Narrowed (default)");
    assert_eq!(shown(&config.translate), "On (default)");
    assert!(config.pins.is_empty() && config.restore_names.value.is_empty() && config.notes.is_empty());
}

#[test]
fn every_key_has_its_setting() {
    let fake = mine(
        r#"
pe = "reroute"
[tools.go]
path = "/opt/go/bin/go"
[tools]
dlv.path = '/opt/dlv'
go_windows_amd64_exec = { path = "/opt/x" }
[restore]
enabled = false
names = ["MY_TOKEN", "X"]
[debug]
client = "windows"
bind = "10.1.2.3"
allow_any = true
[paths]
translate = false
"#,
    );
    let config = load(&fake, &[], None).unwrap();
    assert_eq!(notes(&config), [""; 0]);
    assert_eq!(config.pe.value, PePolicy::Reroute);
    assert_eq!(config.pe.origin, Origin::File(MINE.into()));
    assert_eq!(config.restore.value, Switch::Off);
    assert_eq!(config.restore_names.value, [b"MY_TOKEN".to_vec(), b"X".to_vec()]);
    assert_eq!(config.client.value, ClientPolicy::Fixed(crate::config::ClientSide::Windows));
    assert_eq!(config.bind.value, BindPolicy::Address(b"10.1.2.3".to_vec()));
    assert_eq!(config.allow_any.value, AnyAddress::Allowed);
    assert_eq!(config.translate.value, Switch::Off);
    let pin = |tool| config.pin(tool).map(|pin| text(&pin.value));
    assert_eq!(pin(Tool::Go).as_deref(), Some("/opt/go/bin/go"));
    assert_eq!(pin(Tool::Dlv).as_deref(), Some("/opt/dlv"));
    assert_eq!(pin(Tool::WindowsAmd64Exec).as_deref(), Some("/opt/x"));
    assert_eq!(pin(Tool::Gofmt), None);
}

#[test]
fn the_later_layer_wins_setting_by_setting() {
    let fake = me()
        .file(
            SYSTEM,
            (0, 0, 0o644),
            "pe = 'reject'\ndebug.client = 'linux'\ndebug.bind = 'keep'\nrestore.names = ['A']\n\
             tools.go.path = '/sys/go'\ntools.dlv.path = '/sys/dlv'",
        )
        .file(
            MINE,
            (1000, 1000, 0o600),
            "pe = 'auto'\ndebug.client = 'windows'\nrestore.names = ['B']\ntools.go.path = '/my/go'",
        );
    let config = load(&fake, &["GOWRAP_DEBUG_CLIENT=auto"], None).unwrap();
    assert_eq!(shown(&config.pe), format!("Auto ({MINE})"));
    assert_eq!(shown(&config.client), "Auto (GOWRAP_DEBUG_CLIENT)");
    assert_eq!(shown(&config.bind), format!("Keep ({SYSTEM})"));
    assert_eq!(shown(&config.restore_names), format!("[[66]] ({MINE})"), "a list is replaced, not added to");
    let pin = |tool| config.pin(tool).map(|pin| (text(&pin.value), text(&pin.origin.describe())));
    assert_eq!(pin(Tool::Go), Some(("/my/go".into(), MINE.into())));
    assert_eq!(pin(Tool::Dlv), Some(("/sys/dlv".into(), SYSTEM.into())));
}

#[test]
fn the_user_file_is_where_xdg_says() {
    let table: &[(&[&str], Option<&str>)] = &[
        (&["XDG_CONFIG_HOME=/x", "HOME=/h"], Some("/x/gowrap/config.toml")),
        (&["XDG_CONFIG_HOME=", "HOME=/h"], Some("/h/.config/gowrap/config.toml")),
        // A relative one would be read from the project's folder.
        (&["XDG_CONFIG_HOME=x", "HOME=/h"], Some("/h/.config/gowrap/config.toml")),
        (&["HOME=h"], Some("/home/me/.config/gowrap/config.toml")),
        (&["HOME="], Some("/home/me/.config/gowrap/config.toml")),
        (&[r"HOME=C:\Users\me"], Some("/home/me/.config/gowrap/config.toml")),
        (&[], Some("/home/me/.config/gowrap/config.toml")),
    ];
    for (entries, user) in table {
        let looked_for = looked_for_with(&me(), entries, None);
        let own = looked_for.iter().find(|path| *path != SYSTEM);
        assert_eq!(own.map(String::as_str), *user, "{entries:?}");
    }
    assert_eq!(looked_for_with(&me().without_user(), &[], None), [SYSTEM], "no user and no home");
}

#[test]
fn a_named_file_replaces_the_user_file() {
    let fake = || {
        mine("pe = 'reject'").file("/a.toml", (1000, 1000, 0o644), "pe = 'reroute'").file(
            "/b.toml",
            (0, 0, 0o644),
            "pe = 'auto'",
        )
    };
    // variables, --config, which files are opened, pe
    type Row = (&'static [&'static str], Option<&'static str>, &'static [&'static str], &'static str);
    let table: &[Row] = &[
        (&[], None, &[SYSTEM, MINE], "Reject (/home/me/.config/gowrap/config.toml)"),
        (&["GOWRAP_CONFIG=/a.toml"], None, &[SYSTEM, "/a.toml"], "Reroute (/a.toml)"),
        (&["GOWRAP_CONFIG=/a.toml"], Some("/b.toml"), &[SYSTEM, "/b.toml"], "Auto (/b.toml)"),
        (&["GOWRAP_CONFIG="], None, &[SYSTEM, MINE], "Reject (/home/me/.config/gowrap/config.toml)"),
        (&["GOWRAP_CONFIG=/dev/null"], None, &[SYSTEM], "Auto (default)"),
        (&["GOWRAP_CONFIG=/a.toml", "GOWRAP_PE=reject"], None, &[SYSTEM, "/a.toml"], "Reject (GOWRAP_PE)"),
        (&["GOWRAP_CONFIG=/a.toml", "GOWRAP_CONFIG=/b.toml"], None, &[SYSTEM, "/a.toml"], "Reroute (/a.toml)"),
    ];
    for (variables, named, opened, pe) in table {
        let fake = fake();
        let config = load(&fake, variables, *named).unwrap();
        let mut expected = opened.to_vec();
        expected.sort_unstable();
        assert_eq!(looked_for(&fake, variables, *named), expected, "{variables:?} {named:?}");
        assert_eq!(shown(&config.pe), *pe, "{variables:?} {named:?}");
    }
}

#[test]
fn a_named_file_must_exist_and_its_variable_must_be_absolute() {
    assert_eq!(
        refusal(load(&me(), &[], Some("/no.toml"))),
        (Code::GW906, "cannot read /no.toml: there is no such file".into())
    );
    assert_eq!(
        refusal(load(&me(), &["GOWRAP_CONFIG=my.toml"], None)),
        (Code::GW903, "GOWRAP_CONFIG=my.toml is not absolute: a relative path depends on the working directory".into())
    );
    let fake = me().file("/home/me/project/my.toml", (1000, 1000, 0o644), "pe = 'reject'");
    assert_eq!(shown(&load(&fake, &[], Some("my.toml")).unwrap().pe), "Reject (my.toml)");
}

#[test]
fn a_recorded_call_has_its_own_variables_and_no_files_but_the_named_one() {
    let fake = mine("pe = 'reject'").file(SYSTEM, (0, 0, 0o644), "debug.bind = 'keep'").file(
        "/a.toml",
        (1000, 1000, 0o644),
        "pe = 'reroute'",
    );
    let call = environ(&["HOME=/home/me", "GOWRAP_CONFIG=/a.toml", "GOWRAP_RESTORE=off"]);
    let record = fake.record();
    let witness = Witness::new(&record);
    let config = Config::for_record(&call, &witness, None).unwrap();
    assert_eq!((shown(&config.pe), shown(&config.restore)), ("Auto (default)".into(), "Off (GOWRAP_RESTORE)".into()));
    assert!(witness.paths().is_empty());
    let config = Config::for_record(&call, &witness, Some(b"/a.toml")).unwrap();
    assert_eq!((shown(&config.pe), shown(&config.bind)), ("Reroute (/a.toml)".into(), "Auto (default)".into()));
}

#[test]
fn variables_accept_only_their_values() {
    let table: &[(&str, Result<&str, &str>)] = &[
        ("GOWRAP_PE=auto", Ok("Auto (GOWRAP_PE)")),
        ("GOWRAP_PE=reject", Ok("Reject (GOWRAP_PE)")),
        ("GOWRAP_PE=reroute", Ok("Reroute (GOWRAP_PE)")),
        ("GOWRAP_PE=", Ok("Auto (default)")),
        ("GOWRAP_PEX=x", Ok("Auto (default)")),
        ("GOWRAP_PE=Reject", Err("GOWRAP_PE=Reject: expected auto, reject or reroute")),
        ("GOWRAP_PE=1", Err("GOWRAP_PE=1: expected auto, reject or reroute")),
        ("GOWRAP_RESTORE=on", Ok("Auto (default)")),
        ("GOWRAP_RESTORE=0", Err("GOWRAP_RESTORE=0: expected on or off")),
        ("GOWRAP_DEBUG_CLIENT=linux", Ok("Auto (default)")),
        ("GOWRAP_DEBUG_CLIENT=wsl", Err("GOWRAP_DEBUG_CLIENT=wsl: expected auto, linux or windows")),
    ];
    for (entry, outcome) in table {
        match (load(&me(), &[entry], None), outcome) {
            (Ok(config), Ok(pe)) => assert_eq!(shown(&config.pe), *pe, "{entry}"),
            (failed, Err(message)) => assert_eq!(refusal(failed), (Code::GW903, (*message).into())),
            (Err(failure), Ok(_)) => panic!("{entry}: {}", text(&failure.message)),
        }
    }
    let config = load(&me(), &["GOWRAP_RESTORE=off", "GOWRAP_DEBUG_CLIENT=windows"], None).unwrap();
    assert_eq!(shown(&config.restore), "Off (GOWRAP_RESTORE)");
    assert_eq!(shown(&config.client), "Fixed(Windows) (GOWRAP_DEBUG_CLIENT)");
}

#[test]
fn a_mistake_is_pointed_at() {
    let table: &[(&str, &str)] = &[
        ("pe = reject\n", ":1:6: a string must be in quotes\n  pe = reject\n       ^^^^^^"),
        ("pe = never\n", ":1:6: a string must be in quotes\n  pe = never\n       ^^^^^"),
        ("bind = 10.1.2.3\n", ":1:12: a string must be in quotes\n  bind = 10.1.2.3\n             ^^^^"),
        ("[debug\nbind = 'keep'", ":1:7: unclosed table, expected `]`\n  [debug\n        ^"),
        ("pe = 'auto'\npe = 'auto'\n", ":2:1: duplicate key\n  pe = 'auto'\n  ^^"),
        ("pe = \"never\"", ":1:6: expected auto, reject or reroute, got \"never\"\n  pe = \"never\"\n       ^^^^^^^"),
        (
            "\u{feff}pe = 'never'\r\n",
            ":1:6: expected auto, reject or reroute, got \"never\"\n  pe = 'never'\n       ^^^^^^^",
        ),
        ("# Größe\npe = true # ü\n", ":2:6: expected a string, got true or false\n  pe = true # ü\n       ^^^^"),
        ("\n\npe = [\n 'auto' ]", ":3:6: expected a string, got a list\n  pe = [\n       ^"),
        ("tools = 1", ":1:1: expected a table for `tools`, got a number\n  tools = 1\n  ^^^^^"),
        ("[tools]\ngo = '/x'", ":2:1: expected a table for `go`, got a string\n  go = '/x'\n  ^^"),
        ("[[debug]]", ":1:3: expected a table for `debug`, got a list\n  [[debug]]\n    ^^^^^"),
        (
            "[tools.go]\n\tpath = \"~/go/bin/go\"",
            ":2:9: `~` is not expanded here: write the whole path\n   path = \"~/go/bin/go\"\n          ^^^^^^^^^^^^^",
        ),
        (
            "tools.go.path = 'bin/go'",
            ":1:17: expected an absolute path, got \"bin/go\"\n  tools.go.path = 'bin/go'\n                  ^^^^^^^^",
        ),
        (
            "tools.go.path = ''",
            ":1:17: expected an absolute path, got \"\"\n  tools.go.path = ''\n                  ^^",
        ),
        (
            r"tools.go.path = 'C:\Go\bin\go.exe'",
            concat!(
                ":1:17: expected a Linux path (`gowrap path` translates a Windows path)\n",
                r"  tools.go.path = 'C:\Go\bin\go.exe'",
                "\n                  ^^^^^^^^^^^^^^^^^^"
            ),
        ),
        (
            r#"tools.go.path = "/\u0000""#,
            ":1:17: a path must not have a NUL\n  tools.go.path = \"/\\u0000\"\n                  ^^^^^^^^^",
        ),
        (
            "restore.enabled = 'off'",
            ":1:19: expected true or false, got a string\n  restore.enabled = 'off'\n                    ^^^^^",
        ),
        (
            "restore.names = 'A'",
            ":1:17: expected a list of names, got a string\n  restore.names = 'A'\n                  ^^^",
        ),
        (
            "restore.names = ['A', 1]",
            ":1:23: expected a string, got a number\n  restore.names = ['A', 1]\n                        ^",
        ),
        (
            "restore.names = ['A=1']",
            ":1:18: expected the name of a variable, got \"A=1\"\n  restore.names = ['A=1']\n                   ^^^^^",
        ),
        (
            "debug.bind = '127.0.0.1:4000'",
            ":1:14: expected auto, keep or an IP address without a port, got \"127.0.0.1:4000\"\n  debug.bind = '127.0.0.1:4000'\n               ^^^^^^^^^^^^^^^^",
        ),
        (
            "debug.allow_any = 1",
            ":1:19: expected true or false, got a number\n  debug.allow_any = 1\n                    ^",
        ),
        // The message shows the first mistake in the file.
        ("[tools.go]\npath = 1\n[debug]\nbind = 2\n", ":2:8: expected a string, got a number\n  path = 1\n         ^"),
    ];
    for (file, message) in table {
        assert_eq!(refusal(load(&mine(file), &[], None)), (Code::GW908, format!("{MINE}{message}")), "{file:?}");
    }
}

#[test]
fn an_unknown_key_is_a_note_and_the_other_keys_count() {
    let fake = mine(
        "colour = 1\npe = 'reject'\n[tools.cargo]\npath = 1\n[tools.go]\nversion = 1\n[debug]\nclinet = 'linux'\n\
         [restore]\nx = 1\n[paths]\n'a b' = {}\n",
    );
    let config = load(&fake, &[], None).unwrap();
    assert_eq!(shown(&config.pe), format!("Reject ({MINE})"));
    let expected = [
        ":1:1: unknown key `colour`, expected one of pe, tools, restore, debug, paths",
        ":3:8: unknown key `tools.cargo`, expected one of go, gofmt, dlv, dlv-dap, gopls, go_windows_amd64_exec, \
         go_windows_386_exec, go_windows_arm64_exec",
        ":6:1: unknown key `tools.go.version`, expected one of path",
        ":8:1: unknown key `debug.clinet`, expected one of client, bind, allow_any",
        ":10:1: unknown key `restore.x`, expected one of enabled, names",
        ":12:1: unknown key `paths.a b`, expected one of translate",
    ];
    assert_eq!(notes(&config), expected.map(|note| format!("GW909 {MINE}{note}")));
}

#[test]
fn owner_and_mode_decide_if_a_file_counts() {
    const OBEYED: &str = "obeyed";
    let by_everybody = |mode| format!("GW907 {MINE} can be changed by every user (mode {mode})");
    let by_group = |group, mode| format!("GW907 {MINE} can be changed by group {group} (mode {mode})");
    let of_another =
        |owner| format!("GW911 ignored {MINE}: it belongs to user {owner}, neither to root nor to user 1000");
    // uid that asks, owner, group, mode, outcome
    let table: &[(u32, u32, u32, u32, String)] = &[
        (1000, 1000, 1000, 0o644, OBEYED.into()),
        (1000, 1000, 1000, 0o400, OBEYED.into()),
        (1000, 1000, 1000, 0o755, OBEYED.into()),
        (1000, 0, 0, 0o644, OBEYED.into()),
        (1000, 0, 1000, 0o644, OBEYED.into()),
        // 664 is the usual mode if each user has a private group.
        (1000, 1000, 1000, 0o664, OBEYED.into()),
        (1000, 0, 0, 0o664, OBEYED.into()),
        (1000, 1000, 100, 0o664, by_group(100, "0664")),
        (1000, 1000, 0, 0o664, by_group(0, "0664")),
        (1000, 0, 1000, 0o664, by_group(1000, "0664")),
        (1000, 1000, 1000, 0o666, by_everybody("0666")),
        (1000, 1000, 1000, 0o602, by_everybody("0602")),
        (1000, 0, 0, 0o1777, by_everybody("1777")),
        (1000, 1001, 1005, 0o644, of_another(1001)),
        // The file is ignored for its owner, so its mode does not matter.
        (1000, 1001, 1005, 0o666, of_another(1001)),
        // A private group may have another number than its user.
        (1001, 1001, 1005, 0o664, OBEYED.into()),
        // `users` is the primary group of two.
        (1002, 1002, 100, 0o664, by_group(100, "0664")),
        // Another user was added to zoe's group.
        (1004, 1004, 1004, 0o664, by_group(1004, "0664")),
        // A user without a row in /etc/passwd has the group of the same number.
        (5000, 5000, 5000, 0o664, OBEYED.into()),
        (5000, 5000, 0, 0o664, by_group(0, "0664")),
        (0, 0, 0, 0o644, OBEYED.into()),
        (0, 1000, 1000, 0o644, format!("GW911 ignored {MINE}: it belongs to user 1000, and this is root")),
    ];
    for (uid, owner, group, mode, outcome) in table {
        let fake = Fake::of_uid(*uid).file(MINE, (*owner, *group, *mode), "pe = 'reject'");
        let found = match load(&fake, &[], None) {
            Ok(config) if config.pe.value == PePolicy::Reject => OBEYED.into(),
            Ok(config) => notes(&config).join("; "),
            Err(failure) => format!("{} {}", failure.code, text(&failure.message)),
        };
        assert_eq!(found, *outcome, "{uid} reads {owner}:{group} {mode:o}");
    }
}

#[test]
fn owner_and_mode_count_for_a_named_file_and_the_system_file_too() {
    let fake = me().file(SYSTEM, (0, 0, 0o646), "");
    assert_eq!(refusal(load(&fake, &[], None)).0, Code::GW907);
    let fake = me().file("/it's.toml", (1000, 100, 0o664), "");
    let failure = load(&fake, &[], Some("/it's.toml")).unwrap_err();
    assert_eq!(text(&failure.fix[0]), r"chmod go-w '/it'\''s.toml'");
    let fake = Fake::of_uid(0).file("/tmp/x.toml", (1000, 1000, 0o644), "pe = 'reject'");
    assert_eq!(
        notes(&load(&fake, &["GOWRAP_CONFIG=/tmp/x.toml"], None).unwrap()),
        ["GW911 ignored /tmp/x.toml: it belongs to user 1000, and this is root"]
    );
}

#[test]
fn a_file_on_a_drive_is_ignored_even_behind_a_link() {
    const WHY: &str = "it is on a Windows drive, where owner and mode do not show who can change it";
    let there = "/mnt/c/gowrap/config.toml";
    let fake = || me().file(there, (1000, 1000, 0o777), "pe = 'reject'");
    let config = load(&fake(), &["XDG_CONFIG_HOME=/mnt/c"], None).unwrap();
    assert_eq!(notes(&config), [format!("GW911 ignored {there}: {WHY}")]);
    assert_eq!(shown(&config.pe), "Auto (default)");
    let config = load(&fake().link(MINE, there), &[], None).unwrap();
    assert_eq!(notes(&config), [format!("GW911 ignored {MINE}: {WHY}")]);
    // Another disk is no drive.
    let fake = me().file("/mnt/data/gowrap/config.toml", (1000, 1000, 0o644), "pe = 'reject'");
    assert_eq!(load(&fake, &["XDG_CONFIG_HOME=/mnt/data"], None).unwrap().pe.value, PePolicy::Reject);
}

#[test]
fn an_unreadable_file_stops_its_owner_only() {
    let large = format!("text = '{}'", "x".repeat((1 << 20) + 1));
    let message = |what: &str| Err(format!("cannot read {MINE}: {what}"));
    let note = |what: &str| Ok(format!("GW911 ignored {MINE}: {what}"));
    let foreign = "it belongs to user 1000, and this is root";
    let table: &[(u32, u32, &str, u32, Result<String, String>)] = &[
        (1000, 1000, "format = 'fifo'", 0o600, note("it is not a regular file")),
        (1000, 1000, "format = 'dir'", 0o700, note("it is not a regular file")),
        (1000, 1000, "format = 'dir'", 0o777, note("it is not a regular file")),
        (1000, 1000, &large, 0o600, message("it is larger than 1 MiB")),
        (1000, 1000, "text = ''", 0o000, message("permission denied")),
        (1000, 1000, "link = '/etc/passwd/x'", 0o777, Ok(String::new())),
        (1000, 1000, "link = '/dev/null'", 0o777, Ok(String::new())),
        // sudo -u me, with root's HOME kept.
        (1000, 0, "text = ''", 0o600, note("permission denied")),
        (0, 1000, "format = 'fifo'", 0o600, note(foreign)),
        (0, 1000, &large, 0o600, note(foreign)),
    ];
    for (uid, owner, row, mode, outcome) in table {
        let fake = Fake::of_uid(*uid).entry("/dev/null", (0, 0, 0o666), "format = 'fifo'");
        let found = load(&fake.entry(MINE, (*owner, *owner, *mode), row), &[], None);
        let found = found.map(|config| notes(&config).join("; ")).map_err(|failure| text(&failure.message));
        assert_eq!(found, *outcome, "{uid} reads {owner}'s: {mode:o} {}", &row[..row.len().min(40)]);
    }
    let closed = me().file(SYSTEM, (0, 0, 0o600), "");
    assert_eq!(refusal(load(&closed, &[], None)).1, format!("cannot read {SYSTEM}: permission denied"));
}

#[test]
fn a_path_that_another_user_can_change_is_ignored() {
    let shadow = |fake: Fake| fake.file("/etc/shadow", (0, 0, 0o600), "root:$6$secret:1::::::\n");
    let eves = || shadow(Fake::of_uid(0)).entry("/home/eve", (1003, 1003, 0o755), "format = 'dir'");
    let theirs = "/home/eve/.config/gowrap/config.toml";
    let because = |why: &str| format!("GW911 ignored {theirs}: {why}");
    let belongs = because("/home/eve belongs to user 1003");
    let of_root = |fake: Fake, rest: &str| fake.entry(theirs, (0, 0, 0o644), rest);
    let table: Vec<(Fake, String)> = vec![
        (of_root(eves(), "link = '/etc/shadow'"), belongs.clone()),
        (of_root(eves(), "text = 'pe = 1'"), belongs.clone()),
        (of_root(eves(), "format = 'dir'"), belongs),
        // A folder of root that others can write, by its mode and by an ACL.
        (
            of_root(
                shadow(Fake::of_uid(0)).entry("/home/eve/.config", (0, 0, 0o777), "format = 'dir'"),
                "text = 'pe = 1'",
            ),
            because("/home/eve/.config can be changed by every user (mode 0777)"),
        ),
        (
            of_root(
                shadow(Fake::of_uid(0)).entry("/home/eve", (0, 0, 0o775), "format = 'dir'\nacl = ['u:1003:rwx']"),
                "text = 'pe = 1'",
            ),
            because("/home/eve can be changed by user 1003 (its ACL)"),
        ),
    ];
    for (fake, expected) in table {
        for variables in [
            &["HOME=/home/eve"][..],
            &["XDG_CONFIG_HOME=/home/eve/.config"],
            &["GOWRAP_CONFIG=/home/eve/.config/gowrap/config.toml"],
        ] {
            let config = Config::load(&environ(variables), &fake.record(), None).unwrap();
            assert_eq!(notes(&config), std::slice::from_ref(&expected), "{variables:?}");
            assert_eq!(shown(&config.pe), "Auto (default)");
        }
    }
    let fake = me().file("/mnt/f/config.toml", (0, 0, 0o644), "pe = 'reject'");
    let config = load(&fake, &["GOWRAP_CONFIG=/mnt/f/config.toml"], None).unwrap();
    assert_eq!(
        notes(&config),
        ["GW911 ignored /mnt/f/config.toml: /mnt/f is on a FUSE mount, where owner and mode prove nothing"]
    );
    let fake = me().entry("/mnt/f", (0, 0, 0o755), "format = 'dir'");
    let config = load(&fake, &["GOWRAP_CONFIG=/mnt/f"], None).unwrap();
    assert_eq!(notes(&config), ["GW911 ignored /mnt/f: /mnt/f is on a FUSE mount, where owner and mode prove nothing"]);
}

#[test]
fn an_acl_that_lets_others_write_is_refused() {
    for (grant, who) in [("u:1003:rw", "user 1003"), ("g:100:rw", "group 100")] {
        let fake = me().entry(MINE, (1000, 1000, 0o664), &format!("text = ''\nacl = ['{grant}']"));
        let failure = load(&fake, &[], None).unwrap_err();
        assert_eq!(
            (failure.code, text(&failure.message)),
            (Code::GW907, format!("{MINE} can be changed by {who} (its ACL)"))
        );
        assert_eq!(text(&failure.fix[0]), format!("setfacl -b {MINE}"));
    }
    let fake = me().entry(MINE, (1000, 1000, 0o644), "text = ''\nacl = ['u:1003:rw']");
    assert!(load(&fake, &[], None).is_ok());
}

#[test]
fn no_line_of_an_unreadable_file_is_shown() {
    let words = [
        "secret",
        "root:$6$secret",
        "pe = 'secret'",
        "secret = 1",
        "[tools.secret]",
        "restore.secret = 1",
        "pe = secret",
    ];
    for word in words {
        let public = load(&me().file(MINE, (1000, 1000, 0o644), word), &[], None);
        let private = load(&me().file(MINE, (1000, 1000, 0o640), word), &[], None);
        let said = |outcome: Result<Config, Failure>| match outcome {
            Ok(config) => notes(&config).join("\n"),
            Err(failure) => text(&failure.message),
        };
        let (public, private) = (said(public), said(private));
        assert!(public.contains("secret"), "{public}");
        assert!(private.contains(&format!("{MINE}:1:")) && !private.contains("secret"), "{private}");
    }
}

/// Opening a FIFO without a writer blocks, and a sparse file may be huge.
#[test]
fn no_directory_fifo_or_huge_file_is_read() {
    let folder = std::env::temp_dir().join(format!("gowrap-config-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("dir")).unwrap();
    let folder = std::fs::canonicalize(folder).unwrap();
    nix::unistd::mkfifo(&folder.join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    std::fs::File::create(folder.join("large")).unwrap().set_len(1 << 30).unwrap();
    std::os::unix::fs::symlink("circle", folder.join("circle")).unwrap();
    std::os::unix::fs::symlink("/dev/null", folder.join("null")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero")).unwrap();
    let host = Live::new(Auxiliary { execfn: None, euid: nix::unistd::geteuid().as_raw() });
    let load = |name: &str| {
        let path = folder.join(name).into_os_string().into_encoded_bytes();
        let outcome = Config::load(&environ(&["HOME=/nowhere"]), &host, Some(&path));
        outcome.map(|config| notes(&config)).map_err(|failure| text(&failure.message))
    };
    let shown = |name: &str| folder.join(name).display().to_string();
    for name in ["dir", "fifo", "zero"] {
        assert_eq!(load(name), Ok(vec![format!("GW911 ignored {}: it is not a regular file", shown(name))]));
    }
    assert_eq!(load("null"), Ok(vec![]));
    for (name, why) in [
        ("large", "it is larger than 1 MiB"),
        ("circle", &crate::text::errno::words(Errno::ELOOP)),
        ("none", "there is no such file"),
    ] {
        let reason = load(name).unwrap_err();
        assert!(reason.starts_with(&format!("cannot read {}: {why}", shown(name))), "{name}: {reason:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
