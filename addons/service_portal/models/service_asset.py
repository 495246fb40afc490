from urllib.parse import quote

from odoo import fields, models
from odoo.tools import format_date

from ..tools import mask_serial


class ServiceAsset(models.Model):
    """What the page behind the label of a unit tells everybody."""

    _inherit = "service.asset"

    def _get_public_values(self):
        """Return all that the page shows, as plain values: nothing of the owner.

        :return: dict of `product`, `serial` (masked), `subject` (of a mail, quoted),
            `covers` and `contact`
        """
        self.ensure_one()
        company = self.company_id
        product = self.product_id.name or ""
        serial = mask_serial(self.serial_number)
        return {
            "product": product,
            "serial": serial,
            "subject": quote(f"{product} {serial}".strip()),
            "covers": self._get_public_covers(),
            "contact": {
                "name": company.name,
                "phone": company.phone,
                "email": company.email,
            },
        }

    def _get_public_covers(self):
        """Return the kinds of cover and until when; no names of contracts or terms."""
        labels = self._get_public_cover_labels()
        until = {}
        for cover in self._get_coverage_summary():
            kind, day = cover["kind"], cover.get("until")
            if kind in labels and day:
                until[kind] = max(day, until.get(kind, day))
        today = fields.Date.context_today(self)
        return [
            {
                "label": labels[kind],
                "until": format_date(self.env, day),
                "is_over": day < today,
            }
            for kind, day in until.items()
        ]

    def _get_public_cover_labels(self):
        """Return what customers call the kinds of cover that they may see."""
        return {
            "warranty": self.env._("Warranty"),
            "extension": self.env._("Extended warranty"),
            "contract": self.env._("Service contract"),
        }
