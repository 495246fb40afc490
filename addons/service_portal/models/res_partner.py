from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_service.tools.customer_source import Source

# A rating counts as good, middling or bad, as Odoo's faces do.
TONES = {"top": "success", "ok": "warning", "ko": "danger"}


class ResPartner(models.Model):
    """What a customer said of the service, on the customer's page."""

    _inherit = "res.partner"

    @api.model
    def _get_service_sources(self):
        """Override of `_get_service_sources` to add the ratings of tickets."""
        return [
            *super()._get_service_sources(),
            Source(
                "rating",
                self.env._("Ratings"),
                "rating.rating",
                "fa-star-o",
                ("rated_on", "write_date"),
                ("rating", "rating_text", "feedback", "res_name"),
                domain=Domain("consumed", "=", True)
                & Domain("res_model", "=", "service.ticket"),
                about=("res_id", "service.ticket"),
                sequence=80,
            ),
        ]

    @api.model
    def _prepare_service_entry_rating(self, rating):
        """Return what the timeline says of a rating."""
        return {
            "title": rating.feedback or self._get_service_label(rating, "rating_text"),
            "text": rating.res_name or "",
            "badge": self.env._("%(rating)s of 5", rating=f"{rating.rating:g}"),
            "tone": TONES.get(rating.rating_text, "secondary"),
        }
