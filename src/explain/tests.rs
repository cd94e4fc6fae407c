//! The three forms, byte for byte.

use std::borrow::Cow;
use std::ffi::CStr;

use proptest::prelude::*;

use super::*;
use crate::config::ClientSide;
use crate::config::{AnyAddress, BindPolicy, Origin, PePolicy, Setting};
use crate::diagnosis::{Code, Exit, Failure, Note};
use crate::explain::samples::{LINUX, WSL2, environ, machine, plan};
use crate::host::environ::Environ;
use crate::plan::{
    ArgChange, Candidate, CandidateSource, Decisions, EnvChange, LastComponent, Listen, Reason, Stage, Target, Via,
};
use crate::tools::Tool;

const ASKED: [&CStr; 5] = [c"go", c"build", c"-o", c"C:\\out\\app.exe", c"./..."];

fn shown(form: ExplainForm, outcome: Result<&Plan, &Rejection>, host: &str) -> String {
    let subject = ExplainedCall { tool: b"go", argv: &ASKED, environ: &Environ::default() };
    String::from_utf8(print(form, outcome, subject, &Config::default(), &machine(host), Colour::Never).bytes).unwrap()
}

fn candidate(path: &[u8], reason: Reason, detail: &[u8]) -> Candidate {
    Candidate { path: path.to_vec(), reason, detail: detail.to_vec() }
}

fn env_change(name: &str, from: Option<&str>, to: Option<&str>, stage: Stage, why: &'static str) -> EnvChange {
    EnvChange {
        name: name.into(),
        from: from.map(Into::into),
        to: to.map(Into::into),
        stage,
        source: if stage == Stage::Restore { "snapshot" } else { "translated" }.into(),
        why: why.into(),
    }
}

/// A plan with a change of most kinds.
fn busy() -> Plan<'static> {
    let before = environ(&["HOME=/home/me", "GOPATH=C:\\Users\\me\\go", "GOROOT=C:\\Program Files\\Go"]);
    let mut plan = plan(&[c"/usr/local/go/bin/go", c"build", c"-o", c"/mnt/c/out/app.exe", c"./..."], before);
    plan.decisions.candidates = vec![
        candidate(b"/home/me/.local/share/gowrap/shims", Reason::Own, b"gowrap's own links"),
        candidate(b"/mnt/c/Program Files/Go/bin/go.exe", Reason::Pe, b"Windows console program"),
    ];
    plan.decisions.args = vec![ArgChange {
        index: 3,
        from: Some(b"C:\\out\\app.exe".to_vec()),
        to: Some(b"/mnt/c/out/app.exe".to_vec()),
        why: Cow::Borrowed("go build -o names a file"),
    }];
    for change in [
        env_change("GOPATH", Some("C:\\Users\\me\\go"), Some("/mnt/c/Users/me/go"), Stage::Env, "a Windows path"),
        env_change("GOROOT", Some("C:\\Program Files\\Go"), None, Stage::Env, "no Linux toolchain"),
        env_change("GOPROXY", None, Some("https://me:hunter2@proxy.example"), Stage::Restore, "sudo took it"),
    ] {
        plan.decisions.change_env(change);
    }
    plan.decisions.notes =
        vec![Note::info(Code::GW421, "there is no snapshot"), Note::warn(Code::GW301, "D: is not mounted")];
    plan
}

fn refused() -> Rejection<'static> {
    let fix = vec![b"sudo apt install golang-go".to_vec(), b"gowrap doctor".to_vec()];
    let message = b"no Linux `go`, and the one of Windows cannot work in a Linux folder".to_vec();
    Rejection {
        failure: Failure { exit: Exit::CannotRun, code: Code::GW203, message, fix },
        decisions: Decisions {
            candidates: vec![
                candidate(b"bin", Reason::RelativeEntry, b""),
                candidate(b"/mnt/c/Program Files/Go/bin/go.exe", Reason::Pe, b"Windows console program for x86_64"),
            ],
            ..Decisions::default()
        },
    }
}

