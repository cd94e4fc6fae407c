"""The environment that Windows gets: WSLENV and the variables that it lists, and no others.

An entry is NAME or NAME/FLAGS. p and l translate, and split the value at every colon, also in drive letters and URLs. u
alone means "not in this direction"; u with w means never. An unknown flag, an upper-case flag or a second slash makes the
entry invalid. A listed variable that is unset or empty is sent empty, and Windows *deletes* an empty variable. With p or
l, an empty variable is not sent.
"""

import paths


def overlay(environ, distro):
    """Returns the pairs that are sent, in order. WSLENV is always one of them."""
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
