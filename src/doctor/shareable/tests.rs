use proptest::prelude::*;

use super::script::rebuild;
use super::*;

const NAMED: GoPaths = GoPaths { go_env: Some(b"/h/.config/go/env"), go_work: Some(b"/w/workspace") };

#[test]
fn a_shared_record_holds_no_secret() {
    let launch = br#"{ "inputs": ["secret1"], "configurations": [ // x
        { "type": "go", "program": "C:\\x", "args": ["secret2"], "env": { "GOOS": "windows", "K": "secret3" } } ] }"#;
    let table: &[(&str, &[u8], Option<&str>)] = &[
        ("/p/.vscode/launch.json", launch, Some("C:\\\\x")),
        ("/p/.vscode/launch.json", b"{ secret4", Some("{")),
        ("/s/settings.json", br#"{ "go.goroot": "/r", "other": "secret5" }"#, Some("go.goroot")),
        (
            "/s/settings.json",
            br#"{ "go.toolsEnvVars": { "GOPATH": "C:\\go", "GITHUB_TOKEN": "secret9" }, "go.testFlags": ["secret10"],
                "go.delveConfig": { "substitutePath": [], "dlvFlags": ["secret11"] },
                "launch": { "configurations": [{ "env": { "K": "secret12" }, "linux": { "args": ["secret13"] } }] } }"#,
            Some("\"GOPATH\": \"C:"),
        ),
        (
            "/p/p.code-workspace",
            br#"{ "folders": ["secret14"], "settings": { "go.goroot": "/r", "x": "secret15" },
                "launch": { "inputs": ["secret16"], "configurations": [{ "args": ["secret17"], "traceDirPath": "/t" }] } }"#,
            Some("traceDirPath"),
        ),
        ("/h/.config/go/env", b"GOPROXY=https://u:secret6@h\nGOFLAGS=-v\n", Some("GOFLAGS=-v")),
        ("/h/.config/go/env", b"GOAUTH=netrc secret18\nMY=secret19\n# secret20\nCC=gcc\n", Some("GOAUTH=***\n\n\nCC=gcc")),
        ("/h/.config/go/env", b"GOFLAGS=-ldflags=-X=main.token=secret21\r\n", Some("main.token=***\r\n")),
        ("/other/env", b"GOFLAGS=secret22\n", None),
        ("/h/.bashrc", b"export X=secret7\n", None),
        ("/h/.profile", b"export GOPATH=secret7\n", None),
        ("/h/.ssh/id_ed25519", b"module secret7\n", None),
        ("/p/go.mod", b"module p\n// https://u:secret8@h\n", Some("module p")),
        (
            "/p/go.mod",
            b"module p // secret23\nrequire (\n\tsecret24 v1.0.0\n)\nreplace a => C:\\x\nreplace (\n\ta v1.0.0 => \"../b c\"\n)\nmachine secret25\n",
            Some("module p\n\n\n\nreplace a => C:\\x\nreplace (\n\ta v1.0.0 => \"../b c\"\n)\n"),
        ),
        ("/p/go.mod", b"-----BEGIN secret26-----\nsecret27/+=\nuse secret28\n", Some("")),
        ("/w/go.work", b"go 1.25\nuse ./a\nuse (\n\tC:\\x // secret29\n)\n", Some("go 1.25\nuse ./a\nuse (\n\tC:\\x\n)\n")),
        ("/usr/local/go/VERSION", b"go1.25.0\ntime secret30\n", Some("go1.25.0\n")),
        ("/usr/local/go/VERSION", b"devel go1.27-abc Mon\n", Some("devel go1.27-abc Mon")),
        ("/usr/local/go/VERSION", b"secret31\ngo1.25.0\n", Some("")),
        ("/etc/os-release", b"ID=ubuntu\nSECRET=secret32\nNAME=\"U b\"\n", Some("ID=ubuntu\n\nNAME=\"U b\"\n")),
        ("/etc/resolv.conf", b"nameserver 10.0.0.1\nnameserver secret33\nsearch secret34\n", Some("nameserver 10.0.0.1\n")),
        ("/etc/passwd", b"me:x:1000:1000:secret35:/home/me:/bin/sh\n", Some("me:x:1000:1000:::\n")),
        ("/etc/passwd", b"me:$6$secret36:19000:0:99999:7:::\n", Some("")),
        ("/etc/group", b"dev:secret37:50:me,you\n", Some("dev:x:50:me,you\n")),
        ("/usr/lib/binfmt.d/WSLInterop.conf", b"# secret38\n:WSLInterop:M::MZ::/init:PF\n", Some("\n:WSLInterop:M::MZ::/init:PF\n")),
        ("/proc/sys/kernel/yama/ptrace_scope", b"1\n", Some("1")),
        ("/proc/sys/kernel/yama/ptrace_scope", b"secret39\n", Some("")),
        (
            "/etc/wsl.conf",
            b"[boot]\r\nsystemd=true # secret40\r\ncommand = secret41\r\nsecret42 = secret43\r\n[secret44]\r\nsecret45=1\r\n",
            Some("[boot]\r\nsystemd = true\r\ncommand = ***\r\nunknown0 = \r\n[unknown]\r\nunknown1 = \r\n"),
        ),
        ("/etc/wsl.conf", b"[boot]\nsecret46\nsystemd=secret47\n", Some("[boot]\n?\n")),
        ("/w/workspace", b"go 1.25\nuse secret48\nuse C:\\x\n", Some("go 1.25\n\nuse C:\\x\n")),
        (
            "/p/vendor/modules.txt",
            b"# example.com/a v1.0.0 => ../secret49\n## explicit secret50\nsecret51\n# secret52 secret53\n",
            Some("# example.com/a v1.0.0\n"),
        ),
        (
            "/h/.gitconfig",
            b"[user]\n\tsigningkey = secret54\n[core]\n\tautocrlf = true # secret55\n\tsshCommand = secret56\n\
              [safe]\n\tdirectory = \"/a b\" ; secret57\n\tdirectory = secret58\n\
              [url \"https://u:secret59@h\"]\n\tinsteadOf = secret60\n",
            Some("[core]\n\tautocrlf = \"true\"\n[safe]\n\tdirectory = \"/a b\"\n"),
        ),
        ("/p/.git/config", b"[core]\nautocrlf = secret61\n", Some("")),
        ("/h/.config/git/config", b"autocrlf = secret62\n", Some("")),
        ("/p/.gitattributes", b"# secret63 eol=lf\nsecret64/*.go text eol=lf\nsecret65\n", Some("\n* eol=lf\n")),
        (
            "/p/.vscode/tasks.json",
            br#"{ "inputs": ["secret66"], "tasks": [
                { "label": "a", "command": "go run . -token=secret67 .\\cmd\\app a\\secret68=x", "detail": "secret69",
                  "args": ["secret70", { "value": ".\\x" }], "options": { "cwd": "secret71", "env": { "GOOS": "windows", "K": "secret72" } } },
                { "label": "b", "command": "deploy --password=secret73", "args": ["secret74"],
                  "linux": { "command": "C:\\Program Files\\Go\\bin\\go.exe build -o=secret75" } } ] }"#,
            Some(r#""command": "go .\\cmd\\app .\\path""#),
        ),
        ("/p/.vscode/tasks.json", br#"{ "tasks": [{ "command": { "value": "C:\\Go x\\go.exe secret76" } }] }"#, Some(r#""\"C:\\Go x\\go.exe\"""#)),
        (
            "/s/settings.json",
            br#"{ "gopls": { "build.env": { "GOFLAGS": "-tags=secret77 -modfile=C:\\m", "A": "secret78" }, "local": "secret79",
                "build.buildFlags": ["-tags=secret80", "-overlay=/o"] }, "go.testEnvFile": "/e", "go.alternateTools": { "secret 81": "secret82", "dlv": "/d" },
                "go.toolsManagement.go": "https://u:secret83@h", "tasks": { "tasks": [{ "command": "secret84" }] } }"#,
            Some(r#""GOFLAGS": "-modfile=C:\\m""#),
        ),
        (
            "/p/.vscode/launch.json",
            br#"{ "configurations": [{ "envFile": ["/e", { "x": "secret85" }], "dlvFlags": ["secret86"], "program": { "secret87": 1 } }] }"#,
            Some(r#""envFile": ["#),
        ),
        ("/p/.vscode/settings.json", b" \n", Some("")),
        ("/proc/net/tcp", b"secret88\n 0: 0100007F:1ED2 00000000:0000 0A 0 secret89\n 1: secret90 x 01\n", Some("0: 0100007F:1ED2 0 0A")),
        ("/etc/wsl.conf", b"[automount]\noptions=\"metadata,umask=22\"\n", Some("options = metadata,umask=22\n")),
    ];
    for (path, text, kept) in table {
        let shared = shareable(path.as_bytes(), NAMED, text).map(|text| String::from_utf8(text).unwrap());
        assert_eq!(shared.is_some(), kept.is_some(), "{path}");
        let shared = shared.unwrap_or_default();
        assert!(shared.contains(kept.unwrap_or_default()) && !shared.contains("secret"), "{path}: {shared}");
    }
}

