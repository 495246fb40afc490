# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import CALL_DIRECTIONS, CALL_STATES
from .service_guard import without_defaults

# What people may note on a call, and what they say of one that they log by hand.
EDITABLE_FIELDS = {"note", "partner_id", "ticket_id"}
LOGGED_FIELDS = EDITABLE_FIELDS | {
    "company_id",
    "direction",
    "phone",
    "started_at",
    "ended_at",
}


class ServiceCall(models.Model):
    """A phone call, in or out: who, when, how long, about which ticket."""

    _name = "service.call"
    _description = "Phone Call"
    _inherit = ["service.external.ref.mixin", "service.phone.mixin"]
    _order = "started_at desc, id desc"
    _rec_names_search = ["phone", "phone_sanitized", "partner_id.name"]
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    direction = fields.Selection(CALL_DIRECTIONS, required=True, default="in")
    state = fields.Selection(CALL_STATES, required=True, readonly=True, default="ended")
    phone = fields.Char(help="Empty if the caller withheld the number.")
    line = fields.Char(readonly=True, help="What the telephone system calls the line.")
    line_id = fields.Many2one(
        "service.phone.line",
        "Phone Line",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one(
        "service.ticket",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Who answered the call or made it.",
    )
    ring_user_ids = fields.Many2many(
        "res.users",
        "service_call_ring_rel",
        "call_id",
        "user_id",
        "Rang At",
        readonly=True,
    )
    started_at = fields.Datetime("Began", required=True, default=fields.Datetime.now)
    answered_at = fields.Datetime("Answered", readonly=True)
    ended_at = fields.Datetime("Ended")
    wait_seconds = fields.Integer(
        "Waited",
        compute="_compute_seconds",
        store=True,
        aggregator="avg",
        help="Seconds until it was answered, or given up.",
    )
    duration = fields.Integer(
        compute="_compute_seconds",
        store=True,
        help="Seconds of conversation.",
    )
    note = fields.Text()
    callback_id = fields.Many2one(
        "service.callback",
        "Call-Back Request",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The request that this call is to fulfil.",
    )

    _external_ref_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "This external reference was used already.",
    )
    _company_order_idx = models.Index("(company_id, started_at DESC, id DESC)")
    _live_idx = models.Index("(state, user_id) WHERE state IN ('ringing', 'answered')")
    _phone_trigram_idx = models.Index("USING gin (phone_sanitized gin_trgm_ops)")
    _ends_after_start = models.Constraint(
        "CHECK(ended_at IS NULL OR ended_at >= started_at)",
        "A call cannot end before it begins. Correct the times.",
    )

    @api.depends("started_at", "answered_at", "ended_at")
    def _compute_seconds(self):
        for call in self:
            until = call.answered_at or call.ended_at
            call.wait_seconds = self._count_seconds(call.started_at, until)
            call.duration = self._count_seconds(call.answered_at, call.ended_at)

    @api.model
    def _count_seconds(self, since, until):
        """Return the seconds between two moments, 0 if one is missing."""
        return int((until - since).total_seconds()) if since and until else 0

    @api.depends("partner_id.display_name", "phone")
    def _compute_display_name(self):
        for call in self:
            names = (call.partner_id.display_name, call.phone)
            name = " · ".join(filter(None, names))
            call.display_name = name or self.env._("Withheld number")

    # -- who may write what ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let people log calls they had, and nothing else.

        Other calls are written by the methods that make them, as superuser.
        """
        if self.env.su:
            return super(ServiceCall, without_defaults(self)).create(vals_list)
        self = self._with_logged_defaults()
        return super().create([self._prepare_logged_vals(vals) for vals in vals_list])

    def write(self, vals):
        """Override to keep what happened: people add notes and say whose call it was.

        :raises AccessError: they would change something else
        """
        if not self.env.su:
            if set(vals) - EDITABLE_FIELDS:
                raise AccessError(
                    self.env._(
                        "A call stays as it was. You can change its note, its customer "
                        "and its ticket."
                    )
                )
            self._check_ticket_readable(vals)
        result = super().write(self._complete_partner(vals))
        if "ticket_id" in vals:
            self._note_replies()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Keep the history of calls."""
        raise UserError(
            self.env._("Calls are not deleted. Write into the note what is wrong.")
        )

    @api.model
    def _with_logged_defaults(self):
        """Return this model without `default_*` keys of what nobody may say."""
        allowed = {f"default_{name}" for name in LOGGED_FIELDS}
        # The whole context is replaced on purpose: a key can only be left out so.
        return self.with_context(  # pylint: disable=context-overridden
            {
                key: value
                for key, value in self.env.context.items()
                if not key.startswith("default_") or key in allowed
            }
        )

    @api.model
    def _prepare_logged_vals(self, vals):
        """Return the values of a call that somebody had elsewhere and logs now.

        :raises AccessError: `vals` say more than people may
        :raises UserError: it has yet to come
        """
        # also what a form sends of fields that it shows
        vals = {name: value for name, value in vals.items() if value or name != "state"}
        if (
            set(vals) - LOGGED_FIELDS - {"state"}
            or vals.get("state", "ended") != "ended"
        ):
            raise AccessError(
                self.env._(
                    "Log who you spoke with, when, about which ticket, and a note. The "
                    "rest is written by the system."
                )
            )
        defaults = self.default_get(sorted(LOGGED_FIELDS))
        vals = self._complete_partner({**defaults, **vals})
        self._check_ticket_readable(vals)
        started_at = fields.Datetime.to_datetime(vals["started_at"])
        ended_at = fields.Datetime.to_datetime(vals.get("ended_at")) or started_at
        if max(started_at, ended_at) > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "This call has yet to come. To plan it, make a call-back request."
                )
            )
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        return {
            **vals,
            "phone": vals.get("phone") or partner.phone,
            "state": "ended",
            "user_id": self.env.uid,
            "answered_at": started_at,
            "ended_at": ended_at,
        }

    @api.model
    def _complete_partner(self, vals):
        """Return `vals` with the customer of a ticket that they name."""
        if not vals.get("ticket_id") or vals.get("partner_id"):
            return vals
        if any(call.partner_id for call in self):
            return vals
        ticket = self.env["service.ticket"].browse(vals["ticket_id"])
        return {**vals, "partner_id": ticket.partner_id.id}

    @api.model
    def _check_ticket_readable(self, vals):
        """Refuse a ticket that the user may not see.

        :raises AccessError: it is one
        """
        if vals.get("ticket_id"):
            self.env["service.ticket"].browse(vals["ticket_id"]).check_access("read")

    def _lock_rows(self):
        """Let others who reach for these calls wait for us, and then begin anew.

        Who comes second fails to serialize, and Odoo calls the method again, which
        then sees what the first has done.
        """
        if self.ids:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM service_call WHERE id IN %s ORDER BY id "
                    "FOR NO KEY UPDATE",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset()
