# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class MailMessage(models.Model):
    """Messages of a complaint are not for those it is about, not even their own."""

    _name = "mail.message"
    _inherit = ["mail.message", "service.independence.mixin"]
