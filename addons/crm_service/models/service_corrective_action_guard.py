# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_guard import has_changed

# What only the steps of an action may write: proof is this very object in the
# context, which no remote caller can send.
FLOW = object()
FLOW_KEY = "service_corrective_action_flow"
FLOW_FIELDS = {
    "number",
    "state",
    "round",
    "done_at",
    "done_by_id",
    "checked_at",
    "checked_by_id",
    "check_result",
    "check_note",
    "closed_at",
    "cancel_reason",
    "reminded_on",
    "reminder_count",
}
# What is settled once the action was carried out, until it is reopened.
SETTLED_FIELDS = {"user_id", "kind", "name", "done_note", "company_id"}
CLOSED_STATES = ("effective", "cancelled")
SUPERVISOR = "crm_service.group_service_supervisor"


class ServiceCorrectiveAction(models.Model):
    """What may be written on an action, by whom, and when no longer."""

    _inherit = "service.corrective.action"

    # -- create and write ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to number the actions and to tell their owners."""
        for vals in vals_list:
            self._check_vals_allowed(vals)
        model = self._without_flow_defaults()
        model = model.with_context(mail_auto_subscribe_no_notify=True)
        actions = super(ServiceCorrectiveAction, model).create(vals_list)
        actions = actions.with_env(self.env)
        actions._give_numbers()
        actions._sync_activities()
        return actions

    def write(self, vals):
        """Override to let buttons change the state, and to tell who is concerned."""
        if self._is_flow():
            return super().write(vals)
        self._check_vals_allowed(vals)
        self._check_settled(vals)
        self._check_put_off(vals)
        quiet = self.with_context(mail_auto_subscribe_no_notify=True)
        result = super(ServiceCorrectiveAction, quiet).write(vals)
        if {"user_id", "date_due", "check_user_id", "check_date", "active"} & set(vals):
            self._sync_activities()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_new(self):
        """Keep what was begun.

        :raises UserError: an action was carried out or dropped
        """
        for action in self:
            if action.state != "open" or action.round > 1:
                raise UserError(
                    self.env._(
                        "“%(action)s” was carried out or dropped, and stays for the "
                        "record. Archive it instead.",
                        action=action.display_name,
                    )
                )

    def _is_flow(self):
        """Tell whether a step of the action is at work, not a user or caller."""
        return self.env.context.get(FLOW_KEY) is FLOW

    def _with_flow(self):
        """Return these actions with the right to write what their steps own."""
        return self.with_context(**{FLOW_KEY: FLOW})

    def _without_flow_defaults(self):
        """Return these actions without `default_*` keys of what their steps own."""
        keys = {f"default_{name}" for name in FLOW_FIELDS} & self.env.context.keys()
        if not keys:
            return self
        # The whole context is replaced on purpose: a key can only be left out so.
        return self.with_context(  # pylint: disable=context-overridden
            {k: v for k, v in self.env.context.items() if k not in keys}
        )

    def _give_numbers(self):
        """Number new actions within their company."""
        sequence = self.env["ir.sequence"].sudo()  # sudo: users only take numbers
        for action in self:
            number = sequence.with_company(action.company_id).next_by_code(self._name)
            action._with_flow().number = number

    def _check_vals_allowed(self, vals):
        """Refuse values that only the steps of an action may set.

        :raises UserError: `vals` hold one
        """
        forbidden = FLOW_FIELDS & vals.keys()
        if forbidden:
            raise UserError(
                self.env._(
                    "“%(fields)s” is set by the steps of the action. Use its buttons.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(forbidden)
                    ),
                )
            )

    def _check_settled(self, vals):
        """Refuse to change what the check of the effect stands on.

        :raises UserError: an action was carried out or is closed
        """
        if self.env.su and vals.keys() == {"ticket_ids"}:
            return  # one of the tickets is merged, or its merge undone
        for action in self:
            names = SETTLED_FIELDS
            if action.state in CLOSED_STATES:
                names = vals.keys() - {"active", "message_follower_ids", "activity_ids"}
            if action.state != "open" and has_changed(action, vals, names):
                raise UserError(
                    self.env._(
                        "“%(action)s” was carried out or is closed, so this can no "
                        "longer be changed. Ask a supervisor to reopen it.",
                        action=action.display_name,
                    )
                )

    def _check_put_off(self, vals):
        """Refuse owners who put off their own due date.

        :raises UserError: the user owns an action and is no supervisor
        """
        due = fields.Date.to_date(vals.get("date_due"))
        if not due or self.env.su or self.env.user.has_group(SUPERVISOR):
            return
        for action in self:
            if action.user_id == self.env.user and due > action.date_due:
                raise UserError(
                    self.env._(
                        "“%(action)s” is yours, so somebody else decides whether it "
                        "may be put off. Ask a supervisor.",
                        action=action.display_name,
                    )
                )

    # -- independence -------------------------------------------------------

    def _get_kept_away(self):
        """Return the users who must have nothing to do with these actions."""
        # sudo: whom a complaint is about is known to few
        tickets = self.sudo().ticket_ids.filtered("is_confidential")
        return tickets.excluded_user_ids

    def _leave_out_kept_away(self):
        """Take those whom a complaint is about now away from what is done about it."""
        # sudo: whoever says whom it is about need not see the actions
        for action in self.sudo():
            action.message_unsubscribe(action._get_kept_away().partner_id.ids)
            action._sync_activities()

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail.thread` to leave out whom a complaint is about."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        kept_away = set(self._get_kept_away().partner_id.ids)
        return [data for data in recipients if data["id"] not in kept_away]
