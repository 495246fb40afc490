# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class SmsSms(models.Model):
    """Text messages go out by the provider of the company that they belong to."""

    _inherit = "sms.sms"

    def _split_by_api(self):
        """Override to let each company use its own provider."""
        others = self.browse()
        for company, messages in self._group_by_company().items():
            if company.service_sms_provider == "odoo":
                others += messages
            else:
                yield messages._get_own_api(company), messages
        if others:
            yield from super(SmsSms, others)._split_by_api()

    def _send(self, **kwargs):
        """Override to send the messages of several companies one after the other."""
        if self.env.context.get("sms_api"):
            return super()._send(**kwargs)
        for company, messages in self._group_by_company().items():
            if company.service_sms_provider == "odoo":
                super(SmsSms, messages)._send(**kwargs)
            else:
                messages._send_with_api(messages._get_own_api(company), **kwargs)
        return None

    def _group_by_company(self):
        """Return {company: messages}."""
        return self.grouped(lambda sms: sms._get_sms_company())

    def _get_own_api(self, company):
        """Return the provider that a company chose in our settings."""
        api = company._get_sms_api_class()(self.env)
        api._set_company(company)
        return api
