from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    safety_stock_orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint",
        "Safety Stock",
        index="btree_not_null",
        ondelete="cascade",
        help="The rule whose safety stock this activity warns of.",
    )
