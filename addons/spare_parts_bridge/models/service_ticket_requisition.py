from odoo import api, fields, models


class ServiceTicketRequisition(models.Model):
    """The parts that a ticket waits for."""

    _inherit = "service.ticket"

    requisition_ids = fields.One2many(
        "parts.requisition", "ticket_id", "Requisitions", readonly=True
    )
    requisition_count = fields.Integer(
        "Number of Requisitions", compute="_compute_requisition_count"
    )

    @api.depends("requisition_ids")
    def _compute_requisition_count(self):
        counts = dict(
            self.env["parts.requisition"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.requisition_count = counts.get(ticket._origin, 0)

    def action_view_requisitions(self):
        """Open the requisitions of the ticket."""
        requisitions = self.env["parts.requisition"].search(
            [("ticket_id", "in", self.ids)]
        )
        return requisitions._open_records(
            "spare_parts_bridge.parts_requisition_action", requisitions
        )
