# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models

from .service_guard import without_defaults


class ServiceWrittenMixin(models.AbstractModel):
    """What the process writes down: no word of it comes from a caller's context."""

    _name = "service.written.mixin"
    _description = "Written by the Process"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to leave out `default_*` keys, which callers may send."""
        return super(ServiceWrittenMixin, without_defaults(self)).create(vals_list)
