//! `/etc/wsl.conf`: lines that do not mean what they look like, by the rules of WSL's own parser.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown};
use crate::host::Host;
use crate::host::wslconf::{Invalid, Row, WslConf};

const PATH: &str = "/etc/wsl.conf";

/// Sections and keys that WSL reads (microsoft/WSL: `src/linux/init/WslDistributionConfig.cpp`), in lower case.
const KNOWN: &str = "\
automount.enabled automount.mountfstab automount.root automount.options automount.ldconfig automount.cgroups \
network.generatehosts network.generateresolvconf network.hostname \
interop.enabled interop.appendwindowspath \
user.default boot.command boot.systemd boot.inittimeout boot.protectbinfmt \
gpu.enabled gpu.appendlibpath time.usewindowstimezone filesystem.umask general.guiapplications fileserver.enabled \
fileserver.logfile fileserver.loglevel fileserver.logtruncate";

/// Those of them that say yes or no.
const SWITCHES: &str = "\
automount.enabled automount.mountfstab automount.ldconfig network.generatehosts network.generateresolvconf interop.enabled \
interop.appendwindowspath boot.systemd boot.protectbinfmt gpu.enabled gpu.appendlibpath time.usewindowstimezone \
general.guiapplications fileserver.enabled fileserver.logtruncate";

/// The file as WSL reads it.
#[must_use]
pub fn read(host: &dyn Host) -> WslConf {
    WslConf::parse(&host.read(PATH.as_bytes(), 1 << 16).unwrap_or_default(), Invalid::Ends)
}

/// The checks of this file.
#[must_use]
pub fn check(host: &dyn Host) -> Vec<Finding> {
    if !host.kind().is_wsl() {
        return Vec::new();
    }
    let Ok(text) = host.read(PATH.as_bytes(), 1 << 16) else { return Vec::new() };
    let conf = WslConf::parse(&text, Invalid::Ends);
    let mut findings: Vec<Finding> = conf.invalid.iter().map(|line| invalid(&text, *line)).collect();
    for (number, row) in conf.rows.iter().enumerate() {
        let name = format!("{}.{}", shown(&row.section), shown(&row.key));
        let earlier = conf.rows.iter().take(number).find(|other| other.section == row.section && other.key == row.key);
        findings.extend(earlier.map(|first| duplicate(first, row)));
        findings.extend(unclear(row, &name));
        findings.extend(unknown(row, &name));
    }
    findings
}

fn at(line: usize) -> String {
    format!("{PATH}:{line}")
}

fn invalid(text: &[u8], line: usize) -> Finding {
    let source = text.split(|&byte| byte == b'\n').nth(line - 1).unwrap_or_default().trim_ascii();
    let why = match source.first() {
        Some(0xef) => "An editor on Windows put a byte order mark before it, which WSL does not pass over.",
        Some(b';') => "`;` starts no comment in this file, `#` does.",
        _ if source.contains(&b'\\') => {
            "A backslash must be doubled, or stand before one of `\\ \" b n t` or a newline without a carriage return."
        }
        _ => "It is neither `[section]` nor `key = value` with a name of letters and digits, nor a comment with `#`.",
    };
    let is_section = source.starts_with(b"[") && source.ends_with(b"]");
    let fix = match (source.starts_with(b"\xef\xbb\xbf"), is_section) {
        (true, _) => format!("sudo sed -i '1s/^\\xef\\xbb\\xbf//' {PATH}"),
        (false, true) => format!("sudo sed -i '{line}s/ //g' {PATH}"),
        (false, false) => format!("sudo sed -i '{line}s/^/# /' {PATH}"),
    };
    Finding::fail(
        Code::GW170,
        at(line),
        format!("line {line} is invalid, and nothing below it is read: {}", shown(source)),
    )
    .why(format!("{why} WSL stops reading this file at its first invalid line and says nothing."))
    .fix(format!("{fix}    # then, on Windows: wsl.exe --shutdown"))
}

fn duplicate(first: &Row, row: &Row) -> Finding {
    let title = format!("{} in line {} does not count: line {} has it already", shown(&row.key), row.line, first.line);
    Finding::warn(Code::GW171, at(row.line), title)
        .why(format!("Of two rows with the same key the first counts: {} = {}.", shown(&row.key), shown(&first.value)))
        .fix(format!("sudo sed -i '{}d' {PATH}    # or the other one", row.line))
}

fn unclear(row: &Row, name: &str) -> Option<Finding> {
    let is_switch = SWITCHES.split(' ').any(|known| known == name);
    let value = shown(&row.value);
    let says = ["true", "false", "1", "0"].iter().any(|word| value.eq_ignore_ascii_case(word));
    // A command is a shell's, where `;` has its own meaning.
    let has_comment = value.contains(" ;") && name != "boot.command";
    if (!is_switch || says) && !has_comment {
        return None;
    }
    let why = if value.contains(';') {
        "`;` starts no comment in this file, `#` does: what follows it belongs to the value."
    } else {
        "A switch is true, false, 1 or 0; with anything else WSL's default holds."
    };
    Some(
        Finding::warn(Code::GW172, at(row.line), format!("{name} = {value} does not say what it looks like"))
            .why(why)
            .fix(match meant(&value) {
                Some(meant) => format!(
                    "sudo sed -i '{}s/=.*/= {meant}/' {PATH}    # then, on Windows: wsl.exe --shutdown",
                    row.line
                ),
                None => format!("sudo sed -i '{}d' {PATH}    # then, on Windows: wsl.exe --shutdown", row.line),
            }),
    )
}

/// The value as it was meant, where it can be told.
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

fn unknown(row: &Row, name: &str) -> Option<Finding> {
    if KNOWN.split(' ').any(|known| known == name) {
        return None;
    }
    let why = match row.section.as_slice() {
        b"wsl2" | b"experimental" => "[wsl2] and [experimental] belong into %UserProfile%\\.wslconfig on Windows.",
        b"" => "It stands above the first [section], where nothing is read.",
        _ => "WSL knows no such key, and says nothing.",
    };
    Some(
        Finding::warn(Code::GW173, at(row.line), format!("{name} has no effect in {PATH}"))
            .why(why)
            .fix(format!("sudo sed -i '{}d' {PATH}", row.line)),
    )
}
