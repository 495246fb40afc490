"""The virtual environments, filled from lock files with hashes."""

import os
import subprocess
import sys
from pathlib import Path

from .paths import REQUIREMENTS, cache, check_space, inside, log_file, short_hash
from .steps import Failure, run, step

OLDEST, NEWEST = (3, 10), (3, 13)


class PythonEnv:
    """A virtual environment in the cache.

    :param str name: ``odoo`` or ``lint``
    """

    def __init__(self, name):
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        self.folder = inside("python") / f"{name}-{version}"
        self.python = self.folder / "bin" / "python"

    def ensure(self, *locks):
        """Make the environment and install what the lock files name.

        :param str locks: names of files in ``requirements``, without ``.txt``
        """
        check_python()
        if not self._works():
            self._create()
        for lock in locks:
            self._install(lock)
        return self

    def _works(self):
        """Whether an interpreter is there that still runs."""
        return (
            self.python.exists()
            and not subprocess.run(
                [self.python, "-c", "import pip"], capture_output=True
            ).returncode
        )

    def _create(self):
        check_space(cache(), 1024**3)
        with step(f"Python {sys.version.split()[0]}: virtual environment"):
            run(
                [sys.executable, "-m", "venv", "--clear", self.folder],
                what="The Python virtual environment could not be made.",
                todo="Install Python's venv module (Debian: apt-get install "
                "python3-venv), or name another Python with PYTHON=/path.",
            )

    def _install(self, lock):
        """Install a lock file, unless this very file is installed already."""
        path = REQUIREMENTS / f"{lock}.txt"
        digest = short_hash(path.read_text(), 16)
        stamp = self.folder / f"{lock}.installed"
        if stamp.exists() and stamp.read_text() == digest:
            return
        with step(f"Python packages of requirements/{lock}.txt"):
            run(
                [self.python, "-m", "pip", "install", "--require-hashes"]
                + ["--disable-pip-version-check", "--no-input", "-r", path],
                what=f"The packages of requirements/{lock}.txt were not installed.",
                todo="Check that pip reaches its package index (pip config list "
                "shows it) and the room on the disk, then run the command again.",
                log=log_file("pip.log"),
                env=self._environment(),
            )
            stamp.write_text(digest)

    def _environment(self):
        """pip's environment, with its downloads kept in the cache."""
        return {**os.environ, "PIP_CACHE_DIR": str(inside("pip"))}

    def add_path(self, site):
        """Let the environment import from a folder, as its last choice."""
        script = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
        asked = run(
            [self.python, "-c", script],
            what="The Python virtual environment does not work.",
            todo=f"Delete {self.folder} and run the command again.",
        )
        pointer = Path(asked.stdout.strip()) / "odoo-source.pth"
        text = f"{site}\n"
        if not pointer.exists() or pointer.read_text() != text:
            pointer.write_text(text)


def check_python(version=None):
    """Refuse a Python that Odoo 19 does not run on."""
    version = tuple(version or sys.version_info[:2])
    if not OLDEST <= version <= NEWEST:
        raise Failure(
            "This Python cannot run Odoo 19.",
            f"It is {version[0]}.{version[1]}; Odoo 19 wants 3.10 to 3.13.",
            "Name another one: PYTHON=/usr/bin/python3.11 bin/demo",
        )
