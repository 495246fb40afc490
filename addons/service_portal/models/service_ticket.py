from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_time

from odoo.addons.crm_service.tools import acceptance_number

from ..const import PORTAL_READABLE_FIELDS, PROGRESS_STEPS
from ..tools import mask_phone, progress_states

IS_PORTAL = "service_portal.is_portal"
IS_INTERNAL = "service_portal.is_internal"
# What every internal user may read: fields without groups, and Odoo's activities.
FOR_STAFF = (None, False, "", "base.group_user")


class ServiceTicket(models.Model):
    _inherit = "service.ticket"

    track_token_ids = fields.One2many(
        "service.track.token",
        "ticket_id",
        string="Tracking Links",
        groups="crm_service.group_service_agent",
    )

    def write(self, vals):
        """Override of `write` to close the former customer's tracking links."""
        if "partner_id" not in vals:
            return super().write(vals)
        before = {ticket: ticket.partner_id for ticket in self}
        result = super().write(vals)
        self.filtered(
            lambda t: before[t] and before[t] != t.partner_id
        )._revoke_track_links()
        return result

    def _has_field_access(self, field, operation):
        """Override of `_has_field_access` to show portal users brief facts only."""
        env = self.env
        if field.groups in FOR_STAFF and env.cr.cache.get((IS_INTERNAL, env.uid)):
            return True  # the usual answer first: lists ask for it thousands of times
        if not self._get_next_field_check()(self, field, operation):
            return False
        if self.env.su or not self._is_read_by_customer():
            return True
        return operation == "read" and field.name in PORTAL_READABLE_FIELDS

    @classmethod
    def _get_next_field_check(cls):
        """Return what `super()._has_field_access` is, found once.

        It is asked for each field of each ticket, and the way up through all the
        classes of a model took longer than the rest of a list.
        """
        found = cls.__dict__.get("_next_field_check")
        if not found:
            found = super()._has_field_access
            cls._next_field_check = staticmethod(found)
            return found
        return found.__func__

    @api.model
    def _is_read_by_customer(self):
        """Tell whether the user is a portal user; found out once a transaction."""
        known, key = self.env.cr.cache, (IS_PORTAL, self.env.uid)
        if key not in known:
            known[key] = self.env.user._is_portal()
            known[IS_INTERNAL, self.env.uid] = self.env.user._is_internal()
        return known[key]

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Override of `_search` to spare portal users the staff's usual order.

        It speaks of the priority, which they cannot read.
        """
        if order == self._order and not self.env.su and self._is_read_by_customer():
            order = "id desc"
        return super()._search(domain, offset, limit, order, **kwargs)

    def _get_access_action(self, access_uid=None, force_website=False):
        """Override of `_get_access_action` to lead customers to their own page."""
        user = self.env["res.users"].browse(access_uid) or self.env.user
        if not force_website and user._is_internal():
            return super()._get_access_action(access_uid, force_website)
        return {
            "type": "ir.actions.act_url",
            "url": self._get_portal_path(),
            "target": "self",
        }

    # -------------------------------------------------------------- public pages

    @api.model
    def _get_track_identities(self, number, phone):
        """Return the number and the phones that an attempt speaks of.

        However they are typed, they come out the same, so that writing a phone in
        another way does not start another count. A phone without country code may
        be one of several.

        :rtype: tuple[str, list[str]]
        """
        # sudo: the visitor cannot read companies; only their countries are used
        companies_sudo = self.env["res.company"].sudo()
        companies_sudo = companies_sudo.search([("active", "=", True)])
        phones = {
            companies_sudo._phone_format(number=phone, country=country)
            for country in companies_sudo.country_id
        }
        return (
            acceptance_number.normalise(number),
            sorted(filter(None, phones)) or [acceptance_number.normalise(phone)],
        )

    def _get_portal_path(self):
        """Return the customer's own page of this request, without any id."""
        self.ensure_one()
        return f"/my/service/{self.number}"

    def _get_tracking_values(self, tz):
        """Return what a customer may see of this request, ready to be printed.

        Plain values only: a page that gets no record cannot show too much.

        :param str tz: time zone of the reader
        :rtype: dict
        """
        self.ensure_one()
        status = self._get_public_status()
        seen = {entry["phase"] for entry in status["history"]}
        return {
            "number": status["number"],
            "subject": status["name"],
            "phase": status["phase"],
            "phase_label": self._get_customer_label(status),
            "hint": self._get_phase_hints().get(status["phase"], ""),
            "phone": mask_phone(self.phone_sanitized or self.partner_phone),
            "updated_at": self._format_moment(status["updated_at"], tz),
            "steps": self._get_progress_steps(status["phase"], seen),
            "history": [
                {
                    "phase": entry["phase"],
                    "label": self._get_customer_label(entry),
                    "at": self._format_moment(entry["at"], tz),
                }
                for entry in reversed(status["history"])
            ],
            "tz": tz,
            "contact": {
                "name": self.company_id.name,
                "phone": self.company_id.phone,
                "email": self.company_id.email,
            },
        }

    @api.model
    def _get_customer_label(self, entry):
        """Return the label of an entry's phase, speaking to the customer."""
        if entry["phase"] == "waiting_customer":
            return self.env._("Waiting for you")
        return entry["phase_label"]

    def _get_progress_steps(self, phase, seen):
        """Return the steps of the progress line: code, label and how to draw it."""
        labels = {
            "received": self.env._("Received"),
            "in_progress": self.env._("In progress"),
            "waiting": self.env._("Waiting"),
            "resolved": self.env._("Resolved"),
            "closed": self.env._("Closed"),
        }
        return [
            {"code": code, "label": labels[code], "state": state}
            for code, state in progress_states(PROGRESS_STEPS, phase, seen)
        ]

    def _get_phase_hints(self):
        """Return for each phase what it means to the customer."""
        return {
            "received": self.env._("We have your request and will look at it soon."),
            "triage": self.env._("We are finding out who can help you best."),
            "in_progress": self.env._("We are working on your request."),
            "waiting_customer": self.env._(
                "We need an answer from you before we can go on. Please reply to"
                " our last message or call us."
            ),
            "waiting_parts": self.env._(
                "We are waiting for a part and go on as soon as it arrives."
            ),
            "resolved": self.env._(
                "We have finished the work. Tell us if something is still wrong."
            ),
            "closed": self.env._(
                "This request is closed. Contact us if you need anything else."
            ),
            "cancelled": self.env._(
                "This request was cancelled. Contact us if that is not what you"
                " expected."
            ),
        }

    def _format_moment(self, value, tz):
        """Return a moment in the reader's language and time zone, to the minute.

        :param value: datetime in UTC, or its text
        :param str tz: name of a time zone
        """
        moment = fields.Datetime.to_datetime(value)
        env = self.with_context(tz=tz).env
        day = format_date(env, moment, date_format="medium")
        return f"{day} {format_time(env, moment, tz=tz, time_format='short')}".strip()

    # --------------------------------------------------------------- portal list

    def _get_portal_search_domain(self, text):
        """Return the domain for what a customer types in the list's search box."""
        if not text:
            return Domain.TRUE
        return Domain.OR(
            Domain(name, "ilike", text) for name in ("number", "name", "serial_number")
        )
