//! Real sessions of a real delve behind gowrap, in the simulated WSL of `tests/lab`: what an editor sees of it, which
//! addresses answer, to whom, and what is left when it ends.
//!
//! `debugger/scene` sets the scene, `debugger/editor.js` is an editor, `debugger/clients.py` starts debuggers and
//! connects to them; both say in their first lines what they are asked and what they tell. Every debuggee is
//! `debugger/hello`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use support::{gowrap, in_ci};

const SHIM: &str = "/run/scene/shims/dlv";
const DIRECT: &str = "/usr/bin/dlv";

/// Debian's program, on a Linux filesystem and on the drive.
const HELLO: &str = "/run/scene/hello";
const HELLO_ON_C: &str = "/mnt/c/Users/me/hello";
const BUILT: &str = "/run/scene/built/hello";

/// Uid of the user that delve runs as, neither root nor the user that runs the lab: delve asks for the user of a
/// client.
const DEBUG_USER: u32 = 1000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A script that prepares something outside the repository, run once. It prints where that is.
fn fetched(script: &str) -> PathBuf {
    let output = Command::new(root().join(script)).stderr(Stdio::inherit()).output().expect(script);
    assert!(output.status.success(), "{script} failed: what the tests need could not be had");
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end())
}

static MODULES: LazyLock<PathBuf> = LazyLock::new(|| fetched("tests/debugger/fetch"));
static LAB: LazyLock<PathBuf> = LazyLock::new(|| fetched("tests/lab/fetch"));

/// User that runs the lab.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// The user that runs the tests: one user is enough.
    Current,
    /// Root, who can be several users.
    Root,
}

