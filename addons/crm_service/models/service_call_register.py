# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .service_guard import without_defaults

REGISTER_VALUES = {
    "partner_id": int,
    "partner_name": str,
    "email": str,
    "phone": str,
    "street": str,
    "zip": str,
    "city": str,
    "type_id": int,
    "name": str,
    "description": str,
    "priority": str,
    "asset_id": int,
    "serial_number": str,
}
CALLBACK_VALUES = {
    "name": str,
    "partner_id": int,
    "phone": str,
    "wanted_from": str,
    "wanted_until": str,
    "mine": bool,
}


class ServiceCall(models.Model):
    """What is done in the call form: customer, ticket and call-back in one go."""

    _inherit = "service.call"

    def register_ticket(self, values, known_ticket_id=False):
        """Open a ticket of the caller, who becomes a customer if he is none.

        :param dict values: `name` is required; `partner_id`, or `partner_name`,
            `email`, `street`, `zip` and `city` of a new customer; `phone` if the
            caller withheld it; `type_id`, `description`, `priority`, `asset_id` and
            `serial_number`
        :param int known_ticket_id: the call's ticket as the form knows it, so that
            the same form sent twice makes one ticket
        :return: {id, number, name}
        :raises ValidationError: unknown, missing or wrong values
        :raises UserError: the call has another ticket by now
        """
        call = self._reach()
        call.ensure_one()
        call = call.with_company(call.company_id)
        payload = self.env["service.api"]._check_payload(
            values, REGISTER_VALUES, {"name"}
        )
        call._check_known_ticket(known_ticket_id)
        if call.state == "ringing" and call.direction == "in":
            call._answer(self.env.user)
        vals = call._prepare_ticket_vals(payload)
        tickets = self.env["service.ticket"].with_company(call.company_id)
        # sudo: whoever takes a complaint about themselves learns its number, no more
        ticket = tickets.create(vals).sudo()
        call.sudo().write({"ticket_id": ticket.id, "partner_id": ticket.partner_id.id})
        return {"id": ticket.id, "number": ticket.number, "name": ticket.name}

    def _check_known_ticket(self, known_ticket_id):
        """Refuse to make a ticket from a form that does not know the call's ticket.

        :raises UserError: with its number
        """
        if self.ticket_id.id != (known_ticket_id or False):
            raise UserError(
                self.env._(
                    "This call has ticket %(number)s already. Open the call again to "
                    "make another one.",
                    number=self.ticket_id.number or "",
                )
            )

    def _prepare_ticket_vals(self, payload):
        """Return the values of the caller's ticket, whose customer is made here."""
        partner = self._find_or_create_caller(payload)
        asset = self.env["service.asset"].browse(payload.get("asset_id", ()))
        asset.check_access("read")
        vals = {
            "company_id": self.company_id.id,
            "channel": "phone",
            "partner_id": partner.id,
            "name": payload["name"],
            "description": plaintext2html(payload.get("description", "")),
            "priority": payload.get("priority", "1"),
            "asset_id": asset.id,
            "site_id": asset.site_id.id,
        }
        phone = payload.get("phone") or self.phone
        if phone:
            vals["partner_phone"] = phone
        for name in ("type_id", "serial_number"):
            if payload.get(name):
                vals[name] = payload[name]
        ticket_type = self.env["service.ticket.type"].browse(payload.get("type_id", ()))
        if not ticket_type.team_id and self.line_id.team_id:
            vals["team_id"] = self.line_id.team_id.id
        return vals

    def _find_or_create_caller(self, payload):
        """Return the customer that the form names, or make one.

        A name beside a number that is known means somebody else with that number.
        """
        partners = self.env["res.partner"]
        if payload.get("partner_id"):
            partner = partners.browse(payload["partner_id"])
            partner.check_access("read")
            return partner
        tickets = self.env["service.ticket"]
        contact = tickets._prepare_contact(
            {
                "company_id": self.company_id.id,
                "partner_name": payload.get("partner_name"),
                "partner_phone": payload.get("phone") or self.phone,
                "partner_email": payload.get("email"),
            }
        )
        if not contact.name and not contact.keys:
            return partners
        if not contact.name:
            return tickets._find_or_create_partners([contact])[0]
        vals = tickets._prepare_partner_vals(contact)
        for name in ("street", "zip", "city"):
            vals[name] = payload.get(name)
        return without_defaults(partners).create(vals)

    def register_callback(self, values):
        """Note that the caller wants to be called back.

        :param dict values: `wanted_from` and `wanted_until` in UTC, `name` (about
            what), `phone` if it is another number than the caller's, `partner_id`,
            `mine`: the user calls back himself, not whoever of the team has time
        :return: the card of the request
        :raises ValidationError: unknown or wrong values, or no phone number
        """
        call = self._reach()
        call.ensure_one()
        payload = self.env["service.api"]._check_payload(
            values, CALLBACK_VALUES, {"wanted_from"}
        )
        phone = payload.pop("phone", None) or call.phone
        is_mine = payload.pop("mine", False)
        self._read_number(phone or "", call.company_id)
        vals = {
            "company_id": call.company_id.id,
            "partner_id": call.partner_id.id,
            "ticket_id": call.ticket_id._filtered_access("read").id,
            "team_id": call._get_callback_team().id,
            "name": call.ticket_id._filtered_access("read").name
            or self.env._("Call back"),
            "phone": phone,
            **payload,
        }
        if is_mine or not vals["team_id"]:
            vals["user_id"] = self.env.uid
        callbacks = self.env["service.callback"].with_company(call.company_id)
        return callbacks.create(vals)._get_card()

    def _get_callback_team(self):
        """Return the team that calls the caller back."""
        ticket = self.ticket_id._filtered_access("read")
        return ticket.team_id or self.line_id.team_id

    @api.model
    def search_knowledge(self, query, product=None):
        """Find articles for what a caller tells.

        :param str query: words of the caller
        :param str product: the product of his unit
        :return: list of {code, title, summary, url, score}
        """
        self._check_may_call()
        if not (query or "").strip():
            return []
        return self.env["service.api"].search_articles(query, product=product)
