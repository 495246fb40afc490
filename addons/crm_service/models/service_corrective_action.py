# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import (
    CORRECTIVE_KINDS,
    CORRECTIVE_STATES,
    EFFECT_DAYS,
    EFFECT_RESULTS,
)

TECHNICIAN = "crm_service.group_service_technician"


class ServiceCorrectiveAction(models.Model):
    """What is done so that a complaint does not come again, and whether it helped."""

    _name = "service.corrective.action"
    _description = "Corrective Action"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_due, id"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True
    _mail_post_access = "read"

    number = fields.Char(readonly=True, copy=False, index="trigram")
    name = fields.Char(
        "What Is to Be Done", required=True, index="trigram", tracking=True
    )
    description = fields.Html("Details")
    kind = fields.Selection(
        CORRECTIVE_KINDS,
        required=True,
        default="corrective",
        tracking=True,
        help="Corrective: the cause of what has happened is removed. Preventive: it "
        "cannot happen elsewhere either.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    ticket_ids = fields.Many2many(
        "service.ticket",
        "service_corrective_action_ticket_rel",
        "action_id",
        "ticket_id",
        "Complaints",
        copy=False,
        check_company=True,
        domain=[("category", "=", "complaint")],
    )
    ticket_count = fields.Integer("Number of Complaints", compute="_compute_counts")
    cause_ids = fields.Many2many(
        "service.complaint.cause",
        "service_corrective_action_cause_rel",
        "action_id",
        "cause_id",
        "Causes",
        check_company=True,
    )
    # -- who and when
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        index=True,
        check_company=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="restrict",
        tracking=True,
        help="Sees to it that it is done.",
    )
    date_due = fields.Date("Due", required=True, tracking=True)
    state = fields.Selection(
        CORRECTIVE_STATES,
        "Status",
        required=True,
        readonly=True,
        default="open",
        group_expand=True,
        tracking=True,
    )
    done_note = fields.Text("What Was Done", copy=False)
    done_at = fields.Datetime("Carried Out", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    # -- effect
    check_user_id = fields.Many2one(
        "res.users",
        "Effect Checked By",
        index="btree_not_null",
        check_company=True,
        domain=[("share", "=", False)],
        ondelete="restrict",
        tracking=True,
        help="Somebody else than the owner.",
    )
    check_date = fields.Date(
        "Check the Effect On",
        compute="_compute_check_date",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Late enough that the complaint could have come again.",
    )
    check_criterion = fields.Char(
        "Effective If", help="How to tell, such as: no such complaint in three months."
    )
    check_result = fields.Selection(
        EFFECT_RESULTS, "Result", readonly=True, copy=False, tracking=True
    )
    check_note = fields.Text("Finding", readonly=True, copy=False)
    checked_at = fields.Datetime("Checked On", readonly=True, copy=False)
    checked_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    round = fields.Integer(
        "Attempt",
        readonly=True,
        default=1,
        copy=False,
        help="An action without effect begins anew.",
    )
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)
    cancel_reason = fields.Text("Why It Was Dropped", readonly=True, copy=False)
    # -- reminders
    reminded_on = fields.Date("Last Reminder", readonly=True, copy=False)
    reminder_count = fields.Integer("Reminders", readonly=True, copy=False)
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_overdue", search="_search_is_overdue"
    )
    days_overdue = fields.Integer(compute="_compute_overdue")

    _due_idx = models.Index("(date_due) WHERE state = 'open' AND active IS TRUE")
    _check_idx = models.Index("(check_date) WHERE state = 'done' AND active IS TRUE")
    _number_unique = models.UniqueIndex(
        "(company_id, number) WHERE number IS NOT NULL",
        "Another corrective action has this number already.",
    )

    # -- values -------------------------------------------------------------

    @api.depends("ticket_ids")
    def _compute_company_id(self):
        for action in self:
            action.company_id = (
                action.company_id
                or action.ticket_ids[:1].company_id
                or self.env.company
            )

    @api.depends("date_due")
    def _compute_check_date(self):
        for action in self:
            due, check = action.date_due, action.check_date
            if due and (not check or check < due):
                action.check_date = due + timedelta(days=EFFECT_DAYS)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for action in self:
            words = (action.number, action.name)
            action.display_name = " · ".join(filter(None, words))

    @api.depends("ticket_ids")
    def _compute_counts(self):
        for action in self:
            action.ticket_count = len(action.ticket_ids)

    @api.depends("state", "date_due", "check_date")
    def _compute_overdue(self):
        today = fields.Date.context_today(self)
        for action in self:
            due = {"open": action.date_due, "done": action.check_date}.get(action.state)
            action.days_overdue = max((today - due).days, 0) if due else 0
            action.is_overdue = action.days_overdue > 0

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = self._get_overdue_domain(fields.Date.context_today(self))
        return overdue if True in value else ~overdue

    @api.model
    def _get_overdue_domain(self, today):
        """Return the domain of what should have been done before `today`."""
        return (Domain("state", "=", "open") & Domain("date_due", "<", today)) | (
            Domain("state", "=", "done") & Domain("check_date", "<", today)
        )

    # -- checks -------------------------------------------------------------

    @api.constrains("user_id", "check_user_id")
    def _check_people(self):
        for action in self:
            if action.check_user_id and action.check_user_id == action.user_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s owns “%(action)s” and cannot check its effect "
                        "too. Choose somebody else for the check.",
                        person=action.user_id.name,
                        action=action.display_name,
                    )
                )
            for person in action.user_id | action.check_user_id:
                if not person.has_group(TECHNICIAN) or not person.active:
                    raise ValidationError(
                        self.env._(
                            "%(person)s does not work with this service. Choose "
                            "somebody of its teams for “%(action)s”.",
                            person=person.name,
                            action=action.display_name,
                        )
                    )

    @api.constrains("user_id", "check_user_id", "ticket_ids")
    def _check_independent(self):
        for action in self:
            people = action.user_id | action.check_user_id
            kept_away = action._get_kept_away() & people
            if kept_away:
                raise ValidationError(
                    self.env._(
                        "%(people)s can neither own nor check “%(action)s”. Choose "
                        "somebody else.",
                        people=", ".join(kept_away.mapped("name")),
                        action=action.display_name,
                    )
                )

    @api.constrains("date_due", "check_date")
    def _check_dates(self):
        for action in self:
            if action.check_date and action.check_date < action.date_due:
                raise ValidationError(
                    self.env._(
                        "The effect of “%(action)s” can only be checked after it is "
                        "due. Choose a later day for the check.",
                        action=action.display_name,
                    )
                )
