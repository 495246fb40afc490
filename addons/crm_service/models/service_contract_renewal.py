# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..const import CONTRACT_BATCH_SIZE
from ..tools.contract_period import get_next_term
from .service_guard import without_defaults

RENEWAL_ACTIVITY = "crm_service.mail_activity_type_contract_renewal"
# What a renewal copies, beside its lines, balances, dates and price.
COPIED_FIELDS = (
    "partner_id",
    "company_id",
    "user_id",
    "template_id",
    "reference",
    "sla_policy_id",
    "note",
    "currency_id",
    "invoicing_period",
    "invoicing_moment",
    "index_id",
    "index_share",
    "index_cap",
    "renewal_mode",
    "remind_days",
)


class ServiceContract(models.Model):
    """How a contract goes on when it ends: reminders, and renewal in one click."""

    _inherit = "service.contract"

    renewal_id = fields.Many2one(
        "service.contract", compute="_compute_renewal_id", string="Renewed By"
    )
    is_ending = fields.Boolean(
        "Ends Soon",
        compute="_compute_is_ending",
        search="_search_is_ending",
        help="Not renewed yet, and its end is near enough to think of it.",
    )
    days_left = fields.Integer(compute="_compute_is_ending")

    @api.depends("renewed_by_ids.state")
    def _compute_renewal_id(self):
        for contract in self:
            contract.renewal_id = contract.renewed_by_ids.filtered(
                lambda renewal: renewal.state != "cancelled"
            )[:1]

    @api.depends("state", "covered_until", "remind_days", "renewed_by_ids.state")
    def _compute_is_ending(self):
        today = fields.Date.context_today(self)
        for contract in self:
            until = contract.covered_until
            contract.days_left = max((until - today).days + 1, 0) if until else 0
            contract.is_ending = (
                contract.state == "active"
                and contract.days_left <= contract.remind_days
                and not contract.renewal_id
            )

    def _search_is_ending(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        ending = Domain("id", "in", self._get_ending_sql(today))
        return ending if True in value else ~ending

    @api.model
    def _get_ending_sql(self, today):
        """Return the query of the ids of contracts that end soon, and go on nowhere."""
        self.flush_model(["state", "covered_until", "remind_days", "renewal_of_id"])
        return SQL(
            """(SELECT c.id FROM service_contract c
                WHERE c.state = 'active'
                AND c.covered_until - COALESCE(c.remind_days, 0) < %s
                AND NOT EXISTS (
                    SELECT FROM service_contract r
                    WHERE r.renewal_of_id = c.id AND r.state <> 'cancelled'))""",
            today,
        )

    # -- renewing -------------------------------------------------------------

    def action_renew(self):
        """Renew contracts: the same again, from the day after the end.

        The renewal is in force at once, for a term of the same length; its price
        follows the index. What is left of balances that carry over is added.

        :return: the action that opens the renewals
        :raises AccessError: the user is no supervisor
        :raises UserError: one is not in force, was renewed already, or a value of its
            index is missing
        """
        renewals = self._renew()
        renewals.action_activate()
        return renewals._get_open_action()

    def action_prepare_renewal(self):
        """Make the renewals as drafts, to change them before they come into force.

        :return: the action that opens the renewals
        :raises AccessError, UserError: as `action_renew`
        """
        return self._renew()._get_open_action()

    def _renew(self):
        """Return drafts of the renewals of these contracts."""
        self._ensure_may_manage()
        self._ensure_state(("active", "expired"))
        for contract in self:
            if contract.renewal_id:
                raise UserError(
                    self.env._(
                        "Contract “%(contract)s” was renewed already. Open its "
                        "renewal, “%(renewal)s”.",
                        contract=contract.display_name,
                        renewal=contract.renewal_id.display_name,
                    )
                )
        vals_list = [contract._prepare_renewal_vals() for contract in self]
        # a renewal that was cancelled just now is in nobody's way
        self.flush_model(["state"])
        renewals = without_defaults(self)._with_flow().create(vals_list)
        renewals = renewals.with_env(self.env)
        self._after_renew(renewals)
        return renewals

    def _prepare_renewal_vals(self):
        """Hook: return the values of the contract that follows this one.

        Extend it for other fields of yours.
        """
        self.ensure_one()
        start, stop = get_next_term(self.date_start, self.date_end)
        vals = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in COPIED_FIELDS
        }
        return {
            **vals,
            "renewal_of_id": self.id,
            "date_start": start,
            "date_end": stop,
            "price": self._get_indexed_price(start),
            "index_month": self.index_id and self._get_index_month(start),
            "line_ids": [Command.create(vals) for vals in self.line_ids._copy_vals()],
            "balance_ids": [
                Command.create(balance._prepare_renewal_vals())
                for balance in self.balance_ids
            ],
        }

    def _get_index_month(self, day):
        """Return the month whose index the price of `day` was taken from."""
        return self.index_id._get_value(day)[0]

    def _after_renew(self, renewals):
        """Hook: `renewals` were just made, one for each of these contracts in order.

        Extend it for what else goes on with a contract. Reminders are done.
        """
        # sudo: the activity may be of somebody else
        self.sudo().activity_feedback([RENEWAL_ACTIVITY], only_automated=False)

    def _get_open_action(self):
        """Return the action that opens these contracts."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_contract_action"
        )
        action["context"] = {}
        if len(self) == 1:
            return {
                **action,
                "view_mode": "form",
                "views": [(False, "form")],
                "res_id": self.id,
            }
        return {**action, "domain": [("id", "in", self.ids)]}

    def action_open_renewal(self):
        """Open the contract that follows this one."""
        self.ensure_one()
        self.check_access("read")
        return self.renewal_id._get_open_action()

    def action_open_predecessor(self):
        """Open the contract that this one renews."""
        self.ensure_one()
        self.check_access("read")
        return self.renewal_of_id._get_open_action()

    # -- the daily job ------------------------------------------------------------

    @api.model
    def _cron_contracts(self):
        """Renew or remind of what ends soon, and note what has ended."""
        for step in (self._renew_due, self._remind_due, self._expire_due):
            while count := step():
                if not self.env["ir.cron"]._commit_progress(count):
                    return

    @api.model
    def _renew_due(self):
        """Renew some contracts that renew themselves; return how many were tried."""
        today = fields.Date.context_today(self)
        due = self._get_due(today) & Domain("renewal_mode", "=", "automatic")
        due &= self._get_unreminded_domain(today)
        contracts = self.search(due, limit=CONTRACT_BATCH_SIZE).try_lock_for_update()
        for contract in contracts:
            contract._renew_or_ask(today)
        return len(contracts)

    def _renew_or_ask(self, today):
        """Renew this contract; ask somebody to do it if something is in the way."""
        self.ensure_one()
        self._with_flow().reminded_on = today
        try:
            with self.env.cr.savepoint():
                self._renew().action_activate()
        except UserError as error:
            self._remind(str(error))

    @api.model
    def _remind_due(self):
        """Remind people of some contracts that end soon; return how many."""
        today = fields.Date.context_today(self)
        due = self._get_due(today) & Domain("renewal_mode", "=", "remind")
        due &= self._get_unreminded_domain(today)
        contracts = self.search(due, limit=CONTRACT_BATCH_SIZE).try_lock_for_update()
        for contract in contracts:
            contract._with_flow().reminded_on = today
            contract._remind()
        return len(contracts)

    @api.model
    def _get_due(self, today):
        """Return the domain of contracts whose end is near."""
        return Domain("id", "in", self._get_ending_sql(today))

    @api.model
    def _get_unreminded_domain(self, today):
        """Return the domain of contracts that nobody was reminded of in their term."""
        return Domain("reminded_on", "=", False)

    def _remind(self, problem=None):
        """Give whoever is responsible an activity: the contract ends.

        :param str problem: why it could not be renewed
        """
        self.ensure_one()
        if self.activity_search([RENEWAL_ACTIVITY], only_automated=False):
            return
        person = self.user_id or self.create_uid
        self.activity_schedule(
            RENEWAL_ACTIVITY,
            date_deadline=max(
                self.covered_until - timedelta(days=self.remind_days // 2),
                fields.Date.context_today(self),
            ),
            summary=self.env._(
                "Ends on %(day)s: %(contract)s",
                day=format_date(self.env, self.covered_until),
                contract=self.display_name,
            ),
            note=problem,
            user_id=person.id,
        )

    @api.model
    def _expire_due(self):
        """Note that some contracts have ended; return how many."""
        today = fields.Date.context_today(self)
        contracts = self.search(
            [("state", "=", "active"), ("covered_until", "<", today)],
            limit=CONTRACT_BATCH_SIZE,
        ).try_lock_for_update()
        contracts._with_flow().write({"state": "expired"})
        return len(contracts)
