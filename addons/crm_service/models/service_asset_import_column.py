# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

from .service_asset_import_target import TARGETS


class ServiceAssetImportColumn(models.Model):
    """A column of a file, and what of a unit it says."""

    _name = "service.asset.import.column"
    _description = "Column of an Import"
    _order = "import_id, position, id"

    import_id = fields.Many2one(
        "service.asset.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="import_id.company_id", store=True, index=True, precompute=True
    )
    position = fields.Integer(readonly=True)
    name = fields.Char("Column of the File", readonly=True, required=True)
    sample = fields.Char("For Example", readonly=True)
    target = fields.Selection(
        selection=lambda self: self._get_targets(),
        string="Says",
        help="Columns that say nothing of a unit are left out.",
    )

    _target_unique = models.UniqueIndex(
        "(import_id, target) WHERE target IS NOT NULL",
        "Two columns say the same. Choose one of them and leave the other one empty.",
    )

    @api.model
    def _get_targets(self):
        """Return what a column may say of a unit: those that there is a field for."""
        labels = self._get_target_labels()
        return [(name, labels[name]) for name in self._get_known_targets()]

    @api.model
    def _get_known_targets(self):
        """Return the names of the targets that units have a field for."""
        names = self.env["service.asset"]._fields
        return [name for name, target in TARGETS.items() if target.field in names]

    @api.model
    def _get_target_names(self):
        """Return `{target: texts by which a header names it}`, also translated."""
        labels = self._get_target_labels()
        return {
            name: (name, labels[name], *TARGETS[name].words)
            for name in self._get_known_targets()
        }

    @api.model
    def _get_target_labels(self):
        """Return what each target is called in the reader's language."""
        return {
            "serial_number": self.env._("Serial Number"),
            "product": self.env._("Product"),
            "partner": self.env._("Customer"),
            "partner_ref": self.env._("Customer Reference"),
            "partner_phone": self.env._("Customer Phone"),
            "partner_email": self.env._("Customer E-mail"),
            "partner_street": self.env._("Customer Street"),
            "partner_zip": self.env._("Customer Post Code"),
            "partner_city": self.env._("Customer Town"),
            "partner_country": self.env._("Customer Country"),
            "site": self.env._("Site"),
            "site_street": self.env._("Site Street"),
            "site_zip": self.env._("Site Post Code"),
            "site_city": self.env._("Site Town"),
            "dealer": self.env._("Dealer"),
            "parent": self.env._("Part Of (Serial Number)"),
            "batch": self.env._("Production Batch"),
            "state": self.env._("Status"),
            "manufactured_on": self.env._("Made On"),
            "sold_on": self.env._("Sold On"),
            "delivered_on": self.env._("Delivered On"),
            "installed_on": self.env._("Installed On"),
            "registered_on": self.env._("Registered On"),
            "latitude": self.env._("Latitude"),
            "longitude": self.env._("Longitude"),
            "note": self.env._("Notes"),
        }
