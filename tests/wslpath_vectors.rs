//! `gowrap path` against what WSL's `wslpath` gives: its own tests, its algorithm run in a harness, and its edges.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use gowrap::host::mounts::{MountTable, Tags};
use gowrap::path_command;
use gowrap::path_command::CalledAs;
use gowrap::text::errno::Errno;
use gowrap::wslpath::{PathForm, Standpoint, UnixPath, to_windows};

/// A file system of a few names, for realpath(3).
#[derive(Default)]
struct Files {
    nodes: BTreeMap<String, Node>,
}

#[derive(Clone)]
enum Node {
    Folder,
    File,
    Link(String),
}

impl Files {
    /// A name, the folders above it included.
    fn with(mut self, path: &str, node: Node) -> Files {
        for above in Path::new(path).ancestors().skip(1) {
            self.nodes.entry(above.to_string_lossy().into_owned()).or_insert(Node::Folder);
        }
        self.nodes.insert(path.to_owned(), node);
        self
    }

    fn realpath(&self, cwd: &str, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let path = std::str::from_utf8(path).map_err(|_| Errno::ENOENT)?;
        match path {
            "" => Err(Errno::ENOENT),
            _ => self.walk(if path.starts_with('/') { "" } else { cwd }, path, 0).map(|real| match &*real {
                "" => b"/".to_vec(),
                real => real.as_bytes().to_vec(),
            }),
        }
    }

    /// Continues from a real folder (the root is empty), and follows at most forty links.
    fn walk(&self, from: &str, path: &str, links: u32) -> Result<String, Errno> {
        if links > 40 {
            return Err(Errno::ELOOP);
        }
        let mut real = from.trim_end_matches('/').to_owned();
        let components: Vec<&str> = path.split('/').collect();
        for (at, component) in components.iter().enumerate() {
            if !matches!(self.nodes.get(if real.is_empty() { "/" } else { &*real }), Some(Node::Folder)) {
                return Err(Errno::ENOTDIR);
            }
            match *component {
                "" | "." => {}
                ".." => real.truncate(real.rfind('/').unwrap_or(0)),
                name => match self.nodes.get(&format!("{real}/{name}")) {
                    None => return Err(Errno::ENOENT),
                    Some(Node::Link(target)) => {
                        let start = if target.starts_with('/') { "" } else { &*real };
                        let rest = components[at + 1..].join("/");
                        let rest = if at + 1 < components.len() { format!("/{rest}") } else { rest };
                        let target = self.walk(start, target, links + 1)?;
                        return self.walk(&target, rest.strip_prefix('/').unwrap_or("."), links + 1);
                    }
                    Some(_) => real = format!("{real}/{name}"),
                },
            }
        }
        Ok(real)
    }
}

/// A machine to translate on.
struct World {
    files: Files,
    mounts: MountTable,
    distro: &'static str,
    cwd: String,
}

impl World {
    fn call(&self, args: &[&[u8]]) -> path_command::CommandOutput {
        path_command::run(CalledAs::Wslpath, args, &self.standpoint(), &|path| self.files.realpath(&self.cwd, path))
    }

    fn standpoint(&self) -> Standpoint<'_> {
        Standpoint {
            cwd: Ok(self.cwd.as_bytes()),
            distro: Some(self.distro.as_bytes()),
            mounts: &self.mounts,
            tags: Tags::Newest,
        }
    }
}

/// `tests/vectors/mountinfo/NAME`, and the links that its virtiofs tags have.
fn mountinfo(name: &str) -> MountTable {
    let file = Path::new("tests/vectors/mountinfo").join(name);
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    MountTable::parse(&text, |guid| match guid {
        b"a1b2c3d4-1111-2222-3333-444455556666" => Some(br"C:\".to_vec()),
        b"b1b2c3d4-1111-2222-3333-444455556666" => Some(br"C:\Users\me\src".to_vec()),
        _ => None,
    })
}

/// The rows of a table: comments, blank lines and the heading left out.
fn rows(text: &str, columns: usize) -> Vec<Vec<&str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1);
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    for row in &rows {
        assert_eq!(row.len(), columns, "{row:?}");
    }
    rows
}

