//! How WSL is connected to Windows, told from what the kernel shows of its interfaces; nothing is started or asked.
//!
//! `.wslconfig` only says what was wished for: WSL falls back to another mode where it must. The interfaces are what came
//! of it. Source: WSL's `WslCoreVm.cpp` and `NetworkTests.cpp`.

use std::net::Ipv4Addr;

use super::wslconf::{Invalid, WslConf};
use super::{Host, Kind, Network, NetworkMode};

/// An interface and its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its name.
    pub name: Vec<u8>,
    /// Its IPv4 addresses, each with the length of its network's prefix.
    pub addresses: Vec<(Ipv4Addr, u32)>,
    /// What drives it.
    pub bus: Bus,
}

/// What an interface hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bus {
    /// Virtio: WSL's consomme mode.
    Virtio,
    /// Hyper-V's own bus, or none.
    Other,
}

/// The address that consomme puts on `loopback0`.
const CONSOMME_LOOPBACK: Ipv4Addr = Ipv4Addr::new(169, 254, 73, 250);

/// The mode that these interfaces show. NAT and bridged differ in nothing but their addresses: WSL's NAT networks have a
/// prefix of 20 bits; with any other, the wish in `.wslconfig` decides, or nothing does.
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
        (None, None) if interfaces.iter().all(|interface| interface.name == b"lo") => NetworkMode::None,
        _ => NetworkMode::Unknown,
    }
}

/// The default gateway in the text of `/proc/net/route`, where addresses are hexadecimal and in the machine's byte order.
#[must_use]
pub fn default_gateway(route: &[u8]) -> Option<Ipv4Addr> {
    let routes = std::str::from_utf8(route).ok()?.lines().skip(1);
    routes
        .filter_map(|line| {
            let mut fields = line.split_ascii_whitespace().skip(1);
            let (destination, gateway) = (fields.next()?, fields.next()?);
            let gateway = u32::from_str_radix(gateway, 16).ok()?;
            (destination == "00000000" && gateway != 0).then(|| Ipv4Addr::from(gateway.to_ne_bytes()))
        })
        .next()
}

/// Reads the network of a live machine.
#[must_use]
pub fn read(host: &dyn Host) -> Network {
    let wslconfig = wslconfig(host);
    let wished = wslconfig
        .as_ref()
        .and_then(|conf| conf.get("wsl2", "networkingMode").or_else(|| conf.get("experimental", "networkingMode")));
    let interfaces = interfaces(host);
    let linux_address =
        interfaces.iter().find(|interface| interface.name == b"eth0").and_then(|eth0| eth0.addresses.first());
    Network {
        mode: if host.kind() == Kind::Wsl2 { mode(&interfaces, wished) } else { NetworkMode::Unknown },
        localhost_forwarding: wslconfig.as_ref().map(|conf| conf.switch("wsl2", "localhostForwarding").unwrap_or(true)),
        linux_address: linux_address.map(|(address, _)| address.to_string().into_bytes()),
        gateway: host
            .read(b"/proc/net/route", 1 << 16)
            .ok()
            .and_then(|route| default_gateway(&route))
            .map(|gateway| gateway.to_string().into_bytes()),
    }
}

fn interfaces(host: &dyn Host) -> Vec<Interface> {
    let mut interfaces: Vec<Interface> = Vec::new();
    for name in host.list(b"/sys/class/net").unwrap_or_default() {
        let device = host.canonical(&[b"/sys/class/net/", name.as_slice(), b"/device"].concat()).unwrap_or_default();
        let on_virtio = device.windows(7).any(|window| window == b"/virtio");
        interfaces.push(Interface {
            name,
            addresses: Vec::new(),
            bus: if on_virtio { Bus::Virtio } else { Bus::Other },
        });
    }
    for address in nix::ifaddrs::getifaddrs().into_iter().flatten() {
        let ip = |storage: Option<nix::sys::socket::SockaddrStorage>| Some(storage?.as_sockaddr_in()?.ip());
        let (Some(ip), Some(mask)) = (ip(address.address), ip(address.netmask)) else { continue };
        if let Some(interface) = interfaces.iter_mut().find(|known| known.name == address.interface_name.as_bytes()) {
            interface.addresses.push((ip, u32::from(mask).count_ones()));
        }
    }
    interfaces
}

/// The `.wslconfig` of the Windows user. Asking Windows who that is would start a process there; so it counts only if a
/// single profile on drive C has one. A machine on which none has one runs with WSL's defaults.
fn wslconfig(host: &dyn Host) -> Option<WslConf> {
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
    fn interfaces_show_the_mode() {
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
            (
                "a network of somebody's own",
                vec![lo(), eth0("192.168.1.7", 24, Bus::Other)],
                None,
                NetworkMode::Unknown,
            ),
            ("none", vec![lo()], None, NetworkMode::None),
            ("nothing to see", vec![], None, NetworkMode::None),
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
    fn the_gateway_is_the_default_routes() {
        let gateway = u32::from_ne_bytes([172, 29, 112, 1]);
        let route = format!(
            "Iface\tDestination\tGateway \tFlags\neth0\t00701DAC\t00000000\t0001\neth0\t00000000\t{gateway:08X}\t0003\n"
        );
        assert_eq!(default_gateway(route.as_bytes()), Some(Ipv4Addr::new(172, 29, 112, 1)));
        assert_eq!(default_gateway(b"Iface\tDestination\n"), None);
        assert_eq!(default_gateway(b"\xff"), None);
    }
}
