//! The closed loop: every way out that doctor prints is carried out on the machine where it was printed. Afterwards
//! that finding is gone, no other has come, and gowrap is still the first `go` on PATH.
//!
//! The machines are the cases of `tests/doctor/` and the reports. A machine's files are put below a root of their own,
//! with this system's programs behind them, and a real shell runs the commands there. Stand-ins take the place of what
//! would download or install (`tests/doctor/stand_ins.sh`), and of Windows.

#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "support/program.rs"]
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use gowrap::config::Config;
use gowrap::diagnosis::Code;
use gowrap::doctor::finding::{Finding, Fix, Severity};
use gowrap::doctor::subject::{AskWindows, Subject};
use gowrap::doctor::{examine, examine_file};
use gowrap::jsonc;
use gowrap::record::Record;
use program::is_root;
use toml::{Table, Value};

const HEALTHY: &str = include_str!("doctor/healthy.toml");
const CHECKS: &str = include_str!("doctor/checks.toml");
const SYMPTOMS: &str = include_str!("doctor/symptoms.toml");
const STAND_INS: &str = include_str!("doctor/stand_ins.sh");

/// The folders of a machine that are its own, not this system's.
const OWN: [&str; 7] = ["home", "root", "mnt", "etc", "opt", "scratch", "proc"];
/// The folders of this system's programs, with the machine's files before them.
const SHARED: [&str; 1] = ["usr"];

fn merge(into: &mut Table, from: &Table) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Table(into)), Value::Table(from)) if key != "sockets" => merge(into, from),
            (Some(Value::Array(rows)), Value::Array(more)) if key == "files" => {
                rows.retain(|row| !more.iter().any(|new| new.get("path") == row.get("path")));
                rows.extend(more.iter().cloned());
            }
            (_, value) => _ = into.insert(key.clone(), value.clone()),
        }
    }
}

/// A machine on which something is wrong, and the file that is asked about, if it is not the machine itself.
struct Broken {
    name: String,
    machine: Table,
    file: Option<String>,
    windows: AskWindows,
}

