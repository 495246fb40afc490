from odoo import api, models


class ServiceTicket(models.Model):
    """Job sheets and requisitions go on with the ticket that their own became."""

    _inherit = "service.ticket"

    @api.model
    def _get_merge_rows(self):
        """Override of `_get_merge_rows` to add job sheets and requisitions."""
        return {
            **super()._get_merge_rows(),
            "parts.requisition": "ticket_id",
            "repair.order": "ticket_id",
        }
