# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResCompany(models.Model):
    """How long a closed ticket is taken up again."""

    _inherit = "res.company"

    service_reopen_days = fields.Integer(
        "Reopen within (days)",
        default=14,
        help="A closed ticket is taken up again for so many days, by an agent or by an "
        "answer of the customer. Afterwards a new ticket is opened and linked to it. "
        "0: always a new ticket.",
    )

    _service_reopen_days_positive = models.Constraint(
        "CHECK(service_reopen_days >= 0)",
        "Tickets cannot be reopened for less than 0 days. Enter 0 to open a new ticket "
        "at once.",
    )
