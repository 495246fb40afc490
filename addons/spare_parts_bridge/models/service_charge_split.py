from odoo import models

from ..tools.charge_split import split_amount


class ServiceCharge(models.Model):
    """Who pays which part of a charge."""

    _inherit = "service.charge"

    def _split(self):
        """Split these charges among those who pay, as the tickets' covers say.

        Called in superuser mode. What is billed stays as it is.
        """
        answers = {}
        for charge in self.filtered(lambda charge: not charge.is_billed):
            key = (charge.ticket_id, charge.kind)
            if key not in answers:
                answers[key] = charge.ticket_id._get_charge_shares(charge.kind)
            charge._apply_shares(*answers[key])

    def _apply_shares(self, shares, reason):
        """Write the shares of this charge, which add up to its amount and cost.

        :param dict shares: ``{payer: share}``
        :param str reason: why, for people
        """
        shares = {payer: share for payer, share in shares.items() if share}
        coin = self.currency_id.rounding
        amounts = split_amount(self.amount, shares, coin)
        costs = split_amount(self.cost, shares, coin)
        rows = {row.payer: row for row in self.share_ids}
        for payer, share in shares.items():
            vals = {
                "share": float(share),
                "amount": float(amounts[payer]),
                "cost": float(costs[payer]),
                "reason": reason,
            }
            row = rows.pop(payer, None)
            if row:
                row.write(vals)
            else:
                row = self.share_ids.create(
                    {**vals, "charge_id": self.id, "payer": payer}
                )
        self.share_ids.browse([row.id for row in rows.values()]).unlink()
