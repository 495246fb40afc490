# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    service_capacity = fields.Integer(
        "Ticket Capacity",
        prefetch=False,  # users are read at every request, this hardly ever
        groups="crm_service.group_service_technician",
        help="Open tickets at most, in all teams together, that are given to this "
        "person automatically. 0: no limit.",
    )

    _service_capacity_positive = models.Constraint(
        "CHECK(service_capacity >= 0)",
        "The ticket capacity cannot be negative. Enter 0 for no limit.",
    )
