# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date

from ..tools.placeholders import fill_placeholders


class ServiceTicket(models.Model):
    """What canned replies say of a ticket."""

    _inherit = "service.ticket"

    @api.model
    def _get_placeholders(self):
        """Return {name: what it stands for} of what replies may speak of.

        Hook: extend it with what the customer may know, and give the value in
        `_get_placeholder_values`.
        """
        return {
            "customer": self.env._("name of the customer"),
            "number": self.env._("acceptance number"),
            "subject": self.env._("subject of the ticket"),
            "product": self.env._("product"),
            "serial_number": self.env._("serial number of the unit"),
            "opened": self.env._("day when the customer asked"),
            "status": self.env._("brief status, as the customer sees it"),
            "agent": self.env._("your name"),
            "company": self.env._("name of the company"),
            "company_phone": self.env._("phone of the company"),
            "company_email": self.env._("e-mail of the company"),
        }

    def _get_placeholder_values(self, lang=None):
        """Return {name: text} of what replies may say of this ticket.

        :param str lang: code of the reply's language; the customer's if it is none
        """
        lang = lang or self._get_customer_lang()
        ticket = self.with_context(lang=lang)
        # sudo: names on the company's letterhead
        company = ticket.company_id.sudo()
        labels = dict(ticket._fields["phase"]._description_selection(ticket.env))
        return {
            "customer": ticket.partner_name or ticket.partner_id.name,
            "number": ticket.number,
            "subject": ticket.name,
            # sudo: the product of the ticket is named, whatever else is known of it
            "product": ticket.product_id.sudo().name,
            "serial_number": ticket.serial_number,
            "opened": format_date(ticket.env, ticket.opened_at),
            "status": labels.get(ticket.phase),
            "agent": ticket.env.user.name,
            "company": company.name,
            "company_phone": company.phone,
            "company_email": company.email,
        }

    def _get_customer_lang(self):
        """Return the code of the language that the customer reads."""
        # sudo: the language of an address is no secret to who writes to it
        return self.partner_id.sudo().lang or self.env.lang

    @api.model
    def _get_placeholder_help(self):
        """Return the placeholders and what they stand for, for a window's help."""
        rows = Markup("").join(
            Markup("<li><code>{{ %s }}</code> %s</li>") % (name, meaning)
            for name, meaning in self._get_placeholders().items()
        )
        return Markup("<ul class='mb-0'>%s</ul>") % rows

    def get_canned_replies(self):
        """Return the user's canned replies, filled in for this ticket.

        :return: for each reply its `id`, `text` and whether it is in the customer's
            language
        :rtype: list[dict]
        """
        self.ensure_one()
        self._check_staff()
        lang = self._get_customer_lang()
        # the search is the user's own: only what they may use
        replies = self.env["mail.canned.response"].search([("is_service", "=", True)])
        values = {}
        for code in {reply.lang or lang for reply in replies}:
            values[code] = self._get_placeholder_values(code)
        return [
            {
                "id": reply.id,
                "text": fill_placeholders(
                    reply.substitution, values[reply.lang or lang]
                ),
                "fits": not reply.lang or reply.lang == lang,
            }
            for reply in replies
        ]
