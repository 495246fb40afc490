# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import poplib

from odoo import models

# The override of Odoo's own limit must come after it.
from odoo.addons.mail.models import fetchmail

from ..const import MAX_MAIL_BYTES

# One line beyond the limit, and the mailbox is never read again: Odoo gives up, and
# the message is the first again the next time.
poplib._MAXLINE = max(fetchmail.poplib._MAXLINE, MAX_MAIL_BYTES)

# Proof that a message was fetched from a mailbox: no remote caller can send it.
FETCH = object()


class FetchmailServer(models.Model):
    """Mailboxes: what was fetched is gone there, so it must not be lost here."""

    _inherit = "fetchmail.server"

    def _fetch_mail(self, *args, **kwargs):
        """Override to let the gate try again what Odoo would give up."""
        servers = self.with_context(service_fetch=FETCH)
        return super(FetchmailServer, servers)._fetch_mail(*args, **kwargs)