/// Asserts that a call has the result of its row.
fn assert_answer(answer: &path_command::CommandOutput, input: &str, expected: &str, row: &dyn std::fmt::Debug) {
    if expected == "FAIL" {
        assert_eq!((answer.status, &*answer.stdout), (1, &b""[..]), "{row:?}");
        let message = String::from_utf8_lossy(&answer.stderr);
        assert!(message.starts_with(&format!("wslpath: {input}")) && message.ends_with('\n'), "{row:?}: {message:?}");
    } else {
        let stdout = String::from_utf8_lossy(&answer.stdout);
        assert_eq!(stdout, format!("{expected}\n"), "{row:?}");
        assert_eq!((answer.status, &*answer.stderr), (0, &b""[..]), "{row:?}");
    }
}

/// The world of the derived vectors and of the edges.
fn derived_world(mounts: &str, cwd: &str) -> World {
    let files = Files::default()
        .with("/mnt/c/Users/me/go/src/main.go", Node::File)
        .with("/home/me/main.go", Node::File)
        .with("/home/me/proj", Node::Folder)
        .with("/home/me/go", Node::Link("/mnt/c/Users/me/go".into()))
        .with("/mnt/c/Users/me/lnx", Node::Link("/home/me".into()))
        .with("/home/me/dangling", Node::Link("/nonexistent".into()))
        .with(cwd, Node::Folder);
    World { files, mounts: mountinfo(mounts), distro: "Ubuntu", cwd: cwd.to_owned() }
}

fn check_derived(text: &str) -> usize {
    let rows = rows(text, 5);
    for row in &rows {
        let [mounts, cwd, flags, input, expected] = row[..] else { unreachable!() };
        let world = derived_world(mounts, cwd);
        match flags.strip_prefix("keep links ") {
            None => {
                let answer = world.call(&[flags.as_bytes(), b"--", input.as_bytes()]);
                assert_answer(&answer, input, expected, row);
            }
            // What WSL does to the working directory and to WSLENV; no option asks for it.
            Some(flags) => {
                let form = if flags.contains('a') { PathForm::Absolute } else { PathForm::Given };
                let path = to_windows(&UnixPath::new(input), form, &|_: &[u8]| Err(Errno::ENOENT), &world.standpoint());
                let path = path.map_or("FAIL".into(), |path| String::from_utf8_lossy(path.as_bytes()).into_owned());
                assert_eq!(path, expected, "{row:?}");
            }
        }
    }
    rows.len()
}

#[test]
fn outputs_of_wslpath_run_in_a_harness() {
    assert_eq!(check_derived(include_str!("vectors/wslpath_derived.tsv")), 90);
}

#[test]
fn outputs_of_wslpath_at_its_limits() {
    assert!(check_derived(include_str!("vectors/wslpath_edges.tsv")) > 100);
}

