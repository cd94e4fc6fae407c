//! `gowrap setup` on files that a rename would damage, that cannot be written, that a killed run left half done, and
//! beside other runs.

#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use program::{gowrap, is_root};

/// The user of a home that is not root's.
const USER: u32 = 54321;

/// A home of root's in a mount namespace, or of another user's where this is root; gone afterwards.
struct Home {
    root: PathBuf,
    uid: u32,
}

impl Home {
    fn of(uid: u32) -> Home {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gowrap-safety-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let home = Home { root: std::env::temp_dir().join(name), uid };
        fs::create_dir_all(home.dir()).unwrap();
        fs::set_permissions(&home.root, fs::Permissions::from_mode(0o755)).unwrap();
        let own = home.root.join("gowrap");
        fs::copy(gowrap(), &own).unwrap();
        let passwd = format!("root:x:0:0:root:{0}:/bin/sh\nme:x:{USER}:{USER}::{0}:/bin/sh\n", home.dir().display());
        fs::write(home.root.join("passwd"), passwd).unwrap();
        home.give(&home.dir());
        home
    }

    fn new() -> Home {
        Home::of(0)
    }

    fn dir(&self) -> PathBuf {
        self.root.join("home")
    }

    fn give(&self, path: &Path) {
        if self.uid != 0 {
            chown(path, Some(self.uid), Some(self.uid)).unwrap();
        }
    }

    fn file(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.dir().join(name);
        let folder = path.parent().unwrap();
        fs::create_dir_all(folder).unwrap();
        self.give(folder);
        fs::write(&path, contents).unwrap();
        self.give(&path);
        path
    }

