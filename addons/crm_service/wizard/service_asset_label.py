# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.label_pdf import Label, draw_labels
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
    file = fields.Binary(readonly=True, attachment=False)
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
        self.file = base64.b64encode(
            draw_labels(SHEETS[self.sheet], self._get_labels())
        )
        name = self.env._("Labels")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{name}.pdf?download=true",
            "target": "download",
            "close": True,
        }

    def _get_labels(self):
        """Return what is printed in order, None where a label is used up."""
        units = [unit for unit in self.asset_ids for _copy in range(self.copies)]
        return [None] * (self.start - 1) + [self._get_label(unit) for unit in units]

    def _get_label(self, unit):
        """Return what stands on the label of a unit: it is read by anybody."""
        company_sudo = unit.company_id.sudo()  # sudo: its name and phone are public
        # sudo: as above, what stands on the unit itself
        lines = [unit.product_id.sudo().name]
        if self.show_serial:
            lines.append(unit.serial_number)
        feet = [company_sudo.name, company_sudo.phone] if self.show_contact else []
        return Label(
            unit._get_label_url(),
            [self.text] if self.text else [],
            [line for line in lines if line],
            [foot for foot in feet if foot],
        )
