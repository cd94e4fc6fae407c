#!/usr/bin/python3 -BI
"""Starts debuggers in the lab, one after the other, and tells who gets through to them: `clients.py '[{"dlv": […], …}]'`.

    dlv        the command; PORT in it is a free port
    env        variables for it, beside our own
    cwd        where it is started
    uid        as whom, where not as ourselves
    clients    who connects then, in turn: `UID ADDRESS` from Linux, `windows ADDRESS` through the lab's interop
    commands   lines for `dlv connect`, which then is a client too
    end        the signal for its pid at last; else SIGTERM
    relay      whether Windows' localhost is forwarded, and has to be waited for
    straight   it takes our own place below WSL's relay, as after `wsl.exe -e`; the last one, then

The answer is a list of the same length, as JSON: `said` is the line that tells where it listens, `argv` what runs now under the pid that was started, `exe`
its file, `listens` the sockets of that pid by the kernel's table, `clients` the verdicts, `terminal` what `dlv connect` printed, `ended` its
status, `files` what is in `cwd` then, and `processes` those that still run from there.

A client is `served` if it gets an answer, `sent away` if the connection opens and closes without one, and `refused` if it cannot connect.
"""

import contextlib
import ipaddress
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

PATIENCE = 90
WINDOWS_CLIENT = "/mnt/c/Lab/connect.exe"
DAP = b'{"seq":1,"type":"request","command":"initialize","arguments":{"adapterID":"go"}}'
QUESTIONS = {
    "API": b'{"method":"RPCServer.GetVersion","params":[{}],"id":1}\n',
    "DAP": b"Content-Length: %d\r\n\r\n%s" % (len(DAP), DAP),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_some(file, until, why):
    """The bytes up to and with `until`, or all there are."""
    text = b""
    deadline = time.monotonic() + PATIENCE
    while until not in text:
        if not select.select([file], [], [], max(0, deadline - time.monotonic()))[0]:
            raise TimeoutError(f"{why}: nothing after {PATIENCE} s, only {text!r}")
        chunk = os.read(file.fileno(), 65536)
        if not chunk:
            break
        text += chunk
    return text


def address(row):
    """`127.0.0.1:2345` for a row of /proc/net/tcp or tcp6, which prints each 32 bits as a number of the machine's."""
    digits, port = row.split(":")
    words = struct.pack(f"={len(digits) // 8}I", *(int(digits[at : at + 8], 16) for at in range(0, len(digits), 8)))
    host = ipaddress.ip_address(words)
    return f"[{host}]:{int(port, 16)}" if host.version == 6 else f"{host}:{int(port, 16)}"


def listens(pid):
    """Every TCP socket of the process that listens."""
    own = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        # One that was closed meanwhile is no listener.
        with contextlib.suppress(FileNotFoundError):
            own.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    found = []
    for table in ("tcp", "tcp6"):
        with open(f"/proc/{pid}/net/{table}", encoding="ascii") as rows:
            for row in [line.split() for line in rows][1:]:
                if row[3] == "0A" and f"socket:[{row[9]}]" in own:
                    found.append(address(row[1]))
    return sorted(found)


def running_below(directory):
    """The programs that run from this folder."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            program = os.readlink(f"/proc/{pid}/exe")
        except OSError:
            continue
        if program.startswith(directory + "/"):
            found.append(program)
    return found


def start(command, question, **options):
    client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    client.stdin.write(question)
    client.stdin.flush()
    return client


def verdict(client, who):
    """Reads the beginning of an answer, then hangs up."""
    heard = read_some(client.stdout, b"}", who)
    client.kill()
    complaint = client.stderr.read().decode(errors="replace")
    client.wait()
    if heard:
        return "served"
    return f"refused ({complaint.strip()})" if complaint else "sent away"


LINUX_CLIENT = """
import socket, sys
try:
    server = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=30)
except OSError as error:
    sys.exit(str(error))
server.sendall(sys.stdin.buffer.readline() if sys.argv[3] == "API" else sys.stdin.buffer.read1())
try:
    while chunk := server.recv(65536):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
except ConnectionResetError:
    pass
