# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

ROW = Markup(
    "<tr class='%s'><td>%s</td><td>%s</td><td>%s</td><td class='text-end'>%s</td>"
    "<td>%s</td></tr>"
)
TABLE = Markup(
    "<table class='table table-sm o_list_table'><thead><tr><th>%s</th><th>%s</th>"
    "<th>%s</th><th class='text-end'>%s</th><th></th></tr></thead>"
    "<tbody>%s</tbody></table>"
)


class ServiceChargePost(models.TransientModel):
    """What payers bear of some tickets, before it is posted."""

    _name = "service.charge.post"
    _description = "Post Cost of Tickets"
    _inherit = ["service.window.mixin"]
    _window_on = "ticket_ids"

    ticket_ids = fields.Many2many("service.ticket", required=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    preview = fields.Html(compute="_compute_preview", compute_sudo=False)

    @api.depends("ticket_ids")
    def _compute_preview(self):
        for window in self:
            tickets = window.ticket_ids._origin
            tickets._ensure_can_post_cost()
            rows = [
                row
                for entry in tickets._plan_cost_postings()
                for row in self._get_rows(*entry)
            ]
            window.preview = self._get_table(rows)

    @api.model
    def _get_table(self, rows):
        """Return the table of what will be posted, or that nothing will be."""
        if not rows:
            text = self.env._("Everything is posted as it should be.")
            return Markup("<p class='text-muted'>%s</p>") % text
        return TABLE % (
            self.env._("Ticket"),
            self.env._("Payer"),
            self.env._("Kind of Cost"),
            self.env._("Cost"),
            Markup("").join(rows),
        )

    @api.model
    def _get_rows(self, ticket, payer, amounts, old):
        """Return the rows of what is taken back and posted for one payer."""
        accounts = self.env["service.payer.account"]
        payers = dict(accounts._fields["payer"]._description_selection(self.env))
        kinds = dict(accounts._fields["kind"]._description_selection(self.env))
        entries = [
            ("text-muted", kind, -cost, self.env._("is taken back"))
            for posting in old
            for kind, cost in posting.amounts.items()
        ]
        for kind, cost in amounts.items():
            tone, text = self._get_target(ticket, payer, kind)
            entries.append((tone, kind, cost, text))
        currency = ticket.company_id.currency_id
        return [
            ROW
            % (
                tone,
                ticket.display_name,
                payers.get(payer, payer),
                kinds.get(kind, kind),
                currency.format(cost),
                text,
            )
            for tone, kind, cost, text in entries
        ]

    @api.model
    def _get_target(self, ticket, payer, kind):
        """Return a colour and the account of a cost, or why it cannot be posted."""
        try:
            account = self.env["service.payer.account"]._get_account(
                ticket.company_id, payer, kind
            )
        except UserError as error:
            return "text-danger", error.args[0]
        names = (account.counter_account_id, account.expense_account_id)
        return "", " → ".join(name.display_name for name in names)

    def action_confirm(self):
        """Post the cost of the tickets, all of it or nothing.

        :raises UserError: there is nothing to post, an account is missing, or the
            period is closed
        """
        self.ensure_one()
        tickets = self.ticket_ids
        tickets._ensure_can_post_cost()
        postings = tickets._post_costs(self.date)
        if not postings:
            raise UserError(
                self.env._("There is nothing to post: it all stands as it should.")
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "spare_parts_bridge.service_charge_posting_action"
        )
        return {**action, "domain": [("id", "in", postings.ids)], "context": {}}
