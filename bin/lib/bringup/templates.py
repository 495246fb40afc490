"""Template databases, built once for each state of the sources.

=========  =====================================================================
``deps``   what our add-ons depend on, with Chinese loaded
``addons`` the same with all of our add-ons
``world``  the same with the demo world of ``bin/lib/world``
``bench``  ``addons`` with the add-on that bin/bench compares ours with
=========  =====================================================================

A template's name ends in a hash of all that went into it, so a change of the
sources makes a new one and unchanged sources use the old one.
"""

import ast
import hashlib
import re

from . import compared, databases
from .paths import ADDONS, PROJECT, REQUIREMENTS, locked, log_file, our_addons
from .steps import Failure, last_lines, say, step

# The first one becomes everybody's language.
LANGUAGES = ("en_US", "zh_CN", "zh_TW")
NOT_IN_DATABASE = {"tests", "__pycache__", "readme"}
KEPT = 3
WORLD = PROJECT / "bin" / "lib" / "world"
WORLD_DATA = PROJECT / "data" / "world"


def build(runtime, kind):
    """Return the name of a template that matches the sources, building it if needed.

    :param Runtime runtime: where Odoo runs
    :param str kind: ``deps``, ``addons``, ``world`` or ``bench``
    """
    name = f"tpl_{kind}_{key(runtime, kind)}"
    with locked(f"{runtime.name}-{kind}"):
        if not databases.exists(runtime, name):
            part = f"{name}_part"
            with step(f"Database template '{kind}' ({TITLES[kind]})"):
                BUILDERS[kind](runtime, part)
                databases.rename(runtime, part, name)
                _drop_old(runtime, kind)
    return name


def key(runtime, kind):
    """The hash of everything that a template is made of."""
    digest = hashlib.sha256(repr((LANGUAGES, str(runtime.source.site))).encode())
    digest.update((REQUIREMENTS / "odoo.txt").read_bytes())
    digest.update(repr(dependencies()).encode())
    if kind != "deps":
        for addon in our_addons():
            _add_tree(digest, ADDONS / addon)
    if kind == "world":
        _add_tree(digest, WORLD_DATA)
        _add_tree(digest, WORLD)
    if kind == "bench":
        digest.update(compared.LOCK.read_bytes())
    return digest.hexdigest()[:10]


def _add_tree(digest, root):
    """Add a file, or the files of a folder, to a hash."""
    paths = sorted(root.rglob("*")) if root.is_dir() else [root]
    for path in paths:
        relative = path.relative_to(PROJECT)
        if path.is_file() and not NOT_IN_DATABASE & set(relative.parts[2:]):
            digest.update(f"{relative}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())


def dependencies():
    """The add-ons that ours depend on and that are not ours."""
    found = set()
    for addon in our_addons():
        manifest = ast.literal_eval((ADDONS / addon / "__manifest__.py").read_text())
        found.update(manifest.get("depends", ()))
    return sorted(found - set(our_addons()))


def _build_deps(runtime, name):
    databases.drop(runtime, name)
    _install(runtime, name, dependencies(), f"--load-language={','.join(LANGUAGES)}")


def _build_addons(runtime, name):
    databases.copy(runtime, build(runtime, "deps"), name)
    _install(runtime, name, our_addons())


def _build_world(runtime, name):
    databases.copy(runtime, build(runtime, "addons"), name)
    if WORLD.exists():
        runtime.shell(
            name,
            f"import sys; sys.path.insert(0, {str(WORLD.parent)!r})\n"
            "import world; world.load(env); env.cr.commit()\n",
            what="The demo world could not be loaded.",
            log="world.log",
        )
    else:
        say("    bin/lib/world is not there: the database stays without a world")
    runtime.shell(
        name,
        "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()\n",
        what="The web pages' styles and scripts could not be bundled.",
        log="world.log",
    )


def _build_bench(runtime, name):
    databases.copy(runtime, build(runtime, "addons"), name)
    _install(compared.beside(runtime), name, [compared.ADDON])


TITLES = {
    "deps": "Odoo's own modules, about three minutes",
    "addons": "our add-ons",
    "world": "the demo world",
    "bench": f"ours and {compared.ADDON}",
}
BUILDERS = {
    "deps": _build_deps,
    "addons": _build_addons,
    "world": _build_world,
    "bench": _build_bench,
}


def _install(runtime, database, addons, *options):
    """Install add-ons and make sure that they are installed."""
    log = f"install-{database}.log"
    log_file(log).unlink(missing_ok=True)
    runtime.odoo(
        *("-d", database, "-i", ",".join(["base", *addons]), "--stop-after-init"),
        *("--no-http", "--log-level=warn", *options),
        what=f"Odoo could not install {', '.join(addons) or 'its modules'}.",
        log=log,
    )
    check_installed(runtime, database, addons, log_file(log))


def check_installed(runtime, database, addons, log):
    """Odoo passes over a module with a broken manifest: notice it here."""
    rows = runtime.cluster.sql(
        "SELECT name FROM ir_module_module WHERE state = 'installed'", database
    )
    lacking = sorted(set(addons) - set(rows))
    if lacking:
        raise Failure(
            f"Odoo did not install {', '.join(lacking)}.",
            f"The end of {log}:\n{last_lines(log)}",
            "Mend the module's manifest or its dependencies and run it again.",
        )
    if log.exists() and re.search(r" (WARNING|ERROR|CRITICAL) ", log.read_text()):
        say(f"    Odoo had warnings while installing: {log}")


def _drop_old(runtime, kind):
    """Keep a few templates of a kind: other commands may still copy them."""
    rows = runtime.cluster.sql(
        f"SELECT datname FROM pg_database WHERE datname ~ '^tpl_{kind}_' "
        f"ORDER BY oid DESC OFFSET {KEPT}"
    )
    for name in rows:
        databases.drop(runtime, name)
