//! `gowrap doctor --fix` on real files with real shells: what the dry run shows is done, doctor then has the finding no
//! more and no new one, and `gowrap setup --remove` leaves each file as it was, byte for byte and with its mode.
//!
//! Each home is in a mount namespace that looks like WSL 2: `/run/WSL` is there, a mount stands for drive C, and
//! `/etc/passwd` names the home.

#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "support/program.rs"]
mod program;
#[path = "support/tree.rs"]
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use program::is_root;

/// Makes the machine, and executes the words in it.
const MACHINE: &str = r#"
set -e
mount -t tmpfs tmpfs /run && mkdir /run/WSL
mount -t tmpfs tmpfs /mnt && mkdir /mnt/c && mount -t tmpfs 'C:\' /mnt/c && mkdir -p /mnt/c/Users/me/go
mount --bind "$0/passwd" /etc/passwd
cd "$HOME" && exec "$@"
"#;

/// A home; gone afterwards.
struct Home {
    root: PathBuf,
}

impl Home {
    fn new() -> Home {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gowrap-live-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let home = Home { root: std::env::temp_dir().join(name) };
        fs::create_dir_all(home.dir()).unwrap();
        fs::create_dir_all(home.root.join("bin")).unwrap();
        for (name, built) in
            [("gowrap", env!("CARGO_BIN_EXE_gowrap")), ("gowrap-shim", env!("CARGO_BIN_EXE_gowrap-shim"))]
        {
            fs::copy(built, home.root.join("bin").join(name)).unwrap();
        }
        fs::write(home.root.join("passwd"), format!("root:x:0:0:root:{}:/bin/bash\n", home.dir().display())).unwrap();
        home
    }

    fn dir(&self) -> PathBuf {
        self.root.join("home")
    }

    fn own(&self) -> String {
        self.root.join("bin/gowrap").display().to_string()
    }

    fn file(&self, name: &str, contents: &str, mode: u32) -> &Home {
        let path = self.dir().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.dir().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn run(&self, words: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("unshare");
        let is_root = is_root();
        command.arg(if is_root { "-m" } else { "-Urm" }).args(["sh", "-c", MACHINE]);
        command.arg(&self.root).args(words).env_clear();
        // An interactive fish in a fresh home starts Python to read every manual page, and this keeps it from that.
        command.env("FISH_UNIT_TESTS_RUNNING", "1");
        command.env("HOME", self.dir()).env("PATH", "/usr/local/bin:/usr/bin:/bin").env("SHELL", "/bin/bash");
        command.env("WSL_DISTRO_NAME", "Ubuntu").envs(variables.iter().copied()).stdin(Stdio::null());
        command.output().unwrap()
    }

    /// Returns the output of a call, which must write nothing to standard error.
    fn gowrap(&self, words: &[&str], variables: &[(&str, &str)]) -> String {
        let own = self.own();
        let output = self.run(&[&[own.as_str()], words].concat(), variables);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(err.is_empty(), "gowrap {words:?}: {out}{err}");
        out.into_owned()
    }

    /// The findings that are not ok, in a new login shell: code and title.
    fn findings(&self, shell: &str, variables: &[(&str, &str)]) -> BTreeSet<(String, String)> {
        let command = format!("'{}' doctor --json", self.own());
        let output = self.run(&[shell, "-l", "-c", &command], variables);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{shell}: {error}: {}", String::from_utf8_lossy(&output.stderr)));
        let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["level"] != "ok");
        let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap().to_owned();
        findings.map(|finding| (text(finding, "code"), text(finding, "title"))).collect()
    }

    /// Everything below the home.
    fn tree(&self) -> BTreeMap<PathBuf, String> {
        tree::tree(&self.dir())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.root);
    }
}

const SETTINGS: &str = ".vscode-server/data/Machine/settings.json";

