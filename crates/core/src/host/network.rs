//! Networking mode of WSL, from the kernel's list of interfaces. No program is started.
//!
//! `.wslconfig` has only the requested mode: WSL falls back to another one if it must. The interfaces show the actual
//! mode. Source: WSL's `WslCoreVm.cpp` and `NetworkTests.cpp`.

use core::net::Ipv4Addr;

use crate::host::addresses::{self, InterfaceAddress};
use crate::host::wslconf::{Invalid, WslConf};
use crate::host::{Files, LinuxKind, Network, NetworkMode};
use crate::prelude::*;

/// An interface and its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its name.
    pub name: Vec<u8>,
    /// Its IPv4 addresses, each with the prefix length of its network.
    pub addresses: Vec<(Ipv4Addr, u32)>,
    /// Bus of its device.
    pub bus: Bus,
}

/// Bus of an interface's device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bus {
    /// Virtio, as in WSL's consomme mode.
    Virtio,
    /// Hyper-V's own bus, or none.
    Other,
}

impl Bus {
    /// Returns the bus of an interface from the target of its link in `/sys/class/net` and its hardware address: if the
    /// device is not visible, consomme is recognized by its address.
    #[must_use]
    pub fn of(device: &[u8], hardware_address: &[u8]) -> Bus {
        let on_virtio = device.windows(7).any(|window| window == b"/virtio");
        if on_virtio || hardware_address.trim_ascii() == CONSOMME_HARDWARE { Bus::Virtio } else { Bus::Other }
    }
}

/// The address that consomme puts on `loopback0`.
const CONSOMME_LOOPBACK: Ipv4Addr = Ipv4Addr::new(169, 254, 73, 250);

/// The hardware address that consomme gives `eth0`.
const CONSOMME_HARDWARE: &[u8] = b"00:00:00:00:01:00";

/// Returns the mode that these interfaces show. NAT and bridged differ only in their addresses: WSL's NAT networks have
/// a prefix of 20 bits; for any other prefix `.wslconfig` decides, else the mode is unknown. Without a network there is
/// still `lo`, and interfaces that the kernel creates without an address (`sit0`, `dummy0` …). If even `lo` is missing,
/// the interfaces could not be read.
#[must_use]
pub fn mode(interfaces: &[Interface], wished: Option<&[u8]>) -> NetworkMode {
    let named = |name: &[u8]| interfaces.iter().find(|interface| interface.name == name);
    let eth0 = named(b"eth0");
    let over_virtio = eth0.is_some_and(|eth0| eth0.bus == Bus::Virtio);
    let is_consommes =
        |loopback: &Interface| loopback.addresses.iter().any(|(address, _)| *address == CONSOMME_LOOPBACK);
    match (named(b"loopback0"), eth0) {
        _ if over_virtio => NetworkMode::Consomme,
        (Some(loopback0), _) if is_consommes(loopback0) => NetworkMode::Consomme,
        (Some(_), _) => NetworkMode::Mirrored,
        (None, Some(eth0)) if eth0.addresses.iter().any(|(address, prefix)| address.is_private() && *prefix == 20) => {
            NetworkMode::Nat
        }
        (None, Some(_)) if wished.is_some_and(|wished| wished.eq_ignore_ascii_case(b"bridged")) => NetworkMode::Bridged,
        (None, None) if named(b"lo").is_some() && interfaces.iter().all(leads_nowhere) => NetworkMode::None,
        _ => NetworkMode::Unknown,
    }
}

fn leads_nowhere(interface: &Interface) -> bool {
    interface.name == b"lo" || interface.addresses.is_empty()
}

/// Returns the default gateway from the text of `/proc/net/route`, where addresses are hexadecimal in the machine's
/// byte order. A VPN's `0.0.0.0/1` has the same destination as the default route; the mask, the eighth field, is
/// different.
#[must_use]
pub fn default_gateway(route: &[u8]) -> Option<Ipv4Addr> {
    let routes = core::str::from_utf8(route).ok()?.lines().skip(1);
    routes
        .filter_map(|line| {
            let mut fields = line.split_ascii_whitespace().skip(1);
            let (destination, gateway, mask) = (fields.next()?, fields.next()?, fields.nth(4)?);
            let gateway = u32::from_str_radix(gateway, 16).ok()?;
            (destination == "00000000" && mask == "00000000" && gateway != 0)
                .then(|| Ipv4Addr::from(gateway.to_ne_bytes()))
        })
        .next()
}

