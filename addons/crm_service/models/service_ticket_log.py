# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceTicket(models.Model):
    """What a ticket writes into its history."""

    _inherit = "service.ticket"

    def _log_enter(self, origins=None, notes=None):
        """Write a row for the stage that each ticket is in now.

        :param dict origins: {ticket id: id of the stage it came from}
        :param dict notes: how they came here: `route_id`, `reason`, `is_adhoc`
        """
        origins, notes = origins or {}, notes or {}
        # sudo: the history is written for everybody and by nobody
        self.env["service.stage.log"].sudo().create(
            [
                {
                    **ticket._prepare_log_vals(),
                    "from_stage_id": origins.get(ticket.id, False),
                    **notes,
                }
                for ticket in self
            ]
        )

    def _prepare_log_vals(self):
        """Return the values of a new history row."""
        return {
            "ticket_id": self.id,
            "process_id": self.process_id.id,
            "stage_id": self.stage_id.id,
            "phase": self.phase,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "user_id": self.user_id.id,
            "entered_at": self.stage_entered_at,
            "taken_at": self.taken_at,
        }

    def _get_open_logs(self):
        """Return the history rows of the stages that the tickets are in now."""
        # sudo: see `_log_enter`
        return (
            self.env["service.stage.log"]
            .sudo()
            .search([("ticket_id", "in", self.ids), ("left_at", "=", False)])
        )

    def _log_leave(self, moment):
        """Close the history rows of the stages that the tickets leave.

        Who moves on a ticket of one's own has worked on it, if only just.
        """
        people = {ticket.id: ticket.user_id.id for ticket in self}
        rows = self._get_open_logs()
        for row in rows:
            person = people[row.ticket_id.id]
            if not row.user_id and person:
                row.user_id = person
            if not row.taken_at and person == self.env.uid:
                row.taken_at = moment
        rows._close(moment)

    def _log_hands(self):
        """Bring the history in line with who has the tickets now.

        Somebody who is given a ticket that nobody had is noted in the open row; any
        other change of hands closes that row and begins another of the same stage.
        Who gives a ticket to oneself has taken it; others have it waiting.
        """
        # sudo: the user may have given away the right to see the tickets
        tickets = self.sudo()
        now = fields.Datetime.now()
        rows = self._get_open_logs()
        ended = rows.filtered(lambda row: row._has_changed_hands())
        ended._close(now)
        tickets._note_taken(ended.ticket_id, now)
        (rows - ended)._note_person()
        self.env["service.stage.log"].sudo().create(
            [
                {
                    **ticket._prepare_log_vals(),
                    "entered_at": now,
                    "is_handover": True,
                }
                for ticket in ended.ticket_id
            ]
        )

    def _note_taken(self, changed, moment):
        """Set since when each ticket is worked on; `changed` ones begin anew."""
        mine = self.filtered(lambda ticket: ticket.user_id.id == self.env.uid)
        begun = mine.filtered(lambda ticket: ticket in changed or not ticket.taken_at)
        begun._with_flow().write({"taken_at": moment})
        dropped = (changed - mine).filtered("taken_at")
        dropped._with_flow().write({"taken_at": False})

    def _note_reason(self, reason):
        """Note in the open history rows why somebody else has the tickets now."""
        rows = self._get_open_logs() if reason else ()
        for row in rows:
            if not row.reason:
                row.reason = reason
