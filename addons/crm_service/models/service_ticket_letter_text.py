# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import formatLang, is_html_empty

from ..const import LETTER_TEMPLATES, MONEY_KINDS


class ServiceTicket(models.Model):
    """What a letter to the customer says; see `service.ticket.letter`."""

    _inherit = "service.ticket"

    def _get_letter_purpose(self):
        """Return what the next letter on this complaint is most likely for."""
        if not self.is_open:
            return "closing"
        if self.answer and not is_html_empty(self.answer):
            return "answer"
        return "interim" if self.acknowledged_at else "acknowledgement"

    @api.model
    def _get_letter_template(self, purpose):
        """Return the response template for a letter, or none if it was deleted."""
        xmlid = f"crm_service.{LETTER_TEMPLATES[purpose]}"
        template = self.env.ref(xmlid, raise_if_not_found=False)
        return template or self.env["mail.template"]

    def _get_letter_texts(self, template):
        """Return the subject and the body of a letter in the customer's language.

        :param template: a `mail.template` on tickets
        :raises UserError: it is on something else
        """
        self.ensure_one()
        if template.model != self._name:
            raise UserError(
                self.env._(
                    "“%(template)s” is no text for tickets. Choose another one.",
                    template=template.name,
                )
            )
        # the template is rendered for this ticket with the rights of the reader
        texts = {
            name: template._render_field(name, self.ids, compute_lang=True)[self.id]
            for name in ("subject", "body_html")
        }
        return texts["subject"], Markup(texts["body_html"])

    def _get_letter_remedies(self):
        """Return what the customer was granted, in words: no cost of ours in it."""
        kinds = dict(
            self.env["service.remedy"]._fields["kind"]._description_selection(self.env)
        )
        return [
            self.env._(
                "%(remedy)s: %(amount)s",
                remedy=kinds[remedy.kind],
                amount=formatLang(
                    self.env, remedy.amount, currency_obj=remedy.currency_id
                ),
            )
            if remedy.kind in MONEY_KINDS
            else kinds[remedy.kind]
            for remedy in self.remedy_ids
            if remedy.state in ("granted", "done")
        ]

    def _prepare_letter(self):
        """Return the letter on this complaint that nobody has edited.

        :return: dict of ticket, subject and body
        :raises UserError: this is no complaint, or its text was deleted
        """
        if self.category != "complaint":
            raise UserError(
                self.env._(
                    "Ticket %(number)s is no complaint. Choose complaints only.",
                    number=self.number,
                )
            )
        template = self._get_letter_template(self._get_letter_purpose())
        if not template:
            raise UserError(
                self.env._(
                    "The text for letters was deleted. Write the letter with the "
                    "button “Letter” of complaint %(number)s.",
                    number=self.number,
                )
            )
        subject, body = self._get_letter_texts(template)
        return {"ticket": self, "subject": subject, "body": body}

    def action_open_letter(self):
        """Open the window in which a letter to the customer is written."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_letter_action"
        )
        return {**action, "context": {"default_ticket_id": self.id}}