    fn command(&self, before: &str, words: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        command.arg(if is_root() { "-m" } else { "-Urm" });
        let user = format!("setpriv --reuid={USER} --regid={USER} --clear-groups");
        let user = if self.uid == 0 { "" } else { &user };
        command.args(["sh", "-c", &format!("mount --bind \"$0/passwd\" /etc/passwd && {before} exec {user} \"$@\"")]);
        command.arg(&self.root).args(words).current_dir(&self.root).env_clear();
        command.env("HOME", self.dir()).env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn own(&self) -> String {
        self.root.join("gowrap").display().to_string()
    }

    fn setup_after(&self, before: &str, words: &[&str]) -> String {
        let own = self.own();
        let output = self.command(before, &[&[own.as_str(), "setup"], words].concat()).output().unwrap();
        assert!(output.status.success(), "setup {words:?}: {}", text(&output));
        text(&output)
    }

    fn setup(&self, words: &[&str]) -> String {
        self.setup_after("", words)
    }

    /// Everything below the home with its metadata.
    fn facts(&self) -> BTreeMap<PathBuf, String> {
        fn walk(path: &Path, facts: &mut BTreeMap<PathBuf, String>) {
            let data = path.symlink_metadata().unwrap();
            let attributes = Command::new("getfattr").args(["-h", "-d", "-m", "-", "--"]).arg(path).output().unwrap();
            let what = if data.is_dir() {
                fs::read_dir(path).unwrap().for_each(|entry| walk(&entry.unwrap().path(), facts));
                String::new()
            } else if data.is_symlink() {
                format!("-> {}", fs::read_link(path).unwrap().display())
            } else {
                fs::read(path).unwrap().escape_ascii().to_string()
            };
            let (links, time) = (if data.is_dir() { 0 } else { data.nlink() }, (data.mtime(), data.mtime_nsec()));
            let attributes = String::from_utf8_lossy(&attributes.stdout).into_owned();
            let owner = (data.uid(), data.gid());
            facts.insert(path.to_owned(), format!("{:o} {owner:?} {links} {time:?} {attributes} {what}", data.mode()));
        }
        let mut facts = BTreeMap::new();
        walk(&self.dir(), &mut facts);
        facts
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.root);
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// Compares two states of a home, entry by entry.
fn assert_same(now: &BTreeMap<PathBuf, String>, before: &BTreeMap<PathBuf, String>) {
    let differs = |path: &&PathBuf| now.get(*path) != before.get(*path);
    let paths: std::collections::BTreeSet<&PathBuf> = now.keys().chain(before.keys()).filter(differs).collect();
    let lines = paths
        .iter()
        .map(|path| format!("{}\n  now    {:?}\n  before {:?}", path.display(), now.get(*path), before.get(*path)));
    assert!(paths.is_empty(), "{}", lines.collect::<Vec<_>>().join("\n"));
}

fn run(words: &[&str], path: &Path) {
    let output = Command::new(words[0]).args(&words[1..]).arg(path).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", text(&output));
}

#[test]
fn removal_restores_links_attributes_groups_and_times() {
    let home = Home::new();
    let old = |path: &Path| run(&["touch", "-h", "-d", "2020-02-02 02:02:02.5"], path);
    let linked = home.file(".bashrc", "# linked\n");
    fs::hard_link(&linked, home.dir().join("other name")).unwrap();
    run(&["setfacl", "-m", "u:12345:r"], &home.file(".profile", "# with an access control list"));
    run(&["setfattr", "-n", "user.note", "-v", "mine"], &home.file(".zshrc", "# with an attribute\n"));
    let private = home.file(".zprofile", "# for me alone\n");
    fs::set_permissions(&private, fs::Permissions::from_mode(0o600)).unwrap();
    if is_root() {
        chown(&private, None, Some(12345)).unwrap();
    }
    home.file(".local/share/other/x", "");
    home.file(".config/fish/conf.d/mine.fish", "");
    home.file(".cursor-server/data/Machine/settings.json", "{}\n");
    let paths: Vec<PathBuf> = home.facts().into_keys().collect();
    paths.iter().rev().for_each(|path| old(path));
    let before = home.facts();

    let inode = fs::metadata(&linked).unwrap().ino();
    home.setup(&[]);
    home.setup(&["--editor", "cursor", "--write"]);
    for name in [".bashrc", ".profile", ".zshrc", ".zprofile"] {
        let path = home.dir().join(name);
        assert!(fs::read_to_string(&path).unwrap().contains("gowrap/env"), "{name}");
        let now = &home.facts()[&path];
        let (then, now) = (before[&path].split(" # ").next().unwrap(), now.split(" # ").next().unwrap());
        assert_eq!(now, then, "{name}: only its contents changed");
    }
    assert_eq!(fs::metadata(&linked).unwrap().ino(), inode);
    assert!(fs::read_to_string(home.dir().join("other name")).unwrap().contains("gowrap/env"));
    home.setup(&["--remove"]);
    assert_same(&home.facts(), &before);
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_the_rest_is_done() {
    // A mount point cannot be renamed over, and is written in place.
    let home = Home::new();
    home.file("elsewhere/bashrc", "# mounted\n");
    home.file(".bashrc", "");
    let mount = format!("mount --bind '{0}/elsewhere/bashrc' '{0}/.bashrc' &&", home.dir().display());
    home.setup_after(&mount, &[]);
    assert!(fs::read_to_string(home.dir().join("elsewhere/bashrc")).unwrap().contains("gowrap/env"));
    home.setup_after(&mount, &["--remove"]);
    assert_eq!(fs::read_to_string(home.dir().join("elsewhere/bashrc")).unwrap(), "# mounted\n");

    // A read-only one cannot be written at all.
    let mount = format!("{mount} mount -o remount,bind,ro '{}/.bashrc' &&", home.dir().display());
    let page = home.setup_after(&mount, &[]);
    let bashrc = home.dir().join(".bashrc").display().to_string();
    assert!(page.contains(&format!("not changed    {bashrc}: Read-only file system")), "{page}");
    assert!(page.contains("add this line to it: if [ -r "), "{page}");
    assert!(page.contains("active         zsh, login and interactive"), "{page}");
    assert!(page.contains("not active     bash, interactive"), "{page}");

    // A file without its owner's write bit is not changed, also by root.
    let home = Home::new();
    let path = home.file(".bashrc", "# protected\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let page = home.setup(&[]);
    assert!(page.contains(".bashrc is write-protected: it stays; add this line to it: if [ -r "), "{page}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "# protected\n");
    if !is_root() {
        return;
    }

    // Root's folder in the home of another user, as a `sudo` leaves it.
    let home = Home::of(USER);
    fs::create_dir_all(home.dir().join(".config")).unwrap();
    home.file(".bashrc", "# mine\n");
    let page = home.setup(&[]);
    let config = home.dir().join(".config").display().to_string();
    assert!(page.contains(&format!("not changed    {config}/fish: Permission denied")), "{page}");
    assert!(page.contains(&format!("not changed    {config}/fish/conf.d: {config}/fish is missing")), "{page}");
    assert!(page.contains("active         bash, login and interactive"), "{page}");
    assert!(page.contains("not active     fish, login"), "{page}");
    home.setup(&["--remove"]);
    assert_eq!(fs::read_to_string(home.dir().join(".bashrc")).unwrap(), "# mine\n");

    // A group that the user is not in cannot be given to a new file.
    let home = Home::of(USER);
    let path = home.file(".bashrc", "# mine\n");
    chown(&path, None, Some(12345)).unwrap();
    home.setup(&[]);
    assert!(fs::read_to_string(&path).unwrap().contains("gowrap/env"));
    assert_eq!(fs::metadata(&path).unwrap().gid(), 12345);
}

#[test]
fn a_private_file_is_never_open_to_others() {
    let home = Home::new();
    let path = home.file(".bashrc", "export TOKEN=secret\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let log = home.root.join("trace");
    let own = home.own();
    let trace = ["strace", "-o", log.to_str().unwrap(), "-e", "trace=openat,fchmod,fchown,pwrite64,renameat"];
    let output = home.command("", &[&trace[..], &[&own, "setup"]].concat()).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let log = fs::read_to_string(log).unwrap();
    let line = log.lines().find(|line| line.contains(".bashrc.gowrap-") && line.contains("O_CREAT")).unwrap();
    assert!(line.contains("O_EXCL") && line.contains("0600"), "{line}");
}

#[test]
fn a_kill_at_any_system_call_leaves_each_dotfile_whole() {
    for linked in [false, true] {
        let home = Home::new();
        let (before, moved) = ("# mine\nexport A=1\n", "# later\n");
        let path = home.file(".bashrc", before);
        if linked {
            fs::hard_link(&path, home.dir().join("other")).unwrap();
        }
        let own = home.own();
        let kill = |nth: usize, words: &[&str], whole: &[&str]| -> bool {
            let calls = "renameat,renameat2,pwrite64,ftruncate,fsync,unlinkat,fchmod,utimensat,symlinkat,mkdirat";
            let inject = format!("inject={calls}:signal=SIGKILL:when={nth}");
            let trace = ["strace", "-o", "/dev/null", "-e", &inject];
            let output = home.command("", &[&trace[..], &[&own, "setup"], words].concat()).output().unwrap();
            let now = fs::read_to_string(&path).unwrap();
            let line = now.lines().find(|line| line.contains("gowrap/env")).unwrap_or_default();
            let is_whole = whole.iter().any(|whole| now == whole.replace("LINE", line));
            // In place, a line in the middle is moved in two steps, which the next run takes back.
            if !linked {
                assert!(is_whole, "{nth} {words:?}: {now}");
            }
            output.status.success()
        };
        let mut rounds = 0;
        for nth in 1.. {
            fs::write(&path, before).unwrap();
            let done = kill(nth, &[], &[before, &format!("{before}LINE\n")]);
            // A command behind the line lets the next run move it, from the middle to the end.
            home.setup(&[]);
            let now = fs::read_to_string(&path).unwrap();
            let line = now.lines().find(|line| line.contains("gowrap/env")).unwrap().to_owned();
            assert_eq!(now, format!("{before}{line}\n"), "{nth}: the next run finishes");
            let behind = format!("{before}{line}\nexport B=1\n{moved}");
            fs::write(&path, &behind).unwrap();
            kill(nth, &[], &[&behind, &format!("{before}export B=1\n{moved}LINE\n")]);
            home.setup(&[]);
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{before}export B=1\n{moved}{line}\n"), "{nth}");
            fs::write(&path, format!("{before}{line}\n")).unwrap();
            kill(nth, &["--remove"], &[before, &format!("{before}LINE\n")]);
            home.setup(&["--remove"]);
            let names: Vec<_> = fs::read_dir(home.dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(fs::read_to_string(&path).unwrap(), before, "{nth}");
            assert_eq!(names.len(), if linked { 2 } else { 1 }, "{nth}: {names:?}");
            rounds = nth;
            if done {
                break;
            }
        }
        assert!(rounds > 20, "{rounds}");
    }
}

#[test]
fn setups_beside_removals_leave_one_state_or_the_other() {
    let home = Home::new();
    home.file(".bashrc", "# mine\n");
    let before = home.facts();
    let own = home.own();
    let children: Vec<_> = (0..20)
        .map(|nth| {
            let words: &[&str] = if nth % 2 == 0 { &[&own, "setup"] } else { &[&own, "setup", "--remove"] };
            home.command("", words).spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        assert!(!text(&output).contains("not changed"), "{}", text(&output));
    }
    home.setup(&["--remove"]);
    assert_same(&home.facts(), &before);
    home.setup(&[]);
    assert!(home.setup(&["--dry-run"]).contains("nothing to change"));
}
