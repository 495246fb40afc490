# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models

# The promises of complaints, and when each was kept.
COMPLAINT_KINDS = {"acknowledgement": "acknowledged_at", "answer": "answered_at"}


class ServiceTicket(models.Model):
    """Complaints are acknowledged and answered within the time promised."""

    _inherit = "service.ticket"

    @api.model
    def _get_sla_fields(self):
        """Override to stop the clocks of acknowledgement and answer."""
        return super()._get_sla_fields() | set(COMPLAINT_KINDS.values())

    def _needs_sla(self, kind, clock, is_new):
        """Override: what was acknowledged or answered needs no clock any more."""
        name = COMPLAINT_KINDS.get(kind)
        if not name:
            return super()._needs_sla(kind, clock, is_new)
        if self[name] or clock.state in ("reached", "missed"):
            return False
        return super()._needs_sla("resolution", clock, is_new)

    def _get_sla_stop(self, kind):
        """Override: a complaint that is done at once was answered then."""
        done_at = super()._get_sla_stop(kind)
        kept_at = kind in COMPLAINT_KINDS and self[COMPLAINT_KINDS[kind]]
        return min(filter(None, (kept_at, done_at)), default=None)
