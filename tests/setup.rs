//! `gowrap setup`, the real binary in a home of its own: what the shells make of it, and that taking it out leaves no
//! trace.
//!
//! The home that `/etc/passwd` names decides, so that each call runs in a mount namespace with an `/etc/passwd` of its
//! own.

#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "support/program.rs"]
mod program;
#[path = "support/tree.rs"]
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use program::{gowrap, is_root};

/// A home and the folders beside it, removed at the end of the test.
struct Home {
    root: PathBuf,
}

impl Home {
    fn new() -> Home {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gowrap-setup-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let home = Home { root: std::env::temp_dir().join(name) };
        fs::create_dir_all(home.dir()).unwrap();
        let passwd = format!("root:x:0:0:root:{}:/bin/sh\n", home.dir().display());
        fs::write(home.root.join("passwd"), passwd).unwrap();
        home
    }

    fn dir(&self) -> PathBuf {
        self.root.join("it's a home")
    }

    fn file(&self, name: &str, contents: &[u8]) -> &Home {
        let path = self.dir().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.dir().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn shims(&self) -> String {
        self.dir().join(".local/share/gowrap/shims").display().to_string()
    }

    /// Runs a program as the user of the home.
    fn run(&self, words: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("unshare");
        command.arg(if is_root() { "-m" } else { "-Urm" });
        command.args(["sh", "-c", "mount --bind \"$0/passwd\" /etc/passwd && exec \"$@\""]);
        command.arg(&self.root).args(words).current_dir(&self.root).env_clear();
        // An interactive fish in a fresh home starts Python to read every manual page, and this keeps it from that.
        command.env("FISH_UNIT_TESTS_RUNNING", "1");
        command.env("HOME", self.dir()).env("PATH", "/usr/local/bin:/usr/bin:/bin").envs(variables.iter().copied());
        command.stdin(Stdio::null()).output().unwrap()
    }

    fn setup(&self, words: &[&str], variables: &[(&str, &str)]) -> Output {
        self.run(&[&[gowrap().to_str().unwrap(), "setup"], words].concat(), variables)
    }

    /// Returns the output of a call that succeeds without a message.
    fn works(&self, words: &[&str]) -> String {
        let output = self.setup(words, &[]);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && err.is_empty(), "setup {words:?}: {out}{err}");
        out.into_owned()
    }

