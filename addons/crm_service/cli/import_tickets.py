# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import argparse
import sys
import time
from pathlib import Path

from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class ProgressBar:
    """A bar on a terminal; a line now and then elsewhere.

    :param stream: where to draw
    """

    WIDTH = 40

    def __init__(self, stream):
        self._stream = stream
        self._started = time.monotonic()

    def show(self, done, total, events):
        """Draw how far the import is."""
        seconds = time.monotonic() - self._started
        share = done / total if total else 1
        filled = int(share * self.WIDTH)
        text = (
            f"[{'#' * filled}{'.' * (self.WIDTH - filled)}] {share:4.0%}  "
            f"{done:,} of {total:,} tickets, {events:,} events, {seconds:.0f} s"
        )
        if self._stream.isatty():
            end = "\n" if done == total else ""
            print(f"\r{text}", end=end, file=self._stream, flush=True)
        else:
            print(text, file=self._stream, flush=True)


class Import_Tickets(Command):  # noqa: N801 - Odoo wants the file's name
    """Load the event log of a help desk (CSV) as tickets with their true history.

    The first line names the columns: case_id, activity and completed_at must be
    there; resource, customer, product, seriousness and workgroup are understood; all
    others are kept. Times without a zone are UTC.

    Lines that cannot be loaded are listed with their number and the cause, and the
    rest is loaded. What was loaded before is left alone: a file can be loaded again
    after it was mended, or after the import was stopped.
    """

    name = "import_tickets"
    epilog = "Exit code: 0 everything is loaded, 1 lines were left out or it failed."

    def run(self, cmdargs):
        """Load the file that the arguments name, and exit."""
        options = self._parse(cmdargs)
        try:
            sys.exit(self._import(options))
        except KeyboardInterrupt:
            sys.exit("\nStopped. What was loaded stays; run it again to go on.")
        except UniqueViolation:
            sys.exit("FAILED: Another import of this file is running. Wait for it.")
        except OperationalError as error:
            sys.exit(
                f"FAILED: The database {options.database} cannot be used. Make it "
                f"first (bin/demo makes one) or name another.\n  {error}"
            )

    def _parse(self, cmdargs):
        """Return the options, with Odoo's configuration read."""
        parser = self.parser
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("-c", "--config", help="Odoo's configuration file")
        parser.add_argument("-d", "--database", required=True)
        parser.add_argument(
            "--company", help="name of the company that gets the tickets (the first)"
        )
        parser.add_argument(
            "--source",
            help="name that makes the case numbers unique (the file's name)",
        )
        parser.add_argument("--batch", type=int, default=500, help="tickets a commit")
        options = parser.parse_args(cmdargs)
        options.source = options.source or options.file.stem
        if options.batch < 1:
            sys.exit("FAILED: --batch must be 1 or more.")
        if not options.file.is_file():
            sys.exit(f"FAILED: There is no file {options.file}. Check the path.")
        arguments = ["--no-http", "--log-level=warn", "-d", options.database]
        if options.config:
            arguments += ["-c", options.config]
        config.parse_config(arguments, setup_logging=True)
        return options

    def _import(self, options):
        """Load the file; return the exit code."""
        started = time.monotonic()
        registry = Registry(options.database)
        with registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            if "service.event.log" not in env:
                sys.exit(f"FAILED: Install crm_service in {options.database} first.")
            company = self._find_company(env, options.company)
            company_name = company.name
            result = self._load(
                env(context={"allowed_company_ids": company.ids}), options
            )
        registry.signal_changes()
        return self._report(result, time.monotonic() - started, company_name)

    def _find_company(self, env, name):
        """Return the company called `name`, or the first."""
        domain = [("name", "=", name)] if name else []
        companies = env["res.company"].search(domain, order="id")
        if not companies:
            names = ", ".join(env["res.company"].search([]).mapped("name"))
            sys.exit(f"FAILED: There is no company “{name}”. There are: {names}.")
        return companies[0]

    def _load(self, env, options):
        """Load the file, committing each batch."""
        from odoo.addons.crm_service.tools.event_log import FileProblem

        bar = ProgressBar(sys.stderr)

        def after_batch(*counts):
            env.cr.commit()
            bar.show(*counts)

        try:
            return env["service.event.log"]._import_file(
                options.file, options.source, options.batch, after_batch
            )
        except FileProblem as problem:
            sys.exit(f"FAILED: {problem}")

    def _report(self, result, seconds, company_name):
        """Print what was done; return the exit code."""
        self._list(result["notes"], "worth a look")
        self._list(result["errors"], "lines left out")
        known = result["known"]
        sys.stdout.write(
            f"{result['tickets']:,} tickets with {result['events']:,} events loaded "
            f"into {company_name} in {seconds:.1f} s"
            + (f"; {known:,} were there already" if known else "")
            + f"; {len(result['errors']):,} lines left out.\n"
        )
        return 1 if result["errors"] else 0

    def _list(self, problems, title):
        """Print what is wrong with which lines."""
        if problems:
            sys.stderr.write(f"{len(problems):,} {title}:\n")
        for problem in problems:
            sys.stderr.write(f"  {problem}\n")
