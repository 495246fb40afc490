# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from ..const import ANSWERING_LETTERS, LETTER_PURPOSES, REPLYING_LETTERS

PRINT = "crm_service.service_ticket_letter_print_report"


class ServiceTicketLetter(models.TransientModel):
    """A letter to the customer: chosen from the templates, edited and printed."""

    _name = "service.ticket.letter"
    _inherit = "service.window.mixin"
    _description = "Letter to the Customer"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="ticket_id.partner_id", related_sudo=False)
    purpose = fields.Selection(
        LETTER_PURPOSES,
        compute="_compute_purpose",
        store=True,
        precompute=True,
        compute_sudo=False,
        readonly=False,
        required=True,
        help="An acknowledgement and an answer count for what was promised.",
    )
    template_id = fields.Many2one(
        "mail.template",
        "Text",
        compute="_compute_template_id",
        store=True,
        precompute=True,
        compute_sudo=False,
        readonly=False,
        domain=[("model", "=", "service.ticket")],
        ondelete="set null",
    )
    subject = fields.Char(
        compute="_compute_texts",
        store=True,
        precompute=True,
        compute_sudo=False,
        readonly=False,
        required=True,
    )
    body = fields.Html(
        compute="_compute_texts",
        store=True,
        precompute=True,
        compute_sudo=False,
        readonly=False,
    )
    has_address = fields.Boolean(compute="_compute_has_address")

    @api.depends("ticket_id")
    def _compute_purpose(self):
        for letter in self:
            letter.purpose = letter.ticket_id._get_letter_purpose()

    @api.depends("purpose")
    def _compute_template_id(self):
        for letter in self:
            template = self.env["mail.template"]
            if letter.purpose:
                template = letter.ticket_id._get_letter_template(letter.purpose)
            letter.template_id = template

    @api.depends("template_id", "ticket_id")
    def _compute_texts(self):
        for letter in self:
            if letter.template_id and letter.ticket_id:
                texts = letter.ticket_id._get_letter_texts(letter.template_id)
                letter.subject, letter.body = texts
            else:
                letter.subject, letter.body = letter.subject, letter.body

    @api.depends("ticket_id")
    def _compute_has_address(self):
        for letter in self:
            # sudo: whether there is an address to write to, and no more
            customer = letter.ticket_id.partner_id.sudo()
            letter.has_address = bool(customer.city and customer.street)

    def _prepare_letter(self):
        """Return what is printed; see `service.ticket._prepare_letter`."""
        return {
            "ticket": self.ticket_id,
            "subject": self.subject,
            "body": self.body,
        }

    def action_print(self):
        """Note on the ticket what was written, with its effect, and print it.

        :raises UserError: nothing is written
        """
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        if is_html_empty(self.body):
            raise UserError(self.env._("Write the letter, or choose a text for it."))
        self._note_letter()
        if ticket.category == "complaint" and ticket.is_open:
            if self.purpose in ANSWERING_LETTERS:
                ticket._note_answer()
            elif self.purpose in REPLYING_LETTERS:
                ticket._note_reply()
        return {
            **self.env.ref(PRINT).report_action(self),
            "close_on_report_download": True,
        }

    def _note_letter(self):
        """Keep the words of the letter in the notes of the ticket."""
        labels = dict(self._fields["purpose"]._description_selection(self.env))
        body = Markup("<p><b>%s</b>: %s</p><blockquote>%s</blockquote>") % (
            self.env._("Letter printed (%(purpose)s)", purpose=labels[self.purpose]),
            self.subject,
            self.body,
        )
        self.ticket_id.message_post(body=body, subtype_xmlid="mail.mt_note")
