# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_amount

from ..tools.customer_source import Source

CALL_TONES = {"ringing": "info", "answered": "primary", "missed": "warning"}
CALLBACK_TONES = {"open": "warning", "done": "success"}
TONES = {
    "received": "info",
    "triage": "info",
    "in_progress": "primary",
    "waiting_customer": "warning",
    "waiting_parts": "warning",
    "resolved": "success",
    "closed": "success",
    "cancelled": "secondary",
}


class ResPartner(models.Model):
    """What a customer's page shows, and how other add-ons show more of it."""

    _inherit = "res.partner"

    @api.model
    def _get_service_sources(self):
        """Return the kinds of rows on a customer's timeline.

        To add one, override this method, add a `Source` to what `super()` returned,
        and add a method `_prepare_service_entry_<kind>(record)`, which returns what
        the timeline says of one row. Which rows a reader sees is the matter of the
        model's own access rights and record rules: there is nothing to check here.

        :return: list of `crm_service.tools.customer_source.Source`
        """
        ticket_fields = ("number", "name", "phase", "type_id", "asset_id", "user_id")
        complaint = Domain("type_id.category", "=", "complaint")
        return [
            Source(
                "ticket",
                self.env._("Tickets"),
                "service.ticket",
                "fa-ticket",
                ("opened_at",),
                ticket_fields,
                domain=~complaint,
                sequence=10,
            ),
            Source(
                "complaint",
                self.env._("Complaints"),
                "service.ticket",
                "fa-bullhorn",
                ("opened_at",),
                ticket_fields,
                domain=complaint,
                sequence=20,
            ),
            Source(
                "asset",
                self.env._("Units"),
                "service.asset",
                "fa-cube",
                ("installed_on", "sold_on", "create_date"),
                ("serial_number", "product_id", "site_id", "installed_on", "sold_on"),
                sequence=30,
            ),
            Source(
                "appointment",
                self.env._("Appointments"),
                "calendar.event",
                "fa-calendar",
                ("start",),
                ("name", "stop", "allday", "user_id", "location"),
                subjects=("partner_ids",),
                sequence=40,
            ),
            Source(
                "call",
                self.env._("Calls"),
                "service.call",
                "fa-phone",
                ("started_at",),
                ("direction", "state", "phone", "note", "ticket_id", "user_id"),
                sequence=45,
            ),
            Source(
                "callback",
                self.env._("Call-Backs"),
                "service.callback",
                "fa-reply",
                ("due_at", "wanted_from"),
                ("name", "state", "phone", "user_id"),
                sequence=46,
            ),
        ]

    @api.model
    def _get_service_label(self, record, name):
        """Return what the value of a selection field is called.

        :param record: one record
        :param str name: a selection field
        """
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    @api.model
    def _get_service_person(self, record):
        """Return the name of the colleague responsible for a row."""
        # sudo: only the name of a colleague, who may be of another company, is told
        return record.user_id.sudo().name or ""

    @api.model
    def _format_service_amount(self, amount, currency):
        """Return an amount of money as text in the reader's language."""
        return format_amount(self.env, amount, currency)

    # -- what the timeline says of a row --------------------------------------

    @api.model
    def _prepare_service_entry_ticket(self, ticket):
        """Return what the timeline says of a ticket.

        :return: dict of `title` and, where known, `text` (a second line), `badge` and
            its `tone` (a colour of Bootstrap), `who` (a colleague), `amount` (text)
        """
        return {
            "title": " · ".join(filter(None, (ticket.number, ticket.name))),
            "text": " · ".join(
                filter(None, (ticket.type_id.name, ticket.asset_id.display_name))
            ),
            "badge": self._get_service_label(ticket, "phase"),
            "tone": TONES.get(ticket.phase, "secondary"),
            "who": self._get_service_person(ticket),
        }

    @api.model
    def _prepare_service_entry_complaint(self, ticket):
        """Return what the timeline says of a complaint."""
        return self._prepare_service_entry_ticket(ticket)

    @api.model
    def _prepare_service_entry_asset(self, asset):
        """Return what the timeline says of a unit."""
        if asset.installed_on:
            badge = self.env._("Installed")
        elif asset.sold_on:
            badge = self.env._("Sold")
        else:
            badge = self.env._("Registered")
        return {
            "title": asset.display_name,
            "text": asset.site_id.display_name or "",
            "badge": badge,
            "tone": "secondary",
        }

    @api.model
    def _prepare_service_entry_appointment(self, event):
        """Return what the timeline says of an appointment."""
        return {
            "title": event.name or "",
            "text": event.location or "",
            "who": self._get_service_person(event),
        }

    @api.model
    def _prepare_service_entry_call(self, call):
        """Return what the timeline says of a phone call."""
        # a note may be long; its first line tells what it was about
        note = (call.note or "").strip().partition("\n")[0]
        direction = self._get_service_label(call, "direction")
        return {
            "title": " · ".join(filter(None, (direction, call.phone))),
            "text": note,
            "badge": self._get_service_label(call, "state"),
            "tone": CALL_TONES.get(call.state, "secondary"),
            "who": self._get_service_person(call),
        }

    @api.model
    def _prepare_service_entry_callback(self, request):
        """Return what the timeline says of a request to be called back."""
        return {
            "title": request.name,
            "text": request.phone or "",
            "badge": self._get_service_label(request, "state"),
            "tone": CALLBACK_TONES.get(request.state, "secondary"),
            "who": self._get_service_person(request),
        }
