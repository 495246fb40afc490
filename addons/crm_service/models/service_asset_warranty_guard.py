# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import AccessError

AGENT = "crm_service.group_service_agent"
CHOSEN = ("chosen_policy_id", "chosen_supplier_policy_id")


class ServiceAsset(models.Model):
    """Who may choose the warranty terms of a unit."""

    _inherit = "service.asset"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let agents alone choose the terms of a unit."""
        if any(vals.get(name) for vals in vals_list for name in CHOSEN):
            self._check_may_choose_terms()
        return super().create(vals_list)

    def write(self, vals):
        """Override to let agents alone choose the terms of a unit."""
        for name in set(CHOSEN) & vals.keys():
            if any(unit[name].id != (vals[name] or False) for unit in self):
                self._check_may_choose_terms()
        return super().write(vals)

    @api.model
    def _check_may_choose_terms(self):
        """Refuse technicians: the terms of a unit decide who pays.

        :raises AccessError: the user is no agent
        """
        if not self.env.su and not self.env.user.has_group(AGENT):
            raise AccessError(
                self.env._(
                    "Only agents and supervisors choose the warranty terms of a unit, "
                    "because they decide who pays. Ask one of them."
                )
            )
