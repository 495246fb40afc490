# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.tools import SQL


class ServiceContactLock(models.Model):
    """One row per phone or e-mail that a customer was made from.

    Two requests that make a customer from the same new phone at the same time would
    not see each other. Both touch the row here: the later one waits, is refused by
    PostgreSQL (its snapshot is older) and Odoo runs it again, now with the customer.
    """

    _name = "service.contact.lock"
    _description = "Lock on a customer's phone or e-mail"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    touched = fields.Integer(readonly=True)

    _key_unique = models.Constraint("UNIQUE(key)", "This contact is locked already.")

    @api.model
    def _lock(self, keys):
        """Lock the phones or e-mails `keys` until the transaction ends."""
        if not keys:
            return
        rows = SQL(", ").join(SQL("(%s, 1)", key) for key in sorted(set(keys)))
        self.env.cr.execute(
            SQL(
                "INSERT INTO service_contact_lock (key, touched) VALUES %s "
                "ON CONFLICT (key) "
                "DO UPDATE SET touched = service_contact_lock.touched + 1",
                rows,
            )
        )

    @api.autovacuum
    def _gc_messages(self):
        """Delete the locks of messages: each of them was needed for a moment only."""
        self.env.cr.execute(
            SQL("DELETE FROM service_contact_lock WHERE key LIKE 'mail:%%'")
        )