#[test]
fn a_form_is_one_of_three_words() {
    type Parsed = Result<Option<ExplainForm>, UnknownForm>;
    let table: &[(&[u8], Parsed)] = &[
        (b"", Ok(None)),
        (b"0", Ok(None)),
        (b"1", Ok(Some(ExplainForm::Text))),
        (b"text", Ok(Some(ExplainForm::Text))),
        (b"json", Ok(Some(ExplainForm::Json))),
        (b"sh", Ok(Some(ExplainForm::Sh))),
        (b"JSON", Err(UnknownForm)),
        (b"yes", Err(UnknownForm)),
        (b"\xff", Err(UnknownForm)),
    ];
    for (word, form) in table {
        assert_eq!(ExplainForm::parse(word), *form, "{word:?}");
    }
}

#[test]
fn the_status_is_that_of_a_dry_run() {
    let (plan, rejection) = (busy(), refused());
    for form in [ExplainForm::Text, ExplainForm::Json, ExplainForm::Sh] {
        let status = |outcome| {
            let subject = ExplainedCall { tool: b"go", argv: &ASKED, environ: &Environ::default() };
            print(form, outcome, subject, &Config::default(), &machine(LINUX), Colour::Never).status
        };
        assert_eq!(status(Ok(&plan)), 0);
        assert_eq!(status(Err(&rejection)), 126);
    }
}

#[test]
fn a_plan_without_changes_is_one_line() {
    let plan = plan(&[c"/usr/local/go/bin/go", c"test", c"-run", c"^TestX$", c"./..."], Environ::default());
    assert_eq!(
        shown(ExplainForm::Text, Ok(&plan), WSL2),
        "\
would run    /usr/local/go/bin/go test -run '^TestX$' ./...
in           /home/me/p

found        on PATH: a Linux program for x86_64
changes      nothing: arguments and environment pass unchanged
host         wsl2 Ubuntu-24.04, network nat, interop binfmt, C: on /mnt/c, D: on /mnt/d
"
    );
}

#[test]
fn text_of_a_plan_with_many_changes() {
    assert_eq!(
        shown(ExplainForm::Text, Ok(&busy()), WSL2),
        r#"would run    /usr/local/go/bin/go build -o /mnt/c/out/app.exe ./...
in           /home/me/p

found        on PATH: a Linux program for x86_64
passed over  /home/me/.local/share/gowrap/shims  self  gowrap's own links
             /mnt/c/Program Files/Go/bin/go.exe  pe    Windows console program
arguments    3  C:\out\app.exe -> /mnt/c/out/app.exe   go build -o names a file
environment  GOPATH   C:\Users\me\go -> /mnt/c/Users/me/go   a Windows path [translated]
             GOROOT   unset, was C:\Program Files\Go         no Linux toolchain [translated]
             GOPROXY  set https://***@proxy.example          sudo took it [snapshot]
host         wsl2 Ubuntu-24.04, network nat, interop binfmt, C: on /mnt/c, D: on /mnt/d
warnings     GW301  D: is not mounted
notes        GW421  there is no snapshot
"#
    );
}

#[test]
fn text_of_a_refusal() {
    assert_eq!(
        shown(ExplainForm::Text, Err(&refused()), WSL2),
        r"refused      go build -o 'C:\out\app.exe' ./...
in           /home/me/p

because      no Linux `go`, and the one of Windows cannot work in a Linux folder
             GW203, exit status 126
passed over  bin                                 relative-entry  is a relative PATH entry
             /mnt/c/Program Files/Go/bin/go.exe  pe              Windows console program for x86_64
to fix it    sudo apt install golang-go
             gowrap doctor
host         wsl2 Ubuntu-24.04, network nat, interop binfmt, C: on /mnt/c, D: on /mnt/d
"
    );
}

#[test]
fn text_of_a_debugger() {
    let mut plan = plan(&[c"/home/me/go/bin/dlv", c"dap", c"--listen=127.0.0.1:2345"], Environ::default());
    plan.target.source = CandidateSource::WellKnown;
    plan.decisions.args = vec![
        ArgChange {
            index: 2,
            from: Some(b"--listen=:2345".to_vec()),
            to: Some(b"--listen=127.0.0.1:2345".to_vec()),
            why: "the address".into(),
        },
        ArgChange { index: 3, from: None, to: Some(b"--only-same-user=false".to_vec()), why: "the relay".into() },
        ArgChange { index: 3, from: Some(b"--log-dest=3".to_vec()), to: None, why: "only fds 0 to 2 cross".into() },
    ];
    plan.decisions.listen = Some(Listen {
        from: b":2345".to_vec(),
        to: b"127.0.0.1:2345".to_vec(),
        client: ClientSide::Windows,
        connect: vec![b"127.0.0.1:2345".to_vec(), b"[::1]:2345".to_vec()],
        why: "the relay's peer is root".into(),
    });
    assert_eq!(
        shown(ExplainForm::Text, Ok(&plan), WSL2),
        "\
would run    /home/me/go/bin/dlv dap --listen=127.0.0.1:2345
in           /home/me/p

found        in a known folder, not on PATH: a Linux program for x86_64
arguments    2  --listen=:2345 -> --listen=127.0.0.1:2345   the address
             3  added --only-same-user=false                the relay
             3  dropped --log-dest=3                        only fds 0 to 2 cross
host         wsl2 Ubuntu-24.04, network nat, interop binfmt, C: on /mnt/c, D: on /mnt/d
debugger     listen   :2345 -> 127.0.0.1:2345   the relay's peer is root [client: windows]
             connect  127.0.0.1:2345
             connect  [::1]:2345
"
    );
}

