from odoo import fields, models


class ServiceFee(models.Model):
    """A fixed fee that is charged as it is, such as for calling out or recycling."""

    _name = "service.fee"
    _description = "Fixed Fee"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for tickets of every company."
    )
    product_id = fields.Many2one(
        "product.product",
        "Billed Product",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain=[("sale_ok", "=", True)],
        help="Its price in the customer's pricelist is the fee.",
    )
    type_ids = fields.Many2many(
        "service.ticket.type",
        string="Added by Itself to",
        help="Tickets of these types get the fee when their first work is charged.",
    )
