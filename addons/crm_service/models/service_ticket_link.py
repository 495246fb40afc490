# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import LINK_KINDS


class ServiceTicketLink(models.Model):
    """Two tickets that have to do with each other, and how."""

    _name = "service.ticket.link"
    _description = "Link between Tickets"
    _order = "id desc"
    _rec_name = "other_id"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(LINK_KINDS, required=True, default="related")
    other_id = fields.Many2one(
        "service.ticket",
        "Other Ticket",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, precompute=True, index=True
    )

    _pair_unique = models.UniqueIndex(
        "(LEAST(ticket_id, other_id), GREATEST(ticket_id, other_id), kind)",
        "These tickets are linked in this way already.",
    )
    _not_itself = models.Constraint(
        "CHECK(ticket_id <> other_id)",
        "A ticket cannot be linked to itself. Choose another ticket.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let people link only tickets that they may change and see."""
        links = super().create(vals_list)
        if not self.env.su:
            links.ticket_id.check_access("write")
            links.other_id.check_access("read")
        return links

    @api.ondelete(at_uninstall=False)
    def _unlink_if_allowed(self):
        """Refuse to part tickets that the user may not change."""
        if not self.env.su:
            self.ticket_id.check_access("write")

    @api.model
    def _link(self, ticket, other, kind):
        """Link `ticket` to `other`, for whoever's action makes it necessary."""
        # sudo: what follows from an action is written down, whoever acts
        return self.sudo().create(
            {"ticket_id": ticket.id, "other_id": other.id, "kind": kind}
        )

    # -- seen from one end --------------------------------------------------

    def _get_other(self, ticket):
        """Return the ticket at the other end than `ticket`."""
        return self.other_id if self.ticket_id == ticket else self.ticket_id

    def _filter_seen(self, ticket):
        """Return the links whose other end, seen from `ticket`, the user may see."""
        return self.filtered(lambda link: link._get_other(ticket).has_access("read"))

    def _get_relation(self, ticket):
        """Return what the other ticket is, seen from `ticket`, in words."""
        if self.ticket_id == ticket:
            return dict(self._fields["kind"]._description_selection(self.env))[
                self.kind
            ]
        return {
            "related": self.env._("Related to"),
            "duplicate": self.env._("Has duplicate"),
            "caused_by": self.env._("Causes"),
            "follow_up": self.env._("Followed up by"),
        }[self.kind]
