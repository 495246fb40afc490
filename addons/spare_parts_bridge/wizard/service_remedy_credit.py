# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceRemedyCredit(models.TransientModel):
    """The credit note of a remedy, with the invoice that it takes back in part."""

    _name = "service.remedy.credit"
    _description = "Credit Note of a Remedy"
    _inherit = ["service.window.mixin"]
    _window_on = "remedy_id"

    remedy_id = fields.Many2one(
        "service.remedy", required=True, readonly=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one(related="remedy_id.ticket_id", related_sudo=False)
    company_id = fields.Many2one(related="remedy_id.company_id", related_sudo=False)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        related="remedy_id.ticket_id.partner_id.commercial_partner_id",
        related_sudo=False,
    )
    amount = fields.Monetary(related="remedy_id.amount", related_sudo=False)
    currency_id = fields.Many2one(related="remedy_id.currency_id", related_sudo=False)
    invoice_id = fields.Many2one(
        "account.move",
        compute="_compute_invoice_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'), "
        "('company_id', '=', company_id), "
        "('commercial_partner_id', '=', partner_id)]",
        help="It is credited in proportion, with its accounts and taxes. Without an "
        "invoice the amount is booked as goodwill, without tax.",
    )
    # For whoever may not read invoices.
    invoice_name = fields.Char("Invoice Number", compute="_compute_invoice_name")
    date = fields.Date(required=True, default=fields.Date.context_today)

    @api.depends("remedy_id")
    def _compute_invoice_id(self):
        """Propose the invoice of the ticket, or the only one of the customer."""
        for window in self:
            remedy = window.remedy_id
            if remedy and remedy.has_access("read"):
                window.invoice_id = remedy._get_likely_invoice()

    @api.depends("invoice_id", "remedy_id")
    @api.depends_context("lang")
    def _compute_invoice_name(self):
        for window in self:
            invoice_sudo = window.invoice_id.sudo()  # its number only
            name = invoice_sudo.name or self.env._("None: goodwill, without tax")
            readable = window.remedy_id.has_access("read")
            window.invoice_name = name if readable else False

    def action_confirm(self):
        """Make the draft of the credit note, and open it for whoever may read it.

        :raises UserError: with what is in the way; nothing is written then
        """
        self.ensure_one()
        note_sudo = self.remedy_id._create_credit_note(
            self.invoice_id.sudo(), self.date
        )
        note = note_sudo.sudo(False)
        if note.has_access("read"):
            return note._get_records_action()
        message = self.env._(
            "The credit note is drafted. Accounting checks and posts it."
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
