"""The network modes of WSL, as the interfaces that a distribution has.

Without --network, the lab keeps the host's network, and wslinfo prints nat. With it, Windows gets its own network
namespace. In the modes nat, bridged and none, the distribution gets another. In mirrored and consomme, they share one,
because each side reaches the other's 127.0.0.1. No mode reaches the outside. The real devices are VMBus or virtio devices;
here they are veth pairs, with a /sys/class/net that shows the real values.
"""

import os
import signal
import subprocess

from wsl import namespaces as ns

VMBUS = "devices/LNXSYSTM:00/LNXSYBUS:00/PNP0A03:00/device:07/VMBUS:01"
NIC_GUID = "3b7a4a5f-8e0e-4a51-9d4d-6c9f2f7a5d11"
LOOPBACK_GUID = "a2f1d3c4-1b52-4c3e-8f52-0e5c7b9d2a10"


class Interface:
    def __init__(self, name, mac, bus, address=None):
        self.name = name
        self.mac = mac
        self.bus = bus
        self.address = address

    def device(self):
        """The target of /sys/class/net/NAME/device, below /sys."""
        return f"{VMBUS}/{self.bus}" if "-" in self.bus else f"devices/pci0000:00/0000:00:04.0/{self.bus}"


class Mode:
    def __init__(self, name, interfaces, gateway=None, shared=False, windows=None, dns_tunnel=False, forwarded=False):
        self.name = name
        # The name in .wslconfig.
        self.wished = "virtioproxy" if name == "consomme" else name
        self.interfaces = interfaces
        self.gateway = gateway
        self.shared = shared
        self.windows = windows
        self.dns_tunnel = dns_tunnel
        self.forwarded = forwarded


MODES = {
    mode.name: mode
    for mode in (
        Mode("none", []),
        Mode(
            "nat",
            [Interface("eth0", "00:15:5d:2f:10:0a", NIC_GUID, "172.29.112.10/20")],
            gateway="172.29.112.1",
            windows="172.29.112.1/20",
            dns_tunnel=True,
            forwarded=True,
        ),
        Mode(
            "bridged",
            [Interface("eth0", "00:15:5d:2f:10:0b", NIC_GUID, "192.168.1.21/24")],
            gateway="192.168.1.1",
            windows="192.168.1.20/24",
            forwarded=True,
        ),
        Mode(
            "mirrored",
            [
                Interface("eth0", "8c:ec:4b:11:22:33", NIC_GUID, "192.168.1.20/24"),
                Interface("loopback0", "00:15:5d:2f:10:0c", LOOPBACK_GUID),
            ],
            gateway="192.168.1.1",
            shared=True,
            dns_tunnel=True,
        ),
        Mode(
            "consomme",
            [
                Interface("eth0", "00:00:00:00:01:00", "virtio2", "192.168.1.20/24"),
                Interface("loopback0", "00:15:5d:2f:10:0d", "virtio3", "169.254.73.250/28"),
            ],
            gateway="192.168.1.1",
            shared=True,
        ),
    )
}


def ip(commands):
    """Runs a batch of ip(8) commands in this process's network namespace."""
    done = subprocess.run(
        ["/usr/sbin/ip", "-batch", "-"],
        input="\n".join(commands) + "\n",
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise OSError(f"ip: {done.stderr.strip()}")


def configure(mode):
    """Sets addresses and routes of the distribution's side, in its namespace, which already has the interfaces."""
    commands = ["link set lo up"]
    if mode.dns_tunnel:
        commands.append("address add 10.255.255.254/32 dev lo")
    for interface in mode.interfaces:
        commands.append(f"link set {interface.name} address {interface.mac}")
        if interface.address:
            commands.append(f"address add {interface.address} dev {interface.name}")
        commands.append(f"link set {interface.name} up")
    if mode.gateway:
        commands.append(f"route add default via {mode.gateway}")
    ip(commands)
    if mode.name == "mirrored":
        for name, value in (("conf/all/arp_filter", "1"), ("ip_local_port_range", "40960 45055")):
            with open(f"/proc/sys/net/ipv4/{name}", "w", encoding="ascii") as file:
                file.write(value)


def cable(mode, other):
    """Makes the interfaces. The distribution's ends go to `other`'s namespace; if it is shared, the far ends go there."""
    if mode.shared:
        ip([f"link add {interface.name} type veth peer name far{index} netns {other}" for index, interface in enumerate(mode.interfaces)])
        return
    commands = ["link set lo up"]
    for interface in mode.interfaces:
        commands.append(f"link add vEthernet type veth peer name {interface.name} netns {other}")
    if mode.windows:
        commands += [f"address add {mode.windows} dev vEthernet", "link set vEthernet up"]
    ip(commands)


def start_far_end():
    """Starts a process that holds the far ends of a shared network. No program listens there."""
    ready, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            ns.die_with_parent()
            ns.unshare(ns.CLONE_NEWNET)
            ip(["link set lo up"])
            os.write(say, b".")
            signal.pause()
        finally:
            os._exit(1)
    os.close(say)
    started = os.read(ready, 1)
    os.close(ready)
    if not started:
        raise OSError("the network's far end did not start")
    return pid


def raise_far_ends(mode, pid):
    """Brings the far ends up, so that the near ones have a carrier. A child in their namespace does it."""
    child = os.fork()
    if child == 0:
        try:
            ns.join(pid, ns.CLONE_NEWNET)
            ip([f"link set far{index} up" for index in range(len(mode.interfaces))])
            os._exit(0)
        finally:
            os._exit(1)
    if ns.wait_status(child):
        raise OSError("the network's far ends did not come up")


def describe_in_sysfs(mode, class_net, devices):
    """Makes a /sys/class/net like the real one: `address`, and `device`, a link to the interface's bus."""
    loopback = os.path.join(class_net, "lo")
    os.mkdir(loopback)
    _write(os.path.join(loopback, "address"), "00:00:00:00:00:00")
    for interface in mode.interfaces:
        below = f"{interface.device()}/net/{interface.name}"
        real = os.path.join(devices, below)
        os.makedirs(real)
        _write(os.path.join(real, "address"), interface.mac)
        os.symlink(f"../../../{interface.bus}", os.path.join(real, "device"))
        os.symlink(f"/run/lab/sys/{below}", os.path.join(class_net, interface.name))


def _write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text + "\n")
