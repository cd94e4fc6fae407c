"""Writes a record of each call to /init for the tests: one JSON object per line in /run/lab/init.log.

Bytes that are not UTF-8 are {"b64": ...}.
"""

import base64
import json
import os

LOG = "/run/lab/init.log"


def text(value):
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"b64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: text(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [text(inner) for inner in value]
    return value


def _open_files():
    """Returns the caller's open files except 0 to 2. The descriptor of the listing is closed before it is checked."""
    return [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2 and os.path.lexists(f"/proc/self/fd/{name}")]


def write(arguments, how, environ, socket=None, message=None, note=None):
    record = {
        "name": how.argv0,
        "via": "direct" if how.via == "direct" else "binfmt",
        "preserved_argv0": how.via == "binfmt-P",
        "argv": arguments,
        "env": sorted(environ),
        "socket": socket,
        "open_files": _open_files(),
        "sent": message,
        "note": note,
    }
    try:
        record["cwd"] = os.getcwdb()
    except OSError:
        record["cwd"] = None
    line = json.dumps(text(record)) + "\n"
    try:
        log = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    except OSError:
        return
    os.write(log, line.encode())
    os.close(log)
