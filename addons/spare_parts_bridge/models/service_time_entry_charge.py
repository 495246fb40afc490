from odoo import fields, models
from odoo.exceptions import UserError

# What time of a kind is charged as.
CHARGE_KINDS = {"work": "labour", "travel": "travel"}


class ServiceTimeEntry(models.Model):
    """Time that is spent is charged at the rates that count."""

    _inherit = "service.time.entry"

    charge_ids = fields.One2many("service.charge", "time_entry_id", "Charges")

    def _ensure_free(self):
        """Override of `_ensure_free` to keep time that is billed."""
        result = super()._ensure_free()
        # sudo: whoever enters time need not see what it costs
        for entry in self.sudo():
            if any(entry.charge_ids.mapped("is_billed")):
                raise UserError(
                    self.env._(
                        "%(name)s is billed already, so it stays as it is. Cancel the "
                        "document first, or enter more time.",
                        name=entry.display_name,
                    )
                )
        return result

    def _after_change(self):
        """Override of `_after_change` to charge what is finished."""
        result = super()._after_change()
        # sudo: time is charged by the rates, whoever enters it
        entries_sudo = self.sudo()
        for ticket_sudo, group in entries_sudo.grouped("ticket_id").items():
            ticket_sudo._charge_quietly(group._charge_time)
        return result

    def unlink(self):
        """Override to take the open charges with it; see `_ensure_free`."""
        self._unlink_except_kept()
        # sudo: whoever may delete the time need not be allowed to delete charges
        self.sudo().charge_ids.unlink()
        return super().unlink()

    def _charge_time(self):
        """Bring the open charges of these entries in line with them.

        :raises UserError: a price cannot be computed, such as without a rate of the
            pricelist's currency
        """
        for company, entries in self.grouped("company_id").items():
            rates = self.env["service.labour.rate"]._get_for_company(company)
            for entry in entries:
                entry._sync_charges(rates)

    def _sync_charges(self, rates):
        """Write, add and delete charges so that they say what `rates` say."""
        if any(self.charge_ids.mapped("is_billed")):
            return
        wanted = {}
        for rate, quantity in rates._find_quantities(self) if self.stop else ():
            wanted[f"{rate.id}:{rate.basis}"] = self._prepare_charge_vals(
                rate, quantity
            )
        for charge in self.charge_ids:
            vals = wanted.pop(charge.time_part, None)
            if vals is None:
                charge.unlink()
            else:
                charge.write(vals)
        self.ticket_id._create_charges(
            [{**vals, "time_part": part} for part, vals in wanted.items()]
        )

    def _prepare_charge_vals(self, rate, quantity):
        """Return the values of the charge of this entry at one rate."""
        day = self._get_bounds()[0].astimezone(self._get_zone()).date()
        return {
            "ticket_id": self.ticket_id.id,
            "time_entry_id": self.id,
            "rate_id": rate.id,
            "kind": CHARGE_KINDS[self.kind],
            "employee_id": self.employee_id.id,
            "date": day,
            "product_id": rate.product_id.id,
            "product_uom_id": rate._get_uom().id,
            "name": rate.name,
            "quantity": quantity,
        }

    def _get_uncharged(self):
        """Return the finished entries that no rate was found for."""
        return self.filtered(lambda entry: entry.stop and not entry.charge_ids)
