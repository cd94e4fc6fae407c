"""Linux paths as Windows sees them: what /init does to the program, the working directory and WSLENV's /p and /l values.

The mount table decides, never wsl.conf: the last mount that holds the path is asked; a drive's answer is its own root plus the rest, anything else
is reached through \\\\wsl.localhost\\DISTRO. Where the real one looks for drvfs mounts, the lab's drives are known by a source that is a drive root.
"""

import os
import re

_DRIVE = re.compile(rb"(?:[A-Za-z]:\\|\\\\[^\\]+\\[^\\])")
_OCTAL = re.compile(rb"\\([0-7]{3})")
# NTFS cannot have these in a name; drvfs moves them to a private area of Unicode. Trailing dots and spaces are left alone.
_FORBIDDEN = {byte: chr(0xF000 + byte).encode() for byte in [*range(1, 0x20), *b'"*:<>?|\\']}


def _unescape(field):
    return _OCTAL.sub(lambda match: bytes([int(match[1], 8)]), field)


def mounts():
    """(mount point, source, root within the source) of every mount, in the kernel's order."""
    with open("/proc/self/mountinfo", "rb") as table:
        for line in table:
            fields = line.rstrip(b"\n").split(b" ")
            try:
                dash = fields.index(b"-", 6)
                yield _unescape(fields[4]), _unescape(fields[dash + 2]), _unescape(fields[3])
            except (ValueError, IndexError):
                continue


def is_drive(source):
    """Whether a mount's source is a Windows folder: `C:\\`, `C:\\folder`, `\\\\server\\share`."""
    return _DRIVE.match(source) is not None


def holder(path):
    """The mount that a path is on: the last line that holds it, as later mounts hide earlier ones."""
    found = None
    for point, source, root in mounts():
        if is_below(path, point):
            found = (point, source, root)
    return found


def is_below(path, directory):
    return path == directory or directory == b"/" or path.startswith(directory + b"/")


def escape(path):
    """The bytes of a Linux path, separators turned round, as a Windows name."""
    return b"".join(b"\\" if byte == 0x2F else _FORBIDDEN.get(byte, bytes([byte])) for byte in path)


def unescape_names(path):
    """The other way round, for names that come from \\\\wsl.localhost."""
    for byte, private in _FORBIDDEN.items():
        path = path.replace(private, bytes([byte]))
    return path


def collapse(path):
    """An absolute path without `.`, `..` and doubled separators, by its text alone; None if it climbs above the root."""
    parts = []
    for part in path.split(b"/"):
        if part == b"..":
            if not parts:
                return None
            parts.pop()
        elif part not in (b"", b"."):
            parts.append(part)
    slash = b"/" if path.endswith(b"/") and parts else b""
    return b"/" + b"/".join(parts) + slash


def to_windows(path, distro):
    """The Windows name of an absolute, collapsed path."""
    point, source, root = holder(path.rstrip(b"/") or b"/") or (b"/", b"", b"/")
    if not is_drive(source):
        return b"\\\\wsl.localhost\\" + distro + escape(path)
    inside = root.strip(b"/")
    tail = path[len(point.rstrip(b"/")) :].lstrip(b"/")
    below = b"/".join(piece for piece in (inside, tail) if piece)
    return source.rstrip(b"\\") + b"\\" + escape(below) if below else source


def value_to_windows(value, distro):
    """One element of a /p or /l value. Links are not followed; a relative name stays one where nothing of that name exists. None: cannot be said."""
    if not value:
        return None
    path = value
    if not value.startswith(b"/"):
        if not os.path.lexists(value):
            return escape(value)
        path = os.path.join(os.getcwdb(), value)
    path = collapse(path)
    return None if path is None else to_windows(path, distro)
