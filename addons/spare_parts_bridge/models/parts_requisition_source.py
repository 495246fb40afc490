from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PartsRequisitionSource(models.Model):
    """Which source a requisition may ask."""

    _inherit = "parts.requisition"

    source_warehouse_id = fields.Many2one(
        compute="_compute_source_warehouse_id",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("warehouse_id")
    def _compute_source_warehouse_id(self):
        """Choose the source when the warehouse has only one."""
        for requisition in self:
            sources_sudo = requisition.warehouse_id.sudo()._get_requisition_sources()
            if requisition.source_warehouse_id in sources_sudo:
                continue
            source_sudo = sources_sudo if len(sources_sudo) == 1 else sources_sudo[:0]
            requisition.source_warehouse_id = source_sudo.sudo(False)

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to accept sources that were set up only."""
        requisitions = super().create(vals_list)
        requisitions._check_source_allowed()
        return requisitions

    def write(self, vals):
        """Override of `write` to accept sources that were set up only."""
        result = super().write(vals)
        if {"warehouse_id", "source_warehouse_id"} & vals.keys():
            self._check_source_allowed()
        return result

    def _check_source_allowed(self):
        """Refuse warehouses that were not set up as a source, over RPC too.

        What replenishment makes in superuser mode follows the source of its rule; a
        constraint could not tell, as it always runs in that mode.
        """
        if self.env.su:
            return
        for requisition in self:
            sources_sudo = requisition.warehouse_id.sudo()._get_requisition_sources()
            if requisition.source_warehouse_id not in sources_sudo:
                raise ValidationError(
                    self.env._(
                        "Warehouse %(warehouse)s does not requisition parts from "
                        "%(shipper)s. Choose one of its sources, or ask a parts "
                        "manager to add it.",
                        warehouse=requisition.warehouse_id.sudo().code,
                        shipper=requisition.source_warehouse_id.sudo().code,
                    )
                )
