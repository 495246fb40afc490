# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

URGE_ACTIVITY = "crm_service.mail_activity_type_urge"


class ServiceTicket(models.Model):
    """Reminding whoever has a ticket, and their leader, that it presses."""

    _inherit = "service.ticket"

    urge_ids = fields.One2many("service.urge", "ticket_id", "Urges")
    urge_count = fields.Integer("Times Urged", readonly=True, copy=False)
    last_urged_at = fields.Datetime("Last Urged", readonly=True, copy=False)
    unseen_urges = fields.Json(
        compute="_compute_unseen_urges",
        help="What was urged and the user has not seen yet.",
    )

    @api.depends("urge_ids.seen_at", "urge_ids.lead_seen_at")
    @api.depends_context("uid")
    def _compute_unseen_urges(self):
        urged = self.filtered("urge_count")
        unseen = urged.urge_ids._filter_unseen() if urged else self.urge_ids.browse()
        by_ticket = unseen.grouped("ticket_id")
        for ticket in self:
            ticket.unseen_urges = [
                urge._get_brief() for urge in by_ticket.get(ticket, ())
            ]

    def action_urge(self, reason):
        """Remind the responsible people and their leaders that these tickets press.

        :param str reason: plain text, required
        :raises UserError: no reason is given, a ticket is closed, or there is nobody
            to remind
        :raises AccessError: the user is no agent
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it presses: write a reason."))
        self._check_may_urge()
        self._lock_rows()
        for ticket in self:
            ticket._check_can_be_urged()
        # sudo: urges are written by nobody but this method
        urges = (
            self.env["service.urge"]
            .sudo()
            .create([ticket._prepare_urge_vals(reason) for ticket in self])
        )
        self._count_urges()
        self._tell_urge(urges, reason)
        return True

    @api.model
    def _check_may_urge(self):
        """Refuse people who may not urge.

        :raises AccessError: the user is no agent
        """
        if not self.env.user.has_group("crm_service.group_service_agent"):
            raise AccessError(
                self.env._("Only agents and supervisors urge. Ask one of them.")
            )
        self.check_access("write")

    def _check_can_be_urged(self):
        """Refuse tickets that are closed or have nobody to remind.

        :raises UserError: with the reason
        """
        if not self.is_open:
            raise UserError(
                self.env._(
                    "Ticket %(number)s is closed, there is nothing to urge. Reopen it "
                    "if the customer is not content.",
                    number=self.number,
                )
            )
        if not self.user_id and not self._get_leader():
            raise UserError(
                self.env._(
                    "Nobody would hear of it: ticket %(number)s has no responsible "
                    "person and its team has no leader. Assign it instead.",
                    number=self.number,
                )
            )

    def _prepare_urge_vals(self, reason):
        """Return the values of an urge of this ticket."""
        return {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "stage_id": self.stage_id.id,
            "reason": reason,
            "urged_by_id": self.env.uid,
            "urged_at": fields.Datetime.now(),
            "user_id": self.user_id.id,
            "lead_id": self._get_leader().id,
        }

    def _count_urges(self):
        """Note on the tickets that they were urged once more."""
        for count, tickets in self.grouped("urge_count").items():
            tickets._with_flow().write(
                {"urge_count": count + 1, "last_urged_at": fields.Datetime.now()}
            )

    def _tell_urge(self, urges, reason):
        """Give everybody who is reminded an activity, which notifies them too."""
        body = plaintext2html(reason)
        self._message_log_batch(bodies={ticket.id: body for ticket in self})
        summary = self.env._("Urged by %(person)s", person=self.env.user.name)
        for person in urges.user_id | urges.lead_id:
            told = urges.filtered(lambda u, p=person: p in u.user_id | u.lead_id)
            told.ticket_id.activity_schedule(
                URGE_ACTIVITY, summary=summary, note=body, user_id=person.id
            )

    def action_see_urges(self):
        """Note that the user has seen what was urged, called when a ticket opens."""
        self.check_access("read")
        self.urge_ids._filter_unseen()._see()
        self.activity_feedback([URGE_ACTIVITY], user_id=self.env.uid)
        return True