#[test]
fn a_shared_script_keeps_only_its_commands() {
    let table: &[(&str, &str)] = &[
        ("#!/bin/sh -e\nexec go.exe \"$@\"\n", "#!/bin/sh\nexec go.exe\n"),
        ("#!/bin/sh\r\nexec /usr/bin/go \"$@\"\r\n", "#!/bin/sh\r\nexec go\r\n"),
        ("#!/bin/sh\nTOKEN=secret curl -u secret https://u:secret@h\nexec asdf exec go\n", "#!/bin/sh\n:\nexec asdf\n"),
        (
            "#!/bin/sh\nx=$(secret)\necho secret\n\"/mnt/c/secret/Go x/bin/go.exe\" secret\n",
            "#!/bin/sh\n_=$(:)\necho\ngo.exe\n",
        ),
        ("#! /usr/bin/env -S secret\n'secret x.exe'", "#!/usr/bin/env\nother.exe\n"),
        ("#!", "#!\n"),
    ];
    for (text, expected) in table {
        let rebuilt = String::from_utf8(rebuild(text.as_bytes())).unwrap();
        assert_eq!(rebuilt, *expected, "{text}");
        assert_eq!(rebuild(rebuilt.as_bytes()), rebuilt.as_bytes(), "{text}");
        assert!(!rebuilt.contains("secret"), "{rebuilt}");
    }
}

