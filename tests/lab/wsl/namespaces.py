"""The kernel calls that a lab is made of: namespaces, mounts, parent-death signals.

Python's standard library has none of them before 3.12, so they are called through libc. Every failure is an OSError
that names the call and its target.
"""

import ctypes
import os
import signal

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_NOATIME = 0x400
MS_BIND = 0x1000
MS_REC = 0x4000
MS_UNBINDABLE = 0x20000
MS_PRIVATE = 0x40000

_MNT_DETACH = 2
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_CHILD_SUBREAPER = 36


def _check(result, call, target=None):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{call}: {os.strerror(error)}", target)


def unshare(flags):
    _check(_libc.unshare(flags), "unshare")


def join(pid, kind):
    """Enters one namespace of a process of this process namespace."""
    descriptor = os.pidfd_open(pid)
    try:
        _check(_libc.setns(descriptor, kind), "setns")
    finally:
        os.close(descriptor)


def mount(source, target, fstype=None, flags=0, options=None):
    def text(value):
        return None if value is None else os.fsencode(value)

    _check(
        _libc.mount(text(source), text(target), text(fstype), ctypes.c_ulong(flags), text(options)),
        f"mount {fstype or 'bind'}",
        os.fspath(target),
    )


def bind(source, target, flags=MS_REC):
    mount(source, target, flags=MS_BIND | flags)


def enter_root(new_root):
    """Makes `new_root` the root and drops the old one, which is then no longer in mountinfo."""
    os.chdir(new_root)
    _check(_libc.pivot_root(b".", b"."), "pivot_root", new_root)
    _check(_libc.umount2(b".", _MNT_DETACH), "umount", "old root")
    os.chdir("/")


def die_with_parent():
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")


def forget_origins(command_line):
    """Makes /proc/PID/cmdline and environ show the values of the real process instead of the lab's."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    arg_start, arg_end, env_start, env_end = (int(field) for field in fields[45:49])
    ctypes.memset(arg_start, 0, arg_end - arg_start)
    ctypes.memmove(arg_start, command_line[: arg_end - arg_start - 1], min(len(command_line), arg_end - arg_start - 1))
    ctypes.memset(env_start, 0, env_end - env_start)


def become_subreaper():
    """Orphans below this process become its children, as they do below the real relay."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def set_name(name):
    """Sets the name that ps and /proc/PID/comm show. The kernel keeps 15 bytes of it."""
    _check(_libc.prctl(_PR_SET_NAME, os.fsencode(name), 0, 0, 0), "prctl")


def write_id_maps(pid, uid_map, gid_map, one_id):
    """Gives the new user namespace of `pid` its ids. With a single id of each kind, setgroups must be denied."""
    if one_id:
        with open(f"/proc/{pid}/setgroups", "w", encoding="ascii") as file:
            file.write("deny")
    for name, text in (("uid_map", uid_map), ("gid_map", gid_map)):
        with open(f"/proc/{pid}/{name}", "w", encoding="ascii") as file:
            file.write(text)


def make_root_of(pid):
    """Enters the first user namespace. root keeps its ids. An ordinary user becomes 0, the owner of binfmt_misc's files."""
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        write_id_maps(pid, _identity("uid_map"), _identity("gid_map"), one_id=False)
    else:
        write_id_maps(pid, f"0 {uid} 1", f"0 {gid} 1", one_id=True)


def become_in_own_namespace(uid, gid):
    """Enters an inner user namespace, where the only id has another number and no rights outside."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER)
    write_id_maps("self", f"{uid} {outer_uid} 1", f"{gid} {outer_gid} 1", one_id=True)


def _identity(name):
    """Maps every id of this user namespace to itself."""
    with open(f"/proc/self/{name}", encoding="ascii") as file:
        return "\n".join("{0} {0} {2}".format(*line.split()) for line in file)


def wait_status(pid):
    """Waits for this child, and ignores other children."""
    return os.waitpid(pid, 0)[1]
