# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64
import csv
import io
import logging
from functools import partial

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import retrying

from ..tools import unit_table
from .service_asset_import import WORKING_STATES
from .service_asset_import_draft import Draft

_logger = logging.getLogger(__name__)

BATCH_SIZE = 1000
MAX_ROWS = 1_000_000
# What stands before the cells of a row in the file that the job reads.
OWN_COLUMNS = ("row", "twin", "level")


class ServiceAssetImport(models.Model):
    """The job that takes files in, batch by batch.

    Each batch is a transaction together with the count of rows done, so that an
    import goes on behind the last batch, whatever happened to the server.
    """

    _inherit = "service.asset.import"

    # -- buttons --------------------------------------------------------------------

    def action_start(self):
        """Have the job take the file in, with the rights of the current user.

        :raises UserError: there is no file, or no column with the serial number
        """
        self.check_access("write")
        self._ensure_state(("draft",))
        for record in self:
            record._check_columns()
        # sudo: the state is written by the buttons only
        self.sudo().write(
            {
                "state": "queued",
                "user_id": self.env.uid,
                "queued_at": fields.Datetime.now(),
            }
        )
        self._trigger_job()
        return True

    def action_stop(self):
        """Have the job stop behind the batch that it is at."""
        self.check_access("write")
        self._ensure_state(WORKING_STATES)
        # sudo: the state is written by the buttons only
        self.sudo().write({"state": "paused"})
        return True

    def action_continue(self):
        """Go on where an import stopped or failed, as the current user."""
        self.check_access("write")
        self._ensure_state(("paused", "failed"))
        for record in self:
            record._check_columns()
            # sudo: the state is written by the buttons only
            record.sudo().write(
                {
                    "state": "running" if record.row_count else "queued",
                    "user_id": self.env.uid,
                    "problem": False,
                }
            )
        self._trigger_job()
        return True

    def _ensure_state(self, states):
        """Refuse a button that came too late.

        :raises UserError: an import is in none of `states`
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(
                    self.env._(
                        "“%(name)s” has the status “%(state)s”. Reload the page.",
                        name=record.name,
                        state=labels[record.state],
                    )
                )

    def _check_columns(self):
        """Refuse a file that names no units.

        :raises UserError: see above
        """
        if not self.file:
            raise UserError(self.env._("Choose the file with the units first."))
        if "serial_number" not in self.column_ids.mapped("target"):
            raise UserError(
                self.env._(
                    "No column says the serial number, by which units are known. "
                    "Choose “Serial Number” for the column that has it."
                )
            )
        if not self.env["service.asset"].has_access("create"):
            raise AccessError(
                self.env._("You may not register units. Ask a service manager.")
            )

    @api.model
    def _trigger_job(self):
        """Call the job once this transaction is committed."""
        # sudo: whoever may import may have the job called
        self.env.ref("crm_service.ir_cron_service_asset_import").sudo()._trigger()

    # -- the job --------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Take in what waits, the oldest file first, until the time is up."""
        is_job = bool(self.env.context.get("cron_id"))
        # sudo: the job works for whoever started an import
        domain = [("state", "in", WORKING_STATES)]
        while record := self.sudo().search(domain, order="queued_at, id", limit=1):
            if not record._run(is_job):
                break

    def _run(self, is_job):
        """Take this file in.

        :param bool is_job: commit each batch, and try it again after a conflict
        :return: False if the time is up
        """
        self.ensure_one()
        try:
            if not self._run_batches(is_job):
                return False
        except OperationalError:
            raise
        except Exception as error:
            self._break_off(is_job, error)
        return not is_job or bool(self._commit(0))

    def _run_batches(self, is_job):
        """Take the rows in that are not done yet; return False if the time is up."""
        if self.state == "queued":
            self._do(is_job, self._stage)
        for rows in self._iterate_batches():
            if not self._do(is_job, partial(self._take_in, rows)):
                return True
            if is_job and not self._commit(len(rows)):
                return False
        self._do(is_job, self._finish)
        return True

    def _break_off(self, is_job, error):
        """Note that nothing more can be taken in, and why; the last batch stays."""
        is_told = isinstance(error, UserError)
        if not is_job and not is_told:
            raise error
        if is_job:
            self.env.cr.rollback()
        if not is_told:
            _logger.error("Import %s of units broke off", self.id, exc_info=error)
        self._do(is_job, partial(self._fail, str(error) or repr(error)))

    def _do(self, is_job, step):
        """Call `step`, again if another transaction wrote the same rows."""
        return retrying(step, self.env) if is_job else step()

    def _commit(self, processed):
        """Commit what was done and return the seconds that are left."""
        working = self.search([("state", "in", WORKING_STATES)])
        left = sum(record.row_count - record.done_count for record in working)
        left = max(left, len(working))
        return self.env["ir.cron"]._commit_progress(processed, remaining=left)

    def _fail(self, problem):
        """Note why nothing more can be taken in."""
        self.write({"state": "failed", "problem": problem})
        self._tell_starter()

    def _finish(self):
        """Note that all rows were taken in or reported."""
        if self.state != "running":
            return
        self.write({"state": "done", "finished_at": fields.Datetime.now()})
        # what the job read is of no use any more; the file itself stays
        self.rows_file = False
        self._tell_starter()

    def _tell_starter(self):
        """Tell whoever started the import how it ended."""
        record = self.with_context(lang=self.user_id.lang)
        self.message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.name,
            body=self.problem or record._get_summary(),
        )

    def _get_summary(self):
        """Return what came of an import, as a sentence."""
        return self.env._(
            "%(created)s units are new, %(updated)s were changed, %(same)s were known "
            "already, %(errors)s rows have problems.",
            created=self.created_count,
            updated=self.updated_count,
            same=self.same_count,
            errors=self.error_count,
        )

    # -- rows -----------------------------------------------------------------------

    def _stage(self):
        """Write the rows down as the batches are made of them: in CSV, sorted.

        Units stand before their components, so that these find them.
        """
        rows = self._read_rows()
        if len(rows) > MAX_ROWS:
            raise UserError(
                self.env._("The file has too many rows. Split it into several ones.")
            )
        output = io.StringIO()
        writer = csv.writer(output)
        writer.writerow([*OWN_COLUMNS, *self._get_targets()])
        writer.writerows(rows)
        data = base64.b64encode(output.getvalue().encode())
        self.write(
            {
                "state": "running",
                "rows_file": data,
                "row_count": len(rows),
                "started_at": fields.Datetime.now(),
            }
        )

    def _get_targets(self):
        """Return what the columns say that are not left out."""
        columns = self.column_ids.sorted("position")
        return [column.target for column in columns if column.target]

    def _read_rows(self):
        """Return number, number of an earlier twin, level and cells of all rows."""
        targets = self._get_targets()
        columns = self.column_ids.sorted("position").filtered("target")
        positions = columns.mapped("position")
        rows, seen, has_header = [], {}, False
        for number, cells in enumerate(self._iterate_rows(self._get_data()), start=1):
            if not has_header:
                has_header = any(cells)
                continue
            picked = [cells[p] if p < len(cells) else "" for p in positions]
            if any(picked):
                said = dict(zip(targets, picked, strict=True))
                key = (said.get("product", ""), said["serial_number"])
                twin = seen.setdefault(key, number) if key[1] else number
                rows.append([number, "" if twin == number else twin, 0, *picked])
        return self._sort_rows(rows, targets)

    @api.model
    def _sort_rows(self, rows, targets):
        """Return `rows` with their levels, whole units first."""
        if "parent" not in targets:
            return rows
        serial = len(OWN_COLUMNS) + targets.index("serial_number")
        parent = len(OWN_COLUMNS) + targets.index("parent")
        levels = unit_table.count_levels({row[serial]: row[parent] for row in rows})
        for row in rows:
            row[2] = levels[row[serial]]
        return sorted(rows, key=lambda row: row[2])

    def _iterate_batches(self):
        """Yield the rows that are not done yet, in batches of one level."""
        text = base64.b64decode(self.with_context(bin_size=False).rows_file or b"")
        reader = csv.reader(io.StringIO(text.decode(), newline=""))
        targets = next(reader, [])[len(OWN_COLUMNS) :]
        done = self.done_count
        batch = []
        for index, row in enumerate(reader):
            if index < done:
                continue
            draft = Draft.make(targets, row)
            if batch and (len(batch) >= BATCH_SIZE or batch[0].level != draft.level):
                yield batch
                batch = []
            batch.append(draft)
        if batch:
            yield batch

    def _take_in(self, drafts):
        """Make units of some rows, and note what came of them.

        :return: False if somebody has stopped the import
        """
        self.invalidate_recordset(["state"])
        if not self.try_lock_for_update() or self.state != "running":
            return False
        for draft in drafts:
            draft.reset()
        self._as_starter()._import_drafts(drafts)
        self._note_result(drafts)
        self.env.flush_all()
        # nothing of this batch is needed again
        self.env.invalidate_all(flush=False)
        return True

    def _as_starter(self):
        """Return this import with the rights of whoever started it, without noise."""
        user = self.user_id
        if not user.active and user.id != SUPERUSER_ID:
            raise UserError(
                self.env._(
                    "%(person)s, who started this import, does not work here any more. "
                    "Continue it yourself.",
                    person=user.name,
                )
            )
        context = {
            "allowed_company_ids": self.company_id.ids,
            "lang": user.lang,
            "tz": user.tz,
            "tracking_disable": True,
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
        }
        return self.with_env(self.env(user=user.id, su=False, context=context))

    def _note_result(self, drafts):
        """Write down what came of some rows."""
        counts = {name: 0 for name in ("created", "updated", "same", "error")}
        for draft in drafts:
            counts[draft.result] += 1
        self.write(
            {
                "done_count": self.done_count + len(drafts),
                **{f"{k}_count": self[f"{k}_count"] + n for k, n in counts.items()},
            }
        )
        self.env["service.asset.import.line"].create(
            [
                {
                    "import_id": self.id,
                    "row_number": draft.number,
                    "serial_number": draft.serial,
                    "message": draft.problem,
                }
                for draft in drafts
                if draft.problem
            ]
        )
