# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class ServiceWindowMixin(models.AbstractModel):
    """A window on a record: only for whoever may see that record.

    Odoo tells the name of whatever record a window is opened on, and fills computed
    fields as superuser.
    """

    _name = "service.window.mixin"
    _description = "Window on a Record"
    # the name of the field with the record
    _window_on = "ticket_id"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to open no window on what the user may not see."""
        windows = super().create(vals_list)
        windows[self._window_on].check_access("read")
        return windows

    def write(self, vals):
        """Override to turn no window to what the user may not see."""
        result = super().write(vals)
        if self._window_on in vals:
            self[self._window_on].check_access("read")
        return result
