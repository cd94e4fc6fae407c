//! Checks of the network between Windows and WSL, for a debugger and for downloads.

use crate::diagnosis::Code;
use crate::doctor::finding::{Finding, Fix, set_row, shown};
use crate::doctor::subject::Subject;
use crate::host::{LinuxKind, NetworkMode};

/// The checks of the group `network`.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    if subject.host.kind() == LinuxKind::Wsl2 {
        findings.push(mode(subject));
        findings.extend(forwarding(subject));
    }
    if subject.host.kind().is_wsl() {
        findings.extend(names(subject));
    }
    findings
}

fn mode(subject: &Subject) -> Finding {
    let network = subject.host.configured_network();
    let address = network.linux_address.as_deref().map(|address| format!(" ({})", shown(address))).unwrap_or_default();
    match network.mode {
        NetworkMode::Nat => Finding::ok(
            Code::GW540,
            "network",
            format!("network nat{address}: Windows reaches a server on 127.0.0.1 in WSL at localhost"),
        )
        .why(
            "dlv accepts such a connection only with --only-same-user=false, because WSL's relay is another user. \
             gowrap adds this flag if it knows that the client is on Windows. Windows reaches a server on [::] or on \
             every address only at [::1]. If connections are refused after Windows slept, the relay has ended: type \
             `wsl.exe --shutdown` on Windows.",
        ),
        NetworkMode::Mirrored => Finding::ok(
            Code::GW541,
            "network",
            "network mirrored: 127.0.0.1 is the same on both sides",
        )
        .why(
            "`address already in use` may mean that a program on Windows uses the port: choose another one. In some \
             releases of WSL, a connection to a closed port hangs, and an editor that tries ports needs minutes: \
             update WSL, or set networkingMode=nat in .wslconfig. With hostAddressLoopback, the first connection may \
             be refused.",
        ),
        NetworkMode::Consomme => Finding::warn(
            Code::GW548,
            "network",
            "network consomme: the first connection may be \
        refused",
        )
        .why(
            "127.0.0.1 is the same on both sides, but some versions of WSL refuse a connection right after a \
                 program starts to listen. An editor that starts dlv then says `connection refused` or `connection \
                 timeout`.",
        )
        .fix(wslconfig("wsl2", "networkingMode", "mirrored")),
        NetworkMode::Bridged => Finding::ok(Code::GW540, "network", format!("network bridged{address}")),
        NetworkMode::None => Finding::warn(Code::GW542, "network", "there is no network (networkingMode=none)")
            .why("No module can be downloaded, and no client on Windows can connect to a debugger.")
            .fix(wslconfig("wsl2", "networkingMode", "nat")),
        NetworkMode::Unknown => Finding::ok(Code::GW540, "network", "the network mode is unknown; gowrap assumes nat"),
    }
}

fn forwarding(subject: &Subject) -> Option<Finding> {
    let network = subject.host.configured_network();
    let relayed = matches!(network.mode, NetworkMode::Nat | NetworkMode::Bridged);
    if !relayed || network.localhost_forwarding != Some(false) {
        return None;
    }
    let address = network.linux_address.as_deref().map_or("eth0's address".to_owned(), shown);
    Some(
        Finding::warn(Code::GW543, ".wslconfig", "localhostForwarding=false: Windows does not reach 127.0.0.1 here")
            .why(format!(
                "A debugger's client on Windows gets ERR_CONNECTION_REFUSED or ECONNREFUSED; it reaches {address} only."
            ))
            .fix(wslconfig("wsl2", "localhostForwarding", "true")),
    )
}

/// The line that changes a row of WSL's own settings on Windows.
fn wslconfig(section: &str, key: &str, value: &str) -> Fix {
    set_row("%UserProfile%\\.wslconfig", section, key, value)
}

const RESOLV: &str = "/etc/resolv.conf";

/// Checks /etc/resolv.conf, which Go's resolver reads.
fn names(subject: &Subject) -> Option<Finding> {
    let why = "`dial tcp: lookup proxy.golang.org on …:53: read udp …: i/o timeout`, or `connection refused` from \
               [::1]:53: no module can be downloaded. WSL writes the file again when it starts. If a VPN blocks DNS, \
               set dnsTunneling=true under [wsl2] in %UserProfile%\\.wslconfig.";
    let broken = |title: &str| {
        Finding::fail(Code::GW544, RESOLV, title)
            .why(why)
            .fix("sudo rm -f /etc/resolv.conf    # then, on Windows: wsl.exe --shutdown")
    };
    match subject.host.read(RESOLV.as_bytes(), 1 << 16) {
        Err(_) if subject.host.lstat(RESOLV.as_bytes()).is_ok() => {
            Some(broken("/etc/resolv.conf is a dangling symbolic link"))
        }
        Err(_) => {
            // A record without files gives no finding.
            let known = subject.host.stat(b"/etc/hosts").is_ok();
            known.then(|| broken("/etc/resolv.conf is missing"))
        }
        Ok(text) => {
            let text = String::from_utf8_lossy(&text).into_owned();
            let servers = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
            (servers.count() == 0).then(|| broken("/etc/resolv.conf names no server"))
        }
    }
}
