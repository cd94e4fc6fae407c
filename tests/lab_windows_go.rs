//! A real Windows Go behind a real interop: gowrap inside the simulated WSL of `tests/lab`.
//!
//! A wine, not a Windows, runs `go.exe` here, and C: is no drvfs; `tests/lab/README.md` says what else the lab is not.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

#[path = "support/lab.rs"]
mod lab;
use lab::lab;

/// No Linux Go is there, so the Windows one is what `go` can mean.
const WINDOWS_ONLY: &[&str] = &["--without-go"];

/// First commands of a new user: each prints the output of a Go on Windows, and `./hello.exe` runs.
const A_MODULE_ON_A_DRIVE: &str = r#"
    project /mnt/c/p
    go version && go env -json GOOS && go list -json ./... && go vet ./... && go build -o hello.exe . && go test ./... &&
    cp hello.exe go.exe && gowrap ./go.exe
"#;

#[track_caller]
fn builds_and_tests(answer: lab::Answer) {
    answer
        .status(0)
        .out("go1.21.13 windows/amd64")
        .out("\"GOOS\": \"windows\"")
        .out("\"ImportPath\": \"hello\"")
        .out("\"Dir\": \"C:\\\\p\"")
        .out("ok  \thello")
        .out("hello\n");
}

/// The failure that everything began with: `go` is a link to `go.exe`, which Linux cannot execute.
#[test]
fn a_link_named_go_may_lead_to_go_exe() {
    let link = r#"ln -s "$windows_go/go.exe" $SCRATCH/go; PATH=$SHIMS:$SCRATCH"#;
    let call = |policy: &str, folder: &str| lab(WINDOWS_ONLY, &format!("{link}; cd {folder}; {policy} go version"));
    call("GOWRAP_PE=reject", "/mnt/c")
        .status(126)
        .is("")
        .err("gowrap: the only `go` here is a Windows program, and the policy `pe` is reject (GOWRAP_PE) [GW201]")
        .err("Windows console program for x86_64")
        .err("gowrap: fix: ")
        .err("install Go for Linux");
    call("", "/tmp").status(126).is("").err("cannot lock go.mod in /tmp").err("golang/go#37461");
    call("", "/mnt/c").status(0).is("go version go1.21.13 windows/amd64");
    call("GOWRAP_PE=reroute", "/tmp").status(0).is("go version go1.21.13 windows/amd64");
}

#[test]
fn a_module_on_a_drive_is_built_by_the_windows_go() {
    builds_and_tests(lab(WINDOWS_ONLY, A_MODULE_ON_A_DRIVE));
}

#[test]
fn without_the_registration_init_is_called_by_name() {
    builds_and_tests(lab(&["--without-go", "--no-binfmt"], A_MODULE_ON_A_DRIVE));
}

#[test]
fn the_same_module_on_the_linux_side_is_refused() {
    let script = "project $SCRATCH; go build ./...";
    lab(WINDOWS_ONLY, script).status(126).is("").err("cannot lock go.mod in ").err("golang/go#37461").err("/mnt/c/src");
    // `-C` counts, both ways.
    let script = "project /mnt/c/p; cd /tmp; go -C /mnt/c/p list; cd /mnt/c/p; go -C /tmp list";
    lab(WINDOWS_ONLY, script).status(126).is("hello").err("cannot lock go.mod in /tmp");
}

