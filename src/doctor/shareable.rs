//! The text of a file as a record holds it: built anew from the lines, or the members, that a check reads.
//!
//! No file is ever copied. The name that was asked for chooses the form, whatever file a link leads to: a `go.mod` that
//! leads to a private key is read as a go.mod, in which no line of a key has a known form. A name without a row in
//! [`FORMS`] gives nothing, as do a shell's profiles. A line of an unknown form becomes an empty one, so that the numbers
//! of the others stay; one that ends the reading of a `wsl.conf` becomes another such line.

use serde_json::{Map, Value};

use crate::doctor::build_tasks::{CommandLine, are_broken, command_line, text_of};
use crate::doctor::project::words;
use crate::doctor::repository::{fixes_line_ends, git_values};
use crate::doctor::version::Version;
use crate::doctor::{editor_settings, editors, launch, proxy, values, wsl_conf};
use crate::host::binary::{Binary, HEAD};
use crate::host::script::How;
use crate::host::wslconf::{Invalid, WslConf};
use crate::jsonc;
use crate::plan::find::places;
use crate::text::mask;
use crate::text::path::basename;
use crate::tools::Tool;
use crate::tools::go::variables as go_variables;

/// The files whose names cannot be told beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub struct GoPaths<'a> {
    /// The file that `go env -w` writes: GOENV may name any.
    pub go_env: Option<&'a [u8]>,
    /// The workspace's file: GOWORK may name any.
    pub go_work: Option<&'a [u8]>,
}

/// Builds a text anew.
type Rebuild = fn(&[u8]) -> Vec<u8>;

/// A form that a file has by the name that it was asked for.
struct FormRow {
    has_name: fn(path: &[u8], named: GoPaths) -> bool,
    rebuild: Rebuild,
}

const FORMS: [FormRow; 18] = [
    FormRow { has_name: |path, _| path == b"/etc/wsl.conf", rebuild: wsl_settings },
    FormRow { has_name: |path, _| matches!(path, b"/etc/os-release" | b"/usr/lib/os-release"), rebuild: release },
    FormRow { has_name: |path, _| path == b"/etc/resolv.conf", rebuild: name_servers },
    FormRow { has_name: |path, _| path == b"/etc/passwd", rebuild: users },
    FormRow { has_name: |path, _| path == b"/etc/group", rebuild: groups },
    FormRow { has_name: |path, _| path.ends_with(b"binfmt.d/WSLInterop.conf"), rebuild: interop_entry },
    FormRow { has_name: |path, _| path.starts_with(b"/proc/sys/"), rebuild: kernel_setting },
    FormRow { has_name: |path, _| proxy::LISTENERS.contains(&path), rebuild: proxy::listeners },
    FormRow { has_name: |path, _| basename(path) == b"VERSION", rebuild: toolchain_version },
    FormRow { has_name: is_module_file, rebuild: module },
    FormRow { has_name: |path, _| path.ends_with(b"/vendor/modules.txt"), rebuild: vendored },
    FormRow { has_name: |path, named| basename(path) == b"go.env" || named.go_env == Some(path), rebuild: go_settings },
    FormRow { has_name: |path, _| is_git_file(path), rebuild: git_settings },
    FormRow { has_name: |path, _| basename(path) == b".gitattributes", rebuild: git_attributes },
    FormRow { has_name: |path, _| basename(path) == b"launch.json", rebuild: |text| only(text, launches) },
    FormRow { has_name: |path, _| basename(path) == b"tasks.json", rebuild: |text| only(text, tasks) },
    FormRow { has_name: |path, _| basename(path) == b"settings.json", rebuild: |text| only(text, settings) },
    FormRow { has_name: |path, _| editors::is_workspace(path), rebuild: |text| only(text, workspace) },
];

fn is_module_file(path: &[u8], named: GoPaths) -> bool {
    basename(path) == b"go.mod" || path.ends_with(b".work") || named.go_work == Some(path)
}

/// The files of git's settings that a check reads.
fn is_git_file(path: &[u8]) -> bool {
    matches!(basename(path), b"gitconfig" | b".gitconfig")
        || path.ends_with(b"/git/config")
        || path.ends_with(b"/.git/config")
}

/// The text of a file as a record holds it; none where its name, as it was asked for, is on no list.
#[must_use]
pub fn shareable(asked: &[u8], named: GoPaths, text: &[u8]) -> Option<Vec<u8>> {
    let form = FORMS.iter().find(|form| (form.has_name)(asked, named))?;
    Some((form.rebuild)(text))
}