/// Runs a command on the scene in a fresh lab, with nothing of the caller's environment, and reads the JSON that it
/// prints.
fn told(caller: Caller, lab: &[&str], variables: &[(&str, &str)], command: &[&str]) -> Json {
    LazyLock::force(&LAB);
    let is_root = nix::unistd::geteuid().is_root();
    let mut enter = Command::new(if caller == Caller::Root && !is_root { "sudo" } else { "env" });
    if caller == Caller::Root && !is_root {
        enter.args(["-n", "env"]);
    }
    let home = std::env::var("HOME").unwrap_or_default();
    let kept = std::env::var("XDG_CACHE_HOME").unwrap_or_else(|_| format!("{home}/.cache"));
    let lab_cache = std::env::var("GOWRAP_LAB_CACHE").unwrap_or_else(|_| format!("{kept}/gowrap-lab"));
    // Files of root's in the cache of another user would be in the way.
    let go_cache = if caller == Caller::Root && !is_root { "debugger-go-build-root" } else { "debugger-go-build" };
    let place = |name: &str| Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).into_os_string().into_string().unwrap();
    enter
        .args(["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
        .arg(format!("GOWRAP_LAB_CACHE={lab_cache}"))
        .arg(format!("GOWRAP={}", gowrap().display()))
        .arg(format!("GOCACHE={}", place(go_cache)))
        .arg(format!("NODE_PATH={}", MODULES.display()))
        .args(variables.iter().map(|(name, value)| format!("{name}={value}")))
        .arg(root().join("tests/lab/enter"))
        .args(lab)
        .arg("--")
        .arg(root().join("tests/debugger/scene"))
        .args(command);
    let output = enter.current_dir(root()).stdin(Stdio::null()).output().expect("tests/lab/enter cannot be started");
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{:?}: {error}: {command:?}\n{stderr}", output.status))
}

/// A session of an editor inside WSL, which leaves its mark on what it starts.
fn session(dlv: &str, path: &str, cwd: &str, program: &str, end: &str) -> Json {
    let asked = json!({
        "dlv": [dlv, "dap"], "cwd": cwd, "launch": { "mode": "debug", "program": program },
        "source": format!("{cwd}/main.go"), "line": 5, "variable": "sum", "end": end,
    });
    let script = format!("PATH={path} exec /usr/bin/node tests/debugger/editor.js \"$0\"");
    told(
        Caller::Current,
        &["--network", "nat"],
        &[("VSCODE_IPC_HOOK_CLI", "/run/vscode.sock")],
        &["/bin/bash", "-c", &script, &asked.to_string()],
    )
}

/// Debuggers in one lab, one after the other.
fn debuggers(caller: Caller, lab: &[&str], asked: &Json) -> Vec<Json> {
    let told = told(caller, lab, &[], &["/usr/bin/python3", "-BI", "tests/debugger/clients.py", &asked.to_string()]);
    told.as_array().unwrap().clone()
}

#[test]
fn an_editor_session_is_the_same_through_the_shim() {
    let direct = session(DIRECT, "$PATH", HELLO, ".", "disconnect");
    let through = session(SHIM, "$PATH", HELLO, ".", "disconnect");
    // argv, environment, executable, every byte of output, what was debugged, the status, what is left.
    assert_eq!(through, direct);
    assert_eq!(through["argv"], json!([DIRECT, "dap", "--listen=127.0.0.1:PORT", "--log-dest=3"]));
    assert_eq!(through["log"][0], "DAP server listening at: 127.0.0.1:PORT\n");
    assert_eq!(through["stopped"]["line"], 5, "{through}");
    assert_eq!(through["value"], "42", "{through}");
    assert_eq!((&through["files"], &through["processes"]), (&json!(["go.mod", "main.go"]), &json!([])));
}

#[test]
fn a_program_in_windows_form_is_debugged_with_both_shims() {
    let program = r"C:\Users\me\hello";
    let through = session(SHIM, "$PATH", HELLO_ON_C, program, "disconnect");
    assert_eq!(through["stopped"]["file"], format!("{HELLO_ON_C}/main.go"), "{through}");
    assert_eq!((&through["stopped"]["line"], &through["value"]), (&json!(5), &json!("42")), "{through}");
    let alone = session(SHIM, "/run/scene/direct/only-dlv:/usr/bin:/bin", HELLO_ON_C, program, "disconnect");
    assert_eq!(alone["stopped"], Json::Null, "{alone}");
    assert!(alone["refused"].is_string(), "{alone}");
}

#[test]
fn a_signal_to_the_editors_pid_ends_every_process() {
    for signal in ["SIGINT", "SIGTERM"] {
        let direct = session(DIRECT, "$PATH", HELLO, ".", signal);
        let through = session(SHIM, "$PATH", HELLO, ".", signal);
        assert_eq!(through, direct, "{signal}");
        assert_eq!((&through["stopped"]["line"], &through["processes"]), (&json!(5), &json!([])), "{signal}");
        assert_eq!(through["files"], json!(["go.mod", "main.go"]), "{signal}");
    }
    // The same without an editor, once the server answers.
    for signal in ["SIGINT", "SIGTERM"] {
        let server = |dlv: &str| {
            json!({ "dlv": [dlv, "debug", "--headless", "--accept-multiclient", "--listen=127.0.0.1:PORT"], "cwd": HELLO,
                    "clients": ["0 127.0.0.1"], "end": signal })
        };
        let told = debuggers(Caller::Current, &["--network", "nat"], &json!([server(DIRECT), server(SHIM)]));
        assert_eq!(told[1], told[0], "{signal}");
        assert_eq!(told[1]["clients"], json!({ "0 127.0.0.1": "served" }), "{signal}");
        assert_eq!(told[1]["processes"], json!([]), "{signal}");
    }
}

#[test]
fn a_terminal_connects_to_a_headless_debugger() {
    let commands = ["break main.go:5", "continue", "print sum * 1000", "continue", "exit"];
    let server = |dlv: &str| {
        json!({ "dlv": [dlv, "debug", "--headless", "--api-version=2", "--listen=127.0.0.1:PORT"], "cwd": HELLO_ON_C,
                "commands": commands })
    };
    let told = debuggers(Caller::Current, &["--network", "nat"], &json!([server(SHIM)]));
    let [session] = told.as_slice() else { panic!("{told:?}") };
    let terminal = session["terminal"].as_str().unwrap();
    assert!(terminal.contains("main.add() ./main.go:5") && terminal.contains("42000"), "{terminal}");
    assert!(terminal.contains("exited with status 0"), "{terminal}");
    assert_eq!((&session["ended"], &session["output"]), (&json!(0), &json!("sum 42\n")));
    assert_eq!((&session["files"], &session["processes"]), (&json!(["go.mod", "main.go"]), &json!([])));
}

/// Returns true if this test can have two users. Panics in CI if it cannot.
fn has_users() -> bool {
    let can = nix::unistd::geteuid().is_root()
        || Command::new("sudo")
            .args(["-n", "true"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
    let missing = "only root, or sudo without a password, has another user to connect as";
    assert!(can || !in_ci(), "{missing}");
    if !can {
        eprintln!("NOT TESTED: {missing}");
    }
    can
}

/// `dlv exec` of the debuggee, run by `DEBUG_USER`.
fn server(address: &str, variables: &Json, clients: &[&str], relay: bool) -> Json {
    json!({
        "dlv": [SHIM, "exec", BUILT, "--headless", "--accept-multiclient", format!("--listen={address}")],
        "uid": DEBUG_USER, "env": variables, "clients": clients, "relay": relay,
    })
}

/// Returns the result of each client, without the reason of a refused connection.
fn verdicts(told: &Json, clients: &[&str]) -> Vec<String> {
    let verdict =
        |client: &&str| told["clients"][client].as_str().unwrap_or("?").split(" (").next().unwrap().to_owned();
    clients.iter().map(verdict).collect()
}

#[test]
fn each_listen_address_has_its_clients() {
    if !has_users() {
        return;
    }
    // The same user, root from Linux, and a program on Windows, which the relay connects as root.
    let clients = ["1000 127.0.0.1", "0 127.0.0.1", "windows 127.0.0.1"];
    let everybody = ["served", "served", "served"];
    let oneself = ["served", "sent away", "sent away"];
    let table: &[(&str, Json, &str, [&str; 3])] = &[
        ("a loopback address, and nothing said", json!({}), "127.0.0.1:PORT", oneself),
        ("the client is on Windows", json!({ "GOWRAP_DEBUG_CLIENT": "windows" }), "127.0.0.1:PORT", everybody),
        ("every address, and an unknown client", json!({}), "0.0.0.0:PORT", everybody),
        ("the same without a host", json!({}), ":PORT", everybody),
        ("the same in IPv6", json!({}), "[::]:PORT", everybody),
        ("every address, for an editor inside WSL", json!({ "NVIM": "/run/nvim" }), "0.0.0.0:PORT", oneself),
    ];
    let asked: Vec<_> = table.iter().map(|(_, env, address, _)| server(address, env, &clients, true)).collect();
    let told = debuggers(Caller::Root, &["--network", "nat"], &json!(asked));
    for ((name, _, _, expected), told) in table.iter().zip(told) {
        assert_eq!(verdicts(&told, &clients), expected, "{name}: {told}");
        assert_eq!(told["listens"], json!(["127.0.0.1:PORT"]), "{name}: {told}");
        assert_eq!(told["said"], "API server listening at: 127.0.0.1:PORT", "{name}");
    }
}

#[test]
fn a_refused_client_ends_a_dap_server() {
    if !has_users() {
        return;
    }
    let server = |env: Json, client: &str| {
        json!({ "dlv": [SHIM, "dap", "--listen=127.0.0.1:PORT"], "uid": DEBUG_USER, "env": env, "clients": [client],
                "relay": client.starts_with("windows") })
    };
    let windows = || json!({ "GOWRAP_DEBUG_CLIENT": "windows" });
    let asked = [
        server(json!({}), "1000 127.0.0.1"),
        server(json!({}), "0 127.0.0.1"),
        server(windows(), "0 127.0.0.1"),
        server(windows(), "windows 127.0.0.1"),
    ];
    let told = debuggers(Caller::Root, &["--network", "nat"], &json!(asked));
    let verdicts: Vec<_> = told.iter().flat_map(|told| told["clients"].as_object().unwrap().values()).collect();
    assert_eq!(verdicts, ["served", "sent away", "served", "served"], "{told:?}");
}

/// Windows is another network namespace, behind an interface and, where the mode has one, a relay.
#[test]
fn from_windows_exactly_the_intended_address_answers() {
    if !has_users() {
        return;
    }
    let unknown = || json!({});
    let windows = || json!({ "GOWRAP_DEBUG_CLIENT": "windows" });
    let any = || json!({ "GOWRAP_CONFIG": "/run/scene/allow_any.toml" });
    const S: &str = "served";
    const A: &str = "sent away";
    const N: &str = "refused";
    const LOOP: &str = "127.0.0.1:PORT";
    const WIDE: &str = "0.0.0.0:PORT";
    // For each: what is asked for, what is listened on, and who is served: Linux on 127.0.0.1, then Windows on
    // 127.0.0.1, on ::1, and on the address of eth0.
    type Row = (Json, &'static str, &'static str, [&'static str; 4]);
    let table: [(&[&str], &str, Vec<Row>); 7] = [
        (
            &["--network", "nat"],
            "172.29.112.10",
            vec![
                (unknown(), WIDE, LOOP, [S, S, N, N]),
                (windows(), "172.29.112.10:PORT", "172.29.112.10:PORT", [N, N, N, S]),
                (unknown(), "172.29.112.10:PORT", "172.29.112.10:PORT", [N, N, N, S]),
                (unknown(), "127.0.0.2:PORT", "127.0.0.2:PORT", [N, N, N, N]),
                (windows(), "127.0.0.2:PORT", LOOP, [S, S, N, N]),
                (windows(), "localhost:PORT", LOOP, [S, S, N, N]),
                (unknown(), "localhost:PORT", LOOP, [S, A, N, N]),
                // Without a relay for both families, every address is the wrong one: too many answer, the usual one
                // does not.
                (any(), WIDE, "[::]:PORT", [S, N, S, S]),
            ],
        ),
        (
            &["--network", "nat", "--no-forwarding"],
            "172.29.112.10",
            vec![
                (unknown(), WIDE, LOOP, [S, N, N, N]),
                (windows(), LOOP, "172.29.112.10:PORT", [N, N, N, S]),
                (windows(), WIDE, "172.29.112.10:PORT", [N, N, N, S]),
            ],
        ),
        (
            &["--network", "bridged"],
            "192.168.1.21",
            vec![
                (unknown(), WIDE, LOOP, [S, S, N, N]),
                (windows(), LOOP, LOOP, [S, S, N, N]),
                (windows(), "192.168.1.21:PORT", "192.168.1.21:PORT", [N, N, N, S]),
            ],
        ),
        (
            &["--network", "bridged", "--no-forwarding"],
            "192.168.1.21",
            vec![(unknown(), WIDE, LOOP, [S, N, N, N]), (windows(), LOOP, "192.168.1.21:PORT", [N, N, N, S])],
        ),
        (
            &["--network", "mirrored"],
            "192.168.1.20",
            vec![
                (unknown(), LOOP, LOOP, [S, A, N, N]),
                (unknown(), WIDE, LOOP, [S, S, N, N]),
                (windows(), "[::1]:PORT", LOOP, [S, S, N, N]),
                (windows(), "192.168.1.20:PORT", "192.168.1.20:PORT", [N, N, N, S]),
            ],
        ),
        (
            &["--network", "consomme"],
            "192.168.1.20",
            vec![(unknown(), WIDE, LOOP, [S, S, N, N]), (windows(), LOOP, LOOP, [S, S, N, N])],
        ),
        (&["--network", "none"], "192.168.1.20", vec![(windows(), LOOP, LOOP, [S, N, N, N])]),
    ];
    for (lab, eth0, rows) in table {
        let eth0 = format!("windows {eth0}");
        let clients = ["1000 127.0.0.1", "windows 127.0.0.1", "windows ::1", &eth0];
        let relay = matches!(lab, ["--network", "nat" | "bridged"]);
        let asked: Vec<_> = rows.iter().map(|(env, address, ..)| server(address, env, &clients, relay)).collect();
        let told = debuggers(Caller::Root, lab, &json!(asked));
        for ((env, asked, listens, expected), told) in rows.iter().zip(told) {
            let name = format!("{lab:?} {env} {asked}: {told}");
            assert_eq!(told["listens"], json!([listens]), "{name}");
            assert_eq!(verdicts(&told, &clients), expected, "{name}");
        }
    }
}

/// The relay is the parent of a program that `wsl.exe -e dlv …` starts.
#[test]
fn a_debugger_started_from_windows_serves_windows() {
    if !has_users() {
        return;
    }
    let asked = json!([{
        "dlv": [SHIM, "exec", BUILT, "--headless", "--accept-multiclient", "--listen=127.0.0.1:PORT"],
        "clients": ["windows 127.0.0.1", "1000 127.0.0.1"], "relay": true, "straight": true,
    }]);
    let told = debuggers(Caller::Root, &["--network", "nat"], &asked);
    let [told] = told.as_slice() else { panic!("{told:?}") };
    let argv = [DIRECT, "exec", BUILT, "--headless", "--accept-multiclient", "--listen=127.0.0.1:PORT"];
    let argv: Vec<_> = argv.into_iter().chain(["--only-same-user=false"]).collect();
    assert_eq!(told["argv"], json!(argv));
    assert_eq!(told["listens"], json!(["127.0.0.1:PORT"]));
    assert_eq!(verdicts(told, &["windows 127.0.0.1", "1000 127.0.0.1"]), ["served", "served"]);
}

/// A `dlv.exe` alone: the lab's stands in for the real one, listens where it is told, and sends its arguments to who
/// connects.
#[test]
fn a_windows_dlv_starts_only_if_its_client_can_reach_it() {
    let script = r#"
        cd /mnt/c/Users/me/hello
        PATH=/run/scene/shims:/mnt/c/Users/me/go/bin
        exec 3>/run/scene/log
        dlv dap --listen=:4711 --log-dest=3 >/run/scene/out 2>/run/scene/err &
        until [ -s /run/scene/out ] || ! kill -0 $!; do /bin/sleep 0.1; done 2>/dev/null
        if [ -s /run/scene/out ]; then
            exec 4<>/dev/tcp/127.0.0.1/4711 && read -r arguments <&4
        else
            arguments=null
        fi
        wait $!
        printf '{ "status": %s, "arguments": %s, "said": "%s" }' $? "$arguments" "$(/usr/bin/head -c 24 /run/scene/out; /usr/bin/head -n 1 /run/scene/err)"
    "#;
    let run = |network| told(Caller::Current, &["--network", network], &[], &["/bin/bash", "-c", script]);
    let mirrored = run("mirrored");
    let arguments = mirrored["arguments"].as_array().unwrap();
    assert_eq!(arguments[1..], ["dap", "--listen=127.0.0.1:4711"], "{mirrored}");
    assert_eq!((&mirrored["status"], &mirrored["said"]), (&json!(0), &json!("DAP server listening at:")), "{mirrored}");
    let nat = run("nat");
    assert_eq!((&nat["status"], &nat["arguments"]), (&json!(126), &Json::Null), "{nat}");
    assert!(nat["said"].as_str().unwrap().ends_with("[GW520]"), "{nat}");
}

/// Under NAT Windows is behind the gateway. The lab's `dlv.exe` listens there in place of an editor, and closes each
/// connection.
#[test]
fn delve_connects_to_an_editor_on_windows() {
    let script = r#"
        cd /mnt/c/Users/me/hello
        /mnt/c/Users/me/go/bin/dlv.exe dap --listen=0.0.0.0:4711 >/run/scene/out 2>&1 &
        until [ -s /run/scene/out ] || ! kill -0 $!; do /bin/sleep 0.1; done 2>/dev/null
        dial() { timeout 60 dlv dap --client-addr=127.0.0.1:4711 2>&1 | grep -c 'Failed to connect'; }
        alone=$(dial)
        export GOWRAP_DEBUG_CLIENT=windows
        told=$(dial)
        [ "$told" = 0 ] || kill $!
        wait $!
        printf '{ "alone": %s, "told": %s, "editor": %s }' "$alone" "$told" $?
    "#;
    let told = told(Caller::Current, &["--network", "nat"], &[], &["/bin/bash", "-c", script]);
    assert_eq!(told, json!({ "alone": 1, "told": 0, "editor": 0 }));
}
