from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.crm_service.const import PAYERS

from .service_charge import COST_GROUPS


class ServiceTicket(models.Model):
    """What a ticket was estimated at, what it costs, and who pays it."""

    _inherit = "service.ticket"

    charge_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of Charges"
    )
    charge_amount = fields.Monetary(
        "Charged",
        compute="_compute_charge_amounts",
        currency_field="charge_currency_id",
        help="What the ticket costs, before taxes, whoever pays.",
    )
    charge_customer_amount = fields.Monetary(
        "Customer Pays",
        compute="_compute_charge_amounts",
        currency_field="charge_currency_id",
    )
    estimate_amount = fields.Monetary(
        "Estimated",
        compute="_compute_charge_amounts",
        currency_field="charge_currency_id",
    )
    charge_difference = fields.Monetary(
        "Beyond the Estimate",
        compute="_compute_charge_amounts",
        currency_field="charge_currency_id",
        help="What is charged less what was estimated.",
    )
    charge_cost = fields.Monetary(
        "Our Cost",
        compute="_compute_charge_cost",
        currency_field="charge_currency_id",
        groups=COST_GROUPS,
    )
    charge_summary = fields.Html(compute="_compute_charge_amounts", sanitize=False)
    has_charge_gap = fields.Boolean(
        compute="_compute_has_charge_gap",
        export_string_translation=False,
        help="Time was spent that no rate was found for.",
    )

    @api.depends("charge_ids.share_ids.amount", "estimate_charge_ids.share_ids.amount")
    @api.depends_context("lang", "uid")
    def _compute_charge_amounts(self):
        totals = self._get_charge_totals()
        for ticket in self:
            rows = totals.get(ticket._origin.id, {})
            estimate = sum(row[True] for row in rows.values())
            actual = sum(row[False] for row in rows.values())
            ticket.estimate_amount = estimate
            ticket.charge_amount = actual
            ticket.charge_difference = actual - estimate
            ticket.charge_customer_amount = rows.get("customer", {}).get(False, 0.0)
            ticket.charge_summary = ticket._render_charge_summary(rows)

    def _get_charge_totals(self):
        """Return ``{ticket id: {payer: {is estimate: amount}}}`` of what is visible."""
        totals = {}
        groups = self.env["service.charge.share"]._read_group(
            [("ticket_id", "in", self._origin.ids)],
            ["ticket_id", "payer", "is_estimate"],
            ["amount:sum"],
        )
        for ticket, payer, is_estimate, amount in groups:
            rows = totals.setdefault(ticket.id, {})
            row = rows.setdefault(payer, {True: 0.0, False: 0.0})
            row[bool(is_estimate)] = amount
        return totals

    @api.depends("charge_ids.cost")
    def _compute_charge_cost(self):
        groups = self.env["service.charge"]._read_group(
            [("ticket_id", "in", self._origin.ids), ("is_estimate", "=", False)],
            ["ticket_id"],
            ["cost:sum"],
        )
        costs = {ticket.id: cost for ticket, cost in groups}
        for ticket in self:
            ticket.charge_cost = costs.get(ticket._origin.id, 0.0)

    @api.depends("time_entry_ids.stop", "charge_ids.time_entry_id")
    def _compute_has_charge_gap(self):
        for ticket in self:
            ticket.has_charge_gap = bool(ticket.time_entry_ids._get_uncharged())

    # -- the table of payers ------------------------------------------------------

    def _render_charge_summary(self, rows):
        """Return the table of payers: estimated, charged and the difference.

        :param dict rows: ``{payer: {is estimate: amount}}``
        """
        if not rows:
            return False
        has_estimate = any(row[True] for row in rows.values())
        payers = self.env["service.charge.share"]._fields["payer"]
        labels = dict(payers._description_selection(self.env))
        lines = [
            (labels[payer], rows[payer][True], rows[payer][False])
            for payer, _label in PAYERS
            if payer in rows
        ]
        total = (
            self.env._("Total"),
            sum(line[1] for line in lines),
            sum(line[2] for line in lines),
        )
        body = Markup("").join(
            self._render_charge_row(line, has_estimate, "") for line in lines
        )
        return Markup(
            '<table class="table table-sm w-auto mb-0"><thead>%s</thead>'
            "<tbody>%s</tbody><tfoot>%s</tfoot></table>"
        ) % (
            self._render_charge_head(has_estimate),
            body,
            self._render_charge_row(total, has_estimate, "fw-bold"),
        )

    def _render_charge_head(self, has_estimate):
        titles = [self.env._("Who Pays")]
        if has_estimate:
            titles.append(self.env._("Estimated"))
        titles.append(self.env._("Charged"))
        if has_estimate:
            titles.append(self.env._("Difference"))
        cells = Markup("").join(
            Markup('<th class="%s">%s</th>') % ("text-end" if place else "", title)
            for place, title in enumerate(titles)
        )
        return Markup("<tr>%s</tr>") % cells

    def _render_charge_row(self, line, has_estimate, weight):
        label, estimate, actual = line
        amounts = [estimate, actual, actual - estimate] if has_estimate else [actual]
        currency = self.company_id.currency_id
        cells = Markup("").join(
            Markup('<td class="text-end ps-4 %s">%s</td>')
            % (weight, currency.format(amount))
            for amount in amounts
        )
        return Markup('<tr><td class="%s">%s</td>%s</tr>') % (weight, label, cells)

    # -- open ---------------------------------------------------------------------

    def action_view_charges(self):
        """Open the charges of the ticket, the estimated ones too."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "spare_parts_bridge.service_charge_action"
        )
        return {
            **action,
            "domain": [("ticket_id", "=", self.id)],
            "context": {"default_ticket_id": self.id},
        }
