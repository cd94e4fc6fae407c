//! Notes about a debugger's address: codes, texts, and the addresses that the client can connect to.
//!
//! Firewall commands are printed. They are never run.

use crate::config::ClientSide;
use crate::diagnosis::{Code, Note};
use crate::host::{Network, NetworkMode};
use crate::plan::debug::address;
use crate::plan::debug::address::Reach;
use crate::plan::debug::situation::{Basis, DlvSide, Route, Situation};
use crate::prelude::*;

/// Side of the client, with the evidence.
pub(super) const CLIENT: Code = Code::GW500;
/// A wildcard address was narrowed.
pub(super) const NARROWED: Code = Code::GW501;
/// delve listens on every address.
pub(super) const ANY_ADDRESS: Code = Code::GW502;
/// `--only-same-user` was given, so delve refuses a client on Windows.
pub(super) const SAME_USER: Code = Code::GW503;
/// dlv does not work on WSL1.
pub(super) const WSL1: Code = Code::GW504;
/// There is no network.
pub(super) const NO_NETWORK: Code = Code::GW505;
/// The network's facts are unknown, and a default was assumed.
pub(super) const ASSUMED: Code = Code::GW506;
/// The address that a client on Windows needs was not chosen.
pub(super) const NOT_WIDENED: Code = Code::GW507;
/// delve listens on an address that other machines may reach.
pub(super) const BEYOND: Code = Code::GW508;
/// A port below 1024.
pub(super) const LOW_PORT: Code = Code::GW509;
/// `-listen` is read as `-l isten`.
pub(super) const MISSPELT: Code = Code::GW510;
/// A descriptor for the log was removed.
pub(super) const LOG_DEST: Code = Code::GW511;
/// delve connects to Windows through the gateway.
pub(super) const DIALS_GATEWAY: Code = Code::GW512;
/// delve cannot connect to a client on Windows.
pub(super) const CANNOT_DIAL: Code = Code::GW513;
/// Windows' firewall may block the connection.
pub(super) const FIREWALL: Code = Code::GW514;
/// The kernel chooses the port, and delve prints it.
pub(super) const PORT_LATER: Code = Code::GW515;
/// Go refuses the address.
pub(super) const MALFORMED: Code = Code::GW516;
/// An argument could not be parsed, and it may hold an address.
pub(super) const UNPLACED: Code = Code::GW517;
/// Refusal of a `dlv.exe` that its client cannot reach.
pub(super) const OUT_OF_REACH: Code = Code::GW520;

/// Creator id of WSL's virtual machines in the Hyper-V firewall.
const VM_CREATOR: &str = "{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}";

pub(super) fn client(situation: &Situation) -> Note {
    Note::info(CLIENT, format!("debug client {}: {}", situation.client.word(), situation.client_why))
}

pub(super) fn misspelt_listen(argument: &[u8]) -> Note {
    let read = String::from_utf8_lossy(argument.get(2..).unwrap_or_default()).into_owned();
    let text =
        format!("`-listen` has one dash, so dlv reads `-l` with the value `{read}`; type two dashes: `--listen`");
    Note::warn(MISSPELT, text)
}

pub(super) fn malformed(asked: &[u8], error: &str) -> Note {
    let asked = String::from_utf8_lossy(asked);
    Note::warn(MALFORMED, format!("dlv will refuse `{asked}`: {error}; write HOST:PORT, [IPV6]:PORT or unix:PATH"))
}

pub(super) fn unplaced() -> Note {
    Note::info(
        UNPLACED,
        "gowrap does not know a flag of this command line, and does not search the words behind it \
    for an address",
    )
}

pub(super) fn assumed(network: &Network) -> Note {
    Note::info(
        ASSUMED,
        match network.mode {
            NetworkMode::Unknown => "the network mode is unknown; assumed: NAT, with localhostForwarding",
            _ => "localhostForwarding is not known; assumed: on, as by default",
        },
    )
}

pub(super) fn wsl1() -> Note {
    Note::warn(
        WSL1,
        "dlv does not work on WSL1, because its ptrace is incomplete; type on Windows: `wsl.exe --set-version DISTRO \
        2`",
    )
}

