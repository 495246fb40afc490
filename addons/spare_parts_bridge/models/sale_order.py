# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The quotation of a ticket: what the customer is asked to pay."""

    _inherit = "sale.order"

    ticket_id = fields.Many2one(
        "service.ticket",
        index="btree_not_null",
        check_company=True,
        copy=False,
        readonly=True,
        ondelete="restrict",
        help="The request whose charges are sold with this order.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let nobody sell for a ticket that they may not see."""
        orders = super().create(vals_list)
        orders._check_ticket_access()
        return orders

    def write(self, vals):
        """Override to let nobody sell for a ticket that they may not see."""
        result = super().write(vals)
        if vals.get("ticket_id"):
            self._check_ticket_access()
        return result

    def _check_ticket_access(self):
        """Ask whether the user may work on the tickets of these orders."""
        if not self.env.su and (tickets := self.ticket_id):
            tickets.check_access("write")

    def action_open_ticket(self):
        """Open the request whose charges are sold.

        :raises AccessError: the user may not see it
        """
        self.ensure_one()
        self.ticket_id.check_access("read")
        return self.ticket_id._get_records_action()

    def _get_service_label(self):
        """Return what became of the newest of these orders, for people."""
        order = self.sorted("id")[-1:]
        if not order:
            return False
        states = dict(self._fields["state"]._description_selection(self.env))
        return f"{order.name}: {states.get(order.state)}"

    def _get_service_action(self):
        """Return how to look at these orders, which are in superuser mode.

        Who may read orders opens them; everybody else the customer's page.

        :raises UserError: there is none
        """
        readable = self.sudo(False)
        if not self:
            raise UserError(self.env._("There is no quotation yet."))
        if readable.has_access("read"):
            return readable._get_records_action(name=self.env._("Quotations"))
        order = self.sorted("id")[-1:]
        return {
            "type": "ir.actions.act_url",
            "target": "new",
            "url": order.get_portal_url(),
        }

    def _send_service_quotation(self):
        """Send these quotations, and let their tickets wait for the customer.

        Called in superuser mode.
        """
        for order in self:
            order._send_order_notification_mail(order._find_mail_template())
        self.action_quotation_sent()
        self.ticket_id.filtered("is_open")._move_to_phase("waiting_customer")

    def _get_update_prices_lines(self):
        """Override of `_get_update_prices_lines`: a share is no product's price."""
        lines = super()._get_update_prices_lines()
        return lines.filtered(lambda line: not line.service_kind)

    def _is_worth_invoicing(self):
        """Tell whether an invoice is due now, or a credit note when the work is over.

        Called in superuser mode.
        """
        self.ensure_one()
        lines = self.order_line.filtered("qty_to_invoice")
        if self.ticket_id._is_work_over():
            return bool(lines)
        return lines._get_amount_to_invoice() > 0

    # -- the customer's answer ------------------------------------------------

    def _action_confirm(self):
        """Override of `_action_confirm` to go on with the work that was ordered."""
        result = super()._action_confirm()
        for order in self.filtered("ticket_id"):
            # sudo: whoever accepts, a customer perhaps, may not work on tickets
            order.sudo()._tell_ticket_accepted()
        return result

    def _action_cancel(self):
        """Override of `_action_cancel` to free the charges and tell the ticket.

        :raises UserError: an order of a ticket is invoiced
        """
        offered = self.filtered(lambda o: o.ticket_id and o.state in ("draft", "sent"))
        result = super()._action_cancel()
        self.filtered("ticket_id")._ensure_not_invoiced()
        # sudo: see `_action_confirm`
        self.filtered("ticket_id").order_line.sudo()._free_shares()
        if self.env.user.share:
            for order in offered:
                order.sudo()._tell_ticket_declined()
        return result

    def _ensure_not_invoiced(self):
        """Refuse to give up orders whose charges would be invoiced a second time."""
        for order in self:
            if any(line.qty_invoiced > 0 for line in order.order_line):
                raise UserError(
                    self.env._(
                        "%(order)s is invoiced. Credit the invoice first, then cancel "
                        "the order.",
                        order=order.name,
                    )
                )

    def unlink(self):
        """Override of `unlink` to free the charges."""
        self.order_line._free_shares()
        return super().unlink()

    def _tell_ticket_accepted(self):
        """Note that the customer accepts, and take up the work again."""
        ticket = self.ticket_id
        text = self.env._(
            "Quotation %(order)s over %(amount)s was accepted.",
            order=self.name,
            amount=self.currency_id.format(self.amount_total),
        )
        ticket._message_log(body=text, author_id=self._get_answerer().id)
        if ticket.phase == "waiting_customer":
            ticket._move_to_phase("in_progress")

    def _tell_ticket_declined(self):
        """Note that the customer declines, and ask somebody to go on."""
        ticket = self.ticket_id
        text = self.env._("Quotation %(order)s was declined.", order=self.name)
        ticket._message_log(body=text, author_id=self._get_answerer().id)
        if ticket.phase == "waiting_customer":
            ticket._move_to_phase("in_progress")
        if ticket.is_open and ticket.user_id:
            ticket.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._(
                    "Ask the customer why, and go on: %(order)s was declined",
                    order=self.name,
                ),
                user_id=ticket.user_id.id,
            )

    def _get_answerer(self):
        """Return the contact who answered the quotation, for the history."""
        user = self.env.user
        if user._is_public() or user._is_superuser():
            return self.partner_id
        return user.partner_id
