# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_cost_event = fields.Selection(
        related="company_id.service_cost_event", readonly=False, required=True
    )
    service_cost_journal_id = fields.Many2one(
        related="company_id.service_cost_journal_id", readonly=False
    )
