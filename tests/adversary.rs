//! Attacks from a second account, as real users of a machine of their own: `tests/adversary/sandbox` makes it, and each
//! file beside that script is one kind of attack, which `manual` explains how to read.
//!
//!     ATTACK=sudo cargo test --test adversary values    # of one file, the attacks that have that word in their title
//!
//! Every attack has a control: the same attack where the victim agrees, or a look at what the attack rests on. Without
//! it, an attack that does nothing would count as one that failed. Needs root, or sudo without a password, and
//! namespaces.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set its scene has failed")]

mod support;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use support::{compile, gowrap, in_ci};

/// One test a file of attacks.
macro_rules! kinds {
    ($($kind:ident)*) => {
        const KINDS: &[&str] = &[$(stringify!($kind)),*];
        $(#[test]
        fn $kind() {
            every_attack_fails(stringify!($kind));
        })*
    };
}

kinds! { values snapshots terminals places setup drives configuration records dotfiles secrets rest inherited afresh }

/// Kinds of which an attack still works: shown, and no failure yet.
const OPEN: &[&str] = &[];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/adversary")
}

/// Prints a line, also where the test passes: the test harness keeps back only what `eprintln!` prints.
fn tell(line: &str) {
    _ = writeln!(std::io::stderr(), "{line}");
}

/// The command in front of the sandbox's, where the machine allows such a sandbox.
fn privileges() -> Option<&'static [&'static str]> {
    static FOUND: LazyLock<Option<&'static [&'static str]>> = LazyLock::new(|| {
        let ways: [&[&str]; 2] = [&["env"], &["sudo", "-n"]];
        let probe =
            "[ $(id -u) = 0 ] && mount -t tmpfs none /run && setpriv --reuid 1000 --regid 1000 --clear-groups true";
        let works = |way: &&&[&str]| {
            let mut command = Command::new(way[0]);
            command.args(&way[1..]).args(["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", probe]);
            command.stdin(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
        };
        ways.iter().find(works).copied()
    });
    let found = *FOUND;
    if found.is_none() {
        let missing = "the attacks from a second account were not tried: be root, or have sudo without a password, where \
                       mount and process namespaces can be made";
        assert!(!in_ci(), "{missing}");
        tell(&format!("NOT TESTED: {missing}"));
    }
    found
}

/// Runs the attacks of a file, and shows what each of them came to.
#[track_caller]
fn every_attack_fails(kind: &str) {
    let Some(privileges) = privileges() else { return };
    let programs =
        ["tool", "drive", "filter", "namespace"].map(|name| compile(&format!("adversary/{name}.c"), &["-O1", "-Wall"]));
    let mut command = Command::new(privileges[0]);
    command.args(&privileges[1..]).args([folder().join("sandbox"), folder().join(kind).with_extension("sh")]);
    command.arg(gowrap()).arg(programs[0].parent().unwrap()).args(std::env::var_os("ATTACK"));
    // The script gives each attack its time.
    let finished = command.stdin(Stdio::null()).output().expect("the sandbox cannot be started");
    let stdout = String::from_utf8_lossy(&finished.stdout);
    let said = format!("{stdout}\n{}", String::from_utf8_lossy(&finished.stderr));
    let lines = |word: &str| stdout.lines().filter(|line| line.starts_with(word)).collect::<Vec<_>>();
    for line in lines("cannot ") {
        tell(&format!("NOT TESTED, of {kind}: {line}"));
    }
    for line in lines("known ") {
        tell(&format!("NO RULE PREVENTS, of {kind}: {line}"));
    }
    println!("{said}");
    assert_eq!(finished.status.code(), Some(0), "{said}");
    let wrong = [lines("WORKS "), lines("BROKEN ")].concat();
    if OPEN.contains(&kind) && !wrong.is_empty() {
        tell(&format!("STILL WORKS: of {kind}:\n{}", wrong.join("\n")));
        return;
    }
    assert!(wrong.is_empty(), "of {kind}, these attacks work, or could not be made:\n{}\n\n{said}", wrong.join("\n"));
    assert!(!lines("held ").is_empty() || !lines("cannot ").is_empty(), "{kind} has no attack:\n{said}");
}

#[test]
fn every_file_of_attacks_is_run() {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "sh")).collect();
    files.sort();
    let mut kinds: Vec<_> = KINDS.iter().map(|kind| folder().join(kind).with_extension("sh")).collect();
    kinds.sort();
    assert_eq!(files, kinds);
}

/// `tests/adversary/without` takes a rule out with sed(1). A change that no longer fits the source takes nothing out.
#[test]
fn every_rule_that_is_taken_out_is_in_the_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(folder().join("rules.tsv")).unwrap();
    let mut rule = "";
    let mut texts: HashMap<&str, Vec<u8>> = HashMap::new();
    for row in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [name, kind, _, file, change] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five fields: {row}")
        };
        assert!(KINDS.contains(&kind), "no file of attacks is named {kind}: {row}");
        // The rows of a rule are taken out together.
        if name != rule {
            texts.clear();
        }
        rule = name;
        let before = texts.remove(file).unwrap_or_else(|| {
            std::fs::read(root.join(file)).unwrap_or_else(|error| panic!("{name}: {file}: {error}"))
        });
        let after = sed(change, &before);
        assert!(after != before, "{name}: its change of {file} changes nothing:\n{change}");
        texts.insert(file, after);
    }
}

/// Returns the output of `sed -E`.
fn sed(change: &str, text: &[u8]) -> Vec<u8> {
    let mut command = Command::new("sed");
    command.args(["-E", change]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("sed is installed");
    let mut input = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(text).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "sed does not understand: {change}");
    output.stdout
}