/// Each line by its form, empty where it has none. A carriage return at its end is a part of no form, and stays.
fn lines(text: &[u8], mut form: impl FnMut(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut rebuilt = Vec::new();
    let mut empty = 0;
    for line in text.split(|&byte| byte == b'\n') {
        let (line, end): (&[u8], &[u8]) = line.strip_suffix(b"\r").map_or((line, b"\n"), |line| (line, b"\r\n"));
        match form(line).filter(|line| !line.is_empty()) {
            Some(line) => {
                rebuilt.extend(std::iter::repeat_n(b'\n', std::mem::take(&mut empty)));
                rebuilt.extend([&line, end].concat());
            }
            None => empty += 1,
        }
    }
    rebuilt
}

fn is_made_of(text: &[u8], others: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_alphanumeric() || others.contains(byte))
}

/// `NAME=value` of the names that tell a distribution and its release (os-release(5)).
fn release(text: &[u8]) -> Vec<u8> {
    const NAMES: [&[u8]; 6] = [b"ID", b"ID_LIKE", b"NAME", b"PRETTY_NAME", b"VERSION_ID", b"VERSION_CODENAME"];
    lines(text, |line| {
        let equals = line.iter().position(|&byte| byte == b'=')?;
        let is_known = NAMES.contains(&line[..equals].trim_ascii()) && is_made_of(&line[equals + 1..], b" ._-()/+'\"");
        is_known.then(|| line.to_vec())
    })
}

/// `nameserver ADDRESS` (resolv.conf(5)).
fn name_servers(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let server = line.trim_ascii().strip_prefix(b"nameserver")?.trim_ascii();
        let address = server.split(|&byte| byte == b'%').next()?;
        let address: std::net::IpAddr = std::str::from_utf8(address).ok()?.parse().ok()?;
        Some(format!("nameserver {address}").into_bytes())
    })
}

/// The fields of a line of passwd(5) or group(5), if there are as many.
fn fields<const N: usize>(line: &[u8]) -> Option<[&[u8]; N]> {
    let fields: Vec<&[u8]> = line.split(|&byte| byte == b':').collect();
    fields.try_into().ok()
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.len() <= 10 && text.iter().all(u8::is_ascii_digit)
}

/// Name, user and group of each line of seven fields: who may change a file hangs on them. `/etc/shadow` has nine.
fn users(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let [name, _, uid, gid, ..] = fields::<7>(line)?;
        let is_known = is_made_of(name, b"_.-$") && is_number(uid) && is_number(gid);
        is_known.then(|| [name, b":x:", uid, b":", gid, b":::"].concat())
    })
}

/// Name, group and members of each line of four fields.
fn groups(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let [name, _, gid, members] = fields::<4>(line)?;
        let is_known = is_made_of(name, b"_.-$") && is_number(gid) && is_made_of(members, b"_.-$,");
        is_known.then(|| [name, b":x:", gid, b":", members].concat())
    })
}

/// WSL's own entry, as systemd-binfmt registers it.
fn interop_entry(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let line = line.trim_ascii();
        let flags = line.strip_prefix(b":WSLInterop:M::MZ::/init:")?;
        (flags.len() < 8 && flags.iter().all(u8::is_ascii_uppercase)).then(|| line.to_vec())
    })
}

/// A number, or whether something is switched on.
fn kernel_setting(text: &[u8]) -> Vec<u8> {
    let word = text.trim_ascii();
    let is_known = is_number(word) || matches!(word, b"enabled" | b"disabled");
    if is_known { [word, b"\n"].concat() } else { Vec::new() }
}

/// The first line of a toolchain's VERSION: `go1.25.0`, or `devel go1.27-…`.
fn toolchain_version(text: &[u8]) -> Vec<u8> {
    let mut first = true;
    lines(text, |line| {
        let is_first = std::mem::take(&mut first);
        let rest = line.strip_prefix(b"devel ").unwrap_or(line).strip_prefix(b"go")?;
        let is_version = rest.first().is_some_and(u8::is_ascii_digit)
            && line.len() < 100
            && is_made_of(line, b" .-+:_,")
            && Version::parse(std::str::from_utf8(line).ok()?).is_some();
        (is_first && is_version).then(|| line.to_vec())
    })
}

