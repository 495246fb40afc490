# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceComplaintAnswer(models.TransientModel):
    """The answer to a complaint: sent to the customer, or told already."""

    _name = "service.complaint.answer"
    _description = "Answer a Complaint"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id", related_sudo=False)
    template_id = fields.Many2one(
        "mail.template",
        "Begin With",
        domain=[("model", "=", "service.ticket")],
        ondelete="set null",
    )
    answer = fields.Html(
        required=True,
        compute="_compute_answer",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    is_sent = fields.Boolean(
        "Send to the Customer",
        compute="_compute_is_sent",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="Otherwise it is only noted: the customer has it already, for instance by "
        "phone or by letter.",
    )

    @api.depends("ticket_id", "template_id")
    def _compute_answer(self):
        for wizard in self:
            wizard.answer = wizard._get_first_words() or wizard.answer

    def _get_first_words(self):
        """Return the text of the template, else what the ticket has already.

        :raises UserError: the template is for other documents
        """
        if not self.template_id:
            return self.ticket_id.answer
        if self.template_id.model != "service.ticket":
            raise UserError(
                self.env._(
                    "“%(template)s” is no text for tickets. Choose another one.",
                    template=self.template_id.name,
                )
            )
        rendered = self.template_id._render_field(
            "body_html", self.ticket_id.ids, compute_lang=True
        )
        return rendered[self.ticket_id.id]

    @api.depends("ticket_id")
    def _compute_is_sent(self):
        for wizard in self:
            wizard.is_sent = bool(wizard.ticket_id.partner_id.email)

    def action_confirm(self):
        """Send or note the answer; the complaint goes on."""
        self.ensure_one()
        self.ticket_id._answer(self.answer, self.is_sent)
        return {"type": "ir.actions.act_window_close"}
