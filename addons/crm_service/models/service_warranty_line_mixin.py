# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class ServiceWarrantyLineMixin(models.AbstractModel):
    """A line of warranty terms: the units follow whichever way it is changed."""

    _name = "service.warranty.line.mixin"
    _description = "Line of Warranty Terms"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let the units follow."""
        lines = super().create(vals_list)
        lines.policy_id._follow()
        return lines

    def write(self, vals):
        """Override to let the units follow."""
        self.check_access("write")  # nobody has it on the mixin, which has no policy
        policies = self.policy_id
        result = super().write(vals)
        (policies | self.policy_id)._follow()
        return result

    def unlink(self):
        """Override to let the units follow."""
        self.check_access("unlink")
        policies = self.policy_id
        result = super().unlink()
        policies.exists()._follow()
        return result
