# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class SaleOrder(models.Model):
    """The quotation of a ticket: what the customer is asked to pay."""

    _inherit = "sale.order"

    ticket_id = fields.Many2one(
        "service.ticket",
        index="btree_not_null",
        check_company=True,
        copy=False,
        readonly=True,
        ondelete="restrict",
        help="The request whose charges are sold with this order.",
    )