/// Every form of the registration that WSL has had, and every way in which it is lost or hidden.
#[test]
fn each_registration_starts_windows_programs() {
    const TABLE: &[(&str, &[&str], &str, &str)] = &[
        ("as WSL registers it", &[], "binfmt", ""),
        ("lost", &["--no-binfmt"], "init", "GW229"),
        ("without the flag P, the new /init loses an argument", &["--binfmt-flags", "F"], "init", "GW229"),
        ("systemd's own name for it", &["--systemd-late"], "binfmt", ""),
        ("lost under systemd", &["--systemd-late", "--no-binfmt"], "init", "GW229"),
        ("wine is asked first", &["--foreign-binfmt"], "init", "GW230"),
        ("before 0.58, when there was no P to have", &["--inbox"], "binfmt", ""),
    ];
    let script = "cd /mnt/c && go env GOOS GOARCH && gowrap --explain=json go version";
    for (name, options, via, code) in TABLE {
        let answer = lab(&[WINDOWS_ONLY, options].concat(), script).status(0);
        let (said, plan) = answer.stdout.split_once('{').expect(name);
        assert_eq!(said.trim(), "windows\namd64", "{name}");
        let plan: serde_json::Value = serde_json::from_str(&format!("{{{plan}")).expect(name);
        assert_eq!(plan["target"]["via"], *via, "{name}");
        assert_eq!(plan["host"]["interop"], *via, "{name}");
        let codes: Vec<_> =
            plan["notes"].as_array().into_iter().flatten().filter_map(|note| note["code"].as_str()).collect();
        assert!(code.is_empty() || codes.contains(code), "{name}: {codes:?}");
    }
    let drives_below_the_root = r#"cd /c && PATH="$PATH:/c/Program Files/Go/bin" && go env GOOS"#;
    lab(&["--without-go", "--root", "/"], drives_below_the_root).status(0).is("windows");
}

/// Each fault of interop has its own message and fix, printed without delay. gowrap leaves off a switch that is off.
#[test]
fn each_fault_has_its_own_message_and_its_fix() {
    const TABLE: &[(&str, &[&str], &[&str])] = &[
        (
            "--binfmt-disabled",
            &["--binfmt-disabled"],
            &["WSLInterop is disabled [GW221]", "`echo 1 | sudo tee /proc/sys/fs/binfmt_misc/WSLInterop`"],
        ),
        (
            "--interop-off",
            &["--interop-off"],
            &["enabled=false in /etc/wsl.conf [GW222]", "enabled=true under [interop]", "wsl.exe --shutdown"],
        ),
        (
            "--inbox --no-binfmt",
            &["--inbox", "--no-binfmt"],
            &["is lost", "[GW224]", "/proc/sys/fs/binfmt_misc/register", "protectBinfmt=true"],
        ),
        ("--noexec", &["--noexec"], &["its mount has the option noexec", "remove noexec from the mount's options"]),
        ("--fmask", &["--fmask"], &["not executable", "fmask or umask"]),
    ];
    for (name, options, parts) in TABLE {
        let answer = lab(&[WINDOWS_ONLY, options].concat(), "cd /mnt/c; seconds go version; exit 126").status(126);
        let took = answer.stdout.trim();
        assert!(matches!(took, "took 0 s" | "took 1 s"), "{name}: {took}");
        assert!(answer.stderr.lines().all(|line| line.starts_with("gowrap: ")), "{name}: {}", answer.stderr);
        for part in *parts {
            assert!(answer.stderr.contains(part), "{name}: no {part:?} in\n{}", answer.stderr);
        }
    }
}

/// binfmt_misc has a switch of its own beside each entry's.
#[test]
fn binfmt_misc_that_is_off_as_a_whole_stays_off() {
    let script = "echo 0 >/proc/sys/fs/binfmt_misc/status; cd /mnt/c; go version; echo $?
        echo 1 >/proc/sys/fs/binfmt_misc/status; go env GOOS";
    lab(WINDOWS_ONLY, script)
        .status(0)
        .is("126\nwindows")
        .err("binfmt_misc is disabled as a whole [GW221]")
        .err("`echo 1 | sudo tee /proc/sys/fs/binfmt_misc/status`");
}

#[test]
fn a_dead_or_silent_socket_is_skipped() {
    let script = "cd /mnt/c; seconds gowrap --explain go version; go env GOOS; [ $WSL_INTEROP = /run/WSL/777_interop ]";
    for (option, why) in [
        ("--stale-socket", "the server behind WSL_INTEROP is gone"),
        ("--hung-socket", "the server behind WSL_INTEROP does not answer"),
    ] {
        let answer = lab(&["--without-go", option], script).status(0);
        assert!(answer.stdout.contains("took 0 s") || answer.stdout.contains("took 1 s"), "{}", answer.stdout);
        answer.out("/run/WSL/777_interop -> /run/WSL/8_interop").out(why).out("\nwindows\n");
    }
    // One that accepts and says nothing cannot be told from one that works; /init gives up on it itself.
    lab(&["--without-go", "--mute-socket"], "cd /mnt/c; seconds go version; go version")
        .status(1)
        .err("accept4 failed 110")
        .never("took 3")
        .never("gowrap:");
}