#[test]
fn cases_of_the_tests_of_wslpath() {
    const CWD: &str = "/mnt/c/Users/test";
    const TESTDIR: &str = r"C:\Users\test\virtiofs";
    let files = Files::default()
        .with("/mnt/c/wslpath_foo\\:bar", Node::Folder)
        .with("/data/wslpath_foo\\:bar", Node::Folder)
        .with("/mnt/c/symlink_test_dir/target", Node::Folder)
        .with("/mnt/c/symlink_test_dir/link", Node::Link("/mnt/c/symlink_test_dir/target".into()))
        .with("/proc/stat", Node::File)
        .with("/proc/1", Node::Folder)
        .with("/tmp/virtiofs-loop-test-0-nested", Node::Folder)
        .with("/mnt/c/Users/test/wslpath-test-dir", Node::Folder)
        .with("/mnt/c/Users/test/wslpath-测试目录-テスト", Node::Folder);
    // A folder below the working directory mounted by itself, and a folder of that one bound elsewhere.
    let shares = "\
70 60 0:40 / /run/wsl/virtiofs-mounts/drvfs rw,relatime - virtiofs drvfs rw
90 60 0:40 /a1b2c3d4-1111-2222-3333-444455556666 /mnt/c rw,noatime - virtiofs drvfs rw
91 60 0:40 /c1b2c3d4-1111-2222-3333-444455556666 /tmp/virtiofs-loop-test-0 rw,noatime - virtiofs drvfs rw
92 60 0:40 /c1b2c3d4-1111-2222-3333-444455556666/nested /tmp/virtiofs-loop-test-0-nested rw - virtiofs drvfs rw
";
    let aggregate = MountTable::parse(shares.as_bytes(), |guid| {
        Some(if guid.starts_with(b"a1") { br"C:\".to_vec() } else { format!(r"{TESTDIR}\0").into_bytes() })
    });
    let world = World { files, mounts: mountinfo("9p"), distro: "test_distro", cwd: CWD.to_owned() };
    let world = |input: &str| World {
        mounts: if input.contains("nested") { aggregate.clone() } else { world.mounts.clone() },
        files: Files { nodes: world.files.nodes.clone() },
        cwd: world.cwd.clone(),
        ..world
    };

    let rows = rows(include_str!("vectors/wslpath.tsv"), 5);
    assert_eq!(rows.len(), 24);
    for row in rows {
        let place = |text: &str| {
            text.replace("<canonical Windows cwd>", r"C:\Users\test")
                .replace("<canonical Windows path of testdir>", TESTDIR)
                .replace("<Windows path of testdir>", TESTDIR)
        };
        let (flags, input, expected) = (row[0].trim_start_matches("(none = -u)"), place(row[1]), place(row[2]));
        let args: Vec<&[u8]> = [flags, &input].into_iter().filter(|arg| !arg.is_empty()).map(str::as_bytes).collect();
        let answer = world(&input).call(&args);
        match &*expected {
            "<starts with /mnt/>" => assert!(answer.stdout.starts_with(b"/mnt/"), "{row:?}"),
            expected => assert_answer(&answer, &input, expected, &row),
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_are_kept() {
    let world = derived_world("9p", "/mnt/c/Users/me");
    let table: &[(&[u8], &[u8], &[u8])] = &[
        (b"-u", b"C:\\a\xff\\b\xfe", b"/mnt/c/a\xff/b\xfe\n"),
        (b"-u", b"\\\\wsl.localhost\\Ubuntu\\a\xff\xef\x80\xbab", b"/a\xff:b\n"),
        (b"-u", b"a\xff\\b", b"a\xff/b\n"),
        (b"-w", b"/mnt/c/a\xff/b:\xfe", b"C:\\a\xff\\b\xef\x80\xba\xfe\n"),
        (b"-w", b"a\xff/b", b"a\xff\\b\n"),
        (b"-m", b"/a\xff/b", b"//wsl.localhost/Ubuntu/a\xff/b\n"),
    ];
    for (flag, path, expected) in table {
        let answer = world.call(&[flag, path]);
        assert_eq!(answer.stdout.escape_ascii().to_string(), expected.escape_ascii().to_string());
    }
    let refused = world.call(&[b"-u", b"E:\\\xff"]);
    assert_eq!(refused.stderr, b"wslpath: E:\\\\xff\n", "a message may reach a terminal, and is escaped");
}

#[test]
fn long_paths_and_many_of_them_are_translated_in_linear_time() {
    // If each step of a long path read or copied all others, this would take hours.
    let world = derived_world("9p", "/mnt/c/Users/me");
    for step in ["a\\", ".\\", "a\\..\\", "\\", "a:b\\"] {
        let windows = format!(r"C:\{}x", step.repeat(200_000));
        assert_eq!(world.call(&[b"-u", windows.as_bytes()]).status, 0, "{step}");
        let linux = windows.replace(r"C:\", "/mnt/c/").replace('\\', "/");
        assert_eq!(world.call(&[b"-w", linux.as_bytes()]).status, 0, "{step}");
    }
    for n in 0..20_000 {
        assert_eq!(world.call(&[format!(r"C:\Users\me\file{n}.go").as_bytes()]).status, 0);
    }
}

/// Between gowrap's own options and wslpath's stands nothing that takes a word for itself.
#[test]
fn every_option_is_parsed_as_wslpath_parses_it() {
    let table: &[(&[&str], i32, &str)] = &[
        (&["--", "-w"], 0, "-w\n"),
        (&["--", "--"], 0, "--\n"),
        (&["--", "--help"], 0, "--help\n"),
        (&["--", r"C:\x"], 0, "/mnt/c/x\n"),
        (&["-w", "--", "-a"], 0, "-a\n"),
        (&["-aw", "."], 0, "C:\\src\\hello\n"),
        (&["help"], 0, "help\n"),
        (&["--", "x", "-w"], 1, ""),
        (&["--host", "demo", "x"], 1, ""),
        (&["--version"], 1, ""),
    ];
    for (words, status, stdout) in table {
        let call = Command::new(env!("CARGO_BIN_EXE_gowrap")).args(["--host", "demo", "path"]).args(*words).output();
        let call = call.expect("gowrap starts");
        assert_eq!(
            (call.status.code(), &*String::from_utf8_lossy(&call.stdout)),
            (Some(*status), *stdout),
            "{words:?}"
        );
    }
}
