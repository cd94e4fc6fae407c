"""Starts a Windows program, as /init does under every name that is not reserved.

The contract is `/init PATH ARGV0 ARG...`. PATH is resolved through links and translated. ARGV0 becomes the program's
argv[0]; if it equals PATH byte for byte, only its file name. Each ARG stays unchanged. Only descriptors 0, 1 and 2 reach
Windows. Every error on this side ends with status 1.

In the real WSL, a Windows process connects back over a VM socket within ten seconds. Here, the answer comes on the Unix
socket, and the wait is one second.
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
CONNECT_TIMEOUT = 1.0  # the real one has no timeout: with a full backlog, it never returns


def complain(text):
    sys.stderr.write(f"<3>WSL ({os.getpid()} - ) ERROR: {text}\n")
    sys.stderr.flush()


def parent_of(pid):
    """Returns the parent from /proc/PID/stat. The name there can have spaces and parentheses: the last one ends it."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        content = file.read()
    parent = int(content[content.rindex(b")") + 1 :].split()[1])
    if parent == 0:
        complain(f"UtilGetPpid:1293: Failed to parse: /proc/{pid}/stat, content: {content.decode(errors='replace').strip()}")
    return parent


def find_socket(environ):
    """Returns WSL_INTEROP if its file exists, else the nearest ancestor's socket, else the stale value, else None."""
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
    """Connects once. A socket file of a killed relay is an error."""
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
    """Returns the message to Windows. Raises OSError if the working directory is deleted."""
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
    """Returns JSON of bytes: Linux names are bytes, and Windows replaces bytes that are not UTF-8."""
    if isinstance(message, bytes):
        return message.decode("utf-8", "replace")
    if isinstance(message, dict):
        return {key: encode(value) for key, value in message.items()}
    if isinstance(message, (list, tuple)):
        return [encode(value) for value in message]
    return message


def pump(source, sink):
    """Copies until one end is closed, then closes both, so that the other side reads the end."""
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
    """Returns the three ends of this side, each as (copy of a stream, pipe), and the three that Windows gets."""
    ours, theirs = [], []
    for standard in range(3):
        reading, writing = os.pipe()
        near, far = (writing, reading) if standard == 0 else (reading, writing)
        ours.append((os.dup(standard), near))
        theirs.append(far)
    return ours, theirs


def receive(connection, timeout=None):
    """Returns the next line of the answer, or None if the other side sends none or has closed."""
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
    """Runs the program to its end. The exit status is the low 8 bits of the status on Windows."""
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

    # Without a console, Ctrl-C ends the proxy, and Windows then ends the program. The status is 1, not 130.
    signal.signal(signal.SIGINT, lambda *_: os._exit(1))
    pumps = []
    for number, (standard, pipe) in enumerate(ours):
        ends = (standard, pipe) if number == 0 else (pipe, standard)
        thread = threading.Thread(target=pump, args=ends, daemon=True)
        thread.start()
        pumps.append(thread)
    # The threads use copies: the program notices when a reader closes, and this process's 1 and 2 keep no pipe open.
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
    """Prints CreateProcess's error as an errno: not found, needs elevation, and one for all others."""
    number = {2: errno.ENOENT, 3: errno.ENOENT, 740: errno.EACCES}.get(windows_error, errno.EINVAL)
    sys.stderr.buffer.write(program + b": " + os.strerror(number).encode() + b"\n")
    sys.stderr.buffer.flush()
