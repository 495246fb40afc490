# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from ..const import EFFECT_RESULTS


class ServiceCorrectiveActionCheck(models.TransientModel):
    """Whether a corrective action helped, and how that was found."""

    _name = "service.corrective.action.check"
    _inherit = "service.window.mixin"
    _description = "Check of the Effect"
    _window_on = "action_id"

    action_id = fields.Many2one(
        "service.corrective.action", required=True, readonly=True, ondelete="cascade"
    )
    criterion = fields.Char(related="action_id.check_criterion", related_sudo=False)
    done_note = fields.Text(related="action_id.done_note", related_sudo=False)
    result = fields.Selection(EFFECT_RESULTS, "Did It Help?", required=True)
    note = fields.Text(
        "Finding", required=True, help="What was found, and how you know."
    )
    date_due = fields.Date("Done Anew Until")

    def action_confirm(self):
        """Note the finding on the action."""
        self.ensure_one()
        self.action_id.action_check_effect(self.result, self.note, self.date_due)
        return {"type": "ir.actions.act_window_close"}
