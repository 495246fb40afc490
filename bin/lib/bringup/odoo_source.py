"""Which Odoo 19 is used: ODOO_HOME, an importable one, or the archive's."""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from . import archive
from .steps import Failure, say

SERIES = "19.0"


class OdooSource(NamedTuple):
    """Where Odoo comes from."""

    site: Path  # the folder to import ``odoo`` from
    addons: tuple  # add-on folders besides ``odoo/addons``
    origin: str  # in words


def series_of(site):
    """The series ("19.0") of the Odoo in a folder; empty when there is none."""
    try:
        text = Path(site, "odoo", "release.py").read_text()
    except OSError:
        return ""
    found = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+)", text, re.MULTILINE)
    return ".".join(found.groups()) if found else ""


def find(interpreter):
    """Find Odoo 19, fetching it as the last resort.

    :param str interpreter: the Python to ask for an importable ``odoo``
    :rtype: OdooSource
    """
    source = _from_environment() or _from_interpreter(interpreter)
    source = source or _source(archive.fetch(), "the Debian archive's package")
    say(f"==> Odoo {SERIES} from {source.origin}: {source.site}")
    return source


def _from_environment():
    """The Odoo in ODOO_HOME, which must be the right one."""
    home = os.environ.get("ODOO_HOME")
    if not home:
        return None
    series = series_of(home)
    if series != SERIES:
        raise Failure(
            f"ODOO_HOME={home} does not hold Odoo {SERIES}.",
            f"Its release is {series}." if series else "It has no odoo/release.py.",
            f"Set ODOO_HOME to a checkout of Odoo {SERIES} (the folder that holds "
            "odoo-bin), or unset it to have Odoo fetched.",
        )
    return _source(Path(home).resolve(), "ODOO_HOME")


def _from_interpreter(interpreter):
    """An Odoo that Python imports on this machine; another series is passed by."""
    script = (
        "import importlib.util as u; s = u.find_spec('odoo.release'); "
        "print(s.origin if s else '')"
    )
    asked = subprocess.run(
        [interpreter, "-c", script], capture_output=True, text=True, cwd="/"
    )
    origin = asked.stdout.strip()
    if asked.returncode or not origin:
        return None
    site = Path(origin).resolve().parents[1]
    series = series_of(site)
    if series != SERIES:
        say(f"    the importable odoo in {site} is {series or 'unknown'}: not used")
        return None
    return _source(site, "this machine's Python")


def _source(site, origin):
    """Describe an Odoo; a checkout keeps most add-ons beside the package."""
    beside = site / "addons"
    addons = (beside,) if (beside / "web" / "__manifest__.py").exists() else ()
    return OdooSource(site, addons, origin)
