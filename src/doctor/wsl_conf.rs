//! Checks of `/etc/wsl.conf`, by the rules of WSL's parser: lines that do not mean what they seem to mean.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown};
use crate::host::wslconf::{Invalid, WslConf, WslConfEntry};
use crate::host::{FileKind, FileStat, Host};

const PATH: &str = "/etc/wsl.conf";

/// Sections and keys that WSL reads (microsoft/WSL: `src/linux/init/WslDistributionConfig.cpp`), in lower case.
const KNOWN: &str = "\
automount.enabled automount.mountfstab automount.root automount.options automount.ldconfig automount.cgroups \
network.generatehosts network.generateresolvconf network.hostname \
interop.enabled interop.appendwindowspath user.default boot.command boot.systemd boot.inittimeout boot.protectbinfmt \
gpu.enabled gpu.appendlibpath time.usewindowstimezone filesystem.umask general.guiapplications fileserver.enabled \
fileserver.logfile fileserver.loglevel fileserver.logtruncate";

/// Keys with a yes-or-no value.
const SWITCHES: &str = "\
automount.enabled automount.mountfstab automount.ldconfig network.generatehosts network.generateresolvconf interop.enabled \
interop.appendwindowspath boot.systemd boot.protectbinfmt gpu.enabled gpu.appendlibpath time.usewindowstimezone \
general.guiapplications fileserver.enabled fileserver.logtruncate";

/// Returns true if WSL reads this key. Both names are in lower case.
#[must_use]
pub(super) fn is_known(section: &[u8], key: &[u8]) -> bool {
    KNOWN.split(' ').any(|known| known.as_bytes() == [section, b".", key].concat())
}

/// Returns true if this key has a yes-or-no value. Both names are in lower case.
#[must_use]
pub(super) fn is_switch(section: &[u8], key: &[u8]) -> bool {
    SWITCHES.split(' ').any(|known| known.as_bytes() == [section, b".", key].concat())
}

/// Returns true if WSL reads this section, here or in `.wslconfig`. The name is in lower case.
#[must_use]
pub(super) fn is_section(name: &[u8]) -> bool {
    let mut sections = KNOWN.split(' ').filter_map(|known| known.split_once('.')).map(|(section, _)| section);
    matches!(name, b"wsl2" | b"experimental") || sections.any(|section| section.as_bytes() == name)
}

/// The file as WSL reads it.
#[must_use]
pub(super) fn read(host: &dyn Host) -> WslConf {
    WslConf::parse(&host.read(PATH.as_bytes(), 1 << 16).unwrap_or_default(), Invalid::Ends)
}

/// The checks of this file.
#[must_use]
pub(super) fn check(host: &dyn Host) -> Vec<Finding> {
    if !host.kind().is_wsl() {
        return Vec::new();
    }
    let Ok(text) = host.read(PATH.as_bytes(), 1 << 16) else { return Vec::new() };
    let conf = WslConf::parse(&text, Invalid::Ends);
    let words = WordVisibility::of(host);
    let mut findings: Vec<Finding> = conf.invalid.iter().map(|line| invalid(&text, *line, words)).collect();
    for (number, row) in conf.rows.iter().enumerate() {
        let earlier = conf.rows.iter().take(number).find(|other| other.section == row.section && other.key == row.key);
        findings.extend(earlier.map(|first| duplicate(first, row, words)));
        findings.extend(unclear(row, words));
        findings.extend(unknown(row, words));
    }
    findings
}

/// Permission to show words of the file. Root can read files that other users may not read, and the path can be a link
/// to such a file. So only words that every user may read are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WordVisibility {
    Public,
    Private,
}

impl WordVisibility {
    fn of(host: &dyn Host) -> WordVisibility {
        const OTHERS_READ: u32 = 0o004;
        let public = |stat: FileStat| stat.kind == FileKind::Regular && stat.mode & OTHERS_READ != 0;
        if host.lstat(PATH.as_bytes()).is_ok_and(public) { WordVisibility::Public } else { WordVisibility::Private }
    }

    /// Returns a value, if it may be shown.
    fn value(self, value: &[u8]) -> String {
        if self == WordVisibility::Public { shown(value) } else { "(a value that is not shown)".to_owned() }
    }

    /// Returns a section and a key, if they may be shown. The names that WSL knows are no secret.
    fn name(self, row: &WslConfEntry) -> String {
        match self {
            WordVisibility::Private if !is_known(&row.section, &row.key) => format!("the key in line {}", row.line),
            _ => format!("{}.{}", shown(&row.section), shown(&row.key)),
        }
    }
}

fn at(line: usize) -> String {
    format!("{PATH}:{line}")
}

