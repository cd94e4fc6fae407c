"""The distribution's file system: the host's, with the files of WSL mounted over it.

Every file of the host has the same path. /usr and /etc are overlays, and changes there are thrown away; all other folders
are the host's own. The C: tree is an overlay too. Its source has the name `C:\\`, as a drive has in WSL; only the file
system type differs.
"""

import glob
import os
import shutil
import stat

from wsl import namespaces as ns
from wsl import network
from wsl.options import FOREIGN

KERNEL = "5.15.153.1-microsoft-standard-WSL2"
VERSION = f"Linux version {KERNEL} (root@941d701f84f1) (gcc (GCC) 11.2.0, GNU ld (GNU Binutils) 2.37) #1 SMP Fri Mar 29 23:14:13 UTC 2024"
LAYERED = {"usr", "etc"}
OURS = {"init", "tools", "run", "mnt", "proc", "c", "d", "sys", "lost+found"}


class Root:
    """Builds the tree below `base`, an empty directory under a tmpfs. Temporary changes are beside it, invisible in the lab."""

    def __init__(self, base, lab, options):
        self.base = base
        self.path = os.path.join(base, "root")
        self.layers = os.path.join(base, "layers")
        self.lab = lab
        self.options = options

    def inside(self, *names):
        return os.path.join(self.path, *(name.lstrip("/") for name in names))

    def build(self):
        ns.mount("none", self.base, "tmpfs", 0, "mode=0755")
        # Otherwise the folder that holds the cache would be bound with all of this in it.
        ns.mount(None, self.base, flags=ns.MS_UNBINDABLE)
        for directory in (self.layers, self.path):
            os.mkdir(directory)
            ns.mount("none", directory, "tmpfs", ns.MS_NOATIME, "mode=0755")
        self._spread("/", without=OURS | LAYERED | ({"home"} if self.options.user.new_home else set()))
        self._usr()
        self._etc()
        if self.options.user.new_home:
            self._home()
        os.mkdir(self.inside("proc"))
        os.mkdir(self.inside("sys"))
        ns.bind("/sys", self.inside("sys"))
        self._spread("/run", without={"WSL", "lab"})
        os.mkdir(self.inside("run/WSL"))
        os.chmod(self.inside("run/WSL"), 0o777)
        self._spread("/mnt", without={"c", "d"})
        self._init()
        self._drives()
        if not self.options.go:
            self._hide_go()
        if self.options.network:
            class_net = self.inside("sys/class/net")
            ns.mount("none", class_net, "tmpfs")
            network.describe_in_sysfs(self.options.network, class_net, self.inside("run/lab/sys"))

    def _spread(self, directory, without=()):
        """Makes a directory, and binds each of the host's entries into it."""
        os.makedirs(self.inside(directory), exist_ok=True)
        try:
            names = os.listdir(directory)
        except OSError:
            return
        for name in names:
            if name in without:
                continue
            self._bring(os.path.join(directory, name))

    def _bring(self, path):
        target = self.inside(path)
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            os.symlink(os.readlink(path), target)
            return
        if stat.S_ISDIR(mode):
            os.mkdir(target)
        else:
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        ns.bind(path, target)

    def _layered(self, lower, target, source="none", prepare=None):
        """Mounts an overlay with a fresh upper layer."""
        name = os.path.join(self.layers, target.strip("/").replace("/", "-"))
        upper, work = name + ".upper", name + ".work"
        os.mkdir(upper)
        # An ordinary user owns its mounts, but must not be able to write to /usr.
        mode = stat.S_IMODE(os.stat(lower).st_mode)
        os.chmod(upper, mode if mode & stat.S_IWOTH or not self.options.user.ordinary else mode & ~0o222)
        os.mkdir(work)
        if prepare:
            prepare(upper)
        os.makedirs(self.inside(target), exist_ok=True)
        ns.mount(source, self.inside(target), "overlay", ns.MS_NOATIME, f"lowerdir={lower},upperdir={upper},workdir={work},userxattr")

    def _usr(self):
        def links(upper):
            os.mkdir(os.path.join(upper, "bin"), 0o755)
            if not self.options.inbox:
                os.symlink("/init", os.path.join(upper, "bin/wslinfo"))
            os.symlink("/init", os.path.join(upper, "bin/wslpath"))

        self._layered("/usr", "/usr", prepare=links)

    def _etc(self):
        changed = self._etc_files()

        def write(directory):
            for name, text in changed.items():
                with open(os.path.join(directory, name), "w", encoding="utf-8", errors="surrogateescape") as file:
                    file.write(text)

        try:
            self._layered("/etc", "/etc", prepare=write)
        except OSError:
            # A container's own mounts below /etc forbid an overlay. Then each file is bound.
            self._spread("/etc", without=changed)
            write(self.inside("etc"))

    def _etc_files(self):
        """Makes new files in /etc that differ from the host's. An ordinary user could not change a copy of root's file."""
        user = self.options.user
        files = {}
        if user.new:
            lines = {"passwd": f"{user.name}:x:{user.uid}:{user.gid}::{user.home}:/bin/bash\n", "group": f"{user.name}:x:{user.gid}:\n"}
            for name, line in lines.items():
                with open(f"/etc/{name}", encoding="utf-8", errors="surrogateescape") as file:
                    files[name] = file.read().rstrip("\n") + "\n" + line
        conf = self.options.wsl_conf()
        if conf is not None or os.path.exists("/etc/wsl.conf"):
            files["wsl.conf"] = conf or ""
        return files

    def _home(self):
        user = self.options.user
        self._spread("/home")
        home = self.inside(user.home)
        os.makedirs(home)
        if user.switch:
            os.chown(home, user.uid, user.gid)

    def _write(self, path, text, mode=0o644):
        with open(self.inside(path), "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(self.inside(path), mode)

    def _init(self):
        shutil.copyfile(self.lab.cache("init"), self.inside("init"))
        os.chmod(self.inside("init"), 0o755)
        if self.options.inbox:
            os.mkdir(self.inside("tools"))
            os.symlink("/init", self.inside("tools/init"))
        shutil.copytree(self.lab.source("init"), self.inside("run/lab/init"), ignore=shutil.ignore_patterns("*.c", "__pycache__"))
        self._write(FOREIGN, "#!/bin/sh\necho \"a foreign handler was given $1\" >&2\nexit 53\n", 0o755)
        self._write("/run/lab/settings.json", self.options.settings())
        self._write("/run/lab/init.log", "", 0o666)
        self._write("/run/lab/osrelease", KERNEL + "\n")
        self._write("/run/lab/version", VERSION + "\n")
        self._write("/run/lab/binfmt-status", "enabled\n", 0o444)

    def _drives(self):
        c, d = self.options.drive("c"), self.options.drive("d")
        self._layered(self.lab.cache("drive_c"), c, source="C:\\")
        if self.options.fmask:
            self._strip_execute_bits(self.inside(c))
        if wslconfig := self.options.wslconfig():
            self._write(f"{c}/Users/me/.wslconfig", wslconfig)
        os.makedirs(self.inside(d))
        ns.mount("D:\\", self.inside(d), "tmpfs", ns.MS_NOATIME, "mode=0777")

    @staticmethod
    def _strip_execute_bits(directory):
        """Removes the execute permission from every program (fmask=0111). Other files keep it, because a change copies the file."""
        for folder, _, names in os.walk(directory):
            for name in names:
                path = os.path.join(folder, name)
                if name.lower().endswith(".exe") and not os.path.islink(path):
                    os.chmod(path, 0o666)

    def _hide_go(self):
        """Mounts an empty folder over each folder that may hold a Linux Go, and removes links to them."""
        home = self.options.user.home
        places = ["/usr/local/go", "/home/linuxbrew/.linuxbrew/bin", "/snap/bin", f"{home}/sdk", f"{home}/go/bin"]
        for place in [*glob.glob("/usr/lib/go-*"), *glob.glob("/usr/lib/golang"), *places]:
            if os.path.isdir(place) and not os.path.islink(place):
                ns.mount("none", self.inside(place), "tmpfs", ns.MS_NOATIME, "mode=0755")
        for tool in ("go", "gofmt"):
            for folder in ("/usr/bin", "/usr/local/bin"):
                if os.path.lexists(self.inside(folder, tool)):
                    os.unlink(self.inside(folder, tool))

    def finish_inside(self):
        """Makes what needs the distribution's process namespace (/proc, the kernel's name, binfmt_misc), and enters the root."""
        proc = self.inside("proc")
        ns.mount("proc", proc, "proc", ns.MS_NOSUID | ns.MS_NODEV | ns.MS_NOEXEC)
        ns.bind(self.inside("run/lab/osrelease"), os.path.join(proc, "sys/kernel/osrelease"), 0)
        ns.bind(self.inside("run/lab/version"), os.path.join(proc, "version"), 0)
        ns.mount("binfmt_misc", os.path.join(proc, "sys/fs/binfmt_misc"), "binfmt_misc")
        if self.options.noexec:
            ns.mount(None, self.inside(self.options.drive("c")), flags=ns.MS_REMOUNT | ns.MS_BIND | ns.MS_NOEXEC | ns.MS_NOATIME)
        ns.enter_root(self.path)
        register = "/proc/sys/fs/binfmt_misc/register"
        for line in self.options.registrations():
            with open(register, "w", encoding="ascii") as file:
                file.write(line)
        if self.options.binfmt == "disabled":
            with open("/proc/sys/fs/binfmt_misc/" + self.options.entry_name(), "w", encoding="ascii") as file:
                file.write("0")
        if self.options.systemd:
            ns.bind("/run/lab/binfmt-status", "/proc/sys/fs/binfmt_misc/status", 0)
            ns.mount(None, "/proc/sys/fs/binfmt_misc/status", flags=ns.MS_REMOUNT | ns.MS_BIND | ns.MS_RDONLY)
