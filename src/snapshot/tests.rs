use crate::diagnosis::Code;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::*;
use crate::config::{Origin, Setting, Switch};
use crate::diagnosis::Exit;
use crate::host::live::{Auxiliary, Live};
use crate::host::{Credentials, Process, Variables};
use crate::inspect::session::{ControllingTerminal, Device, StandardFile, StandardKind};
use crate::record::Record;

fn environ(entries: &[&str]) -> Environ<'static> {
    Environ::new(entries.iter().map(|entry| CString::new(*entry).unwrap().into()).collect())
}

fn live() -> Live<'static> {
    Live::new(Auxiliary { execfn: None, euid: nix::unistd::geteuid().as_raw() })
}

/// A folder for a home, with a link to it; both gone afterwards.
struct HomeOfTest {
    folder: PathBuf,
    link: PathBuf,
}

impl HomeOfTest {
    fn new(name: &str) -> HomeOfTest {
        let place =
            |what: &str| std::env::temp_dir().join(format!("gowrap-session-{name}-{what}-{}", std::process::id()));
        let home = HomeOfTest { folder: place("home"), link: place("link") };
        std::fs::create_dir_all(&home.folder).unwrap();
        _ = std::fs::remove_file(&home.link);
        std::os::unix::fs::symlink(&home.folder, &home.link).unwrap();
        home
    }

    fn host(&self, more: &str) -> Record {
        let record = format!(
            "kind = 'wsl2'\nuid = {}\nuser = 'me'\nhome = '{}'\n{more}\n[[files]]\npath = '{}'\nlink = '{}'\n",
            nix::unistd::geteuid(),
            self.folder.display(),
            self.link.display(),
            self.folder.display(),
        );
        Record::parse(record.as_bytes(), b"case").unwrap()
    }

    fn capture(&self, more: &str, home: &Path, entries: &[&str]) -> Result<Vec<u8>, Failure> {
        let home = format!("HOME={}", home.display());
        let names = Setting { value: vec![b"LANG".to_vec()], origin: Origin::Default };
        let config = Config { restore_names: names, ..Config::default() };
        let host = self.host(more);
        let credentials = |process: Process| Credentials { users: [process.uid; 3], process };
        let session = Session { above: host.ancestors().map(credentials).collect(), ..Session::default() };
        capture_on(&live(), &environ(&[entries, &[&home]].concat()), &config, &host, Ok(&session))
    }

    fn kept(&self) -> Variables {
        match snapshot::load(&live(), &snapshot::folder(self.folder.as_os_str().as_bytes()).unwrap()) {
            Snapshot::Present(variables) => variables,
            other => panic!("{other:?}"),
        }
    }

    fn kept_names(&self) -> Vec<String> {
        self.kept().into_iter().map(|(name, _)| String::from_utf8(name).unwrap()).collect()
    }
}