    /// Returns the message of a call that is refused.
    fn refuses(&self, words: &[&str], variables: &[(&str, &str)]) -> String {
        let output = self.setup(words, variables);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(125), &b""[..]), "setup {words:?}: {err}");
        err
    }

    /// When each file was last written.
    fn times(&self) -> BTreeMap<PathBuf, i128> {
        let time = |path: &PathBuf| {
            let metadata = path.symlink_metadata().unwrap();
            i128::from(metadata.mtime()) * 1_000_000_000 + i128::from(metadata.mtime_nsec())
        };
        let files = self.tree().into_keys().filter(|path| !path.symlink_metadata().unwrap().is_dir());
        files.map(|path| (path.clone(), time(&path))).collect()
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

const UBUNTU_PROFILE: &[u8] =
    b"if [ -n \"$BASH_VERSION\" ]; then\n    if [ -f \"$HOME/.bashrc\" ]; then . \"$HOME/.bashrc\"; fi\n\
    fi\nPATH=\"$HOME/bin:$PATH\"\n";
const UBUNTU_BASHRC: &[u8] = b"case $- in *i*) ;; *) return ;; esac\nPATH=/usr/games:$PATH\n";

fn homes() -> Vec<(&'static str, Home)> {
    let mut homes = Vec::new();
    let mut add = |name, fill: &dyn Fn(&Home)| {
        let home = Home::new();
        fill(&home);
        homes.push((name, home));
    };
    add("nothing at all", &|_| {});
    add("a distribution's files", &|home| {
        home.file(".profile", UBUNTU_PROFILE).file(".bashrc", UBUNTU_BASHRC).file(".local/share/other/x", b"");
    });
    add("every file, in every shape", &|home| {
        home.file(".profile", b"").file(".bash_profile", b"# no last newline").file(".bash_login", b"# dos\r\n# dos");
        home.file(".bashrc", b"# \xff\n\n").file(".zshenv", b"\n").file(".zprofile", b":").file(".zshrc", b"\r\n");
        home.file(".config/fish/config.fish", b"").file(".config/fish/conf.d/other.fish", b"# mine");
        fs::set_permissions(home.dir().join(".bashrc"), fs::Permissions::from_mode(0o600)).unwrap();
    });
    add("links into a folder of dotfiles", &|home| {
        home.file("dotfiles/profile", b"# mine\n").file("dotfiles/bashrc", b"# mine");
        for name in ["profile", "bashrc"] {
            symlink(format!("dotfiles/{name}"), home.dir().join(format!(".{name}"))).unwrap();
        }
        symlink("nowhere", home.dir().join(".zshrc")).unwrap();
    });
    add("an editor's settings", &|home| {
        home.file(".vscode-server/data/Machine/settings.json", b"{\n  // mine\n  \"a\": 1,\n}");
    });
    add("an editor's settings that are empty", &|home| {
        home.file(".vscode-server/data/Machine/settings.json", b"");
    });
    add("an editor's settings that are a comment", &|home| {
        home.file(".vscode-server/data/Machine/settings.json", b"\xef\xbb\xbf// mine\r\n  // and this");
    });
    add("an editor without settings", &|home| {
        home.file(".vscode-server/data/x", b"");
    });
    homes
}

#[test]
fn removal_restores_the_home_to_the_byte() {
    for (name, home) in homes() {
        let (before, times) = (home.tree(), home.times());
        let announced = home.works(&["--dry-run"]);
        assert_eq!(home.tree(), before, "{name}: a dry run changes nothing");
        let done = home.works(&[]);
        let list = |page: &str| page.split("\n\n").next().unwrap().trim_end().to_owned();
        assert_eq!(list(&announced), list(&done), "{name}: a dry run says what will be done");
        if home.dir().join(".vscode-server").exists() {
            home.works(&["--editor", "vscode", "--write"]);
            assert!(home.works(&["--editor", "vscode", "--write"]).contains("nothing to change"), "{name}");
        }
        let after = home.tree();
        assert_ne!(after, before, "{name}");
        let untouched: Vec<_> = before.keys().filter(|path| after.get(*path) == before.get(*path)).collect();
        assert!(home.works(&[]).contains("there is nothing to change"), "{name}: twice");
        assert_eq!(home.tree(), after, "{name}: the second time changes nothing");

        for shell in [["bash", "-lc", "true"], ["zsh", "-lc", "true"], ["bash", "-ic", "true"]] {
            home.run(&shell, &[]);
        }
        assert!(home.dir().join(".local/state/gowrap/session").exists(), "{name}: a login took a snapshot");
        let grown = home.tree();
        let announced = home.works(&["--remove", "--dry-run"]);
        assert_eq!(home.tree(), grown, "{name}: a dry run removes nothing");
        assert_eq!(list(&announced), list(&home.works(&["--remove"])), "{name}: a dry run says what will be removed");
        assert_eq!(home.tree(), before, "{name}: as it was");
        let now = home.times();
        untouched
            .iter()
            .for_each(|path| assert_eq!(now.get(*path), times.get(*path), "{name}: {path:?} is written to"));
        home.works(&["--remove"]);
        assert_eq!(home.tree(), before, "{name}: removed twice");
    }
}

#[test]
fn changes_made_after_setup_stay() {
    let home = Home::new();
    home.file(".profile", b"# first").file(".bashrc", b"# dos\r\n");
    home.works(&[]);
    for (name, more) in [(".profile", "# later\n"), (".bashrc", "# later\r\n"), (".zshenv", "# mine\n")] {
        let text = home.read(name) + more;
        home.file(name, text.as_bytes());
    }
    home.file(".local/share/other/x", b"").file(".local/share/gowrap/shims/mine", b"");
    let announced = home.works(&["--remove", "--dry-run"]);
    let share = format!("remove folder  {}/.local/share", home.dir().display());
    assert!(!announced.contains(&share), "a folder with a file that setup did not make: {announced}");
    home.works(&["--remove"]);
    assert_eq!(home.read(".profile"), "# first\n# later\n");
    assert_eq!(home.read(".bashrc"), "# dos\r\n# later\r\n");
    assert_eq!(home.read(".zshenv"), "# mine\n", "setup made it, but it is the person's now");
    assert_eq!(home.read(".local/share/gowrap/shims/mine"), "");
    assert!(!home.dir().join(".local/share/gowrap/shims/go").exists());
}

#[test]
fn a_linked_dotfile_is_followed_and_named() {
    let home = Home::new();
    home.file("dotfiles/profile", b"# mine\n");
    symlink("dotfiles/profile", home.dir().join(".profile")).unwrap();
    let page = home.works(&["--dry-run"]);
    assert!(page.contains(&format!(".profile (a link to {}/dotfiles/profile)", home.dir().display())), "{page}");
}

#[test]
fn folders_are_found_by_the_lines_that_setup_wrote() {
    for (name, home) in homes() {
        home.file(".config/fish/x", b"");
        let before = home.tree();
        let (data, config) = (home.dir().join("my data"), home.dir().join("my config"));
        let variables = [("XDG_DATA_HOME", data.to_str().unwrap()), ("XDG_CONFIG_HOME", config.to_str().unwrap())];
        assert!(home.setup(&[], &variables).status.success(), "{name}");
        assert!(data.join("gowrap/shims/go").is_symlink(), "{name}");
        if home.dir().join(".vscode-server").exists() {
            assert!(home.setup(&["--editor", "vscode", "--write"], &variables).status.success(), "{name}");
        }
        home.works(&["--remove"]);
        assert_eq!(home.tree(), before, "{name}");
    }
}

#[test]
fn a_snapshot_that_was_there_before_stays() {
    let home = Home::new();
    home.file(".local/state/gowrap/log", b"");
    let before = home.tree();
    home.works(&[]);
    home.run(&["bash", "-lc", "true"], &[]);
    home.works(&["--remove"]);
    assert_eq!(home.tree(), before, "the folder was there, the snapshot was not");

    home.run(&[gowrap().to_str().unwrap(), "env", "capture"], &[]);
    home.works(&[]);
    home.works(&["--remove"]);
    assert!(home.dir().join(".local/state/gowrap/session").exists());
}

#[test]
fn each_file_has_one_line() {
    let home = Home::new();
    home.file(".bashrc", UBUNTU_BASHRC).file(".bash_profile", b". ~/.bashrc\n");
    home.works(&[]);
    home.works(&[]);
    for name in [".profile", ".bashrc", ".bash_profile", ".zshenv", ".config/fish/conf.d/gowrap.fish"] {
        let text = home.read(name);
        assert_eq!(text.lines().filter(|line| line.contains("gowrap/env")).count(), 1, "{name}: {text}");
    }
    assert!(!home.dir().join(".bash_login").exists(), "a new one would hide .profile");
    for name in ["go", "gowrap"] {
        assert_eq!(
            fs::read_link(home.dir().join(".local/share/gowrap/shims").join(name)).unwrap(),
            gowrap().with_file_name(if name == "gowrap" { "gowrap" } else { "gowrap-shim" })
        );
    }
}

#[test]
fn every_shell_has_the_shim_folder_first_and_once() {
    let home = Home::new();
    home.file(".profile", UBUNTU_PROFILE).file(".bashrc", UBUNTU_BASHRC);
    home.file(".zshrc", b"path=(/usr/games $path)\n").file(".config/fish/config.fish", b"");
    home.works(&[]);
    let print = "printf '%s|%s\\n' \"$PATH\" \"${GOWRAP_SESSION-}\"";
    let fish = "printf '%s|%s\\n' (string join : $PATH) \"$GOWRAP_SESSION\"";
    let in_bash = format!("bash -ic {}", shell_words::quote(print));
    let in_zsh = format!("zsh -c {}", shell_words::quote(print));
    let table: &[(&str, &[&str], &str)] = &[
        ("bash, login", &["bash", "-lc", print], "1"),
        ("bash, interactive", &["bash", "-ic", print], "1"),
        ("bash, both", &["bash", "-lic", print], "1"),
        ("bash in bash", &["bash", "-lc", &in_bash], "1"),
        ("dash, login", &["dash", "-l", "-c", print], "1"),
        ("zsh", &["zsh", "-c", print], ""),
        ("zsh, login", &["zsh", "-lc", print], "1"),
        ("zsh, interactive", &["zsh", "-ic", print], "1"),
        ("zsh in bash", &["bash", "-lc", &in_zsh], "1"),
        ("fish", &["fish", "-c", fish], ""),
        ("fish, login", &["fish", "-lc", fish], "1"),
        ("fish, interactive", &["fish", "-ic", fish], "1"),
    ];
    for (name, words, mark) in table {
        let output = home.run(words, &[]);
        let out = String::from_utf8_lossy(&output.stdout);
        let line = out.lines().last().unwrap_or_else(|| panic!("{name}: {}", String::from_utf8_lossy(&output.stderr)));
        let (path, session) = line.rsplit_once('|').unwrap();
        let entries: Vec<&str> = path.split(':').collect();
        assert_eq!(entries[0], home.shims(), "{name}: {path}");
        assert_eq!(entries.iter().filter(|entry| **entry == home.shims()).count(), 1, "{name}: {path}");
        assert!(entries.contains(&"/usr/bin"), "{name}: {path}");
        assert_eq!(session, *mark, "{name}");
    }
}

#[test]
fn the_snapshot_has_the_last_values_of_the_profile() {
    let home = Home::new();
    home.file(".profile", &[UBUNTU_PROFILE, b"export GOPROXY=https://late\n"].concat()).file(".bashrc", UBUNTU_BASHRC);
    home.works(&[]);
    home.run(&["bash", "-lic", "true"], &[]);
    let session = home.read(".local/state/gowrap/session");
    assert!(session.contains("GOPROXY=https://late\0"), "{session:?}");
    home.run(&["bash", "-ic", "export GOPROXY=other; bash -ic true"], &[("GOWRAP_SESSION", "1")]);
    assert!(home.read(".local/state/gowrap/session").contains("https://late"), "a shell in a shell takes none");
}

#[test]
fn the_env_file_passes_shellcheck() {
    let home = Home::new();
    home.works(&[]);
    let env = home.dir().join(".local/share/gowrap/env");
    let check = Command::new("shellcheck").arg(&env).output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
    let env = shell_words::quote(env.to_str().unwrap()).into_owned();
    let shims = home.shims();
    let table: &[(&str, &str)] = &[
        ("/a:/b", "/a:/b"),
        ("", "/usr/local/bin:/usr/bin:/bin"),
        (&format!("{shims}:/a"), "/a"),
        (&format!("/a:{shims}:{shims}:/b:{shims}"), "/a:/b"),
        (":/a", ":/a"),
        ("/a:", "/a:"),
        ("/a b:/*:/c", "/a b:/*:/c"),
    ];
    for shell in ["/bin/bash", "/bin/dash", "/bin/zsh"] {
        for (before, after) in table {
            let script = format!("PATH=$1; set -eu; . {env}; . {env}; printf %s \"$PATH\"");
            let output = home.run(&[shell, "-c", &script, "x", before], &[]);
            let err = String::from_utf8_lossy(&output.stderr);
            assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{shims}:{after}"), "{shell}: {before}: {err}");
            assert_eq!(err, "", "{shell}: {before}");
        }
    }
    // Where our folder is gone, a login still works.
    fs::remove_dir_all(home.dir().join(".local/share/gowrap")).unwrap();
    for shell in ["dash", "bash", "zsh", "fish"] {
        let output = home.run(&[shell, "-lc", "echo in"], &[]);
        assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"in\n"[..], &b""[..]), "{shell}");
    }
}

