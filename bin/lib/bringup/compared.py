"""The add-on that bin/bench compares ours with: OCA's helpdesk_mgmt.

It is under the AGPL: downloaded from the machine's package index when a benchmark
runs, unpacked in the cache, never shipped and never imported by our code.
"""

import copy
import os
import zipfile

from .paths import REQUIREMENTS, inside, locked, log_file, remove_leftovers, short_hash
from .steps import Failure, run, step

LOCK = REQUIREMENTS / "compared.txt"
ADDON = "helpdesk_mgmt"


def fetch(runtime):
    """Return the folder with the unpacked add-on, downloading it when missing.

    :param Runtime runtime: where Odoo runs; its Python's pip downloads
    :rtype: pathlib.Path
    """
    home = inside("compared")
    folder = home / short_hash(LOCK.read_text())
    with locked("compared"):
        if not folder.exists():
            remove_leftovers(home, "*.part")
            _fetch_into(runtime, folder)
    return folder / "odoo" / "addons"


def _fetch_into(runtime, folder):
    """Download the locked wheel, check its hash, unpack it, then show it at once."""
    part = folder.with_suffix(".part")
    with step(f"OCA {ADDON}: downloading (only to compare with)"):
        run(
            [runtime.python, "-m", "pip", "download", "--require-hashes", "--no-deps"]
            + ["--disable-pip-version-check", "--no-input", "-r", LOCK, "-d", part],
            what=f"OCA's {ADDON} could not be downloaded.",
            todo="Check that pip reaches its package index (pip config list shows "
            "it), then run the command again.",
            log=log_file("pip.log"),
            env={**os.environ, "PIP_CACHE_DIR": str(inside("pip"))},
        )
        for wheel in list(part.glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(part)
            wheel.unlink()
        if not (part / "odoo" / "addons" / ADDON / "__manifest__.py").exists():
            raise Failure(
                f"The package downloaded for {ADDON} does not hold it.",
                f"It was unpacked in {part}.",
                f"Compare it with {LOCK}.",
            )
        part.rename(folder)


def beside(runtime):
    """Return a runtime whose Odoo finds the add-on beside ours.

    :param Runtime runtime: the one of the tests; it stays as it is
    """
    both = copy.copy(runtime)
    addons = (*runtime.source.addons, fetch(runtime))
    both.source = runtime.source._replace(addons=addons)
    both.conf = inside("run", "bench") / "odoo.conf"
    both.write_conf()
    return both
