"""bin/lint: every linter and formatter check, from locked versions.

Usage: bin/lint [--fix] [tool …]

Tools: ruff, ruff-format, oca-checks-odoo-module, oca-checks-po, prettier,
pylint-odoo. None named means all of them. With --fix, those that can mend what
they find do so. Prettier is left out, with a sentence, where node is missing.
"""

import os
import subprocess

from .node_packages import node_modules
from .paths import ADDONS, PROJECT, locked, our_addons
from .python_env import PythonEnv
from .steps import Failure, main, say

PRETTIER_GLOBS = [
    "*.{json,yml,yaml}",
    "addons/**/*.{xml,js,css,scss,json,yml,yaml}",
    "bin/**/*.json",
    "tests/**/*.{json,yml}",
]


def command(arguments):
    """Run the tools that the arguments name."""
    if {"-h", "--help"} & set(arguments):
        say(__doc__)
        return 0
    fix = "--fix" in arguments
    names = [name for name in arguments if name != "--fix"] or list(TOOLS)
    unknown = sorted(set(names) - set(TOOLS))
    if unknown:
        raise Failure(
            f"bin/lint does not know {', '.join(unknown)}.", todo="See bin/lint --help."
        )
    with locked("lint"):
        programs = PythonEnv("lint").ensure("lint").python.parent
    failed = [name for name in names if _run(name, TOOLS[name](programs, fix))]
    say(f"\n==> bin/lint: {len(names) - len(failed)} passed, {len(failed)} failed")
    if failed:
        say(f"    To mend: {', '.join(failed)} (bin/lint --fix mends what it can)")
    return 1 if failed else 0


def _run(name, words):
    """Run one tool; True when it found something."""
    if words is None:
        return False
    say(f"==> {name}")
    env = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        list(map(str, words)), cwd=PROJECT, stdin=subprocess.DEVNULL, env=env
    )
    return bool(done.returncode)


def _ruff(programs, fix):
    return [programs / "ruff", "check", *(["--fix"] if fix else []), "."]


def _ruff_format(programs, fix):
    return [programs / "ruff", "format", *([] if fix else ["--diff"]), "."]


def _pylint(programs, fix):
    return [programs / "pylint", "--rcfile=.pylintrc", *_addon_folders()]


def _checks_module(programs, fix):
    words = [programs / "oca-checks-odoo-module", *(["--fix"] if fix else [])]
    return [*words, *_addon_folders()]


def _checks_po(programs, fix):
    files = sorted(ADDONS.glob("*/i18n/*.po*"))
    if not files:
        return None
    return [programs / "oca-checks-po", *files]


def _prettier(programs, fix):
    folder = node_modules()
    if not folder:
        say("==> prettier was left out: node and npm are not on this machine")
        return None
    words = ["node", folder / "prettier" / "bin" / "prettier.cjs"]
    plugin = folder / "@prettier" / "plugin-xml" / "src" / "plugin.js"
    mode = "--write" if fix else "--check"
    return [
        *(*words, f"--plugin={plugin}", mode, "--log-level=warn"),
        *("--no-error-on-unmatched-pattern", *PRETTIER_GLOBS),
    ]


def _addon_folders():
    return [f"addons/{addon}" for addon in our_addons()]


TOOLS = {
    "ruff": _ruff,
    "ruff-format": _ruff_format,
    "oca-checks-odoo-module": _checks_module,
    "oca-checks-po": _checks_po,
    "prettier": _prettier,
    "pylint-odoo": _pylint,
}


if __name__ == "__main__":
    main(command)
