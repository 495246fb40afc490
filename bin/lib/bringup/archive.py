"""Odoo 19 from the Debian archive, through an apt state of our own.

Nothing is installed on the machine and no root is needed: apt checks the
archive's signatures in a private folder, and the packages are unpacked in the
cache. The archive's address is the one that the machine's apt already uses.
"""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from .paths import REQUIREMENTS, check_space, inside, remove_leftovers, short_hash
from .steps import Failure, run, say, step

LOCK = REQUIREMENTS / "archive.lock"
NEWEST_SUITES = {"debian": "sid", "ubuntu": "devel"}
# Odoo's tree links to these by relative paths. Font Awesome must be of the 4.7
# layout, which the newest suite no longer has.
WANTED = {
    "odoo-19": r"^19\.0",
    "libjs-jquery": "",
    "libjs-jquery-form": "",
    "libjs-underscore": "",
    "fonts-montserrat": "",
    "fonts-roboto-unhinted": "",
    "fonts-inconsolata": "",
    "fonts-ocr-b": "",
    "fonts-font-awesome": r"4\.7",
}
SITE = Path("usr/lib/python3/dist-packages")
# A font of the point of sale whose package was renamed: no page of ours uses it.
KNOWN_BROKEN_LINKS = {"Inconsolata.otf"}
OTHER_WAY = (
    "Set ODOO_HOME=/folder to a checkout of Odoo 19.0 (the folder that holds "
    "odoo-bin), or run this on a machine that reaches a Debian archive."
)


class Origin(NamedTuple):
    """An archive that the machine's apt knows."""

    uri: str
    suites: tuple
    keyring: str


def read_lock(path=LOCK):
    """The locked packages: {name: (version, sha256)}."""
    rows = (line.split() for line in path.read_text().splitlines())
    return {
        row[0]: (row[1], row[2])
        for row in rows
        if len(row) == 3 and not row[0].startswith("#")
    }


def fetch():
    """Return the folder to import Odoo from, fetching it when it is missing.

    :rtype: pathlib.Path
    """
    home = inside("odoo-19")
    folder = home / short_hash(LOCK.read_text())
    if (folder / "packages.txt").exists():
        return folder / SITE
    try:
        _fetch_into(home, folder)
    except Failure as failure:
        earlier = sorted(home.glob("*/packages.txt"), key=os.path.getmtime)
        if not earlier:
            raise
        say(f"    {failure.what} Going on with the Odoo fetched earlier.")
        return earlier[-1].parent / SITE
    return folder / SITE


def _fetch_into(home, folder):
    """Download, check and unpack the packages, then show them at once."""
    remove_leftovers(home, "*.part")
    check_space(home)
    part = folder.with_suffix(".part")
    with step("Odoo 19: reading the archive's signed lists (private apt state)"):
        state = _update(home)
    with step("Odoo 19: downloading and unpacking (about 130 MB)"):
        packages = part / "packages"
        packages.mkdir(parents=True)
        versions = _download(state, packages, read_lock())
        for package in sorted(packages.glob("*.deb")):
            run(
                ["dpkg", "-x", package, part],
                what=f"{package.name} could not be unpacked.",
                todo="Check the room on the disk and run the command again.",
            )
        shutil.rmtree(packages)
        # A leftover of the packaging: the add-ons' translations without code.
        shutil.rmtree(part / SITE / "addons", ignore_errors=True)
        _check_links(part)
        lines = [f"{name} {version}" for name, version in sorted(versions.items())]
        (part / "packages.txt").write_text("\n".join(lines) + "\n")
        part.rename(folder)


def parse_os_release(text):
    """The fields of /etc/os-release, unquoted."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {key: value.strip().strip("\"'") for key, value in pairs}


def parse_targets(text):
    """The archives in apt's own listing: [(uri, suite)], security ones left out."""
    rows = (line.split() for line in text.splitlines())
    return [
        (row[0], row[1])
        for row in rows
        if len(row) == 3 and row[2] == "main" and "security" not in row[1]
    ]


def _origin():
    """Find the archive, its suites and its keyring on this machine."""
    try:
        system = parse_os_release(Path("/etc/os-release").read_text())
    except OSError:
        system = {}
    family = _family(system)
    if not family or not shutil.which("apt-get"):
        raise Failure(
            "Odoo 19 was not found, and this machine cannot fetch it.",
            "There is no ODOO_HOME, no importable odoo 19, and the system is not "
            "Debian or Ubuntu.",
            OTHER_WAY,
        )
    listing = run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"],
        what="apt could not list the archives that it uses.",
        todo="Repair /etc/apt (sudo apt-get update must work). " + OTHER_WAY,
    )
    targets = parse_targets(listing.stdout)
    codename = system.get("UBUNTU_CODENAME") or system.get("VERSION_CODENAME")
    uri = next(
        (uri for uri, suite in targets if suite == codename),
        targets[0][0] if targets else None,
    )
    if not uri:
        raise Failure(
            "No package archive is configured on this machine.",
            "/etc/apt/sources.list and sources.list.d name none.",
            "Add your Debian archive there. " + OTHER_WAY,
        )
    stable = codename or ("stable" if family == "debian" else "")
    suites = tuple(filter(None, [NEWEST_SUITES[family], stable]))
    return family, Origin(uri, suites, find_keyring(family))


