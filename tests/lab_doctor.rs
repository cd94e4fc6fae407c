//! `gowrap doctor` in the simulated WSL: each fault that the lab can make is found on the machine itself, not in a
//! record of one, within a second, and Windows is asked only if a user asks for that.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

#[path = "support/lab.rs"]
mod lab;
use lab::lab;

/// Options of the lab, what is done there first, and the code that has to come of it, with its level.
const FAULTS: &[(&[&str], &str, &str)] = &[
    (&[], "", "GW160 ok"),
    (&[], "", "GW942 ok"),
    (&["--no-binfmt"], "", "GW224 fail"),
    (&["--binfmt-disabled"], "", "GW221 warn"),
    (&["--binfmt-flags", "F"], "", "GW229 fail"),
    (&["--foreign-binfmt"], "", "GW230 fail"),
    (&["--interop-off"], "", "GW222 warn"),
    (&["--stale-socket"], "", "GW162 warn"),
    (&["--hung-socket"], "", "GW162 warn"),
    (&["--noexec"], "cd /mnt/c", "GW154 fail"),
    (&["--without-go"], "cd /tmp", "GW205 fail"),
    (&["--network", "mirrored"], "", "GW541 ok"),
    (&["--network", "none"], "", "GW542 warn"),
    (&[], "cd /mnt/c", "GW152 warn"),
    (&[], "export GOCACHE=/mnt/c/cache", "GW153 warn"),
    (&[], r"export GOROOT='C:\Program Files\Go'", "GW447 warn"),
    (&[], r"export GOPATH=$'/tmp/go\r'", "GW441 fail"),
    (&[], "export PATH=/usr/bin:$PATH", "GW941 warn"),
    (&[], r#"project $SCRATCH/p; mkdir .vscode; echo '{"go.goroot":"C:\\Go"}' >.vscode/settings.json"#, "GW558 fail"),
];

/// Prints `CODE level` for each finding.
const CODES: &str = r#"
    gowrap doctor --json >"$SCRATCH/found.json"; status=$?
    python3 -I -c 'import json, sys; [print(f["code"], f["level"]) for f in json.load(open(sys.argv[1]))["findings"]]' "$SCRATCH/found.json"
    echo status $status
"#;

#[test]
fn each_fault_is_found() {
    for (options, first, expected) in FAULTS {
        let answer = lab(options, &format!("{first}\n{CODES}"));
        let found = answer.stdout.lines().any(|line| line == *expected);
        assert!(found, "{options:?} {first}: no {expected} in\n{}{}", answer.stdout, answer.stderr);
        if expected.ends_with("fail") {
            assert!(answer.stdout.contains("status 1"), "{options:?} {first}\n{}", answer.stdout);
        }
    }
}

#[test]
fn a_hung_socket_delays_doctor_less_than_a_second() {
    for option in ["--hung-socket", "--mute-socket", "--stale-socket", "--foreign-binfmt"] {
        let script = "best=9999; for n in 1 2 3 4 5; do began=${EPOCHREALTIME/./}; gowrap doctor >/dev/null; \
                      took=$(((${EPOCHREALTIME/./} - began) / 1000)); [ $took -ge $best ] || best=$took; done; echo $best";
        let answer = lab(&[option], script);
        let took: u32 = answer.stdout.trim().parse().unwrap_or_else(|_| panic!("{option}: {}", answer.stderr));
        assert!(took < 1000, "{option}: {took} ms");
    }
}

/// The lab writes down each program of Windows' that is started.
#[test]
fn netsh_is_started_only_on_request() {
    let count = "started() { grep -c netsh /run/lab/init.log; }";
    let answer =
        lab(&[], &format!("{count}\ngowrap doctor >/dev/null; started; gowrap doctor --json --windows; started"));
    let lines: Vec<&str> = answer.stdout.lines().collect();
    assert_eq!((lines.first(), lines.last()), (Some(&"0"), Some(&"1")), "{}{}", answer.stdout, answer.stderr);
    assert!(!answer.stdout.contains("GW546"), "{}", answer.stdout);
    // No program answers: doctor reports that, and ends.
    lab(&["--no-binfmt"], "gowrap doctor --windows").out("GW546").out("interop does not work");
}
