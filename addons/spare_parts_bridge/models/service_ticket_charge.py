from odoo import api, fields, models
from odoo.exceptions import UserError

# What decides which warranty or contract pays.
COVERED_BY = {
    *("asset_id", "partner_id", "site_id", "contract_id"),
    *("symptom_id", "fault_id", "failed_on"),
}


class ServiceTicket(models.Model):
    """What a ticket costs: parts, time, fees and third parties, and who pays."""

    _inherit = "service.ticket"

    charge_ids = fields.One2many(
        "service.charge",
        "ticket_id",
        "Charges",
        domain=[("is_estimate", "=", False)],
    )
    estimate_charge_ids = fields.One2many(
        "service.charge",
        "ticket_id",
        "Estimate",
        domain=[("is_estimate", "=", True)],
    )

    @api.model
    def _get_merge_rows(self):
        """Override of `_get_merge_rows` to let charges follow the work."""
        return {**super()._get_merge_rows(), "service.charge": "ticket_id"}

    # -- who pays -----------------------------------------------------------------

    def _get_charge_shares(self, kind):
        """Return who pays which share of a kind of cost, and why.

        :param str kind: see `COST_KINDS`
        :return: ``({payer: share}, reason)``; the shares add up to one
        """
        self.ensure_one()
        # the reasons are kept with the shares, in the language of the books
        lang = self.company_id.sudo().partner_id.lang  # sudo: a company's own address
        answer = self.with_context(lang=lang)._get_entitlement(kind)
        return dict(answer.shares), "\n".join(map(str, answer.reasons))

    def _resplit_charges(self):
        """Split the open charges again: covers, decisions or the unit have changed."""
        # sudo: shares follow from covers, whoever changes these
        charges_sudo = self.env["service.charge"].sudo()
        charges_sudo.search(
            [("ticket_id", "in", self.ids), ("is_billed", "=", False)]
        )._split()

    def _after_write(self, vals):
        """Override of `_after_write` to split again when other covers count."""
        result = super()._after_write(vals)
        if COVERED_BY & vals.keys():
            self._resplit_charges()
        return result

    # -- what was done ------------------------------------------------------------

    def _create_charges(self, vals_list):
        """Create charges of what was done, with the fees that come with the first.

        Called in superuser mode.

        :return: the new `service.charge`
        """
        charges = self.env["service.charge"]
        if not vals_list:
            return charges
        charges += charges.create(self._prepare_fees() + vals_list)
        return charges

    def _prepare_fees(self):
        """Return the values of fees that the ticket gets with its first charge."""
        charges = self.env["service.charge"]
        is_charged = charges.search_count(
            [("ticket_id", "=", self.id), ("is_estimate", "=", False)], limit=1
        )
        if is_charged:
            return []
        self._lock_billing()  # two first charges at once bring the fees once
        fees = self.env["service.fee"].search(
            [
                ("type_ids", "in", self.type_id.ids),
                ("company_id", "in", (self.company_id.id, False)),
            ]
        )
        return [
            {
                "ticket_id": self.id,
                "kind": "fee",
                "fee_id": fee.id,
                "product_id": fee.product_id.id,
                "name": fee.name,
                "is_automatic": True,
            }
            for fee in fees
        ]

    def _charge_quietly(self, charge):
        """Charge what was done; what cannot be priced is told, and nobody is stopped.

        A technician who ends a job must not be held up by a missing rate.

        :param charge: function that charges; it may raise UserError
        """
        try:
            with self.env.cr.savepoint():
                charge()
        except UserError as error:
            self._message_log(
                body=self.env._(
                    "This could not be charged: %(reason)s Mend it, then press "
                    "“Update” on the page “Charges”.",
                    reason=error.args[0],
                )
            )

    def _update_charges(self):
        """Charge all that was done, and bring prices and shares up to date.

        Nothing is charged twice; what is billed stays as it is.

        :raises UserError: a price cannot be computed
        """
        # sudo: what was done is charged by rates and pricelists, whoever asks
        for ticket_sudo in self.sudo():
            ticket_sudo.repair_ids._charge_parts()
            ticket_sudo.time_entry_ids._charge_time()
            open_sudo = self.env["service.charge"].sudo()
            open_sudo = open_sudo.search(
                [("ticket_id", "=", ticket_sudo.id), ("is_billed", "=", False)]
            )
            open_sudo.filtered(lambda c: not c.is_price_manual)._reprice()
            open_sudo._split()

    def action_update_charges(self):
        """Charge all that was done on these tickets, with today's covers.

        :raises UserError: a price cannot be computed
        """
        self.check_access("write")
        self._update_charges()
        return True
