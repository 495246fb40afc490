# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceSlaPolicy(models.Model):
    """Promises that only contracts make."""

    _inherit = "service.sla.policy"

    is_for_contracts = fields.Boolean(
        "Only by Contract",
        help="No ticket gets this promise but by a contract that names it.",
    )

    def _prepare_rule(self):
        """Override of `service.sla.policy`: what contracts bring is never looked for.

        The rule is there all the same, for the clocks of the tickets that have it.
        """
        rule = super()._prepare_rule()
        return rule._replace(active=rule.active and not self.is_for_contracts)

    def _get_never_message(self):
        """Override of `service.sla.policy`: contracts bring it, whatever it asks."""
        return not self.is_for_contracts and super()._get_never_message()

    def _get_competing_domain(self):
        """Override of `service.sla.policy`: what contracts bring leaves the others."""
        domain = super()._get_competing_domain()
        return [*domain, ("is_for_contracts", "=", False)]

    def write(self, vals):
        """Override to choose promises anew when contracts alone make this one."""
        result = super().write(vals)
        if "is_for_contracts" in vals:
            self._forget_rules()
        return result
