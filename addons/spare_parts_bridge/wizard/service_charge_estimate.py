from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ServiceChargeEstimate(models.TransientModel):
    """A window to tell what a ticket will cost, before the work is done."""

    _name = "service.charge.estimate"
    _description = "Estimate of Charges"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one("service.ticket", required=True, readonly=True)
    company_id = fields.Many2one(
        related="ticket_id.company_id",
        related_sudo=False,
        export_string_translation=False,
    )
    currency_id = fields.Many2one(
        related="ticket_id.charge_currency_id", related_sudo=False
    )
    line_ids = fields.One2many(
        "service.charge.estimate.line",
        "estimate_id",
        "Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    amount = fields.Monetary("Total", compute="_compute_amount", compute_sudo=False)
    customer_amount = fields.Monetary(
        "Customer Pays", compute="_compute_amount", compute_sudo=False
    )

    has_quoted = fields.Boolean(
        compute="_compute_has_quoted",
        compute_sudo=False,
        export_string_translation=False,
    )
    can_price = fields.Boolean(
        compute="_compute_can_price", export_string_translation=False
    )

    @api.depends_context("uid")
    def _compute_can_price(self):
        self.can_price = self._may_price()

    def _may_price(self):
        """Tell whether the user may set prices."""
        return self.env.user.has_group("crm_service.group_service_agent")

    @api.depends("ticket_id")
    def _compute_has_quoted(self):
        for window in self:
            old = window.ticket_id.estimate_charge_ids
            window.has_quoted = any(old.mapped("is_billed"))

    @api.depends("ticket_id")
    def _compute_line_ids(self):
        for window in self:
            if window.ticket_id and not window.line_ids:
                window.line_ids = [
                    Command.create(vals) for vals in window._prepare_lines()
                ]

    def _prepare_lines(self):
        """Return the lines to begin with: of the last estimate, or what is planned.

        What is on a quotation stays as it is, and is not estimated again.
        """
        old = self.ticket_id.estimate_charge_ids
        if old:
            open_charges = old.filtered(lambda charge: not charge.is_billed)
            return [line._prepare_estimate_vals() for line in open_charges]
        return self._prepare_planned_parts() + self._prepare_planned_time()

    def _prepare_planned_parts(self):
        """Return lines for the parts on open job sheets."""
        moves = self.ticket_id.repair_ids.filtered(
            lambda repair: repair.state != "cancel"
        ).move_ids
        return [
            {
                "kind": "part",
                "product_id": move.product_id.id,
                "product_uom_id": move.product_uom.id,
                "quantity": move.product_uom_qty,
            }
            for move in moves
            if move.repair_line_type == "add" and move.state != "cancel"
        ]

    def _prepare_planned_time(self):
        """Return lines for an hour of work and for the way, at the usual rates."""
        rates = self.env["service.labour.rate"]._get_for_company(
            self.ticket_id.company_id
        )
        lines = []
        for kind, charged in (("work", "labour"), ("travel", "travel")):
            # the last of the list is the one that always fits
            rate = rates.filtered(lambda rate, kind=kind: rate.kind == kind)[-1:]
            if rate:
                lines.append(
                    {
                        "kind": charged,
                        "product_id": rate.product_id.id,
                        "product_uom_id": rate._get_uom().id,
                        "quantity": 1.0,
                    }
                )
        return lines

    @api.depends("line_ids.amount", "line_ids.kind")
    def _compute_amount(self):
        for window in self:
            window.amount = sum(window.line_ids.mapped("amount"))
            window.customer_amount = sum(
                line.amount * line._get_customer_share() for line in window.line_ids
            )

    def action_save(self):
        """Replace the estimate of the ticket by these lines, but for what is quoted.

        :raises UserError: there are no lines
        """
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        lines = self.line_ids.filtered("quantity")
        if not lines:
            raise UserError(
                self.env._(
                    "The estimate is empty. Add what the work will need: parts, hours, "
                    "fees."
                )
            )
        # sudo: technicians estimate too, and neither write charges nor see costs
        charges_sudo = self.env["service.charge"].sudo()
        old_sudo = charges_sudo.search(
            [("ticket_id", "=", ticket.id), ("is_estimate", "=", True)]
        )
        old_sudo.filtered(lambda charge: not charge.is_billed).unlink()
        vals_list = [line._prepare_charge_vals() for line in lines]
        if not self._may_price():
            for vals in vals_list:
                del vals["unit_price"]
        charges_sudo.create(vals_list)
        return {"type": "ir.actions.act_window_close"}
