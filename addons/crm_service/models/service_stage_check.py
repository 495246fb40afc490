# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceStageCheck(models.Model):
    """A line of a stage's checklist: what is to be ticked off there."""

    _name = "service.stage.check"
    _description = "Service Stage Check"
    _order = "stage_id, sequence, id"

    name = fields.Char("To Check", required=True, translate=True)
    stage_id = fields.Many2one(
        "service.stage", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="stage_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    required = fields.Boolean(
        default=True, help="A ticket leaves the stage only when this is ticked."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep the checklists of processes that tickets follow."""
        checks = super().create(vals_list)
        checks.stage_id.process_id._check_unlocked()
        self.env.registry.clear_cache()
        return checks

    def write(self, vals):
        """Override to keep the checklists of processes that tickets follow."""
        if vals.keys() - {"name", "sequence"}:
            self.stage_id.process_id._check_unlocked()
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """Override to keep the checklists of processes that tickets follow."""
        self.stage_id.process_id._check_unlocked()
        self.env.registry.clear_cache()
        return super().unlink()
