from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_service.tools.customer_source import Source

ORDER_TONES = {"sale": "success", "sent": "info", "cancel": "secondary"}
PAYMENT_TONES = {"paid": "success", "in_payment": "success", "not_paid": "warning"}
REPAIR_TONES = {"done": "success", "cancel": "secondary", "under_repair": "primary"}
REQUISITION_TONES = {
    "done": "success",
    "rejected": "danger",
    "cancelled": "secondary",
}


class ResPartner(models.Model):
    """What the ERP knows of a customer, on the customer's page."""

    _inherit = "res.partner"

    @api.model
    def _get_service_sources(self):
        """Override of `_get_service_sources` to add job sheets, orders and invoices."""
        return [
            *super()._get_service_sources(),
            Source(
                "repair",
                self.env._("Job Sheets"),
                "repair.order",
                "fa-wrench",
                ("schedule_date",),
                ("name", "state", "product_id", "user_id"),
                sequence=50,
            ),
            Source(
                "requisition",
                self.env._("Requisitions"),
                "parts.requisition",
                "fa-truck",
                ("submitted_at", "create_date"),
                ("name", "state", "ticket_id", "user_id"),
                subjects=("ticket_id.partner_id",),
                about=("ticket_id", "service.ticket"),
                sequence=55,
            ),
            Source(
                "order",
                self.env._("Orders"),
                "sale.order",
                "fa-shopping-cart",
                ("date_order",),
                ("name", "state", "amount_total", "currency_id", "user_id"),
                sequence=60,
            ),
            Source(
                "invoice",
                self.env._("Invoices"),
                "account.move",
                "fa-file-text-o",
                ("invoice_date", "create_date"),
                (
                    "name",
                    "ref",
                    "state",
                    "payment_state",
                    "amount_total_in_currency_signed",
                    "currency_id",
                    "move_type",
                ),
                domain=Domain("move_type", "in", ("out_invoice", "out_refund"))
                & Domain("state", "!=", "cancel"),
                sequence=70,
            ),
        ]

    @api.model
    def _prepare_service_entry_repair(self, repair):
        """Return what the timeline says of a job sheet."""
        return {
            "title": repair.name,
            "text": repair.product_id.display_name or "",
            "badge": self._get_service_label(repair, "state"),
            "tone": REPAIR_TONES.get(repair.state, "info"),
            "who": self._get_service_person(repair),
        }

    @api.model
    def _prepare_service_entry_requisition(self, requisition):
        """Return what the timeline says of a requisition for one of his tickets."""
        return {
            "title": requisition.name,
            "text": requisition.ticket_id.display_name or "",
            "badge": self._get_service_label(requisition, "state"),
            "tone": REQUISITION_TONES.get(requisition.state, "info"),
            "who": self._get_service_person(requisition),
        }

    @api.model
    def _prepare_service_entry_order(self, order):
        """Return what the timeline says of a quotation or an order."""
        return {
            "title": order.name,
            "badge": self._get_service_label(order, "state"),
            "tone": ORDER_TONES.get(order.state, "info"),
            "amount": self._format_service_amount(
                order.amount_total, order.currency_id
            ),
            "who": self._get_service_person(order),
        }

    @api.model
    def _prepare_service_entry_invoice(self, move):
        """Return what the timeline says of an invoice or a credit note."""
        draft = move.state == "draft"
        return {
            "title": move.name or self.env._("Draft"),
            "text": " · ".join(
                filter(None, (self._get_service_label(move, "move_type"), move.ref))
            ),
            "badge": self._get_service_label(
                move, "state" if draft else "payment_state"
            ),
            "tone": "info" if draft else PAYMENT_TONES.get(move.payment_state, "info"),
            "amount": self._format_service_amount(
                move.amount_total_in_currency_signed, move.currency_id
            ),
        }