pub(super) fn no_network(dlv: DlvSide) -> Note {
    Note::warn(
        NO_NETWORK,
        match dlv {
            DlvSide::Linux => "networkingMode is none: a client on Windows cannot connect",
            DlvSide::Windows => {
                "networkingMode is none: dlv.exe listens on Windows, and a client inside WSL cannot connect"
            }
        },
    )
}

pub(super) fn not_widened(basis: Basis) -> Note {
    Note::warn(
        NOT_WIDENED,
        match basis {
            Basis::Evidence => {
                "localhostForwarding is off, so Windows reaches only WSL's own address; to listen there, set \
                 debug.client = \"windows\" or debug.bind"
            }
            Basis::Configured => {
                "localhostForwarding is off, so Windows reaches only WSL's own address, but gowrap cannot find it on \
                 eth0; set debug.bind"
            }
        },
    )
}

pub(super) fn same_user_insisted() -> Note {
    Note::warn(
        SAME_USER,
        "the command line sets --only-same-user, so dlv will refuse a client on Windows; pass --only-same-user=false",
    )
}

pub(super) fn log_dest_dropped(descriptor: &[u8]) -> Note {
    let descriptor = String::from_utf8_lossy(descriptor);
    let text = format!(
        "--log-dest={descriptor} is removed, because a Windows program gets only descriptors 0 to 2; dlv writes its \
         log to standard error, and the line with its address to standard output"
    );
    Note::warn(LOG_DEST, text)
}

pub(super) fn dials_gateway(to: &[u8], port: &[u8]) -> Note {
    let to = String::from_utf8_lossy(to);
    let mut text = format!("dlv connects to {to}; the client on Windows must listen on more than 127.0.0.1");
    if let Some(line) = windows_firewall(port) {
        text.push_str(&format!(
            ", and Windows' firewall must let WSL in; type in a PowerShell as administrator: {line}"
        ));
    }
    Note::info(DIALS_GATEWAY, text)
}

pub(super) fn cannot_dial() -> Note {
    Note::warn(
        CANNOT_DIAL,
        "the client listens on Windows, which is not 127.0.0.1 here, and gowrap cannot find the address of Windows; \
         start dlv with --listen, and let the client connect",
    )
}

/// Returns the notes that depend on the chosen address.
pub(super) fn after(situation: &Situation, asked: Reach, bound: &[u8], port: &[u8], route: Route) -> Vec<Note> {
    let reach = address::reach(bound);
    let mut notes = Vec::new();
    if reach == Reach::Wildcard {
        let mut text =
            "dlv listens on every address: every program that can connect to this machine can run code as this \
            user"
                .to_owned();
        if situation.dlv == DlvSide::Linux && route == Route::Relay {
            text.push_str("; Windows reaches it as [::1], not as 127.0.0.1");
        }
        notes.push(Note::warn(ANY_ADDRESS, text));
    } else if asked == Reach::Wildcard {
        let text = "dlv was asked to listen on every address, where other machines could connect and run code; to \
        allow that, set debug.allow_any = true";
        notes.push(Note::info(NARROWED, text));
    }
    if address::is_beyond(bound) {
        let bound = String::from_utf8_lossy(bound);
        notes.push(Note::warn(BEYOND, format!("dlv listens on {bound}, and accepts every client that can connect")));
    }
    if address::port_number(port).is_some_and(|number| number < 1024) {
        notes.push(Note::info(LOW_PORT, "only root may listen on a port below 1024; choose a higher one"));
    }
    if address::is_chosen_later(port) {
        notes.push(Note::info(PORT_LATER, "the kernel chooses the port, and dlv prints it"));
    }
    let is_local = matches!(reach, Reach::Loopback4 | Reach::Loopback6 | Reach::OtherLoopback);
    let line = match (situation.dlv, situation.network.mode) {
        _ if is_local || route == Route::Wsl1 => None,
        (DlvSide::Linux, NetworkMode::Mirrored) => hyper_v_firewall(port),
        (DlvSide::Windows, _) if situation.client != ClientSide::Windows && route != Route::Shared => {
            windows_firewall(port)
        }
        _ => None,
    };
    if let Some(line) = line {
        let text = format!("to open the firewall for it, type in a PowerShell as administrator: {line}");
        notes.push(Note::info(FIREWALL, text));
    }
    notes
}

