# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from ..tools.sms_sink import SmsApiSink


class ResCompany(models.Model):
    """By whom a company's text messages are sent.

    Another provider adds its name to `service_sms_provider`, and returns a class that
    inherits `odoo.addons.sms.tools.sms_api.SmsApiBase` from `_get_sms_api_class`.
    """

    _inherit = "res.company"

    service_sms_provider = fields.Selection(
        [
            ("odoo", "As set up in Odoo"),
            ("sink", "Kept here, none is sent"),
        ],
        "Text Messages Are",
        default="odoo",
        required=True,
        help="Keep them here while you try the system out: they are listed under "
        "Text Messages.",
    )

    def _get_sms_api_class(self):
        """Override to keep the messages of companies that send none."""
        self.ensure_one()
        if self.service_sms_provider == "sink":
            return SmsApiSink
        return super()._get_sms_api_class()
