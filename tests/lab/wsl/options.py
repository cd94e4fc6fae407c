"""The options of a lab, and the files that they change: wsl.conf, the binfmt registrations, the settings of /init."""

import argparse
import json
import os
import pwd

from wsl import network

DISTRO = "Ubuntu-24.04"
FOREIGN = "/run/lab/wine"


class User:
    """User that runs the command. Only root may become another user; an ordinary user takes the name for its own process."""

    def __init__(self, name):
        own = os.geteuid()
        try:
            entry = pwd.getpwnam(name) if name else pwd.getpwuid(own)
        except KeyError:
            entry = None
        self.new = entry is None
        if entry:
            self.name, self.uid, self.gid, self.home = entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir
        else:
            self.name = name or "me"
            self.uid = self.gid = own if own and not name else _free_uid()
            self.home = f"/home/{self.name}"
        self.new_home = self.new and not os.path.exists(self.home)
        self.ordinary = own != 0
        self.switch = own == 0 and self.uid != 0
        self.named = bool(name) or self.new


def _free_uid():
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return next(uid for uid in range(1000, 60000) if uid not in taken)


def parser():
    text = argparse.ArgumentParser(
        prog="enter",
        usage="tests/lab/enter [OPTION]... -- COMMAND [ARG]...",
        description="Runs COMMAND in a simulated WSL 2 that is gone when it ends. The lab's own failures are status 120.",
    )
    text.add_argument("--network", choices=sorted(network.MODES), help="a network of its own, as this mode of WSL has it (else the host's)")
    text.add_argument("--no-forwarding", action="store_true", help="localhostForwarding is false in the Windows user's .wslconfig: no relay")
    text.add_argument("--systemd-late", action="store_true", help="systemd is pid 1, and binfmt_misc has WSLInterop-late (flags P) alone")
    text.add_argument("--no-binfmt", action="store_true", help="the registration is lost")
    text.add_argument("--binfmt-disabled", action="store_true", help="0 was written to the registration")
    text.add_argument("--binfmt-flags", metavar="FLAGS", help="flags of the registration (else PF)")
    text.add_argument("--foreign-binfmt", action="store_true", help="a handler named wine takes MZ before WSL's does")
    text.add_argument("--inbox", action="store_true", help="the /init of Windows 10's inbox WSL: no ARGV0 slot, /tools/init, flags F, no wslinfo")
    text.add_argument("--interop-off", action="store_true", help="wsl.conf says [interop] enabled = false")
    text.add_argument("--stale-socket", action="store_true", help="WSL_INTEROP names a socket whose owner is dead: refused")
    text.add_argument("--hung-socket", action="store_true", help="WSL_INTEROP names a socket on which connecting never returns")
    text.add_argument("--mute-socket", action="store_true", help="every socket accepts and nothing answers")
    text.add_argument("--noexec", action="store_true", help="C: is mounted noexec")
    text.add_argument("--fmask", action="store_true", help="C: is mounted with an fmask that takes the x bit from every .exe")
    text.add_argument("--without-go", action="store_true", help="no Linux Go: Debian's, and any in its usual places, is hidden")
    text.add_argument("--root", default="/mnt", choices=["/mnt", "/"], help="where drives are mounted (else /mnt)")
    text.add_argument("--user", help="who runs COMMAND; made up if there is none of the name")
    text.add_argument("command", nargs="+", metavar="COMMAND")
    return text


class Options:
    def __init__(self, arguments):
        asked = parser().parse_args(arguments)
        self.command = asked.command
        self.distro = DISTRO
        self.network = network.MODES.get(asked.network)
        self.forwarding = not asked.no_forwarding
        self.systemd = asked.systemd_late
        self.inbox = asked.inbox
        self.interop = not asked.interop_off
        self.binfmt = "missing" if asked.no_binfmt else "disabled" if asked.binfmt_disabled else "enabled"
        self.binfmt_flags = asked.binfmt_flags or ("F" if asked.inbox else "P" if asked.systemd_late else "PF")
        self.foreign = asked.foreign_binfmt
        self.socket = "stale" if asked.stale_socket else "hung" if asked.hung_socket else "mute" if asked.mute_socket else "live"
        self.noexec = asked.noexec
        self.fmask = asked.fmask
        self.go = not asked.without_go
        self.automount = asked.root.rstrip("/")
        self.user = User(asked.user)

    def drive(self, letter):
        return f"{self.automount}/{letter}"

    def entry_name(self):
        return "WSLInterop-late" if self.systemd else "WSLInterop"

    def registrations(self):
        """Returns the lines for binfmt_misc's register file. The kernel tries the newest entry first."""
        if self.binfmt != "missing":
            interpreter = "/tools/init" if self.inbox else "/init"
            yield f":{self.entry_name()}:M::MZ::{interpreter}:{self.binfmt_flags}"
        if self.foreign:
            yield f":wine:M::MZ::{FOREIGN}:"

    def wslconfig(self):
        """Returns the .wslconfig of the user on Windows. Without one, WSL has nat and localhostForwarding."""
        lines = []
        if self.network and self.network.name != "nat":
            lines.append(f"networkingMode={self.network.wished}")
        if not self.forwarding:
            lines.append("localhostForwarding=false")
        return "\r\n".join(["[wsl2]", *lines, ""]) if lines else None

    def forwards(self):
        """Returns true if a relay connects Windows' localhost with Linux's."""
        return bool(self.forwarding and self.network and self.network.forwarded)

    def wsl_conf(self):
        """Returns the text of wsl.conf; None if a fresh installation has no such file."""
        sections = []
        if self.systemd:
            sections.append("[boot]\nsystemd = true\n")
        if not self.automount:
            sections.append("[automount]\nroot = /\n")
        if not self.interop:
            sections.append("[interop]\nenabled = false\n")
        if self.user.named:
            sections.append(f"[user]\ndefault = {self.user.name}\n")
        return "\n".join(sections) or None

    def settings(self):
        return json.dumps(
            {
                "distro": self.distro,
                "network": self.network.name if self.network else "nat",
                "drives": self.automount,
                "wsl_version": "2.9.4.0",
                "argv0_slot": not self.inbox,
            }
        )

    def environ(self, outer):
        """Returns the command's environment: the caller's, and the variables that WSL adds."""
        environ = {name: value for name, value in outer.items() if not name.startswith("WSL_") and name != "WSLENV"}
        c = self.drive("c")
        windows_path = [f"{c}/Windows/System32", f"{c}/Windows", f"{c}/Program Files/Go/bin", f"{c}/Users/me/go/bin"]
        environ["PATH"] = ":".join([environ.get("PATH", "/usr/local/bin:/usr/bin:/bin"), *windows_path])
        environ["WSL_DISTRO_NAME"] = self.distro
        environ["WSLENV"] = outer.get("WSLENV", "")
        environ["NAME"] = os.uname().nodename
        if self.user.named:
            environ.update(HOME=self.user.home, USER=self.user.name, LOGNAME=self.user.name)
        return environ