/// The lines of go.mod and go.work that name a version or a folder (https://go.dev/ref/mod).
fn module(text: &[u8]) -> Vec<u8> {
    let is_known = |verb: &[u8]| matches!(verb, b"module" | b"go" | b"toolchain" | b"replace" | b"use");
    let mut block: Option<Vec<u8>> = None;
    lines(text, |line| {
        let found = words(line);
        let mut found: Vec<&[u8]> = found.iter().map(Vec::as_slice).collect();
        let is_in_block = block.is_some();
        let verb = match (&block, found.first()?) {
            (_, &b")") => {
                return block.take().filter(|verb| is_known(verb)).map(|_| b")".to_vec());
            }
            (Some(verb), _) => verb.clone(),
            (None, _) => found.remove(0).to_vec(),
        };
        if found == [b"("] && !is_in_block {
            let heading = [&verb, &b" ("[..]].concat();
            let heading = is_known(&verb).then_some(heading);
            block = Some(verb);
            return heading;
        }
        let has_form = match (&*verb, &*found) {
            (b"module", [path]) => is_module(path),
            (b"go", [version]) => version.first().is_some_and(u8::is_ascii_digit) && is_made_of(version, b"."),
            (b"toolchain", [name]) => *name == b"default" || (name.starts_with(b"go1") && is_made_of(name, b".+-")),
            (b"use", [folder]) => is_folder(folder),
            (b"replace", [path, b"=>", with]) => is_module(path) && is_folder(with),
            (b"replace", [path, version, b"=>", with]) => is_module(path) && is_version(version) && is_folder(with),
            (b"replace", [path, b"=>", with, to]) => is_module(path) && is_module(with) && is_version(to),
            (b"replace", [path, version, b"=>", with, to]) => {
                is_module(path) && is_version(version) && is_module(with) && is_version(to)
            }
            _ => false,
        };
        let start: &[&[u8]] = if is_in_block { &[b"\t"] } else { &[&verb, b" "] };
        let words: Vec<Vec<u8>> = found.iter().map(|word| quoted(word)).collect();
        has_form.then(|| [start.concat(), words.join(&b' ')].concat())
    })
}

fn is_module(path: &[u8]) -> bool {
    !path.is_empty() && is_made_of(path, b"._~/-+!")
}

fn is_version(version: &[u8]) -> bool {
    matches!(version, [b'v', digit, ..] if digit.is_ascii_digit()) && is_made_of(version, b".-+")
}

/// A folder's path in Linux' form or Windows': neither a module's name nor a word.
fn is_folder(path: &[u8]) -> bool {
    let is_path = path == b"." || path == b".." || path.contains(&b'/') || path.contains(&b'\\');
    let is_drive = matches!(path, [letter, b':', ..] if letter.is_ascii_alphabetic());
    (is_path || is_drive) && path.iter().all(|byte| !byte.is_ascii_control())
}

/// A word as go.mod has it, in quotes where it needs them. A quote inside it is left out.
fn quoted(word: &[u8]) -> Vec<u8> {
    let word: Vec<u8> = word.iter().copied().filter(|byte| *byte != b'"').collect();
    if is_made_of(&word, b"._~/-+!=>:\\@") {
        return word;
    }
    let escaped = word.iter().flat_map(|byte| std::iter::repeat_n(*byte, if *byte == b'\\' { 2 } else { 1 }));
    std::iter::once(b'"').chain(escaped).chain([b'"']).collect()
}

/// `NAME=value` of Go's own names, each value masked as a variable's is.
fn go_settings(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let equals = line.iter().position(|&byte| byte == b'=')?;
        let (name, value) = (&line[..equals], &line[equals + 1..]);
        go_variables::kind(name)?;
        Some([name, b"=", &*mask::value(name, value)].concat())
    })
}

/// `[section]` and `key = value`, as WSL reads them. A command at boot is masked, and so is the name of an unknown key.
fn wsl_settings(text: &[u8]) -> Vec<u8> {
    let conf = WslConf::parse(text, Invalid::Ends);
    let mut number = 0;
    let mut unknown: Vec<(&[u8], &[u8])> = Vec::new();
    lines(text, |line| {
        number += 1;
        let line = line.trim_ascii_start();
        if conf.invalid.contains(&number) {
            return Some(invalid(line));
        }
        if conf.invalid.first().is_some_and(|end| *end < number) {
            return None;
        }
        let Some(row) = conf.rows.iter().find(|row| row.line == number) else {
            let name = line.strip_prefix(b"[")?.split(|&byte| byte == b']').next()?.to_ascii_lowercase();
            return Some(if wsl_conf::is_section(&name) {
                [b"[", &*name, b"]"].concat()
            } else {
                b"[unknown]".to_vec()
            });
        };
        if wsl_conf::is_known(&row.section, &row.key) {
            let is_word = [&b"true"[..], b"false", b"1", b"0"].iter().any(|word| row.value.eq_ignore_ascii_case(word));
            let value = match row.key.as_slice() {
                b"command" => mask::MASK,
                key if !wsl_conf::is_switch(&row.section, key) || is_word => &row.value,
                _ if row.value.windows(2).any(|pair| pair == b" ;") => b"other ;",
                _ => b"other",
            };
            return Some([&row.key, &b" = "[..], &wsl_value(&mask::value(&row.key, value))].concat());
        }
        let at = unknown.iter().position(|one| *one == (&*row.section, &*row.key)).unwrap_or(unknown.len());
        if at == unknown.len() {
            unknown.push((&row.section, &row.key));
        }
        Some(format!("unknown{at} = ").into_bytes())
    })
}