/// A home in which each thing is wrong that `--fix` mends, in files of different kinds and modes.
fn faulty() -> Home {
    let home = Home::new();
    home.file(".profile", "umask 22\nexport WSLENV=GOPROXY:GOPATH/P # mine\n. ~/.bashrc", 0o600);
    home.file("dotfiles/bashrc", "alias ll='ls -l'\r\n", 0o664);
    symlink("dotfiles/bashrc", home.dir().join(".bashrc")).unwrap();
    home.file(".config/fish/config.fish", "set -gx WSLENV GOPROXY:GOPATH/P\n", 0o644);
    home.file("go/bin/dlv", "#!/bin/sh\n", 0o755);
    home.file(
        SETTINGS,
        "{\n    // mine\n    \"go.toolsEnvVars\": { \"GOPATH\": \"C:\\\\Users\\\\me\\\\go\", /* \"GOPATH\" */ \"CGO_ENABLED\": \"0\", },\n    \
         \"go.gopath\": \"c:\\\\Users\\\\me\\\\go\"\n}",
        0o640,
    );
    home.file(".config/Code/User/settings.json", "{\"gopls\":{\"build.env\":{\"GOMODCACHE\":\"C:\\\\m\"}}}\r\n", 0o600);
    home
}

/// Variables that the shells' files of [`faulty`] set.
const VARIABLES: [(&str, &str); 1] = [("WSLENV", "GOPROXY:GOPATH/P")];

/// The codes that `--fix` mends there.
const MENDED: [&str; 4] = ["GW460", "GW558", "GW560", "GW940"];

fn codes(findings: &BTreeSet<(String, String)>) -> BTreeSet<&str> {
    findings.iter().map(|(code, _)| code.as_str()).collect()
}

/// The list of changes and notes, without what follows them.
fn list(page: &str) -> &str {
    page.split("\n\n").next().unwrap().trim_end()
}

#[test]
fn fixes_are_shown_made_and_taken_back() {
    let home = faulty();
    let before = home.tree();
    let found = home.findings("bash", &[]);
    for code in MENDED {
        assert!(codes(&found).contains(code), "{code}: {found:?}");
    }
    let shown = home.gowrap(&["doctor", "--fix", "--dry-run"], &VARIABLES);
    assert_same(&home.tree(), &before);
    let done = home.gowrap(&["doctor", "--fix"], &VARIABLES);
    assert_eq!(list(&shown), list(&done), "a dry run shows what is done");
    for (file, mode) in [(".profile", 0o600), ("dotfiles/bashrc", 0o664), (SETTINGS, 0o640)] {
        assert_eq!(fs::metadata(home.dir().join(file)).unwrap().mode() & 0o777, mode, "{file}");
    }
    assert!(home.dir().join(".bashrc").symlink_metadata().unwrap().is_symlink());
    let settings = home.read(SETTINGS);
    assert!(settings.contains("\"GOPATH\": \"/mnt/c/Users/me/go\", /* \"GOPATH\" */ \"CGO_ENABLED\""), "{settings}");
    let profile = home.read(".profile");
    assert!(profile.contains("\nexport WSLENV=GOPROXY/u:GOPATH/p # mine\n"), "{profile}");

    for shell in ["bash", "zsh", "fish"] {
        let left = home.findings(shell, &[]);
        let mended: Vec<&str> = codes(&left).into_iter().filter(|code| MENDED.contains(code)).collect();
        assert!(mended.is_empty(), "{shell}: {left:?}");
        let new: Vec<_> = left.difference(&found).collect();
        assert!(new.is_empty(), "{shell}: {new:?}");
        let go = home.run(&[shell, "-l", "-c", "command -v go"], &[]);
        let go = String::from_utf8_lossy(&go.stdout).trim().to_owned();
        assert_eq!(go, home.dir().join(".local/share/gowrap/shims/go").display().to_string(), "{shell}");
    }
    _ = fs::remove_dir_all(home.dir().join(".local/share/fish"));
    _ = fs::remove_dir_all(home.dir().join(".config/fish/completions"));
    let after = home.tree();
    let second = home.gowrap(&["doctor", "--fix"], &VARIABLES);
    assert!(second.contains("nothing that gowrap can fix"), "{second}");
    assert_same(&home.tree(), &after);
    assert!(home.gowrap(&["setup"], &[]).contains("there is nothing to change"));
    assert_same(&home.tree(), &after);

    home.gowrap(&["setup", "--remove"], &[]);
    assert_same(&without_fish(home.tree()), &without_fish(before));
}

/// Compares two states of a home, entry by entry.
fn assert_same(now: &BTreeMap<PathBuf, String>, before: &BTreeMap<PathBuf, String>) {
    for path in now.keys().chain(before.keys()) {
        assert_eq!(now.get(path), before.get(path), "{}", path.display());
    }
}

