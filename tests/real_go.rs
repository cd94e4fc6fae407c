//! The main job on real input: with the shims first on PATH, a real Go builds, vets, tests and formats published
//! modules, with the output, the exit status and the files of a direct run.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{World, finish, in_ci};

/// Debian's packages of Go's libraries put their sources here.
const SOURCES: &str = "/usr/share/gocode/src";

/// Modules without dependencies, with the package that each is from.
const MODULES: [(&str, &str); 4] = [
    ("github.com/pkg/errors", "golang-github-pkg-errors-dev"),
    ("github.com/spf13/pflag", "golang-github-spf13-pflag-dev"),
    ("github.com/google/uuid", "golang-github-google-uuid-dev"),
    ("github.com/kballard/go-shellquote", "golang-github-kballard-go-shellquote-dev"),
];

/// Commands that are run in each module, one call of a tool a row.
const CALLS: [&[&str]; 17] = [
    &["go", "version"],
    &["go", "env"],
    &["go", "list", "-f", "{{.ImportPath}} {{.Dir}} {{.Name}}", "./..."],
    &["go", "build", "./..."],
    &["go", "build", "-o", "out/library.a", "."],
    &["go", "build", "-o", "out/", "./cmd/hello"],
    &["go", "vet", "./..."],
    &["go", "test", "-vet=off", "-count=1", "./..."],
    &["go", "test", "-vet=off", "-c", "-o", "out/module.test", "."],
    &["go", "run", "./cmd/hello", "a b", "", "-o=$HOME", "3"],
    &["go", "generate", "./..."],
    &["gofmt", "-l", "."],
    &["gofmt", "-d", "cmd"],
    &["go", "fmt", "./..."],
    &["go", "build", "./nowhere"],
    &["go", "frobnicate"],
    &["gofmt", "nowhere.go"],
];

/// A program in each module: badly formatted, with a nested `go`, and with an exit status of its own.
const HELLO: &str = "package main\n\nimport (\n\"fmt\"\n\"os\"\n)\n\n\
    //go:generate go list -f {{.Name}} .\n//go:generate gofmt -l .\n\n\
    func main() {\nfmt.Printf( \"%q\\n\",os.Args[1:] )\nos.Exit(len(os.Args)-1)\n}\n";

/// A part that is missing is a failure where it counts.
fn missing(what: &str) {
    assert!(!in_ci(), "{what}");
    eprintln!("skipped: {what}");
}

#[test]
fn the_go_of_the_distribution_works_the_same() {
    match Path::new("/usr/bin/go").exists() && Path::new("/usr/bin/gofmt").exists() {
        true => behaves_the_same(&[]),
        false => missing("there is no /usr/bin/go: apt-get install golang-go"),
    }
}