/// A line that is invalid for the same reason.
fn invalid(line: &[u8]) -> Vec<u8> {
    match line {
        line if line.starts_with(b"\xef\xbb\xbf") => b"\xef\xbb\xbf".to_vec(),
        [b';', ..] => b";".to_vec(),
        line if line.contains(&b'\\') => b"?\\".to_vec(),
        _ => b"?".to_vec(),
    }
}

/// A value in quotes, if it needs them.
fn wsl_value(value: &[u8]) -> Vec<u8> {
    if is_made_of(value, b" ;,._=/:-*") && value.trim_ascii() == value {
        return value.to_vec();
    }
    let escaped = value.iter().flat_map(|&byte| match byte {
        b'\\' => b"\\\\".to_vec(),
        b'"' => b"\\\"".to_vec(),
        b'\n' => b"\\n".to_vec(),
        b'\t' => b"\\t".to_vec(),
        8 => b"\\b".to_vec(),
        byte => vec![byte],
    });
    [b"\"".to_vec(), escaped.collect(), b"\"".to_vec()].concat()
}

/// `# MODULE VERSION` of each module in a vendor folder.
fn vendored(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let mut words = line.strip_prefix(b"# ")?.split(|&byte| byte == b' ');
        let (path, version) = (words.next()?, words.next()?);
        (is_module(path) && is_version(version)).then(|| [b"# ", path, b" ", version].concat())
    })
}

/// The rows of git's configuration that a check reads: what a switch says, and folders.
fn git_settings(text: &[u8]) -> Vec<u8> {
    let switch = |value: &String| is_made_of(value.as_bytes(), b"") && value.len() <= 5;
    let folder = |value: &String| value == "*" || is_folder(value.as_bytes());
    let is_known: [(&str, &str, &dyn Fn(&String) -> bool); 2] =
        [("core", "autocrlf", &switch), ("safe", "directory", &folder)];
    let mut kept = String::new();
    for (section, key, is_known) in is_known {
        let values: Vec<String> = git_values(text, section, key).into_iter().filter(is_known).collect();
        if !values.is_empty() {
            kept.push_str(&format!("[{section}]\n"));
        }
        for value in values {
            let value = masked(&value).replace('\\', "\\\\").replace('"', "\\\"");
            kept.push_str(&format!("\t{key} = \"{value}\"\n"));
        }
    }
    kept.into_bytes()
}

/// Each line of a `.gitattributes` that fixes the ends of lines, without its pattern.
fn git_attributes(text: &[u8]) -> Vec<u8> {
    lines(text, |line| fixes_line_ends(line).then(|| b"* eol=lf".to_vec()))
}

/// A script as a record holds it: its interpreter, and of the commands that it starts the names that a plan or a check
/// knows. Another command becomes `:`, which does nothing.
#[must_use]
pub fn script(text: &[u8]) -> Vec<u8> {
    let end: &[u8] = match text.split(|&byte| byte == b'\n').next() {
        Some([.., b'\r']) => b"\r\n",
        _ => b"\n",
    };
    let binary = Binary::parse(&text[..text.len().min(HEAD)]);
    let interpreter = binary.interpreter.unwrap_or_default();
    let interpreter = interpreter.strip_suffix(b"\r").unwrap_or(&interpreter);
    let mut rebuilt = [b"#!", interpreter, end].concat();
    for started in &binary.starts {
        let name: Vec<u8> = match started.name() {
            name if started.is_of_windows() && is_made_of(name, b"._-+") => [name, b".exe"].concat(),
            _ if started.is_of_windows() => b"other.exe".to_vec(),
            name if Tool::named(name).is_some() => name.to_vec(),
            _ if places::is_manager(&started.word) || matches!(&*started.word, b"echo" | b"printf") => {
                started.word.clone()
            }
            _ => b":".to_vec(),
        };
        rebuilt.extend(match started.how {
            How::InPlace => [b"exec ", &*name, end].concat(),
            How::AsChild => [&*name, end].concat(),
            How::ForOutput => [b"_=$(", &*name, b")", end].concat(),
        });
    }
    rebuilt
}

/// The members of a launch configuration that are checked, beside its paths.
const LAUNCH: [&str; 6] = ["name", "type", "request", "mode", "port", "host"];

/// The settings that are checked, beside lists and paths.
const SETTINGS: [&str; 2] = ["go.goroot", "go.toolsManagement.go"];

/// A JSON text without what no check reads. What is no JSON stays a text that is none, without its words.
fn only(text: &[u8], checked: fn(&Value) -> Value) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).into_owned();
    if text.trim().is_empty() {
        return Vec::new();
    }
    let value = jsonc::parse(text.as_bytes()).ok();
    value.and_then(|value| serde_json::to_vec_pretty(&checked(&value)).ok()).unwrap_or_else(|| b"{".to_vec())
}

