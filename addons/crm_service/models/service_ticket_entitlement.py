# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from ..const import COST_KINDS, PAYERS

# What decides who pays for a ticket.
CASE_FIELDS = {
    "asset_id",
    "partner_id",
    "symptom_id",
    "fault_id",
    "failed_on",
    "contract_id",
}


class ServiceTicket(models.Model):
    """Who pays for what is done for a ticket."""

    _inherit = "service.ticket"

    entitlement_html = fields.Html(
        "Who Pays",
        compute="_compute_entitlement_html",
        compute_sudo=False,
        sanitize=False,
        export_string_translation=False,
    )
    entitlement_override_ids = fields.One2many(
        "service.entitlement.override", "ticket_id", "Decisions", readonly=True
    )

    @api.depends(
        "asset_id",
        "partner_id",
        "symptom_id",
        "fault_id",
        "failed_on",
        "entitlement_override_ids.revoked_at",
        "contract_usage_ids.short",
    )
    @api.depends_context("lang", "uid")
    def _compute_entitlement_html(self):
        """Show the answers of all tickets as tables."""
        answers = self._get_entitlements()
        for ticket in self:
            ticket.entitlement_html = self.env["ir.qweb"]._render(
                "crm_service.service_ticket_entitlement_table",
                {"rows": ticket._prepare_entitlement_rows(answers[ticket])},
            )

    def _after_write(self, vals):
        """Override of `_after_write` to tell when others may have to pay."""
        result = super()._after_write(vals)
        if CASE_FIELDS & vals.keys():
            self._after_entitlement_change()
        return result

    def _after_entitlement_change(self):
        """Do what follows when it has changed who pays.

        Hook: an add-on that splits costs splits them anew.
        """

    def _prepare_entitlement_rows(self, answers):
        """Return what the table shows of {kind of cost: Entitlement}."""
        overrides = self.env["service.entitlement.override"]
        kinds = dict(overrides._fields["kind"]._description_selection(self.env))
        payers = dict(overrides._fields["payer"]._description_selection(self.env))
        order = [payer for payer, _label in PAYERS]
        return [
            {
                "kind": kinds[kind],
                "shares": [
                    (payer, payers[payer], f"{float(answer.shares[payer]) * 100:.4g}")
                    for payer in sorted(answer.shares, key=order.index)
                ],
                "claim": f"{float(answer.claim) * 100:.4g}" if answer.claim else "",
                "is_decided": answer.override is not None,
                "reasons": answer.reasons,
                "claim_reasons": answer.claim_reasons,
            }
            for kind, answer in answers.items()
        ]

    def _get_entitlement(self, kind):
        """Return who pays for a kind of cost of this ticket.

        :param str kind: one of `const.COST_KINDS`
        :return: `Entitlement`, see `service.entitlement._get_entitlements`
        """
        self.ensure_one()
        return self._get_entitlements([kind])[self][kind]

    def _get_entitlements(self, kinds=None):
        """Return {ticket: {kind of cost: Entitlement}} in a fixed number of queries.

        :param kinds: some of `const.COST_KINDS`; all if not given
        """
        kinds = list(kinds or dict(COST_KINDS))
        pairs = [(ticket, kind) for ticket in self for kind in kinds]
        answers = self.env["service.entitlement"]._get_entitlements(
            [ticket._prepare_entitlement_case(kind) for ticket, kind in pairs]
        )
        found = {ticket: {} for ticket in self}
        for (ticket, kind), answer in zip(pairs, answers, strict=True):
            found[ticket][kind] = answer
        return found

    def _prepare_entitlement_case(self, kind):
        """Return the case of this ticket as `service.entitlement` takes it."""
        faults = (self.fault_id | self.symptom_id)._origin
        return {
            "ticket_id": self._origin.id,
            "asset_id": self.asset_id._origin.id,
            "partner_id": self.partner_id._origin.id,
            "fault_id": self.fault_id._origin.id,
            "fault_ids": faults.ids,
            "date": self._get_entitlement_date(),
            "kind": kind,
        }

    def _get_entitlement_date(self):
        """Return the day that counts: of the failure, or of the request.

        The request's day is that of the company's time zone, whoever asks.
        """
        if self.failed_on:
            return self.failed_on
        # sudo: the working hours of a company say where it is
        zone = self.company_id.sudo().resource_calendar_id.tz or "UTC"
        opened_at = self.opened_at or fields.Datetime.now()
        return fields.Date.context_today(self.with_context(tz=zone), opened_at)
