"""What the machine itself must have: checked, and installed when we are root."""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .paths import inside, log_file
from .steps import Failure, run, say, step

POSTGRES_FOLDERS = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/postgresql")
CJK_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
OLDEST_POSTGRES = 13


class Need(NamedTuple):
    """A program of the system, its Debian package and what it is for."""

    package: str
    present: Callable
    purpose: str
    fatal: bool = False


def postgres_folders():
    """Folders with PostgreSQL's programs, newest first: [(version, folder)]."""
    found = {}
    for base in POSTGRES_FOLDERS:
        for program in Path(base).glob("*/bin/initdb"):
            version = program.parts[-3].split(".")[0]
            if version.isdigit() and int(version) >= OLDEST_POSTGRES:
                found[int(version)] = program.parent
    if not found and (program := shutil.which("initdb")):
        folder = Path(program).resolve().parent
        asked = run([program, "--version"], what="initdb does not run.").stdout
        found[int(asked.split()[2].split(".")[0])] = folder
    return sorted(found.items(), reverse=True)


def chromium():
    """The system's Chromium or Chrome; None when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def _has_cjk_font():
    return any(
        next(Path(base).rglob("*CJK*"), None)
        for base in CJK_FONTS
        if Path(base).is_dir()
    )


NEEDS = (
    Need("postgresql", lambda: bool(postgres_folders()), "the database", True),
    Need(
        "python3-venv",
        lambda: importlib.util.find_spec("ensurepip") is not None,
        "the Python environment",
        True,
    ),
    Need(
        "libmagic1",
        lambda: bool(ctypes.util.find_library("magic")),
        "telling file types of attachments",
    ),
    Need(
        "wkhtmltopdf",
        lambda: bool(shutil.which("wkhtmltopdf")),
        "PDF documents (without it they are shown as HTML pages)",
    ),
)
TEST_NEEDS = (
    Need("chromium", lambda: bool(chromium()), "the browser tests"),
    Need("fonts-noto-cjk", _has_cjk_font, "Chinese text in screenshots"),
    Need("gettext", lambda: bool(shutil.which("msgfmt")), "checking translations"),
)


def missing(needs):
    """The needs that this machine does not meet."""
    return [need for need in needs if not need.present()]


def ensure(needs):
    """Install what is missing as root; otherwise say it, and fail if it is vital.

    What is not vital is tried and said once for each cache folder.

    :param needs: the needs to meet
    """
    known = inside("run") / "missing-packages"
    said = known.read_text().split() if known.exists() else []
    lacking = [n for n in missing(needs) if n.fatal or n.package not in said]
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(lacking)
        lacking = missing(lacking)
    for need in lacking:
        if not need.fatal:
            say(f"    {need.package} is missing: {need.purpose}.")
            said.append(need.package)
    vital = [need for need in lacking if need.fatal]
    if vital:
        raise missing_failure(vital)
    known.write_text("\n".join(said))


def missing_failure(needs):
    """The message about vital packages that are not there."""
    names = " ".join(need.package for need in needs)
    purposes = " and ".join(need.purpose for need in needs)
    log = log_file("system-packages.log")
    tried = f" apt could not install it; see {log}." if log.exists() else ""
    return Failure(
        f"This machine lacks {purposes}.",
        f"Not found: {names}.{tried}",
        f"Run: sudo apt-get install {names}   (other systems: their packages of "
        "that name), then run the command again.",
    )


def _install(needs):
    """Install packages with apt; one that does not exist here is not an error."""
    names = [need.package for need in needs]
    with step(f"System packages: {' '.join(names)}"):
        options = {
            "what": "The system packages could not be installed.",
            "log": log_file("system-packages.log"),
            "check": False,
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
            "stdin": subprocess.DEVNULL,
        }
        command = ["apt-get", "-q", "-y", "--no-install-recommends", "install"]
        if run([*command, *names], **options).returncode:
            run(["apt-get", "-q", "update"], **options)
            for name in names:
                run([*command, name], **options)