#[test]
fn files_of_other_programs_stay() {
    let home = Home::new();
    let other = home.root.join("foreign");
    fs::write(&other, "# not yours\n").unwrap();
    if is_root() {
        std::os::unix::fs::chown(&other, Some(12345), None).unwrap();
        symlink(&other, home.dir().join(".bashrc")).unwrap();
    } else {
        symlink("/etc/hosts", home.dir().join(".bashrc")).unwrap();
    }
    home.file(".zshrc", b"# protected\n").file(".local/share/gowrap/shims/dlv", b"mine");
    fs::set_permissions(home.dir().join(".zshrc"), fs::Permissions::from_mode(0o444)).unwrap();
    symlink("/opt/old/gowrap", home.dir().join(".local/share/gowrap/shims/go")).unwrap();
    let page = home.works(&[]);
    for note in [".bashrc leads to ", ".zshrc is write-protected", "shims/dlv does not belong to gowrap, so it stays"] {
        assert!(page.contains(note), "{note}: {page}");
    }
    assert_eq!(home.read(".zshrc"), "# protected\n");
    assert_eq!(home.read(".local/share/gowrap/shims/dlv"), "mine");
    let go = fs::read_link(home.dir().join(".local/share/gowrap/shims/go")).unwrap();
    assert_eq!(go, gowrap().with_file_name("gowrap-shim"), "an older link of ours");

    let home = Home::new();
    home.file(".local/share/gowrap/env", b"mine\n");
    let before = home.tree();
    assert!(home.refuses(&[], &[]).contains("is not gowrap's, so nothing was changed"));
    assert_eq!(home.tree(), before);
}