#[test]
fn all_sockets_gone_is_a_refusal() {
    // The session's own would be trusted unseen, since its server is an ancestor.
    let script = "cd /mnt/c; export WSL_INTEROP=/run/WSL/777_interop; mv /run/WSL /run/away; mkdir /run/WSL
        seconds go version; go version; status=$?; rmdir /run/WSL; mv /run/away /run/WSL; exit $status";
    lab(WINDOWS_ONLY, script)
        .status(126)
        .is("took 0 s")
        .err("[GW223]")
        .err("open a new WSL terminal")
        .err("wsl.exe --shutdown");
}

/// A registration that passes `argv[0]` on would let a Windows program see `/mnt/c/…` as its own name.
#[test]
fn arguments_reach_windows_unchanged() {
    let script = r#"
        mkdir /mnt/c/t && cp /mnt/c/Lab/report.exe /mnt/c/t/go.exe && cd /mnt/c && PATH=$SHIMS:/mnt/c/t:/usr/bin
        go env 'b c' '' 'd"e' 'f\' ü '*'
    "#;
    for option in [&[][..], &["--no-binfmt"]] {
        let answer = lab(&[WINDOWS_ONLY, option].concat(), script).status(0);
        let report: serde_json::Value = serde_json::from_str(&answer.stdout).expect("report.exe prints JSON");
        let args: Vec<_> = report["args"].as_array().into_iter().flatten().filter_map(|arg| arg.as_str()).collect();
        assert_eq!(args[1..], ["env", "b c", "", "d\"e", "f\\", "ü", "*"]);
        assert!(!args[0].contains('/'), "{args:?}");
        assert_eq!(report["cwd"], "C:\\");
        assert_eq!(report["executable"], "C:\\t\\go.exe");
    }
}

/// Of the descriptors that are open only those stay behind that a Linux tool would get.
#[test]
fn only_descriptors_of_the_caller_are_reported_as_not_passed_on() {
    let script =
        "cd /mnt/c; for file in /proc/self/fd/*; do fd=${file##*/}; [ $fd -lt 3 ] || eval \"exec $fd>&-\"; done
        export GOWRAP_LOG=info GOWRAP_LOG_FILE=$SCRATCH/log
        gowrap --explain go version | grep -c GW227; gowrap --explain go version 7</dev/null | grep GW227";
    lab(WINDOWS_ONLY, script).status(0).out("0\n").out("descriptors 7 do not reach Windows");
}

/// A Windows Go is recognized under any name and in any folder; a native one ranks before it.
#[test]
fn a_pe_program_is_recognized_by_its_content() {
    let without = r#"
        cd /mnt/c; mkdir t; cp /mnt/c/Lab/report.exe t/go
        PATH=$SHIMS:/mnt/c/t:/usr/bin; gowrap --explain go version | head -1
    "#;
    lab(WINDOWS_ONLY, without).status(0).is("would run    /mnt/c/t/go version");
    let on_ext4 = r#"
        cp /mnt/c/Lab/exit.exe $SCRATCH/go; cd /mnt/c
        PATH=$SHIMS:$SCRATCH; go 7
    "#;
    lab(WINDOWS_ONLY, on_ext4).status(7).is("").never("gowrap:");
    let pinned = r#"cd /tmp; gowrap "$windows_go/go.exe" version; gowrap --explain "$windows_go/go.exe" version"#;
    lab(&[], pinned).status(0).out("go version go1.21.13 windows/amd64").out("GW231");
    let native_wins = "cd /mnt/c; PATH=$SHIMS:$windows_go:/usr/bin:/bin; go env GOOS";
    lab(&[], native_wins).status(0).is("linux");
}

