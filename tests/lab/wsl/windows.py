"""The Windows machine: wine on a temporary C:, and the parts of wsl.exe and wslhost.exe that start a program for /init.

It runs beside the distribution, with its own mount and process namespaces, its own user `me` and its own environment. Of
Linux's environment, it gets only the variables in a request.
"""

import errno
import json
import os
import select
import shutil
import socket
import subprocess
import threading

from wsl import namespaces as ns

WINE = "/usr/lib/wine/wine64"
USER = "me"
KILL_AFTER = 5.0
# On a busy machine, wine's first program sometimes ends at once. The cause is unknown.
STARTS = 3
WSLHOST = "C:\\Program Files\\WSL\\wslhost.exe"


def enter_own_root(base, attached):
    """Enters a root with the host's programs, its own /tmp (for the socket of wine's server) and a passwd with the user `me`.

    `base` is an empty directory; `attached` are the directories to find there, by their names in the new root.
    """
    root = os.path.join(base, "windows")
    os.makedirs(root, exist_ok=True)
    ns.mount("windows", root, "tmpfs", 0, "mode=0755")
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "dev", "sys"):
        path, target = f"/{name}", os.path.join(root, name)
        if os.path.islink(path):
            os.symlink(os.readlink(path), target)
        elif os.path.isdir(path):
            os.mkdir(target)
            ns.bind(path, target)
    for name, directory in attached.items():
        os.mkdir(root + name)
        ns.bind(directory, root + name)
    os.mkdir(f"{root}/proc")
    ns.mount("proc", f"{root}/proc", "proc", ns.MS_NOSUID | ns.MS_NODEV | ns.MS_NOEXEC)
    os.makedirs(f"{root}/tmp/home")
    with open(f"{root}/tmp/passwd", "w", encoding="ascii") as file:
        file.write(f"{USER}:x:{os.geteuid()}:{os.getegid()}::/tmp/home:/bin/sh\n")
    ns.bind(f"{root}/tmp/passwd", f"{root}/etc/passwd", 0)
    ns.enter_root(root)


def make_prefix(prefix, registry, drives, distro=None, distro_root=None):
    """Makes a wine prefix whose drives are these directories. With a distribution, \\\\wsl.localhost\\NAME is its root."""
    devices = os.path.join(prefix, "dosdevices")
    os.makedirs(devices)
    for name in os.listdir(registry) if registry else ():
        shutil.copyfile(os.path.join(registry, name), os.path.join(prefix, name))
    for letter, directory in drives.items():
        os.symlink(directory, f"{devices}/{letter}:")
    if distro:
        for server in ("wsl.localhost", "wsl$"):
            os.makedirs(f"{devices}/unc/{server}")
            os.symlink(distro_root, f"{devices}/unc/{server}/{distro}")


def environment(prefix):
    """Returns the variables that wine needs. wslhost.exe removes them for the programs."""
    return {
        "WINEPREFIX": prefix,
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe,winedbg.exe=d",
        "HOME": "/tmp/home",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
    }


def command_line(arguments):
    """Returns one string for CreateProcess. An argument that is empty or has a blank or a quote is quoted; cmd's characters are not."""
    return " ".join(_quoted(argument) for argument in arguments)


def _quoted(argument):
    if argument and not any(character in argument for character in ' \t\r\n"'):
        return argument
    out = '"'
    backslashes = 0
    for character in argument:
        if character == "\\":
            backslashes += 1
            continue
        if character == '"':
            backslashes = 2 * backslashes + 1
        out += "\\" * backslashes + character
        backslashes = 0
    return out + "\\" * (2 * backslashes) + '"'


def start_keeper(environ):
    """Starts a wslhost.exe that sleeps. wine's services start with the first program, and here they inherit no program's streams."""
    for _ in range(STARTS):
        keeper = subprocess.Popen([WINE, WSLHOST], env=environ, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if keeper.stdout.readline().strip() == b"ready":
            return keeper
        keeper.kill()
        keeper.wait()
    raise OSError("wine did not start")


class Windows:
    """Starts programs on request, each under a wslhost.exe of its own."""

    def __init__(self, prefix):
        self.environ = environment(prefix)
        self.requests = "/tmp/requests"
        os.mkdir(self.requests)
        self._lock = threading.Lock()
        self._keeper = None
        self._count = 0

    def wine(self, *arguments, **options):
        return subprocess.Popen([WINE, *arguments], env=self.environ, cwd="/", **options)

    def _boot(self):
        """Starts wine's services with the first program. One sleeping wslhost.exe keeps them running for the others."""
        with self._lock:
            if self._keeper is None:
                self._keeper = start_keeper(self.environ)
            self._count += 1
            return f"{self.requests}/{self._count}"

    def serve(self, connection):
        """Serves one request on one connection. If the other end closes, the program ends."""
        with connection:
            try:
                request, files = _receive(connection)
            except (OSError, ValueError):
                return
            try:
                connection.sendall(b"{}\n")
                answer = self._run(request, files, connection)
                connection.sendall(json.dumps(answer).encode() + b"\n")
            except OSError:
                pass

    def _start(self, path, request, files):
        overlay = [item for pair in request["environment"] for item in pair]
        strings = [request["application"], command_line(request["arguments"]), request["directory"], *overlay]
        with open(path, "wb") as file:
            file.write("".join(string + "\0" for string in strings).encode("utf-16-le"))
        return self.wine(WSLHOST, "\\\\?\\unix" + path.replace("/", "\\"), stdin=files[0], stdout=files[1], stderr=files[2])

    def _run(self, request, files, connection):
        try:
            path = self._boot()
            process = self._start(path, request, files)
        finally:
            # With an open copy, the caller would wait for the end of the output and never get it.
            for end in files:
                os.close(end)
        pidfd = os.pidfd_open(process.pid)
        ready, _, _ = select.select([connection, pidfd], [], [])
        if pidfd not in ready:
            with open(path + ".kill", "wb"):
                pass
            if not select.select([pidfd], [], [], KILL_AFTER)[0]:
                process.kill()
        os.close(pidfd)
        process.wait()
        try:
            with open(path + ".result", encoding="ascii") as file:
                word, number = file.read().split()
        except (OSError, ValueError):
            return {"error": errno.EIO}
        return {word: int(number)}


def _receive(connection):
    header, files, _, _ = socket.recv_fds(connection, 20, 3)
    while not header.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            raise ValueError("cut short")
        header += byte
    length = int(header)
    body = b""
    while len(body) < length:
        chunk = connection.recv(length - len(body))
        if not chunk:
            raise ValueError("cut short")
        body += chunk
    return json.loads(body), files


def serve_distribution(windows, channel, ended):
    """Serves the connections that the distribution's relays accepted, until the pidfd `ended` shows that it has ended."""
    while True:
        ready, _, _ = select.select([channel, ended], [], [])
        if channel in ready:
            tag, files, _, _ = socket.recv_fds(channel, 16, 1)
            for file in files:
                connection = socket.socket(fileno=file)
                threading.Thread(target=windows.serve, args=(connection,), daemon=True).start()
            if not tag:
                channel = ended
        elif ended in ready:
            return