#[test]
fn a_long_reason_is_on_the_next_line() {
    let mut plan =
        plan(&[c"/usr/bin/go", c"build"], environ(&["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"]));
    let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    let long = format!("/{}/end", "x/".repeat(500));
    plan.decisions.env = vec![
        env_change("PATH", Some(path), Some(&format!("{path}:/home/me/go/bin")), Stage::Restore, "what the login had"),
        env_change("GOCACHE", Some(""), Some(&long), Stage::Env, "long"),
        env_change("GOFLAGS", Some("-v "), Some("-v"), Stage::Env, "a stray blank"),
    ];
    let text = shown(ExplainForm::Text, Ok(&plan), LINUX);
    let section = &text[text.find("environment").unwrap()..text.find("host").unwrap()];
    let cut = format!("/{} … {}/end", &"x/".repeat(500)[..119], &"x/".repeat(500)[1000 - 56..]);
    assert_eq!(
        section,
        format!(
            "environment  PATH     as it is, then :/home/me/go/bin\n\
             {0:22}what the login had [snapshot]\n\
             {0:13}GOCACHE  \"\" -> {cut}\n\
             {0:22}long [translated]\n\
             {0:13}GOFLAGS  \"-v \" -> -v\n\
             {0:22}a stray blank [translated]\n",
            ""
        )
    );
}

#[test]
fn a_shared_reason_is_printed_once() {
    let mut plan = plan(&[c"/usr/bin/go"], Environ::default());
    let change = |name, why| env_change(name, None, Some("/home/me/x"), Stage::Restore, why);
    let (sudo, passwd) =
        ("sudo did not hand it on, which is what it does unless it is told otherwise", "so /etc/passwd says");
    plan.decisions.env = vec![change("GOPATH", sudo), change("GOFLAGS", sudo), change("HOME", passwd)];
    let text = shown(ExplainForm::Text, Ok(&plan), LINUX);
    assert_eq!(
        &text[text.find("environment").unwrap()..text.find("host").unwrap()],
        "\
environment  GOPATH   set /home/me/x
             GOFLAGS  set /home/me/x
                      these 2: sudo did not hand it on, which is what it does unless it is told otherwise [snapshot]
             HOME     set /home/me/x
                      so /etc/passwd says [snapshot]
"
    );
}

#[test]
fn a_windows_program_says_how_it_is_started() {
    let path = c"/mnt/c/Program Files/Go/bin/go.exe";
    let mut plan = plan(&[c"/init", path, path, c"env"], Environ::default());
    plan.target = Target {
        path: path.to_bytes().to_vec(),
        last_component: LastComponent::File,
        format: crate::host::binary::Format::Pe,
        machine: None,
        via: Via::Init,
        source: CandidateSource::Pinned,
        leads_to: crate::plan::LeadsTo::ItsOwn,
    };
    let text = shown(ExplainForm::Text, Ok(&plan), WSL2);
    let program = "/mnt/c/Program Files/Go/bin/go.exe";
    assert!(text.starts_with(&format!("would run    /init '{program}' '{program}' env\n")), "{text}");
    assert!(text.contains(&format!("as named: a Windows program, {program}, started by /init\n")), "{text}");
    assert_eq!(
        shown(ExplainForm::Sh, Ok(&plan), WSL2),
        format!("cd /home/me/p && /init '{program}' '{program}' env\n")
    );
}