"""


def connect(who, host, port, protocol):
    question = QUESTIONS[protocol]
    if who == "windows":
        host = f"[{host}]" if ":" in host else host
        return verdict(start([WINDOWS_CLIENT, f"{host}:{port}"], question), f"{who} {host}")
    options = {} if int(who) == os.geteuid() else {"user": int(who), "group": int(who), "extra_groups": []}
    client = start(["/usr/bin/python3", "-IBc", LINUX_CLIENT, host, str(port), protocol], question, **options)
    return verdict(client, f"{who} {host}")


def await_relay():
    """The relay looks at the table of listeners now and then. Once Windows reaches a socket younger than delve's, it has seen delve's too."""
    deadline = time.monotonic() + PATIENCE
    with socket.create_server(("127.0.0.1", 0)) as listener:
        while time.monotonic() < deadline:
            client = start([WINDOWS_CLIENT, "127.0.0.1:%d" % listener.getsockname()[1]], b"")
            ready = select.select([listener, client.stderr], [], [], PATIENCE)[0]
            client.kill()
            client.wait()
            if listener in ready:
                return
    raise TimeoutError("the lab's relay forwards nothing")


class Debugger:
    """One of them, from its start to its end."""

    def __init__(self, asked):
        self.asked = asked
        self.port = free_port()
        self.cwd = asked.get("cwd", os.getcwd())
        self.command = [word.replace("PORT", str(self.port)) for word in asked["dlv"]]
        self.env = {**os.environ, **asked.get("env", {})}
        self.told = {}

    def start(self):
        uid = self.asked.get("uid")
        options = {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
        self.process = subprocess.Popen(
            self.command, cwd=self.cwd, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )
        self.pid, self.stdout = self.process.pid, self.process.stdout

    def take_our_place(self):
        """Returns in a child; the process that WSL's relay started becomes the debugger."""
        own, (read, write) = os.getpid(), os.pipe()
        if os.fork() == 0:
            os.close(write)
            self.pid, self.stdout = own, os.fdopen(read, "rb", 0)
            return
        os.dup2(write, 1)
        os.dup2(os.open("/dev/null", os.O_RDWR), 2)
        os.chdir(self.cwd)
        os.execve(self.command[0], self.command, self.env)

    def look(self):
        said = read_some(self.stdout, b"\n", "delve").decode().strip()
        self.told["said"] = self.masked(said)
        if "listening at" not in said:
            raise ValueError(f"{self.command}: {said!r} {self.process.stderr.read()}")
        with open(f"/proc/{self.pid}/cmdline", encoding="utf-8") as file:
            self.told["argv"] = [self.masked(word) for word in file.read().split("\0")[:-1]]
        self.told["exe"] = os.readlink(f"/proc/{self.pid}/exe")
        self.told["listens"] = [self.masked(address) for address in listens(self.pid)]
        protocol = said[:3]
        if self.asked.get("relay"):
            await_relay()
        self.told["clients"] = {}
        for name in self.asked.get("clients", []):
            who, host = name.split()
            self.told["clients"][name] = connect(who, host, self.port, protocol)

    def use_terminal(self):
        """`dlv connect`, with its commands on standard input."""
        commands = "\n".join(self.asked["commands"]) + "\n"
        arguments = ["connect", f"127.0.0.1:{self.port}", "--allow-non-terminal-interactive=true"]
        done = subprocess.run(
            [self.command[0], *arguments], input=commands, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.cwd, env=self.env, timeout=PATIENCE, check=False
        )
        self.told["terminal"] = self.masked(done.stdout)

    def finish(self):
        if "commands" not in self.asked:
            os.kill(self.pid, getattr(signal, self.asked.get("end", "SIGTERM")))
        out, err = self.process.communicate(timeout=PATIENCE)
        self.told["ended"] = self.process.returncode
        self.told["output"] = self.masked((out + err).decode(errors="replace"))
        self.told["files"] = sorted(os.listdir(self.cwd))
        # What was killed is gone when the kernel has come to it.
        deadline = time.monotonic() + 10
        while (left := running_below(self.cwd)) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.told["processes"] = left

    def masked(self, text):
        return text.replace(f":{self.port}", ":PORT")


def main():
    told = []
    for asked in json.loads(sys.argv[1]):
        debugger = Debugger(asked)
        told.append(debugger.told)
        if asked.get("straight"):
            debugger.take_our_place()
            debugger.look()
            print(json.dumps(told), flush=True)
            os.kill(debugger.pid, signal.SIGTERM)
            return
        debugger.start()
        try:
            debugger.look()
            if "commands" in asked:
                debugger.use_terminal()
            debugger.finish()
        finally:
            debugger.process.kill()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