fn masked(text: &str) -> String {
    String::from_utf8_lossy(&mask::text(text.as_bytes())).into_owned()
}

/// A single value as it may be shown; none for one with members, which no check reads.
fn plain(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => Some(Value::from(masked(text))),
        Value::Array(_) | Value::Object(_) => None,
        other => Some(other.clone()),
    }
}

/// A single value, or a list of them.
fn one_or_more(value: &Value) -> Option<Value> {
    match value {
        Value::Array(all) => Some(all.iter().filter_map(plain).collect()),
        one => plain(one),
    }
}

/// The pairs of folders that delve replaces in the paths of source files.
fn substitutions(value: &Value) -> Option<Value> {
    let pair = |value: &Value| members(value, |key, value| plain(value).filter(|_| matches!(key, "from" | "to")));
    Some(value.as_array()?.iter().map(pair).collect())
}

/// The members of an object that are of a kind, each as it may be shown.
fn members(value: &Value, keep: impl Fn(&str, &Value) -> Option<Value>) -> Value {
    let rows = value.as_object().into_iter().flatten();
    Value::Object(rows.filter_map(|(key, value)| Some((key.clone(), keep(key, value)?))).collect::<Map<_, _>>())
}

fn launches(value: &Value) -> Value {
    members(value, |key, value| {
        let all = value.as_array().filter(|_| key == "configurations")?;
        Some(all.iter().map(configuration).collect())
    })
}

fn configuration(value: &Value) -> Value {
    members(value, |key, value| match key {
        "env" => Some(variables(value)),
        "linux" => Some(configuration(value)),
        "substitutePath" => substitutions(value),
        key if launch::is_path(key) => one_or_more(value),
        key if LAUNCH.contains(&key) => plain(value),
        _ => None,
    })
}

fn settings(value: &Value) -> Value {
    members(value, |key, value| match key {
        "launch" => Some(launches(value)),
        "tasks" => Some(tasks(value)),
        "go.alternateTools" => Some(members(value, |tool, value| plain(value).filter(|_| is_tool(tool)))),
        "go.delveConfig" => Some(members(value, |key, value| match key {
            "substitutePath" => substitutions(value),
            _ => None,
        })),
        "gopls" => Some(members(value, |key, value| setting(&["gopls", key], value))),
        key if editor_settings::PATHS.contains(&key) || SETTINGS.contains(&key) => plain(value),
        key => setting(&[key], value),
    })
}

/// A name as programs have it.
fn is_tool(name: &str) -> bool {
    is_made_of(name.as_bytes(), b"._-")
}

/// A setting that holds variables or flags: of each only what a check reads.
fn setting(steps: &[&str], value: &Value) -> Option<Value> {
    if editor_settings::VARIABLES.contains(&steps) {
        return Some(variables(value));
    }
    let flags = value.as_array().filter(|_| editor_settings::FLAGS.contains(&steps))?;
    Some(flags.iter().filter(|flag| flag.as_str().is_some_and(values::may_be_a_path_flag)).filter_map(plain).collect())
}

fn tasks(value: &Value) -> Value {
    members(value, |key, value| {
        let all = value.as_array().filter(|_| key == "tasks")?;
        Some(all.iter().map(task).collect())
    })
}

/// A task's words may be anything. Of one of Go's tools the program and the paths are kept, of another program nothing.
fn task(value: &Value) -> Value {
    let line = value.get("command").and_then(command_line);
    let written = line.as_ref().map(|line| line.words.clone()).unwrap_or_default();
    let listed = value.get("args").and_then(Value::as_array).into_iter().flatten();
    let listed: Vec<String> = listed.map(|word| text_of(word).unwrap_or_default()).collect();
    let words: Vec<&str> = written.iter().chain(&listed).map(String::as_str).collect();
    let broken = are_broken(line.as_ref().map_or(Tool::Go, |line| line.tool), &words);
    let (in_command, in_list) = broken.split_at(written.len());
    members(value, |key, value| match key {
        "label" | "taskName" | "type" => plain(value),
        "command" => {
            Some(Value::from(line.as_ref().map_or_else(|| "other".to_owned(), |line| command(line, in_command))))
        }
        "args" => Some(paths_in_task(&listed, in_list).map(Value::from).collect()),
        "options" => Some(members(value, |key, value| (key == "env").then(|| variables(value)))),
        "linux" => Some(task(value)),
        _ => None,
    })
}

fn command(line: &CommandLine, broken: &[bool]) -> String {
    let program = match masked(&line.program) {
        program if program.contains(' ') => format!("\"{program}\""),
        program => program,
    };
    std::iter::once(program).chain(paths_in_task(&line.words, broken)).collect::<Vec<_>>().join(" ")
}

