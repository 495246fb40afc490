# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

MAX_SHOWN_PROBLEMS = 50


class ServiceTicketBulk(models.AbstractModel):
    """Something that is done to many tickets, each of them whole or not at all.

    A wizard extends it, calls `_do` with what is to be done, and gets back to its
    window a sentence about what was done and what was not, and why. If it says by
    `_undo_one` how to take a ticket back, that is offered too.
    """

    _name = "service.ticket.bulk"
    _description = "Something Done to Many Tickets"

    ticket_ids = fields.Many2many(
        "service.ticket",
        string="Tickets",
        required=True,
        default=lambda self: self._default_ticket_ids(),
    )
    ticket_count = fields.Integer("Tickets Chosen", compute="_compute_ticket_count")
    state = fields.Selection([("ask", "Ask"), ("done", "Done")], default="ask")
    result = fields.Html(readonly=True)
    undo_values = fields.Json()
    can_undo = fields.Boolean(compute="_compute_can_undo")

    @api.model
    def _default_ticket_ids(self):
        """Return the tickets that are chosen in the list, or that is open."""
        if self.env.context.get("active_model") != "service.ticket":
            return self.env["service.ticket"]
        ids = self.env.context.get("active_ids") or []
        return self.env["service.ticket"].browse(ids)

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    @api.depends("undo_values")
    def _compute_can_undo(self):
        for wizard in self:
            wizard.can_undo = bool(wizard.undo_values)

    # -- doing --------------------------------------------------------------

    def _do(self, act):
        """Do something to all tickets at once or, if one refuses, one by one.

        :param act: a function that takes tickets
        :return: the tickets that it was done to, and {ticket: why not}
        """
        tickets = self.ticket_ids
        if not tickets:
            raise UserError(self.env._("Choose the tickets first."))
        if not self._try(act, tickets):
            return tickets, {}
        problems = {ticket: self._try(act, ticket) for ticket in tickets}
        problems = {ticket: why for ticket, why in problems.items() if why}
        return tickets.filtered(lambda t: t not in problems), problems

    def _try(self, act, tickets):
        """Do something whole, or return why it was not done at all."""
        try:
            with self.env.cr.savepoint():
                act(tickets)
        except UserError as error:
            return str(error)
        return None

    def _show(self, sentence, problems):
        """Show what was done and, ticket by ticket, what was not and why."""
        # sudo: the user may have given away the right to see a ticket
        lines = [
            Markup("<li><b>%s</b>: %s</li>") % (ticket.sudo().number, why)
            for ticket, why in list(problems.items())[:MAX_SHOWN_PROBLEMS]
        ]
        body = Markup("<p>%s</p>") % sentence
        if problems:
            left = self.env._("Not possible for %(count)s:", count=len(problems))
            body += Markup("<p>%s</p><ul>%s</ul>") % (left, Markup("").join(lines))
        self.write({"state": "done", "result": body})
        return self._reopen()

    def _reopen(self):
        """Return the window of this wizard."""
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    # -- undoing ------------------------------------------------------------

    def action_undo(self):
        """Take back what was done, but where somebody has gone on meanwhile."""
        self.ensure_one()
        values = self.undo_values or {}
        tickets = self.env["service.ticket"].browse(int(key) for key in values)
        problems = {}
        for ticket in tickets:
            why = self._try(lambda t: self._undo_one(t, values[str(t.id)]), ticket)
            if why:
                problems[ticket] = why
        self.undo_values = False
        done = len(tickets) - len(problems)
        return self._show(
            self.env._("Taken back for %(count)s tickets.", count=done), problems
        )

    def _undo_one(self, ticket, values):
        """Hook: take back what was done to `ticket`.

        :param values: what the wizard stored for it in `undo_values`
        :raises UserError: somebody has gone on with it meanwhile
        """
        raise NotImplementedError

    def _raise_gone_on(self, ticket):
        """Refuse to take back what somebody has gone on with."""
        raise UserError(
            self.env._(
                "Somebody has gone on with ticket %(number)s meanwhile. Open it to see "
                "where it is.",
                number=ticket.number,
            )
        )
