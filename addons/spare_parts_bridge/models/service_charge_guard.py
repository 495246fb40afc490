from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.crm_service.models.service_ticket import FLOW, FLOW_KEY

# Changes of these change who pays how much.
TERMS = {
    *("ticket_id", "is_estimate", "kind", "date", "fee_id", "product_id"),
    *("quantity", "product_uom_id", "unit_price", "unit_cost"),
}
# What came from a job sheet or from time is told by them.
SOURCED = {
    *("ticket_id", "is_estimate", "kind", "date", "fee_id", "product_id"),
    *("quantity", "product_uom_id", "employee_id"),
}


class ServiceCharge(models.Model):
    """What may be changed, and by whom."""

    _inherit = "service.charge"

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values`: sources and shares are never entered."""
        return {
            "rate_id": False,
            "time_entry_id": False,
            "time_part": False,
            "repair_move_id": False,
            "vendor_bill_line_id": False,
            "is_automatic": False,
            "is_price_manual": False,
            "share_ids": [],
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Override to split new charges among those who pay."""
        charges = super().create([self._clean(vals) for vals in vals_list])
        # sudo: people enter prices, and the add-on notes that they did
        charges_sudo = charges.sudo()
        for charge in charges_sudo:
            charge.is_price_manual = charge._is_price_by_hand()
        charges_sudo._split()
        return charges

    @api.model
    def _clean(self, vals):
        """Return `vals` without an empty price, which the pricelist then fills."""
        return {k: v for k, v in vals.items() if k != "unit_price" or v is not False}

    def _is_price_by_hand(self):
        """Tell whether the price is another one than the pricelist's."""
        precision = self.env["decimal.precision"].precision_get("Product Price")
        return round(self.unit_price - self.list_price_unit, precision) != 0

    def write(self, vals):
        """Override to keep what is billed, and to split again what changes."""
        if self.env.context.get(FLOW_KEY) is FLOW:
            return super().write(self._drop_automatic(vals))
        terms = TERMS & vals.keys()
        if terms:
            self._ensure_open()
        if not self.env.su:
            self._ensure_not_sourced(vals)
        result = super().write(vals)
        # sudo: people enter prices, and the add-on notes that they did
        charges_sudo = self.sudo()
        if "unit_price" in vals:
            charges_sudo.write({"is_price_manual": True})
        if terms:
            charges_sudo._split()
        return result

    @api.model
    def _drop_automatic(self, vals):
        """Return `vals` for a merge: the other ticket may have the same fee."""
        return {**vals, "is_automatic": False} if "ticket_id" in vals else vals

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        """Keep what is billed."""
        self._ensure_open()

    def _ensure_open(self):
        """Refuse changes of what is billed.

        :raises UserError: with the charge
        """
        for charge in self:
            if charge.is_billed:
                raise UserError(
                    self.env._(
                        "“%(charge)s” of ticket %(ticket)s is billed already, so it "
                        "stays as it is. Cancel or credit the document first.",
                        charge=charge.name,
                        ticket=charge.ticket_id.number,
                    )
                )

    def _ensure_not_sourced(self, vals):
        """Refuse to write what the job sheet or the time entry says.

        :raises UserError: with where to correct it
        """
        names = SOURCED & vals.keys()
        for charge in self if names else ():
            if charge.repair_move_id or charge.time_entry_id:
                raise UserError(
                    self.env._(
                        "“%(charge)s” comes from a job sheet or from time spent. "
                        "Correct it there; here you may change its price and its "
                        "description.",
                        charge=charge.name,
                    )
                )

    def action_use_pricelist(self):
        """Take the price of the customer's pricelist again."""
        self.check_access("write")
        self._ensure_open()
        # sudo: see `write`; what follows is computed by the pricelist
        charges_sudo = self.sudo()
        charges_sudo.write({"is_price_manual": False})
        charges_sudo._reprice()
        charges_sudo._split()
        return True

    def _reprice(self):
        """Compute the pricelist's prices again, on the days of the work."""
        self.modified(["date"])
        self.flush_recordset()
