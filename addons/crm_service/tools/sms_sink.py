# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""A provider of text messages that sends none: for tests, demonstrations and trials."""

from odoo.addons.sms.tools.sms_api import SmsApiBase


class SmsApiSink(SmsApiBase):
    """Keeps what it is given in `service.sms`, and says that it arrived."""

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """Override to keep the messages; return that each was delivered."""
        return self.env["service.sms"]._keep_outgoing(self.company, messages)
