//! Checks that ask Windows, if `--windows` allows it: the ports of its port proxy.
//!
//! A rule of `netsh interface portproxy` listens on Windows until it is deleted. WSL's relay cannot use the same port
//! then. Under NAT, the address in the rule is wrong after the next start of WSL.

use crate::diagnosis::Code;
use crate::text::errno::words;

use crate::doctor::finding::{Finding, Fix, shown};
use crate::doctor::subject::{AskWindows, Subject};
use crate::host::environ::Environ;
use crate::inspect::Inspect;
use crate::plan::interop::way;
use crate::plan::interop::way::{InteropWay, Socket};

/// The checks that ask Windows.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    if subject.windows == AskWindows::No || !subject.host.kind().is_wsl() {
        return Vec::new();
    }
    match port_proxies(subject.host, subject.environ) {
        Ok(text) => rules(&text).iter().filter_map(|rule| finding(subject, rule)).collect(),
        Err(why) => vec![
            Finding::warn(Code::GW546, "netsh.exe", format!("the port proxies of Windows are unknown: {why}")).why(
                "If an old rule uses a port, Windows cannot reach a server in WSL at that port. On Windows, \
                     `netsh interface portproxy show all` lists them.",
            ),
        ],
    }
}

/// Asks Windows for its port proxies, through a socket that answers.
///
/// # Errors
/// Windows could not be asked; the text is the reason.
pub(super) fn port_proxies(host: &dyn Inspect, environ: &Environ) -> Result<Vec<u8>, String> {
    if way::way(host) != InteropWay::Binfmt {
        return Err("interop does not work".to_owned());
    }
    let mut environ = environ.clone();
    if let Socket::Replaced(path, _) = way::socket(host, environ.get_nonempty(b"WSL_INTEROP")) {
        environ.set(b"WSL_INTEROP", &path);
    }
    host.port_proxies(&environ).map_err(words)
}

/// A row of netsh's tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rule {
    /// `v4tov4`, `v4tov6` …
    kind: String,
    listens: String,
    port: u16,
    leads_to: String,
    to_port: u16,
}

/// Returns the rows. Only `ipv4`, numbers and addresses do not depend on the language of Windows.
fn rules(text: &[u8]) -> Vec<Rule> {
    let text = String::from_utf8_lossy(text);
    let mut rules = Vec::new();
    let mut kind = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let versions: Vec<&str> =
            words.iter().filter_map(|word| word.trim_end_matches(':').strip_prefix("ip")).collect();
        if let [from @ ("v4" | "v6"), to @ ("v4" | "v6")] = versions.as_slice() {
            kind = format!("{from}to{to}");
            continue;
        }
        let [listens, port, leads_to, to_port] = words.as_slice() else { continue };
        if let (Ok(port), Ok(to_port)) = (port.parse(), to_port.parse()) {
            let [listens, leads_to] = [listens, leads_to].map(|word| (*word).to_owned());
            rules.push(Rule { kind: kind.clone(), listens, port, leads_to, to_port });
        }
    }
    rules
}

/// Returns only the rows of netsh's answer, in the form that [`rules`] reads, for a record.
#[must_use]
pub(super) fn rebuilt(text: &[u8]) -> Vec<u8> {
    let row = |rule: &Rule| {
        let Rule { kind, listens, port, leads_to, to_port } = rule;
        let heading = kind.split_once("to").map(|(from, to)| format!("ip{from} ip{to}\n")).unwrap_or_default();
        format!("{heading}{listens} {port} {leads_to} {to_port}\n")
    };
    rules(text).iter().map(row).collect::<String>().into_bytes()
}

fn finding(subject: &Subject, rule: &Rule) -> Option<Finding> {
    let Rule { kind, listens, port, leads_to, .. } = rule;
    let takes_localhost =
        matches!(listens.as_str(), "*" | "0.0.0.0" | "127.0.0.1" | "localhost" | "::" | "::1" | "[::]" | "[::1]");
    let own = subject.host.network().linux_address.as_deref();
    let title = format!("Windows' port {port} goes to {} (portproxy)", shown(leads_to.as_bytes()));
    let why = if own == Some(leads_to.as_bytes()) {
        "The rule works until WSL gets another address at its next start. WSL's own relay cannot use the port."
    } else if is_of_wsl(leads_to) {
        "This is an old address of WSL. A connection to the port on Windows is refused or hangs: \
         `ERR_CONNECTION_REFUSED`."
    } else {
        return None;
    };
    takes_localhost.then(|| {
        let (kind, listens) = (shown(kind.as_bytes()), shown(listens.as_bytes()));
        Finding::warn(Code::GW545, "portproxy", title).why(why).fix(Fix::Change(format!(
            "on Windows, as administrator: netsh interface portproxy delete {kind} listenport={port} \
             listenaddress={listens}"
        )))
    })
}

/// The addresses of WSL's NAT: 172.16.0.0/12.
fn is_of_wsl(address: &str) -> bool {
    let address: Option<std::net::Ipv4Addr> = address.parse().ok();
    address.is_some_and(|address| matches!(address.octets(), [172, 16..=31, ..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_netsh_are_read_in_any_language() {
        let english = b"\r\nListen on ipv4:             Connect to ipv4:\r\n\r\nAddress         Port        Address         Port\r\n\
            --------------- ----------  --------------- ----------\r\n0.0.0.0         2345        172.29.0.5      2345\r\n\r\n\
            Listen on ipv4:             Connect to ipv6:\r\n\r\n*               8080        ::1             8080\r\n";
        let german = b"Abh\x94ren auf ipv4:             Verbinden mit ipv4:\r\n\r\nAdresse         Port        Adresse         Port\r\n\
            --------------- ----------  --------------- ----------\r\n127.0.0.1       3000        172.20.1.2      3001\r\n";
        let rule = |kind: &str, listens: &str, port, leads_to: &str, to_port| Rule {
            kind: kind.to_owned(),
            listens: listens.to_owned(),
            port,
            leads_to: leads_to.to_owned(),
            to_port,
        };
        assert_eq!(
            rules(english),
            [rule("v4tov4", "0.0.0.0", 2345, "172.29.0.5", 2345), rule("v4tov6", "*", 8080, "::1", 8080)]
        );
        assert_eq!(rules(german), [rule("v4tov4", "127.0.0.1", 3000, "172.20.1.2", 3001)]);
        for text in [&english[..], german, b"\r\n"] {
            assert_eq!(rules(&rebuilt(text)), rules(text));
        }
        assert_eq!(rules(b"\r\n"), []);
    }
}
