# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..const import RECOURSE_LEVELS
from .service_ticket import FLOW_FIELDS

FLOW_FIELDS.add("is_in_recourse")


class ServiceTicket(models.Model):
    """A complaint whose answer the customer does not accept goes further."""

    _inherit = "service.ticket"

    is_in_recourse = fields.Boolean(
        "In Recourse",
        readonly=True,
        copy=False,
        help="The next level, or an outside body, decides.",
    )

    def _start_recourse(self, level, reason, body=None, team=None):
        """Hand a complaint to the next level or to an outside body.

        :param str level: one of `RECOURSE_LEVELS`
        :param str reason: why the customer does not accept the answer
        :param str body: the outside body that decides
        :param team: the `service.team` of the next level, if it is another one
        :raises UserError: something is missing, or there is no answer yet
        """
        self._ensure_answered_complaint()
        reason, body = (reason or "").strip(), (body or "").strip()
        if level not in dict(RECOURSE_LEVELS) or not reason:
            raise UserError(
                self.env._("Say where the complaint goes, and why: both are kept.")
            )
        if level == "external" and not body:
            raise UserError(self.env._("Name the outside body that decides."))
        self._note_recourse(reason)
        # sudo: the next level's team need not be one of the user's
        vals = {
            "recourse_level": level,
            "recourse_body": body if level == "external" else False,
            "is_in_recourse": True,
        }
        if team and team != self.team_id:
            vals.update(team_id=team.id, user_id=False)
        tickets_sudo = self.sudo()
        tickets_sudo._with_flow().write(vals)
        if "team_id" in vals:
            tickets_sudo._log_hands()
        tickets_sudo._apply_automatic_routes()

    def _end_recourse(self, decision):
        """Record what was decided in recourse: that is the end of the complaint.

        :param str decision: plain text
        :raises UserError: it is empty, or nobody decides now
        """
        self._ensure_complaint()
        decision = (decision or "").strip()
        if not decision:
            raise UserError(self.env._("Write down what was decided, and by whom."))
        for ticket in self:
            if not ticket.is_in_recourse:
                raise UserError(
                    self.env._(
                        "Complaint %(number)s is not in recourse, so there is no "
                        "decision to record.",
                        number=ticket.number,
                    )
                )
        self._note_recourse(decision)
        self._note_outcome("recourse")

    def _note_recourse(self, text):
        """Write the words about recourse into the tickets' notes."""
        title = self.env._("Recourse")
        body = Markup("<p><b>%s</b></p>%s") % (title, plaintext2html(text))
        self._message_log_batch(bodies={ticket.id: body for ticket in self})