#[test]
fn colour_changes_no_text() {
    for outcome in [Ok(&busy()), Err(&refused())] {
        let subject = ExplainedCall { tool: b"go", argv: &ASKED, environ: &Environ::default() };
        let printed = print(ExplainForm::Text, outcome, subject, &Config::default(), &machine(WSL2), Colour::Always);
        let coloured = String::from_utf8(printed.bytes).unwrap();
        let mut plain = coloured.clone();
        for code in ["0", "1", "2", "31", "32", "33"] {
            plain = plain.replace(&format!("\x1b[{code}m"), "");
        }
        assert_ne!(coloured, plain);
        assert_eq!(plain, shown(ExplainForm::Text, outcome, WSL2));
    }
}

#[test]
fn only_sh_shows_secrets_and_no_form_prints_control_characters() {
    let evil = c"\x1b]0;title\x07\xc2\x9b31m\xe2\x80\xae";
    let argv = [c"/usr/bin/go", c"env", c"-w", c"GOAUTH=git hunter2", c"GOPROXY=https://me:hunter2@h", evil];
    let mut plan = plan(&argv, Environ::default());
    plan.decisions.args = vec![ArgChange {
        index: 3,
        from: Some(b"-ldflags=-X main.secret=hunter2".to_vec()),
        to: Some(b"GIT_SSH_COMMAND=ssh -i hunter2".to_vec()),
        why: "".into(),
    }];
    plan.decisions.env = vec![
        env_change("API_TOKEN", Some("hunter2"), Some("hunter22"), Stage::Restore, ""),
        env_change("HTTP_PROXY", Some("me:hunter2@h:3128"), None, Stage::Restore, ""),
    ];
    plan.decisions.notes = vec![Note::warn(Code::GW402, "https://me:hunter2@h is no path \x1b[2J")];
    plan.decisions.candidates = vec![candidate(evil.to_bytes(), Reason::Own, evil.to_bytes())];
    let rejection = Rejection {
        failure: Failure {
            exit: Exit::CannotRun,
            code: Code::GW201,
            message: [b"https://me:hunter2@h", evil.to_bytes()].concat(),
            fix: vec![[b"https://me:hunter2@h", evil.to_bytes()].concat()],
        },
        decisions: Decisions { candidates: plan.decisions.candidates.clone(), ..Decisions::default() },
    };
    for outcome in [Ok(&plan), Err(&rejection)] {
        for form in [ExplainForm::Text, ExplainForm::Json] {
            let text = shown(form, outcome, LINUX);
            assert!(!text.contains("hunter2"), "{text}");
            assert!(text.contains("***"), "{text}");
            let acting = text.chars().find(|c| *c != '\n' && crate::text::escape::is_unsafe(*c));
            assert_eq!(acting, None, "{text}");
        }
    }
    assert!(shown(ExplainForm::Sh, Ok(&plan), LINUX).contains("GOAUTH='git hunter2'"));
}

