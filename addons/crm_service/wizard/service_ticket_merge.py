# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceTicketMerge(models.TransientModel):
    """Merge tickets into one, having seen what moves and what speaks against it."""

    _name = "service.ticket.merge"
    _description = "Merge"
    _inherit = ["service.ticket.bulk", "service.window.mixin"]
    _window_on = "target_id"

    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    target_id = fields.Many2one(
        "service.ticket",
        "Into",
        domain="[('company_id', '=', company_id), ('is_open', '=', True), "
        "('id', 'not in', ticket_ids)]",
        help="The ticket in which the work goes on.",
    )
    note = fields.Char("Why", help="Noted on the tickets, for staff only.")
    problem = fields.Text(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview")
    is_apart = fields.Boolean(compute="_compute_preview")
    can_swap = fields.Boolean(compute="_compute_can_swap")

    @api.model
    def default_get(self, fields):
        """Override: of several chosen tickets, the oldest open one goes on."""
        values = super().default_get(fields)
        tickets = self._default_ticket_ids()
        if values.get("target_id"):
            return values
        if len(tickets) > 1:
            target = tickets.filtered("is_open").sorted("id")[:1]
            values["ticket_ids"] = [(6, 0, (tickets - target).ids)]
            values["target_id"] = target.id
        elif tickets:
            hints = tickets.duplicate_hints or []
            likely = [hint["id"] for hint in hints if hint["is_open"]]
            values["target_id"] = likely[0] if likely else False
        return values

    @api.depends("ticket_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.ticket_ids.company_id[:1]

    @api.depends("ticket_ids", "target_id")
    def _compute_can_swap(self):
        for wizard in self:
            source = wizard.ticket_ids
            wizard.can_swap = len(source) == 1 and wizard.target_id and source.is_open

    @api.depends("ticket_ids", "target_id")
    def _compute_preview(self):
        for wizard in self:
            tickets, target = wizard.ticket_ids._origin, wizard.target_id._origin
            problems = [t._get_merge_problem(target) for t in tickets if target]
            wizard.problem = "\n".join(filter(None, problems))
            wizard.is_apart = bool(target) and not all(
                ticket._shares_customer(target) for ticket in tickets
            )
            wizard.preview = target and Markup("").join(
                wizard._get_preview(ticket) for ticket in tickets
            )

    def _get_preview(self, ticket):
        """Return a line that tells what of `ticket` moves."""
        target = self.target_id._origin
        counts = ticket._count_moving(target)
        moving = ", ".join(counts) or self.env._("only the work itself")
        return Markup("<div><b>%s</b> %s</div><div class='ms-3'>%s</div>") % (
            ticket.number,
            ticket.name,
            self.env._(
                "Goes to %(number)s (%(moving)s).", number=target.number, moving=moving
            ),
        )

    def action_swap(self):
        """Let the other ticket go on."""
        self.ensure_one()
        if not self.can_swap:
            raise UserError(
                self.env._("Only one ticket and one that it goes into can be swapped.")
            )
        source, target = self.ticket_ids, self.target_id
        self.write({"ticket_ids": [(6, 0, target.ids)], "target_id": source.id})
        return self._reopen()

    def action_apply(self):
        """Merge the tickets; each whole or not at all."""
        self.ensure_one()
        if not self.target_id:
            raise UserError(self.env._("Choose the ticket in which the work goes on."))
        done, problems = self._do(
            lambda tickets: tickets._merge_into(self.target_id, self.note)
        )
        self.undo_values = {ticket.id: {} for ticket in done}
        sentence = self.env._(
            "%(numbers)s merged into %(target)s. The work goes on there, and the old "
            "numbers lead to it.",
            numbers=", ".join(done.mapped("number")) or self.env._("Nothing"),
            target=self.target_id.number,
        )
        return self._show(sentence, problems)

    def action_open_target(self):
        """Open the ticket that goes on."""
        self.ensure_one()
        return self.target_id._get_form_action()

    def _undo_one(self, ticket, values):
        """Override to take the merge back."""
        ticket.action_unmerge()