fn windows_firewall(port: &[u8]) -> Option<String> {
    let port = address::port_number(port)?;
    Some(format!(
        "New-NetFirewallRule -DisplayName 'dlv {port} from WSL' -Direction Inbound -Action Allow -Protocol TCP \
         -LocalPort {port} -InterfaceAlias 'vEthernet (WSL*'"
    ))
}

fn hyper_v_firewall(port: &[u8]) -> Option<String> {
    let port = address::port_number(port)?;
    Some(format!(
        "New-NetFirewallHyperVRule -Name dlv-{port} -DisplayName 'dlv {port} in WSL' -Direction Inbound \
         -VMCreatorId '{VM_CREATOR}' -Protocol TCP -LocalPorts {port} -Action Allow"
    ))
}

/// Returns the addresses that the client can connect to; none if the port is not known.
pub(super) fn connect(situation: &Situation, bound: &[u8], port: &[u8], route: Route) -> Vec<Vec<u8>> {
    if address::is_chosen_later(port) {
        return Vec::new();
    }
    let mut hosts: Vec<&[u8]> = Vec::new();
    if situation.client != ClientSide::Windows {
        hosts.extend(from_linux(situation, bound, route));
    }
    if situation.client != ClientSide::Linux {
        for host in from_windows(situation, bound, route) {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
    }
    hosts.into_iter().map(|host| address::join(host, port)).collect()
}

const LOOPBACK: &[u8] = b"127.0.0.1";

/// Returns the host by which a client inside WSL reaches the listener.
fn from_linux<'s>(situation: &Situation<'s>, bound: &'s [u8], route: Route) -> Option<&'s [u8]> {
    let shares = matches!(route, Route::Wsl1 | Route::Shared);
    match (situation.dlv, address::reach(bound)) {
        (DlvSide::Linux, Reach::Wildcard) => Some(LOOPBACK),
        (DlvSide::Linux, _) => Some(bound),
        (DlvSide::Windows, Reach::Wildcard | Reach::Loopback4) if shares => Some(LOOPBACK),
        (DlvSide::Windows, Reach::Wildcard) if situation.network.mode != NetworkMode::Bridged => {
            situation.network.gateway.as_deref()
        }
        (DlvSide::Windows, Reach::Other) => Some(bound),
        (DlvSide::Windows, _) => None,
    }
}

/// Returns the hosts by which a client on Windows reaches the listener.
fn from_windows<'s>(situation: &Situation<'s>, bound: &'s [u8], route: Route) -> Vec<&'s [u8]> {
    let eth0 = situation.network.linux_address.as_deref();
    match (situation.dlv, address::reach(bound), route) {
        (DlvSide::Windows, Reach::Wildcard, _) => vec![LOOPBACK],
        (DlvSide::Windows, ..) => vec![bound],
        (DlvSide::Linux, _, Route::None) => Vec::new(),
        (DlvSide::Linux, Reach::Wildcard, Route::Relay) => {
            [Some(b"::1".as_slice()), eth0].into_iter().flatten().collect()
        }
        (DlvSide::Linux, Reach::Wildcard, Route::Direct) => eth0.into_iter().collect(),
        (DlvSide::Linux, Reach::Wildcard, Route::Wsl1 | Route::Shared) => vec![LOOPBACK],
        (DlvSide::Linux, Reach::Loopback4, Route::Direct) => Vec::new(),
        (DlvSide::Linux, Reach::Loopback4, _) => vec![LOOPBACK],
        (DlvSide::Linux, Reach::Loopback6, Route::Relay | Route::Wsl1) => vec![bound],
        (DlvSide::Linux, Reach::Loopback6 | Reach::OtherLoopback, _) => Vec::new(),
        (DlvSide::Linux, Reach::Other, _) => vec![bound],
    }
}