/// A fish that has run keeps a file of variables and its own folders.
fn without_fish(mut tree: BTreeMap<PathBuf, String>) -> BTreeMap<PathBuf, String> {
    let of_fish = |path: &Path| {
        [
            "fish_variables",
            ".cache",
            "share/fish",
            ".local",
            ".local/share",
            ".local/state",
            "fish/functions",
            "fish/completions",
        ]
        .iter()
        .any(|name| path.to_str().unwrap().ends_with(name) || path.to_str().unwrap().contains("/.cache/"))
    };
    tree.retain(|path, _| !of_fish(path));
    tree
}

#[test]
fn a_fix_that_is_killed_is_finished_or_taken_back() {
    let first = faulty();
    let before = first.tree();
    let relative = |tree: &BTreeMap<PathBuf, String>, home: &Home| -> BTreeMap<PathBuf, String> {
        let dir = home.dir();
        tree.iter().map(|(path, facts)| (path.strip_prefix(&dir).unwrap().to_owned(), facts.clone())).collect()
    };
    let before = relative(&before, &first);
    first.gowrap(&["doctor", "--fix"], &VARIABLES);
    let fixed: BTreeSet<PathBuf> = relative(&first.tree(), &first).into_keys().collect();
    let mut rounds = 0;
    for nth in (1..).step_by(3) {
        let home = faulty();
        let calls = "renameat,renameat2,pwrite64,ftruncate,fsync,unlinkat,fchmod,utimensat,symlinkat,mkdirat";
        let inject = format!("inject={calls}:signal=SIGKILL:when={nth}");
        let own = home.own();
        let words = ["strace", "-o", "/dev/null", "-e", &inject, &own, "doctor", "--fix"];
        let is_done = home.run(&words, &VARIABLES).status.success();
        if nth % 2 == 0 {
            home.gowrap(&["doctor", "--fix"], &VARIABLES);
            let names: BTreeSet<PathBuf> = relative(&home.tree(), &home).into_keys().collect();
            assert_eq!(names, fixed, "{nth}: the next run finishes");
            assert!(home.read(".profile").contains("GOPROXY/u"), "{nth}");
        }
        home.gowrap(&["setup", "--remove"], &[]);
        assert_same(&relative(&home.tree(), &home), &before);
        rounds += 1;
        if is_done {
            break;
        }
    }
    assert!(rounds > 10, "{rounds}");
}

#[test]
fn what_a_person_changed_after_a_fix_stays() {
    let home = faulty();
    let profile = home.read(".profile");
    home.gowrap(&["doctor", "--fix"], &VARIABLES);
    let settings = home.read(SETTINGS).replace("/mnt/c/Users/me/go\", /*", "/srv/go\", /*");
    fs::write(home.dir().join(SETTINGS), &settings).unwrap();
    let changed = format!("# new\n{}", home.read(".profile"));
    fs::write(home.dir().join(".profile"), changed).unwrap();
    let page = home.gowrap(&["setup", "--remove"], &[]);
    assert!(page.contains("was changed since then, so its text stays"), "{page}");
    assert_eq!(home.read(".profile"), format!("# new\n{profile}"));
    let left = home.read(SETTINGS);
    assert!(left.contains("\"/srv/go\"") && left.contains("\"c:\\\\Users\\\\me\\\\go\""), "{left}");
}

#[test]
fn windows_line_ends_of_what_gowrap_wrote_are_mended() {
    let home = Home::new();
    home.file(".profile", "umask 22\n", 0o644);
    let before = home.tree();
    home.gowrap(&["setup"], &[]);
    // A login takes a snapshot.
    home.findings("bash", &[]);
    let sound = home.tree();
    for name in [".profile", ".local/share/gowrap/env", ".local/share/gowrap/hook.bash"] {
        let path = home.dir().join(name);
        fs::write(&path, fs::read_to_string(&path).unwrap().replace('\n', "\r\n")).unwrap();
    }
    // The line of the person's own keeps its end.
    let found = home.findings("bash", &[]);
    assert_eq!(found.iter().filter(|(code, _)| code == "GW442").count(), 3, "{found:?}");
    let page = home.gowrap(&["doctor", "--fix"], &[]);
    assert!(home.read(".profile").starts_with("umask 22\r\nif [ -r "), "{}", home.read(".profile"));
    assert!(page.contains("left to you (GW442)") && page.contains("sed -i 's/\\r$//' ~/.profile"), "{page}");
    let left = home.findings("bash", &[]);
    assert_eq!(left.iter().filter(|(code, _)| code == "GW442").count(), 1, "{left:?}");
    let typed = home.run(&["sh", "-c", "sed -i 's/\\r$//' ~/.profile"], &[]);
    assert!(typed.status.success());
    assert_same(&home.tree(), &sound);
    home.gowrap(&["setup", "--remove"], &[]);
    assert_same(&home.tree(), &before);
}

