# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

from ..const import ACKNOWLEDGEMENT, CATEGORIES, CHANNELS, NOTIFICATION_EVENTS


class Match(NamedTuple):
    """A rule as tickets are matched with it: plain values, remembered for everybody."""

    id: int
    company_id: int
    event: str
    type_ids: frozenset
    category: str
    channel: str
    means: tuple


class ServiceNotificationRule(models.Model):
    """What a customer is told when something happens to a ticket, and in which words.

    The rules of an event are tried in their order; the first one that fits applies. One
    without e-mail and SMS keeps silent.
    """

    _name = "service.notification.rule"
    _description = "Message to Customers"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=5)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for tickets of every company."
    )
    # -- when
    event = fields.Selection(
        NOTIFICATION_EVENTS, "When", required=True, default=ACKNOWLEDGEMENT, index=True
    )
    type_ids = fields.Many2many(
        "service.ticket.type",
        "service_notification_rule_type_rel",
        "rule_id",
        "type_id",
        "Ticket Types",
        check_company=True,
        help="Empty: all types.",
    )
    category = fields.Selection(CATEGORIES, help="Empty: all categories.")
    channel = fields.Selection(
        CHANNELS, help="How the request came in. Empty: in any way."
    )
    # -- what
    by_email = fields.Boolean("By E-mail", default=True)
    subject = fields.Char(translate=True)
    body = fields.Html("Text", translate=True)
    by_sms = fields.Boolean("By SMS", default=True)
    sms_text = fields.Text("SMS Text", translate=True)

    @api.constrains("by_email", "by_sms", "subject", "body", "sms_text")
    def _check_texts(self):
        """Refuse to send what has no words."""
        for rule in self:
            if rule.by_email and (not rule.subject or is_html_empty(rule.body)):
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” goes by e-mail: write its subject and text, or "
                        "switch e-mail off.",
                        rule=rule.name,
                    )
                )
            if rule.by_sms and not (rule.sms_text or "").strip():
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” goes by SMS: write its SMS text, or switch SMS "
                        "off.",
                        rule=rule.name,
                    )
                )

    # -- which rule -----------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to have the rules matched anew."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Override to have the rules matched anew."""
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """Override to have the rules matched anew."""
        self.env.registry.clear_cache()
        return super().unlink()

    def copy_data(self, default=None):
        """Override to tell the copy from its original."""
        vals_list = super().copy_data(default=default)
        for vals, rule in zip(vals_list, self, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=rule.name)
        return vals_list

    @api.model
    @tools.ormcache()
    def _get_matches(self):
        """Return {event: its rules in their order}, without a query once known."""
        # as superuser and without context: the answer is remembered for everybody
        rules = self.env(su=True, context={})[self._name].search(
            [("active", "=", True)]
        )
        matches = {}
        for rule in rules:
            matches.setdefault(rule.event, []).append(rule._prepare_match())
        return matches

    def _prepare_match(self):
        """Return this rule as a Match."""
        means = (self.by_email and "email", self.by_sms and "sms")
        return Match(
            self.id,
            self.company_id.id,
            self.event,
            frozenset(self.type_ids.ids),
            self.category,
            self.channel,
            tuple(filter(None, means)),
        )

    @api.model
    def _find_match(self, ticket, event):
        """Return the Match of the rule that applies to `ticket` at `event`, or None."""
        for match in self._get_matches().get(event, ()):
            if (
                match.company_id in (False, ticket.company_id.id)
                and (not match.type_ids or ticket.type_id.id in match.type_ids)
                and (not match.category or ticket.category == match.category)
                and (not match.channel or ticket.channel == match.channel)
            ):
                return match
        return None
