# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceCharge(models.Model):
    """An expense that was charged on, once."""

    _inherit = "service.charge"

    expense_id = fields.Many2one(
        "hr.expense",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="What a technician spent and is charged on.",
    )

    _expense_once = models.UniqueIndex(
        "(expense_id) WHERE expense_id IS NOT NULL",
        "This expense is charged already. Reload the page.",
    )

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values`: an expense is charged by its button."""
        return {**super()._get_guarded_values(), "expense_id": False}
