"""wslinfo: prints facts about the installed WSL."""

import sys

USAGE = """wslinfo usage:
    --networking-mode
        Display current networking mode.

    --msal-proxy-path
        Display the path to the MSAL proxy application.

    --vm-id
        Display WSL VM ID.

    --version
        Display the version of the WSL package.

    -n
        Do not print a newline.

    --help
        Display usage information.
"""


def main(arguments, settings):
    answers = {
        b"--networking-mode": settings["network"],
        b"--msal-proxy-path": settings["drives"] + "/c/Program Files/WSL/msal.wsl.proxy.exe",
        b"--vm-id": "{5f0b1c52-0d3c-4f6e-9a43-8f2c5a1e7d10}",
        b"--version": settings["wsl_version"],
        b"--wsl-version": settings["wsl_version"],
        b"--help": USAGE.rstrip(),
    }
    asked = None
    newline = "\n"
    for argument in arguments:
        if argument == b"-n":
            newline = ""
        elif argument in answers:
            asked = argument
        else:
            sys.stderr.write(
                f"Invalid command line argument: {argument.decode(errors='replace')}\nPlease use 'wslinfo --help' to get a list of supported arguments.\n"
            )
            return 1
    if asked is None:
        sys.stdout.write(USAGE)
        return 1
    sys.stdout.write(answers[asked] + newline)
    return 0
