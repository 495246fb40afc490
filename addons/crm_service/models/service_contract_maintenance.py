# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from .service_contract_line_units import Units

# What, when changed, changes what a contract's maintenance is due on.
PLANNING_FIELDS = {"state", "date_start", "date_end", "line_ids"}


class ServiceContract(models.Model):
    """The planned maintenance of a contract."""

    _inherit = "service.contract"

    maintenance_plan_ids = fields.One2many(
        "service.maintenance.plan", "contract_id", "Maintenance Plans"
    )
    maintenance_count = fields.Integer(
        "Maintenance", compute="_compute_maintenance_count"
    )

    def _compute_maintenance_count(self):
        groups = self.env["service.maintenance.due"]._read_group(
            [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
        )
        counts = {contract.id: count for contract, count in groups}
        for contract in self:
            contract.maintenance_count = counts.get(contract.id, 0)

    def write(self, vals):
        """Override to plan anew what follows from the contract."""
        result = super().write(vals)
        if "state" in vals:
            self._hand_over_plans(vals["state"])
        if PLANNING_FIELDS & vals.keys():
            # sudo: the plan follows the contract, whoever may plan
            self.sudo().maintenance_plan_ids._plan()
        return result

    def _hand_over_plans(self, state):
        """Let plans go on with the renewal, or back if it is dropped."""
        # sudo: the plan follows the contract, whoever may plan
        contracts = self.sudo().with_context(active_test=False)
        for contract in contracts.filtered("renewal_of_id"):
            old = contract.renewal_of_id
            if state == "active":
                old.maintenance_plan_ids._hand_over(contract)
            elif state in ("draft", "cancelled"):
                contract.maintenance_plan_ids._hand_over(old)

    def _get_maintained_units(self):
        """Return what these contracts cover, in a handful of queries.

        :return: {contract id: list of (asset id, site id)}, 0 for none
        """
        # sudo: what is covered does not depend on who asks
        lines = self.sudo().line_ids
        lines.asset_id.fetch(["active", "state", "product_id"])
        units = Units(lines._get_place_assets())
        result = {}
        for contract in self:
            own = (units.get(line) for line in contract.sudo().line_ids)
            pairs = dict.fromkeys(pair for found in own for pair in found)
            result[contract.id] = list(pairs)
        return result

    def action_open_maintenance(self):
        """Open what is planned for these contracts."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_maintenance_due_action"
        )
        action["domain"] = [("contract_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_plan_maintenance(self):
        """Open the maintenance plans of this contract, or write the first one."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_maintenance_plan_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {
            "default_contract_id": self.id,
            "default_company_id": self.company_id.id,
        }
        if not self.maintenance_plan_ids:
            action["views"] = [(False, "form")]
        return action
