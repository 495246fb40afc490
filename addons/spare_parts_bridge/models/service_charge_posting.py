# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_service.const import PAYERS


class ServiceChargePosting(models.Model):
    """The proof that a payer's share of a ticket's cost is posted once."""

    _name = "service.charge.posting"
    _description = "Posted Cost of Service"
    _inherit = ["parts.guarded.mixin"]
    _order = "id desc"
    _rec_name = "event"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    payer = fields.Selection(PAYERS, required=True, readonly=True)
    event = fields.Char(
        required=True, readonly=True, help="The ticket, and which posting of it."
    )
    amounts = fields.Json(
        readonly=True,
        export_string_translation=False,
        help="The cost of each kind, in the company's currency.",
    )
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="move_id.date", store=True, readonly=True)
    move_id = fields.Many2one(
        "account.move",
        "Journal Entry",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    reversed_posting_id = fields.Many2one(
        "service.charge.posting",
        "Takes Back",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    reversal_ids = fields.One2many(
        "service.charge.posting", "reversed_posting_id", "Taken Back By"
    )
    is_reversed = fields.Boolean("Taken Back", readonly=True)

    _posted_once = models.Constraint(
        "UNIQUE(ticket_id, payer, event)",
        "This cost was already posted. Reload the page to see the entry.",
    )
    _reversed_once = models.UniqueIndex(
        "(reversed_posting_id) WHERE reversed_posting_id IS NOT NULL",
        "This posting was already taken back. Reload the page.",
    )

    def action_open_move(self):
        """Open the journal entry that was posted.

        :raises AccessError: the user may not read it
        """
        self.ensure_one()
        self.move_id.check_access("read")
        return self.move_id._get_records_action()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Keep what was posted."""
        raise UserError(
            self.env._(
                "What was posted stays. Change the charges and post the cost again: "
                "the entry is taken back then."
            )
        )
