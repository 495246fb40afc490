# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from urllib.parse import quote_plus

from odoo import api, fields, models

MAP = "https://www.openstreetmap.org"


class ServiceAsset(models.Model):
    """Where a unit stands: coordinates, and a link to a map."""

    _inherit = "service.asset"

    latitude = fields.Float(
        digits=(10, 7),
        compute="_compute_place",
        store=True,
        readonly=False,
        precompute=True,
        help="In degrees, south is negative.",
    )
    longitude = fields.Float(
        digits=(10, 7),
        compute="_compute_place",
        store=True,
        readonly=False,
        precompute=True,
        help="In degrees, west is negative.",
    )
    map_url = fields.Char("Map", compute="_compute_map_url", compute_sudo=False)

    _latitude_range = models.Constraint(
        "CHECK(latitude BETWEEN -90 AND 90)",
        "A latitude lies between -90 and 90 degrees. Correct it.",
    )
    _longitude_range = models.Constraint(
        "CHECK(longitude BETWEEN -180 AND 180)",
        "A longitude lies between -180 and 180 degrees. Correct it.",
    )

    @api.depends("site_id")
    def _compute_place(self):
        """A unit stands where its site is, unless somebody says it more exactly."""
        for asset in self:
            site = asset.site_id
            asset.latitude = site.partner_latitude
            asset.longitude = site.partner_longitude

    @api.depends(
        "latitude",
        "longitude",
        "site_id.partner_latitude",
        "site_id.partner_longitude",
        "site_id.contact_address_inline",
    )
    def _compute_map_url(self):
        """Link to the coordinates; without any, to a search for the address."""
        for asset in self:
            site = asset.site_id
            latitude, longitude = asset.latitude, asset.longitude
            if not (latitude or longitude):
                latitude, longitude = site.partner_latitude, site.partner_longitude
            if latitude or longitude:
                place = f"{latitude:.6f}/{longitude:.6f}"
                asset.map_url = (
                    f"{MAP}/?mlat={latitude:.6f}&mlon={longitude:.6f}#map=17/{place}"
                )
            elif site.contact_address_inline:
                address = quote_plus(site.contact_address_inline)
                asset.map_url = f"{MAP}/search?query={address}"
            else:
                asset.map_url = False