/// The words of a task that a shell would take apart: a path, or another that stands for it.
fn paths_in_task<'w>(words: &'w [String], broken: &'w [bool]) -> impl Iterator<Item = String> + 'w {
    let is_path = |word: &str| is_made_of(word.as_bytes(), b"._/\\:${}-");
    let broken = words.iter().zip(broken).filter(|(_, is_broken)| **is_broken);
    broken.map(move |(word, _)| if is_path(word) { masked(word) } else { ".\\path".to_owned() })
}

fn workspace(value: &Value) -> Value {
    members(value, |key, value| match key {
        "settings" => Some(settings(value)),
        "launch" => Some(launches(value)),
        "tasks" => Some(tasks(value)),
        _ => None,
    })
}

/// Returns only the variables that a check reads: any other may hold a secret.
fn variables(value: &Value) -> Value {
    members(value, |name, value| {
        let is_checked =
            matches!(name, "GOOS" | "GOARCH" | "PATH" | "HOME") || go_variables::is_path(name.as_bytes(), b"any path");
        match value {
            Value::String(flags) if name == "GOFLAGS" => {
                let paths = flags.split_whitespace().filter(|flag| values::may_be_a_path_flag(flag));
                Some(Value::from(paths.map(masked).collect::<Vec<_>>().join(" ")))
            }
            Value::String(text) if is_checked => {
                let shown = mask::value(name.as_bytes(), text.as_bytes());
                Some(Value::from(String::from_utf8_lossy(&shown).into_owned()))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMED: GoPaths = GoPaths { go_env: Some(b"/h/.config/go/env"), go_work: Some(b"/w/workspace") };

    #[test]
    fn a_shared_record_holds_no_secret() {
        let launch = br#"{ "inputs": ["secret1"], "configurations": [ // x
            { "type": "go", "program": "C:\\x", "args": ["secret2"], "env": { "GOOS": "windows", "K": "secret3" } } ] }"#;
        let table: &[(&str, &[u8], Option<&str>)] = &[
            ("/p/.vscode/launch.json", launch, Some("C:\\\\x")),
            ("/p/.vscode/launch.json", b"{ secret4", Some("{")),
            ("/s/settings.json", br#"{ "go.goroot": "/r", "other": "secret5" }"#, Some("go.goroot")),
            (
                "/s/settings.json",
                br#"{ "go.toolsEnvVars": { "GOPATH": "C:\\go", "GITHUB_TOKEN": "secret9" }, "go.testFlags": ["secret10"],
                    "go.delveConfig": { "substitutePath": [], "dlvFlags": ["secret11"] },
                    "launch": { "configurations": [{ "env": { "K": "secret12" }, "linux": { "args": ["secret13"] } }] } }"#,
                Some("\"GOPATH\": \"C:"),
            ),
            (
                "/p/p.code-workspace",
                br#"{ "folders": ["secret14"], "settings": { "go.goroot": "/r", "x": "secret15" },
                    "launch": { "inputs": ["secret16"], "configurations": [{ "args": ["secret17"], "traceDirPath": "/t" }] } }"#,
                Some("traceDirPath"),
            ),
            ("/h/.config/go/env", b"GOPROXY=https://u:secret6@h\nGOFLAGS=-v\n", Some("GOFLAGS=-v")),
            ("/h/.config/go/env", b"GOAUTH=netrc secret18\nMY=secret19\n# secret20\nCC=gcc\n", Some("GOAUTH=***\n\n\nCC=gcc")),
            ("/h/.config/go/env", b"GOFLAGS=-ldflags=-X=main.token=secret21\r\n", Some("main.token=***\r\n")),
            ("/other/env", b"GOFLAGS=secret22\n", None),
            ("/h/.bashrc", b"export X=secret7\n", None),
            ("/h/.profile", b"export GOPATH=secret7\n", None),
            ("/h/.ssh/id_ed25519", b"module secret7\n", None),
            ("/p/go.mod", b"module p\n// https://u:secret8@h\n", Some("module p")),
            (
                "/p/go.mod",
                b"module p // secret23\nrequire (\n\tsecret24 v1.0.0\n)\nreplace a => C:\\x\nreplace (\n\ta v1.0.0 => \"../b c\"\n)\nmachine secret25\n",
                Some("module p\n\n\n\nreplace a => C:\\x\nreplace (\n\ta v1.0.0 => \"../b c\"\n)\n"),
            ),
            ("/p/go.mod", b"-----BEGIN secret26-----\nsecret27/+=\nuse secret28\n", Some("")),
            ("/w/go.work", b"go 1.25\nuse ./a\nuse (\n\tC:\\x // secret29\n)\n", Some("go 1.25\nuse ./a\nuse (\n\tC:\\x\n)\n")),
            ("/usr/local/go/VERSION", b"go1.25.0\ntime secret30\n", Some("go1.25.0\n")),
            ("/usr/local/go/VERSION", b"devel go1.27-abc Mon\n", Some("devel go1.27-abc Mon")),
            ("/usr/local/go/VERSION", b"secret31\ngo1.25.0\n", Some("")),
            ("/etc/os-release", b"ID=ubuntu\nSECRET=secret32\nNAME=\"U b\"\n", Some("ID=ubuntu\n\nNAME=\"U b\"\n")),
            ("/etc/resolv.conf", b"nameserver 10.0.0.1\nnameserver secret33\nsearch secret34\n", Some("nameserver 10.0.0.1\n")),
            ("/etc/passwd", b"me:x:1000:1000:secret35:/home/me:/bin/sh\n", Some("me:x:1000:1000:::\n")),
            ("/etc/passwd", b"me:$6$secret36:19000:0:99999:7:::\n", Some("")),
            ("/etc/group", b"dev:secret37:50:me,you\n", Some("dev:x:50:me,you\n")),
            ("/usr/lib/binfmt.d/WSLInterop.conf", b"# secret38\n:WSLInterop:M::MZ::/init:PF\n", Some("\n:WSLInterop:M::MZ::/init:PF\n")),
            ("/proc/sys/kernel/yama/ptrace_scope", b"1\n", Some("1")),
            ("/proc/sys/kernel/yama/ptrace_scope", b"secret39\n", Some("")),
            (
                "/etc/wsl.conf",
                b"[boot]\r\nsystemd=true # secret40\r\ncommand = secret41\r\nsecret42 = secret43\r\n[secret44]\r\nsecret45=1\r\n",
                Some("[boot]\r\nsystemd = true\r\ncommand = ***\r\nunknown0 = \r\n[unknown]\r\nunknown1 = \r\n"),
            ),
            ("/etc/wsl.conf", b"[boot]\nsecret46\nsystemd=secret47\n", Some("[boot]\n?\n")),
            ("/w/workspace", b"go 1.25\nuse secret48\nuse C:\\x\n", Some("go 1.25\n\nuse C:\\x\n")),
            (
                "/p/vendor/modules.txt",
                b"# example.com/a v1.0.0 => ../secret49\n## explicit secret50\nsecret51\n# secret52 secret53\n",
                Some("# example.com/a v1.0.0\n"),
            ),
            (
                "/h/.gitconfig",
                b"[user]\n\tsigningkey = secret54\n[core]\n\tautocrlf = true # secret55\n\tsshCommand = secret56\n\
                  [safe]\n\tdirectory = \"/a b\" ; secret57\n\tdirectory = secret58\n\
                  [url \"https://u:secret59@h\"]\n\tinsteadOf = secret60\n",
                Some("[core]\n\tautocrlf = \"true\"\n[safe]\n\tdirectory = \"/a b\"\n"),
            ),
            ("/p/.git/config", b"[core]\nautocrlf = secret61\n", Some("")),
            ("/h/.config/git/config", b"autocrlf = secret62\n", Some("")),
            ("/p/.gitattributes", b"# secret63 eol=lf\nsecret64/*.go text eol=lf\nsecret65\n", Some("\n* eol=lf\n")),
            (
                "/p/.vscode/tasks.json",
                br#"{ "inputs": ["secret66"], "tasks": [
                    { "label": "a", "command": "go run . -token=secret67 .\\cmd\\app a\\secret68=x", "detail": "secret69",
                      "args": ["secret70", { "value": ".\\x" }], "options": { "cwd": "secret71", "env": { "GOOS": "windows", "K": "secret72" } } },
                    { "label": "b", "command": "deploy --password=secret73", "args": ["secret74"],
                      "linux": { "command": "C:\\Program Files\\Go\\bin\\go.exe build -o=secret75" } } ] }"#,
                Some(r#""command": "go .\\cmd\\app .\\path""#),
            ),
            ("/p/.vscode/tasks.json", br#"{ "tasks": [{ "command": { "value": "C:\\Go x\\go.exe secret76" } }] }"#, Some(r#""\"C:\\Go x\\go.exe\"""#)),
            (
                "/s/settings.json",
                br#"{ "gopls": { "build.env": { "GOFLAGS": "-tags=secret77 -modfile=C:\\m", "A": "secret78" }, "local": "secret79",
                    "build.buildFlags": ["-tags=secret80", "-overlay=/o"] }, "go.testEnvFile": "/e", "go.alternateTools": { "secret 81": "secret82", "dlv": "/d" },
                    "go.toolsManagement.go": "https://u:secret83@h", "tasks": { "tasks": [{ "command": "secret84" }] } }"#,
                Some(r#""GOFLAGS": "-modfile=C:\\m""#),
            ),
            (
                "/p/.vscode/launch.json",
                br#"{ "configurations": [{ "envFile": ["/e", { "x": "secret85" }], "dlvFlags": ["secret86"], "program": { "secret87": 1 } }] }"#,
                Some(r#""envFile": ["#),
            ),
            ("/p/.vscode/settings.json", b" \n", Some("")),
            ("/proc/net/tcp", b"secret88\n 0: 0100007F:1ED2 00000000:0000 0A 0 secret89\n 1: secret90 x 01\n", Some("0: 0100007F:1ED2 0 0A")),
            ("/etc/wsl.conf", b"[automount]\noptions=\"metadata,umask=22\"\n", Some("options = metadata,umask=22\n")),
        ];
        for (path, text, kept) in table {
            let shared = shareable(path.as_bytes(), NAMED, text).map(|text| String::from_utf8(text).unwrap());
            assert_eq!(shared.is_some(), kept.is_some(), "{path}");
            let shared = shared.unwrap_or_default();
            assert!(shared.contains(kept.unwrap_or_default()) && !shared.contains("secret"), "{path}: {shared}");
        }
    }

    #[test]
    fn a_shared_script_keeps_only_its_commands() {
        let table: &[(&str, &str)] = &[
            ("#!/bin/sh -e\nexec go.exe \"$@\"\n", "#!/bin/sh\nexec go.exe\n"),
            ("#!/bin/sh\r\nexec /usr/bin/go \"$@\"\r\n", "#!/bin/sh\r\nexec go\r\n"),
            (
                "#!/bin/sh\nTOKEN=secret curl -u secret https://u:secret@h\nexec asdf exec go\n",
                "#!/bin/sh\n:\nexec asdf\n",
            ),
            (
                "#!/bin/sh\nx=$(secret)\necho secret\n\"/mnt/c/secret/Go x/bin/go.exe\" secret\n",
                "#!/bin/sh\n_=$(:)\necho\ngo.exe\n",
            ),
            ("#! /usr/bin/env -S secret\n'secret x.exe'", "#!/usr/bin/env\nother.exe\n"),
            ("#!", "#!\n"),
        ];
        for (text, expected) in table {
            let rebuilt = String::from_utf8(script(text.as_bytes())).unwrap();
            assert_eq!(rebuilt, *expected, "{text}");
            assert_eq!(script(rebuilt.as_bytes()), rebuilt.as_bytes(), "{text}");
            assert!(!rebuilt.contains("secret"), "{rebuilt}");
        }
    }

    /// Names that a check asks for, and some that none does.
    const ASKED: [&str; 25] = [
        "/etc/wsl.conf",
        "/etc/os-release",
        "/etc/resolv.conf",
        "/etc/passwd",
        "/etc/group",
        "/etc/binfmt.d/WSLInterop.conf",
        "/proc/sys/kernel/yama/ptrace_scope",
        "/go/VERSION",
        "/p/go.mod",
        "/p/go.work",
        "/go/go.env",
        "/h/.config/go/env",
        "/p/.vscode/launch.json",
        "/p/settings.json",
        "/p/p.code-workspace",
        "/h/.bashrc",
        "/h/.ssh/id_ed25519",
        "/w/workspace",
        "/p/vendor/modules.txt",
        "/h/.gitconfig",
        "/p/.git/config",
        "/h/.config/git/config",
        "/p/.gitattributes",
        "/p/.vscode/tasks.json",
        "/proc/net/tcp6",
    ];

    proptest! {
        #[test]
        fn lines_of_an_unknown_form_are_left_out(
            asked in prop::sample::select(&ASKED[..]),
            before in "([a-zA-Z_]{0,9}[ =:(\\[]{0,2}\n){0,3}",
            start in "(|use |module |ID |nameserver |# |// |secret=|GOPATH |[a-z]{1,5} )",
            after in "( [!-~]{0,5}|)(\r?\n[a-z=)]{0,9}){0,3}",
        ) {
            // Words that no form has: neither a path nor a version nor a name of Go's.
            let text = format!("{before}{start}hunter2%hunter2 #{after}");
            let shared = shareable(asked.as_bytes(), NAMED, text.as_bytes());
            let shared = String::from_utf8(shared.unwrap_or_default()).unwrap();
            prop_assert!(!shared.contains("hunter2"), "{asked}: {text:?} {shared:?}");
        }

        #[test]
        fn sharing_twice_changes_nothing_more(
            asked in prop::sample::select(&ASKED[..]),
            text in "((ID|GOPATH|use|go|module|nameserver|\\[boot\\]|systemd|options)?[ =(:]{0,2}[a-z0-9/.\\\\\"]{0,6}[)]?\r?\n){0,6}",
        ) {
            let once = shareable(asked.as_bytes(), NAMED, text.as_bytes()).unwrap_or_default();
            let twice = shareable(asked.as_bytes(), NAMED, &once).unwrap_or_default();
            prop_assert_eq!(String::from_utf8_lossy(&once), String::from_utf8_lossy(&twice), "{}", asked);
        }
    }
}