/// The treatment of `.wslconfig`, which is on a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WslconfigAccess {
    /// Read it. If the drive's Windows side is gone, the read never ends.
    Read,
    /// Do not read it.
    Unread,
}

/// Reads the network of a live machine.
#[must_use]
pub fn read(host: &impl Files, kind: LinuxKind, wish: WslconfigAccess) -> Network {
    let wslconfig = match wish {
        WslconfigAccess::Read => wslconfig(host),
        WslconfigAccess::Unread => None,
    };
    let wished = wslconfig
        .as_ref()
        .and_then(|conf| conf.get("wsl2", "networkingMode").or_else(|| conf.get("experimental", "networkingMode")));
    let interfaces = interfaces(host);
    let linux_address =
        interfaces.iter().find(|interface| interface.name == b"eth0").and_then(|eth0| eth0.addresses.first());
    Network {
        mode: if kind == LinuxKind::Wsl2 { mode(&interfaces, wished) } else { NetworkMode::Unknown },
        localhost_forwarding: wslconfig.as_ref().map(|conf| conf.switch("wsl2", "localhostForwarding").unwrap_or(true)),
        linux_address: linux_address.map(|(address, _)| format!("{address}").into_bytes()),
        gateway: host
            .read(b"/proc/net/route", 1 << 16)
            .ok()
            .and_then(|route| default_gateway(&route))
            .map(|gateway| format!("{gateway}").into_bytes()),
    }
}

fn interfaces(host: &impl Files) -> Vec<Interface> {
    let mut interfaces: Vec<Interface> = Vec::new();
    for name in host.list(b"/sys/class/net").unwrap_or_default() {
        // The bus of other interfaces does not matter.
        let bus = if name == b"eth0" {
            // A link to `…/DEVICE/net/eth0`.
            let device = host.read_link(b"/sys/class/net/eth0").unwrap_or_default();
            match Bus::of(&device, b"") {
                Bus::Virtio => Bus::Virtio,
                Bus::Other => Bus::of(b"", &host.read(b"/sys/class/net/eth0/address", 64).unwrap_or_default()),
            }
        } else {
            Bus::Other
        };
        interfaces.push(Interface { name, addresses: Vec::new(), bus });
    }
    for InterfaceAddress { interface, address, prefix } in addresses::all().unwrap_or_default() {
        if let Some(known) = interfaces.iter_mut().find(|known| known.name == interface) {
            known.addresses.push((address, prefix));
        }
    }
    interfaces
}

