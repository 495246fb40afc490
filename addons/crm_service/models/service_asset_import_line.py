# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceAssetImportLine(models.Model):
    """A row of an import that was not taken in, and why."""

    _name = "service.asset.import.line"
    _description = "Problem of an Import"
    _inherit = ["service.written.mixin"]
    _order = "import_id, row_number, id"
    _rec_name = "message"

    import_id = fields.Many2one(
        "service.asset.import",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="import_id.company_id", store=True, index=True, precompute=True
    )
    row_number = fields.Integer(
        "Row", readonly=True, aggregator=None, help="As the spreadsheet counts them."
    )
    serial_number = fields.Char(readonly=True)
    message = fields.Text("Problem", readonly=True, required=True)
