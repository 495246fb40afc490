# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html

from .service_guard import of_all_companies

# So many rows at most of each kind.
MOST_MATCHES = 8
MOST_TICKETS = 20
MOST_CLOSED_TICKETS = 3
MOST_ASSETS = 30
MOST_CALLS = 5

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
}


class ServiceCall(models.Model):
    """The call form: all about the caller, and his ticket in one go."""

    _inherit = "service.call"

    # -- what it shows ---------------------------------------------------------

    def get_form_data(self, partner_id=None):
        """Return all that the call form shows.

        :param int partner_id: another customer than the one of the call
        :return: dict of JSON types
        :raises AccessError: the user is no agent, or may not see the call
        """
        self._check_may_call()
        call = of_all_companies(self)
        call.ensure_one()
        call.check_access("read")
        call = call.with_company(call.company_id)
        partner = call.partner_id
        if partner_id:
            partner = partner.browse(partner_id)
            partner.check_access("read")
        return {
            "call": call._get_card(),
            "partner": call._prepare_partner(partner),
            "matches": call._prepare_matches(partner),
            "tickets": call._prepare_ticket_rows(partner),
            "assets": call._prepare_asset_rows(partner),
            "contracts": call._get_contract_rows(partner),
            "callbacks": call._prepare_callback_rows(partner),
            "calls": call._prepare_call_rows(partner),
            "types": call._prepare_types(),
            "priorities": call._prepare_priorities(),
        }

    def _prepare_partner(self, partner):
        """Return who a customer is; False for nobody."""
        if not partner:
            return False
        return {
            "id": partner.id,
            "name": partner.display_name,
            "phone": partner.phone or "",
            "email": partner.email or "",
            "address": partner._display_address(without_company=True)
            .strip()
            .replace("\n\n", "\n"),
            "note": html2plaintext(partner.comment or ""),
            "tags": partner.category_id.mapped("name"),
        }

    def _prepare_matches(self, partner):
        """Return other customers who have the caller's number."""
        if not self.phone_sanitized:
            return []
        others = partner.search(
            [
                ("phone_sanitized", "=", self.phone_sanitized),
                ("company_id", "in", (False, self.company_id.id)),
                ("id", "!=", partner.id),
            ],
            limit=MOST_MATCHES,
        )
        return [
            {
                "id": other.id,
                "name": other.display_name,
                "detail": ", ".join(filter(None, (other.email, other.city))),
            }
            for other in others
        ]

    def _get_customer_domain(self, partner):
        """Return the domain of what belongs to a customer or the caller's number."""
        domains = []
        if partner:
            family = partner.commercial_partner_id.ids
            domains.append(Domain("partner_id", "child_of", family))
        if self.phone_sanitized and (not partner or partner == self.partner_id):
            domains.append(Domain("phone_sanitized", "=", self.phone_sanitized))
        return Domain.OR(domains)

    def _prepare_ticket_rows(self, partner):
        """Return open tickets of the caller, newest first, and the last closed ones."""
        tickets = self.env["service.ticket"]
        mine = self._get_customer_domain(partner)
        mine &= Domain("company_id", "=", self.company_id.id)
        opened = tickets.search(
            mine & Domain("is_open", "=", True), order="id desc", limit=MOST_TICKETS
        )
        closed = tickets.search(
            mine & Domain("is_open", "=", False),
            order="id desc",
            limit=MOST_CLOSED_TICKETS,
        )
        labels = dict(tickets._fields["phase"]._description_selection(self.env))
        return [
            {
                "id": ticket.id,
                "number": ticket.number,
                "name": ticket.name,
                "phase_label": labels[ticket.phase],
                "stage": ticket.stage_id.name,
                "is_open": ticket.is_open,
                # sudo: only the name of a colleague is told
                "user": ticket.user_id.sudo().name or "",
                "asset": ticket.asset_id.display_name or "",
                "opened_at": fields.Datetime.to_string(ticket.opened_at),
                "sla_status": ticket.sla_status,
            }
            for ticket in opened | closed
        ]

    def _prepare_asset_rows(self, partner):
        """Return the installed units of a customer."""
        if not partner:
            return []
        assets = self.env["service.asset"].search(
            [
                ("partner_id", "child_of", partner.commercial_partner_id.ids),
                ("company_id", "=", self.company_id.id),
            ],
            limit=MOST_ASSETS,
        )
        return [
            {
                "id": asset.id,
                "serial_number": asset.serial_number,
                "product": asset.product_id.display_name or "",
                "site": asset.site_id.display_name or "",
                "installed_on": fields.Date.to_string(asset.installed_on) or "",
                "open_ticket_count": count,
            }
            for asset, count in self._count_open_tickets(assets)
        ]

    def _count_open_tickets(self, assets):
        """Return pairs of a unit and how many tickets are open on it."""
        groups = self.env["service.ticket"]._read_group(
            [("asset_id", "in", assets.ids), ("is_open", "=", True)],
            ["asset_id"],
            ["__count"],
        )
        counts = dict(groups)
        return [(asset, counts.get(asset, 0)) for asset in assets]

    def _get_contract_rows(self, partner):
        """Return the contracts of a customer; nothing is known of any here.

        Extend it: return a list of dicts of `id`, `model`, `name` and `detail`.
        """
        return []

    def _prepare_callback_rows(self, partner):
        """Return open requests of the caller to be called back."""
        requests = self.env["service.callback"].search(
            self._get_customer_domain(partner)
            & Domain("state", "=", "open")
            & Domain("company_id", "=", self.company_id.id),
            limit=MOST_CALLS,
        )
        return [request._get_card() for request in requests]

    def _prepare_call_rows(self, partner):
        """Return the caller's last calls before this one."""
        calls = self.search(
            self._get_customer_domain(partner)
            & Domain("id", "!=", self.id)
            & Domain("company_id", "=", self.company_id.id),
            limit=MOST_CALLS,
        )
        return [
            {
                "id": call.id,
                "direction": call.direction,
                "state": call.state,
                "started_at": fields.Datetime.to_string(call.started_at),
                "duration": call.duration,
                # sudo: only the name of a colleague is told
                "user": call.user_id.sudo().name or "",
                "note": call.note or "",
            }
            for call in calls
        ]

    def _prepare_types(self):
        """Return the ticket types to choose from; the first is the usual one."""
        types = self.env["service.ticket.type"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )
        return [{"id": t.id, "name": t.name} for t in types]

    def _prepare_priorities(self):
        """Return the priorities to choose from."""
        tickets = self.env["service.ticket"]
        labels = tickets._fields["priority"]._description_selection(self.env)
        return [{"id": value, "name": label} for value, label in labels]

    def action_open_form(self):
        """Open the call form of this call."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "service_phone_open",
            "params": {"call_id": self.id},
        }

    # -- what it does ----------------------------------------------------------

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
        return partners.create(vals)

    def register_callback(self, values):
        """Note that the caller wants to be called back.

        :param dict values: `wanted_from` and `wanted_until` in UTC, `name` (about
            what), `phone` if it is another number than the caller's, `partner_id`
        :return: the card of the request
        :raises ValidationError: unknown or wrong values, or no phone number
        """
        call = self._reach()
        call.ensure_one()
        payload = self.env["service.api"]._check_payload(
            values, CALLBACK_VALUES, {"wanted_from"}
        )
        phone = payload.pop("phone", None) or call.phone
        self._read_number(phone or "", call.company_id)
        vals = {
            "company_id": call.company_id.id,
            "partner_id": call.partner_id.id,
            "ticket_id": call.ticket_id.id,
            "team_id": (call.ticket_id.team_id or call.line_id.team_id).id,
            "name": call.ticket_id.name or self.env._("Call back"),
            "phone": phone,
            **payload,
        }
        if not vals["team_id"]:
            vals["user_id"] = self.env.uid
        callbacks = self.env["service.callback"].with_company(call.company_id)
        return callbacks.create(vals)._get_card()

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
