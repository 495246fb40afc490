from odoo import fields, models


class PartsPosting(models.Model):
    """The proof that the cost of an event is posted once in each company."""

    _name = "parts.posting"
    _description = "Parts Posting"
    _inherit = "parts.guarded.mixin"
    _order = "id"
    _rec_name = "event"

    requisition_id = fields.Many2one(
        "parts.requisition", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    event = fields.Char(
        required=True, help="What was posted, e.g. the number of a receipt."
    )
    receipt_id = fields.Many2one("parts.receipt", index="btree_not_null")
    move_id = fields.Many2one(
        "account.move", "Journal Entry", required=True, ondelete="restrict", index=True
    )
    move_name = fields.Char(required=True)
    amount = fields.Monetary(help="Total with taxes, in the document's currency.")
    currency_id = fields.Many2one("res.currency", required=True)

    _posted_once = models.Constraint(
        "UNIQUE(requisition_id, company_id, event)",
        "This was already posted. Reload the page to see the entries.",
    )

    def init(self):
        """Make postings final."""
        self._make_append_only()