/// On a drive every file is executable, a version manager's script for Windows' own bash as well.
#[test]
fn a_script_on_a_drive_is_not_a_native_tool() {
    let script = r#"
        mkdir /mnt/c/goenv; cd /mnt/c
        printf '#!/bin/bash\nexec go "$@"\n' >goenv/go; chmod +x goenv/go
        PATH=$SHIMS:/mnt/c/goenv:/usr/bin:/bin:$windows_go
        seconds go env GOOS
    "#;
    lab(&[], script).status(0).out("linux\n");
    let answer = lab(WINDOWS_ONLY, script).status(0).out("windows\n");
    assert!(
        ["took 0", "took 1", "took 2", "took 3", "took 4"].iter().any(|took| answer.stdout.contains(took)),
        "{}",
        answer.stdout
    );
}

/// A look at a drive costs a millisecond on a real WSL. openat2(2) that ends with EXDEV asks the mounted file system
/// nothing.
#[test]
fn with_a_native_go_no_drive_is_touched() {
    let script = r#"
        cd /tmp; trace=$SCRATCH/trace
        PATH=$SHIMS:$windows_go:/mnt/c/Windows/system32:/usr/bin:/bin
        strace -f -o $trace go version
        sed '/execve("[^"]*\/bin\/go"/q' $trace | grep '"/mnt/c' | grep -vc 'RESOLVE_NO_XDEV.*EXDEV'
    "#;
    lab(&[], script).is("go version go1.19.8 linux/amd64\n0");
}

const MODULE_FOR_BOTH: &str = r#"
    project $SCRATCH; mkdir fail crash three stdin
    printf 'package fail\n\nimport "testing"\n\nfunc TestFail(t *testing.T) { t.Error("no") }\n' >fail/fail_test.go
    printf 'package crash\n\nimport "testing"\n\nfunc TestCrash(t *testing.T) { panic("boom") }\n' >crash/crash_test.go
    printf 'package main\n\nimport "os"\n\nfunc main() { os.Exit(3) }\n' >three/main.go
    printf 'package main\n\nimport ("fmt";"io";"os")\n\nfunc main() { b, _ := io.ReadAll(os.Stdin); fmt.Printf("%%q %%q\\n", os.Args[1:], b) }\n' >stdin/main.go
"#;

#[test]
fn tests_built_for_windows_have_the_results_of_native_ones() {
    let script = r#"
        verdicts() { grep -E '^(ok|FAIL|---|panic)' | sed -E 's/[0-9.]+s//; s/\(.*\)//; s/\[.*\]//' | tr -d '\r' | sort; }
        go test ./... >native 2>&1; echo $?
        GOOS=windows go test ./... >windows 2>&1; echo $?
        diff <(verdicts <native) <(verdicts <windows) && verdicts <windows
    "#;
    let answer = lab(&[], &format!("{MODULE_FOR_BOTH}{script}")).status(0);
    answer
        .out("1\n1\n")
        .out("--- FAIL: TestCrash")
        .out("--- FAIL: TestFail")
        .out("FAIL\thello/crash")
        .out("ok  \thello")
        .out("panic: boom");
}

