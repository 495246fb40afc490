# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ServiceTicketQuote(models.TransientModel):
    """What the customer is asked to pay, before it is offered."""

    _name = "service.ticket.quote"
    _description = "Quotation for a Ticket"
    _inherit = ["service.window.mixin"]

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="ticket_id.company_id", related_sudo=False)
    basis = fields.Selection(
        [("estimate", "The estimate"), ("actual", "What was done")],
        "Offer",
        required=True,
        default="estimate",
    )
    share_ids = fields.Many2many(
        "service.charge.share",
        string="What the Customer Pays",
        compute="_compute_share_ids",
        store=True,
        readonly=False,
        compute_sudo=False,
        domain="[('ticket_id', '=', ticket_id), ('payer', '=', 'customer'), "
        "('is_billed', '=', False), ('is_estimate', '=', basis == 'estimate')]",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    validity_date = fields.Date("Valid Until", help="Empty: as usual in the company.")
    require_signature = fields.Boolean(
        "Signature",
        compute="_compute_requirements",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="The customer signs on their page, in the browser.",
    )
    require_payment = fields.Boolean(
        "Payment",
        compute="_compute_requirements",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="The customer pays on their page to accept.",
    )
    is_to_send = fields.Boolean(
        "Send by E-mail",
        default=True,
        help="The customer gets the quotation with a link, and the ticket waits for "
        "the answer.",
    )
    partner_email = fields.Char(related="partner_id.email", related_sudo=False)

    @api.depends("ticket_id", "basis")
    def _compute_share_ids(self):
        for window in self:
            is_estimate = window.basis == "estimate"
            shares = window.ticket_id._get_open_shares(is_estimate)
            window.share_ids = [Command.set(shares.ids)]

    @api.depends("ticket_id")
    def _compute_partner_id(self):
        for window in self:
            window.partner_id = window.ticket_id.partner_id

    @api.depends("company_id")
    def _compute_requirements(self):
        for window in self:
            company_sudo = window.company_id.sudo()  # settings of the company
            window.require_signature = company_sudo.portal_confirmation_sign
            window.require_payment = company_sudo.portal_confirmation_pay

    def action_confirm(self):
        """Make the quotation, and send it if that is wished.

        :raises UserError: nothing is chosen, the customer has no e-mail address, or a
            currency has no rate
        """
        self.ensure_one()
        ticket = self.ticket_id
        ticket._ensure_can_bill()
        self._check_offer()
        order_sudo = ticket._create_quotation(self.share_ids, **self._prepare_order())
        ticket._message_log(
            body=self.env._(
                "Quotation %(order)s over %(amount)s was made.",
                order=order_sudo.name,
                amount=order_sudo.currency_id.format(order_sudo.amount_total),
            )
        )
        if self.is_to_send:
            order_sudo._send_service_quotation()
        if order_sudo.sudo(False).has_access("read"):
            return order_sudo._get_service_action()
        return self._tell(order_sudo)

    def _tell(self, order_sudo):
        """Return the notification for whoever does not open orders."""
        message = (
            self.env._("Quotation %(order)s was sent.", order=order_sudo.name)
            if self.is_to_send
            else self.env._(
                "Quotation %(order)s is made. Show it to the customer with the button "
                "Quotations.",
                order=order_sudo.name,
            )
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

    def _check_offer(self):
        """Refuse an offer of nothing, or to nobody."""
        if not self.share_ids:
            raise UserError(self.env._("Choose what the customer is asked to pay."))
        if self.is_to_send and not self.partner_id.email:
            raise UserError(
                self.env._(
                    "%(partner)s has no e-mail address. Enter one, or do not send the "
                    "quotation and let the customer accept it here.",
                    partner=self.partner_id.display_name,
                )
            )
        if self.validity_date and self.validity_date < fields.Date.context_today(self):
            raise UserError(
                self.env._("The quotation would be over already. Choose a later day.")
            )

    def _prepare_order(self):
        """Return the values of the order that were chosen here."""
        vals = {
            "partner_id": self.partner_id.id,
            "require_signature": self.require_signature,
            "require_payment": self.require_payment,
        }
        if self.validity_date:
            vals["validity_date"] = self.validity_date
        return vals