fn invalid(text: &[u8], line: usize, words: WordVisibility) -> Finding {
    let source = text.split(|&byte| byte == b'\n').nth(line - 1).unwrap_or_default().trim_ascii();
    let why = match source.first() {
        Some(0xef) => "An editor on Windows put a byte order mark before it, which WSL does not accept.",
        Some(b';') => "`;` starts no comment in this file, `#` does.",
        _ if source.contains(&b'\\') => {
            "A backslash must be doubled, or be followed by one of `\\ \" b n t` or a newline without a carriage \
             return."
        }
        _ => "It is neither `[section]` nor `key = value` with a name of letters and digits, nor a comment with `#`.",
    };
    let is_section = source.starts_with(b"[") && source.ends_with(b"]");
    let fix = match (source.starts_with(b"\xef\xbb\xbf"), is_section) {
        (true, _) => format!("sudo sed -i '1s/^\\xef\\xbb\\xbf//' {PATH}"),
        (false, true) => format!("sudo sed -i '{line}s/ //g' {PATH}"),
        (false, false) => format!("sudo sed -i '{line}s/^/# /' {PATH}"),
    };
    let quoted = match words {
        WordVisibility::Public => format!(": {}", shown(source)),
        WordVisibility::Private => " (it is not shown: not every user may read the file)".to_owned(),
    };
    Finding::fail(Code::GW170, at(line), format!("line {line} is invalid, and nothing below it is read{quoted}"))
        .why(format!("{why} WSL stops reading this file at its first invalid line, without a message."))
        .fix(format!("{fix}    # then, on Windows: wsl.exe --shutdown"))
}

fn duplicate(first: &WslConfEntry, row: &WslConfEntry, words: WordVisibility) -> Finding {
    let name = words.name(row);
    let title = format!("{name} in line {} has no effect: line {} has the key already", row.line, first.line);
    Finding::warn(Code::GW171, at(row.line), title)
        .why(format!("If a key is there twice, WSL uses the first: {name} = {}.", words.value(&first.value)))
        .fix(format!("sudo sed -i '{}d' {PATH}    # or the other one", row.line))
}

fn unclear(row: &WslConfEntry, words: WordVisibility) -> Option<Finding> {
    let is_switch = is_switch(&row.section, &row.key);
    let value = shown(&row.value);
    let says = ["true", "false", "1", "0"].iter().any(|word| value.eq_ignore_ascii_case(word));
    // A shell reads the command, and `;` has a meaning there.
    let has_comment = value.contains(" ;") && (&*row.section, &*row.key) != (b"boot", b"command");
    if (!is_switch || says) && !has_comment {
        return None;
    }
    let why = if value.contains(';') {
        "`;` starts no comment in this file, `#` does: the text after it belongs to the value."
    } else {
        "A switch must be true, false, 1 or 0. With any other value, WSL uses the default."
    };
    let title = format!("{} = {} does not mean what it seems to mean", words.name(row), words.value(&row.value));
    Some(
        Finding::warn(Code::GW172, at(row.line), title).why(why).fix(
            match meant(&value)
                .filter(|meant| words == WordVisibility::Public || matches!(meant.as_str(), "true" | "false"))
            {
                Some(meant) => {
                    format!(
                        "sudo sed -i '{}s/=.*/= {meant}/' {PATH}    # then, on Windows: wsl.exe --shutdown",
                        row.line
                    )
                }
                None => format!("sudo sed -i '{}d' {PATH}    # then, on Windows: wsl.exe --shutdown", row.line),
            },
        ),
    )
}

/// Returns the intended value, if it is clear.
fn meant(value: &str) -> Option<String> {
    if let Some((before, _)) = value.split_once(';') {
        let before = before.trim();
        return before
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
            .then(|| before.to_owned());
    }
    match value.to_ascii_lowercase().as_str() {
        "yes" | "on" => Some("true".to_owned()),
        "no" | "off" => Some("false".to_owned()),
        _ => None,
    }
}

fn unknown(row: &WslConfEntry, words: WordVisibility) -> Option<Finding> {
    if is_known(&row.section, &row.key) {
        return None;
    }
    let why = match row.section.as_slice() {
        b"wsl2" | b"experimental" => "[wsl2] and [experimental] belong in %UserProfile%\\.wslconfig on Windows.",
        b"" => "It is above the first [section], where nothing is read.",
        _ => "WSL does not know the key, and ignores it.",
    };
    Some(
        Finding::warn(Code::GW173, at(row.line), format!("{} has no effect in {PATH}", words.name(row)))
            .why(why)
            .fix(format!("sudo sed -i '{}d' {PATH}", row.line)),
    )
}
