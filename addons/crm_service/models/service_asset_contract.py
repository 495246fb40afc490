# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceAsset(models.Model):
    """The contracts of a unit."""

    _inherit = "service.asset"

    contract_line_ids = fields.One2many(
        "service.contract.line", "asset_id", "Contract Lines"
    )
    contract_id = fields.Many2one(
        "service.contract",
        "Contract Today",
        compute="_compute_contract_id",
        compute_sudo=False,
        help="Which contract covers the unit, its site or its customer today.",
    )

    def _compute_contract_id(self):
        """Find the contracts of all units together."""
        none = self.env["service.contract.line"]
        found = self._find_contract_lines()
        for asset in self:
            asset.contract_id = found.get(asset._origin.id, none).contract_id

    def _find_contract_lines(self, day=None):
        """Return {unit id: contract line} of the units that a contract covers.

        :param date day: today, if none is given
        """
        lines = self.env["service.contract.line"]
        day = day or fields.Date.context_today(self)
        assets = self._origin
        cases = [lines._prepare_facts(a.company_id, day, asset=a) for a in assets]
        found = zip(assets, lines._find_lines(cases), strict=True)
        return {asset.id: line for asset, line in found if line}

    def _get_coverage_summary(self):
        """Override of `service.asset` to tell of the contract."""
        rows = super()._get_coverage_summary()
        line = self._find_contract_lines().get(self.id)
        if not line or not line.has_access("read"):
            return rows
        contract = line.contract_id
        ends = contract.is_ending
        row = {
            "kind": "contract",
            "label": contract.template_id.name or self.env._("Contract"),
            "until": contract.covered_until,
            "tone": "warning" if ends else "success",
        }
        return [*rows, row]

    def action_open_contracts(self):
        """Open the contracts that cover this unit, its site or its customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_contract_action"
        )
        contracts = self.contract_line_ids.contract_id | self.contract_id
        action["domain"] = [("id", "in", contracts.ids)]
        action["context"] = {"default_partner_id": self.partner_id.id}
        return action