/// Every one of them.
fn machines() -> Vec<Broken> {
    let mut machines = Vec::new();
    for text in [CHECKS, SYMPTOMS] {
        let cases: Table = toml::from_str(text).unwrap();
        for case in cases["case"].as_array().unwrap() {
            let mut machine: Table = toml::from_str(HEALTHY).unwrap();
            if let Some(Value::Table(more)) = case.get("machine") {
                merge(&mut machine, more);
            }
            let gone: Vec<&str> =
                case.get("gone").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
            let files = machine["files"].as_array_mut().unwrap();
            files.retain(|row| !gone.contains(&row["path"].as_str().unwrap()));
            if let Some(env) = machine["call"].get_mut("env").and_then(Value::as_table_mut) {
                env.retain(|_, value| value.as_str() != Some("(unset)"));
            }
            // JSON that is not UTF-8 has no text to edit here.
            let is_text = |row: &Value| row.get("text").is_none_or(Value::is_str);
            if machine["files"].as_array().unwrap().iter().all(is_text) {
                let file = case.get("file").and_then(Value::as_str).map(str::to_owned);
                let windows = if case.get("windows").is_some() { AskWindows::Yes } else { AskWindows::No };
                machines.push(Broken { name: case["name"].as_str().unwrap().to_owned(), machine, file, windows });
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doctor/reports");
    let mut reports: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    reports.sort();
    for path in reports {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let machine = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        machines.push(Broken { name, machine, file: None, windows: AskWindows::No });
    }
    machines
}

fn examined(machine: &Table, file: Option<&str>, windows: AskWindows) -> Vec<Finding> {
    let record = Record::parse(toml::to_string(machine).unwrap().as_bytes(), b"machine")
        .unwrap_or_else(|failure| panic!("{}", String::from_utf8_lossy(&failure.message)));
    let (environ, config) = (record.environ(), Config::default());
    let subject = Subject::new(&record, &environ, &config).with(windows);
    let report = match file {
        Some(file) => examine_file(&subject, file.as_bytes()).unwrap(),
        None => examine(&subject, None),
    };
    report.findings().filter(|finding| finding.level != Severity::Ok).cloned().collect()
}

/// A machine's files below a folder, with a mark in place of a program.
struct Root {
    folder: PathBuf,
}

/// The first bytes of a file that replaces one without text. Its row follows.
const MARK: &str = "#row ";

impl Root {
    fn new(machine: &Table) -> Root {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gowrap-fixes-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let root = Root { folder: std::env::temp_dir().join(name) };
        for folder in OWN.iter().chain(&SHARED) {
            fs::create_dir_all(root.folder.join("machine").join(folder)).unwrap();
        }
        fs::create_dir_all(root.folder.join("out")).unwrap();
        for row in machine["files"].as_array().unwrap() {
            // The shell's own programs are this system's.
            let path = row["path"].as_str().unwrap();
            if !path.starts_with("/bin/") && path != "/usr/bin/env" {
                root.place(row.as_table().unwrap());
            }
        }
        let home = machine["home"].as_str().unwrap();
        for folder in [home, machine["call"]["cwd"].as_str().unwrap()] {
            fs::create_dir_all(root.at(folder)).unwrap();
        }
        for (path, text) in [
            ("/etc/passwd", format!("root:x:0:0:root:{home}:/bin/bash\n")),
            ("/etc/profile", String::new()),
            ("/etc/zsh/zshenv", String::new()),
        ] {
            let path = root.at(path);
            if !path.exists() {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
        // A command may name gowrap by the path that the record has for it.
        if let Some(own) = machine.get("self").and_then(Value::as_str).map(|own| root.at(own)) {
            fs::create_dir_all(own.parent().unwrap()).unwrap();
            if !own.exists() {
                symlink("/standin/gowrap", own).unwrap();
            }
        }
        // The shims of the record are real ones here.
        if let Some(shims) = machine.get("shims").and_then(Value::as_str) {
            fs::create_dir_all(root.at(shims)).unwrap();
        }
        fs::write(root.folder.join("stand_ins.sh"), STAND_INS).unwrap();
        root
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.join("machine").join(path.trim_start_matches('/'))
    }

    fn place(&self, row: &Table) {
        let path = self.at(row["path"].as_str().unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if let Some(target) = row.get("link").and_then(Value::as_str) {
            symlink(target, &path).unwrap();
            return;
        }
        if row.get("format").and_then(Value::as_str) == Some("dir") {
            fs::create_dir_all(&path).unwrap();
            return;
        }
        match row.get("text") {
            Some(Value::String(text)) if row.get("crlf") == Some(&Value::Boolean(true)) => {
                fs::write(&path, text.replace('\n', "\r\n")).unwrap();
            }
            Some(Value::String(text)) => fs::write(&path, text).unwrap(),
            _ => {
                let mut row = row.clone();
                row.remove("path");
                fs::write(&path, format!("{MARK}{}", toml::to_string(&row).unwrap())).unwrap();
            }
        }
        let mode = row.get("mode").and_then(Value::as_str).map_or(0o755, |mode| u32::from_str_radix(mode, 8).unwrap());
        fs::set_permissions(&path, fs::Permissions::from_mode(mode | 0o600)).unwrap();
    }

    /// Every file below the root: its path on the machine, and what it holds.
    fn files(&self) -> BTreeMap<String, Kind> {
        fn walk(folder: &Path, path: &str, files: &mut BTreeMap<String, Kind>) {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let path = format!("{path}/{}", entry.file_name().to_str().unwrap());
                let kind = entry.file_type().unwrap();
                if kind.is_symlink() {
                    files.insert(path, Kind::Link(fs::read_link(entry.path()).unwrap().to_str().unwrap().to_owned()));
                } else if kind.is_dir() {
                    files.insert(path.clone(), Kind::Folder);
                    walk(&entry.path(), &path, files);
                } else if kind.is_file() {
                    let mode = entry.metadata().unwrap().mode() & 0o777;
                    files.insert(path, Kind::File(fs::read(entry.path()).unwrap(), mode));
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(&self.folder.join("machine"), "", &mut files);
        files
    }

    /// Runs a command in a shell on the machine; the environment and the working directory afterwards, in a new
    /// terminal.
    fn run(&self, machine: &Table, command: &str) -> Result<(BTreeMap<String, String>, String), String> {
        let mut shell = Command::new("unshare");
        shell.args(if is_root() { ["-m"].as_slice() } else { ["-Urm"].as_slice() });
        shell.args(["bash", self.folder.join("stand_ins.sh").to_str().unwrap(), "enter"]);
        shell.arg(&self.folder).arg(machine["call"]["cwd"].as_str().unwrap()).arg(command);
        shell.arg(env!("CARGO_BIN_EXE_gowrap")).stdin(Stdio::null()).env_clear();
        shell.env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        let env = machine["call"]["env"].as_table().unwrap();
        let text: String = env.iter().map(|(name, value)| format!("{name}={}\0", value.as_str().unwrap())).collect();
        fs::write(self.folder.join("out/before"), text).unwrap();
        let output = shell.output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(format!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        let text = fs::read_to_string(self.folder.join("out/after")).map_err(|error| error.to_string())?;
        let rows = text.split('\0').filter_map(|row| row.split_once('='));
        let mut after: BTreeMap<String, String> =
            rows.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for name in ["PWD", "OLDPWD", "SHLVL", "_"] {
            if !env.contains_key(name) {
                after.remove(name);
            }
        }
        let cwd = fs::read_to_string(self.folder.join("out/cwd")).map_err(|error| error.to_string())?;
        Ok((after, cwd.trim_end().to_owned()))
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.folder);
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Kind {
    Folder,
    Link(String),
    File(Vec<u8>, u32),
}

/// Returns the present row of a file.
fn row(path: &str, kind: &Kind, uid: i64, own: &str) -> Table {
    let mut row = Table::new();
    match kind {
        Kind::Folder => _ = row.insert("format".to_owned(), "dir".into()),
        // The program of the machine's own.
        Kind::Link(target) if target == "/standin/gowrap" => _ = row.insert("link".to_owned(), own.into()),
        Kind::Link(target) => _ = row.insert("link".to_owned(), target.as_str().into()),
        Kind::File(contents, mode) => {
            let text = String::from_utf8_lossy(contents).into_owned();
            match text.strip_prefix(MARK) {
                Some(facts) => row = toml::from_str(facts).unwrap(),
                None => {
                    row.insert("text".to_owned(), text.into());
                }
            }
            row.insert("mode".to_owned(), format!("{mode:04o}").into());
        }
    }
    row.insert("path".to_owned(), path.into());
    if uid != 0 && !row.contains_key("uid") {
        row.insert("uid".to_owned(), uid.into());
    }
    row
}

/// The machine after a command: what changed is taken over, what did not stays as the record has it.
fn after_command(machine: &Table, command: &str) -> Result<Table, String> {
    let root = Root::new(machine);
    let before = root.files();
    let (env, cwd) = root.run(machine, command)?;
    let after = root.files();
    let mut next = machine.clone();
    let home = machine["home"].as_str().unwrap();
    let uid = machine.get("uid").and_then(Value::as_integer).unwrap_or(0);
    let rows = next["files"].as_array_mut().unwrap();
    let own = machine.get("self").and_then(Value::as_str).unwrap_or_default();
    let changed = |path: &str| before.get(path) != after.get(path);
    rows.retain(|row| !changed(row["path"].as_str().unwrap()));
    for (path, kind) in after.iter().filter(|(path, _)| changed(path)) {
        let is_implied =
            matches!(kind, Kind::Folder) && after.keys().any(|other| other.starts_with(&format!("{path}/")));
        let is_shim = machine.get("shims").and_then(Value::as_str).is_some_and(|shims| path.starts_with(shims));
        // Of the shims, the links alone: their folder is implied.
        if is_implied || (is_shim && !matches!(kind, Kind::Link(_))) {
            continue;
        }
        rows.push(row(path, kind, if path.starts_with(home) { uid } else { 0 }, own).into());
    }
    let call = next["call"].as_table_mut().unwrap();
    call.insert("cwd".to_owned(), cwd.into());
    call.insert(
        "env".to_owned(),
        env.into_iter().map(|(name, value)| (name, Value::from(value))).collect::<Table>().into(),
    );
    interop_of_files(&mut next);
    if command.contains("# then, on Windows: wsl.exe --shutdown") {
        start_again(&mut next);
    }
    // The kernel's part of a command that mounts.
    if let Some((_, point)) = command.split_once("mount -o remount,exec ") {
        for mount in next["mounts"].as_array_mut().unwrap() {
            let line = mount["line"].as_str().unwrap().to_owned();
            if line.split(' ').nth(4) == Some(point.trim()) {
                mount.as_table_mut().unwrap().insert("line".to_owned(), line.replace("rw,noexec", "rw").into());
            }
        }
    }
    Ok(next)
}

/// Sets interop as the kernel would show it in the files below /proc.
fn interop_of_files(machine: &mut Table) {
    const FOLDER: &str = "/proc/sys/fs/binfmt_misc/";
    let rows = machine["files"].as_array_mut().unwrap();
    let mut written: Vec<(String, String)> = Vec::new();
    rows.retain(|row| match row["path"].as_str().unwrap().strip_prefix(FOLDER) {
        Some(name) if name != "status" || row.get("text").and_then(Value::as_str) != Some("disabled") => {
            written.push((name.to_owned(), row["text"].as_str().unwrap_or_default().trim().to_owned()));
            false
        }
        _ => true,
    });
    for (name, text) in written {
        match (name.as_str(), text.as_str()) {
            ("register", _) => {
                let interop = machine["interop"].as_table_mut().unwrap();
                interop.insert("binfmt".to_owned(), "enabled".into());
                interop.insert("flags".to_owned(), "PF".into());
            }
            ("WSLInterop", "1") => {
                machine["interop"].as_table_mut().unwrap().insert("binfmt".to_owned(), "enabled".into());
            }
            ("status", _) => {}
            (name, "-1") => {
                if let Some(entries) = machine.get_mut("binfmt").and_then(Value::as_array_mut) {
                    entries.retain(|entry| entry["name"].as_str() != Some(name));
                }
            }
            _ => {}
        }
    }
}

/// The machine after a change that a person makes by the words of a fix.
fn after_change(machine: &Table, words: &str) -> Result<Table, String> {
    let mut next = machine.clone();
    let (change, restart) = match words.split_once("; then, on Windows: wsl.exe --shutdown") {
        Some((change, _)) => (change, true),
        None => (words, words == "on Windows: wsl.exe --shutdown"),
    };
    if let Some(rest) = change.strip_prefix("in ") {
        change_file(&mut next, rest)?;
    } else if let Some(rule) = change.strip_prefix("on Windows, as administrator: netsh interface portproxy delete ") {
        delete_port_proxy(&mut next, rule)?;
    } else if change.starts_with("on Windows: wsl.exe --set-version ") {
        next.insert("kind".to_owned(), "wsl2".into());
    } else if !restart {
        return Err(format!("no person knows what to do: {words}"));
    }
    if restart {
        start_again(&mut next);
    }
    Ok(next)
}

/// Deletes a rule as Windows' netsh does: `v4tov4 listenport=2345 listenaddress=0.0.0.0`, under the heading of that
/// kind.
fn delete_port_proxy(machine: &mut Table, rule: &str) -> Result<(), String> {
    let words: Vec<&str> = rule.split(' ').collect();
    let [kind, port, address] = words.as_slice() else { return Err(format!("netsh knows no such rule: {rule}")) };
    let port = port.strip_prefix("listenport=").ok_or("no listenport")?;
    let address = address.strip_prefix("listenaddress=").ok_or("no listenaddress")?;
    let (from, to) = kind.split_once("to").ok_or("no kind")?;
    let network = machine["network"].as_table_mut().unwrap();
    let text = network["portproxy"].as_str().unwrap().to_owned();
    let (mut left, mut of_kind, mut deleted) = (String::new(), false, 0);
    for line in text.lines() {
        if line.contains("ip") {
            of_kind = line.contains(&format!("ip{from}:")) && line.ends_with(&format!("ip{to}:"));
        }
        if of_kind && line.split_whitespace().take(2).eq([address, port]) {
            deleted += 1;
        } else {
            left.push_str(line);
            left.push('\n');
        }
    }
    network.insert("portproxy".to_owned(), left.into());
    if deleted == 1 { Ok(()) } else { Err(format!("netsh: the system cannot find the file specified: {rule}")) }
}

/// `FILE, under [SECTION], set KEY = VALUE`, `FILE, remove "KEY" from A > B`, `FILE, set "KEY" in A > B to VALUE`.
fn change_file(machine: &mut Table, words: &str) -> Result<(), String> {
    let (file, change) = words.split_once(", ").ok_or("no file")?;
    if let Some(rest) = change.strip_prefix("under [") {
        let (section, rest) = rest.split_once("], set ").ok_or("no section")?;
        let (key, value) = rest.split_once(" = ").ok_or("no value")?;
        return set_row(machine, file, section, key, value);
    }
    if file == "/etc/sysctl.d" {
        let rows = machine["files"].as_array_mut().unwrap();
        rows.retain(|row| row["path"].as_str() != Some("/proc/sys/kernel/yama/ptrace_scope"));
        return Ok(());
    }
    let file = file.trim_matches('\'');
    let rows = machine["files"].as_array_mut().unwrap();
    let row = rows.iter_mut().find(|row| row["path"].as_str() == Some(file)).ok_or(format!("no {file}"))?;
    let text = row["text"].as_str().ok_or("no text")?.to_owned();
    let mut value = jsonc::parse(text.as_bytes())?;
    let quoted = |rest: &str| -> Option<(String, String)> {
        let (key, rest) = rest.strip_prefix('"')?.split_once('"')?;
        Some((key.to_owned(), rest.to_owned()))
    };
    if let Some(rest) = change.strip_prefix("remove ") {
        let (key, rest) = quoted(rest).ok_or("no key")?;
        let steps = rest.strip_prefix(" from ").unwrap_or_default();
        walk(&mut value, steps)?.as_object_mut().ok_or("no object")?.remove(&key).ok_or(format!("no {key}"))?;
    } else if let Some(rest) = change.strip_prefix("set ") {
        let (key, rest) = quoted(rest).ok_or("no key")?;
        let (steps, new) = match rest.strip_prefix(" in ") {
            Some(rest) => rest.split_once(" to ").ok_or("no value")?,
            None => ("", rest.strip_prefix(" to ").ok_or("no value")?),
        };
        let new: serde_json::Value = serde_json::from_str(new).map_err(|error| error.to_string())?;
        walk(&mut value, steps)?.as_object_mut().ok_or("no object")?.insert(key, new);
    } else {
        return Err(format!("neither set nor remove: {change}"));
    }
    row.as_table_mut().unwrap().insert("text".to_owned(), value.to_string().into());
    Ok(())
}

/// The object at these steps; an element of a list goes by its name, its label or its number.
fn walk<'v>(value: &'v mut serde_json::Value, steps: &str) -> Result<&'v mut serde_json::Value, String> {
    let mut here = value;
    for step in steps.split(" > ").filter(|step| !step.is_empty()) {
        here = match here {
            serde_json::Value::Array(all) => {
                let named = |one: &serde_json::Value| ["name", "label"].iter().any(|key| one[key] == step);
                let at = all.iter().position(named).or_else(|| step.parse::<usize>().ok().map(|number| number - 1));
                all.get_mut(at.ok_or(format!("nothing is called {step}"))?).ok_or(format!("no element {step}"))?
            }
            other => other.get_mut(step).ok_or(format!("no member {step}"))?,
        };
    }
    Ok(here)
}

fn set_row(machine: &mut Table, file: &str, section: &str, key: &str, value: &str) -> Result<(), String> {
    if file == "%UserProfile%\\.wslconfig" {
        let network = machine["network"].as_table_mut().unwrap();
        match key {
            "networkingMode" => network.insert("mode".to_owned(), value.into()),
            "localhostForwarding" => network.insert("localhost_forwarding".to_owned(), (value == "true").into()),
            other => return Err(format!("nothing is known of {other}")),
        };
        return Ok(());
    }
    let rows = machine["files"].as_array_mut().unwrap();
    let at = rows.iter().position(|row| row["path"].as_str() == Some(file));
    let text = at.map_or(String::new(), |at| rows[at]["text"].as_str().unwrap().to_owned());
    let (mut lines, mut inside, mut done) = (Vec::new(), false, false);
    for line in text.lines() {
        if line.trim().starts_with('[') {
            if inside && !done {
                lines.push(format!("{key} = {value}"));
                done = true;
            }
            inside = line.trim() == format!("[{section}]");
        }
        let is_it = inside && line.split('=').next().unwrap().trim().eq_ignore_ascii_case(key);
        if is_it && !done {
            lines.push(format!("{key} = {value}"));
            done = true;
        } else if !is_it {
            lines.push(line.to_owned());
        }
    }
    if !done {
        if !inside {
            lines.push(format!("[{section}]"));
        }
        lines.push(format!("{key} = {value}"));
    }
    let mut row = Table::new();
    row.insert("path".to_owned(), file.into());
    row.insert("text".to_owned(), (lines.join("\n") + "\n").into());
    match at {
        Some(at) => rows[at] = row.into(),
        None => rows.push(row.into()),
    }
    Ok(())
}

/// Sets up again the parts of the machine that WSL sets up when it starts.
fn start_again(machine: &mut Table) {
    let conf = text_of(machine, "/etc/wsl.conf").unwrap_or_default();
    let interop = conf.split('[').find(|section| section.starts_with("interop]")).unwrap_or_default();
    let is_off = interop.lines().any(|line| line.replace(' ', "").eq_ignore_ascii_case("enabled=false"));
    let interop = machine["interop"].as_table_mut().unwrap();
    interop.insert("binfmt".to_owned(), "enabled".into());
    interop.insert("flags".to_owned(), "PF".into());
    interop.insert("enabled".to_owned(), (!is_off).into());
    let mut sockets = Table::new();
    sockets.insert("/run/WSL/8_interop".to_owned(), "live".into());
    interop.insert("sockets".to_owned(), sockets.into());
    let call = machine["call"]["env"].as_table_mut().unwrap();
    call.insert("WSL_INTEROP".to_owned(), "/run/WSL/8_interop".into());
    if text_of(machine, "/etc/resolv.conf").is_none() {
        let mut row = Table::new();
        row.insert("path".to_owned(), "/etc/resolv.conf".into());
        row.insert("text".to_owned(), "nameserver 10.255.255.254\n".into());
        let rows = machine["files"].as_array_mut().unwrap();
        rows.retain(|row| row["path"].as_str() != Some("/etc/resolv.conf"));
        rows.push(row.into());
    }
    let options = conf
        .lines()
        .find_map(|line| line.trim().strip_prefix("options"))
        .map(|rest| rest.trim_start_matches([' ', '=']));
    let options = options.map(|options| options.trim_matches('"').replace(',', ";"));
    for mount in machine["mounts"].as_array_mut().unwrap() {
        let line = mount["line"].as_str().unwrap().to_owned();
        if let (Some(options), true) = (&options, line.contains("aname=drvfs")) {
            let (head, _) = line.split_once("gid=1000").unwrap_or((&line, ""));
            let fresh = format!("{head}gid=1000;{options};symlinkroot=/mnt/,cache=0x5,trans=fd,rfd=5,wfd=5")
                .replace("rw,noexec", "rw");
            mount.as_table_mut().unwrap().insert("line".to_owned(), fresh.into());
        }
    }
}

fn text_of(machine: &Table, path: &str) -> Option<String> {
    let rows = machine["files"].as_array().unwrap();
    rows.iter()
        .find(|row| row["path"].as_str() == Some(path))
        .and_then(|row| row.get("text")?.as_str().map(str::to_owned))
}

/// Two findings are the same where they say the same of the same thing.
fn identity(finding: &Finding) -> (String, String) {
    (finding.code.to_string(), finding.title.clone())
}

/// Carries out one way out; why it is none.
fn try_fix(broken: &Broken, before: &[Finding], finding: &Finding, fix: &Fix) -> Result<(), String> {
    let Broken { machine, file, windows, .. } = broken;
    let next = match fix {
        Fix::Type(command) => after_command(machine, command)?,
        Fix::Change(words) => after_change(machine, words)?,
    };
    let after = examined(&next, file.as_deref(), *windows);
    let known: BTreeSet<(String, String)> = before.iter().map(identity).collect();
    if let Some(left) = after.iter().find(|other| identity(other) == identity(finding)) {
        return Err(format!("the finding is still there: {}", left.title));
    }
    let codes: BTreeSet<Code> = before.iter().map(|finding| finding.code).collect();
    if let Some(new) = after.iter().find(|other| !known.contains(&identity(other)) && !codes.contains(&other.code)) {
        return Err(format!("a new finding: {} {} ({})", new.code, new.title, new.why));
    }
    Ok(())
}

/// The codes of doctor's findings that have a fix in its sources.
fn codes_with_a_way_out() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut paths = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/doctor")];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        // A finding begins with its code; what belongs to it ends before the next one.
        for finding in text.split("Finding::").skip(1) {
            let code = finding.split("Code::GW").nth(1).and_then(|rest| rest.get(..3));
            let is_first = finding.find("Code::GW").is_some_and(|at| at < 60);
            if let Some(code) = code.filter(|_| is_first && (finding.contains(".fix(") || finding.contains(".fix ="))) {
                codes.insert(format!("GW{code}"));
            }
        }
    }
    codes
}

/// The code whose fix no record can show, since a drive without an answer is no fact of one. `tests/doctor_live.rs` has
/// a real such drive, and carries its fix out.
const LIVE: [&str; 1] = ["GW158"];

#[test]
fn every_fix_removes_its_finding() {
    let only = std::env::var("CASE").unwrap_or_default();
    let (mut tried, mut failures) = (BTreeMap::<String, usize>::new(), Vec::new());
    for broken in machines().iter().filter(|broken| broken.name.contains(&only)) {
        let before = examined(&broken.machine, broken.file.as_deref(), broken.windows);
        for finding in &before {
            for fix in &finding.fix {
                match try_fix(broken, &before, finding, fix) {
                    Ok(()) => *tried.entry(finding.code.to_string()).or_default() += 1,
                    Err(why) => {
                        let Broken { name, .. } = broken;
                        failures.push(format!(
                            "--- {name}: {}: {}\n    {}\n    {why}",
                            finding.code,
                            finding.title,
                            fix.text()
                        ));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}\ntried: {tried:?}", failures.len(), failures.join("\n"));
    if only.is_empty() {
        let untried: Vec<String> = codes_with_a_way_out()
            .into_iter()
            .filter(|code| !tried.contains_key(code) && !LIVE.contains(&code.as_str()))
            .collect();
        assert!(untried.is_empty(), "a way out that no test carries out: {untried:?}");
    }
}

/// A new account: three of its faults are in files that shells read, and gowrap is not set up yet.
const EIGHT_FAULTS: &str = r#"
call.env.PATH = "/home/me/go/bin:/usr/bin:/bin:/usr/local/go/bin:/mnt/c/Windows/System32"
call.env.GOPATH = "/mnt/c/Users/me/go"
files = [
    { path = "/home/me/.bashrc", text = "alias ll='ls -l'\nalias go=go.exe\n", uid = 1000 },
    { path = "/home/me/.profile", text = "umask 22\r\nPS1='> '\r\n", uid = 1000 },
    { path = "/home/me/.config/go/env", text = "GOOS=windows\n", uid = 1000 },
    { path = "/home/me/go/bin/dlv", format = "elf", uid = 1000, build = "go1.19.8 github.com/go-delve/delve v1.20.2" },
    { path = "/home/me/p/.git/config", text = "[core]\n\tautocrlf = true\n", uid = 1000 },
    { path = "/home/me/p/main.go", text = "package main\r\n", uid = 1000 },
    { path = "/home/me/p/.vscode/launch.json", text = '{ "configurations": [ { "name": "a", "type": "go", "request": "launch", "program": "C:\\p" } ] }', uid = 1000 },
]
"#;

#[test]
fn the_fixes_of_doctor_mend_a_new_account() {
    let mut machine: Table = toml::from_str(HEALTHY).unwrap();
    merge(&mut machine, &toml::from_str(EIGHT_FAULTS).unwrap());
    let mut steps = Vec::new();
    let first = examined(&machine, None, AskWindows::No);
    let codes: BTreeSet<Code> = first.iter().map(|finding| finding.code).collect();
    assert_eq!(codes.len(), 8, "{:?}", first.iter().map(identity).collect::<Vec<_>>());
    for _ in 0..12 {
        let mut left = examined(&machine, None, AskWindows::No);
        left.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let Some(worst) = left.first() else { break };
        let fix = worst.fix.first().unwrap_or_else(|| panic!("{} has no way out", worst.code));
        steps.push(format!("{}: {}", worst.code, fix.text()));
        let next = match fix {
            Fix::Type(command) => after_command(&machine, command),
            Fix::Change(words) => after_change(&machine, words),
        };
        machine = next.unwrap_or_else(|why| panic!("{}: {why}", steps.join("\n")));
    }
    let left: Vec<(String, String)> = examined(&machine, None, AskWindows::No).iter().map(identity).collect();
    assert!(left.is_empty(), "{left:?}\n{}", steps.join("\n"));
    let path = machine["call"]["env"]["PATH"].as_str().unwrap();
    assert!(path.starts_with("/home/me/.local/share/gowrap/shims:"), "{path}");
}
