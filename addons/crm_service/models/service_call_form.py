# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from .service_guard import of_all_companies

# So many rows at most of each kind.
MOST_MATCHES = 8
MOST_TICKETS = 20
MOST_CLOSED_TICKETS = 3
MOST_ASSETS = 30
MOST_CALLS = 5


class ServiceCall(models.Model):
    """The call form: all about the caller, while it rings."""

    _inherit = "service.call"

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
            "callback_team": call._get_callback_team().name or "",
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
