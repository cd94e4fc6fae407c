"""Windows' localhost with nat and bridged: Windows reaches a listener on Linux's loopback at the same port.

It needs two processes, as in the real WSL. A process of root in the distribution's network (`localhost`) reads the table
of listeners and connects to them. A process on Windows (wslrelay.exe) listens on 127.0.0.1 or ::1. A dual-stack `::` is
available only on ::1. The relay does not check if Windows already uses the port. It reads the table every quarter of a
second; WSL reads it every second.
"""

import json
import os
import select
import socket
import threading
import time

PERIOD = 0.25
LISTENING = "0A"
LOOPBACK = {"4": "127.0.0.1", "6": "::1"}
OFFERED = {"4": ("0100007F", "00000000"), "6": ("00000000000000000000000001000000", "0" * 32)}


def _open_tables():
    """Opens the tables once, before a second process exists: later, /proc is the distribution's, without these two processes."""
    tables = []
    for family, name in (("4", "tcp"), ("6", "tcp6")):
        if os.path.exists(f"/proc/self/net/{name}"):
            tables.append((family, open(f"/proc/self/net/{name}", encoding="ascii")))
    return tables


def _listeners(tables):
    """Returns family and port, such as `4:2345`, of each listener on loopback."""
    found = set()
    for family, table in tables:
        table.seek(0)
        for row in [line.split() for line in table][1:]:
            address, _, port = row[1].partition(":")
            if row[3] == LISTENING and address in OFFERED[family]:
                found.add(f"{family}:{int(port, 16)}")
    return found


def run_in_distribution(channel, tables):
    """The Linux part: reports the listeners, and connects to the port that Windows asks for. Ends with the lab."""
    said = None
    while True:
        found = sorted(_listeners(tables))
        if found != said:
            channel.send(json.dumps(found).encode())
            said = found
        deadline = time.monotonic() + PERIOD
        while select.select([channel], [], [], max(0, deadline - time.monotonic()))[0]:
            where, files, _, _ = socket.recv_fds(channel, 100, 1)
            if not where:
                return 0
            client = socket.socket(fileno=files[0])
            threading.Thread(target=_dial, args=(where.decode(), client), daemon=True).start()


def _dial(where, client):
    family, _, port = where.partition(":")
    try:
        server = socket.create_connection((LOOPBACK[family], int(port)), timeout=30)
    except OSError:
        client.close()
        return
    server.settimeout(None)
    back = threading.Thread(target=_copy, args=(server, client), daemon=True)
    back.start()
    _copy(client, server)
    back.join()
    client.close()
    server.close()


def _copy(source, sink):
    try:
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def run_on_windows(channel):
    """The Windows part, a thread of the machine's process: a listener for each port that Linux has."""
    listeners = {}
    while True:
        ready, _, _ = select.select([channel, *listeners.values()], [], [])
        for where, listener in list(listeners.items()):
            if listener in ready:
                client, _ = listener.accept()
                with client:
                    socket.send_fds(channel, [where.encode()], [client.fileno()])
        if channel in ready:
            text = channel.recv(65536)
            if not text:
                return
            wanted = set(json.loads(text))
            for where in listeners.keys() - wanted:
                listeners.pop(where).close()
            for where in wanted - listeners.keys():
                listener = _listen(where)
                if listener:
                    listeners[where] = listener


def _listen(where):
    family, _, port = where.partition(":")
    listener = socket.socket(socket.AF_INET6 if family == "6" else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK[family], int(port)))
        listener.listen()
    except OSError:
        listener.close()
        return None
    return listener


def start_on_windows(channel):
    threading.Thread(target=run_on_windows, args=(channel,), daemon=True).start()


def start_in_distribution(channel, prepare):
    """Starts a process outside the distribution's process namespace, where no process in it sees it."""
    tables = _open_tables()
    pid = os.fork()
    if pid == 0:
        try:
            prepare()
            run_in_distribution(channel, tables)
        except OSError:
            pass
        finally:
            os._exit(0)
    for _, table in tables:
        table.close()
    channel.close()
