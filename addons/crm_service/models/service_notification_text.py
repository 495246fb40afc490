# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from lxml import html
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import UNVERIFIED
from ..tools import message_text
from .service_ticket_notification import BUTTON

# What an address is told that nobody has confirmed: nothing that somebody typed.
SAFE_PLACEHOLDERS = (
    "number",
    "status",
    "company",
    "company_phone",
    "company_email",
    "link",
    BUTTON,
)
TEXT_FIELDS = ("subject", "body", "sms_text")


class ServiceNotificationRule(models.Model):
    """The words of a message: placeholders from a fixed list, and no code at all."""

    _inherit = "service.notification.rule"

    placeholder_help = fields.Html(
        "Placeholders", compute="_compute_placeholder_help", sanitize=False
    )

    def _get_known(self, field_name):
        """Return {placeholder: what it stands for} of a field of this rule."""
        known = self.env["service.ticket"]._get_notification_placeholders()
        if self.event == UNVERIFIED:
            known = {name: known[name] for name in SAFE_PLACEHOLDERS}
        if field_name != "body":
            known.pop(BUTTON)
        return known

    @api.depends("event")
    @api.depends_context("lang")
    def _compute_placeholder_help(self):
        for rule in self:
            rule.placeholder_help = Markup().join(
                Markup("<div><code>{{%s}}</code> %s</div>") % (name, label)
                for name, label in rule._get_known("body").items()
            )

    # -- checking -------------------------------------------------------------

    @api.constrains("event", *TEXT_FIELDS)
    def _check_placeholders(self):
        """Refuse placeholders that would not be filled, and name those that are.

        :raises ValidationError: with the unknown and the known ones
        """
        for rule in self:
            for name in TEXT_FIELDS:
                rule._check_placeholders_of(name)

    def _check_placeholders_of(self, field_name):
        """Refuse unknown placeholders in one field, see `_check_placeholders`."""
        known, text = self._get_known(field_name), self[field_name]
        find = message_text.find_unknown
        if field_name == "body":
            find = message_text.find_unknown_in_html
        unknown = find(text, known)
        if unknown:
            raise ValidationError(
                self.env._(
                    "%(unknown)s in “%(field)s” is no placeholder that can be filled "
                    "here. Use one of these: %(known)s.",
                    unknown=", ".join(dict.fromkeys(unknown)),
                    field=self._fields[field_name]._description_string(self.env),
                    known=", ".join(f"{{{{{name}}}}}" for name in known),
                )
            )

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        """Override to check the placeholders of each language that was written."""
        result = super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )
        if field_name in TEXT_FIELDS:
            for lang in translations:
                self.with_context(lang=lang)._check_placeholders_of(field_name)
        return result

    # -- filling --------------------------------------------------------------

    def _render_subject(self, values):
        """Return the subject of the e-mail: one line without control characters."""
        return message_text.clean(message_text.fill_text(self.subject, values))[:200]

    def _render_body(self, values):
        """Return the text of the e-mail as HTML, without its frame.

        :param dict values: see `service.ticket._prepare_notification_values`
        :return: Markup
        """
        url, company = values.get("link"), self.env.company
        elements = {"link": _get_link_maker(url, url)}
        label = self.env._("Follow your request")
        style = (
            f"display:inline-block;padding:12px 24px;border-radius:6px;"
            f"background-color:{company.email_secondary_color or '#875A7B'};"
            f"color:{company.email_primary_color or '#FFFFFF'};"
            "font-weight:bold;text-decoration:none"
        )
        elements[BUTTON] = _get_link_maker(url, label, style)
        return message_text.fill_html(self.body, values, elements)

    def _render_sms(self, values):
        """Return the text of the SMS, without the room of what is missing."""
        lines = message_text.fill_text(self.sms_text, values).splitlines()
        return "\n".join(" ".join(line.split()) for line in lines).strip()


def _get_link_maker(url, label, style=None):
    """Return a function that makes a link, or nothing where there is no `url`."""

    def make():
        if not url:
            return None
        link = html.Element("a", href=url)
        link.text = label
        if style:
            link.set("style", style)
        return link

    return make
