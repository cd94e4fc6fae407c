//! Paths of the wrong side, given to a real Linux Go and to a real Windows Go: each does what a person meant, and no
//! file named like a path is left behind.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

#[path = "support/lab.rs"]
mod lab;
use lab::lab;

/// A module as an editor on Windows sees it, and a folder to write into.
const PROJECT: &str = "project /mnt/c/Users/me/p; mkdir /mnt/c/out /mnt/c/in";

/// The Go for Linux of most tests. Debian's is older, and what Debian's delve needs.
const CURRENT_GO: &str = "current_go";

/// The Linux Go with arguments in Windows form. Every line is one call and what it must leave or print.
#[test]
fn the_linux_go_understands_windows_paths() {
    const TABLE: &[(&str, &str, &str)] = &[
        ("build -o and a file", r"go build -o 'C:\out\x' 'C:\Users\me\p\main.go' && /mnt/c/out/x", "hello"),
        ("build -o= and slashes", "go build -o=C:/out/y C:/Users/me/p && /mnt/c/out/y", "hello"),
        ("build from elsewhere", r"cd /; go -C 'C:\Users\me\p' build -o 'C:\out\z' && /mnt/c/out/z", "hello"),
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
        // Without `-C`, which is newer than Debian's Go. Since 1.25 go itself turns the backslashes of a pattern.
        (
            "a pattern for an older Go",
            r"PATH=$SHIMS:/usr/bin:/bin; export GOWORK=off; go version; go list '.\...'",
            "go version go1.19.8 linux/amd64\nhello",
        ),
        ("-ldflags is not a path", r"go build -ldflags '-X main.x=C:\in' -o /mnt/c/out/w . && /mnt/c/out/w", "hello"),
    ];
    answers(&[], CURRENT_GO, TABLE);
}

