# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class AccountMoveLine(models.Model):
    """The contract that a line of an invoice or credit note is for."""

    _inherit = "account.move.line"

    service_contract_id = fields.Many2one(
        "service.contract",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Credit notes of the invoice keep it.",
    )
