"""The locked packages of package-lock.json, for machines that have node."""

import shutil

from .paths import PROJECT, inside, log_file, short_hash
from .steps import run, step

NODE_FILES = ("package.json", "package-lock.json")


def node_modules():
    """The folder of the locked node packages; None where node is missing."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    lock = short_hash((PROJECT / "package-lock.json").read_text())
    folder = inside("node", lock)
    if not (folder / "installed").exists():
        for name in NODE_FILES:
            shutil.copy(PROJECT / name, folder / name)
        with step("Node packages of package-lock.json"):
            run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                what="The packages of package-lock.json were not installed.",
                todo="Check that npm reaches its registry, then run it again.",
                log=log_file("npm.log"),
                cwd=folder,
            )
            (folder / "installed").touch()
    return folder / "node_modules"
