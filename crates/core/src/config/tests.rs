//! The configuration as a person meets it: files and variables in, settings and messages out.

use std::borrow::Cow;
use std::ffi::CString;

use crate::text::errno::Errno;
use proptest::prelude::*;

use super::*;
use crate::config::fake::Fake;
use crate::diagnosis::{Code, Exit};
use crate::host::live::{Auxiliary, Live};

const SYSTEM: &str = "/etc/gowrap/config.toml";
const MINE: &str = "/home/me/.config/gowrap/config.toml";

fn environ(entries: &[&str]) -> Environ<'static> {
    Environ::new(entries.iter().map(|entry| Cow::Owned(CString::new(*entry).unwrap())).collect())
}

/// The user `me`, with a home and these variables beside.
fn load(fake: &Fake, variables: &[&str], named: Option<&str>) -> Result<Config, Failure> {
    let entries: Vec<&str> = [&["HOME=/home/me", "PWD=/home/me/project"], variables].concat();
    Config::load(&environ(&entries), fake, named.map(str::as_bytes))
}

fn me() -> Fake {
    Fake::of_uid(1000)
}

/// With the user's own file holding this.
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

/// A setting as `value (origin)`.
fn shown<T: std::fmt::Debug>(setting: &Setting<T>) -> String {
    format!("{:?} ({})", setting.value, text(&setting.origin.describe()))
}

#[test]
fn without_a_file_two_paths_are_tried_and_nothing_is_set() {
    let fake = me();
    let config = load(&fake, &[], None).unwrap();
    assert_eq!(*fake.opened.borrow(), [SYSTEM, MINE]);
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
    assert_eq!(config.client.value, ClientPolicy::Fixed(ClientSide::Windows));
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
        let fake = me();
        Config::load(&environ(entries), &fake, None).unwrap();
        assert_eq!(fake.opened.borrow().get(1).map(String::as_str), *user, "{entries:?}");
    }
    let fake = me().without_user();
    Config::load(&environ(&[]), &fake, None).unwrap();
    assert_eq!(*fake.opened.borrow(), [SYSTEM], "nobody and nowhere");
}

#[test]
fn a_named_file_stands_in_for_the_users() {
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
        assert_eq!(*fake.opened.borrow(), *opened, "{variables:?} {named:?}");
        assert_eq!(shown(&config.pe), *pe, "{variables:?} {named:?}");
    }
}

#[test]
fn a_named_file_has_to_be_there_and_a_variable_names_it_by_its_whole_path() {
    assert_eq!(
        refusal(load(&me(), &[], Some("/no.toml"))),
        (Code::GW906, "cannot read /no.toml: there is no such file".into())
    );
    assert_eq!(
        refusal(load(&me(), &["GOWRAP_CONFIG=my.toml"], None)),
        (Code::GW903, "GOWRAP_CONFIG=my.toml is not absolute: it would mean another file in every folder".into())
    );
    let fake = me().file("my.toml", (1000, 1000, 0o644), "pe = 'reject'");
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
    let config = Config::for_record(&call, &fake, None).unwrap();
    assert_eq!((shown(&config.pe), shown(&config.restore)), ("Auto (default)".into(), "Off (GOWRAP_RESTORE)".into()));
    assert!(fake.opened.borrow().is_empty());
    let config = Config::for_record(&call, &fake, Some(b"/a.toml")).unwrap();
    assert_eq!((shown(&config.pe), shown(&config.bind)), ("Reroute (/a.toml)".into(), "Auto (default)".into()));
}

