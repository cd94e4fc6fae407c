//! What only a kernel, a real `go.exe` and a real interop can show: gowrap inside the simulated WSL of `tests/lab`.
//!
//! Each test is a shell script that runs in a fresh lab with gowrap's links first on PATH. `$LINUX` is a PATH with a Linux
//! Go behind the links, `$WINDOWS` one with the Windows Go alone.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

struct Answer {
    status: i32,
    stdout: String,
    stderr: String,
    took: Duration,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of links, made once.
fn shims() -> PathBuf {
    let gowrap = std::env::var_os("GOWRAP_BIN").map_or(PathBuf::from(env!("CARGO_BIN_EXE_gowrap")), PathBuf::from);
    let folder = std::env::temp_dir().join(format!("gowrap-lab-{}/gowrap/shims", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for tool in ["go", "gofmt", "dlv", "go_windows_amd64_exec", "gowrap"] {
        let link = folder.join(tool);
        if !link.exists() {
            _ = std::os::unix::fs::symlink(&gowrap, link);
        }
    }
    folder
}

/// Runs a script in a lab; `options` are those of `tests/lab/enter`.
fn lab(options: &[&str], script: &str) -> Answer {
    static FETCH: std::sync::Once = std::sync::Once::new();
    FETCH.call_once(|| {
        let fetched = Command::new(root().join("tests/lab/fetch")).status().expect("tests/lab/fetch cannot be started");
        assert!(fetched.success(), "tests/lab/fetch failed: what the lab needs could not be had");
    });
    let shims = shims();
    let prelude = r#"
        set -u
        windows_go='/mnt/c/Program Files/Go/bin'
        LINUX=$SHIMS:/usr/bin:/bin:$windows_go
        WINDOWS=$SHIMS:$windows_go
        project() {
            mkdir -p "$1" && cd "$1" || exit 99
            printf 'module hello\n\ngo 1.19\n' >go.mod
            printf 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n' >main.go
            printf 'package main\n\nimport "testing"\n\nfunc TestPass(t *testing.T) {}\n' >main_test.go
        }
        export PATH=$LINUX
    "#;
    let started = Instant::now();
    let output = Command::new(root().join("tests/lab/enter"))
        .args(options)
        .args(["--", "/bin/bash", "-c", &format!("{prelude}\n{script}")])
        .env("SHIMS", &shims)
        .env_remove("GOFLAGS")
        .stdin(Stdio::null())
        .output()
        .expect("tests/lab/enter cannot be started");
    Answer {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).replace('\r', ""),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        took: started.elapsed(),
    }
}

impl Answer {
    #[track_caller]
    fn status(self, expected: i32) -> Self {
        assert_eq!(self.status, expected, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn out(self, part: &str) -> Self {
        assert!(self.stdout.contains(part), "no {part:?} in stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn err(self, part: &str) -> Self {
        assert!(self.stderr.contains(part), "no {part:?} in stderr:\n{}", self.stderr);
        self
    }
}

/// The failure that everything began with: `go` is a link to `go.exe`.
#[test]
fn a_link_named_go_that_leads_to_go_exe() {
    let link =
        r#"mkdir -p /tmp/links-$$; ln -s "$windows_go/go.exe" /tmp/links-$$/go; trap 'rm -r /tmp/links-$$' EXIT"#;
    let refused = format!("{link}; export PATH=$SHIMS:/tmp/links-$$; cd /tmp; GOWRAP_PE=reject go version");
    lab(&[], &refused).status(126).err("gowrap: ").err("Windows program").err("reject");
    let rerouted = format!("{link}; mkdir -p /mnt/c/p; export PATH=$SHIMS:/tmp/links-$$; cd /mnt/c/p; go version");
    lab(&[], &rerouted).status(0).out("go version go1.21.13 windows/amd64");
}

#[test]
fn the_windows_go_works_on_a_project_on_a_drive() {
    let script = r#"
        project /mnt/c/p
        PATH=$WINDOWS
        go version && go env -json GOOS && go list -json ./... && go vet ./... && go build -o hello.exe . && go test ./... &&
        ./hello.exe
    "#;
    for options in [&[][..], &["--no-binfmt"]] {
        let answer = lab(options, script).status(0);
        answer
            .out("go1.21.13 windows/amd64")
            .out("\"GOOS\": \"windows\"")
            .out("\"ImportPath\": \"hello\"")
            .out("ok  \thello")
            .out("hello\n");
    }
}

#[test]
fn the_windows_go_is_refused_on_the_linux_side() {
    let script =
        "project /tmp/linux-project-$$; trap 'rm -r /tmp/linux-project-$$' EXIT; PATH=$WINDOWS; go build ./...";
    let script = script.replace("rm -r", "/bin/rm -r");
    lab(&[], &script).status(126).err("cannot lock go.mod").err("golang/go#37461");
}

#[test]
fn arguments_in_linux_form_reach_the_windows_go() {
    let script = r#"
        project /mnt/c/p
        mkdir /mnt/c/out
        PATH=$WINDOWS
        go build -o /mnt/c/out/x.exe /mnt/c/p/main.go && go -C /mnt/c/p list -f '{{.Name}}' /mnt/c/p/... &&
        go test -coverprofile=/mnt/c/out/c.out ./... && /bin/ls /mnt/c/out
    "#;
    lab(&[], script).status(0).out("x.exe").out("c.out").out("main\n");
}

#[test]
fn windows_paths_reach_the_linux_go() {
    let script = r#"
        project /mnt/c/p
        mkdir /mnt/c/out
        go build -o 'C:\out\x.exe' 'C:\p\main.go' || exit
        /mnt/c/out/x.exe || exit
        go test '-coverprofile=C:\out\c.out' '.\...' || exit
        cd / && GOROOT='/mnt/c/Program Files/Go' go -C 'C:\p' list || true
        cd /mnt/c/p
        GOROOT='/mnt/c/Program Files/Go' go build -o /dev/null . && echo a leaked GOROOT does no harm
        GOPATH='C:\a;D:\b' go env GOPATH
        GOFLAGS='-modfile=C:\p\other.mod' go env GOFLAGS
        cp go.mod other.mod; GOFLAGS='-modfile=C:\p\other.mod' go list
        ls -a /mnt/c/out /mnt/c/p
    "#;
    let answer = lab(&[], script).status(0);
    assert!(!answer.stdout.contains('\\'), "a file named like a Windows path:\n{}", answer.stdout);
    answer
        .out("hello\n")
        .out("c.out")
        .out("a leaked GOROOT does no harm")
        .out("/mnt/c/a:/mnt/d/b")
        .out("-modfile=/mnt/c/p/other.mod");
}

#[test]
fn what_was_switched_off_stays_off_and_says_how_to_switch_it_on() {
    let script = "project /mnt/c/p; PATH=$WINDOWS; go version";
    lab(&["--binfmt-disabled"], script).status(126).err("disabled").err("echo 1 | sudo tee");
    lab(&["--interop-off"], script).status(126).err("enabled=false in /etc/wsl.conf").err("wsl.exe --shutdown");
}

#[test]
fn a_foreign_handler_in_front_is_gone_round() {
    let script = "project /mnt/c/p; PATH=$WINDOWS; go version; gowrap --explain go version";
    lab(&["--foreign-binfmt"], script).status(0).out("windows/amd64").out("GW230");
}

#[test]
fn a_dead_socket_does_not_stop_the_windows_go() {
    let script = "project /mnt/c/p; PATH=$WINDOWS; go version";
    lab(&["--stale-socket"], script).status(0).out("windows/amd64");
    let hung = lab(&["--hung-socket"], script);
    assert!(hung.took < Duration::from_secs(20), "{:?}", hung.took);
    hung.status(0).out("windows/amd64");
}

#[test]
fn tests_for_windows_come_to_the_verdicts_of_native_ones() {
    let script = r#"
        project /tmp/cross-$$; trap 'rm -r /tmp/cross-$$' EXIT
        mkdir fail crash
        printf 'package fail\n\nimport "testing"\n\nfunc TestFail(t *testing.T) { t.Error("no") }\n' >fail/fail_test.go
        printf 'package crash\n\nimport "testing"\n\nfunc TestCrash(t *testing.T) { panic("boom") }\n' >crash/crash_test.go
        verdicts() { grep -E '^(ok|FAIL|---)' | sed -E 's/[0-9.]+s//; s/\(.*\)//; s/\(cached\)//' | tr -d '\r' | sort; }
        go test ./... 2>&1 | verdicts >native
        GOOS=windows go test ./... 2>&1 | verdicts >windows
        diff native windows && grep -q 'ok.*hello' windows && grep -q FAIL windows && echo the same verdicts
        GOOS=windows go run . | tr -d '\r'
    "#;
    lab(&[], script).status(0).out("the same verdicts").out("hello\n");
}

/// A look at a drive costs a millisecond on a real WSL.
#[test]
fn with_a_native_go_no_drive_is_touched() {
    let script = r#"
        cd /tmp
        export PATH="$windows_go:/mnt/c/Windows/system32:$LINUX"
        strace -f -o /tmp/trace-$$ go version && sed '/execve("[^"]*\/bin\/go"/q' /tmp/trace-$$ >/tmp/before-$$
        grep -c '"/mnt/c' /tmp/before-$$
        rm /tmp/trace-$$ /tmp/before-$$
    "#;
    let answer = lab(&[], script).out("linux/amd64");
    assert!(answer.stdout.ends_with("\n0\n"), "{}", answer.stdout);
}
