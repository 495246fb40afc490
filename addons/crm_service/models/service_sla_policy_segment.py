# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceSlaPolicy(models.Model):
    """Promises for the customers who are worth more."""

    _inherit = "service.sla.policy"

    segment_ids = fields.Many2many(
        "service.value.segment",
        "service_sla_policy_segment_rel",
        "policy_id",
        "segment_id",
        "Customer Segments",
        check_company=True,
        # without its segment a promise would be for every customer
        ondelete="restrict",
        help="Customers in one of these segments. Empty: all customers.",
    )