#[test]
fn json_of_a_plan_with_many_changes() {
    assert_eq!(
        shown(ExplainForm::Json, Ok(&busy()), WSL2),
        r#"{
  "schema": 1,
  "gowrap": "VERSION",
  "outcome": "exec",
  "exit_code": null,
  "tool": "go",
  "host": {
    "kind": "wsl2",
    "distro": "Ubuntu-24.04",
    "network": "nat",
    "interop": "binfmt",
    "drives": [
      {
        "letter": "C",
        "mount": "/mnt/c",
        "fstype": "9p"
      },
      {
        "letter": "D",
        "mount": "/mnt/d",
        "fstype": "9p"
      }
    ]
  },
  "target": {
    "path": "/usr/local/go/bin/go",
    "format": "elf",
    "machine": "x86_64",
    "via": "direct",
    "source": "path"
  },
  "candidates": [
    {
      "path": "/home/me/.local/share/gowrap/shims",
      "reason": "self",
      "detail": "gowrap's own links"
    },
    {
      "path": "/mnt/c/Program Files/Go/bin/go.exe",
      "reason": "pe",
      "detail": "Windows console program"
    }
  ],
  "argv": [
    "/usr/local/go/bin/go",
    "build",
    "-o",
    "/mnt/c/out/app.exe",
    "./..."
  ],
  "args": [
    {
      "index": 3,
      "from": "C:\\out\\app.exe",
      "to": "/mnt/c/out/app.exe",
      "why": "go build -o names a file"
    }
  ],
  "env": [
    {
      "name": "GOPATH",
      "action": "set",
      "from": "C:\\Users\\me\\go",
      "to": "/mnt/c/Users/me/go",
      "stage": "env",
      "source": "translated",
      "why": "a Windows path"
    },
    {
      "name": "GOROOT",
      "action": "unset",
      "from": "C:\\Program Files\\Go",
      "to": null,
      "stage": "env",
      "source": "translated",
      "why": "no Linux toolchain"
    },
    {
      "name": "GOPROXY",
      "action": "set",
      "from": null,
      "to": "https://***@proxy.example",
      "stage": "restore",
      "source": "snapshot",
      "why": "sudo took it"
    }
  ],
  "cwd": "/home/me/p",
  "listen": null,
  "notes": [
    {
      "level": "info",
      "code": "GW421",
      "text": "there is no snapshot"
    },
    {
      "level": "warn",
      "code": "GW301",
      "text": "D: is not mounted"
    }
  ],
  "error": null
}
"#
        .replace("VERSION", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn json_of_a_call_without_a_plan() {
    let rejection = Rejection {
        failure: Failure {
            exit: Exit::Own,
            code: Code::GW902,
            message: b"unknown tool `caf\xe9`".to_vec(),
            fix: vec![b"gowrap --help".to_vec()],
        },
        decisions: Decisions::default(),
    };
    let host = machine("");
    let (argv, environ) = ([c"caf\xe9", c"a\x1bb"], environ(&["WSL_DISTRO_NAME=Ubuntu"]));
    let subject = ExplainedCall { tool: b"caf\xe9", argv: &argv, environ: &environ };
    let printed = print(ExplainForm::Json, Err(&rejection), subject, &Config::default(), &host, Colour::Never);
    assert_eq!(printed.status, 125);
    assert_eq!(
        String::from_utf8(printed.bytes).unwrap(),
        r#"{
  "schema": 1,
  "gowrap": "VERSION",
  "outcome": "reject",
  "exit_code": 125,
  "tool": {
    "b64": "Y2Fm6Q=="
  },
  "host": {
    "kind": "linux",
    "distro": null,
    "network": "unknown",
    "interop": "absent",
    "drives": []
  },
  "target": null,
  "candidates": [],
  "argv": [
    {
      "b64": "Y2Fm6Q=="
    },
    "a\u001bb"
  ],
  "args": [],
  "env": [],
  "cwd": null,
  "listen": null,
  "notes": [],
  "error": {
    "code": "GW902",
    "message": {
      "b64": "dW5rbm93biB0b29sIGBjYWbpYA=="
    },
    "fix": [
      "gowrap --help"
    ]
  }
}
"#
        .replace("VERSION", env!("CARGO_PKG_VERSION"))
    );
}

/// Returns the keys of an object in the order of the text.
fn keys(json: &serde_json::Value, text: &str) -> Vec<String> {
    let mut keys: Vec<String> = json.as_object().unwrap().keys().cloned().collect();
    keys.sort_by_key(|key| text.find(&format!("\n  \"{key}\": ")).unwrap());
    keys
}

proptest! {
    #[test]
    fn json_parses_and_has_every_key(
        words in prop::collection::vec(prop::collection::vec(1u8.., 0..20), 1..4),
        note in prop::collection::vec(any::<u8>(), 0..20),
        wsl: bool,
        refuse: bool,
    ) {
        let words: Vec<_> = words.into_iter().map(crate::host::environ::c_string).collect();
        let argv: Vec<&CStr> = words.iter().map(|word| word.as_c_str()).collect();
        let mut plan = plan(&argv, Environ::default());
        plan.decisions.notes = vec![Note::warn(Code::GW412, note.clone())];
        plan.decisions.candidates = vec![candidate(&note, Reason::Loop, &note)];
        let rejection = refused();
        let outcome = if refuse { Err(&rejection) } else { Ok(&plan) };
        let subject = ExplainedCall { tool: words[0].to_bytes(), argv: &argv, environ: &Environ::default() };
        let host = machine(if wsl { WSL2 } else { LINUX });
        let text = print(ExplainForm::Json, outcome, subject, &Config::default(), &host, Colour::Never).bytes;
        let text = String::from_utf8(text).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(
            keys(&json, &text),
            ["schema", "gowrap", "outcome", "exit_code", "tool", "host", "target", "candidates", "argv", "args", "env",
                "cwd", "listen", "notes", "error"]
        );
        let arrived: Vec<Vec<u8>> = serde_json::from_value::<Vec<crate::bytes::Bytes>>(json["argv"].clone())
            .unwrap().into_iter().map(|word| word.0).collect();
        let shown: Vec<Vec<u8>> = crate::text::mask::command_line(&words.iter().map(|word| word.to_bytes()).collect::<Vec<_>>())
                .into_iter().map(std::borrow::Cow::into_owned).collect();
        prop_assert_eq!(arrived, shown);
    }
}

#[test]
fn a_debug_address_in_json() {
    let mut plan = plan(&[c"/usr/bin/dlv", c"dap"], Environ::default());
    plan.decisions.listen = Some(Listen {
        from: b":0".to_vec(),
        to: b"127.0.0.1:0".to_vec(),
        client: ClientSide::Unknown,
        connect: vec![b"127.0.0.1:0".to_vec()],
        why: "narrower than asked".into(),
    });
    let json: serde_json::Value = serde_json::from_str(&shown(ExplainForm::Json, Ok(&plan), LINUX)).unwrap();
    let listen = serde_json::json!({ "from": ":0", "to": "127.0.0.1:0", "client": "unknown",
        "connect": ["127.0.0.1:0"], "why": "narrower than asked" });
    assert_eq!(json["listen"], listen);
}

#[test]
fn the_distribution_comes_from_the_host_then_from_the_variable() {
    let nameless = &WSL2.replace("distro = 'Ubuntu-24.04'", "");
    let table: &[(&str, &str, serde_json::Value)] = &[
        (WSL2, "WSL_DISTRO_NAME=Renamed", "Ubuntu-24.04".into()),
        (nameless, "WSL_DISTRO_NAME=Debian", "Debian".into()),
        (nameless, "WSL_DISTRO_NAME=", serde_json::Value::Null),
        (nameless, "HOME=/", serde_json::Value::Null),
        (LINUX, "WSL_DISTRO_NAME=Debian", serde_json::Value::Null),
    ];
    for (host, entry, distro) in table {
        let environ = environ(&[entry]);
        let subject = ExplainedCall { tool: b"go", argv: &ASKED, environ: &environ };
        let printed =
            print(ExplainForm::Json, Err(&refused()), subject, &Config::default(), &machine(host), Colour::Never);
        let json: serde_json::Value = serde_json::from_slice(&printed.bytes).unwrap();
        assert_eq!(json["host"]["distro"], *distro, "{entry}");
    }
}

#[test]
fn a_setting_shows_its_origin() {
    let file = |path: &str| Origin::File(path.into());
    let bind = BindPolicy::Address(b"10.0.0.1".to_vec());
    let config = Config {
        pe: Setting { value: PePolicy::Reroute, origin: Origin::Variable("GOWRAP_PE") },
        pins: vec![(Tool::Go, Setting { value: b"/opt/go/bin/go".to_vec(), origin: file("/etc/gowrap/config.toml") })],
        restore_names: Setting { value: vec![b"FOO".to_vec(), b"BAR".to_vec()], origin: file("/home/me/c.toml") },
        bind: Setting { value: bind, origin: Origin::Option("--x") },
        allow_any: Setting { value: AnyAddress::Allowed, origin: file("/home/me/c.toml") },
        ..Config::default()
    };
    let mut plan = plan(&[c"/opt/go/bin/go"], Environ::default());
    plan.decisions.notes = vec![Note::info(Code::GW903, "unknown key `x`")];
    let subject = ExplainedCall { tool: b"go", argv: &ASKED, environ: &Environ::default() };
    let printed = print(ExplainForm::Text, Ok(&plan), subject, &config, &machine(LINUX), Colour::Never);
    let text = String::from_utf8(printed.bytes).unwrap();
    assert_eq!(
        &text[text.find("notes").unwrap()..],
        r#"notes        GW903  unknown key `x`
             GW910  pe = "reroute" (GOWRAP_PE)
             GW910  tools.go.path = "/opt/go/bin/go" (/etc/gowrap/config.toml)
             GW910  restore.names = ["FOO", "BAR"] (/home/me/c.toml)
             GW910  debug.bind = "10.0.0.1" (--x)
             GW910  debug.allow_any = true (/home/me/c.toml)
"#
    );
}
