# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.fields import Domain

from ..tools.customer_source import Source
from .res_partner_source import TONES

UNIT = ("asset_id",)
# Day of a unit's life: (kind, field, icon).
MILESTONES = (
    ("made", "manufactured_on", "fa-industry"),
    ("sold", "sold_on", "fa-shopping-bag"),
    ("delivered", "delivered_on", "fa-truck"),
    ("installed", "installed_on", "fa-plug"),
    ("registered", "registered_on", "fa-id-card-o"),
)


class ServiceAsset(models.Model):
    """What a unit's timeline shows, and how other add-ons show more of it."""

    _inherit = "service.asset"

    def _get_service_sources(self):
        """Return the kinds of rows on the timeline of this unit and its components.

        To add one, override this method, add a `Source` to what `super()` returned,
        whose `subjects` are the fields that name the unit, and add a method
        `_prepare_service_entry_<kind>(record)`, unless `res.partner` has one already.
        Which rows a reader sees is the matter of the model's own access rights and
        record rules: there is nothing to check here.

        :return: list of `crm_service.tools.customer_source.Source`
        """
        return [
            *self._get_ticket_sources(),
            *self._get_history_sources(),
            *self._get_milestone_sources(),
        ]

    @api.model
    def _get_ticket_sources(self):
        """Return the kinds of rows about tickets: as on the customer's timeline."""
        sources = {s.kind: s for s in self.env["res.partner"]._get_service_sources()}
        return [
            sources["ticket"]._replace(subjects=UNIT),
            sources["complaint"]._replace(subjects=UNIT),
            sources["call"]._replace(
                subjects=("ticket_id.asset_id",), about=("ticket_id", "service.ticket")
            ),
        ]

    @api.model
    def _get_history_sources(self):
        """Return the kinds of rows about what was done to the unit."""
        return [
            Source(
                "exchange",
                self.env._("Exchanges"),
                "service.asset.exchange",
                "fa-exchange",
                ("date",),
                (
                    *("asset_id", "removed_id", "installed_id", "product_id"),
                    *("ticket_id", "user_id", "note"),
                ),
                subjects=("asset_id", "removed_id", "installed_id"),
                sequence=30,
            ),
            Source(
                "transfer",
                self.env._("Owners"),
                "service.asset.transfer",
                "fa-handshake-o",
                ("date",),
                (
                    *("from_partner_id", "to_partner_id", "from_site_id"),
                    *("to_site_id", "is_owner_changed", "note", "user_id"),
                ),
                subjects=UNIT,
                sequence=32,
            ),
            Source(
                "reading",
                self.env._("Readings"),
                "service.asset.reading",
                "fa-tachometer",
                ("read_at",),
                ("meter_id", "value", "is_meter_exchanged", "note", "user_id"),
                subjects=UNIT,
                sequence=34,
            ),
        ]

    def _get_milestone_sources(self):
        """Return the days of this unit's own life, which need no counter."""
        return [
            Source(
                kind,
                self._fields[name]._description_string(self.env),
                "service.asset",
                icon,
                (name,),
                ("serial_number", "product_id", "partner_id", "dealer_id", "site_id"),
                subjects=("id",),
                domain=Domain("id", "in", self.ids) & Domain(name, "!=", False),
                sequence=90 + place,
                counted=False,
            )
            for place, (kind, name, icon) in enumerate(MILESTONES)
        ]

    # -- what the timeline says of a row --------------------------------------

    @api.model
    def _prepare_service_entry_ticket(self, ticket):
        """Return what the timeline says of a ticket: it is of this unit anyway."""
        partner = self.env["res.partner"]
        return {
            "title": " · ".join(filter(None, (ticket.number, ticket.name))),
            "text": " · ".join(
                filter(None, (ticket.type_id.name, ticket.asset_id.serial_number))
            ),
            "badge": partner._get_service_label(ticket, "phase"),
            "tone": TONES.get(ticket.phase, "secondary"),
            "who": partner._get_service_person(ticket),
        }

    @api.model
    def _prepare_service_entry_complaint(self, ticket):
        """Return what the timeline says of a complaint."""
        return self._prepare_service_entry_ticket(ticket)

    @api.model
    def _prepare_service_entry_exchange(self, exchange):
        """Return what the timeline says of an exchange of a component.

        Its ticket may be of another team: then it is not named.
        """
        ticket = exchange.ticket_id._filtered_access("read")
        new = exchange.installed_id or exchange.product_id
        if exchange.removed_id and new:
            badge = self.env._("Exchanged")
        elif new:
            badge = self.env._("Put In")
        else:
            badge = self.env._("Taken Out")
        return {
            "title": exchange.display_name,
            "text": " · ".join(filter(None, (ticket.display_name, exchange.note))),
            "badge": badge,
            "tone": "info",
            "who": self.env["res.partner"]._get_service_person(exchange),
        }

    @api.model
    def _prepare_service_entry_transfer(self, transfer):
        """Return what the timeline says of another owner or site."""
        if transfer.from_partner_id != transfer.to_partner_id:
            pair = (transfer.from_partner_id, transfer.to_partner_id)
            badge = self.env._("Other Owner")
        else:
            pair = (transfer.from_site_id, transfer.to_site_id)
            badge = self.env._("Other Site")
        return {
            "title": " → ".join(partner.display_name or "–" for partner in pair),
            "text": transfer.note or "",
            "badge": badge,
            "tone": "info",
            "who": self.env["res.partner"]._get_service_person(transfer),
        }

    @api.model
    def _prepare_service_entry_reading(self, reading):
        """Return what the timeline says of a meter reading."""
        return {
            "title": reading.display_name,
            "text": reading.note or "",
            "badge": self.env._("New Meter") if reading.is_meter_exchanged else "",
            "tone": "warning",
            "who": self.env["res.partner"]._get_service_person(reading),
        }

    @api.model
    def _prepare_service_entry_made(self, asset):
        """Return what the timeline says of the day when the unit was made."""
        return {"title": self.env._("Made"), "text": asset.product_id.display_name}

    @api.model
    def _prepare_service_entry_sold(self, asset):
        """Return what the timeline says of the day when the unit was sold."""
        dealer = asset.dealer_id.display_name
        text = dealer and self.env._("by %(dealer)s", dealer=dealer)
        return {"title": self.env._("Sold"), "text": text or ""}

    @api.model
    def _prepare_service_entry_delivered(self, asset):
        """Return what the timeline says of the day when the unit was delivered."""
        return {"title": self.env._("Delivered")}

    @api.model
    def _prepare_service_entry_installed(self, asset):
        """Return what the timeline says of the day when the unit was installed."""
        return {"title": self.env._("Installed")}

    @api.model
    def _prepare_service_entry_registered(self, asset):
        """Return what the timeline says of the day when its owner registered it."""
        return {"title": self.env._("Registered")}
