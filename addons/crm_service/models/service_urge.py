# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import append_only

# What may be filled in later, once.
FILLABLE = ("seen_at", "lead_seen_at")


class ServiceUrge(models.Model):
    """A reminder that a ticket presses: who urged, when, why, and who has seen it.

    Nothing of it is ever changed but that it was seen, once.
    """

    _name = "service.urge"
    _inherit = "service.written.mixin"
    _description = "Urge"
    _order = "urged_at desc, id desc"
    _rec_name = "reason"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="restrict"
    )
    team_id = fields.Many2one("service.team", readonly=True, ondelete="restrict")
    stage_id = fields.Many2one("service.stage", readonly=True, ondelete="restrict")
    reason = fields.Char(required=True, readonly=True)
    urged_by_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict"
    )
    urged_at = fields.Datetime("Urged", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Person",
        readonly=True,
        ondelete="restrict",
        help="Who was responsible then.",
    )
    seen_at = fields.Datetime("Seen by Person", readonly=True)
    lead_id = fields.Many2one(
        "res.users",
        "Team Leader",
        readonly=True,
        ondelete="restrict",
        help="Who led the team then.",
    )
    lead_seen_at = fields.Datetime("Seen by Leader", readonly=True)
    is_seen = fields.Boolean(
        "Seen", compute="_compute_is_seen", search="_search_is_seen"
    )

    _person_idx = models.Index("(user_id) WHERE seen_at IS NULL")
    _lead_idx = models.Index("(lead_id) WHERE lead_seen_at IS NULL")

    def init(self):
        """Install the guard that keeps urges as they were written."""
        append_only.install_guard(self.env.cr, self._table, FILLABLE, "Urges are")

    @api.model
    def _drop_guard(self):
        """Remove the guard, for uninstalling."""
        append_only.drop_guard(self.env.cr, self._table)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Keep what was urged."""
        raise UserError(self.env._("An urge cannot be deleted. It is kept as proof."))

    @api.depends("user_id", "seen_at", "lead_id", "lead_seen_at")
    def _compute_is_seen(self):
        for urge in self:
            urge.is_seen = bool(
                (urge.seen_at or not urge.user_id)
                and (urge.lead_seen_at or not urge.lead_id)
            )

    def _search_is_seen(self, operator, value):
        if operator != "in":
            return NotImplemented
        unseen = [
            "|",
            *("&", ("user_id", "!=", False), ("seen_at", "=", False)),
            *("&", ("lead_id", "!=", False), ("lead_seen_at", "=", False)),
        ]
        return ["!", *unseen] if True in value else unseen

    def _filter_unseen(self):
        """Return those that were meant for the user, who has not seen them yet."""
        user = self.env.user
        return self.filtered(
            lambda urge: (
                (urge.user_id == user and not urge.seen_at)
                or (urge.lead_id == user and not urge.lead_seen_at)
            )
        )

    def _get_brief(self):
        """Return what the reminder on the ticket shows of this urge."""
        return {
            "id": self.id,
            "reason": self.reason,
            # sudo: only the name of a colleague is told
            "by": self.urged_by_id.sudo().name,
            "at": fields.Datetime.to_string(self.urged_at),
        }

    def _see(self):
        """Note that the user has seen these urges, as person, leader or both."""
        now = fields.Datetime.now()
        user = self.env.user
        # sudo: urges are written by nobody, only marked as seen
        urges = self.sudo()
        urges.filtered(lambda u: u.user_id == user and not u.seen_at).seen_at = now
        urges.filtered(
            lambda u: u.lead_id == user and not u.lead_seen_at
        ).lead_seen_at = now

    def action_acknowledge(self):
        """Note that the user has seen these urges."""
        self.check_access("read")
        self._see()
        return True
