# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import UserError


class ExternalRefConflict(UserError):
    """The caller's reference was already used for a different request."""

    http_status = 409
