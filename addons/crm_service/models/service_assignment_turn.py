# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL


class ServiceAssignmentTurn(models.Model):
    """One row per person: when a ticket was given last, and a lock on giving.

    Whoever gives tickets out locks the rows of all who may get one, before counting
    what they have. Rows of people who got something are changed, so that a
    transaction that began before cannot count from its older snapshot: PostgreSQL
    refuses it the lock, and it leaves its tickets to the job.
    """

    _name = "service.assignment.turn"
    _description = "Turn of a Person in Assignment"
    _log_access = False

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade"
    )
    turn = fields.Float(default=0.0, required=True, readonly=True)

    _user_unique = models.Constraint("UNIQUE(user_id)", "One row per person.")

    @api.model
    def _ensure(self, users):
        """Make the rows of `users` that are not there yet."""
        if users:
            rows = SQL(", ").join(SQL("(%s, 0)", user_id) for user_id in users.ids)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO service_assignment_turn (user_id, turn) VALUES %s "
                    "ON CONFLICT (user_id) DO NOTHING",
                    rows,
                )
            )

    @api.model
    def _lock(self, users, tickets=None):
        """Lock the rows of `users`, and `tickets`, without ever waiting.

        :return: ({user id: turn}, locked tickets), or None when somebody else is at
            it, or was since this transaction began
        """
        tickets = self.env["service.ticket"] if tickets is None else tickets
        query = SQL(
            "SELECT user_id, turn FROM service_assignment_turn WHERE user_id IN %s "
            "ORDER BY user_id FOR NO KEY UPDATE NOWAIT",
            tuple(users.ids) or (0,),
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
                turns = dict(self.env.cr.fetchall())
                locked = self._lock_tickets(tickets)
        except (LockNotAvailable, SerializationFailure):
            # These two statements only read. Nothing was done yet that would have to
            # be repeated, and the job does it with a new snapshot.
            return None
        return (turns, locked) if len(turns) == len(users) else None

    @api.model
    def _lock_tickets(self, tickets):
        """Return those of `tickets` that nobody else is changing, locked."""
        if not tickets:
            return tickets
        query = SQL(
            "SELECT id FROM service_ticket WHERE id IN %s "
            "ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
            tuple(tickets.ids),
        )
        self.env.cr.execute(query, log_exceptions=False)
        locked = {row[0] for row in self.env.cr.fetchall()}
        return tickets.filtered(lambda ticket: ticket.id in locked)

    @api.model
    def _note(self, turns):
        """Write down the new turns of people who got a ticket.

        :param dict turns: turn by user id
        """
        if turns:
            rows = SQL(", ").join(SQL("(%s, %s)", *row) for row in turns.items())
            self.env.cr.execute(
                SQL(
                    "UPDATE service_assignment_turn AS present SET turn = new.turn "
                    "FROM (VALUES %s) AS new (user_id, turn) "
                    "WHERE present.user_id = new.user_id",
                    rows,
                )
            )
