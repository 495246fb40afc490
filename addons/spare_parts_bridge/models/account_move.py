from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    parts_requisition_id = fields.Many2one(
        "parts.requisition", index="btree_not_null", readonly=True, copy=False
    )

    def button_draft(self):
        """Override of `button_draft` to keep both companies' documents mirrored."""
        self._ensure_not_parts_posting()
        return super().button_draft()

    def button_cancel(self):
        """Override of `button_cancel` to keep both companies' documents mirrored."""
        self._ensure_not_parts_posting()
        return super().button_cancel()

    def _ensure_not_parts_posting(self):
        posting_sudo = (
            self.env["parts.posting"].sudo().search([("move_id", "in", self.ids)])
        )
        if posting_sudo:
            raise UserError(
                self.env._(
                    "%(moves)s is mirrored in the other company's books. Correct it "
                    "with a credit note in both companies instead.",
                    moves=", ".join(posting_sudo.mapped("move_name")),
                )
            )
