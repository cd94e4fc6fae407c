//! Paths of the wrong side, given to a real Linux Go and to a real Windows Go: each does what a person meant, and no file
//! named like a path is left behind.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

#[path = "support/lab.rs"]
mod lab;
use lab::lab;

/// A module as an editor on Windows sees it, and a folder to write into.
const PROJECT: &str = "project /mnt/c/Users/me/p; mkdir /mnt/c/out /mnt/c/in";

/// The Linux Go with arguments in Windows form. Every line is one call and what it must leave or print.
#[test]
fn the_linux_go_understands_windows_paths() {
    const TABLE: &[(&str, &str, &str)] = &[
        ("build -o and a file", r"go build -o 'C:\out\x' 'C:\Users\me\p\main.go' && /mnt/c/out/x", "hello"),
        ("build -o= and slashes", "go build -o=C:/out/y C:/Users/me/p && /mnt/c/out/y", "hello"),
        (
            "build from elsewhere",
            r"cd /; PATH=$SHIMS:$CURRENT; go -C 'C:\Users\me\p' build -o 'C:\out\z' && /mnt/c/out/z",
            "hello",
        ),
        ("a pattern", r"go list '.\...'", "hello"),
        ("a pattern by drive", r"go list 'C:\Users\me\p\...'", "hello"),
        (
            "test and its profile",
            r"go test '-coverprofile=C:\out\c.out' '.\...' >/dev/null && head -1 /mnt/c/out/c.out",
            "mode: set",
        ),
        ("test -o and -c", r"go test -c -o 'C:\out\t' . && /mnt/c/out/t", "PASS"),
        ("run, and the words after it", r"go run 'C:\Users\me\p\main.go' 'C:\x'", "hello"),
        ("run a package", r"go run 'C:\Users\me\p'", "hello"),
        ("vet", r"go vet 'C:\Users\me\p\main.go' && echo fine", "fine"),
        ("fmt", r"gofmt -l 'C:\Users\me\p'; echo $?", "0"),
        (
            "mod edit",
            r"cp go.mod ../e.mod; go mod edit '-replace=a=C:\in' 'C:\Users\me\e.mod'; grep -c /mnt/c/in ../e.mod",
            "1",
        ),
        (
            "work",
            r"cd ..; go work init 'C:\Users\me\p' && grep -c '\\' go.work; tail -1 go.work",
            "0\nuse /mnt/c/Users/me/p",
        ),
        ("tool, opaque after its name", r"go tool dist list | grep -c linux/amd64", "1"),
        ("-ldflags is not a path", r"go build -ldflags '-X main.x=C:\in' -o /mnt/c/out/w . && /mnt/c/out/w", "hello"),
    ];
    answers(&[], TABLE);
}

/// Variables that a Windows editor, a kept profile or WSLENV brought along.
#[test]
fn the_linux_go_understands_windows_variables() {
    const TABLE: &[(&str, &str, &str)] = &[
        ("GOPATH, a list", r"GOPATH='C:\a;D:\b' go env GOPATH", "/mnt/c/a:/mnt/d/b"),
        ("GOFLAGS", r"cp go.mod other.mod; GOFLAGS='-modfile=C:\Users\me\p\other.mod' go list -m", "hello"),
        ("GOFLAGS, shown", r"GOFLAGS='-modfile=C:\x.mod -v' go env GOFLAGS", "-modfile=/mnt/c/x.mod -v"),
        (
            "GOCACHE",
            r"GOCACHE='C:\out\cache' go build -o /dev/null . && ls -d /mnt/c/out/cache/00",
            "/mnt/c/out/cache/00",
        ),
        ("TMPDIR", r"TMPDIR='C:\out' go build -work -o /dev/null . 2>&1 | grep -c WORK=/mnt/c/out/", "1"),
        (
            "GOENV",
            r"echo GOPROXY=https://p.example >/mnt/c/in/env; GOENV='C:\in\env' go env GOPROXY",
            "https://p.example",
        ),
        ("HOME", r"unset GOCACHE GOPATH; HOME='C:\Users\me' go env GOPATH | grep -c '\\'", "0"),
        ("a leaked GOROOT", r#"GOROOT='/mnt/c/Program Files/Go' go build -o /dev/null . && echo built"#, "built"),
        ("a leaked GOROOT, as Windows has it", r"GOROOT='C:\Program Files\Go' go env GOROOT | grep -c Program", "0"),
        ("CR at the end", r"GOPROXY=$'off\r' go env GOPROXY | od -c | grep -c '\\r'", "0"),
    ];
    answers(&[], TABLE);
}

/// The same in the other direction.
#[test]
fn the_windows_go_understands_linux_paths() {
    const TABLE: &[(&str, &str, &str)] = &[
        ("build -o and a file", "go build -o /mnt/c/out/x.exe /mnt/c/Users/me/p/main.go && ls /mnt/c/out", "x.exe"),
        (
            "build from elsewhere",
            "cd /mnt/c; go -C /mnt/c/Users/me/p build -o=/mnt/c/out/y.exe && ls /mnt/c/out/y.exe",
            "/mnt/c/out/y.exe",
        ),
        ("a pattern", "go list /mnt/c/Users/me/p/...", "hello"),
        (
            "test and its profile",
            "go test -coverprofile /mnt/c/out/c.out ./... >/dev/null && head -1 /mnt/c/out/c.out",
            "mode: set",
        ),
        ("run, and the words after it", "go run /mnt/c/Users/me/p/main.go /mnt/c/x", "hello"),
        ("GOPATH crosses by WSLENV", "GOPATH=/mnt/c/a:/mnt/d/b go env GOPATH", r"C:\a;D:\b"),
        ("GOFLAGS", "cp go.mod other.mod; GOFLAGS=-modfile=/mnt/c/Users/me/p/other.mod go list -m", "hello"),
        ("a cache on the Linux side stays behind", "GOCACHE=/root/cache go env GOCACHE | grep -c root/cache", "0"),
        ("GOROOT never crosses", "GOROOT=/usr/lib/go go env GOROOT", r"C:\Program Files\Go"),
        ("values that are no paths", "GOPROXY=off GOFLAGS='-v -trimpath' go env GOPROXY GOFLAGS", "off\n-v -trimpath"),
        ("nothing set, nothing lost", r"unset GOPATH GOPROXY; go env GOPROXY", "https://proxy.golang.org,direct"),
    ];
    answers(&["--without-go"], TABLE);
}

/// Runs a table's calls, each in a subshell of one lab, and compares what each printed.
#[track_caller]
fn answers(options: &[&str], table: &[(&str, &str, &str)]) {
    // Debian's Go may be older than `-C`.
    let mut script = format!("CURRENT=$(tests/support/current-go.sh)\n{PROJECT}\nunset GOFLAGS GOPROXY GOPATH\n");
    for (name, call, _) in table {
        script.push_str(&format!("echo '### {name}'; ( {call} ) 2>&1\n"));
    }
    script
        .push_str("echo '### left behind'; ls -a /mnt/c/Users/me/p /mnt/c/out /mnt/c/Users/me / | grep -F '\\'; true");
    let answer = lab(options, &script).status(0);
    let mut got = answer.stdout.split("### ").skip(1).map(|part| part.split_once('\n').unwrap_or((part, "")));
    for (name, call, wanted) in table {
        let (_, said) = got.next().expect(name);
        assert_eq!(said.trim_end(), *wanted, "{name}: {call}\nstderr:\n{}", answer.stderr);
    }
    assert_eq!(got.next().map(|(_, said)| said), Some(""), "files named like a Windows path");
}
