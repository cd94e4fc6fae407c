//! Addresses as Go's `net.Listen("tcp", …)` reads them. delve passes its `--listen` value to that function.
//!
//! `net.SplitHostPort` splits at the last colon. A host that contains colons must be in brackets. An empty host or an
//! empty address means every interface. The port is kept as written, because gowrap never changes it.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::prelude::*;

/// Address as delve reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenAddress<'a> {
    /// `unix:PATH`.
    Unix(&'a [u8]),
    /// Host, without brackets, and port.
    Tcp {
        /// Host; empty for every interface.
        host: &'a [u8],
        /// Port as written; `0` for an empty address.
        port: &'a [u8],
    },
    /// Address that Go refuses, with Go's reason.
    Malformed(&'static str),
}

/// Addresses that a host stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Every interface.
    Wildcard,
    /// `127.0.0.1`, or `localhost`, which Go resolves to the IPv4 address first.
    Loopback4,
    /// `::1`.
    Loopback6,
    /// Another address in 127/8, which WSL does not forward.
    OtherLoopback,
    /// Any other host: an interface's address, or a name.
    Other,
}

impl<'a> ListenAddress<'a> {
    /// Parses an address.
    #[must_use]
    pub fn parse(text: &'a [u8]) -> Self {
        // A constant with a pointer in it would be relocated at each start.
        let missing = || ListenAddress::Malformed("missing port in address");
        let colons = || ListenAddress::Malformed("too many colons in address");
        let brackets = || ListenAddress::Malformed("brackets that do not match");
        if let Some(path) = text.strip_prefix(b"unix:") {
            return ListenAddress::Unix(path);
        }
        if text.is_empty() {
            return ListenAddress::Tcp { host: b"", port: b"0" };
        }
        let Some(colon) = text.iter().rposition(|&byte| byte == b':') else { return missing() };
        let (before, port) = (text.get(..colon).unwrap_or_default(), text.get(colon + 1..).unwrap_or_default());
        let host = match before.strip_prefix(b"[") {
            Some(inside) => match inside.strip_suffix(b"]") {
                Some(host) => host,
                None => {
                    let behind_bracket = text.iter().position(|&byte| byte == b']').map(|at| text.get(at + 1));
                    return match behind_bracket {
                        Some(Some(b':')) => colons(),
                        Some(_) => missing(),
                        None => brackets(),
                    };
                }
            },
            None if before.contains(&b':') => return colons(),
            None => before,
        };
        if [host, port].iter().any(|part| part.contains(&b'[') || part.contains(&b']')) {
            return brackets();
        }
        ListenAddress::Tcp { host, port }
    }
}

/// Returns the addresses that `host` stands for. Names are not resolved.
#[must_use]
pub fn reach(host: &[u8]) -> Reach {
    if host.is_empty() || is_numeric_zero(host) {
        return Reach::Wildcard;
    }
    if host.eq_ignore_ascii_case(b"localhost") {
        return Reach::Loopback4;
    }
    match literal(host) {
        Some(ip) if ip.is_unspecified() => Reach::Wildcard,
        Some(IpAddr::V4(Ipv4Addr::LOCALHOST)) => Reach::Loopback4,
        Some(IpAddr::V6(Ipv6Addr::LOCALHOST)) => Reach::Loopback6,
        Some(ip) if ip.is_loopback() => Reach::OtherLoopback,
        _ => Reach::Other,
    }
}

/// Returns true if other machines may be able to reach the host. Names are not resolved and count as reachable.
#[must_use]
pub fn is_beyond(host: &[u8]) -> bool {
    literal(host).is_some_and(|ip| !ip.is_loopback() && !ip.is_unspecified())
}

/// Formats `HOST:PORT`, with brackets around a host that contains colons.
#[must_use]
pub fn join(host: &[u8], port: &[u8]) -> Vec<u8> {
    if host.contains(&b':') { [b"[", host, b"]:", port].concat() } else { [host, b":", port].concat() }
}

/// Returns the port's number. A service name that Go knows without `/etc/services` counts, in upper or lower case.
/// Returns `None` for 0 and for a missing port, where the kernel chooses.
#[must_use]
pub fn port_number(port: &[u8]) -> Option<u16> {
    let port = core::str::from_utf8(port).ok()?;
    let mut services = SERVICES.split_ascii_whitespace().filter_map(|service| service.split_once('='));
    let number = services.find(|(name, _)| name.eq_ignore_ascii_case(port)).map_or(port, |(_, number)| number);
    number.parse().ok().filter(|number| *number != 0)
}

/// Services of Go's `net/lookup.go`. One string, because each pointer of a table costs a relocation at every start.
const SERVICES: &str = "ftp=21 ftps=990 gopher=70 http=80 https=443 imap2=143 imap3=220 imaps=993 pop3=110 pop3s=995 \
                        smtp=25 submissions=465 ssh=22 telnet=23";

