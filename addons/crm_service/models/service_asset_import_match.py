# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools.unit_table import fold


class ServiceAssetImport(models.Model):
    """Which products and units the rows of a batch speak of, in a few queries."""

    _inherit = "service.asset.import"

    def _get_own_domain(self):
        """Return the domain of what the company of the import may use."""
        return Domain("company_id", "in", [False, self.company_id.id])

    def _find_products(self, drafts):
        """Find the products by internal reference, bar code or name."""
        named = [draft for draft in drafts if draft.get("product")]
        found = self._search_products({draft.get("product") for draft in named})
        for draft in named:
            text = draft.get("product")
            products = found[text]
            if len(products) == 1:
                draft.vals["product_id"] = products.id
            elif products:
                draft.fail(
                    self.env._(
                        "%(count)s products are called “%(text)s”. Write the internal "
                        "reference instead.",
                        count=len(products),
                        text=text,
                    )
                )
            else:
                draft.fail(
                    self.env._(
                        "No product has the reference, bar code or name “%(text)s”. "
                        "Create it first, or correct the cell.",
                        text=text,
                    )
                )

    def _search_products(self, texts):
        """Return `{text: products}`: a code counts before a name."""
        products = self.env["product.product"]
        found = defaultdict(products.browse)
        for name in ("default_code", "barcode", "name"):
            missing = [text for text in texts if not found[text]]
            if missing:
                domain = self._get_own_domain() & Domain(name, "in", missing)
                for product in products.search(domain):
                    found[product[name]] |= product
        return self._search_display_names(texts, found)

    def _search_display_names(self, texts, found):
        """Return `found`, completed by texts like “[CODE] Name”."""
        codes = {
            text[1:].split("]")[0]: text
            for text in texts
            if not found[text] and text.startswith("[") and "]" in text
        }
        domain = self._get_own_domain() & Domain("default_code", "in", list(codes))
        for product in self.env["product.product"].search(domain) if codes else ():
            found[codes[product.default_code]] |= product
        return found

    def _find_batches(self, drafts):
        """Find the production batches, of the row's product if it names one."""
        named = [draft for draft in drafts if draft.get("batch")]
        names = {draft.get("batch") for draft in named}
        domain = [("company_id", "=", self.company_id.id), ("name", "in", list(names))]
        batches = self.env["service.asset.batch"]
        rows = batches.search(domain) if names else batches
        for draft in named:
            text, product = draft.get("batch"), draft.vals.get("product_id")
            fits = rows.filtered(
                lambda batch, text=text, product=product: (
                    batch.name == text and batch.product_id.id in (False, product)
                )
            )
            if fits:
                draft.vals["batch_id"] = fits.sorted("product_id", reverse=True)[:1].id
            else:
                draft.fail(
                    self.env._(
                        "No production batch of this product is called “%(text)s”. "
                        "Create it first, or leave the cell empty.",
                        text=text,
                    )
                )

    # -- units ------------------------------------------------------------------------

    def _search_units(self, serials):
        """Return `{serial number: units}` of the company, archived ones too."""
        units = self.env["service.asset"].with_context(active_test=False)
        found = defaultdict(units.browse)
        for unit in units._search_serials(serials, self.company_id.ids):
            found[unit.serial_number] |= unit
        return found

    def _find_known(self, drafts):
        """Find the units that are registered already."""
        found = self._search_units({draft.serial for draft in drafts})
        for draft in drafts:
            units = found[draft.serial]
            product = draft.vals.get("product_id")
            same = units.filtered(
                lambda unit, product=product: unit.product_id.id in (False, product)
            )
            if not product and len(units) > 1:
                draft.fail(
                    self.env._(
                        "%(count)s units have this serial number. Name the product.",
                        count=len(units),
                    )
                )
            elif not product or same:
                draft.asset = (same or units)[:1] or None
            elif units:
                draft.fail(
                    self.env._(
                        "This serial number is registered for “%(product)s” already. "
                        "Correct the serial number or the product.",
                        product=units[:1].product_id.display_name,
                    )
                )

    def _find_parents(self, drafts):
        """Find what the rows' units are a part of."""
        named = [draft for draft in drafts if draft.get("parent")]
        found = self._search_units({draft.get("parent") for draft in named})
        for draft in named:
            units = found[draft.get("parent")]
            if len(units) == 1:
                draft.vals["parent_id"] = units.id
            elif units:
                draft.fail(
                    self.env._(
                        "%(count)s units have the serial number “%(serial)s”. Choose "
                        "on the unit itself of which one it is a part.",
                        count=len(units),
                        serial=draft.get("parent"),
                    )
                )
            else:
                draft.fail(
                    self.env._(
                        "No unit has the serial number “%(serial)s”, of which this "
                        "one is a part. Correct it, or add a row for that unit.",
                        serial=draft.get("parent"),
                    )
                )

    def _get_changes(self, draft):
        """Return the values of a known unit that the row says otherwise."""
        unit = draft.asset
        return {
            name: value
            for name, value in draft.vals.items()
            if not self._is_same(unit, name, value)
        }

    def _is_same(self, unit, name, value):
        """Tell whether a field of a unit has a value already."""
        field = unit._fields[name]
        if field.type == "float":
            return abs(unit[name] - value) < 1e-7
        if field.type == "html":
            return fold(html2plaintext(unit[name] or "")) == fold(html2plaintext(value))
        return field.convert_to_write(unit[name], unit) == value
