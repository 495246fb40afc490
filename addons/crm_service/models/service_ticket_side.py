# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError

STAFF = "crm_service.group_service_technician"


class ServiceTicket(models.Model):
    """Asking others about a ticket, out of its customer's sight."""

    _name = "service.ticket"
    _inherit = ["service.ticket", "service.private.note.mixin"]

    side_conversation_ids = fields.One2many(
        "service.side.conversation", "ticket_id", "Side Conversations", groups=STAFF
    )
    side_conversation_count = fields.Integer(
        compute="_compute_side_conversation_count", groups=STAFF
    )
    side_answer_count = fields.Integer(
        "Answers to Read", compute="_compute_side_conversation_count", groups=STAFF
    )

    @api.depends("side_conversation_ids.state")
    def _compute_side_conversation_count(self):
        """Count all conversations, and those just answered, in one query."""
        counts = {ticket.id: {} for ticket in self}
        groups = self.env["service.side.conversation"]._read_group(
            [("ticket_id", "in", self.ids)], ["ticket_id", "state"], ["__count"]
        )
        for ticket, state, count in groups:
            counts[ticket.id][state] = count
        for ticket in self:
            by_state = counts[ticket.id]
            ticket.side_conversation_count = sum(by_state.values())
            ticket.side_answer_count = by_state.get("answered", 0)

    @api.model
    def _get_merge_rows(self):
        """Override: what was asked about a ticket follows it when it is merged."""
        rows = super()._get_merge_rows()
        return {**rows, "service.side.conversation": "ticket_id"}

    def _drop_traces(self, people):
        """Override to send no answer to whom a complaint is about."""
        result = super()._drop_traces(people)
        self._drop_all_of(self.side_conversation_ids, people)
        return result

    def _check_staff(self):
        """Refuse everybody but our staff, also those who may read their own tickets.

        :raises AccessError: the user is none of us, or may not read a ticket
        """
        if not self._is_in_group("technician"):
            raise AccessError(
                self.env._("Only our staff does this. Ask the service centre.")
            )
        self.check_access("read")

    # -- buttons ------------------------------------------------------------

    def action_ask_others(self):
        """Open a new side conversation about this ticket.

        :return: the window that asks whom and what
        """
        self.ensure_one()
        self._check_staff()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask a Factory, a Dealer or an Expert"),
            "res_model": "service.side.conversation",
            "views": [(False, "form")],
            "target": "current",
            "context": {
                "default_ticket_id": self.id,
                "default_name": self._get_side_subject(),
            },
        }

    def _get_side_subject(self):
        """Return the subject that a question begins with: nothing of the customer."""
        unit = self.product_id.display_name or self.asset_id.product_id.display_name
        if unit and self.serial_number:
            return self.env._(
                "Question about %(unit)s, serial number %(serial)s",
                unit=unit,
                serial=self.serial_number,
            )
        return unit and self.env._("Question about %(unit)s", unit=unit)

    def action_open_side_conversations(self):
        """Open the side conversations about this ticket."""
        self.ensure_one()
        self._check_staff()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_side_conversation_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {
            "default_ticket_id": self.id,
            "default_name": self._get_side_subject(),
        }
        return action