#[test]
fn variables_take_their_words_and_no_others() {
    let table: &[(&str, Result<&str, &str>)] = &[
        ("GOWRAP_PE=auto", Ok("Auto (GOWRAP_PE)")),
        ("GOWRAP_PE=reject", Ok("Reject (GOWRAP_PE)")),
        ("GOWRAP_PE=reroute", Ok("Reroute (GOWRAP_PE)")),
        ("GOWRAP_PE=", Ok("Auto (default)")),
        ("GOWRAP_PEX=x", Ok("Auto (default)")),
        ("GOWRAP_PE=Reject", Err("GOWRAP_PE=Reject is not known, only auto, reject or reroute")),
        ("GOWRAP_PE=1", Err("GOWRAP_PE=1 is not known, only auto, reject or reroute")),
        ("GOWRAP_RESTORE=on", Ok("Auto (default)")),
        ("GOWRAP_RESTORE=0", Err("GOWRAP_RESTORE=0 is not known, only on or off")),
        ("GOWRAP_DEBUG_CLIENT=linux", Ok("Auto (default)")),
        ("GOWRAP_DEBUG_CLIENT=wsl", Err("GOWRAP_DEBUG_CLIENT=wsl is not known, only auto, linux or windows")),
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
        ("pe = reject\n", ":1:6: a string has to be in quotes\n  pe = reject\n       ^^^^^^"),
        ("pe = never\n", ":1:6: a string has to be in quotes\n  pe = never\n       ^^^^^"),
        ("bind = 10.1.2.3\n", ":1:12: a string has to be in quotes\n  bind = 10.1.2.3\n             ^^^^"),
        ("[debug\nbind = 'keep'", ":1:7: unclosed table, expected `]`\n  [debug\n        ^"),
        ("pe = 'auto'\npe = 'auto'\n", ":2:1: duplicate key\n  pe = 'auto'\n  ^^"),
        ("pe = \"never\"", ":1:6: not auto, reject or reroute\n  pe = \"never\"\n       ^^^^^^^"),
        ("\u{feff}pe = 'never'\r\n", ":1:6: not auto, reject or reroute\n  pe = 'never'\n       ^^^^^^^"),
        ("# Größe\npe = true # ü\n", ":2:6: a string is wanted, not true or false\n  pe = true # ü\n       ^^^^"),
        ("\n\npe = [\n 'auto' ]", ":3:6: a string is wanted, not a list\n  pe = [\n       ^"),
        ("tools = 1", ":1:1: `tools` is a table, not a number\n  tools = 1\n  ^^^^^"),
        ("[tools]\ngo = '/x'", ":2:1: `go` is a table, not a string\n  go = '/x'\n  ^^"),
        ("[[debug]]", ":1:3: `debug` is a table, not a list\n  [[debug]]\n    ^^^^^"),
        (
            "[tools.go]\n\tpath = \"~/go/bin/go\"",
            ":2:9: `~` is not expanded here, give the whole path\n   path = \"~/go/bin/go\"\n          ^^^^^^^^^^^^^",
        ),
        (
            "tools.go.path = 'bin/go'",
            ":1:17: not an absolute path\n  tools.go.path = 'bin/go'\n                  ^^^^^^^^",
        ),
        ("tools.go.path = ''", ":1:17: not an absolute path\n  tools.go.path = ''\n                  ^^"),
        (
            r"tools.go.path = 'C:\Go\bin\go.exe'",
            concat!(
                ":1:17: a Linux path is wanted (`gowrap path` turns a Windows path into one)\n",
                r"  tools.go.path = 'C:\Go\bin\go.exe'",
                "\n                  ^^^^^^^^^^^^^^^^^^"
            ),
        ),
        (
            r#"tools.go.path = "/\u0000""#,
            ":1:17: a path has no NUL in it\n  tools.go.path = \"/\\u0000\"\n                  ^^^^^^^^^",
        ),
        (
            "restore.enabled = 'off'",
            ":1:19: true or false is wanted, not a string\n  restore.enabled = 'off'\n                    ^^^^^",
        ),
        (
            "restore.names = 'A'",
            ":1:17: a list of names is wanted, not a string\n  restore.names = 'A'\n                  ^^^",
        ),
        (
            "restore.names = ['A', 1]",
            ":1:23: a string is wanted, not a number\n  restore.names = ['A', 1]\n                        ^",
        ),
        (
            "restore.names = ['A=1']",
            ":1:18: not the name of a variable\n  restore.names = ['A=1']\n                   ^^^^^",
        ),
        (
            "debug.bind = '127.0.0.1:4000'",
            ":1:14: not auto, keep or an IP address without a port\n  debug.bind = '127.0.0.1:4000'\n               ^^^^^^^^^^^^^^^^",
        ),
        (
            "debug.allow_any = 1",
            ":1:19: true or false is wanted, not a number\n  debug.allow_any = 1\n                    ^",
        ),
        // The first mistake in the file, though `debug` comes before `tools`.
        ("[tools.go]\npath = 1\n[debug]\nbind = 2\n", ":2:8: a string is wanted, not a number\n  path = 1\n         ^"),
    ];
    for (file, message) in table {
        assert_eq!(refusal(load(&mine(file), &[], None)), (Code::GW908, format!("{MINE}{message}")), "{file:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_pointed_at() {
    let mut config = Config::default();
    let failure = syntax::apply(&mut config, b"f", b"pe = 'auto'\n# \xc3\xbc \xff\n").unwrap_err();
    assert_eq!(failure.message, b"f:2:5: this byte is not UTF-8\n  # \xc3\xbc \xff\n      ^");
}

#[test]
fn what_is_unknown_is_a_note_and_the_rest_counts() {
    let fake = mine(
        "colour = 1\npe = 'reject'\n[tools.cargo]\npath = 1\n[tools.go]\nversion = 1\n[debug]\nclinet = 'linux'\n\
         [restore]\nx = 1\n[paths]\n'a b' = {}\n",
    );
    let config = load(&fake, &[], None).unwrap();
    assert_eq!(shown(&config.pe), format!("Reject ({MINE})"));
    let expected = [
        ":1:1: unknown key `colour`, only pe, tools, restore, debug, paths",
        ":3:8: unknown key `tools.cargo`, only go, gofmt, dlv, dlv-dap, gopls, go_windows_amd64_exec, \
         go_windows_386_exec, go_windows_arm64_exec",
        ":6:1: unknown key `tools.go.version`, only path",
        ":8:1: unknown key `debug.clinet`, only client, bind, allow_any",
        ":10:1: unknown key `restore.x`, only enabled, names",
        ":12:1: unknown key `paths.a b`, only translate",
    ];
    assert_eq!(notes(&config), expected.map(|note| format!("GW909 {MINE}{note}")));
}

#[test]
fn an_address_is_an_ip_address() {
    let table: &[(&str, Option<BindPolicy>)] = &[
        ("auto", Some(BindPolicy::Auto)),
        ("keep", Some(BindPolicy::Keep)),
        ("127.0.0.1", Some(BindPolicy::Address(b"127.0.0.1".to_vec()))),
        ("0.0.0.0", Some(BindPolicy::Address(b"0.0.0.0".to_vec()))),
        ("::1", Some(BindPolicy::Address(b"::1".to_vec()))),
        ("[fe80:0::1]", Some(BindPolicy::Address(b"fe80::1".to_vec()))),
        ("[127.0.0.1]", None),
        ("localhost", None),
        ("127.1", None),
        ("", None),
        (":4000", None),
        ("[::1]:4000", None),
    ];
    for (word, policy) in table {
        assert_eq!(BindPolicy::named(word.as_bytes()), *policy, "{word:?}");
    }
}

#[test]
fn who_owns_a_file_and_who_can_write_it() {
    const OBEYED: &str = "obeyed";
    let by_everybody = |mode| format!("GW907 {MINE} can be changed by everybody (mode {mode})");
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
        // With a group of one's own, 664 is the usual mode.
        (1000, 1000, 1000, 0o664, OBEYED.into()),
        (1000, 0, 0, 0o664, OBEYED.into()),
        (1000, 1000, 100, 0o664, by_group(100, "0664")),
        (1000, 1000, 0, 0o664, by_group(0, "0664")),
        (1000, 0, 1000, 0o664, by_group(1000, "0664")),
        (1000, 1000, 1000, 0o666, by_everybody("0666")),
        (1000, 1000, 1000, 0o602, by_everybody("0602")),
        (1000, 0, 0, 0o1777, by_everybody("1777")),
        (1000, 1001, 1005, 0o644, of_another(1001)),
        // It is not obeyed anyway, so that its mode is no reason to stop.
        (1000, 1001, 1005, 0o666, of_another(1001)),
        // A group may have another number than its user.
        (1001, 1001, 1005, 0o664, OBEYED.into()),
        // `users` is the primary group of two.
        (1002, 1002, 100, 0o664, by_group(100, "0664")),
        // Somebody else was added to zoe's group.
        (1004, 1004, 1004, 0o664, by_group(1004, "0664")),
        // Who is not in /etc/passwd has the group of the same number.
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
fn a_named_file_and_the_machines_have_to_be_closed_too() {
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
fn a_file_on_a_drive_is_ignored_wherever_its_name_is() {
    const WHY: &str = "it is on a Windows drive, where owner and mode do not say who can write it";
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
fn what_cannot_be_read_stops_its_owner_and_nobody_else() {
    let message = |what: &str| Err(format!("cannot read {MINE}: {what}"));
    let note = |what: &str| Ok(format!("GW911 ignored {MINE}: {what}"));
    let table: &[(u32, u32, Errno, Result<String, String>)] = &[
        (1000, 1000, Errno::EINVAL, message("it is not a regular file")),
        (1000, 1000, Errno::EFBIG, message("it is larger than 1 MiB")),
        (1000, 1000, Errno::EACCES, message("permission denied")),
        (1000, 1000, Errno::EIO, message(&crate::text::errno::words(Errno::EIO))),
        (1000, 1000, Errno::ENOTDIR, Ok(String::new())),
        // sudo -u me, with root's HOME kept.
        (1000, 0, Errno::EACCES, note("permission denied")),
        (0, 1000, Errno::EINVAL, note("it belongs to user 1000, and this is root")),
        (0, 1000, Errno::EFBIG, note("it belongs to user 1000, and this is root")),
    ];
    for (uid, owner, errno, outcome) in table {
        let found = load(&Fake::of_uid(*uid).unreadable(MINE, *owner, *errno), &[], None);
        let found = found.map(|config| notes(&config).join("; ")).map_err(|failure| text(&failure.message));
        assert_eq!(found, *outcome, "{uid} reads {owner}'s: {errno:?}");
    }
    let closed = me().unreadable(SYSTEM, 0, Errno::EACCES);
    assert_eq!(refusal(load(&closed, &[], None)).1, format!("cannot read {SYSTEM}: permission denied"));
}

/// A FIFO that nobody writes to would stop a careless reader for good, and a sparse file costs nothing to make.
#[test]
fn the_live_machine_reads_no_directory_no_fifo_and_no_gigabyte() {
    let folder = std::env::temp_dir().join(format!("gowrap-config-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("dir")).unwrap();
    nix::unistd::mkfifo(&folder.join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    std::fs::File::create(folder.join("large")).unwrap().set_len(1 << 30).unwrap();
    std::os::unix::fs::symlink("circle", folder.join("circle")).unwrap();
    let host = Live::new(Auxiliary { execfn: None, euid: nix::unistd::geteuid().as_raw() });
    for (name, why) in [
        ("dir", "it is not a regular file"),
        ("fifo", "it is not a regular file"),
        ("large", "it is larger than 1 MiB"),
        ("circle", &crate::text::errno::words(Errno::ELOOP)),
        ("none", "there is no such file"),
    ] {
        let path = folder.join(name).into_os_string().into_encoded_bytes();
        let failure = Config::load(&environ(&["HOME=/nowhere"]), &host, Some(&path)).unwrap_err();
        let message = [b"cannot read ", path.as_slice(), b": "].concat();
        let reason = failure.message.strip_prefix(message.as_slice()).map(text);
        assert!(reason.as_deref().is_some_and(|reason| reason.starts_with(why)), "{name}: {reason:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let outcome = syntax::apply(&mut Config::default(), b"f", &bytes);
        prop_assert!(outcome.is_ok() || outcome.is_err_and(|failure| failure.message.starts_with(b"f:")));
    }

    #[test]
    fn no_toml_makes_it_panic(text in "((pe|\\[|\\]|tools|\\.go|path|debug|names|restore|=|'|\"|\\{|\\}|,|1|true|\\n| |é|\t|#)){0,30}") {
        let outcome = syntax::apply(&mut Config::default(), b"f", text.as_bytes());
        prop_assert!(outcome.is_ok() || outcome.is_err_and(|failure| failure.message.starts_with(b"f:")));
    }
}
