# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models


class MailScheduledMessage(models.Model):
    """Messages to come of a complaint are not for those it is about."""

    _name = "mail.scheduled.message"
    _inherit = ["mail.scheduled.message", "service.independence.mixin"]
