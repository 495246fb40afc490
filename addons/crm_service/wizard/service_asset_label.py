# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import split_every

from ..tools.label_sheet import SHEETS

MAX_LABELS = 2000


class ServiceAssetLabel(models.TransientModel):
    """How labels of units are to be printed."""

    _name = "service.asset.label"
    _description = "Labels of Units"
    _inherit = ["service.window.mixin"]
    _window_on = "asset_ids"

    asset_ids = fields.Many2many(
        "service.asset",
        "service_asset_label_asset_rel",
        "label_id",
        "asset_id",
        string="Units",
    )
    sheet = fields.Selection(
        selection=lambda self: self._get_sheets(), required=True, default="a4_3x8"
    )
    start = fields.Integer(
        "First Label",
        default=1,
        required=True,
        help="On a sheet of which some labels are used up, the number of the first one "
        "that is left, counted from left to right.",
    )
    copies = fields.Integer("Copies of Each", default=1, required=True)
    show_serial = fields.Boolean("Serial Number", default=True)
    show_contact = fields.Boolean("Our Name and Phone", default=True)
    text = fields.Char(
        default=lambda self: self.env._("Scan for service"),
        help="What stands beside the code.",
    )
    label_count = fields.Integer("Labels", compute="_compute_counts")
    page_count = fields.Integer("Sheets", compute="_compute_counts")

    @api.model
    def _get_sheets(self):
        """Return the kinds of sheets that there are."""
        return [
            ("a4_3x8", self.env._("A4, 24 labels of 70 × 36 mm")),
            ("a4_3x7", self.env._("A4, 21 labels of 63.5 × 38.1 mm")),
            ("a4_4x10", self.env._("A4, 40 labels of 48.5 × 25.4 mm")),
            ("letter_3x10", self.env._("Letter, 30 labels of 2⅝ × 1 inch")),
            ("roll_62x29", self.env._("Roll, 62 × 29 mm")),
        ]

    @api.depends("asset_ids", "copies", "start", "sheet")
    def _compute_counts(self):
        for record in self:
            sheet = SHEETS[record.sheet or "a4_3x8"]
            record.label_count = len(record.asset_ids) * max(record.copies, 0)
            used = record.start - 1 if sheet.per_page > 1 else 0
            record.page_count = -(-(record.label_count + used) // sheet.per_page)

    @api.constrains("start", "copies", "sheet", "asset_ids")
    def _check_numbers(self):
        for record in self:
            per_page = SHEETS[record.sheet].per_page
            if not 1 <= record.start <= per_page:
                raise ValidationError(
                    self.env._(
                        "This sheet has the labels 1 to %(count)s. Choose the first "
                        "one that is left.",
                        count=per_page,
                    )
                )
            if record.copies < 1:
                raise ValidationError(self.env._("Print one copy of each at least."))
            if len(record.asset_ids) * record.copies > MAX_LABELS:
                raise ValidationError(
                    self.env._(
                        "Print at most %(count)s labels at once.", count=MAX_LABELS
                    )
                )

    def action_print(self):
        """Print the labels.

        :raises UserError: no unit is chosen
        """
        self.ensure_one()
        self.asset_ids.check_access("read")
        if not self.asset_ids:
            raise UserError(self.env._("Choose the units whose labels you need."))
        self.asset_ids._ensure_label_tokens()
        # sudo: that a label was printed may be noted for whoever may print it
        self.asset_ids.sudo().label_printed_on = fields.Date.context_today(self)
        report = self.env.ref(f"crm_service.service_asset_label_report_{self.sheet}")
        return report.report_action(self, config=False)

    def _get_pages(self):
        """Return what is printed: pages of units, None where a label stays empty."""
        self.ensure_one()
        sheet = SHEETS[self.sheet]
        units = [unit for unit in self.asset_ids for _copy in range(self.copies)]
        used = [None] * (self.start - 1)
        return list(split_every(sheet.per_page, [*used, *units], list))

    def _get_sheet(self):
        """Return the sizes of the sheet, see `tools.label_sheet`."""
        return SHEETS[self.sheet]