#[test]
fn a_current_go_works_the_same() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/current-go.sh");
    let output = Command::new("sh").arg(script).output().unwrap();
    match output.status.success() {
        true => behaves_the_same(&[PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())]),
        false => missing(&format!("no current Go: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

fn behaves_the_same(in_front: &[PathBuf]) {
    let world = World::new();
    let system = ["/usr/bin", "/bin"].map(PathBuf::from);
    let direct: Vec<_> = in_front.iter().cloned().chain(system).collect();
    let through: Vec<_> = std::iter::once(world.at("shims")).chain(direct.iter().cloned()).collect();
    for (module, package) in MODULES {
        if !Path::new(SOURCES).join(module).is_dir() {
            missing(&format!("no {module} in {SOURCES}: apt-get install {package}"));
            continue;
        }
        let expected = everything(&world, module, &direct);
        let seen = everything(&world, module, &through);
        for (expected, seen) in expected.calls.iter().zip(&seen.calls) {
            assert_eq!(seen, expected, "{module}");
        }
        assert_eq!(seen.files, expected.files, "the files of {module}");
        works(module, &expected);
    }
}

/// Two runs that fail alike would be alike, too.
fn works(module: &str, run: &Run) {
    for (call, result) in CALLS.iter().zip(&run.calls) {
        let fails =
            matches!(call, ["go", "run" | "frobnicate", ..] | ["go", "build", "./nowhere"] | ["gofmt", "nowhere.go"]);
        // Whether an old module pleases a new vet is not for us to say; nor is the status of a gofmt that shows
        // differences; and one test in pkg/errors knows by heart what Go of old called its closures.
        let of_old = module == "github.com/pkg/errors" && call.contains(&"-count=1");
        let free = of_old || matches!(call, ["go", "vet", ..] | ["gofmt", "-d", ..]);
        assert!(free || fails != result.contains("\nstatus Some(0)\n"), "{module}: {result}");
    }
    for file in ["out/library.a", "out/hello", "out/module.test"] {
        assert!(run.files.contains_key(file), "{module} has no {file}");
    }
    assert!(run.calls[9].contains(r#"["a b" "" "-o=$HOME" "3"]"#), "{}", run.calls[9]);
    assert!(run.calls[10].contains("main\n") && run.calls[10].contains("main.go"), "{}", run.calls[10]);
}

/// Output and files of one way to call Go.
struct Run {
    calls: Vec<String>,
    files: BTreeMap<String, (u32, Vec<u8>)>,
}

/// Runs every call in a fresh copy of the module. Both ways work at the same place, since its name is in what they say.
fn everything(world: &World, module: &str, path: &[PathBuf]) -> Run {
    let place = world.at("work").join(module);
    _ = fs::remove_dir_all(world.at("work"));
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    let copied = Command::new("cp").arg("-rL").arg(Path::new(SOURCES).join(module)).arg(&place).status().unwrap();
    assert!(copied.success());
    fs::write(place.join("go.mod"), format!("module {module}\n\ngo 1.18\n")).unwrap();
    fs::create_dir_all(place.join("cmd/hello")).unwrap();
    fs::create_dir(place.join("out")).unwrap();
    fs::write(place.join("cmd/hello/main.go"), HELLO).unwrap();
    let calls = CALLS.iter().map(|call| one(world, call, &place, path)).collect();
    let mut files = BTreeMap::new();
    collect(&place, &place, &mut files);
    Run { calls, files }
}

fn one(world: &World, call: &[&str], place: &Path, path: &[PathBuf]) -> String {
    // As a shell does: the first on PATH.
    let tool = path.iter().map(|folder| folder.join(call[0])).find(|file| file.exists()).unwrap();
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache");
    let mut command = Command::new(tool);
    command.args(&call[1..]).current_dir(place).env_clear().envs([
        ("PATH", std::env::join_paths(path).unwrap()),
        ("HOME", world.at("home").into()),
        ("GOCACHE", cache.into()),
        ("GOPATH", world.at("home/go").into()),
        ("GOFLAGS", "-mod=mod".into()),
        ("GOPROXY", "off".into()),
        ("GOTOOLCHAIN", "local".into()),
        ("LC_ALL", "C.UTF-8".into()),
    ]);
    let finished = finish(command);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).split_inclusive('\n').map(steady).collect::<String>();
    format!(
        "{}\nstatus {:?}\nstdout:\n{}stderr:\n{}",
        call.join(" "),
        finished.status,
        text(&finished.stdout),
        text(&finished.stderr)
    )
}

/// A line without what differs between any two runs: how long a test took, and what temporary folders are called.
fn steady(line: &str) -> String {
    let mut line = match line.trim_end().rsplit_once(['\t', '(']) {
        Some((before, time)) if time.trim_end_matches(['s', ')']).parse::<f64>().is_ok() => format!("{before}\n"),
        _ => line.to_owned(),
    };
    if let Some(at) = line.find("/go-build") {
        let digits = line[at + 9..].bytes().take_while(u8::is_ascii_digit).count();
        line.replace_range(at + 9..at + 9 + digits, "");
    }
    line
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, (u32, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
        if path.is_dir() {
            collect(root, &path, files);
            files.insert(name, (mode, Vec::new()));
        } else {
            files.insert(name, (mode, fs::read(&path).unwrap()));
        }
    }
}