#[test]
fn shims_of_a_package_are_used() {
    let home = Home::new();
    home.file("usr/bin/x", b"").file("usr/lib/gowrap/shims/mine", b"");
    let own = home.dir().join("usr/bin/gowrap");
    fs::copy(gowrap(), &own).unwrap();
    let before = home.tree();
    let run = |words: &[&str]| {
        let output = home.run(&[&[own.to_str().unwrap(), "setup"], words].concat(), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let shims = home.dir().join("usr/lib/gowrap/shims").display().to_string();
    let page = run(&[]);
    assert!(page.contains(&format!("note           {shims} came with gowrap, so its shims are not changed")), "{page}");
    let path = home.run(&["dash", "-l", "-c", "echo \"$PATH\""], &[]).stdout;
    assert!(path.starts_with(format!("{shims}:").as_bytes()), "{}", String::from_utf8_lossy(&path));
    run(&["--remove"]);
    assert_eq!(home.tree(), before);
}

#[test]
fn a_change_that_fails_is_named() {
    let home = Home::new();
    home.file(".profile", b"# mine\n");
    let before = home.tree();
    let script = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && exec \"$2\" setup";
    let output = home.run(&["sh", "-c", script, "x", home.dir().to_str().unwrap(), gowrap().to_str().unwrap()], &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(125), &b""[..]), "{said}");
    assert!(said.starts_with("gowrap: ") && said.contains("/.local cannot be changed: "), "{said}");
    assert!(said.contains("[GW921]") && said.contains("gowrap: fix: "), "{said}");
    assert_eq!(home.tree(), before);
}

#[test]
fn another_users_home_is_refused() {
    let home = Home::new();
    let before = home.tree();
    for kept in ["/root/elsewhere", "", "relative"] {
        for words in [&[][..], &["--remove"], &["--editor", "vscode"]] {
            let said = home.refuses(words, &[("HOME", kept)]);
            assert!(said.contains(&format!("HOME is `{kept}`, but the home of root is")), "{said}");
        }
    }
    // `sudo -E` keeps more than HOME.
    if is_root() {
        let other = home.root.join("other");
        fs::create_dir(&other).unwrap();
        std::os::unix::fs::chown(&other, Some(12345), None).unwrap();
        for kept in ["XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
            let said = home.refuses(&[], &[(kept, other.join("x/y").to_str().unwrap())]);
            assert!(said.contains("belongs to user 12345"), "{said}");
        }
        assert_eq!(fs::read_dir(&other).unwrap().count(), 0);
    }
    assert_eq!(home.tree(), before);
}

#[test]
fn editor_settings_have_the_paths_of_this_machine() {
    let home = Home::new();
    let before = home.tree();
    for editor in ["vscode", "cursor", "goland", "neovim", "vim", "emacs", "zed", "helix"] {
        let snippet = home.works(&["--editor", editor]);
        let expected = match editor {
            "emacs" => home.shims(),
            "vim" => home.shims().replace('\'', "''"),
            _ => format!("{}/dlv", home.shims()),
        };
        assert!(snippet.contains(&expected), "{editor}: {snippet}");
        if !["vscode", "cursor"].contains(&editor) {
            let said = home.refuses(&["--editor", editor, "--write"], &[]);
            assert!(said.contains("gowrap does not write the settings of "), "{editor}: {said}");
        }
    }
    // Helix refuses a debugger's table without templates, and takes a person's table in place of its own.
    let helix: toml::Value = toml::from_str(&home.works(&["--editor", "helix"])).unwrap();
    let debugger = &helix["language"][0]["debugger"];
    assert_eq!(debugger["port-arg"].as_str(), Some("-l 127.0.0.1:{}"));
    let modes: Vec<_> = debugger["templates"].as_array().unwrap().iter().map(|one| &one["args"]["mode"]).collect();
    assert_eq!(modes, [&toml::Value::from("debug"), &toml::Value::from("test"), &toml::Value::from("exec")]);
    assert!(home.refuses(&["--editor", "vscode", "--write"], &[]).contains("VS Code has not run here yet"));
    assert!(home.refuses(&["--editor", "ed"], &[]).contains("invalid value"));
    assert_eq!(home.tree(), before);
    home.file(".config/Code/User/settings.json", b"{\"go.alternateTools\": {\"dlv\": \"/mine\"}}");
    assert!(home.refuses(&["--editor", "vscode", "--write"], &[]).contains("has another dlv already"));
}

/// Each editor's own language reads the printed settings, and takes gowrap's dlv from them.
#[test]
fn printed_settings_lead_the_editor_to_the_shims() {
    let home = Home::new();
    home.works(&[]);
    // It is before the shims for each of them, as in a terminal without gowrap.
    home.file("bin/dlv", b"#!/bin/sh\n");
    fs::set_permissions(home.dir().join("bin/dlv"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", home.dir().join("bin").display());
    let dlv = format!("{}/dlv", home.shims());
    let snippet = |editor: &str| home.works(&["--editor", editor]);
    let editors: [(&str, &str, &[&str]); 3] = [
        (
            "neovim",
            "s.lua",
            &[
                "nvim",
                "--headless",
                "--clean",
                "-c",
                "lua package.loaded['dap-go'] = { setup = function(given) io.stdout:write(given.delve.path) end }",
                "-c",
                "luafile s.lua",
                "+qa!",
            ],
        ),
        (
            "vim",
            "s.vim",
            &[
                "nvim",
                "--headless",
                "--clean",
                "-S",
                "s.vim",
                "-c",
                "call writefile([exepath('dlv')], '/dev/stdout', 'b')",
                "+qa!",
            ],
        ),
        ("emacs", "s.el", &["emacs", "--batch", "-Q", "-l", "s.el", "--eval", "(princ (executable-find \"dlv\"))"]),
    ];
    for (editor, file, words) in editors {
        fs::write(home.root.join(file), snippet(editor)).unwrap();
        let output = home.run(words, &[("PATH", &path)]);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && err.is_empty(), "{editor}: {out}{err}");
        assert_eq!(out, dlv, "{editor}");
    }
    let json = |editor: &str| gowrap::jsonc::parse(snippet(editor).as_bytes()).unwrap();
    assert_eq!(json("zed")["dap"]["Delve"]["binary"], dlv.as_str());
    for editor in ["vscode", "vscode-insiders", "vscodium", "code-oss", "cursor", "windsurf"] {
        assert_eq!(json(editor)["go.alternateTools"]["dlv"], dlv.as_str(), "{editor}");
    }
    let helix: toml::Value = toml::from_str(&snippet("helix")).unwrap();
    assert_eq!(helix["language"][0]["debugger"]["command"].as_str(), Some(dlv.as_str()));
    // Of the characters that java.util.Properties changes in a value, a path of setup's holds the backslash alone.
    let goland = snippet("goland");
    let property = goland.lines().find_map(|line| line.strip_prefix("dlv.path=")).unwrap();
    assert_eq!(property.replace("\\\\", "\\"), dlv);
    assert!(goland.lines().all(|line| line.starts_with('#') || line.starts_with("dlv.path=")), "{goland}");
}

#[test]
fn settings_of_each_fork_of_vs_code_are_written_and_removed() {
    let folders = [
        ("vscode", ".vscode-server", "Code"),
        ("vscode-insiders", ".vscode-server-insiders", "Code - Insiders"),
        ("vscodium", ".vscodium-server", "VSCodium"),
        ("code-oss", ".vscode-server-oss", "Code - OSS"),
        ("cursor", ".cursor-server", "Cursor"),
        ("windsurf", ".windsurf-server", "Windsurf"),
    ];
    let home = Home::new();
    for (word, server, program) in folders {
        assert!(home.refuses(&["--editor", word, "--write"], &[]).contains("has not run here yet"), "{word}");
        home.file(&format!("{server}/data/x"), b"");
        home.file(&format!(".config/{program}/User/settings.json"), b"{\"a\": 1}");
    }
    let before = home.tree();
    for (word, server, program) in folders {
        let files = [format!("{server}/data/Machine/settings.json"), format!(".config/{program}/User/settings.json")];
        let announced = home.works(&["--editor", word, "--write", "--dry-run"]);
        assert!(files.iter().all(|file| announced.contains(file)), "{word}: {announced}");
        home.works(&["--editor", word, "--write"]);
        for file in files {
            let settings: serde_json::Value = {
                let text = home.read(&file);
                let json = text.lines().filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n");
                serde_json::from_str(&json).unwrap_or_else(|error| panic!("{file}: {error}: {text}"))
            };
            assert_eq!(settings["go.alternateTools"]["dlv"], format!("{}/dlv", home.shims()), "{file}");
        }
    }
    home.works(&["--remove"]);
    assert_eq!(home.tree(), before);
}

#[test]
fn settings_of_vs_code_keep_comments_mode_and_location() {
    let home = Home::new();
    let settings = "// mine\n{\n    /* a */ \"editor.tabSize\": 4, // four\n    \"go.alternateTools\": { \"gopls\": \"/x\" },\n}\n";
    home.file("dotfiles/settings.json", settings.as_bytes()).file(".config/Code/User/other.json", b"{}");
    fs::set_permissions(home.dir().join("dotfiles/settings.json"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("../../../dotfiles/settings.json", home.dir().join(".config/Code/User/settings.json")).unwrap();
    let before = home.tree();
    let announced = home.works(&["--editor", "vscode", "--write", "--dry-run"]);
    assert!(announced.contains("settings.json (a link to ") && announced.contains("\"dlv\": \""), "{announced}");
    assert_eq!(home.tree(), before);
    home.works(&["--editor", "vscode", "--write"]);
    let text = home.read("dotfiles/settings.json");
    for kept in ["// mine\n", "/* a */ \"editor.tabSize\": 4, // four", " \"gopls\": \"/x\" },\n}\n"] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert!(text.contains(&format!("\"go\": \"{}/go\"", home.shims())), "{text}");
    let after = home.tree();
    let differs: Vec<_> = after.keys().filter(|path| after.get(*path) != before.get(*path)).collect();
    assert_eq!(differs, [&home.dir().join("dotfiles/settings.json")], "nothing else, and nothing is left over");
    let mode = fs::metadata(home.dir().join("dotfiles/settings.json")).unwrap().mode() & 0o7777;
    assert_eq!(mode, 0o600, "its mode");
    home.works(&["--remove"]);
    assert_eq!(home.tree(), before, "and back");
}

#[test]
fn setup_system_installs_shims_for_all_users() {
    let home = Home::new();
    let local = home.root.join("local");
    fs::create_dir_all(&local).unwrap();
    fs::write(local.join("gofmt"), "theirs").unwrap();
    // A file that only root can change, as an installation for all users leaves it.
    let script = "mount --bind \"$1/local\" /usr/local/bin && install -m 755 \"$2\" /usr/local/bin/gowrap && \
        shift 2 && exec /usr/local/bin/gowrap setup --system \"$@\"";
    let (root, own) = (home.root.to_str().unwrap().to_owned(), gowrap());
    let call =
        |words: &[&str]| home.run(&[&["sh", "-c", script, "x", &root, own.to_str().unwrap()], words].concat(), &[]);
    let text = |output: &Output| String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    if !is_root() {
        assert!(text(&call(&[])).contains("users other than root could change"));
        return;
    }
    let done = call(&[]);
    assert!(done.status.success(), "{}", text(&done));
    for words in [
        "/usr/local/bin/go -> /usr/local/bin/gowrap",
        "gofmt does not belong to gowrap",
        "sudo",
        "systemd",
        "cron does not",
    ] {
        assert!(text(&done).contains(words), "{words}: {}", text(&done));
    }
    assert_eq!(fs::read_link(local.join("dlv")).unwrap(), Path::new("/usr/local/bin/gowrap"));
    assert_eq!(fs::read_to_string(local.join("gofmt")).unwrap(), "theirs");
    assert!(text(&call(&[])).contains("there is nothing to change"));
    assert!(call(&["--remove"]).status.success());
    let mut left: Vec<_> = fs::read_dir(&local).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["gofmt", "gowrap"]);

    let other = home.run(
        &[
            "sh",
            "-c",
            "mount --bind \"$0/local\" /usr/local/bin && chmod 1777 \"$1\" && exec \"$1\" setup --system",
            &root,
            "/usr/local/bin/gowrap",
        ],
        &[],
    );
    assert!(text(&other).contains("sudo chown root: /usr/local/bin/gowrap && sudo chmod go-w"), "{}", text(&other));

    let writable = home.root.join("gowrap");
    fs::copy(gowrap(), &writable).unwrap();
    std::os::unix::fs::chown(&writable, Some(12345), None).unwrap();
    let refused = home.run(&[writable.to_str().unwrap(), "setup", "--system", "--dry-run"], &[]);
    assert_eq!(refused.status.code(), Some(125));
    assert!(text(&refused).contains("users other than root could change"), "{}", text(&refused));
}

#[test]
fn setup_reports_the_files_that_cargo_install_leaves_out() {
    let home = Home::new();
    let page = "the man pages are not installed";
    assert!(home.works(&["--dry-run"]).contains(page));
    assert!(!home.works(&["--remove"]).contains(page));
    for name in ["gowrap.1", "gowrap.1.gz"] {
        let path = format!(".local/share/gowrap/man/man1/{name}");
        assert!(!home.file(&path, b"").works(&["--dry-run"]).contains(page), "{name}");
        fs::remove_file(home.dir().join(path)).unwrap();
    }
    let headers = Command::new("readelf").arg("--program-headers").arg(gowrap()).output().unwrap();
    let dynamic = String::from_utf8(headers.stdout).unwrap().contains(" INTERP ");
    assert_eq!(home.works(&["--dry-run"]).contains("is not a static program"), dynamic);
}

#[test]
fn setup_prints_the_names_of_the_shims_and_changes_nothing() {
    let home = Home::new();
    let before = home.tree();
    let names = home.works(&["--names"]);
    assert_eq!(home.tree(), before);
    home.works(&[]);
    let mut made: Vec<String> =
        fs::read_dir(home.shims()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let mut names: Vec<&str> = names.lines().collect();
    names.sort_unstable();
    made.sort_unstable();
    assert_eq!(names, made);
    home.refuses(&["--names", "--remove"], &[]);
}
