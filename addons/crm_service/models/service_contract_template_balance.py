# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, fields, models


class ServiceContractTemplateBalance(models.Model):
    """What contracts of a template grant in number."""

    _name = "service.contract.template.balance"
    _inherit = "service.contract.balance.mixin"
    _description = "Balance of a Contract Template"
    _order = "template_id, sequence, id"
    _check_company_auto = True

    template_id = fields.Many2one(
        "service.contract.template", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="template_id.company_id", store=True, index=True, precompute=True
    )

    def _prepare_balance_vals(self):
        """Return the values of this balance in a contract."""
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "kind": self.kind,
            "use_at": self.use_at,
            "type_ids": [Command.set(self.type_ids.ids)],
            "granted": self.granted,
            "is_carried_over": self.is_carried_over,
        }
