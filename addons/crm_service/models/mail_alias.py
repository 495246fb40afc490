# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models

from ..tools.incoming_mail import IncomingMail


class MailAlias(models.Model):
    """Addresses of teams answer no message by themselves."""

    _inherit = "mail.alias"

    def _alias_bounce_incoming_email(self, message, message_dict, set_invalid=True):
        """Override to park what a team's address does not take.

        The message is kept and looked at; telling its sender that it was not
        accepted would be wrong, and an answer to a machine could go round for ever.
        """
        incoming = self.env.context.get("service_mail")
        if isinstance(incoming, IncomingMail) and self.id in incoming.alias_ids:
            incoming.problem = incoming.problem or "refused"
            return None
        return super()._alias_bounce_incoming_email(
            message, message_dict, set_invalid=set_invalid
        )
