# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceTicketCheck(models.Model):
    """A line of a ticket's checklist: who ticked what, and when.

    Written by the ticket alone, see `service.ticket.action_tick`.
    """

    _name = "service.ticket.check"
    _inherit = "service.written.mixin"
    _description = "Service Ticket Check"
    _order = "ticket_id, round desc, stage_id, id"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    check_id = fields.Many2one(
        "service.stage.check",
        "Line",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    stage_id = fields.Many2one(
        "service.stage", required=True, index=True, readonly=True, ondelete="restrict"
    )
    name = fields.Char("To Check", required=True, readonly=True)
    is_required = fields.Boolean("Required", readonly=True)
    round = fields.Integer(
        readonly=True, help="A reopened ticket gets its checklists anew."
    )
    done_at = fields.Datetime("Done", readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")

    _ticket_check_unique = models.UniqueIndex(
        "(ticket_id, check_id, round)",
        "This checklist is on the ticket already. Reload the page.",
    )
