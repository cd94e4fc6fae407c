//! gowrap-shim does what gowrap explains: for each command line of the vectors and of the fuzzers' corpora, the
//! arguments and the environment that a tool gets through the link are those that it gets from the line of
//! `gowrap --explain=sh`. The forms of an explanation agree with each other on each recorded machine.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use support::{World, compile, gowrap, in_ci};

/// Names the world to a run of this program in a mount namespace of its own, where it is WSL 2.
const INSIDE: &str = "GOWRAP_TEST_WORLD";

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The command lines, with the tool's name in front.
fn lines() -> BTreeSet<Vec<Vec<u8>>> {
    let mut lines = BTreeSet::new();
    for (table, column) in [("go_cmdlines.tsv", 1), ("dlv_cmdlines.tsv", 3)] {
        let text = fs::read_to_string(tests().join("vectors").join(table)).unwrap();
        for row in text.lines().skip(1) {
            let argv: Vec<String> = serde_json::from_str(row.split('\t').nth(column).unwrap()).unwrap();
            lines.insert(argv.into_iter().map(String::into_bytes).collect());
        }
    }
    for (corpus, tools) in [("go_line", &["go", "gofmt"][..]), ("dlv_line", &["dlv"])] {
        for entry in fs::read_dir(tests().join("fuzz/corpus").join(corpus)).unwrap() {
            let input = fs::read(entry.unwrap().path()).unwrap();
            let cut = |line: &[u8]| line.split(|byte| *byte == 0).next().unwrap().to_vec();
            let words: Vec<_> =
                input.strip_suffix(b"\n").unwrap_or(&input).split(|byte| *byte == b'\n').map(cut).collect();
            for tool in tools {
                lines.insert([&[tool.as_bytes().to_vec()], &words[..]].concat());
            }
        }
    }
    lines
}

/// Environments with what a plan changes: paths of the other side, lists, flags, a carriage return, a name that is
/// there twice.
const ENVIRONMENTS: [&[&str]; 3] = [
    &[],
    &[
        "GOPATH=C:\\Users\\me\\go;/home/me/go",
        "GOFLAGS=-modfile=C:\\x\\go.mod -v",
        "GOCACHE=C:\\cache\r",
        "GOROOT=C:\\Go",
    ],
    &[
        "HOME=\\Users\\me",
        "GOBIN=D:\\bin",
        "GOTMPDIR=/tmp",
        "CC=C:\\mingw\\gcc.exe",
        "=C:=C:\\x",
        "no equals sign",
        "GOFLAGS=",
    ],
];

/// A call in that world, with nothing of this process's environment.
fn run(world: &Path, environment: &[&str], program: &Path, args: &[impl AsRef<OsStr>]) -> Output {
    let mut command = Command::new("env");
    command.current_dir(world.join("home")).env_clear().stdin(Stdio::null()).arg("-i");
    // env(1) sets these; the ones without a name or a value are left to other tests.
    command.args(environment.iter().filter(|entry| entry.find('=').is_some_and(|at| at > 0)));
    // A shell that runs the explained line finds env(1) there.
    let path = [world.join("shims"), world.join("empty"), world.join("bin"), PathBuf::from("/usr/bin")];
    command.arg([OsStr::new("PATH="), &std::env::join_paths(path).unwrap()].concat_os());
    if !environment.iter().any(|entry| entry.starts_with("HOME=")) {
        command.arg([OsStr::new("HOME="), world.join("home").as_os_str()].concat_os());
    }
    command.args(["WSL_DISTRO_NAME=Ubuntu", "GOWRAP_SESSION=1"]).arg(program).args(args);
    command.output().unwrap()
}

trait Concat {
    fn concat_os(&self) -> std::ffi::OsString;
}

impl Concat for [&OsStr; 2] {
    fn concat_os(&self) -> std::ffi::OsString {
        let mut whole = self[0].to_owned();
        whole.push(self[1]);
        whole
    }
}

/// Reads the report of the tool: its arguments, and its variables without those that each shell sets.
fn facts(output: &Output) -> (Vec<String>, Vec<String>) {
    let texts = |kind: u8| -> Vec<String> {
        let entries = output.stdout.split(|byte| *byte == 0).filter_map(|entry| entry.strip_prefix(&[kind]));
        entries.map(|entry| entry.escape_ascii().to_string()).collect()
    };
    let of_shell = |entry: &String| ["PWD=", "OLDPWD=", "SHLVL=", "_="].iter().any(|name| entry.starts_with(name));
    let mut variables: Vec<_> = texts(b'E').into_iter().filter(|entry| !of_shell(entry)).collect();
    variables.sort();
    (texts(b'A'), variables)
}

