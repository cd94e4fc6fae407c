"""The processes of the distribution: init, the session's leader and relay, and the command.

    1   init(DISTRO)     reaps; owns /run/WSL/1_interop (systemd: 1 is systemd, 2 is init and owns it, 1_interop is a link)
    7   SessionLeader
    8   Relay(9)         owns /run/WSL/8_interop, adopts the session's orphans
    9   COMMAND

A relay accepts a connection and passes it on to Windows. All of them ignore the terminal's signals; the command gets them.
"""

import errno
import os
import select
import signal
import socket
import subprocess

from wsl import namespaces as ns

RUN = "/run/WSL"
TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGQUIT)


class InteropServer:
    """A socket /run/WSL/PID_interop whose connections go to Windows, or nowhere if interop is off."""

    def __init__(self, pid, channel):
        self.path = f"{RUN}/{pid}_interop"
        self.channel = channel
        self.kept = []
        self.listener = listen(self.path)

    def accept(self):
        connection, _ = self.listener.accept()
        if self.channel is None:
            self.kept.append(connection)
            return
        with connection:
            try:
                socket.send_fds(self.channel, [b"."], [connection.fileno()])
            except OSError:
                pass


def listen(path, backlog=128):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    os.chmod(path, 0o777)
    listener.listen(backlog)
    return listener


def leave_stale_socket(path):
    """Makes a socket file whose listener was killed: connecting is refused."""
    listen(path).close()


def leave_hung_socket(path):
    """Makes a listener whose backlog stays full: connect(2) never returns. The returned sockets keep it full."""
    listener = listen(path, 0)
    held = [listener]
    while True:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.setblocking(False)
        held.append(client)
        if client.connect_ex(path) == errno.EAGAIN:
            return held


def start_with_pid(pid):
    """Gives this pid to the next child of this process namespace, if the kernel allows it."""
    try:
        with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as file:
            file.write(str(pid - 1))
    except OSError:
        pass


def ignore_terminal():
    for number in TERMINAL_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def child(work):
    """Forks. The child does `work` and exits with its result, also after an exception."""
    pid = os.fork()
    if pid:
        return pid
    status = 120
    try:
        status = work()
    except (OSError, subprocess.SubprocessError) as error:
        os.write(2, f"lab: {error}\n".encode())
    finally:
        os._exit(status)


def reap_until(pid, server=None):
    """Waits for one child, reaping every orphan on the way and accepting connections; returns its wait status."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_read, False)
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    watched = [wake_read] + ([server.listener] if server else [])
    while True:
        while True:
            try:
                reaped, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return 0
            if reaped == pid:
                return status
            if reaped == 0:
                break
        ready, _, _ = select.select(watched, [], [])
        if wake_read in ready:
            os.read(wake_read, 4096)
        if server and server.listener in ready:
            server.accept()


class Session:
    """The command that the relay starts, and its user."""

    def __init__(self, command, directory, user, environ, dispositions):
        self.command = command
        self.directory = directory
        self.user = user
        self.environ = environ
        self.dispositions = dispositions

    def become(self):
        """Replaces this process with the command. Returns 126 or 127 if that fails."""
        for number, action in self.dispositions.items():
            signal.signal(number, action)
        if self.user.switch:
            os.initgroups(self.user.name, self.user.gid)
            os.setresgid(self.user.gid, self.user.gid, self.user.gid)
            os.setresuid(self.user.uid, self.user.uid, self.user.uid)
        elif self.user.uid != os.geteuid():
            ns.become_in_own_namespace(self.user.uid, self.user.gid)
        try:
            os.chdir(self.directory)
        except OSError:
            os.chdir("/")
        try:
            os.execvpe(self.command[0], self.command, self.environ)
        except OSError as error:
            os.write(2, f"lab: {self.command[0]}: {error.strerror}\n".encode(errors="surrogateescape"))
            return 127 if error.errno == errno.ENOENT else 126


def relay(session, options, channel, report):
    """Pid 8: starts the command, and passes its connections on to Windows."""
    ns.become_subreaper()
    own = os.getpid()
    server = None
    held = []
    if options.interop:
        server = InteropServer(own, channel)
        session.environ["WSL_INTEROP"] = server.path
        if options.socket == "stale":
            session.environ["WSL_INTEROP"] = f"{RUN}/777_interop"
            leave_stale_socket(f"{RUN}/777_interop")
        elif options.socket == "hung":
            session.environ["WSL_INTEROP"] = f"{RUN}/777_interop"
            held = leave_hung_socket(f"{RUN}/777_interop")
        elif options.socket == "mute":
            server.channel = None
    pid = child(session.become)
    ns.set_name(f"Relay({pid})")
    status = reap_until(pid, server)
    os.write(report, str(status).encode())
    if server:
        os.unlink(server.path)
    del held
    return 0


def leader(session, options, channel, report):
    ns.set_name("SessionLeader")
    start_with_pid(8)
    pid = child(lambda: relay(session, options, channel, report))
    return os.waitstatus_to_exitcode(ns.wait_status(pid)) & 0xFF


def init(session, options, channel, report):
    """Pid 1, or 2 under systemd. Its socket exists even if interop is off; then it is connected to nothing."""
    ns.set_name(f"init({options.distro})")
    mute = not options.interop or options.socket == "mute"
    server = InteropServer(os.getpid(), None if mute else channel)
    start_with_pid(7)
    pid = child(lambda: leader(session, options, channel, report))
    return os.waitstatus_to_exitcode(reap_until(pid, server)) & 0xFF


def run(session, options, channel, report):
    """The first process of the distribution's process namespace."""
    ignore_terminal()
    ns.forget_origins(b"/init")
    if not options.systemd:
        return init(session, options, channel, report)
    ns.set_name("systemd")
    os.symlink("2_interop", f"{RUN}/1_interop")
    pid = child(lambda: init(session, options, channel, report))
    return os.waitstatus_to_exitcode(reap_until(pid)) & 0xFF
