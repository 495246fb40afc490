# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import SLA_KINDS
from .service_condition_mixin import UNREADABLE
from .service_guard import has_changed

COUNTING_FIELDS = {
    "warning_percent",
    "calendar_id",
    "is_retroactive",
    *(f"has_{kind}" for kind, _label in SLA_KINDS),
    *(f"{kind}_hours" for kind, _label in SLA_KINDS),
}
# In the context while levels change together with their policy, see `Together`.
TOGETHER_KEY = "service_levels_together"


class Together:
    """Collects whether clocks must be counted anew for levels that change together.

    Proof is an object of this class, which no remote caller can send.
    """

    is_due = False


class ServiceSlaPolicy(models.Model):
    """What a policy must be like, and what follows when it changes."""

    _inherit = "service.sla.policy"

    problem = fields.Char(
        compute="_compute_problem", help="Why this policy never applies."
    )
    open_ticket_count = fields.Integer(
        "Open Tickets", compute="_compute_open_ticket_count"
    )

    @api.depends("sequence", "active", "type_ids", "team_ids", "domain", "company_id")
    def _compute_problem(self):
        for policy in self:
            policy.problem = policy.active and policy._get_never_message()

    def _compute_open_ticket_count(self):
        groups = self.env["service.ticket"]._read_group(
            [("sla_policy_id", "in", self.ids), ("is_open", "=", True)],
            ["sla_policy_id"],
            ["__count"],
        )
        counts = {policy.id: count for policy, count in groups}
        for policy in self:
            policy.open_ticket_count = counts.get(policy.id, 0)

    # -- checks ---------------------------------------------------------------

    @api.constrains(
        *(f"has_{kind}" for kind, _label in SLA_KINDS),
        *(f"{kind}_hours" for kind, _label in SLA_KINDS),
    )
    def _check_targets(self):
        for policy in self:
            for kind, label in policy._get_kind_labels():
                if policy[f"has_{kind}"] and round(policy[f"{kind}_hours"] * 3600) <= 0:
                    raise ValidationError(
                        self.env._(
                            "“%(policy)s” promises “%(kind)s” within no time at all. "
                            "Enter more than zero working hours, or take the promise "
                            "out.",
                            policy=policy.name,
                            kind=label,
                        )
                    )

    @api.constrains("escalation_ids", *(f"has_{kind}" for kind, _label in SLA_KINDS))
    def _check_levels(self):
        for policy in self:
            for level in policy.escalation_ids.filtered("active"):
                if level.trigger != "safety" and not policy[f"has_{level.kind}"]:
                    raise ValidationError(
                        self.env._(
                            "The level “%(level)s” can never be due: “%(policy)s” "
                            "does not promise what it watches. Add the promise, or "
                            "take the level out.",
                            level=level.name,
                            policy=policy.name,
                        )
                    )

    @api.model
    def _get_kind_labels(self):
        """Return (kind, label in the reader's language) of the promises."""
        return self.env["service.sla"]._fields["kind"]._description_selection(self.env)

    @api.constrains("warning_percent")
    def _check_warning(self):
        for policy in self:
            if not 0 <= policy.warning_percent < 100:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” must warn between 1 and 99 percent of the "
                        "target; 0 means no warning.",
                        policy=policy.name,
                    )
                )

    @api.constrains("quiet_from", "quiet_to", "has_quiet_hours")
    def _check_quiet_hours(self):
        for policy in self.filtered("has_quiet_hours"):
            hours = (policy.quiet_from, policy.quiet_to)
            if hours[0] == hours[1] or not all(0 <= hour <= 24 for hour in hours):
                raise ValidationError(
                    self.env._(
                        "The quiet hours of “%(policy)s” must begin and end at two "
                        "different times of day, between 0:00 and 24:00.",
                        policy=policy.name,
                    )
                )

    @api.constrains("calendar_id")
    def _check_calendar(self):
        for policy in self:
            policy.calendar_id._check_has_hours(policy.name)

    @api.constrains("domain")
    def _check_domain(self):
        for policy in self:
            try:
                policy._try_domain()
            except UNREADABLE as error:
                raise ValidationError(
                    self.env._(
                        "The further condition of “%(policy)s” cannot be read: "
                        "%(error)s. Set it again with the editor.",
                        policy=policy.name,
                        error=error,
                    )
                ) from error

    @api.constrains(
        "sequence",
        "active",
        "company_id",
        "type_ids",
        "priority_min",
        "priority_max",
        "partner_ids",
        "partner_category_ids",
        "team_ids",
        "product_category_ids",
        "segment_ids",
        "domain",
    )
    def _check_can_apply(self):
        self._check_domain()
        for policy in self.filtered("active"):
            message = policy._get_never_message()
            if message:
                raise ValidationError(message)

    def _get_never_message(self):
        """Return why no ticket can ever get this policy, or nothing if some can."""
        self.ensure_one()
        if (self.priority_min or "0") > (self.priority_max or "9"):
            return self.env._(
                "“%(policy)s” can never apply: no priority is from “%(low)s” to "
                "“%(high)s”. Change places of the two.",
                policy=self.name,
                low=self._get_label("priority_min"),
                high=self._get_label("priority_max"),
            )
        if self._get_domain().optimize_full(self.env["service.ticket"]).is_false():
            return self.env._(
                "“%(policy)s” can never apply: no ticket can fit its further "
                "condition. Change the condition.",
                policy=self.name,
            )
        return self._get_misfit_message() or self._get_shadowed_message()

    def _get_label(self, name):
        """Return the label of this record's value in the selection `name`."""
        return dict(self._fields[name]._description_selection(self.env)).get(self[name])

    def _get_misfit_message(self):
        """Return the sentence for types and teams that never come together."""
        every = self.with_context(active_test=False)
        types = every.type_ids.filtered("active")
        teams = every.team_ids.filtered("active")
        if (every.type_ids and not types) or (every.team_ids and not teams):
            return self.env._(
                "“%(policy)s” can never apply: its ticket types or its teams are all "
                "archived. Choose some that are in use.",
                policy=self.name,
            )
        pairs = [
            {kind.company_id.id, team.company_id.id, self.company_id.id} - {False}
            for kind in types or [self.env["service.ticket.type"]]
            for team in teams or [self.env["service.team"]]
        ]
        if all(len(companies) > 1 for companies in pairs):
            return self.env._(
                "“%(policy)s” can never apply: its ticket types and its teams belong "
                "to different companies. Choose those of one company.",
                policy=self.name,
            )
        return ""

    def _get_shadowed_message(self):
        """Return the sentence for a policy that an earlier one leaves no ticket."""
        # sudo: a policy of another company matters only if it covers this one
        others = self.sudo().search(self._get_competing_domain())
        mine, place = self.sudo()._prepare_criteria(), (self.sequence, self._origin.id)
        for other in others:
            earlier = (other.sequence, other.id) < place
            if earlier and other._prepare_criteria().covers(mine):
                return self.env._(
                    "“%(policy)s” can never apply: “%(other)s” comes before it and "
                    "fits every ticket that it fits. Put “%(policy)s” first, or "
                    "narrow “%(other)s”.",
                    policy=self.name,
                    other=other.name,
                )
        return ""

    def _get_competing_domain(self):
        """Hook: return the domain of the policies that tickets may get instead.

        Extend it for policies that no ticket is looked for.
        """
        return [("id", "!=", self._origin.id)]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep policies that promises were made by; they can be archived."""
        # sudo: promises of other companies count too
        used = (
            self.env["service.sla"]
            .sudo()
            .search([("policy_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Promises to customers were made by “%(policy)s”, so it must stay. "
                    "Archive it instead of deleting it.",
                    policy=used.policy_id.name,
                )
            )

    # -- what follows ---------------------------------------------------------

    @api.model
    def _complete_promises(self, vals):
        """Promise what a target is given for, unless `vals` says otherwise."""
        for kind, _label in SLA_KINDS:
            hours = vals.get(f"{kind}_hours")
            if hours is not None and hours is not False:
                vals.setdefault(f"has_{kind}", True)
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        """Override to promise what a target is given for, and forget old rules."""
        policies = super().create(
            [self._complete_promises(dict(vals)) for vals in vals_list]
        )
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        """Override to count open promises anew when their terms change."""
        vals = self._complete_promises(dict(vals))
        recount = any(has_changed(policy, vals, COUNTING_FIELDS) for policy in self)
        together = Together()
        levels = self.with_context(**{TOGETHER_KEY: together})
        result = super(ServiceSlaPolicy, levels).write(vals)
        self._forget_rules(recount=recount)
        if together.is_due and not recount:
            self._recount_levels()
        return result

    def unlink(self):
        """Override to forget old rules."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _forget_rules(self, recount=True):
        """Forget the remembered rules, and bring the clocks in step with the new ones.

        :param bool recount: whether the clocks of open tickets may have changed
        """
        self.env.flush_all()
        self.env.registry.clear_cache()
        if not recount:
            return
        # sudo: the engine counts for everybody
        tickets = self.env["service.ticket"].sudo()
        tickets._sync_sla_of([("sla_policy_id", "in", self.ids)])

    def _recount_levels(self):
        """Forget the remembered levels, and count anew when the next one is due."""
        if not self:
            return
        together = self.env.context.get(TOGETHER_KEY)
        if isinstance(together, Together):
            together.is_due = True
            return
        self._forget_rules(recount=False)
        # sudo: the engine counts for everybody
        self.env["service.sla"].sudo()._recount_open(
            Domain("policy_id", "in", self.ids)
        )

    def action_apply(self):
        """Choose the promise of every open ticket anew, as the policies are now."""
        self.check_access("write")
        # sudo: as above; the user may write policies
        tickets = self.env["service.ticket"].sudo()
        tickets._sync_sla_of([("company_id", "in", self.env.companies.ids)])
        return True

    def action_open_tickets(self):
        """Open the tickets that this policy applies to."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        action["domain"] = [("sla_policy_id", "=", self.id)]
        return action