/// Names that a check asks for, and some that none does.
const ASKED: [&str; 25] = [
    "/etc/wsl.conf",
    "/etc/os-release",
    "/etc/resolv.conf",
    "/etc/passwd",
    "/etc/group",
    "/etc/binfmt.d/WSLInterop.conf",
    "/proc/sys/kernel/yama/ptrace_scope",
    "/go/VERSION",
    "/p/go.mod",
    "/p/go.work",
    "/go/go.env",
    "/h/.config/go/env",
    "/p/.vscode/launch.json",
    "/p/settings.json",
    "/p/p.code-workspace",
    "/h/.bashrc",
    "/h/.ssh/id_ed25519",
    "/w/workspace",
    "/p/vendor/modules.txt",
    "/h/.gitconfig",
    "/p/.git/config",
    "/h/.config/git/config",
    "/p/.gitattributes",
    "/p/.vscode/tasks.json",
    "/proc/net/tcp6",
];

proptest! {
    #[test]
    fn lines_of_an_unknown_form_are_left_out(
        asked in prop::sample::select(&ASKED[..]),
        before in "([a-zA-Z_]{0,9}[ =:(\\[]{0,2}\n){0,3}",
        start in "(|use |module |ID |nameserver |# |// |secret=|GOPATH |[a-z]{1,5} )",
        after in "( [!-~]{0,5}|)(\r?\n[a-z=)]{0,9}){0,3}",
    ) {
        // Words that no form has: neither a path nor a version nor a name of Go's.
        let text = format!("{before}{start}hunter2%hunter2 #{after}");
        let shared = shareable(asked.as_bytes(), NAMED, text.as_bytes());
        let shared = String::from_utf8(shared.unwrap_or_default()).unwrap();
        prop_assert!(!shared.contains("hunter2"), "{asked}: {text:?} {shared:?}");
    }

    #[test]
    fn sharing_twice_changes_nothing_more(
        asked in prop::sample::select(&ASKED[..]),
        text in "((ID|GOPATH|use|go|module|nameserver|\\[boot\\]|systemd|options)?[ =(:]{0,2}[a-z0-9/.\\\\\"]{0,6}[)]?\r?\n){0,6}",
    ) {
        let once = shareable(asked.as_bytes(), NAMED, text.as_bytes()).unwrap_or_default();
        let twice = shareable(asked.as_bytes(), NAMED, &once).unwrap_or_default();
        prop_assert_eq!(String::from_utf8_lossy(&once), String::from_utf8_lossy(&twice), "{}", asked);
    }
}
