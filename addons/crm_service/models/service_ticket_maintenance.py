# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ServiceTicket(models.Model):
    """The planned maintenance that a ticket was made for."""

    _inherit = "service.ticket"

    maintenance_due_ids = fields.One2many(
        "service.maintenance.due", "ticket_id", "Planned Maintenance", readonly=True
    )

    def _get_work_stage(self):
        """Return the stage in which the work is done; the present one if none is."""
        stages = self.process_id.stage_ids.sorted("sequence")
        working = stages.filtered(lambda stage: stage.phase == "in_progress")
        return working[:1] or self.stage_id
