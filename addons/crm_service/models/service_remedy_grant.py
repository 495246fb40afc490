# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..const import MONEY_KINDS
from .service_guard import has_changed
from .service_ticket import FLOW, FLOW_KEY

REMEDY_ACTIVITY = "crm_service.mail_activity_type_remedy"
# What only the buttons write.
GRANT_FIELDS = {
    "state",
    "granted_by_id",
    "granted_at",
    "done_at",
    "refusal",
    "asked_id",
}
# What stays as it was granted or refused.
TERMS = {"ticket_id", "kind", "amount", "currency_id"}
OPEN_STATES = ("sought", "proposed")


class ServiceRemedy(models.Model):
    """Who grants a remedy, up to which amount, and when it was done."""

    _inherit = "service.remedy"

    can_grant = fields.Boolean(compute="_compute_can_grant")

    @api.depends("kind", "amount", "currency_id", "state")
    @api.depends_context("uid")
    def _compute_can_grant(self):
        for remedy in self:
            is_open = remedy.state in OPEN_STATES
            remedy.can_grant = is_open and remedy._may_grant(self.env.user)

    @api.depends("kind", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for remedy in self:
            name = kinds.get(remedy.kind, "")
            if remedy.amount:
                amount = remedy.currency_id.format(remedy.amount)
                name = f"{name} {amount}"
            remedy.display_name = name

    # -- guards ---------------------------------------------------------------

    def _is_flow(self):
        """Tell whether the buttons are at work: no caller can send that object."""
        return self.env.context.get(FLOW_KEY) is FLOW

    def _with_flow(self):
        """Return these remedies with the right to write what the buttons write."""
        return self.with_context(**{FLOW_KEY: FLOW})

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let remedies begin as sought or proposed only."""
        if not self._is_flow():
            keys = {f"default_{name}" for name in GRANT_FIELDS}
            context = {k: v for k, v in self.env.context.items() if k not in keys}
            # The whole context is replaced: a key can only be left out so.
            self = self.with_context(context)  # pylint: disable=context-overridden
            for vals in vals_list:
                self._check_begin(vals)
        return super().create(vals_list)

    @api.model
    def _check_begin(self, vals):
        """Refuse new remedies that nobody granted by the button."""
        others = (GRANT_FIELDS - {"state"}) & vals.keys()
        given = {name for name in others if vals[name]}
        if given or vals.get("state", "sought") not in OPEN_STATES:
            raise UserError(self._get_button_text())

    def write(self, vals):
        """Override to let only the buttons grant, and to keep what was granted."""
        if not self._is_flow():
            if GRANT_FIELDS & vals.keys():
                raise UserError(self._get_button_text())
            for remedy in self:
                if remedy.state not in OPEN_STATES and has_changed(remedy, vals, TERMS):
                    raise UserError(
                        self.env._(
                            "“%(remedy)s” is decided already, so its terms stay. Add "
                            "another remedy.",
                            remedy=remedy.display_name,
                        )
                    )
        return super().write(vals)

    @api.model
    def _get_button_text(self):
        """Return what to tell whoever writes the state of a remedy."""
        return self.env._(
            "A remedy is granted, refused and done by its buttons, which check who "
            "may. Leave its state out."
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        """Keep what was decided."""
        for remedy in self:
            if remedy.state not in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "“%(remedy)s” is decided already, so it must stay.",
                        remedy=remedy.display_name,
                    )
                )

    def _ensure_state(self, states):
        """Refuse what the remedies' state does not allow.

        :raises UserError: one is in none of `states`
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for remedy in self:
            if remedy.state not in states:
                raise UserError(
                    self.env._(
                        "“%(remedy)s” has the state “%(state)s” already. Reload the "
                        "page.",
                        remedy=remedy.display_name,
                        state=labels[remedy.state],
                    )
                )

    @api.constrains("kind", "amount", "state")
    def _check_amount(self):
        for remedy in self:
            needs = remedy.kind in MONEY_KINDS and remedy.state not in (
                "sought",
                "refused",
            )
            if needs and not remedy.amount:
                raise ValidationError(
                    self.env._(
                        "Enter the amount of “%(remedy)s” before it is proposed or "
                        "granted.",
                        remedy=remedy.display_name,
                    )
                )

    # -- buttons --------------------------------------------------------------

    def action_propose(self):
        """Propose what the customer seeks."""
        self.check_access("write")
        self._ensure_state(("sought",))
        self._with_flow().write({"state": "proposed"})
        return True

    def action_grant(self):
        """Grant the remedies; what is beyond the user's limit is asked for instead.

        Nothing is lost then: the remedy stays proposed, and somebody who may grant
        it gets an activity.

        :return: True, or a notification that says who may grant it
        :raises UserError: one is decided already
        """
        self.check_access("write")
        self._lock_grants()
        self._ensure_state(OPEN_STATES)
        sentences = []
        for remedy in self:
            if remedy._may_grant(self.env.user):
                remedy._grant()
            else:
                sentences.append(remedy._ask_granter())
        if not sentences:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": "\n".join(sentences),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _lock_grants(self):
        """Let nobody else grant for these tickets meanwhile.

        The rows are written, not only locked: who comes second has counted without
        what the first one granted, fails to serialize, and Odoo calls it again.
        """
        if self.ticket_id:
            self.env.execute_query(
                SQL(
                    "UPDATE service_ticket SET id = id WHERE id IN %s RETURNING id",
                    tuple(self.ticket_id.ids),
                )
            )

    def _grant(self):
        """Note that the user grants these remedies."""
        self._with_flow().write(
            {
                "state": "granted",
                "granted_by_id": self.env.uid,
                "granted_at": fields.Datetime.now(),
            }
        )
        self._end_asking()
        for remedy in self:
            remedy.ticket_id._message_log(
                body=self.env._("Granted: %(remedy)s", remedy=remedy.display_name)
            )

    def _end_asking(self):
        """Take the activity from who was asked, unless more is to be decided."""
        for remedy in self.filtered("asked_id"):
            asked = remedy.asked_id
            others = remedy.ticket_id.remedy_ids.filtered(
                lambda r, who=asked: r.asked_id == who and r.state in OPEN_STATES
            )
            if not others:
                # sudo: the activity is of somebody else, perhaps
                remedy.ticket_id.sudo().activity_feedback(
                    [REMEDY_ACTIVITY], user_id=asked.id
                )

    def _refuse(self, reason):
        """Refuse the remedies.

        :param str reason: plain text, required
        :raises UserError: it is empty, or one is decided already
        """
        self.check_access("write")
        self._ensure_state(OPEN_STATES)
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it is refused: the customer will ask."))
        self._with_flow().write({"state": "refused", "refusal": reason})
        self._end_asking()

    def action_done(self):
        """Note that the customer has what was granted; the complaint may go on."""
        self.check_access("write")
        self._ensure_state(("granted",))
        self._with_flow().write({"state": "done", "done_at": fields.Datetime.now()})
        self.ticket_id._apply_automatic_routes()
        return True

    # -- limits ---------------------------------------------------------------

    def _get_value(self):
        """Return what counts against a limit, in the currency of the company.

        What was granted of this kind on the same ticket before counts as well, so
        that nobody grants a large sum in small ones. What is in a currency without
        a rate counts as endless.
        """
        # sudo: all that was granted counts, whoever granted it
        same = self.sudo().ticket_id.remedy_ids.filtered(
            lambda r: r.kind == self.kind and r.state in ("granted", "done")
        )
        company = self.company_id or self.ticket_id.company_id
        return sum(remedy._convert_amount(company) for remedy in same | self.sudo())

    def _convert_amount(self, company):
        """Return the amount in the currency of `company`; endless without a rate."""
        currency = self.currency_id
        rates = currency.rate_ids.filtered(
            lambda rate: rate.company_id in (rate.company_id.browse(), company.root_id)
        )
        if self.amount and currency != company.currency_id and not rates:
            return math.inf
        today = fields.Date.context_today(self)
        return currency._convert(self.amount, company.currency_id, company, today)

    def _may_grant(self, user):
        """Tell whether `user` may grant this remedy."""
        limits = self.env["service.remedy.limit"]
        company = self.company_id or self.ticket_id.company_id
        limit = limits._get_limit(user, company, self.kind)
        return limits._is_within(self._get_value(), limit, company)

    def _ensure_may_grant(self):
        """Refuse remedies beyond the user's limit.

        :raises UserError: with who may grant it
        """
        for remedy in self:
            if not remedy._may_grant(self.env.user):
                raise UserError(remedy._get_limit_text(remedy._find_granter()))

    def _find_granter(self):
        """Return who may grant this remedy: the team's leader if possible, or none."""
        # sudo: who may grant is told to whoever may not
        limits_sudo = self.env["service.remedy.limit"].sudo()
        ticket = self.ticket_id.sudo()
        people = limits_sudo._get_people(
            ticket.company_id, self.kind, self._get_value()
        )
        people -= ticket.excluded_user_ids
        leader = ticket.team_id.user_id
        return leader if leader in people else people[:1]

    def _get_limit_text(self, person):
        """Return the sentence that says who may grant this remedy."""
        if not person:
            return self.env._(
                "“%(remedy)s” is beyond your limit, and nobody may grant it. Ask the "
                "service manager for a higher remedy limit.",
                remedy=self.display_name,
            )
        return self.env._(
            "“%(remedy)s” is beyond your limit. %(person)s may grant it.",
            remedy=self.display_name,
            person=person.name,
        )

    def _ask_granter(self):
        """Propose the remedy and ask somebody who may grant it; return what is told."""
        person = self._find_granter()
        self._with_flow().write({"state": "proposed", "asked_id": person.id})
        text = self._get_limit_text(person)
        if not person:
            return text
        self.ticket_id.activity_schedule(
            REMEDY_ACTIVITY,
            summary=self.env._("Grant or refuse: %(remedy)s", remedy=self.display_name),
            user_id=person.id,
        )
        return self.env._(
            "%(limit)s It stays proposed, and %(person)s was asked.",
            limit=text,
            person=person.name,
        )