/// Compares one of so many lines in that world. Returns the number of changed and of refused calls.
fn compare(world: &Path, one_of: usize) -> (usize, usize) {
    let (mut changed, mut refused) = (0, 0);
    for (number, line) in lines().into_iter().step_by(one_of).enumerate() {
        let environment = ENVIRONMENTS[number % ENVIRONMENTS.len()];
        let (tool, args) = line.split_first().unwrap();
        let tool = OsStr::from_bytes(tool);
        let args: Vec<&OsStr> = args.iter().map(|arg| OsStr::from_bytes(arg)).collect();
        let carried_out = run(world, environment, &world.join("shims").join(tool), &args);
        let words = [&[OsStr::new("--explain=sh"), OsStr::new("--"), tool], &args[..]].concat();
        let explained = run(world, environment, &gowrap(), &words);
        let context = format!("{tool:?} {args:?} with {environment:?}: {explained:?}");
        let (ours, theirs) = (carried_out.status.code(), explained.status.code());
        if theirs == Some(125) && explained.stdout.starts_with(b"# gowrap: this cannot be written as a shell command") {
            assert_eq!(ours, Some(0), "{context}");
            continue;
        }
        assert_eq!(ours, theirs, "{context}\n{carried_out:?}");
        if theirs != Some(0) {
            assert!(carried_out.stdout.is_empty(), "{context}");
            refused += 1;
            continue;
        }
        let script = OsStr::from_bytes(&explained.stdout);
        let said = run(world, environment, Path::new("/bin/sh"), &[OsStr::new("-c"), script]);
        let (carried_out, said) = (facts(&carried_out), facts(&said));
        assert!(!carried_out.0.is_empty(), "{context}");
        assert_eq!(carried_out, said, "{context}");
        let given: Vec<_> = args.iter().map(|arg| arg.as_bytes().escape_ascii().to_string()).collect();
        changed += usize::from(carried_out.0[1..] != given[..]);
    }
    (changed, refused)
}

fn world() -> World {
    let world = World::new();
    let tool = compile("support/dump.c", &["-O1", "-static"]);
    for name in ["go", "gofmt", "dlv"] {
        world.copy(&tool, format!("bin/{name}"));
    }
    world.folder("empty");
    world
}

#[test]
fn a_call_is_carried_out_as_it_is_explained() {
    if std::env::var_os(INSIDE).is_some() {
        return;
    }
    let world = world();
    assert_eq!(compare(&world.at(""), 5), (0, 0), "outside WSL nothing changes");
}

#[test]
fn a_call_in_wsl_is_carried_out_as_it_is_explained() {
    if let Some(root) = std::env::var_os(INSIDE) {
        let (changed, refused) = compare(Path::new(&root), 1);
        assert!(changed > 20 && refused > 0, "{changed} changed, {refused} refused");
        return;
    }
    if !Command::new("unshare").args(["-rm", "true"]).output().is_ok_and(|output| output.status.success()) {
        assert!(!in_ci(), "no user namespaces here");
        eprintln!("NOT TESTED: no user namespaces here");
        return;
    }
    let world = world();
    let drive = world.at("mnt/c").display().to_string();
    let script = format!(
        "#!/bin/sh -e\nmount -t tmpfs none /run\nmkdir /run/WSL\nmkdir -p {drive}\nmount -t tmpfs 'C:\\' {drive}\nexec \"$@\"\n"
    );
    world.executable("wsl", script);
    let mut command = Command::new("unshare");
    command.arg("-rm").arg(world.at("wsl")).arg(std::env::current_exe().unwrap());
    command.args(["--exact", "a_call_in_wsl_is_carried_out_as_it_is_explained"]).env(INSIDE, world.at(""));
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// The paths of all files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_forms_of_an_explanation_agree_on_every_recorded_machine() {
    let world = World::new();
    let mut compared = 0;
    for file in files(&tests().join("cases")) {
        let case: toml::Table = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let strings = |key: &str| -> Vec<&str> {
            case.get(key)
                .into_iter()
                .flat_map(|list| list.as_array().unwrap())
                .filter_map(toml::Value::as_str)
                .collect()
        };
        let text = |key: &str| case.get(key).and_then(toml::Value::as_str);
        let record = match (text("host"), text("record")) {
            (Some(host), _) => host.to_owned(),
            (None, record) => {
                world.file("record.toml", record.unwrap(), 0o644);
                world.at("record.toml").display().to_string()
            }
        };
        let explain = |form: &str| {
            let mut command = Command::new(gowrap());
            command.env_clear().current_dir("/").stdin(Stdio::null()).args([form, "--host", &record]);
            if let Some(config) = text("config") {
                world.file("config.toml", config, 0o644);
                command.arg("--config").arg(world.at("config.toml"));
            }
            command.args(strings("options")).arg("--").args(strings("argv")).output().unwrap()
        };
        let (json, line) = (explain("--explain=json"), explain("--explain=sh"));
        let Ok(plan) = serde_json::from_slice::<serde_json::Value>(&json.stdout) else { continue };
        let line = String::from_utf8(line.stdout).unwrap();
        if plan["outcome"] != "exec" {
            let status = format!("(exit {})\n", plan["exit_code"]);
            assert!(line.starts_with("# gowrap: ") && line.ends_with(&status), "{}: {plan:#} {line}", file.display());
            continue;
        }
        // What is masked in one of them differs, and a line cannot say everything.
        let argv = plan["argv"].as_array().unwrap();
        if line.starts_with("# gowrap: this cannot be said")
            || argv.iter().any(|arg| !arg.is_string())
            || json.stdout.windows(3).any(|part| part == b"***")
        {
            continue;
        }
        let words = shell_words::split(&line).unwrap();
        let argv: Vec<&str> = argv.iter().map(|arg| arg.as_str().unwrap()).collect();
        assert!(
            words.ends_with(&argv.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>()),
            "{}: {words:?} {argv:?}",
            file.display()
        );
        for change in plan["env"].as_array().unwrap() {
            let name = change["name"].as_str().unwrap();
            match change["to"].as_str() {
                Some(value) => {
                    assert!(words.contains(&format!("{name}={value}")), "{}: {words:?} {change}", file.display())
                }
                None if change["action"] == "unset" => {
                    assert!(
                        words.windows(2).any(|pair| pair == ["-u", name]),
                        "{}: {words:?} {change}",
                        file.display()
                    );
                }
                None => {}
            }
        }
        compared += 1;
    }
    assert!(compared > 150, "{compared} plans");
}
