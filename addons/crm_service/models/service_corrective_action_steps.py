# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import EFFECT_RESULTS
from .service_corrective_action_guard import CLOSED_STATES, SUPERVISOR


class ServiceCorrectiveAction(models.Model):
    """The steps of an action: carried out, its effect checked by somebody else."""

    _inherit = "service.corrective.action"

    can_carry_out = fields.Boolean(compute="_compute_can")
    can_check = fields.Boolean(compute="_compute_can")
    can_decide = fields.Boolean(compute="_compute_can")

    @api.depends("state", "user_id", "check_user_id", "done_by_id")
    @api.depends_context("uid")
    def _compute_can(self):
        supervisor = self._is_supervisor()
        for action in self:
            saved = bool(action.id)
            action.can_carry_out = (
                saved and action.state == "open" and action._may_carry_out()
            )
            action.can_check = (
                saved and action.state == "done" and not action._why_not_check()
            )
            action.can_decide = saved and supervisor

    # -- who may ------------------------------------------------------------

    @api.model
    def _is_supervisor(self):
        """Tell whether the user decides over other people's actions."""
        return self.env.su or self.env.user.has_group(SUPERVISOR)

    def _may_carry_out(self):
        """Tell whether the user may say that this action was carried out."""
        return self.user_id.id == self.env.uid or self._is_supervisor()

    def _why_not_check(self):
        """Return why the user may not check the effect of this action, or nothing."""
        user = self.env.user
        if user in (self.user_id, self.done_by_id):
            return self.env._(
                "The effect of “%(action)s” is checked by somebody else than its "
                "owner and whoever carried it out. Ask %(person)s.",
                action=self.display_name,
                # sudo: only the name of a colleague is told
                person=self.check_user_id.sudo().name or self.env._("a supervisor"),
            )
        if user == self.check_user_id or self._is_supervisor():
            return ""
        return self.env._(
            "%(person)s checks the effect of “%(action)s”. Ask a supervisor if it is "
            "to be you.",
            action=self.display_name,
            person=self.check_user_id.sudo().name or self.env._("A supervisor"),
        )

    def _lock_rows(self):
        """Let others who reach for these actions wait for us, and then begin anew."""
        if self.ids:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM service_corrective_action WHERE id IN %s "
                    "ORDER BY id FOR NO KEY UPDATE",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["state", "user_id", "done_by_id"])

    def _check_state(self, state):
        """Refuse a step for actions that are somewhere else meanwhile.

        :raises UserError: one is
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for action in self:
            if action.state != state:
                raise UserError(
                    self.env._(
                        "“%(action)s” has the status “%(state)s” meanwhile. Reload the "
                        "page to see what was done.",
                        action=action.display_name,
                        state=labels[action.state],
                    )
                )

    # -- steps --------------------------------------------------------------

    def action_carry_out(self):
        """Note that the actions were carried out; from now on the effect is awaited.

        :raises AccessError: the user does not own one and is no supervisor
        :raises UserError: what was done or who checks the effect is missing
        """
        self.check_access("write")
        self._lock_rows()
        self._check_state("open")
        for action in self:
            action._check_can_carry_out()
        self._with_flow().write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
                "check_result": False,
                "reminded_on": False,
                "reminder_count": 0,
            }
        )
        self._sync_activities()
        return True

    def _check_can_carry_out(self):
        """Refuse what is not ready to be called carried out.

        :raises AccessError: the user may not say so
        :raises UserError: something is missing
        """
        if not self._may_carry_out():
            raise AccessError(
                self.env._(
                    "Only %(person)s, who owns “%(action)s”, or a supervisor says that "
                    "it was carried out.",
                    person=self.user_id.sudo().name,  # sudo: only the name
                    action=self.display_name,
                )
            )
        if not (self.done_note or "").strip():
            raise UserError(
                self.env._(
                    "Write what was done for “%(action)s”, then it is carried out.",
                    action=self.display_name,
                )
            )
        if not self.check_user_id:
            raise UserError(
                self.env._(
                    "Choose who checks the effect of “%(action)s”: somebody else than "
                    "its owner.",
                    action=self.display_name,
                )
            )

    def action_check_effect(self, result, note, date_due=None):
        """Note whether the actions helped; without effect they begin anew.

        :param str result: `effective` or `ineffective`
        :param str note: what was found, plain text, required
        :param date_due: until when it is done anew (a date or its ISO text), required
            without effect
        :raises UserError: the user owns one or carried it out, it is not time for the
            check, or something is missing
        """
        self.check_access("write")
        self._lock_rows()
        self._check_state("done")
        note = self._check_finding(result, note)
        for action in self:
            why_not = action._why_not_check()
            if why_not:
                raise UserError(why_not)
        self._with_flow().write(
            {
                "check_result": result,
                "check_note": note,
                "checked_at": fields.Datetime.now(),
                "checked_by_id": self.env.uid,
                "reminded_on": False,
                "reminder_count": 0,
            }
        )
        if result == "effective":
            self._close("effective")
        else:
            self._begin_anew(self._check_new_date(date_due))
        self._tell_complaints(note)
        return True

    @api.model
    def _check_finding(self, result, note):
        """Return the words of a finding, or refuse it.

        :raises UserError: the result is none, or no words are given
        """
        if result not in dict(EFFECT_RESULTS):
            raise UserError(
                self.env._("Say whether it helped: “effective” or “ineffective”.")
            )
        note = (note or "").strip()
        if not note:
            raise UserError(self.env._("Write what you found, and how you know."))
        return note

    @api.model
    def _check_new_date(self, date_due):
        """Return the day until which an action without effect is done anew.

        :raises UserError: it is missing, no date, or past
        """
        try:
            day = fields.Date.to_date(date_due or False)
        except ValueError:
            day = False
        if not day or day < fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "An action without effect begins anew: say until when, today or "
                    "later."
                )
            )
        return day

    def _begin_anew(self, date_due):
        """Put actions without effect back to their owners."""
        for action in self:
            days = (action.check_date or action.date_due) - action.date_due
            action._with_flow().write(
                {
                    "state": "open",
                    "round": action.round + 1,
                    "date_due": date_due,
                    "check_date": date_due + days,
                    "done_at": False,
                    "done_by_id": False,
                    "closed_at": False,
                }
            )
        self._sync_activities()

    def _close(self, state, **vals):
        """Close the actions as effective or dropped."""
        vals = {**vals, "state": state, "closed_at": fields.Datetime.now()}
        self._with_flow().write(vals)
        self._sync_activities()

    def action_ask_check(self):
        """Open the window that asks for the finding.

        :raises UserError: the user may not check it
        """
        self.ensure_one()
        self.check_access("write")
        self._check_state("done")
        why_not = self._why_not_check()
        if why_not:
            raise UserError(why_not)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_corrective_action_check_action"
        )
        return {**action, "context": {"default_action_id": self.id}}

    def action_drop(self, reason):
        """Drop the actions: they will not be carried out, or no longer matter.

        :param str reason: plain text, required
        :raises AccessError: the user is no supervisor
        :raises UserError: no reason is given, or one is closed already
        """
        self._check_supervisor()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write why the action is dropped."))
        self._lock_rows()
        for action in self:
            if action.state in CLOSED_STATES:
                action._check_state("open")
        self._close("cancelled", cancel_reason=reason)
        self._tell_complaints(reason)
        return True

    def action_reopen(self):
        """Begin closed or carried out actions anew.

        :raises AccessError: the user is no supervisor
        :raises UserError: one is open
        """
        self._check_supervisor()
        self._lock_rows()
        for action in self:
            if action.state == "open":
                raise UserError(
                    self.env._(
                        "“%(action)s” is open already.", action=action.display_name
                    )
                )
        self._with_flow().write({"cancel_reason": False, "check_result": False})
        for action in self:
            action._begin_anew(max(action.date_due, fields.Date.context_today(self)))
        return True

    def _check_supervisor(self):
        """Refuse whoever does not decide over actions.

        :raises AccessError: the user is no supervisor
        """
        self.check_access("write")
        if not self._is_supervisor():
            raise AccessError(
                self.env._("A supervisor decides over actions. Ask one of them.")
            )

    def _tell_complaints(self, note):
        """Write into the notes of the complaints what became of the actions."""
        results = dict(EFFECT_RESULTS)
        states = dict(self._fields["state"]._description_selection(self.env))
        for action in self:
            # sudo: a note for whoever may see the complaint; nobody reads it here
            tickets = action.sudo().ticket_ids
            word = states["cancelled"]
            if action.state != "cancelled":
                word = results[action.check_result]
            body = Markup("<p><b>%s</b>: %s</p><p>%s</p>") % (
                action.display_name,
                word,
                note,
            )
            tickets._message_log_batch(bodies={ticket.id: body for ticket in tickets})

    def action_open_tickets(self):
        """Open the complaints that these actions are about."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action_complaint"
        )
        action["domain"] = [("id", "in", self.ticket_ids.ids)]
        action["context"] = {}
        return action
