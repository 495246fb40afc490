# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceTicket(models.Model):
    """Calls about a ticket, and when its customer wants to be called."""

    _inherit = "service.ticket"

    call_ids = fields.One2many("service.call", "ticket_id", "Calls")
    callback_ids = fields.One2many("service.callback", "ticket_id", "Call-Backs")
    call_count = fields.Integer("Number of Calls", compute="_compute_call_count")
    open_callback_count = fields.Integer(
        "Call-Backs to Do", compute="_compute_open_callback_count"
    )

    def _drop_traces(self, people):
        """Override to let nobody call back whom a complaint is about."""
        result = super()._drop_traces(people)
        requests = self.callback_ids.filtered(
            lambda request: request.state == "open" and request.user_id in people
        )
        requests.user_id = False
        self._drop_all_of(self.callback_ids, people)
        return result

    def _compute_call_count(self):
        """Count the calls in one query for all tickets."""
        groups = self.env["service.call"]._read_group(
            [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
        )
        counts = {ticket.id: count for ticket, count in groups}
        for ticket in self:
            ticket.call_count = counts.get(ticket.id, 0)

    def _compute_open_callback_count(self):
        """Count the open requests in one query for all tickets."""
        groups = self.env["service.callback"]._read_group(
            [("ticket_id", "in", self.ids), ("state", "=", "open")],
            ["ticket_id"],
            ["__count"],
        )
        counts = {ticket.id: count for ticket, count in groups}
        for ticket in self:
            ticket.open_callback_count = counts.get(ticket.id, 0)

    def action_open_calls(self):
        """Open the calls about this ticket."""
        return self._open_phone_list("crm_service.service_call_action")

    def action_open_callbacks(self):
        """Open the requests of this ticket's customer to be called back."""
        return self._open_phone_list("crm_service.service_callback_action")

    def _open_phone_list(self, xmlid):
        """Return an action that shows its records of this ticket."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {
            "default_ticket_id": self.id,
            "default_partner_id": self.partner_id.id,
            "default_phone": self.partner_phone,
        }
        return action
