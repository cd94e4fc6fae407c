//! The text of the log, the files that it refuses, and the words of its variables.

use std::borrow::Cow;
use std::ffi::CString;
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::path::PathBuf;

use crate::text::errno::Errno;
use nix::sys::signal::{SigSet, Signal};

use super::*;
use crate::config::ClientSide;
use crate::diagnosis::{Code, Exit};
use crate::host::binary::Format;
use crate::host::live::{Auxiliary, Live};
use crate::log::file::LogFileRefusal;
use crate::plan::{ArgChange, Candidate, CandidateSource, LastComponent, Listen, Reason, Target, Via};

fn environ(entries: &[&str]) -> Environ<'static> {
    Environ::new(entries.iter().map(|entry| Cow::Owned(CString::new(*entry).unwrap())).collect())
}

fn live() -> Live<'static> {
    Live::new(Auxiliary { execfn: None, euid: nix::unistd::geteuid().as_raw() })
}

/// A separate folder, removed at the end of the test.
struct TestFolder(PathBuf);

impl TestFolder {
    fn new(name: &str) -> TestFolder {
        let path = std::env::temp_dir().join(format!("gowrap-log-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        TestFolder(fs::canonicalize(path).unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn open(&self, name: &str) -> Result<OwnedFd, LogFileRefusal> {
        file::open_where(self.at(name).as_os_str().as_bytes(), &live(), |_| true)
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

fn append(file: OwnedFd, text: &str) {
    use std::io::Write;
    (&Sink::file(file)).write_all(text.as_bytes()).unwrap();
}

#[test]
fn variables_accept_only_their_values() {
    type Found<'e> = Option<(LevelFilter, LogFormat, Option<&'e str>)>;
    let table: &[(&[&str], Result<Found, &str>)] = &[
        (&[], Ok(None)),
        (&["GOWRAP_LOG="], Ok(None)),
        (&["GOWRAP_LOG_FILE=/x", "GOWRAP_LOG_FORMAT=xml"], Ok(None)),
        (&["GOWRAP_LOG=error"], Ok(Some((LevelFilter::ERROR, LogFormat::Text, None)))),
        (&["GOWRAP_LOG=warn"], Ok(Some((LevelFilter::WARN, LogFormat::Text, None)))),
        (&["GOWRAP_LOG=info", "GOWRAP_LOG_FORMAT=text"], Ok(Some((LevelFilter::INFO, LogFormat::Text, None)))),
        (&["GOWRAP_LOG=debug", "GOWRAP_LOG_FORMAT="], Ok(Some((LevelFilter::DEBUG, LogFormat::Text, None)))),
        (
            &["GOWRAP_LOG=trace", "GOWRAP_LOG_FORMAT=json", "GOWRAP_LOG_FILE=/x"],
            Ok(Some((LevelFilter::TRACE, LogFormat::Json, Some("/x")))),
        ),
        (&["GOWRAP_LOG=warn", "GOWRAP_LOG_FILE="], Ok(Some((LevelFilter::WARN, LogFormat::Text, None)))),
        (&["GOWRAP_LOG=warn", "GOWRAP_LOG_FILE=/dev/stderr"], Ok(Some((LevelFilter::WARN, LogFormat::Text, None)))),
        (&["GOWRAP_LOG=1"], Err("GOWRAP_LOG=1: expected error, warn, info, debug or trace")),
        (&["GOWRAP_LOG=INFO"], Err("GOWRAP_LOG=INFO: expected error, warn, info, debug or trace")),
        (&["GOWRAP_LOG=info", "GOWRAP_LOG_FORMAT=xml"], Err("GOWRAP_LOG_FORMAT=xml: expected text or json")),
    ];
    for (entries, expected) in table {
        let environ = environ(entries);
        let found = LogSettings::of(&environ);
        let found = found.map(|settings| {
            settings.map(|settings| {
                (settings.level, settings.form, settings.file.map(|file| std::str::from_utf8(file).unwrap()))
            })
        });
        let found = found.map_err(|failure| {
            assert_eq!((failure.exit, failure.code), (Exit::Own, Code::GW903));
            String::from_utf8(failure.message).unwrap()
        });
        assert_eq!(found, expected.map_err(str::to_owned), "{entries:?}");
    }
}

/// Returns the log of a function, without times and with 7 as the process id.
fn logged(level: LevelFilter, form: LogFormat, log: impl FnOnce()) -> Vec<String> {
    let folder = TestFolder::new(&format!("{level}-{form:?}"));
    let subscriber = LineSubscriber::new(level, form, Sink::file(folder.open("log").unwrap()));
    tracing::subscriber::with_default(subscriber, log);
    let text = fs::read_to_string(folder.at("log")).unwrap();
    let own_pid = format!("pid={}}}", std::process::id());
    text.lines().map(|line| line.split_once(' ').unwrap().1.trim_start().replace(&own_pid, "pid=7}")).collect()
}

fn example() -> Plan<'static> {
    let change = |name: &str, from: Option<&str>, to: Option<&str>, stage, source| EnvChange {
        name: name.into(),
        from: from.map(Into::into),
        to: to.map(Into::into),
        stage,
        source: Cow::Borrowed(source),
        why: "because of that".into(),
    };
    Plan {
        target: Target {
            path: b"/opt/my go/go".to_vec(),
            last_component: LastComponent::File,
            format: Format::Elf,
            machine: None,
            via: Via::Direct,
            source: CandidateSource::Path,
            leads_to: crate::plan::LeadsTo::ItsOwn,
        },
        decisions: Decisions {
            candidates: vec![Candidate {
                path: b"/mnt/c/Go/bin/go.exe".to_vec(),
                reason: Reason::Pe,
                detail: b"a Windows program".to_vec(),
            }],
            args: vec![
                ArgChange {
                    index: 3,
                    from: Some(br"-o=C:\out".to_vec()),
                    to: Some(b"-o=/mnt/c/out\x1b[2J\xff".to_vec()),
                    why: "-o takes a path".into(),
                },
                ArgChange { index: 4, from: Some(b"GOAUTH=git ghp_1".to_vec()), to: None, why: "gone".into() },
            ],
            env: vec![
                change("GOPATH", None, Some("/home/me/go"), Stage::Restore, "snapshot"),
                change("GOPROXY", Some("https://u:hunter2@h"), Some("off"), Stage::Env, "translated"),
                change("MY_TOKEN", Some("hunter2"), None, Stage::Interop, "x"),
                change("__GOWRAP_CHAIN", None, Some("1:2:3.4"), Stage::Chain, "x"),
            ],
            listen: Some(Listen {
                from: b":1".to_vec(),
                to: b"127.0.0.1:1".to_vec(),
                client: ClientSide::Linux,
                connect: Vec::new(),
                why: "narrower".into(),
            }),
            notes: vec![Note::info(Code::GW421, "so it is"), Note::warn(Code::GW402, "D: is not mounted")],
            ..Decisions::default()
        },
    }
}

#[test]
fn each_decision_is_one_event() {
    let plan = example();
    assert_eq!(
        logged(LevelFilter::TRACE, LogFormat::Text, || outcome(Ok(&plan))),
        [
            "DEBUG call{pid=7}: gowrap::resolve: passed over path=/mnt/c/Go/bin/go.exe reason=\"pe\" \
             detail=a Windows program",
            "INFO call{pid=7}: gowrap::restore: because of that name=GOPATH to=/home/me/go source=\"snapshot\"",
            "INFO call{pid=7}: gowrap::env: because of that name=GOPROXY from=https://***@h to=off source=\"translated\"",
            "INFO call{pid=7}: gowrap::interop: because of that name=MY_TOKEN from=*** source=\"x\"",
            "INFO call{pid=7}: gowrap::chain: because of that name=__GOWRAP_CHAIN to=1:2:3.4 source=\"x\"",
            r"INFO call{pid=7}: gowrap::args: -o takes a path index=3 from=-o=C:\out to=-o=/mnt/c/out\x1b[2J\xff",
            "INFO call{pid=7}: gowrap::args: gone index=4 from=GOAUTH=***",
            "INFO call{pid=7}: gowrap::listen: narrower from=:1 to=127.0.0.1:1 client=\"linux\"",
            "INFO call{pid=7}: gowrap::notes: so it is code=\"GW421\"",
            "WARN call{pid=7}: gowrap::notes: D: is not mounted code=\"GW402\"",
            "INFO call{pid=7}: gowrap::resolve: runs path=/opt/my go/go format=\"elf\" via=\"direct\" source=\"path\"",
        ]
    );
}

#[test]
fn a_level_leaves_out_what_is_below_it() {
    let failure = || Failure { exit: Exit::NotFound, code: Code::GW201, message: b"no `go`".to_vec(), fix: Vec::new() };
    let rejection = Rejection { failure: failure(), decisions: example().decisions };
    assert_eq!(
        logged(LevelFilter::WARN, LogFormat::Text, || outcome(Err(&rejection))),
        [
            "WARN call{pid=7}: gowrap::notes: D: is not mounted code=\"GW402\"",
            "ERROR call{pid=7}: gowrap::refusal: no `go` code=\"GW201\" status=127",
        ]
    );
    assert_eq!(
        logged(LevelFilter::ERROR, LogFormat::Text, || refusal(&failure())),
        ["ERROR call{pid=7}: gowrap::refusal: no `go` code=\"GW201\" status=127"]
    );
}

#[test]
fn json_is_one_object_a_line() {
    let plan = example();
    let folder = TestFolder::new("json");
    let subscriber = LineSubscriber::new(LevelFilter::INFO, LogFormat::Json, Sink::file(folder.open("log").unwrap()));
    tracing::subscriber::with_default(subscriber, || outcome(Ok(&plan)));
    let text = fs::read_to_string(folder.at("log")).unwrap();
    let events: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 10);
    let event = &events[4];
    assert_eq!(event["level"], "INFO");
    assert_eq!(event["target"], "gowrap::args");
    assert_eq!(
        event["fields"],
        serde_json::json!({
            "message": "-o takes a path", "index": 3, "from": r"-o=C:\out", "to": r"-o=/mnt/c/out\x1b[2J\xff"
        })
    );
    assert_eq!(event["span"], serde_json::json!({ "name": "call", "pid": std::process::id() }));
    assert!(event["timestamp"].as_str().unwrap().ends_with('Z'));
    assert!(!text.contains("hunter2") && !text.contains("ghp_1"), "{text}");
}

#[test]
fn without_gowrap_log_there_is_no_event() {
    assert_eq!(start(&environ(&["GOWRAP_LOG_FILE=/nowhere/x"]), &live()), Ok(None));
    outcome(Ok(&example()));
}

#[test]
fn a_log_that_cannot_be_opened_is_a_note() {
    let note = start(&environ(&["GOWRAP_LOG=info", "GOWRAP_LOG_FILE=/dev/null"]), &live()).unwrap().unwrap();
    assert_eq!(note, Note::warn(Code::GW912, "nothing is logged to /dev/null: it is not a regular file"));
    let note = start(&environ(&["GOWRAP_LOG=info", "GOWRAP_LOG_FILE=/no/where"]), &live()).unwrap().unwrap();
    assert_eq!(note, Note::warn(Code::GW912, "nothing is logged to /no/where: No such file or directory"));
}

#[test]
fn a_log_file_is_created_for_its_owner_and_appended_to() {
    let folder = TestFolder::new("append");
    let first = folder.open("log").unwrap();
    assert!(first.as_raw_fd() > 2);
    append(first, "one\n");
    append(folder.open("log").unwrap(), "two\n");
    assert_eq!(fs::read_to_string(folder.at("log")).unwrap(), "one\ntwo\n");
    assert_eq!(fs::metadata(folder.at("log")).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn own_links_are_followed() {
    let folder = TestFolder::new("own");
    fs::create_dir_all(folder.at("real/logs")).unwrap();
    symlink("real/../real/logs", folder.at("relative")).unwrap();
    symlink(folder.at("relative"), folder.at("absolute")).unwrap();
    symlink("absolute//./log", folder.at("file")).unwrap();
    for name in ["file", "absolute/log", "relative/../logs/log", "real/logs/./log"] {
        append(folder.open(name).unwrap(), "x");
    }
    assert_eq!(fs::read_to_string(folder.at("real/logs/log")).unwrap(), "xxxx");
}

#[test]
fn only_a_regular_file_is_opened() {
    let folder = TestFolder::new("odd");
    fs::create_dir(folder.at("dir")).unwrap();
    fs::write(folder.at("file"), "").unwrap();
    nix::unistd::mkfifo(&folder.at("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    symlink("circle", folder.at("circle")).unwrap();
    symlink("/dev/full", folder.at("device")).unwrap();
    symlink("fifo", folder.at("to-fifo")).unwrap();
    let table: &[(&str, LogFileRefusal)] = &[
        ("dir", LogFileRefusal::NotAFile),
        ("", LogFileRefusal::NotAFile),
        ("dir/..", LogFileRefusal::NotAFile),
        ("new/", Errno::ENOENT.into()),
        ("file/", Errno::ENOTDIR.into()),
        ("file/x", Errno::ENOTDIR.into()),
        ("none/x", Errno::ENOENT.into()),
        ("fifo", LogFileRefusal::NotAFile),
        ("to-fifo", LogFileRefusal::NotAFile),
        ("device", LogFileRefusal::NotAFile),
        ("circle", Errno::ELOOP.into()),
    ];
    for (name, trouble) in table {
        assert_eq!(folder.open(name).unwrap_err(), *trouble, "{name:?}");
    }
    assert_eq!(file::open_where(b"", &live(), |_| true).unwrap_err(), LogFileRefusal::NotAFile);
    assert_eq!(file::open_where(b"/", &live(), |_| true).unwrap_err(), LogFileRefusal::NotAFile);
}

#[test]
fn root_logs_below_its_home_and_in_var_log() {
    let root = |path: &str| file::is_roots(path.as_bytes(), b"/root");
    for path in ["/root/log", "/root/a/b.log", "/root/a.json", "/root/a/b.txt", "/var/log/gowrap.log", "/var/log/a/b"] {
        assert!(root(path), "{path}");
    }
    for path in
        ["/root", "/rooted/log", "/var/log", "/var/logs/x", "/etc/profile.d/x.sh", "/tmp/log", "/home/me/log", "/"]
    {
        assert!(!root(path), "{path}");
    }
    for path in ["/root/a/b", "/root/GNUmakefile", "/root/a/Makefile", "/root/bin/catalog", "/root/x.sh"] {
        assert!(!root(path), "{path}");
    }
    for path in ["/root/.profile", "/root/.bash_login", "/root/.config/x.log", "/root/a/.b", "/root/.ssh/rc"] {
        assert!(!root(path), "{path}");
    }
    for path in [
        "/root/.cache/gowrap/x",
        "/root/.cache/gowrap.log",
        "/root/.local/state/gowrap/log",
        "/root/.local/state/a/b.log",
    ] {
        assert!(root(path), "{path}");
    }
    for path in [
        "/root/.cache/p10k-instant-prompt-root.zsh",
        "/root/.cache/gowrap/.x",
        "/root/.cache/.x.log",
        "/root/.cached/x.log",
        "/root/.local/share/fish/vendor_conf.d/x.log",
        "/root/a/.cache/x.log",
    ] {
        assert!(!root(path), "{path}");
    }
    assert!(!file::is_roots(b"/etc/profile", b"/"));
}

/// A shell that reads a line of a log as commands runs `$(…)` in a value.
#[test]
fn root_appends_only_to_a_log() {
    for start in ["", "2026-11-28T13:09:23.0", r#"{"fields":{"detai"#] {
        assert!(file::begins_a_log(start.as_bytes()), "{start}");
    }
    for start in ["# .profile", "#!/bin/sh\n", "2026-11-28", r#"{"auths":{"x":1"#, "\0", "\n", "0000-00-00 "] {
        assert!(!file::begins_a_log(start.as_bytes()), "{start:?}");
    }
}

#[test]
fn a_file_with_a_second_hard_link_is_not_written_to() {
    let folder = TestFolder::new("hard");
    fs::write(folder.at("precious"), "").unwrap();
    fs::hard_link(folder.at("precious"), folder.at("log")).unwrap();
    assert_eq!(folder.open("log").unwrap_err(), LogFileRefusal::Linked);
}

/// Only root can create files of another user.
#[test]
fn files_of_another_user_are_not_touched() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let folder = TestFolder::new("foreign");
    fs::create_dir(folder.at("dir")).unwrap();
    for name in ["precious", "theirs"] {
        fs::write(folder.at(name), "").unwrap();
    }
    chown(folder.at("theirs"), Some(1234), None).unwrap();
    for (target, link) in [("precious", "to-file"), ("dir", "to-dir"), ("new", "to-nothing")] {
        symlink(target, folder.at(link)).unwrap();
        lchown(folder.at(link), Some(1234), None).unwrap();
    }
    // A sticky folder that every user can write, like /tmp.
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o1777)).unwrap();
    for (name, foreign) in
        [("theirs", "theirs"), ("to-file", "to-file"), ("to-dir/log", "to-dir"), ("to-nothing", "to-nothing")]
    {
        let trouble = folder.open(name).unwrap_err().to_string();
        assert_eq!(trouble, format!("{} belongs to user 1234", folder.at(foreign).display()));
    }
    assert!(!folder.at("new").exists() && fs::read(folder.at("precious")).unwrap().is_empty());
    assert!(folder.open("fresh").is_ok());
}

/// Writing to a pipe without a reader reports no error, raises no signal, and restores the signal mask.
#[test]
fn a_pipe_without_a_reader_ends_the_log() {
    use std::io::Write;
    let (reader, writer) = nix::unistd::pipe().unwrap();
    drop(reader);
    let before = SigSet::thread_get_mask().unwrap();
    let sink = Sink::file(writer);
    assert_eq!((&sink).write(b"event\n").unwrap(), 6);
    assert_eq!((&sink).write(b"another\n").unwrap(), 8);
    let after = SigSet::thread_get_mask().unwrap();
    for signal in [Signal::SIGPIPE, Signal::SIGXFSZ, Signal::SIGTERM] {
        assert_eq!(before.contains(signal), after.contains(signal), "{signal}");
    }
}
