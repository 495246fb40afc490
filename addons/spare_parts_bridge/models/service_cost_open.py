from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

LEADERS = "crm_service.group_service_supervisor"


class ServiceCostOpen(models.AbstractModel):
    """Records that open what they cost and earned: tickets, units, customers…"""

    _name = "service.cost.open"
    _description = "Opens Cost and Margin"

    @api.model
    def _get_cost_domain(self, records):
        """Return which rows of the report belong to `records`.

        To be overridden by the models that inherit this.
        """
        return Domain.FALSE

    def action_open_costs(self):
        """Open what these records cost and earned.

        :raises AccessError: the caller is no supervisor
        """
        self.check_access("read")
        if not self.env.user.has_group(LEADERS):
            raise AccessError(
                self.env._(
                    "Costs and margins are for supervisors. Ask yours what you need "
                    "to know."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "spare_parts_bridge.service_cost_report_action"
        )
        action["domain"] = list(self._get_cost_domain(self))
        action["context"] = {"search_default_group_source": 1}
        action["views"] = [(False, "list"), (False, "pivot"), (False, "graph")]
        return action
