# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_duration

from ..const import ESCALATION_TRIGGERS, PRIORITIES, SLA_KINDS
from .service_guard import has_changed
from .service_sla_policy_match import Level

# What decides on when a level is due, and for which clocks.
DUE_FIELDS = {
    "active",
    "kind",
    "overdue_hours",
    "policy_id",
    "share_percent",
    "trigger",
}

ACTIONS = (
    "notify_user",
    "notify_leader",
    "notify_user_ids",
    "priority",
    "team_id",
    "user_id",
    "activity_type_id",
    "mail_template_id",
)


class ServiceEscalation(models.Model):
    """A level of a promise: when to step in, and what to do then."""

    _name = "service.escalation"
    _description = "Escalation Level"
    _order = "policy_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one(
        "service.sla.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # -- when
    kind = fields.Selection(SLA_KINDS, "Promise", required=True, default="resolution")
    trigger = fields.Selection(
        ESCALATION_TRIGGERS, "When", required=True, default="share"
    )
    share_percent = fields.Integer("Share of the Target", default=100)
    overdue_hours = fields.Float(
        "Overdue By", default=1.0, help="Working hours beyond the target."
    )
    # -- what
    notify_user = fields.Boolean("Tell the Responsible Person")
    notify_leader = fields.Boolean("Tell the Team Leader")
    notify_user_ids = fields.Many2many(
        "res.users",
        "service_escalation_user_rel",
        "escalation_id",
        "user_id",
        "Tell Others",
        domain=[("share", "=", False)],
    )
    priority = fields.Selection(PRIORITIES, "Raise Priority To")
    team_id = fields.Many2one(
        "service.team", "Hand to Team", check_company=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users",
        "Hand to Person",
        domain=[("share", "=", False)],
        check_company=True,
        ondelete="restrict",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type", "Schedule Activity", ondelete="restrict"
    )
    activity_summary = fields.Char(translate=True)
    activity_user_id = fields.Many2one(
        "res.users",
        "Activity For",
        domain=[("share", "=", False)],
        ondelete="restrict",
        help="Empty: the responsible person, else the team leader.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        "Apology to the Customer",
        domain=[("model", "=", "service.ticket")],
        ondelete="restrict",
    )
    promise_hours = fields.Float(
        "New Promise Within",
        help="Working hours from the apology in which the customer may expect it.",
    )

    when_text = fields.Char(compute="_compute_texts")
    action_text = fields.Char(compute="_compute_texts")

    @api.depends("trigger", "share_percent", "overdue_hours", *ACTIONS)
    @api.depends_context("lang")
    def _compute_texts(self):
        for level in self:
            level.when_text = level._get_when_text()
            level.action_text = " · ".join(
                level._fields[name]._description_string(self.env)
                for name in ACTIONS
                if level[name]
            )

    def _get_when_text(self):
        """Return when this level is due, for people."""
        if self.trigger == "share":
            return self.env._("%(share)s %% used", share=self.share_percent)
        if self.trigger == "safety":
            return self.env._("a safety risk is seen")
        return self.env._(
            "overdue by %(hours)s", hours=format_duration(self.overdue_hours)
        )

    def _prepare_level(self):
        """Return when this level is due, as a `Level`."""
        self.ensure_one()
        if self.trigger == "share":
            return Level(self.id, self.share_percent, 0)
        return Level(self.id, 100, round(self.overdue_hours * 3600))

    # -- checks ---------------------------------------------------------------

    @api.constrains("trigger", "share_percent", "overdue_hours")
    def _check_when(self):
        for level in self:
            if level.trigger == "share" and level.share_percent <= 0:
                message = self.env._(
                    "The level “%(level)s” is due before the promise is made. Enter "
                    "more than 0 percent of the target.",
                    level=level.name,
                )
            elif level.trigger == "overdue" and level.overdue_hours <= 0:
                message = self.env._(
                    "The level “%(level)s” is due before the promise is broken. Enter "
                    "more than zero working hours, or a share of the target.",
                    level=level.name,
                )
            else:
                continue
            raise ValidationError(message)

    @api.constrains("kind", "policy_id")
    def _check_kind(self):
        self.policy_id._check_levels()

    @api.constrains("name", *ACTIONS, "promise_hours")
    def _check_actions(self):
        for level in self:
            if not any(level[name] for name in ACTIONS):
                raise ValidationError(
                    self.env._(
                        "The level “%(level)s” does nothing. Choose whom to tell or "
                        "what to do.",
                        level=level.name,
                    )
                )
            if level.promise_hours < 0:
                raise ValidationError(
                    self.env._(
                        "The new promise of the level “%(level)s” lies in the past. "
                        "Enter more than zero working hours, or none.",
                        level=level.name,
                    )
                )

    @api.constrains("mail_template_id")
    def _check_mail_template(self):
        for level in self.filtered("mail_template_id"):
            # sudo: managers of the service need not be able to read templates
            if level.mail_template_id.sudo().model != "service.ticket":
                raise ValidationError(
                    self.env._(
                        "The apology of the level “%(level)s” must be a template for "
                        "tickets. Choose another one.",
                        level=level.name,
                    )
                )

    @api.constrains("user_id", "team_id")
    def _check_member(self):
        for level in self.filtered("user_id"):
            if level.team_id.member_ids and level.user_id not in (
                level.team_id.member_ids | level.team_id.user_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s is not in the team “%(team)s”. Choose one of the "
                        "team, or nobody.",
                        user=level.user_id.name,
                        team=level.team_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep levels that were fired: tickets show them. They can be archived."""
        # sudo: tickets of other companies count too
        used = (
            self.env["service.escalation.event"]
            .sudo()
            .search([("escalation_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Tickets came to the level “%(level)s”, so it must stay. Archive "
                    "it instead of deleting it.",
                    level=used.escalation_id.name,
                )
            )

    # -- what follows ---------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let open clocks know the new levels."""
        levels = super().create(vals_list)
        levels.policy_id._recount_levels()
        return levels

    def write(self, vals):
        """Override to let open clocks know the changed levels."""
        changed = self.filtered(lambda level: has_changed(level, vals, DUE_FIELDS))
        policies = changed.policy_id
        result = super().write(vals)
        (policies | changed.policy_id)._recount_levels()
        return result

    def unlink(self):
        """Override to let open clocks forget the levels."""
        policies = self.policy_id
        result = super().unlink()
        policies._recount_levels()
        return result
