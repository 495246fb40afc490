# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from .service_ticket import FLOW_FIELDS

STAFF = "crm_service.group_service_technician"
FLOW_FIELDS.update({"is_confidential", "excluded_user_ids"})


class ServiceTicket(models.Model):
    """Independent handling: those whom a complaint is about are kept away from it."""

    _inherit = "service.ticket"

    is_confidential = fields.Boolean(
        "Handled Independently",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="Somebody is kept away from this ticket.",
    )
    excluded_user_ids = fields.Many2many(
        "res.users",
        "service_ticket_excluded_rel",
        "ticket_id",
        "user_id",
        "Kept Away",
        readonly=True,
        copy=False,
        context={"active_test": False},
        groups=STAFF,
        help="They do not see this ticket, nor anything that belongs to it.",
    )

    _confidential_idx = models.Index("(id) WHERE is_confidential IS TRUE")
