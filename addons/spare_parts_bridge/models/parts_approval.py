from odoo import fields, models
from odoo.exceptions import AccessError

from ..const import APPROVAL_STATES


class PartsApproval(models.Model):
    """One step of a requisition's approval: decided by whom, when and why.

    Made at submission from the rules. A decided row is final: PostgreSQL refuses
    to change or delete it.
    """

    _name = "parts.approval"
    _description = "Parts Approval"
    _inherit = "parts.guarded.mixin"
    _order = "requisition_id, sequence, id"

    requisition_id = fields.Many2one(
        "parts.requisition", required=True, ondelete="cascade", index=True
    )
    rule_id = fields.Many2one("parts.approval.rule", ondelete="set null")
    name = fields.Char("Step", required=True, translate=True)
    sequence = fields.Integer(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, help="The company that decides."
    )
    group_id = fields.Many2one("res.groups", "Role", required=True)
    allowed_user_ids = fields.Many2many("res.users")
    state = fields.Selection(
        APPROVAL_STATES, default="waiting", required=True, index=True
    )
    user_id = fields.Many2one("res.users", "Decided by", index="btree_not_null")
    decided_at = fields.Datetime()
    comment = fields.Char("Why")
    amount = fields.Monetary("Value at Decision")
    currency_id = fields.Many2one(related="requisition_id.currency_id")

    _one_decision_a_step = models.Constraint(
        "UNIQUE(requisition_id, rule_id)",
        "This approval step is already part of the requisition.",
    )

    def init(self):
        """Make decided rows final."""
        self._make_append_only("OLD.state IN ('approved', 'rejected')")

    def _take_over_names(self):
        """Call the steps as their rules are called, in every language."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for step in self:
            rule = step.rule_id
            step.update_field_translations(
                "name", {lang: rule.with_context(lang=lang).name for lang in languages}
            )

    def _activate_next(self):
        """Open the next undecided step.

        :return: the step that is open now; empty when all steps are decided
        """
        undecided = self.filtered(lambda row: row.state in ("waiting", "pending"))
        following = undecided.sorted(lambda row: (row.sequence, row.id))[:1]
        if following.state == "waiting":
            following.state = "pending"
            following._notify_deciders()
        return following

    def _cancel_open(self):
        self.filtered(
            lambda row: row.state in ("waiting", "pending")
        ).state = "cancelled"
        self.requisition_id.activity_unlink(["spare_parts_bridge.activity_type_decide"])

    def _record(self, state, comment):
        """Write down the current user's decision."""
        self.requisition_id.activity_feedback(
            ["spare_parts_bridge.activity_type_decide"],
            feedback=comment or None,
        )
        self.write(
            {
                "state": state,
                "user_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "comment": comment or False,
                "amount": self.requisition_id.amount_total,
            }
        )

    # ------------------------------------------------------------------
    # Who may decide
    # ------------------------------------------------------------------

    def _get_deciders(self):
        """Return the users who may decide the step."""
        users = self.allowed_user_ids or self.group_id.all_user_ids
        return users.filtered(
            lambda user: user.active and not self._get_decision_obstacle(user)
        )

    def _get_decision_obstacle(self, user):
        """Return why ``user`` may not decide the step; empty when they may."""
        self.ensure_one()
        step_sudo, user_sudo = self.sudo(), user.sudo()
        requisition_sudo = step_sudo.requisition_id
        if user in (requisition_sudo.user_id | requisition_sudo.create_uid):
            return self.env._(
                "Nobody approves their own requisition. Ask another person with the "
                "role %(role)s.",
                role=step_sudo.group_id.name,
            )
        if (
            step_sudo.group_id not in user_sudo.all_group_ids
            or step_sudo.company_id not in user_sudo.company_ids
            or (step_sudo.allowed_user_ids and user not in step_sudo.allowed_user_ids)
        ):
            return self.env._(
                "The step %(step)s is decided by %(company)s (%(role)s). Ask one of "
                "them to decide.",
                step=step_sudo.name,
                company=step_sudo.company_id.name,
                role=step_sudo.group_id.name,
            )
        return ""

    def _ensure_may_decide(self):
        if obstacle := self._get_decision_obstacle(self.env.user):
            raise AccessError(obstacle)

    def _notify_deciders(self):
        """Give the first decider an activity; all of them become followers."""
        deciders = self._get_deciders()
        if not deciders:
            self.requisition_id._message_log(
                body=self.env._(
                    "Nobody can decide the step %(step)s: give the role %(role)s in "
                    "%(company)s to somebody.",
                    step=self.name,
                    role=self.group_id.name,
                    company=self.company_id.name,
                )
            )
            return
        self.requisition_id.activity_schedule(
            "spare_parts_bridge.activity_type_decide",
            summary=self.with_context(lang=deciders[:1].sudo().lang).name,
            user_id=deciders[:1].id,
        )
