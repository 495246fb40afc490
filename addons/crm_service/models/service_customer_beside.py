# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models

# So many units and contacts stand beside the timeline; a link opens all of them.
MAX_BESIDE = 8


class ServiceCustomer(models.AbstractModel):
    """What stands around the timeline of a customer: counters, units, contacts."""

    _inherit = "service.customer"

    @api.model
    def _prepare_partner(self, partner):
        """Return what the head of the page says of the customer."""
        partner.fetch(
            ["name", "phone", "email", "is_company", "parent_id", "comment", "lang"]
        )
        return {
            "id": partner.id,
            "name": partner.name or partner.display_name,
            "parent": {"id": partner.parent_id.id, "name": partner.parent_id.name}
            if partner.parent_id
            else False,
            "is_company": partner.is_company,
            "active": partner.active,
            "phone": partner.phone or "",
            "email": partner.email or "",
            "address": partner._get_service_address(),
            "note": partner.comment or "",
            "tags": partner.category_id.mapped("name"),
            "segment": self._prepare_segment(partner),
        }

    @api.model
    def _prepare_segment(self, partner):
        """Return the segment of the customer, or nothing."""
        segment = partner.service_segment_id
        return bool(segment) and {
            "code": segment.code,
            "name": segment.name,
            "note": segment.note or "",
            "color": segment.color,
        }

    @api.model
    def _prepare_beside(self, partner, scope):
        """Return what stands beside the timeline; more is added by overrides.

        :return: dict of lists of dicts
        """
        return {
            "may": self._prepare_rights(),
            "assets": self._prepare_assets(scope),
            "contacts": self._prepare_contacts(partner, scope),
            "likely": partner._get_service_likely(),
            "points": self._prepare_points(partner),
            "merged": self._prepare_merged(scope),
        }

    @api.model
    def _prepare_rights(self):
        """Return which buttons the reader may use."""
        return {
            "create": self.env["service.ticket"].has_access("create"),
            "merge": self.env["base.partner.merge.automatic.wizard"].has_access(
                "create"
            ),
        }

    @api.model
    def _prepare_points(self, partner):
        """Return the other phones and e-mails of the customer."""
        points = self.env["service.contact.point"].search_fetch(
            [("partner_id", "=", partner.id)], ["kind", "value", "note"]
        )
        return points.read(["kind", "value", "note"])

    @api.model
    def _prepare_merged(self, scope):
        """Return who was merged into the customer, if that is the reader's to know."""
        merges = self.env["service.partner.merge"]
        if not merges.has_access("read"):
            return []
        merges = merges.search([("partner_id", "in", scope)], limit=MAX_BESIDE)
        return [
            {
                "id": merge.id,
                "name": merge.name,
                "text": ", ".join(filter(None, (merge.phone, merge.email))),
            }
            for merge in merges
        ]

    @api.model
    def _prepare_assets(self, scope):
        """Return the first of the customer's units, those with open tickets first."""
        assets = self.env["service.asset"]
        if not assets.has_access("read"):
            return []
        assets = assets.search_fetch(
            [("partner_id", "in", scope)],
            ["serial_number", "product_id", "site_id"],
            limit=MAX_BESIDE,
        )
        groups = self.env["service.ticket"]._read_group(
            [("asset_id", "in", assets.ids), ("is_open", "=", True)],
            ["asset_id"],
            ["__count"],
        )
        counts = {asset.id: count for asset, count in groups}
        return [
            {
                "id": asset.id,
                "name": asset.display_name,
                "site": asset.site_id.display_name or "",
                "open": counts.get(asset.id, 0),
            }
            for asset in assets
        ]

    @api.model
    def _prepare_contacts(self, partner, scope):
        """Return the first of the customer's contacts."""
        contacts = self.env["res.partner"].search_fetch(
            [("id", "in", scope), ("id", "!=", partner.id)],
            ["name", "phone", "email", "function", "type"],
            limit=MAX_BESIDE,
        )
        return [
            {
                "id": contact.id,
                "name": contact.name or contact.display_name,
                "text": contact.function or contact.phone or contact.email or "",
            }
            for contact in contacts
        ]