def _family(system):
    """debian, ubuntu or nothing."""
    names = [system.get("ID", ""), *system.get("ID_LIKE", "").split()]
    return next((name for name in names if name in NEWEST_SUITES), None)


def find_keyring(family, root=Path("/")):
    """The keyring that the distribution signs with.

    Empty when apt's trusted keys (``/etc/apt/trusted.gpg.d``) serve instead.
    """
    for suffix in ("gpg", "pgp"):
        path = root / "usr/share/keyrings" / f"{family}-archive-keyring.{suffix}"
        if path.exists():
            return str(path)
    if any((root / "etc/apt/trusted.gpg.d").glob("*")):
        return ""
    raise Failure(
        "The archive's signatures cannot be checked.",
        f"No {family}-archive-keyring is on this machine.",
        f"Install the package {family}-archive-keyring, then run the command again.",
    )


def sources_list(family, origin):
    """The text of the one-line sources file."""
    signed = f"[signed-by={origin.keyring}] " if origin.keyring else ""
    components = "main universe" if family == "ubuntu" else "main"
    return "".join(
        f"deb {signed}{origin.uri} {suite} {components}\n" for suite in origin.suites
    )


def _update(home):
    """Read the lists of the archive; returns apt's options for that state."""
    family, origin = _origin()
    state = home / "apt"
    for name in ("lists/partial", "cache/archives/partial"):
        (state / name).mkdir(parents=True, exist_ok=True)
    sources = state / "sources.list"
    sources.write_text(sources_list(family, origin))
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": state / "lists",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "",
        "APT::Update::Error-Mode": "any",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
    }
    flags = [
        part for key, value in options.items() for part in ("-o", f"{key}={value}")
    ]
    run(
        ["apt-get", "-q", *flags, "update"],
        what="The package archive could not be read.",
        todo="Check the network and the proxy of apt (sudo apt-get update must "
        "work). " + OTHER_WAY,
        env={**os.environ, "LC_ALL": "C"},
    )
    return flags


def parse_madison(text):
    """Versions that apt offers, newest first: {package: [version, …]}."""
    offers = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 3 and cells[2].endswith("Packages"):
            offers.setdefault(cells[0], []).append(cells[1])
    return offers


def choose_versions(offers, locked):
    """Pick each package's version: the locked one, else the newest that fits.

    :param dict offers: {package: versions on offer, newest first}
    :param dict locked: {package: (version, sha256)}
    :return: {package: version}
    """
    chosen = {}
    for name, pattern in WANTED.items():
        fitting = [v for v in offers.get(name, []) if re.search(pattern, v)]
        if not fitting:
            raise Failure(
                f"The archive does not offer the package {name}.",
                f"On offer: {', '.join(offers.get(name, [])) or 'nothing'}.",
                OTHER_WAY,
            )
        version = locked.get(name, ("", ""))[0]
        chosen[name] = version if version in fitting else fitting[0]
    return chosen


def _download(flags, folder, locked):
    """Download the packages and compare them with the lock."""
    listing = run(
        ["apt-cache", *flags, "madison", *WANTED],
        what="The archive's lists could not be searched.",
        todo=OTHER_WAY,
    )
    versions = choose_versions(parse_madison(listing.stdout), locked)
    wanted = [f"{name}={version}" for name, version in versions.items()]
    run(
        ["apt-get", "-q", *flags, "download", *wanted],
        what="Odoo 19 could not be downloaded from the package archive.",
        todo="Check the network and the room on the disk, then run the command again.",
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},
    )
    for package in folder.glob("*.deb"):
        _compare_with_lock(package, locked)
    return versions


def _compare_with_lock(package, locked):
    """Same version, same bytes; another version is announced."""
    name, version = package.name.split("_")[:2]
    version = version.replace("%3a", ":")
    locked_version, locked_sum = locked.get(name, ("", ""))
    if locked and version != locked_version:
        say(f"    notice: {name} {version} instead of the locked {locked_version}")
    elif locked and hashlib.sha256(package.read_bytes()).hexdigest() != locked_sum:
        raise Failure(
            f"{name} {version} is not the file that was locked.",
            f"Its SHA-256 differs from the one in {LOCK}.",
            "Do not use this archive; ask its administrator.",
        )


def broken_links(root):
    """Symbolic links under a folder that lead nowhere."""
    return [
        Path(folder, name)
        for folder, folders, files in os.walk(root)
        for name in [*folders, *files]
        if os.path.islink(os.path.join(folder, name))
        and not os.path.exists(os.path.join(folder, name))
    ]


def _check_links(root):
    """A broken link is a web page without its styles or scripts."""
    broken = [
        link for link in broken_links(root) if link.name not in KNOWN_BROKEN_LINKS
    ]
    if broken:
        raise Failure(
            "The Odoo that was unpacked is incomplete.",
            f"Links that lead nowhere: {', '.join(map(str, broken[:5]))}.",
            "The archive has changed its layout. " + OTHER_WAY,
        )


def lock():
    """Print a lock of the newest packages: ``python3 -m bringup.archive``."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        versions = _download(_update(folder), folder, {})
        for package in sorted(folder.glob("*.deb")):
            name = package.name.split("_")[0]
            digest = hashlib.sha256(package.read_bytes()).hexdigest()
            print(name, versions[name], digest)


if __name__ == "__main__":
    lock()
