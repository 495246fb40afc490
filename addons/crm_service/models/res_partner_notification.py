# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from ..const import NOTIFY_BY


class ResPartner(models.Model):
    """How a customer wants to hear of his requests."""

    _inherit = "res.partner"

    service_notify_by = fields.Selection(
        NOTIFY_BY,
        "Service Messages",
        help="How this customer is told how far his requests are. Empty: by e-mail, or "
        "by SMS if there is no e-mail address.",
    )
    service_verified_email = fields.Char(
        groups=".",  # nobody but the superuser
        copy=False,
        help="The address from which this customer has answered a message of ours.",
    )

    def _is_email_verified(self, email):
        """Tell whether this customer has shown that an address is his.

        :param str email: normalised
        """
        self.ensure_one()
        # sudo: only whether the address is known as the customer's is told
        partner = self.sudo()
        return bool(email) and (
            partner.service_verified_email == email
            or any(user.email_normalized == email for user in partner.user_ids)
        )
