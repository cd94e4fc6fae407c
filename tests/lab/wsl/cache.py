"""The cache that labs share, outside the repository: `$GOWRAP_LAB_CACHE`, else `gowrap-lab` in the user's cache folder.

tests/lab/fetch fills it. A recipe is the set of files that the cache is made from. Each recipe has its own folder, so that
an older and a newer checkout do not disturb each other:

    init        the static /init                 drive_c     the C: tree, with Windows, Go and the test programs
    registry    wine's registry files            mnt         an empty folder for labs to mount on
    complete    the folder is whole
"""

import hashlib
import os

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
RECIPE = ["fetch", "init/init.c", "windows"]


class Missing(Exception):
    """A missing part that tests/lab/fetch makes."""


class Lab:
    def __init__(self):
        default = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "gowrap-lab")
        self.base = os.environ.get("GOWRAP_LAB_CACHE") or default
        self.directory = os.path.join(self.base, self.recipe()[:16])

    def cache(self, name):
        return os.path.join(self.directory, name)

    def source(self, name):
        return os.path.join(HERE, name)

    def recipe(self):
        """Returns a digest of every file that the contents of the cache depend on."""
        digest = hashlib.sha256()
        for name in RECIPE:
            top = self.source(name)
            files = [top]
            if os.path.isdir(top):
                files = sorted(os.path.join(folder, file) for folder, _, names in os.walk(top) for file in names)
            for file in files:
                with open(file, "rb") as content:
                    digest.update(os.path.relpath(file, HERE).encode() + b"\0" + content.read())
        return digest.hexdigest()

    def is_complete(self):
        return os.path.exists(self.cache("complete"))

    def require(self):
        if not self.is_complete():
            raise Missing(f"{self.directory} is missing: run tests/lab/fetch first")
