# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import UserError


class ExternalRefConflict(UserError):
    """The caller's reference was already used for a different request."""

    http_status = 409


class RoutingLoop(UserError):
    """Automatic routes do not come to an end for some tickets."""

    def __init__(self, message, ticket_ids):
        super().__init__(message)
        self.ticket_ids = ticket_ids
