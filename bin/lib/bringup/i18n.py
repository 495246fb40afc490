"""bin/i18n: bring the translations up to date with the sources.

Usage: bin/i18n [--check]

Exports the messages of each add-on with Odoo's own exporter, from a database with
the add-ons and no demo data, to addons/<addon>/i18n/<addon>.pot, and merges them
into zh_CN.po and zh_TW.po there: new messages come in empty, those that are gone
go. Then it lists what is to be translated or mended by hand. Run it twice and the
second run changes nothing.

  --check   change nothing; fail when a file is out of date, or a message is not
            translated, marked fuzzy, or differs from its source in placeholders
            or tags
  --help    this text

Words to use: docs/glossary.md. Exit code: 0 all is translated, 1 something is not.
"""

import os
import subprocess
import tempfile
from pathlib import Path

from . import databases, templates, testing
from .paths import PROJECT, our_addons
from .steps import Failure, main, say, step

EXPORT = """
from odoo.tools.translate import trans_export
for addon in %(addons)r:
    with open(f"%(folder)s/{addon}.pot", "wb") as file:
        trans_export(None, [addon], file, "po", env)
"""


def command(arguments):
    """Write the catalogues, or check them."""
    if {"-h", "--help"} & set(arguments):
        say(__doc__)
        return 0
    unknown = sorted(set(arguments) - {"--check"})
    if unknown:
        raise Failure(
            f"bin/i18n does not know {', '.join(unknown)}.", todo="See bin/i18n --help."
        )
    with (
        testing.sharing_server(testing.prepare) as ready,
        tempfile.TemporaryDirectory() as folder,
    ):
        name = f"i18n_{os.getpid()}"
        databases.copy(ready, templates.build(ready, "addons"), name)
        try:
            with step("Messages of the add-ons"):
                export(ready, name, folder)
        finally:
            databases.drop(ready, name)
        with step("Checking translations" if arguments else "Merging translations"):
            return _write(ready, [*arguments, folder])


def export(runtime, database, folder):
    """Export the messages of our add-ons.

    :param str database: one with the add-ons and no demo data
    :param folder: where to write ``<addon>.pot``
    """
    runtime.shell(
        database,
        EXPORT % {"addons": our_addons(), "folder": Path(folder).as_posix()},
        what="The messages of the add-ons could not be exported.",
        log="i18n.log",
    )


def _write(ready, arguments):
    """Run the part that needs packages of Odoo's environment."""
    return subprocess.run(
        [ready.python, "-m", "bringup.catalogues", *map(str, arguments)],
        env=ready.environment(PYTHONDONTWRITEBYTECODE="1"),
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
    ).returncode


if __name__ == "__main__":
    main(command)