/// Returns the `.wslconfig` of the Windows user. Windows is not asked for its user, which would start a process, so the
/// file counts only if a single profile on drive C has one. If none has one, WSL uses its defaults.
fn wslconfig(host: &impl Files) -> Option<WslConf> {
    let drive = host.mounts().mount_point_of_drive(b'C')?;
    let users = [drive, b"/Users"].concat();
    let texts =
        host.list(&users).ok()?.into_iter().filter_map(|profile| {
            host.read(&[users.as_slice(), b"/", &profile, b"/.wslconfig"].concat(), 1 << 16).ok()
        });
    let texts: Vec<_> = texts.collect();
    match texts.as_slice() {
        [] => Some(WslConf::default()),
        [only] => Some(WslConf::parse(only, Invalid::IsSkipped)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(name: &str, address: Option<(&str, u32)>, bus: Bus) -> Interface {
        let addresses = address.iter().map(|(ip, prefix)| (ip.parse().unwrap(), *prefix)).collect();
        Interface { name: name.into(), addresses, bus }
    }

    #[test]
    fn the_network_mode_follows_from_the_interfaces() {
        let lo = || interface("lo", Some(("127.0.0.1", 8)), Bus::Other);
        let eth0 = |address, prefix, bus| interface("eth0", Some((address, prefix)), bus);
        let table: Vec<(&str, Vec<Interface>, Option<&[u8]>, NetworkMode)> = vec![
            ("NAT", vec![lo(), eth0("172.29.112.10", 20, Bus::Other)], None, NetworkMode::Nat),
            (
                "mirrored",
                vec![lo(), interface("loopback0", None, Bus::Other), eth0("192.168.1.7", 24, Bus::Other)],
                None,
                NetworkMode::Mirrored,
            ),
            (
                "consomme by its loopback",
                vec![lo(), interface("loopback0", Some(("169.254.73.250", 28)), Bus::Other)],
                None,
                NetworkMode::Consomme,
            ),
            ("consomme by virtio", vec![lo(), eth0("192.168.1.7", 24, Bus::Virtio)], None, NetworkMode::Consomme),
            (
                "bridged, and wished so",
                vec![lo(), eth0("192.168.1.7", 24, Bus::Other)],
                Some(b"Bridged"),
                NetworkMode::Bridged,
            ),
            (
                "a wish that was not granted",
                vec![lo(), eth0("172.29.112.10", 20, Bus::Other)],
                Some(b"mirrored"),
                NetworkMode::Nat,
            ),
            ("a user's own network", vec![lo(), eth0("192.168.1.7", 24, Bus::Other)], None, NetworkMode::Unknown),
            ("none", vec![lo()], None, NetworkMode::None),
            (
                "none, with what the kernel makes of itself",
                vec![lo(), interface("dummy0", None, Bus::Other), interface("sit0", None, Bus::Other)],
                None,
                NetworkMode::None,
            ),
            ("a folder that cannot be read", vec![], None, NetworkMode::Unknown),
            (
                "some other machine",
                vec![lo(), interface("ens3", Some(("10.0.0.2", 24)), Bus::Other)],
                None,
                NetworkMode::Unknown,
            ),
        ];
        for (name, interfaces, wished, expected) in table {
            assert_eq!(mode(&interfaces, wished), expected, "{name}");
        }
    }

    #[test]
    fn consomme_is_recognized_by_its_device_or_its_hardware_address() {
        for (device, hardware_address, bus) in [
            ("../../devices/pci0000:00/0000:00:05.0/virtio2/net/eth0", "5e:bb:f6:9e:ee:fa\n", Bus::Virtio),
            ("", "00:00:00:00:01:00\n", Bus::Virtio),
            (
                "../../devices/LNXSYSTM:00/VMBUS:00/9c0a0d5c-4c1e-4e0c-a5f3-5b0e1c1f9c6f/net/eth0",
                "00:15:5d:01:02:03\n",
                Bus::Other,
            ),
            ("", "", Bus::Other),
        ] {
            assert_eq!(Bus::of(device.as_bytes(), hardware_address.as_bytes()), bus, "{device} {hardware_address}");
        }
    }

    #[test]
    fn the_gateway_is_that_of_the_default_route() {
        let gateway = |last| u32::from_ne_bytes([172, 29, 112, last]);
        let route = |device, destination: u32, gateway: u32, flags, mask: u32| {
            format!("{device}\t{destination:08X}\t{gateway:08X}\t{flags}\t0\t0\t0\t{mask:08X}\t0\t0\t0   \n")
        };
        let header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
        let mask = |bytes| u32::from_ne_bytes(bytes);
        let text = [
            header.to_owned(),
            route("eth0", gateway(0), 0, "0001", mask([255, 255, 240, 0])),
            // Half of all addresses, through a VPN.
            route("tun0", 0, gateway(9), "0003", mask([128, 0, 0, 0])),
            route("tun0", 0, 0, "0001", 0),
            route("eth0", 0, gateway(1), "0003", 0),
        ]
        .concat();
        assert_eq!(default_gateway(text.as_bytes()), Some(Ipv4Addr::new(172, 29, 112, 1)));
        assert_eq!(default_gateway(b"Iface\tDestination\n"), None);
        assert_eq!(default_gateway(b"\xff"), None);
    }
}
