"""Translates Linux paths to Windows paths, as /init does for the program, the working directory and /p and /l of WSLENV.

The mount table decides, never wsl.conf. The last mount that holds the path counts. On a drive, the path is the drive's
root and the rest. Any other path becomes \\\\wsl.localhost\\DISTRO and the path. The real /init looks for drvfs mounts; in
the lab, a mount is a drive if its source is a drive root.
"""

import os
import re

_DRIVE = re.compile(rb"(?:[A-Za-z]:\\|\\\\[^\\]+\\[^\\])")
_OCTAL = re.compile(rb"\\([0-7]{3})")
# NTFS allows none of these in a name. drvfs moves them to a private area of Unicode. Trailing dots and spaces stay.
_FORBIDDEN = {byte: chr(0xF000 + byte).encode() for byte in [*range(1, 0x20), *b'"*:<>?|\\']}


def _unescape(field):
    return _OCTAL.sub(lambda match: bytes([int(match[1], 8)]), field)


def mounts():
    """Returns (mount point, source, root within the source) of every mount, in the kernel's order."""
    with open("/proc/self/mountinfo", "rb") as table:
        for line in table:
            fields = line.rstrip(b"\n").split(b" ")
            try:
                dash = fields.index(b"-", 6)
                yield _unescape(fields[4]), _unescape(fields[dash + 2]), _unescape(fields[3])
            except (ValueError, IndexError):
                continue


def is_drive(source):
    """Returns true if a mount's source is a Windows folder: `C:\\`, `C:\\folder`, `\\\\server\\share`."""
    return _DRIVE.match(source) is not None


def holder(path):
    """Returns the mount of a path: the last line that holds it, because later mounts hide earlier ones."""
    found = None
    for point, source, root in mounts():
        if is_below(path, point):
            found = (point, source, root)
    return found


def is_below(path, directory):
    return path == directory or directory == b"/" or path.startswith(directory + b"/")


def escape(path):
    """Returns a Linux path as a Windows name, with backslashes."""
    return b"".join(b"\\" if byte == 0x2F else _FORBIDDEN.get(byte, bytes([byte])) for byte in path)


def unescape_names(path):
    """Returns a Windows name below \\\\wsl.localhost as a Linux path."""
    for byte, private in _FORBIDDEN.items():
        path = path.replace(private, bytes([byte]))
    return path


def collapse(path):
    """Returns an absolute path without `.`, `..` and doubled separators, by its text; None if it leads above the root."""
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
    """Returns the Windows name of an absolute, collapsed path."""
    point, source, root = holder(path.rstrip(b"/") or b"/") or (b"/", b"", b"/")
    if not is_drive(source):
        return b"\\\\wsl.localhost\\" + distro + escape(path)
    inside = root.strip(b"/")
    tail = path[len(point.rstrip(b"/")) :].lstrip(b"/")
    below = b"/".join(piece for piece in (inside, tail) if piece)
    return source.rstrip(b"\\") + b"\\" + escape(below) if below else source


def value_to_windows(value, distro):
    """Translates an element of a /p or /l value, or returns None. It follows no links. A relative name without a file stays."""
    if not value:
        return None
    path = value
    if not value.startswith(b"/"):
        if not os.path.lexists(value):
            return escape(value)
        path = os.path.join(os.getcwdb(), value)
    path = collapse(path)
    return None if path is None else to_windows(path, distro)
