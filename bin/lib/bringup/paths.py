"""Where things are: the project, and the one folder that holds all the rest."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from pathlib import Path

from .steps import Failure, say

PROJECT = Path(__file__).resolve().parents[3]
ADDONS = PROJECT / "addons"
LAUNCHER = PROJECT / "bin" / "lib" / "run_odoo.py"
REQUIREMENTS = PROJECT / "requirements"
NEEDED_SPACE = 3 * 1024**3


def cache():
    """The folder of everything fetched or made (SERVICE_CACHE, or .cache)."""
    folder = Path(os.environ.get("SERVICE_CACHE") or PROJECT / ".cache").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def inside(*parts):
    """A folder in the cache, made when it is missing."""
    folder = cache().joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def log_file(name):
    """A log file in the cache."""
    return inside("logs") / name


def our_addons():
    """Names of the project's add-ons that are there."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def short_hash(text, length=8):
    """A name made of a text: stable, short and fit for files and databases."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def check_space(folder, needed=NEEDED_SPACE):
    """Fail before a download does, when the disk is as good as full."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Failure(
            "There is not enough room on the disk.",
            f"{folder} has {free // 1024**2} MB free, "
            f"{needed // 1024**2} MB are needed.",
            "Free some space, or put the cache elsewhere with SERVICE_CACHE=/folder.",
        )


@contextlib.contextmanager
def locked(name):
    """One command at a time prepares the cache; the others wait for it."""
    with open(inside("locks") / name, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("    waiting for another command that prepares the same folder")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def remove_leftovers(folder, pattern):
    """Delete what an interrupted run left under a temporary name."""
    for path in Path(folder).glob(pattern):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