impl Drop for HomeOfTest {
    fn drop(&mut self) {
        _ = std::fs::remove_file(&self.link);
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn only_listed_variables_without_secrets_are_saved() {
    let home = HomeOfTest::new("list");
    let entries = [
        "GOFLAGS=-mod=mod",
        "GOPROXY=https://proxy,direct",
        "GOPATH=two\nlines",
        "LANG=C",
        "WSL_DISTRO_NAME=Ubuntu",
        "WSL_INTEROP=/run/WSL/8_interop",
        "SSH_AUTH_SOCK=/tmp/agent",
        "no_proxy=localhost",
        "HTTP_PROXY=http://user:password@proxy:3128",
        "https_proxy=user:password@proxy:3128",
        "GOSUMDB=https://token@sumdb",
        "SSL_CERT_KEY=/key.pem",
        "GITHUB_TOKEN=ghp_1",
        "GOOS=windows",
        "GOROOT=/go",
        "GOWRAP_SESSION=1",
        "LD_PRELOAD=/evil.so",
        "odd",
    ];
    assert_eq!(home.capture("", &home.folder, &entries).unwrap(), b"");
    let expected = ["GOFLAGS", "GOPROXY", "GOPATH", "LANG", "WSL_DISTRO_NAME", "no_proxy", "HOME"];
    assert_eq!(home.kept_names(), expected);
    assert_eq!(home.kept()[2].1, b"two\nlines");
}

#[test]
fn only_the_users_own_environment_is_saved() {
    let home = HomeOfTest::new("own");
    let refused_with = |more: &str, home_here: &Path, variables: &[&str]| {
        let failure =
            home.capture(more, home_here, &[&["GOFLAGS=-toolexec=/tmp/evil"], variables].concat()).unwrap_err();
        assert_eq!((failure.exit, failure.code), (Exit::Own, Code::GW931));
        assert!(!failure.fix.is_empty());
        String::from_utf8(failure.message).unwrap()
    };
    let refused = |more: &str, home_here: &Path| refused_with(more, home_here, &[]);
    assert!(refused("", Path::new("/home/other")).contains("HOME is `/home/other`"));
    assert!(refused("", Path::new("")).contains("HOME is ``"));
    // su keeps the variables of the calling user.
    let su = "[[ancestors]]\npid = 5\nuid = 0\nname = 'su'\n[[ancestors]]\npid = 4\nuid = 77\nname = 'bash'\n";
    assert!(refused(su, &home.folder).contains("it came through bash (process 4), which belongs to user 77"));
    // Below sudo, started by this user or by root, also if sudo has ended.
    for variable in ["SUDO_UID=0", "SUDO_UID=1000", "SUDO_COMMAND=/bin/sh", "DOAS_USER=me", "PKEXEC_UID=1"] {
        assert!(
            refused_with("", &home.folder, &[variable]).contains("it came through sudo, su or a similar program"),
            "{variable}"
        );
    }
    for name in ["sudo", "doas", "pkexec"] {
        let above = format!("[[ancestors]]\npid = 5\nuid = 0\nname = '{name}'\n");
        assert!(refused(&above, &home.folder).contains(&format!("a similar program ({name} (process 5))")), "{name}");
    }
    assert!(!home.folder.join(".local").exists());

    // The same folder under another path, and parent processes of root.
    let root = "[[ancestors]]\npid = 4\nuid = 0\nname = 'Relay(5)'\n";
    home.capture(root, &home.link, &["GOFLAGS=-mod=mod"]).unwrap();
    assert_eq!(home.kept_names(), ["GOFLAGS", "HOME"]);

    let nowhere = Record::parse(b"kind = 'wsl2'", b"case").unwrap();
    let own = Ok(&Session::default());
    let failure = capture(&environ(&["HOME=/home/me"]), &Config::default(), &nowhere, own).unwrap_err();
    assert!(String::from_utf8(failure.message).unwrap().contains("is not in /etc/passwd"));
}

fn credentials(name: &str, users: [u32; 3]) -> Credentials {
    Credentials { process: Process { pid: 7, uid: users[1], name: name.as_bytes().to_vec() }, users }
}

/// Returns `own`, or the reason why a snapshot of the user 1000 is refused.
fn judged(session: &Session) -> String {
    let message = own::session_of_another(session, 1000, b"me").map_err(|failure| failure.message);
    let text = message.map_or_else(|message| String::from_utf8(message).unwrap(), |()| "own".to_owned());
    text.strip_prefix("this environment is not me's own: ").map(str::to_owned).unwrap_or(text)
}

#[test]
fn every_ancestor_and_leader_must_belong_to_the_user() {
    let shell = credentials("bash", [1000; 3]);
    let foreign = |name: &str, uid: u32| format!("it came through {name} (process 7), which belongs to user {uid}");
    let table = [
        (vec![shell.clone(), credentials("Relay(7)", [0; 3]), credentials("init", [0; 3])], "own".to_owned()),
        (vec![], "own".to_owned()),
        (vec![credentials("su", [0; 3]), credentials("bash", [0; 3])], "own".to_owned()),
        (vec![shell.clone(), credentials("su", [1001, 0, 0])], foreign("su", 1001)),
        (vec![shell.clone(), credentials("x", [1000, 1001, 1000])], foreign("x", 1001)),
        (vec![shell.clone(), credentials("x", [1000, 1000, 1001])], foreign("x", 1001)),
        (vec![shell.clone(), credentials("bash", [65534; 3])], foreign("bash", 65534)),
        (vec![credentials("login", [0; 3]), credentials("bash", [1001; 3])], foreign("bash", 1001)),
        (
            vec![credentials("sudo", [0; 3])],
            "it came through sudo, su or a similar program (sudo (process 7))".to_owned(),
        ),
    ];
    for (processes, expected) in table {
        assert_eq!(judged(&Session { above: processes.clone(), ..Session::default() }), expected);
        assert_eq!(judged(&Session { leaders: processes, ..Session::default() }), expected);
    }
}

#[test]
fn terminals_and_standard_files_must_belong_to_the_user() {
    let pts = |minor| Device { major: 136, minor };
    let controlled = |owner| vec![ControllingTerminal { device: pts(3), owner }];
    let of = |above, owner, kind| vec![StandardFile { above, descriptor: 0, owner, kind }];
    let open = |owner, kind| of(None, owner, kind);
    let above = |owner, kind| of(Some(credentials("script", [1000; 3]).process), owner, kind);
    let (terminal, other) = (StandardKind::Terminal(pts(3)), StandardKind::Other);
    let beside = "its standard input is a terminal of root that controls no process of the session";
    let untold =
        "it is unknown if this environment is me's own: no file in /dev shows the owner of its terminal (device 136:3)";
    let table = [
        (controlled(Some(1000)), open(1000, terminal), "own"),
        (controlled(Some(0)), open(0, terminal), "own"),
        (controlled(Some(1001)), vec![], "its terminal belongs to user 1001"),
        (controlled(Some(65534)), vec![], "its terminal belongs to user 65534"),
        (controlled(None), vec![], untold),
        (vec![], open(1000, other), "own"),
        (vec![], open(0, other), "own"),
        (vec![], open(1000, terminal), "own"),
        (vec![], open(1001, other), "its standard input belongs to user 1001"),
        (vec![], open(1001, terminal), "its standard input belongs to user 1001"),
        (vec![], above(1000, terminal), "own"),
        (vec![], above(1001, terminal), "the standard input of script (process 7) belongs to user 1001"),
        (vec![], open(0, terminal), beside),
        (controlled(Some(1000)), open(0, StandardKind::Terminal(pts(4))), beside),
    ];
    for (terminals, standard, expected) in table {
        assert_eq!(judged(&Session { terminals, standard, ..Session::default() }), expected);
    }
}

#[test]
fn the_login_must_be_that_of_the_user() {
    let with = |login| judged(&Session { login, ..Session::default() });
    assert_eq!([None, Some(1000), Some(0)].map(with), ["own", "own", "own"]);
    assert_eq!(with(Some(1001)), "the login was that of user 1001");
}

#[test]
fn a_hidden_ancestor_is_a_refusal() {
    let text = |pid| String::from_utf8(own::unseen_process(b"me", Unseen { pid }).message).unwrap();
    assert!(text(12).ends_with("it came through process 12, which /proc does not show"));
    assert!(text(0).ends_with("a process outside this pid namespace, which /proc does not show"));
}

#[test]
fn a_shell_over_ssh_keeps_the_variables_of_wsl_in_the_snapshot() {
    let home = HomeOfTest::new("ssh");
    let before = "snapshot = { WSL_DISTRO_NAME = 'Ubuntu', WSLENV = 'A/u', GOPATH = '/old', WSL_INTEROP = '/run/WSL/8_interop' }";
    home.capture(before, &home.folder, &["GOFLAGS=-mod=mod", "WSLENV="]).unwrap();
    assert_eq!(home.kept_names(), ["GOFLAGS", "WSLENV", "HOME", "WSL_DISTRO_NAME"]);
    assert_eq!(home.kept()[1].1, b"");
}

#[test]
fn removing_twice_is_no_error() {
    let home = HomeOfTest::new("forget");
    home.capture("", &home.folder, &[]).unwrap();
    let say = || String::from_utf8(forget_on(&live(), &home.host("")).unwrap()).unwrap();
    assert!(say().starts_with("removed the snapshot in /"));
    assert!(say().starts_with("there is no snapshot in /"));
}

fn shown(record: &str, config: &Config) -> String {
    let host = Record::parse(record.as_bytes(), b"case").unwrap();
    String::from_utf8(show(&host.environ(), config, &host)).unwrap()
}

const STRIPPED: &str = r#"
    kind = "wsl2"
    uid = 1000
    user = "me"
    home = "/home/me"
    [snapshot]
    GOPROXY = "https://me:hunter2@proxy"
    GOFLAGS = "-mod=mod"
    [[ancestors]]
    pid = 12
    uid = 0
    name = "sudo"
    [[ancestors]]
    pid = 11
    uid = 1000
    name = "bash"
    env = { WSL_DISTRO_NAME = "Ubuntu" }
    [call]
    env = { PATH = "/usr/bin", HOME = "/home/me", LOGNAME = "me", USER = "me", http_proxy = "http://me:hunter2@proxy", GOPATH = "" }
"#;

#[test]
fn the_page_shows_all_but_secrets() {
    let page = shown(STRIPPED, &Config::default());
    let expected = "\
snapshot    /home/me/.local/state/gowrap/session
            GOPROXY=https://***@proxy
            GOFLAGS=-mod=mod
not kept    http_proxy  it holds credentials
here        the environment was stripped by sudo (process 12)
restored    GOPROXY=https://***@proxy
                from snapshot: not passed on by sudo (process 12)
            GOFLAGS=-mod=mod
                from snapshot: not passed on by sudo (process 12)
";
    assert_eq!(page, expected);
}

#[test]
fn the_page_says_why_nothing_is_restored() {
    let here = |record: &str, config: &Config| {
        let page = shown(record, config);
        assert!(!page.contains("\nrestored"), "{page}");
        page.lines().find_map(|line| line.strip_prefix("here        ")).unwrap().to_owned()
    };
    let config = Config::default();
    let off = Setting { value: Switch::Off, origin: Origin::Variable("GOWRAP_RESTORE") };
    let off = Config { restore: off, ..Config::default() };
    assert_eq!(here(STRIPPED, &off), "restoring is switched off (GOWRAP_RESTORE)");
    assert_eq!(here(&STRIPPED.replace("wsl2", "linux"), &config), "this is not WSL (linux): nothing is restored");
    let whole = STRIPPED.replace("GOPATH = \"\"", "WSL_DISTRO_NAME = 'Ubuntu', GOWRAP_SESSION = '1'");
    assert_eq!(here(&whole, &config), "the environment is complete: there is nothing to restore");
    assert_eq!(
        here(&STRIPPED.replace("uid = 0\n    name = \"sudo\"", "name = 'make'"), &config),
        "bash (process 11) set this environment on purpose: nothing is restored"
    );
}

#[test]
fn the_page_leaves_a_terminal_alone() {
    let page = shown(
        "kind = 'wsl2'\nhome = \"/h\"\nuser = 'me'\n[snapshot]\nGOFLAGS = \"\\u001b[31m\\n\"\n",
        &Config::default(),
    );
    assert!(page.contains(r"GOFLAGS=\x1b[31m\n"), "{page}");
    assert!(page.contains("the environment was stripped by a process that has ended"), "{page}");
}
