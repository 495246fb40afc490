# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64
import hashlib

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools import unit_table

IMPORT_STATES = [
    ("draft", "Columns to Check"),
    ("queued", "Waiting"),
    ("running", "Running"),
    ("paused", "Stopped"),
    ("done", "Done"),
    ("failed", "Failed"),
]
WORKING_STATES = ("queued", "running")
# So many rows are looked at to show what is in the columns.
SAMPLE_ROWS = 20


class ServiceAssetImport(models.Model):
    """A file of installed units that becomes units, however many there are.

    Its rows are taken in by a job, batch by batch. What is taken in stays, so that an
    import that was stopped goes on where it was; a file that was taken in before
    changes nothing.
    """

    _name = "service.asset.import"
    _description = "Import of Units"
    _inherit = ["service.written.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Started By",
        readonly=True,
        default=lambda self: self.env.user,
        help="The rows are taken in with this person's rights.",
    )
    file = fields.Binary("CSV or XLSX File", attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    digest = fields.Char(readonly=True, copy=False, index="btree_not_null")
    rows_file = fields.Binary(
        attachment=True, readonly=True, copy=False, groups="base.group_system"
    )
    column_ids = fields.One2many("service.asset.import.column", "import_id", "Columns")
    line_ids = fields.One2many("service.asset.import.line", "import_id", "Problems")
    asset_ids = fields.One2many("service.asset", "import_id", "Units Made")
    state = fields.Selection(
        IMPORT_STATES, "Status", required=True, default="draft", readonly=True
    )
    problem = fields.Text(readonly=True, copy=False)
    warning = fields.Text(compute="_compute_warning")
    date_order = fields.Selection(
        [("dmy", "Day before month (31/12/2026)"), ("mdy", "Month before day")],
        "Dates",
        required=True,
        default=lambda self: self._default_date_order(),
        help="How days are to be read whose year comes last. Days that begin with the "
        "year are always understood.",
    )
    create_customers = fields.Boolean(
        "Make Unknown Customers",
        help="A customer who is not known yet by reference, phone, e-mail or name is "
        "made. Otherwise the row is reported.",
    )
    update_known = fields.Boolean(
        "Update Known Units",
        default=True,
        help="A unit that is known by its serial number takes over what the file says "
        "otherwise. Empty cells never delete anything.",
    )
    row_count = fields.Integer("Rows", readonly=True, copy=False)
    done_count = fields.Integer("Rows Done", readonly=True, copy=False)
    created_count = fields.Integer("New Units", readonly=True, copy=False)
    updated_count = fields.Integer("Changed Units", readonly=True, copy=False)
    same_count = fields.Integer("Known, Unchanged", readonly=True, copy=False)
    error_count = fields.Integer("Rows with Problems", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    queued_at = fields.Datetime(readonly=True, copy=False)
    started_at = fields.Datetime(readonly=True, copy=False)
    finished_at = fields.Datetime(readonly=True, copy=False)

    _counts = models.Constraint(
        "CHECK(done_count >= 0 AND done_count <= row_count)",
        "An import cannot have done more rows than there are.",
    )
    _queue_idx = models.Index("(id) WHERE state IN ('queued', 'running')")

    @api.model
    def _default_date_order(self):
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        pattern = lang.date_format or ""
        month, day = pattern.find("%m"), pattern.find("%d")
        year = pattern.lower().find("%y")
        return "mdy" if -1 < month < day and month < year else "dmy"

    @api.depends("file_name")
    def _compute_name(self):
        for record in self:
            record.name = record.file_name or record.name or self.env._("New import")

    @api.depends("done_count", "row_count", "state")
    def _compute_progress(self):
        for record in self:
            rows = record.row_count
            done = 100 * record.done_count / rows if rows else 0
            record.progress = 100 if record.state == "done" else done

    @api.depends("digest", "column_ids.target", "state")
    def _compute_warning(self):
        """Tell what is to be considered before the import is started."""
        for record in self:
            sentences = record._get_warnings() if record.state == "draft" else []
            record.warning = "\n".join(sentences)

    def _get_warnings(self):
        """Return sentences on a file that is not started yet."""
        self.ensure_one()
        sentences = []
        before = self._find_same_file()
        if before:
            sentences.append(
                self.env._(
                    "This very file was imported before: “%(name)s”, by %(person)s. "
                    "Units that are known already are not made again.",
                    name=before.name,
                    person=before.user_id.sudo().name,  # sudo: only the name is told
                )
            )
        unknown = self.column_ids.filtered(lambda column: not column.target)
        if unknown:
            sentences.append(
                self.env._(
                    "These columns are left out: %(columns)s.",
                    columns=", ".join(unknown.mapped("name")),
                )
            )
        return sentences

    def _find_same_file(self):
        """Return an earlier import of the same file, or none."""
        if not self.digest:
            return self.browse()
        domain = [
            ("digest", "=", self.digest),
            ("company_id", "=", self.company_id.id),
            ("state", "!=", "draft"),
            ("id", "!=", self._origin.id),
        ]
        return self.search(domain, limit=1)

    # -- the file -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to look into the files, and to begin as drafts."""
        records = super().create([self._keep_draft(vals) for vals in vals_list])
        records.filtered("file")._read_headers()
        return records

    @api.model
    def _keep_draft(self, vals):
        """Return `vals` without what only the job writes."""
        return {name: vals[name] for name in vals if name not in self._get_job_fields()}

    @api.model
    def _get_job_fields(self):
        """Return the names of fields that only buttons and the job write."""
        return {
            *("state", "user_id", "digest", "rows_file", "problem", "row_count"),
            *("done_count", "created_count", "updated_count", "same_count"),
            *("error_count", "queued_at", "started_at", "finished_at", "asset_ids"),
            "line_ids",
        }

    def write(self, vals):
        """Override to keep what has begun as it is, and to look into a new file."""
        if not self.env.su:
            if self._get_job_fields() & vals.keys():
                raise UserError(
                    self.env._("An import is started and stopped by its buttons.")
                )
            settings = vals.keys() - {"name", "message_follower_ids"}
            if settings and any(record.state != "draft" for record in self):
                raise UserError(
                    self.env._(
                        "This import has begun. Make another one for other columns or "
                        "another file."
                    )
                )
        result = super().write(vals)
        if "file" in vals:
            self._read_headers()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_working(self):
        if any(record.state in WORKING_STATES for record in self):
            raise UserError(
                self.env._("Stop an import before you delete it. What it made stays.")
            )

    def _read_headers(self):
        """Take the columns from the files, each with what it probably means."""
        for record in self:
            data = record._get_data()
            headers, samples = record._read_sample(data) if data else ([], [])
            columns = self.env["service.asset.import.column"]
            targets = unit_table.match_headers(headers, columns._get_target_names())
            commands = [Command.clear()] + [
                Command.create(
                    {
                        "position": position,
                        "name": header,
                        "target": target or False,
                        "sample": samples[position] if samples else "",
                    }
                )
                for position, (header, target) in enumerate(
                    zip(headers, targets, strict=True)
                )
                if header
            ]
            # sudo: the digest is written by nobody else
            record.sudo().write(
                {
                    "column_ids": commands,
                    "digest": hashlib.sha256(data).hexdigest() if data else False,
                }
            )

    def _get_data(self):
        """Return the bytes of the file."""
        self.ensure_one()
        # without the context, which may ask for the size instead
        record = self.with_context(bin_size=False, bin_size_file=False)
        return base64.b64decode(record.file or b"")

    def _read_sample(self, data):
        """Return the headers and, for each column, some of its values.

        :raises UserError: the file is no table, or an empty one
        """
        headers, samples = [], []
        for index, row in enumerate(self._iterate_rows(data)):
            if not headers:
                headers = row if any(row) else []
                samples = [[] for _header in headers]
                continue
            for values, cell in zip(samples, row, strict=False):
                if cell and cell not in values and len(values) < 3:
                    values.append(cell)
            if index > SAMPLE_ROWS:
                break
        if not headers:
            raise UserError(
                self.env._(
                    "The file is empty. Its first row names the columns, and each "
                    "row after it is a unit. Download the template to see how."
                )
            )
        return headers, [", ".join(values) for values in samples]

    def _iterate_rows(self, data):
        """Yield the rows of a file.

        :raises UserError: it is no table
        """
        try:
            yield from unit_table.read_rows(data)
        except unit_table.TableProblem as error:
            raise UserError(self._get_table_error(error.reason)) from error

    @api.model
    def _get_table_error(self, reason):
        """Return the sentence for a file that is no table."""
        if reason == "size":
            return self.env._("The file is too large. Split it into several ones.")
        return self.env._(
            "The file cannot be read as a table. Save it as XLSX or CSV in your "
            "spreadsheet program and choose it again."
        )
