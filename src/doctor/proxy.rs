//! Checks of proxies on the loopback address. Under NAT 127.0.0.1 is Linux, and a proxy on Windows is not reached
//! there.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, shown};
use crate::doctor::go_settings::setting;
use crate::doctor::subject::Subject;
use crate::host::{LinuxKind, NetworkMode};
use crate::text::mask;

/// Proxy variables of Go's downloads, in upper and lower case.
const NAMES: [&[u8]; 6] = [b"https_proxy", b"HTTPS_PROXY", b"http_proxy", b"HTTP_PROXY", b"all_proxy", b"ALL_PROXY"];

/// The checks of proxies.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    // In the other modes 127.0.0.1 is the same on both sides.
    let is_own_network = matches!(subject.host.network().mode, NetworkMode::Nat | NetworkMode::Bridged);
    if subject.host.kind() != LinuxKind::Wsl2 || !is_own_network {
        return Vec::new();
    }
    let variables = NAMES.iter().filter_map(|name| Some((*name, subject.environ.get_nonempty(name)?.to_vec())));
    let goproxy = setting(subject, b"GOPROXY").map(|set| (&b"GOPROXY"[..], set.value));
    let leads_here = |(name, value): &(&[u8], Vec<u8>)| {
        loopback_ports(value).into_iter().any(|port| !listens(subject, port))
            && !(*name == b"GOPROXY" && value.is_empty())
    };
    let found: Vec<(&[u8], Vec<u8>)> = variables.chain(goproxy).filter(leads_here).collect();
    let Some((first, _)) = found.first() else { return Vec::new() };
    let names: Vec<String> = found.iter().map(|(name, _)| shown(name)).collect();
    // Variables of one value are named together.
    let mut leads: Vec<(Vec<&str>, &[u8])> = Vec::new();
    for ((_, value), name) in found.iter().zip(&names) {
        match leads.iter_mut().find(|(_, other)| other == value) {
            Some((names, _)) => names.push(name),
            None => leads.push((vec![name], value)),
        }
    }
    let lead = |(names, value): &(Vec<&str>, &[u8])| {
        let verb = if names.len() == 1 { "leads" } else { "lead" };
        // Secrets in a URL are masked as in GOPROXY.
        format!("{} {verb} to {}", names.join(", "), shown(&mask::value(first, value)))
    };
    let leads: Vec<String> = leads.iter().map(lead).collect();
    let title = format!("{}, which is WSL itself here", leads.join(", and "));
    let finding = Finding::warn(Code::GW547, *first, title).why(
        "Under NAT, 127.0.0.1 is Linux, and nothing listens there on that port: `proxyconnect tcp: dial tcp \
         127.0.0.1:…: connect: connection refused`. Use the address of the gateway, which is Windows, and let the \
         proxy accept connections from the local network. With networkingMode=mirrored, 127.0.0.1 is the same on \
         both sides.",
    );
    let Some(gateway) = subject.host.network().gateway.as_deref().map(shown) else {
        return vec![finding.fix(format!("unset {}", names.join(" ")))];
    };
    let export = |(name, value): &(&[u8], Vec<u8>)| {
        let (name_shown, masked) = (shown(name), shown(&mask::value(name, value)));
        if masked.as_bytes() != value.as_slice() {
            // The command reads the password from the shell, so it is not printed.
            let of_loopback = urls(&masked).map(|url| host_and_port(authority(url)).0).find(|host| is_loopback(host));
            let script = format!("s/{}/{gateway}/", of_loopback.unwrap_or_default().replace('.', "\\."));
            return format!("{name_shown}=\"$(printf %s \"${name_shown}\" | sed {})\"", shell_words::quote(&script));
        }
        format!("{name_shown}={}", shell_words::quote(&elsewhere(&masked, &gateway)))
    };
    vec![finding.fix(format!("export {}", found.iter().map(export).collect::<Vec<_>>().join(" ")))]
}

/// The URLs of a value: one, or GOPROXY's list.
fn urls(value: &str) -> impl Iterator<Item = &str> {
    value.split([',', '|']).map(str::trim).filter(|url| !url.is_empty())
}

/// Returns the authority of a URL without its user: `127.0.0.1:7890`. A proxy may have no scheme.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

fn host_and_port(authority: &str) -> (&str, Option<u16>) {
    match authority.rsplit_once(':').filter(|(host, _)| !host.contains(':') || host.ends_with(']')) {
        Some((host, port)) => (host, port.parse().ok()),
        None => (authority, None),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.starts_with("127.") || matches!(host, "[::1]" | "::1")
}

/// Returns the ports of a value's URLs whose host is the loopback address.
fn loopback_ports(value: &[u8]) -> Vec<u16> {
    let value = String::from_utf8_lossy(value);
    let port = |url: &str| {
        let (host, port) = host_and_port(authority(url));
        let usual = if url.starts_with("https:") { 443 } else { 80 };
        is_loopback(host).then_some(port.unwrap_or(usual))
    };
    urls(&value).filter_map(port).collect()
}

/// Returns the value with another host instead of the loopback address.
fn elsewhere(value: &str, host: &str) -> String {
    let mut out = value.to_owned();
    for url in urls(value) {
        let (old, _) = host_and_port(authority(url));
        if is_loopback(old) {
            out = out.replace(url, &url.replacen(old, host, 1));
        }
    }
    out
}

/// The kernel's tables of sockets.
pub(super) const LISTENERS: [&[u8]; 2] = [b"/proc/net/tcp", b"/proc/net/tcp6"];

/// Returns the lines of such a table for listening sockets, without other addresses: proc_net_tcp(5).
pub(super) fn listeners(table: &[u8]) -> Vec<u8> {
    let table = String::from_utf8_lossy(table);
    let mut kept = "  sl  local_address rem_address   st\n".to_owned();
    for fields in table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>()) {
        if let [number, local, _, "0A", ..] = fields.as_slice() {
            kept.push_str(&format!("{number} {local} 0 0A\n"));
        }
    }
    kept.into_bytes()
}

/// Returns true if a process listens on that port. proc_net_tcp(5): the local address, the port after a colon, and
/// state 0A.
fn listens(subject: &Subject, port: u16) -> bool {
    let needle = format!(":{port:04X}");
    LISTENERS.iter().any(|table| {
        let text = subject.host.read(table, 16 << 20).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        text.lines().skip(1).any(|line| {
            let mut fields = line.split_whitespace().skip(1);
            fields.next().is_some_and(|local| local.ends_with(&needle)) && fields.nth(1) == Some("0A")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_recognized_in_any_spelling() {
        let table: &[(&str, &[u16])] = &[
            ("http://127.0.0.1:7890", &[7890]),
            ("127.0.0.1:7890", &[7890]),
            ("socks5://user:p%40w@localhost:1080/", &[1080]),
            ("http://[::1]:3128", &[3128]),
            ("http://localhost", &[80]),
            ("http://proxy.example:8080", &[]),
            ("https://goproxy.example,http://localhost:3000,direct", &[3000]),
            ("http://localhost.example:1", &[]),
            ("", &[]),
        ];
        for (value, expected) in table {
            assert_eq!(loopback_ports(value.as_bytes()), *expected, "{value}");
        }
        assert_eq!(elsewhere("http://127.0.0.1:7890", "10.0.0.1"), "http://10.0.0.1:7890");
        assert_eq!(
            elsewhere("https://a.example,http://localhost:1,direct", "h"),
            "https://a.example,http://h:1,direct"
        );
    }
}
