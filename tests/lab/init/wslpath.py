"""wslpath: -w and -m read the file system and follow links; -u uses only the text.

On a failure, it prints the path to standard error and exits with 1.
"""

import os
import sys

import paths

USAGE = "wslpath [-a] [-u|-w|-m] PATH\n    -a  an absolute path\n    -u  from Windows to WSL (the default)\n    -w  from WSL to Windows\n    -m  the same, with / for \\\n"


def to_windows(path, absolute, distro):
    """Returns the real path if it exists. Otherwise uses the text, which stays relative unless it must be absolute."""
    slash = b"/" if path.endswith(b"/") else b""
    try:
        whole = os.path.realpath(path or b".", strict=True)
        if slash and not os.path.isdir(whole):
            return None
        if not path:
            return b"."
        return paths.to_windows(paths.collapse(whole + slash), distro)
    except FileNotFoundError:
        pass
    except OSError:
        return None
    if path.startswith(b"/") or absolute:
        whole = paths.collapse(os.path.join(os.getcwdb(), path))
        return None if whole is None else paths.to_windows(whole, distro)
    return paths.escape(b"/".join(part for part in path.split(b"/") if part) + slash)


def to_linux(path, absolute, distro):
    text = _one_separator(path)
    if text[:4] == b"\\\\?\\" and text[5:6] == b":":
        text = text[4:]
    if text[:3] in (b"\\\\?", b"\\\\."):
        return None
    if text[1:2] == b":" and len(text) > 2:
        return _from_rooted(text[:2], text[2:]) if text[2:3] == b"\\" else None
    if text[:2] == b"\\\\":
        return _from_share(text, distro)
    return _from_here(text, absolute)


def _one_separator(path):
    text = path.replace(b"/", b"\\")
    double = text.startswith(b"\\\\")
    while b"\\\\" in text:
        text = text.replace(b"\\\\", b"\\")
    return b"\\" + text if double else text


def _from_rooted(root, rest):
    """Translates `C:` or `\\\\server\\share` and the rest, by the mount whose source is the longest start of it."""
    tail = paths.collapse(rest.replace(b"\\", b"/"))
    if tail is None:
        return None
    wanted = root + tail.replace(b"/", b"\\")
    best = None
    table = list(paths.mounts())
    for number, (point, source, inside) in enumerate(table):
        if not paths.is_drive(source):
            continue
        start = (source.rstrip(b"\\") + b"\\" + inside.strip(b"/").replace(b"/", b"\\")).rstrip(b"\\")
        if not (wanted + b"\\").lower().startswith(start.lower() + b"\\"):
            continue
        found = point + wanted[len(start) :].replace(b"\\", b"/")
        if any(paths.is_below(found.rstrip(b"/"), later) and paths.is_below(later, point) or paths.is_below(point, later) for later, _, _ in table[number + 1 :]):
            continue
        if best is None or len(start) >= best[0]:
            best = (len(start), found)
    return best and best[1]


def _from_share(text, distro):
    parts = text[2:].split(b"\\")
    if len(parts) < 2 or not parts[1]:
        return None
    rest = b"\\" + b"\\".join(parts[2:]) if len(parts) > 2 else b""
    mounted = _from_rooted(b"\\\\" + b"\\".join(parts[:2]), rest or b"\\")
    if mounted is not None:
        return mounted if rest else mounted.rstrip(b"/")
    if parts[0].lower() not in (b"wsl.localhost", b"wsl$") or parts[1].lower() != distro.lower():
        return None
    tail = paths.collapse((rest or b"\\").replace(b"\\", b"/"))
    return None if tail is None else paths.unescape_names(tail)


def _from_here(text, absolute):
    """Translates relative to the working directory. A leading separator is the root of its drive. A path below it stays relative."""
    here = os.getcwdb()
    if text in (b".", b".\\") and not absolute:
        return b"."
    drive = paths.holder(here)
    on_drive = drive is not None and paths.is_drive(drive[1])
    ceiling = drive[0] if on_drive else b""
    if text.startswith(b"\\") and not on_drive:
        return None
    below = text if text.startswith(b"\\") else here[len(ceiling.rstrip(b"/")) :] + b"/" + text
    tail = paths.collapse(below.replace(b"\\", b"/"))
    if tail is None:
        return None
    whole = ceiling.rstrip(b"/") + tail
    if absolute or not paths.is_below(whole, here):
        return whole
    return whole[len(here.rstrip(b"/")) + 1 :] or None


def main(argv0, arguments, settings):
    directions = []
    absolute = False
    operands = []
    options = True
    for argument in arguments:
        if options and argument == b"--":
            options = False
        elif options and argument == b"--help":
            directions += ["help"] * 2
        elif options and argument.startswith(b"-") and len(argument) > 1:
            for letter in argument[1:].decode("latin-1"):
                if letter == "a":
                    absolute = True
                elif letter in "uwm":
                    directions.append(letter)
                else:
                    name = argument.decode(errors="replace")
                    sys.stderr.write(f"Invalid command line argument: {name}\nPlease use 'wslpath --help' to get a list of supported arguments.\n")
                    return 1
        else:
            operands.append(argument)
    if len(directions) > 1 or len(operands) != 1:
        sys.stderr.write("wslpath: Invalid argument\n")
        sys.stdout.write(USAGE)
        return 1
    distro = os.environb.get(b"WSL_DISTRO_NAME") or settings["distro"].encode()
    direction = directions[0] if directions else "u"
    translate = to_linux if direction == "u" else to_windows
    answer = translate(operands[0], absolute, distro)
    if not answer:
        sys.stderr.buffer.write(argv0 + b": " + operands[0] + b"\n")
        sys.stderr.buffer.flush()
        return 1
    if direction == "m":
        answer = answer.replace(b"\\", b"/")
    sys.stdout.buffer.write(answer + b"\n")
    sys.stdout.buffer.flush()
    return 0
