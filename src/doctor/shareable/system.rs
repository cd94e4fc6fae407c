//! Files of the distribution, of WSL and of the kernel.

use super::lines::{is_made_of, lines};
use crate::doctor::wsl_conf;
use crate::host::wslconf::{Invalid, WslConf};
use crate::plan::interop::way::{ENTRY, ENTRY_FLAGS};
use crate::text::mask;

/// Makes `NAME=value` of the names for a distribution and its release (os-release(5)).
pub(super) fn release(text: &[u8]) -> Vec<u8> {
    const NAMES: [&[u8]; 6] = [b"ID", b"ID_LIKE", b"NAME", b"PRETTY_NAME", b"VERSION_ID", b"VERSION_CODENAME"];
    lines(text, |line| {
        let equals = line.iter().position(|&byte| byte == b'=')?;
        let is_known = NAMES.contains(&line[..equals].trim_ascii()) && is_made_of(&line[equals + 1..], b" ._-()/+'\"");
        is_known.then(|| line.to_vec())
    })
}

/// Makes `nameserver ADDRESS` (resolv.conf(5)).
pub(super) fn name_servers(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let server = line.trim_ascii().strip_prefix(b"nameserver")?.trim_ascii();
        let address = server.split(|&byte| byte == b'%').next()?;
        let address: std::net::IpAddr = std::str::from_utf8(address).ok()?.parse().ok()?;
        Some(format!("nameserver {address}").into_bytes())
    })
}

/// Returns the fields of a line of passwd(5) or group(5), if it has this number of fields.
fn fields<const N: usize>(line: &[u8]) -> Option<[&[u8]; N]> {
    let fields: Vec<&[u8]> = line.split(|&byte| byte == b':').collect();
    fields.try_into().ok()
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.len() <= 10 && text.iter().all(u8::is_ascii_digit)
}

/// Makes name, user and group of each line with seven fields: the trust in a file depends on them. `/etc/shadow` has
/// nine fields.
pub(super) fn users(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let [name, _, uid, gid, ..] = fields::<7>(line)?;
        let is_known = is_made_of(name, b"_.-$") && is_number(uid) && is_number(gid);
        is_known.then(|| [name, b":x:", uid, b":", gid, b":::"].concat())
    })
}

/// Makes name, group and members of each line with four fields.
pub(super) fn groups(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let [name, _, gid, members] = fields::<4>(line)?;
        let is_known = is_made_of(name, b"_.-$") && is_number(gid) && is_made_of(members, b"_.-$,");
        is_known.then(|| [name, b":x:", gid, b":", members].concat())
    })
}

/// Makes WSL's own entry, in systemd-binfmt's form.
pub(super) fn interop_entry(text: &[u8]) -> Vec<u8> {
    lines(text, |line| {
        let line = line.trim_ascii();
        let flags = line.strip_prefix(ENTRY.strip_suffix(ENTRY_FLAGS)?.as_bytes())?;
        (flags.len() < 8 && flags.iter().all(u8::is_ascii_uppercase)).then(|| line.to_vec())
    })
}

/// Makes a number, or the state of a switch.
pub(super) fn kernel_setting(text: &[u8]) -> Vec<u8> {
    let word = text.trim_ascii();
    let is_known = is_number(word) || matches!(word, b"enabled" | b"disabled");
    if is_known { [word, b"\n"].concat() } else { Vec::new() }
}

/// Makes `[section]` and `key = value`, as WSL reads them. A command at boot and the name of an unknown key are masked.
pub(super) fn wsl_settings(text: &[u8]) -> Vec<u8> {
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

/// Returns a line that is invalid for the same reason.
fn invalid(line: &[u8]) -> Vec<u8> {
    match line {
        line if line.starts_with(b"\xef\xbb\xbf") => b"\xef\xbb\xbf".to_vec(),
        [b';', ..] => b";".to_vec(),
        line if line.contains(&b'\\') => b"?\\".to_vec(),
        _ => b"?".to_vec(),
    }
}

/// Returns a value, in quotes if it needs them.
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