/// Each command with a path as a person on Windows types it, relative to where it runs: the file is where it should be,
/// and words that are no path keep their backslashes.
#[test]
fn relative_windows_paths_lead_to_the_same_files() {
    const TABLE: &[(&str, &str, &str)] = &[
        ("build -o", r"go build -o 'bin\app' ./cmd/app && bin/app 'a\b'", r#"app v ["a\\b"]"#),
        ("build -o and a folder", r"go build -o 'out\' ./cmd/... && ls out", "app"),
        ("build -o with both signs", r"go build -o './bin\a' 'cmd/app\main.go' && ls bin/a", "bin/a"),
        ("build -o up", r"cd sub; go build -o '..\bin\up' '..\cmd\app' && ls ../bin/up", "../bin/up"),
        ("-C", r"go -C 'cmd\app' build -o 'x\y' && ls cmd/app/x", "y"),
        ("-C behind the command", r"go build -C 'cmd\app' -o '..\..\bin\c' . && ls bin/c", "bin/c"),
        (
            "a package of the module",
            r"go build -o /dev/null 'hello\cmd\app' && go list 'hello\cmd\...'",
            "hello/cmd/app",
        ),
        (
            "a package as go.exe reads it too",
            r"go build 'cmd\app' 2>&1 | grep -o 'cmd/app is not in std'",
            "cmd/app is not in std",
        ),
        ("run a file", r"go run 'cmd\app\main.go' 'x\y' 'C:\x'", r#"app v ["x\\y" "C:\\x"]"#),
        ("run a folder", r"go run '.\cmd\app' '.\x'", r#"app v [".\\x"]"#),
        ("-ldflags", r"go run -ldflags '-X main.v=a\b' ./cmd/app", r"app a\b []"),
        ("list of a folder", r"go list '.\cmd\app' '.\cmd\...'", "hello/cmd/app"),
        (
            "vet",
            r"go vet '.\cmd\app' 'sub\..\cmd\app' 2>&1 | grep -c 'not in std'; go vet '.\cmd\app' && echo fine",
            "1\nfine",
        ),
        ("gofmt -l", r"gofmt -l 'sub\y.go' sub", "sub/y.go\nsub/y.go"),
        ("gofmt -w", r"cp sub/y.go sub/z.go; gofmt -w 'sub\z.go'; cat sub/z.go", "package sub"),
        ("go fmt", r"cp -r sub sub2; go fmt '.\sub2'", "sub2/y.go"),
        ("-coverprofile", r"go test '-coverprofile=c\o.out' . >/dev/null && head -1 c/o.out", "mode: set"),
        (
            "-outputdir",
            r"go test -cpuprofile p.out -outputdir 'c\d' -o 'bin\t' . >/dev/null && ls c/d bin/t",
            "bin/t\n\nc/d:\np.out",
        ),
        ("flags of the test binary", r"go test '-test.coverprofile=c\t.out' . >/dev/null && ls c/t.out", "c/t.out"),
        ("test -c", r"go test -c -o 'bin\x.test' '.\' && bin/x.test x | tail -1", "PASS"),
        (
            "-run, and what follows -args",
            r"go test -v -run 'Pass\b' . -args 'a\b' | grep -o -e 'PASS: TestPass' -e 'a.b'",
            "a\\b\nPASS: TestPass",
        ),
        ("GOFLAGS", r"cp go.mod sub/o.mod; GOFLAGS='-modfile=sub\o.mod' go list -m", "hello"),
        ("GOFLAGS, an output", r"GOFLAGS='-o=bin\flags' go build ./cmd/app && ls bin/flags", "bin/flags"),
        (
            "work",
            r"go work init 'lib\a' . && go work use 'lib\b' && go work edit '-dropuse=lib\a' && grep lib go.work; rm go.work",
            "\t./lib/b",
        ),
        (
            "mod edit",
            r"go mod edit -replace='example.com/l=.\lib\a' 'sub\o.mod' && grep -o '=> .*' sub/o.mod",
            "=> ./lib/a",
        ),
        (
            "the null device of Windows",
            "go build -o NUL ./cmd/app && go test -c -o nul . && ls -d [Nn]* 2>&1 | wc -l",
            "1",
        ),
        (
            "a drive without a mount",
            r"go build -o 'E:\x' . 2>/dev/null; go test '-coverprofile=E:\c' . >/dev/null 2>&1; echo $?",
            "126",
        ),
        ("a shell took the backslashes", "go build -o C:outx.exe . 2>/dev/null; echo $?", "126"),
        (
            "trace of dlv",
            r"PATH=$SHIMS:/usr/bin:/bin; dlv trace --output 'bin\t' '.\cmd\app' main.main 2>&1 | grep -c 'main.main()'",
            "1",
        ),
        // Linux names with a backslash, which a person made on purpose.
        ("a file of that name", r"cp sub/y.go 'l\y.go'; gofmt -l 'l\y.go'; rm 'l\y.go'", r"l\y.go"),
    ];
    const MODULE: &str = r#"
        mkdir -p cmd/app sub lib/a lib/b c/d
        printf 'package main\n\nimport ("fmt"; "os")\n\nvar v = "v"\n\nfunc main() { fmt.Printf("app %%s %%q\\n", v, os.Args[1:]) }\n' >cmd/app/main.go
        printf 'package main\n\nimport ("fmt"; "os"; "testing")\n\nfunc TestPass(t *testing.T) { fmt.Println(os.Args[len(os.Args)-1]) }\n' >main_test.go
        printf 'package   sub\n' >sub/y.go
        for folder in lib/a lib/b; do printf "module example.com/${folder#lib/}\n\ngo 1.19\n" >$folder/go.mod; printf 'package lib\n' >$folder/l.go; done
    "#;
    answers(&[], &format!("{CURRENT_GO}; {MODULE}"), TABLE);
}

/// Drives below the root: the paths of a usual WSL lead there.
#[test]
fn drives_below_the_root_are_found_by_their_usual_paths() {
    let script = r#"
        current_go; PATH=$PATH:/c/Windows; project /c/p
        go build -o /mnt/c/out/x . && ls /c/out && ls -d /mnt/c 2>&1 | wc -c
        GOPATH=/mnt/c/go:/cygdrive/d/go go env GOPATH
    "#;
    lab(&["--root", "/"], script).status(0).out("x\n").out("/c/go:/d/go");
}

/// Variables that a Windows editor, a kept profile or WSLENV brought along.
#[test]
fn the_linux_go_understands_windows_variables() {
    const TABLE: &[(&str, &str, &str)] = &[
        ("GOPATH, a list", r"GOPATH='C:\a;D:\b' go env GOPATH", "/mnt/c/a:/mnt/d/b"),
        ("a list with colons", r"GOPATH='C:\a:D:/b' go env GOPATH", "/mnt/c/a:/mnt/d/b"),
        (
            "a mixed list",
            r"GOPATH='/home/me/go:C:\Users\me\go;D:\x' go env GOPATH",
            "/home/me/go:/mnt/c/Users/me/go:/mnt/d/x",
        ),
        ("a list that ends", r"GOPATH='C:\a;' go env GOPATH", "/mnt/c/a"),
        ("quotes", r#"GOPATH='"C:\a b";D:\c' go env GOPATH"#, "/mnt/c/a b:/mnt/d/c"),
        ("long paths", r"GOPATH='\\?\C:\a;D:\b' go env GOPATH", "/mnt/c/a:/mnt/d/b"),
        (
            "MSYS",
            r"GOPATH=/c/Users/me/go:/d/x go env GOPATH; go build -o /c/out/msys /c/Users/me/p && ls /mnt/c/out/msys",
            "/mnt/c/Users/me/go:/mnt/d/x\n/mnt/c/out/msys",
        ),
        ("Cygwin", r"GOBIN=/cygdrive/c/out/cyg go install . && ls /mnt/c/out/cyg", "hello"),
        ("HOME of Git Bash", r"unset GOCACHE GOPATH; HOME=/c/Users/me go env GOPATH | grep -c '^/c/'", "0"),
        (
            "a module proxy",
            r"GOPROXY='file:///C:/m|off' go env GOPROXY; GOPROXY=file:///c/m go env GOPROXY",
            "file:///mnt/c/m|off\nfile:///mnt/c/m",
        ),
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
    answers(&[], CURRENT_GO, TABLE);
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
    answers(&["--without-go"], "", TABLE);
}

/// Runs a table's calls, each in a subshell of one lab, and compares what each printed.
#[track_caller]
fn answers(options: &[&str], scene: &str, table: &[(&str, &str, &str)]) {
    let mut script = format!("{PROJECT}\nunset GOFLAGS GOPROXY GOPATH\n{scene}\n");
    for (name, call, _) in table {
        script.push_str(&format!("echo '### {name}'; ( {call} ) 2>&1\n"));
    }
    script
        .push_str("echo '### left behind'; ls / | grep -F '\\'; find /mnt/c/Users/me /mnt/c/out -name '*\\\\*'; true");
    let answer = lab(options, &script).status(0);
    let mut got = answer.stdout.split("### ").skip(1).map(|part| part.split_once('\n').unwrap_or((part, "")));
    let mut failures = String::new();
    for (name, call, wanted) in table {
        let (_, said) = got.next().expect(name);
        if said.trim_end() != *wanted {
            failures.push_str(&format!("{name}: {call}\n  expected {wanted:?}\n  found    {:?}\n", said.trim_end()));
        }
    }
    assert!(failures.is_empty(), "{failures}stderr:\n{}", answer.stderr);
    assert_eq!(got.next().map(|(_, said)| said), Some(""), "files named like a Windows path");
}
