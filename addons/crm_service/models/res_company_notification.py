# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResCompany(models.Model):
    """Whether and how long customers are told of their tickets."""

    _inherit = "res.company"

    service_notify = fields.Boolean(
        "Tell Customers",
        default=True,
        help="Customers are told by e-mail or SMS that their requests came in and how "
        "far they are.",
    )
    service_notify_hours = fields.Integer(
        "Messages Wait at Most",
        default=24,
        help="Hours. What could not be sent by then, for instance because the mail "
        "server was down, is not sent any more: old news confuse.",
    )

    _service_notify_hours_positive = models.Constraint(
        "CHECK(service_notify_hours > 0)",
        "Messages must be allowed to wait for an hour at least.",
    )
