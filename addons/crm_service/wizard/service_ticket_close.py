# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..const import DONE_PHASES

# How long a slip can be taken back. Later, tickets are reopened.
UNDO_MINUTES = 30


class ServiceTicketClose(models.TransientModel):
    """Close many tickets at once."""

    _name = "service.ticket.close"
    _description = "Close"
    _inherit = "service.ticket.bulk"

    note = fields.Char(help="Why; noted on each ticket for our staff.")

    def action_apply(self):
        """Close the tickets; each whole or not at all."""
        done, problems = self._do(self._close)
        # what is undone is read from the history; this only says for which tickets
        self.undo_values = {ticket.id: True for ticket in done}
        return self._show(
            self.env._("%(count)s tickets closed.", count=len(done)), problems
        )

    def _close(self, tickets):
        """Close `tickets` by the user's own right, with the note."""
        tickets.action_close()
        if self.note:
            tickets._note_reason(self.note)
            tickets._message_log_batch(bodies=dict.fromkeys(tickets.ids, self.note))

    def _undo_one(self, ticket, values):
        """Override to take the ticket back to where it was before this window."""
        ticket.check_access("write")
        ticket._lock_rows()
        stage = self._find_stage_before(ticket)
        count = ticket.reopen_count
        reason = self.env._("Closed by mistake")
        ticket._enter_stage(stage, reason=reason, is_adhoc=True)
        # the customer did not ask for it, so it does not count
        ticket._with_flow().write({"reopen_count": count})

    def _find_stage_before(self, ticket):
        """Return the stage that this window closed `ticket` from.

        The history tells it, since what a window holds can be forged.

        :raises UserError: the user did not close it in this window, or long ago
        """
        # sudo: the history is the ticket's, which the user may write
        rows = ticket.sudo().stage_log_ids.sorted("id", reverse=True)
        opened = self.create_date.replace(microsecond=0)
        since = fields.Datetime.now() - timedelta(minutes=UNDO_MINUTES)
        if not ticket.is_open and max(opened, since) <= ticket.closed_at:
            for row in rows:
                if row.phase not in DONE_PHASES or row.entered_at < opened:
                    return row.stage_id
                if row.create_uid != self.env.user:
                    break
        raise UserError(
            self.env._(
                "Ticket %(number)s cannot be taken back any more. Reopen it instead.",
                number=ticket.number,
            )
        )
