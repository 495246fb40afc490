# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import plaintext2html

from .service_ticket_reply import CUSTOMER, SPEAKER_KEY

TICKET_VALUES = {
    "type": str,
    "name": str,
    "description": str,
    "phone": str,
    "email": str,
    "partner_name": str,
    "serial_number": str,
    "channel": str,
    "priority": (str, int),
    "external_ref": str,
}


class ServiceApi(models.AbstractModel):
    """Tickets, for other systems."""

    _inherit = "service.api"

    @api.model
    def submit_ticket(self, values):
        """Open a ticket; the same `external_ref` opens it once.

        :param dict values: `type` (code) and `name` are required; `description`,
            `phone`, `email`, `partner_name`, `serial_number`, `channel`,
            `priority` (0 to 3) and `external_ref` may be given
        :return: {number, phase, url}
        :raises ValidationError: unknown, missing or wrong values
        :raises UserError: there is no such type
        """
        payload = self._check_payload(values, TICKET_VALUES, {"type", "name"})
        external_ref = payload.pop("external_ref", None)
        tickets = self.env["service.ticket"]
        tickets.check_access("create")
        vals = self._prepare_ticket_vals(payload)
        ticket, _created = tickets._create_once(vals, external_ref, payload)
        return self._prepare_ticket_answer(ticket)

    @api.model
    def ticket_status(self, number, phone=None):
        """Tell the brief status of a ticket.

        :param str number: acceptance number, however it is typed
        :param str phone: the customer's phone, unless the caller may read the ticket
        :return: {number, name, phase, phase_label, updated_at, history}
        :raises UserError: there is no such ticket, or it is not the caller's to see
        """
        number, phone = self._check_texts(number=number, phone=phone or "")
        tickets = self.env["service.ticket"]
        ticket = tickets
        if tickets.has_access("read"):
            ticket = tickets._find_by_number(number)
        if not ticket and phone:
            ticket = tickets._find_by_track_key(number, phone)
        if not ticket:
            raise UserError(
                self.env._(
                    "There is no ticket with this number and phone. Check both and "
                    "try again."
                )
            )
        return ticket._get_public_status()

    @api.model
    def add_message(self, number, body):
        """Add a comment, which the customer can read, to a ticket.

        It lands where the work is: on the ticket that a merged one has become part of,
        or on a new one if it was closed too long ago.

        :param str number: acceptance number
        :param str body: plain text
        :return: {number} of the ticket that has the comment
        :raises UserError: there is no such ticket
        """
        number, body = self._check_texts(number=number, body=body)
        if not body:
            raise ValidationError(self.env._("Send the text of the message."))
        ticket = self._get_ticket(number, follow=False)
        if self.env.user.has_group("crm_service.group_service_integration"):
            ticket = ticket.with_context(**{SPEAKER_KEY: CUSTOMER})
        message = ticket.message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        # sudo: the number of a ticket to which the caller has just written
        landing = ticket.sudo().browse(message.sudo().res_id)
        return {"number": landing.number}

    @api.model
    def search_articles(self, query, product=None, limit=5):
        """Find articles of the knowledge base; there are none yet.

        :return: list of {code, title, summary, url, score}
        """
        self._check_texts(query=query, product=product or "")
        return []

    # -- helpers ------------------------------------------------------------

    @api.model
    def _check_texts(self, **texts):
        """Return `texts` stripped, in order.

        :raises ValidationError: one of them is no text
        """
        for key, value in texts.items():
            self._check_type(key, value, str)
        return [value.strip() for value in texts.values()]

    @api.model
    def _get_ticket(self, number, follow=True):
        """Return the ticket with this number, if the caller may read it.

        :param bool follow: as in `_find_by_number`
        :raises UserError: there is none
        """
        ticket = self.env["service.ticket"]._find_by_number(number, follow)
        if not ticket:
            raise UserError(
                self.env._(
                    "There is no ticket with the number “%(number)s”. Check the "
                    "number.",
                    number=number,
                )
            )
        return ticket

    @api.model
    def _prepare_ticket_vals(self, payload):
        """Return the values of a ticket from a checked `payload`."""
        label = self.env._("ticket type")
        ticket_type = self._lookup(
            "service.ticket.type", "code", payload["type"], label
        )
        return {
            "type_id": ticket_type.id,
            "company_id": self.env.company.id,
            "name": payload["name"],
            "description": plaintext2html(payload.get("description") or ""),
            "partner_phone": payload.get("phone"),
            "partner_email": payload.get("email"),
            "partner_name": payload.get("partner_name"),
            "serial_number": payload.get("serial_number"),
            "channel": self._check_choice("channel", payload.get("channel", "api")),
            "priority": self._check_choice("priority", payload.get("priority", "1")),
        }

    @api.model
    def _check_choice(self, field, value):
        """Return `value` as text if the ticket's selection `field` has it.

        :raises ValidationError: it has not
        """
        choices = self.env["service.ticket"]._fields[field].get_values(self.env)
        if str(value) not in choices:
            raise ValidationError(
                self.env._(
                    "“%(value)s” is no %(field)s. Choose one of: %(choices)s.",
                    value=value,
                    field=field,
                    choices=", ".join(choices),
                )
            )
        return str(value)

    @api.model
    def _prepare_ticket_answer(self, ticket):
        """Return what a submission answers."""
        return {
            "number": ticket.number,
            "phase": ticket.phase,
            "url": f"{self.get_base_url()}/service/track?number={ticket.number}",
        }

    @api.model
    def _prepare_partner_answer(self, partner):
        """Return name, phone and e-mail of a customer; False for nobody."""
        if not partner:
            return False
        return {
            "name": partner.display_name,
            "phone": partner.phone or "",
            "email": partner.email or "",
        }

    @api.model
    def _prepare_open_tickets(self, partner, phone):
        """Return the open tickets of a customer or of a phone number, newest first."""
        domain = [("is_open", "=", True)]
        if partner:
            domain += ["|", ("partner_id", "child_of", partner.ids)]
        domain += [("phone_sanitized", "=", phone)]
        labels = dict(
            self.env["service.ticket"]._fields["phase"]._description_selection(self.env)
        )
        return [
            {
                "number": ticket.number,
                "name": ticket.name,
                "phase": ticket.phase,
                "phase_label": labels[ticket.phase],
            }
            for ticket in self.env["service.ticket"].search(domain, order="id desc")
        ]

    @api.model
    def _prepare_assets(self, partner):
        """Return the installed units of a customer."""
        if not partner:
            return []
        assets = self.env["service.asset"].search(
            [("partner_id", "child_of", partner.commercial_partner_id.ids)]
        )
        return [
            {
                "serial_number": asset.serial_number,
                "product": asset.product_id.display_name or "",
            }
            for asset in assets
        ]