#[test]
fn programs_built_for_windows_get_their_arguments_and_input_and_give_their_status() {
    let script = r#"
        export GOOS=windows
        printf 'in put' | go run ./stdin a 'b c' /tmp C:/x; go run ./three; echo $?
        go test -cover -coverprofile=c.out -cpuprofile=cpu.out -outputdir=$PWD . && head -c 10 c.out && test -s cpu.out && echo profiles
        go test -v -run TestPass . -args a /tmp | grep -c PASS:
    "#;
    lab(&[], &format!("{MODULE_FOR_BOTH}{script}"))
        .status(0)
        .out(r#"["a" "b c" "/tmp" "C:/x"] "in put""#)
        .err("exit status 3")
        .out("\n1\n")
        .out("mode: set")
        .out("profiles")
        .never("gowrap:");
}

/// `go test -timeout` and Ctrl-C reach the Windows program through the process that stands for it.
#[test]
fn a_test_binary_that_hangs_is_ended() {
    let script = r#"
        printf 'package fail\n\nimport ("testing"; "time")\n\nfunc TestFail(t *testing.T) { time.Sleep(time.Hour) }\n' >fail/fail_test.go
        export GOOS=windows
        seconds go test -timeout 3s ./fail; go vet ./fail
        cp /mnt/c/Lab/sleep.exe .; set -m
        go_windows_amd64_exec ./sleep.exe 6 C:/slept & sleep 3; kill -INT %1; seconds wait %1; sleep 5; ls /mnt/c/slept
    "#;
    lab(&[], &format!("{MODULE_FOR_BOTH}{script}"))
        .out("panic: test timed out after 3s")
        .out("FAIL\thello/fail")
        .out("took 0 s")
        .err("cannot access '/mnt/c/slept'")
        .never("gowrap:");
}

#[test]
fn go_exec_helpers_of_other_architectures_differ_in_name_only() {
    let script = r#"
        cp /mnt/c/Lab/exit.exe $SCRATCH/x.exe; cd $SCRATCH
        for arch in amd64 386 arm64; do go_windows_${arch}_exec ./x.exe 5; echo $?; done
        go_windows_amd64_exec /mnt/c/Lab/exit.exe 259; echo $?
        gowrap --explain=sh go_windows_amd64_exec ./x.exe -test.cpuprofile=/mnt/c/cpu -test.run=/mnt/c/cpu | tail -1
    "#;
    let answer = lab(&[], script).status(0).out("5\n5\n5\n3\n").never("gowrap:");
    assert!(answer.stdout.contains("'-test.cpuprofile=C:\\cpu' '-test.run=/mnt/c/cpu'"), "{}", answer.stdout);
}

/// Spellings of a Linux script that starts a Windows program. `TOOL` is the program's name.
const SCRIPTS: &[&str] = &[
    "#!/bin/sh\nexec \"/mnt/c/t/TOOL.exe\" \"$@\"\n",
    "#!/bin/sh\nexec TOOL.exe \"$@\"\n",
    "#!/bin/bash\nTOOL.exe \"$@\"\n",
    "#!/usr/bin/env bash\nset -e\ncd . && exec /mnt/c/t/TOOL.exe \"$@\"\n",
    "#!/bin/sh\nif true; then\n  env A=1 TOOL.exe \"$@\"\nfi\n",
    "#!/bin/sh\nWINDOWS=/mnt/c/t/TOOL.exe\nexec \"$WINDOWS\" \"$@\"\n",
];

/// Writes a folder with one script for each spelling, `$SCRATCH/0`, `$SCRATCH/1` ….
fn write_scripts(tool: &str) -> String {
    let write = |(number, text): (usize, &&str)| {
        let text = text.replace("TOOL", tool);
        format!("mkdir -p $SCRATCH/{number}; cat >$SCRATCH/{number}/{tool} <<'END'\n{text}END\n")
    };
    let written: String = SCRIPTS.iter().enumerate().map(write).collect();
    format!("{written}\nchmod +x $SCRATCH/*/{tool}\n")
}

/// A script around a Windows program starts that program with the words and variables of the call, byte for byte.
#[test]
fn a_script_around_a_windows_program_gets_everything_unchanged() {
    let words = r#"build -o 'C:\out\x.exe' /mnt/c/x 'b c' '' 'd"e' '-run=a\b' --listen=0.0.0.0:1 'E:\x'"#;
    let expected =
        ["build", "-o", "C:\\out\\x.exe", "/mnt/c/x", "b c", "", "d\"e", "-run=a\\b", "--listen=0.0.0.0:1", "E:\\x"];
    for (tool, spellings) in [("go", 0..SCRIPTS.len()), ("gofmt", 1..2), ("dlv", 0..1)] {
        let script = format!(
            r#"
            rm -f /usr/bin/dlv; mkdir /mnt/c/t && cp /mnt/c/Lab/report.exe /mnt/c/t/{tool}.exe; cd /mnt/c
            {}
            export GOPATH='C:\a;C:\b' GOFLAGS='-o=E:\x' GOROOT=/mnt/c/go WSLENV=GOPATH:GOFLAGS:GOROOT
            for number in {{{}..{}}}; do ( export PATH=$SHIMS:$SCRATCH/$number:/usr/bin:/bin:/mnt/c/t; {tool} {words} ); done
            "#,
            write_scripts(tool),
            spellings.start,
            spellings.end - 1,
        );
        let answer = lab(WINDOWS_ONLY, &script).status(0);
        let reports: Vec<serde_json::Value> =
            answer.stdout.lines().map(|line| serde_json::from_str(line).expect("report.exe prints JSON")).collect();
        assert_eq!(reports.len(), spellings.len(), "{tool}: {}", answer.stderr);
        for (report, number) in reports.iter().zip(spellings) {
            let strings = |key: &str| -> Vec<&str> {
                report[key].as_array().into_iter().flatten().filter_map(|word| word.as_str()).collect()
            };
            assert_eq!(strings("args")[1..], expected, "{tool}: {}", SCRIPTS[number]);
            for variable in ["GOPATH=C:\\a;C:\\b", "GOFLAGS=-o=E:\\x", "GOROOT=/mnt/c/go"] {
                assert!(strings("env").contains(&variable), "{tool}: {variable}: {}", SCRIPTS[number]);
            }
        }
    }
}

/// A Linux Go behind such a script on PATH runs, and so does one in a known folder.
#[test]
fn a_script_around_a_windows_program_comes_after_every_linux_tool() {
    let script = format!(
        "mkdir /mnt/c/t; cp \"$windows_go/go.exe\" /mnt/c/t; cd /mnt/c\n{}\n
        for number in {{0..{}}}; do ( PATH=$SHIMS:$SCRATCH/$number:$CURRENT_GO:/usr/bin:/bin:/mnt/c/t; go version ); done
        mkdir -p /usr/local/go && cp -r $CURRENT_GO /usr/local/go/; rm /usr/bin/go
        PATH=$SHIMS:$SCRATCH/0:/usr/bin:/bin:/mnt/c/t; gowrap --explain go version | head -1",
        write_scripts("go"),
        SCRIPTS.len() - 1,
    );
    let answer = lab(&[], &script).status(0);
    let lines: Vec<_> = answer.stdout.lines().collect();
    let (versions, explained) = lines.split_at(lines.len() - 1);
    assert_eq!(versions.len(), SCRIPTS.len(), "{}\n{}", answer.stdout, answer.stderr);
    assert!(versions.iter().all(|line| line.ends_with(" linux/amd64") && !line.contains("go1.19")), "{versions:?}");
    assert_eq!(explained, ["would run    /usr/local/go/bin/go version"]);
}

/// A build through the script leaves the same files as a build with go.exe alone.
#[test]
fn a_build_through_a_script_lands_where_go_exe_puts_it() {
    let script = format!(
        r#"
        mkdir /mnt/c/t; {}
        printf '#!/bin/sh\nexec "%s/go.exe" "$@"\n' "$windows_go" >$SCRATCH/0/go
        build() {{
            project /mnt/c/p; rm -rf /mnt/c/out /mnt/c/mnt
            for out in 'C:\out\a.exe' 'bin\b.exe' 'sub/c.exe' /mnt/c/out/d.exe; do "$@" build -o "$out" . || return; done
            (cd /mnt/c && find p out mnt -type f 2>/dev/null | sort); rm -rf /mnt/c/p
        }}
        build "$windows_go/go.exe" >$SCRATCH/alone
        PATH=$SHIMS:$SCRATCH/0:/usr/bin:/bin
        build go >$SCRATCH/through
        diff $SCRATCH/alone $SCRATCH/through && cat $SCRATCH/through
        "#,
        write_scripts("go"),
    );
    lab(WINDOWS_ONLY, &script)
        .status(0)
        .is("mnt/c/out/d.exe\nout/a.exe\np/bin/b.exe\np/go.mod\np/main.go\np/main_test.go\np/sub/c.exe");
}

/// Prints for each command whether gowrap would refuse it (126) and how the real go.exe ends: `COMMAND: PLAN REAL`.
const COMPARE: &str = r#"
    export GOPROXY=off WSLENV=GOPROXY/w
    compare() {
        for command in "$@"; do
            gowrap --explain go $command >/dev/null; local plan=$?
            "$windows_go/go.exe" $command >/dev/null 2>&1 </dev/null; echo "$command: $plan $(($? != 0))"
        done
    }
"#;

/// gowrap refuses what fails in each version of Go, and nothing that works.
#[test]
fn a_folder_that_go_exe_cannot_find_is_refused_where_go_exe_fails() {
    let script = format!(
        r#"{COMPARE}
        project /mnt/c/p; printf 'go 1.19\nuse .\nuse /home/me/x\n' > go.work
        compare 'build .' 'list -m' 'vet .' 'test -c' 'mod graph' 'mod why hello' 'list std' 'env GOWORK' version 'fmt .' clean 'work edit -json' 'mod tidy'
        rm go.work; mkdir ../lib; printf 'module example.com/lib\n\ngo 1.19\n' >../lib/go.mod; printf 'package lib\n' >../lib/lib.go
        for folder in /mnt/c/lib ../lib; do
            echo "$folder"
            printf 'module hello\n\ngo 1.19\n\nrequire example.com/lib v1.0.0\n\nreplace example.com/lib => %s\n' "$folder" >go.mod
            compare 'mod graph' 'mod verify' 'mod download' 'list -m all' 'list -m' 'list -e -m all' 'vet .' 'list ./...'
        done
        printf 'package main\n\nimport _ "example.com/lib"\n\nfunc main() {{}}\n' >main.go; sed -i 's/=> .*/=> \/mnt\/c\/lib/' go.mod
        compare 'build .' 'mod tidy'; gowrap --explain go build . | grep -c GW234
        "#
    );
    lab(WINDOWS_ONLY, &script).status(0).is("
        build .: 126 1
        list -m: 126 1
        vet .: 126 1
        test -c: 126 1
        mod graph: 126 1
        mod why hello: 126 1
        list std: 126 1
        env GOWORK: 0 0
        version: 0 0
        fmt .: 0 0
        clean: 0 0
        work edit -json: 0 0
        mod tidy: 0 0
        /mnt/c/lib
        mod graph: 126 1
        mod verify: 126 1
        mod download: 126 1
        list -m all: 126 1
        list -m: 0 0
        list -e -m all: 0 0
        vet .: 0 0
        list ./...: 0 0
        ../lib
        mod graph: 0 0
        mod verify: 0 0
        mod download: 0 0
        list -m all: 0 0
        list -m: 0 0
        list -e -m all: 0 0
        vet .: 0 0
        list ./...: 0 0
        build .: 0 1
        mod tidy: 0 1
        1");
}

#[test]
fn a_workspace_with_a_linux_folder_is_refused() {
    let script = r#"project /mnt/c/p; printf 'go 1.19\nuse .\nuse /home/me/x\n' > go.work;"#;
    lab(WINDOWS_ONLY, &format!("{script} go build ./...")).status(126).is("").err("use /home/me/x").err("[GW208]");
    // The same go.exe, asked without gowrap, fails on that folder.
    lab(WINDOWS_ONLY, &format!(r#"{script} "$windows_go/go.exe" build ./..."#)).status(1).err("home\\me\\x");
    lab(WINDOWS_ONLY, &format!("{script} GOWORK=off go vet ./...")).status(0);
}

#[test]
fn relative_windows_paths_reach_a_linux_go() {
    let script = r#"
        project $SCRATCH/p; mkdir -p cmd/app; printf 'package main\nfunc main() { println("app") }\n' > cmd/app/main.go
        go build -o 'bin\app' '.\cmd\app' && ls bin && go run 'cmd\app\main.go'
        GOPATH='C:\a:C:\b' go env GOPATH
        go build -o 'E:\x' .; echo $?; ls
    "#;
    let answer = lab(&[], script).status(0).out("app\n").out("/mnt/c/a:/mnt/c/b").out("126\n").err("[GW302]");
    assert!(!answer.stdout.contains('\\'), "{}", answer.stdout);
}
