"""Starting a Windows program: what /init does under any name but its reserved ones.

The contract is `/init PATH ARGV0 ARG...`. PATH is resolved through links and translated; ARGV0 becomes the program's argv[0], cut to its file name
only where it is PATH byte for byte; ARGs are never translated. Files beyond 0, 1 and 2 stay behind. Everything that goes wrong on this side is status 1.

On the real thing a Windows process dials back over a VM socket within ten seconds; here the answer on the Unix socket stands for that, and the
wait is one second.
"""

import errno
import json
import os
import select
import signal
import socket
import sys
import threading

import journal
import paths
import wslenv

RUN = b"/run/WSL"
ACCEPT_TIMEOUT = 1.0
CONNECT_TIMEOUT = 1.0  # the real one has none: a full backlog holds it for ever


def complain(text):
    sys.stderr.write(f"<3>WSL ({os.getpid()} - ) ERROR: {text}\n")
    sys.stderr.flush()


def parent_of(pid):
    """The name in /proc/PID/stat may hold spaces and parentheses: the last one closes it."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        content = file.read()
    parent = int(content[content.rindex(b")") + 1 :].split()[1])
    if parent == 0:
        complain(f"UtilGetPpid:1293: Failed to parse: /proc/{pid}/stat, content: {content.decode(errors='replace').strip()}")
    return parent


def find_socket(environ):
    """WSL_INTEROP where that file exists (an empty value does not); else the nearest ancestor's; else the stale value after all; else None."""
    named = environ.get(b"WSL_INTEROP")
    if named and os.path.exists(named):
        return named
    pid = os.getppid()
    while pid > 0:
        candidate = b"%s/%d_interop" % (RUN, pid)
        if os.path.exists(candidate):
            return candidate
        try:
            pid = parent_of(pid)
        except (OSError, ValueError, IndexError):
            break
    return named


def connect(path):
    """One attempt; a socket file left behind by a killed relay is not worked round."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(CONNECT_TIMEOUT)
    try:
        connection.connect(path)
    except (TimeoutError, BlockingIOError):
        complain("UtilConnectUnix:524: connect did not return (simulated: a real one would wait for ever)")
        return None
    except OSError as error:
        complain(f"UtilConnectUnix:524: connect failed {error.errno}")
        return None
    connection.settimeout(None)
    return connection


def describe(arguments, environ, distro):
    """What is told to Windows; raises OSError where the working directory is gone."""
    program, argv0 = arguments[0], arguments[1]
    directory = os.getcwdb()
    resolved = os.path.realpath(program)
    if argv0 == program:
        argv0 = os.path.basename(program)
    return {
        "application": paths.to_windows(resolved, distro),
        "arguments": [argv0, *arguments[2:]],
        "directory": paths.to_windows(directory, distro),
        "environment": wslenv.overlay(environ, distro),
    }


def encode(message):
    """JSON of bytes: Linux names are bytes, and Windows replaces what is not UTF-8."""
    if isinstance(message, bytes):
        return message.decode("utf-8", "replace")
    if isinstance(message, dict):
        return {key: encode(value) for key, value in message.items()}
    if isinstance(message, (list, tuple)):
        return [encode(value) for value in message]
    return message


def pump(source, sink):
    """Copies until either end is closed; closes both, so that the other side learns of it."""
    try:
        while chunk := os.read(source, 65536):
            while chunk:
                chunk = chunk[os.write(sink, chunk) :]
    except OSError:
        pass
    finally:
        os.close(source)
        os.close(sink)


def open_pipes():
    """Our ends, each as (a copy of our stream, the pipe), and the three that Windows gets."""
    ours, theirs = [], []
    for standard in range(3):
        reading, writing = os.pipe()
        near, far = (writing, reading) if standard == 0 else (reading, writing)
        ours.append((os.dup(standard), near))
        theirs.append(far)
    return ours, theirs


def receive(connection, timeout=None):
    """The next line of the answer, or None when the other side is silent or gone."""
    line = b""
    while not line.endswith(b"\n"):
        if timeout is not None and not select.select([connection], [], [], timeout)[0]:
            return None
        byte = connection.recv(1)
        if not byte:
            return None
        line += byte
    return json.loads(line)


def launch(arguments, how, environ, settings):
    """Runs the program to its end; the exit status is the low eight bits of what Windows says."""
    if not settings["argv0_slot"]:
        arguments = [arguments[0], arguments[0], *arguments[1:]] if arguments else []
    if len(arguments) < 2:
        journal.write(arguments, how, environ, note="too few arguments")
        return 1
    path = find_socket(environ)
    try:
        message = describe(arguments, environ, environ.get(b"WSL_DISTRO_NAME") or settings["distro"].encode())
    except OSError:
        journal.write(arguments, how, environ, socket=path, note="no working directory")
        return 1
    journal.write(arguments, how, environ, socket=path, message=message)
    if path is None:
        return 1
    connection = connect(path)
    if connection is None:
        return 1

    ours, theirs = open_pipes()
    request = json.dumps(encode(message)).encode()
    try:
        socket.send_fds(connection, [b"%d\n" % len(request)], theirs)
        connection.sendall(request)
        accepted = receive(connection, ACCEPT_TIMEOUT)
    except OSError:
        accepted = None
    for end in theirs:
        os.close(end)
    if accepted is None:
        complain("UtilAcceptVsock:271: accept4 failed 110")
        return 1

    # Without a console Ctrl-C ends the proxy, whose going makes Windows terminate the program; status 1, not 130.
    signal.signal(signal.SIGINT, lambda *_: os._exit(1))
    pumps = []
    for number, (standard, pipe) in enumerate(ours):
        ends = (standard, pipe) if number == 0 else (pipe, standard)
        thread = threading.Thread(target=pump, args=ends, daemon=True)
        thread.start()
        pumps.append(thread)
    # The pumps hold copies, so a reader of ours that goes away is seen by the program, and our own 1 and 2 do not keep a pipe open.
    outcome = receive(connection)
    for thread in pumps[1:]:
        thread.join()
    if outcome is None:
        return 1
    if "error" in outcome:
        complain_of(arguments[0], outcome["error"])
        return 1
    return outcome["exit"] & 0xFF


def complain_of(program, windows_error):
    """CreateProcess's reasons, told with an errno: not found, needs elevation, and one for all the rest."""
    number = {2: errno.ENOENT, 3: errno.ENOENT, 740: errno.EACCES}.get(windows_error, errno.EINVAL)
    sys.stderr.buffer.write(program + b": " + os.strerror(number).encode() + b"\n")
    sys.stderr.buffer.flush()
