# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class ServiceContract(models.Model):
    """The printed contract."""

    _inherit = "service.contract"

    def _get_report_lang(self):
        """Return the language of the customer, else that of the company."""
        self.ensure_one()
        company = self.company_id.sudo().partner_id
        return self.partner_id.lang or company.lang or self.env.lang
