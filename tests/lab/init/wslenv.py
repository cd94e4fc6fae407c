"""The environment that crosses to Windows: WSLENV and what it lists, nothing else.

An entry is NAME or NAME/FLAGS. p and l translate (and split the value at every colon, Windows drive letters and URLs included); u alone means "not
in this direction"; u with w means never; an unknown flag, an upper-case one or a second slash drops the entry. A listed variable that is unset or
empty is sent empty, and Windows *erases* what it gets empty. With p or l an empty one is not sent at all.
"""

import paths


def overlay(environ, distro):
    """The pairs that are sent, in order; WSLENV itself always is."""
    listing = environ.get(b"WSLENV", b"")
    sent = [(b"WSLENV", listing)]
    for entry in listing.rstrip().split(b":"):
        if not entry:
            continue
        name, slash, flags = entry.partition(b"/")
        value = environ.get(name, b"")
        if not name or not set(flags) <= set(b"plwu") or b"u" in flags:
            continue
        if set(flags) & set(b"pl"):
            value = _translated(value, distro)
            if value is None:
                continue
        sent.append((name, value))
    return sent


def _translated(value, distro):
    elements = [paths.value_to_windows(element, distro) for element in value.split(b":")]
    kept = [element for element in elements if element is not None]
    return b";".join(kept) or None
