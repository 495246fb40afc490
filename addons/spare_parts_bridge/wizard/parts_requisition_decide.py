from odoo import Command, api, fields, models


class PartsRequisitionDecide(models.TransientModel):
    """Approve a requisition, with quantities cut line by line, or reject it."""

    _name = "parts.requisition.decide"
    _description = "Decide a Requisition"

    requisition_id = fields.Many2one("parts.requisition", required=True, readonly=True)
    step_name = fields.Char(related="requisition_id.current_approval_id.name")
    user_id = fields.Many2one(related="requisition_id.user_id")
    warehouse_id = fields.Many2one(related="requisition_id.warehouse_id")
    is_intercompany = fields.Boolean(related="requisition_id.is_intercompany")
    shows_stock = fields.Boolean(compute="_compute_shows_stock")
    currency_id = fields.Many2one(related="requisition_id.currency_id")
    line_ids = fields.One2many(
        "parts.requisition.decide.line",
        "decide_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    comment = fields.Char("Why")

    @api.depends("requisition_id")
    def _compute_line_ids(self):
        for decide in self:
            decide.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "requisition_line_id": line.id,
                        "quantity": line.qty_approved,
                    }
                )
                for line in decide.requisition_id.line_ids
            ]

    @api.depends("requisition_id")
    def _compute_shows_stock(self):
        """The source's stock is shown to the source's people only."""
        for decide in self:
            company = decide.requisition_id.source_company_id
            decide.shows_stock = company in self.env.user.company_ids

    def action_approve(self):
        """Approve the step with the quantities of the lines."""
        self.requisition_id._decide(
            "approve",
            {line.requisition_line_id: line.quantity for line in self.line_ids},
            self.comment,
        )
        return {"type": "ir.actions.act_window_close"}

    def action_reject(self):
        """Reject the requisition; the reason is needed."""
        self.requisition_id._decide("reject", comment=self.comment)
        return {"type": "ir.actions.act_window_close"}