/// gowrap and gowrap-shim that do not belong together: how they came to it, and words of the finding.
const HALVES: [(&str, &str); 4] = [
    ("rm \"$BIN/gowrap-shim\"", "which does not exist"),
    ("sed -i \"$OTHER\" \"$BIN/gowrap-shim\"", "which is of another version"),
    (
        "mkdir $HOME/old && cp $BIN/gowrap-shim $HOME/old/gowrap && sed -i \"$OTHER\" $HOME/old/gowrap && ln -sf $HOME/old/gowrap $SHIMS/go",
        "gowrap's shim go leads to",
    ),
    ("rm $SHIMS/*", "has none of gowrap's shims for go"),
];

#[test]
fn two_programs_that_do_not_belong_together_are_found_and_mended() {
    for (spoil, words) in HALVES {
        let home = Home::new();
        let (bin, shims) = (home.root.join("bin"), home.dir().join(".local/share/gowrap/shims"));
        // The version in the note of an ELF program, as one of the same length.
        let version = env!("CARGO_PKG_VERSION").replace('.', "\\.");
        let other = format!("0,/{version}/s/{version}/{}/", "x".repeat(env!("CARGO_PKG_VERSION").len()));
        home.gowrap(&["setup"], &[]);
        let sound = home.findings("bash", &[]);
        let variables = [("BIN", bin.to_str().unwrap()), ("SHIMS", shims.to_str().unwrap()), ("OTHER", &other)];
        let spoiled = home.run(&["sh", "-c", spoil], &variables);
        assert!(spoiled.status.success(), "{spoil}: {}", String::from_utf8_lossy(&spoiled.stderr));
        let found = home.findings("bash", &[]);
        let (_, title) = found.iter().find(|(code, _)| code == "GW944").unwrap_or_else(|| panic!("{spoil}: {found:?}"));
        assert!(title.contains(words), "{title}");
        let report = home.run(&["bash", "-l", "-c", &format!("'{}' doctor --json", home.own())], &[]);
        let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
        let finding = report["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "GW944").unwrap();
        let typed = home.run(&["bash", "-l", "-c", finding["fix"][0].as_str().unwrap()], &[]);
        assert!(typed.status.success(), "{}", String::from_utf8_lossy(&typed.stderr));
        assert_eq!(home.findings("bash", &[]), sound, "{spoil}");
    }
}

/// A machine whose drive C has lost its Windows side, and the same machine when WSL has been started again.
#[test]
fn a_drive_that_does_not_answer_is_back_after_wsl_was_shut_down() {
    let home = Home::new();
    home.gowrap(&["setup"], &[]);
    let sound = home.findings("bash", &[]);
    let program = home.root.join("mute_drive");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/mute_drive.c");
    let built = Command::new("gcc").args(["-O1", "-static", "-o"]).args([&program, &source]).status().unwrap();
    assert!(built.success());
    let script = format!(
        "umount /mnt/c && '{}' /mnt/c /bin/timeout -s KILL 60 '{}' doctor --json",
        program.display(),
        home.own()
    );
    let shims = format!("{}:/usr/bin:/bin", home.dir().join(".local/share/gowrap/shims").display());
    let output = home.run(&["sh", "-c", &script], &[("PATH", &shims)]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{report}");
    assert_eq!((findings[0]["code"].as_str(), output.status.code()), (Some("GW158"), Some(1)));
    // It ends every process and every mount of the machine, as the end of the namespace has done here.
    assert_eq!(findings[0]["fix"][0], "on Windows: wsl.exe --shutdown");
    assert_eq!(home.findings("bash", &[]), sound);
}
