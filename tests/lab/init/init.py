"""/init of the simulated WSL. init.c executes it and passes on how it was started.

The basename of argv[0] selects the function: a few reserved names are tools, and every other name means "start a Windows
program". The code does what is known of the real /init. A comment marks each place where the lab differs.
"""

import collections
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

How = collections.namedtuple("How", "via argv0")

# Reserved names of the real /init that the lab does not use.
RESERVED = {
    b"mount.drvfs", b"localhost", b"telagent", b"gns", b"plan9", b"wsl-capture-crash", b"wsl-generator", b"wsl-user-generator", b"init-watcher",
    b"wsl-gpu-hook",
}


def main():
    via, argv0, *arguments = (os.fsencode(argument) for argument in sys.argv[1:])
    how = How(via.decode(), argv0)
    with open("/run/lab/settings.json", encoding="utf-8") as file:
        settings = json.load(file)
    name = os.path.basename(argv0)
    if name == b"wslinfo":
        import wslinfo

        return wslinfo.main(arguments, settings)
    if name == b"wslpath":
        import wslpath

        return wslpath.main(argv0, arguments, settings)
    if name in RESERVED:
        sys.stderr.write(f"{name.decode()}: not part of the simulated WSL\n")
        return 1
    with open("/proc/self/comm", "w", encoding="ascii") as comm:
        comm.write("init")
    import interop

    return interop.launch(arguments, how, dict(os.environb), settings)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # A thread may still read standard input. Nothing waits for it.
    os._exit(status)
