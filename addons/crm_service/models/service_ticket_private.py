# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

STAFF = "crm_service.group_service_technician"


class ServiceTicket(models.Model):
    """A note on a ticket that its writer alone reads."""

    _inherit = "service.ticket"

    note_ids = fields.One2many(
        "service.ticket.note", "ticket_id", "Private Notes", groups=STAFF
    )
    my_note = fields.Text(
        compute="_compute_my_note",
        inverse="_inverse_my_note",
        groups=STAFF,
        copy=False,
        help="Nobody but you reads this. For notes to colleagues use “Log note”.",
    )

    @api.depends("note_ids.body")
    @api.depends_context("uid")
    def _compute_my_note(self):
        notes = self._get_my_notes()
        for ticket in self:
            ticket.my_note = notes[ticket].body if ticket in notes else False

    def _inverse_my_note(self):
        notes = self._get_my_notes()
        fresh = []
        for ticket in self:
            body = (ticket.my_note or "").strip()
            note = notes.get(ticket)
            if note and not body:
                note.unlink()
            elif note:
                note.body = body
            elif body:
                fresh.append({"ticket_id": ticket.id, "body": body})
        self.env["service.ticket.note"].create(fresh)

    def _get_my_notes(self):
        """Return {ticket: the user's own note on it}."""
        notes = self.env["service.ticket.note"].search(
            [("ticket_id", "in", self.ids), ("user_id", "=", self.env.uid)]
        )
        return notes.grouped("ticket_id")