/// Returns true if the kernel chooses the port.
#[must_use]
pub fn is_chosen_later(port: &[u8]) -> bool {
    port.strip_prefix(b"+").unwrap_or(port).iter().all(|&byte| byte == b'0')
}

fn literal(host: &[u8]) -> Option<IpAddr> {
    // A zone changes nothing: Go listens on `[::%lo]` as on `[::]`.
    let without_zone = host.split(|&byte| byte == b'%').next().filter(|part| part.contains(&b':')).unwrap_or(host);
    core::str::from_utf8(without_zone).ok()?.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

/// Matches `0`, `0x0`, `0.0`: Go's resolver rejects them, the C library's reads them as `0.0.0.0`.
fn is_numeric_zero(host: &[u8]) -> bool {
    let is_zero = |part: &[u8]| {
        let digits = part.strip_prefix(b"0x").or_else(|| part.strip_prefix(b"0X")).unwrap_or(part);
        !digits.is_empty() && digits.iter().all(|&byte| byte == b'0')
    };
    host.split(|&byte| byte == b'.').all(is_zero)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split_as_go_splits_them() {
        for (text, host, port) in [
            ("127.0.0.1:2345", "127.0.0.1", "2345"),
            (":2345", "", "2345"),
            ("", "", "0"),
            (":", "", ""),
            ("127.0.0.1:", "127.0.0.1", ""),
            ("[::1]:2345", "::1", "2345"),
            ("[::]:2345", "::", "2345"),
            ("[]:2345", "", "2345"),
            ("[0.0.0.0]:http", "0.0.0.0", "http"),
            ("localhost:+1", "localhost", "+1"),
            ("isten=0.0.0.0:1", "isten=0.0.0.0", "1"),
        ] {
            let expected = ListenAddress::Tcp { host: host.as_bytes(), port: port.as_bytes() };
            assert_eq!(ListenAddress::parse(text.as_bytes()), expected, "{text}");
        }
        for (text, error) in [
            ("2345", "missing port in address"),
            ("127.0.0.1", "missing port in address"),
            ("=", "missing port in address"),
            ("[::1]", "missing port in address"),
            ("[::1]2345", "missing port in address"),
            ("::1:2345", "too many colons in address"),
            (":::2345", "too many colons in address"),
            ("[::1]:2345:", "too many colons in address"),
            ("[::1:2345", "brackets that do not match"),
            ("a]:1", "brackets that do not match"),
            ("a[b:1", "brackets that do not match"),
            ("[a[b]:1", "brackets that do not match"),
            ("a:[1", "brackets that do not match"),
        ] {
            assert_eq!(ListenAddress::parse(text.as_bytes()), ListenAddress::Malformed(error), "{text}");
        }
        assert_eq!(ListenAddress::parse(b"unix:/run/a:1"), ListenAddress::Unix(b"/run/a:1"));
        assert_eq!(ListenAddress::parse(b"unix:"), ListenAddress::Unix(b""));
    }

    #[test]
    fn a_host_has_a_reach() {
        for (reached, hosts) in [
            (
                Reach::Wildcard,
                "|0.0.0.0|::|::0|0:0:0:0:0:0:0:0|::%lo|::ffff:0.0.0.0|::ffff:0:0|0|00|0.0|0x0.0|000.000.000.000",
            ),
            (Reach::Loopback4, "127.0.0.1|localhost|LocalHost|::ffff:127.0.0.1"),
            (Reach::Loopback6, "::1|0:0:0:0:0:0:0:1|::1%lo"),
            (Reach::OtherLoopback, "127.0.0.2|127.255.0.1|::ffff:127.0.0.2"),
            (Reach::Other, "172.29.112.10|fe80::1%eth0|me.local|*|0.0.0.0%lo|0x|.|isten=0.0.0.0|1.0.0.0|\u{fe}"),
        ] {
            for host in hosts.split('|') {
                assert_eq!(reach(host.as_bytes()), reached, "{host:?}");
            }
        }
    }

    #[test]
    fn a_host_with_colons_gets_brackets() {
        assert_eq!(join(b"::1", b"1"), b"[::1]:1");
        assert_eq!(join(b"127.0.0.1", b""), b"127.0.0.1:");
    }

    #[test]
    fn the_port_is_a_number_a_name_or_zero() {
        for (port, number, later) in [
            ("2345", Some(2345), false),
            ("0080", Some(80), false),
            ("+80", Some(80), false),
            ("0", None, true),
            ("+0", None, true),
            ("", None, true),
            ("http", Some(80), false),
            ("HTTPS", Some(443), false),
            ("http-alt", None, false),
            ("65536", None, false),
        ] {
            assert_eq!(port_number(port.as_bytes()), number, "{port}");
            assert_eq!(is_chosen_later(port.as_bytes()), later, "{port}");
        }
    }
}
