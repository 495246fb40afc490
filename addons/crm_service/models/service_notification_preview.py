# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import PHASES, UNVERIFIED
from ..tools import sms_length
from .service_notification_text import TEXT_FIELDS


class ServiceNotificationRule(models.Model):
    """How a message looks on a real ticket, before it is saved."""

    _inherit = "service.notification.rule"

    preview_ticket_id = fields.Many2one(
        "service.ticket",
        "Try It On",
        compute="_compute_preview_ticket_id",
        readonly=False,
        store=False,
    )
    preview_lang = fields.Selection(
        "_get_preview_langs",
        "In",
        compute="_compute_preview_lang",
        readonly=False,
        store=False,
        help="The language of the ticket's customer, or another one.",
    )
    preview_problem = fields.Char(compute="_compute_preview")
    preview_subject = fields.Char("Preview of the Subject", compute="_compute_preview")
    preview_mail = fields.Html(
        "Preview of the E-mail", compute="_compute_preview", sanitize=False
    )
    preview_sms = fields.Text("Preview of the SMS", compute="_compute_preview")
    preview_sms_length = fields.Char("Length", compute="_compute_preview")

    @api.model
    def _get_preview_langs(self):
        return self.env["res.lang"].get_installed()

    @api.depends("company_id", "type_ids", "category", "channel")
    def _compute_preview_ticket_id(self):
        for rule in self:
            domain = Domain("company_id", "in", self.env.companies.ids)
            if rule.company_id:
                domain &= Domain("company_id", "=", rule.company_id.id)
            if rule.type_ids:
                domain &= Domain("type_id", "in", rule.type_ids.ids)
            if rule.category:
                domain &= Domain("type_id.category", "=", rule.category)
            if rule.channel:
                domain &= Domain("channel", "=", rule.channel)
            tickets = self.env["service.ticket"]
            rule.preview_ticket_id = tickets.search(domain, limit=1, order="id desc")

    @api.depends("preview_ticket_id")
    def _compute_preview_lang(self):
        installed = dict(self._get_preview_langs())
        for rule in self:
            ticket = rule.preview_ticket_id
            wanted = (ticket.partner_id.lang, ticket.company_id.partner_id.lang)
            wanted += (self.env.lang, "en_US")
            rule.preview_lang = next((la for la in wanted if la in installed), False)

    @api.depends("event", "preview_ticket_id", "preview_lang", *TEXT_FIELDS)
    @api.depends_context("lang")
    def _compute_preview(self):
        for rule in self:
            rule.preview_problem = rule._get_preview_problem()
            texts = rule._prepare_preview() if not rule.preview_problem else {}
            rule.preview_subject = texts.get("subject")
            rule.preview_mail = texts.get("mail")
            rule.preview_sms = texts.get("sms")
            rule.preview_sms_length = texts.get("length")

    def _get_preview_problem(self):
        """Return why there is nothing to show, or None."""
        if not self.preview_ticket_id:
            return self.env._("Choose a ticket to see the message.")
        try:
            self._check_placeholders()
        except ValidationError as error:
            return str(error)
        return None

    def _prepare_preview(self):
        """Return the words of this rule on its ticket: subject, mail, sms, length."""
        ticket = self.preview_ticket_id._origin
        ticket.check_access("read")
        ticket = ticket.with_context(lang=self.preview_lang)
        ticket = ticket.with_company(ticket.company_id)
        source = self._get_preview_source().with_company(ticket.company_id)
        phase = self.event if self.event in dict(PHASES) else None
        url = ticket._get_tracking_sample()
        values = ticket._prepare_notification_values(url, phase)
        body = source._render_body(values)
        sms = source._render_sms(values)
        return {
            "subject": source._render_subject(values),
            "mail": ticket._wrap_notification(body, self.event != UNVERIFIED, phase),
            "sms": sms,
            "length": self._describe_sms(sms),
        }

    def _get_preview_source(self):
        """Return this rule with the texts in the language of the preview.

        What is being written is in the user's language; the others are as saved.
        """
        if self._origin and self.preview_lang != (self.env.lang or "en_US"):
            return self._origin.with_context(lang=self.preview_lang)
        return self

    def _describe_sms(self, text):
        """Return how long an SMS is and what it costs, in the user's words."""
        length = sms_length.count(text)
        if length.segments > 1:
            return self.env._(
                "%(characters)s characters: sent and paid for as %(count)s messages",
                characters=length.characters,
                count=length.segments,
            )
        return self.env._(
            "%(characters)s characters: one message, %(left)s left",
            characters=length.characters,
            left=length.left,
        )
