# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models


class ServiceTicketSplit(models.TransientModel):
    """Choose what of a ticket goes to a new one."""

    _name = "service.ticket.split"
    _description = "Split"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, default=lambda self: self._default_ticket_id()
    )
    company_id = fields.Many2one(related="ticket_id.company_id", related_sudo=False)
    name = fields.Char("Subject", required=True)
    type_id = fields.Many2one("service.ticket.type", required=True, check_company=True)
    line_ids = fields.One2many(
        "service.ticket.split.line", "split_id", "Messages and Files"
    )

    @api.model
    def _default_ticket_id(self):
        """Return the ticket that is open."""
        is_ticket = self.env.context.get("active_model") == "service.ticket"
        return is_ticket and self.env.context.get("active_id")

    @api.model
    def default_get(self, fields):
        """Override to lay out what there is to choose from."""
        values = super().default_get(fields)
        ticket = self.env["service.ticket"].browse(values.get("ticket_id") or ())
        if ticket.exists():
            ticket.check_access("write")
            values.setdefault("name", ticket.name)
            values.setdefault("type_id", ticket.type_id.id)
            values["line_ids"] = [
                Command.create(vals) for vals in self._prepare_lines(ticket)
            ]
        return values

    @api.model
    def _prepare_lines(self, ticket):
        """Return the values of a line for each message, and each file of none."""
        # sudo: the same messages as `_split_off` may move; lines show them by right
        messages, files = ticket.sudo()._get_spoken()
        loose = files - messages.attachment_ids
        return [
            *({"message_id": message.id} for message in messages.sorted("id")),
            *({"attachment_id": file.id} for file in loose.sorted("id")),
        ]

    def action_apply(self):
        """Open the new ticket with what is chosen, and show it."""
        self.ensure_one()
        chosen = self.line_ids.filtered("is_chosen")
        ticket = self.ticket_id._split_off(
            chosen.message_id,
            chosen.attachment_id,
            name=self.name,
            type_id=self.type_id.id,
        )
        return ticket._get_form_action()
