# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from .service_guard import has_changed
from .service_ticket import FLOW, FLOW_KEY

SUPERVISOR = "crm_service.group_service_supervisor"
# What only the buttons write.
FLOW_FIELDS = {
    "name",
    "state",
    "covered_until",
    "renewal_of_id",
    "reminded_on",
    "terminated_on",
    "terminated_by_id",
    "termination_reason",
}
# What was agreed: a supervisor changes it once the contract is in force.
TERMS = {
    "template_id",
    "partner_id",
    "company_id",
    "date_start",
    "date_end",
    "currency_id",
    "price",
    "invoicing_period",
    "invoicing_moment",
    "index_id",
    "index_month",
    "index_share",
    "index_cap",
    "sla_policy_id",
}
# What no longer changes once the contract is over.
ENDED_STATES = ("expired", "terminated", "cancelled")


class ServiceContract(models.Model):
    """How a contract comes into force and ends, and who may change what was agreed."""

    _inherit = "service.contract"

    may_manage = fields.Boolean(compute="_compute_may_manage")
    is_begun = fields.Boolean(compute="_compute_is_begun", compute_sudo=True)

    @api.depends_context("uid")
    def _compute_may_manage(self):
        self.may_manage = self._may_manage()

    @api.depends("ticket_ids", "usage_ids")
    def _compute_is_begun(self):
        for contract in self:
            contract.is_begun = bool(contract._origin) and contract._is_begun()

    @api.model
    def _may_manage(self):
        """Tell whether the user, or the system itself, decides on contracts."""
        return self.env.su or self.env.user.has_group(SUPERVISOR)

    def _is_flow(self):
        """Tell whether the buttons are at work: no caller can send that object."""
        return self.env.context.get(FLOW_KEY) is FLOW

    def _with_flow(self):
        """Return these contracts with the right to write what the buttons write."""
        return self.with_context(**{FLOW_KEY: FLOW})

    # -- create and write -----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to number contracts, which begin as drafts of their template."""
        if not self._is_flow():
            for vals in vals_list:
                self._check_begin(vals)
            keys = {f"default_{name}" for name in FLOW_FIELDS}
            context = {k: v for k, v in self.env.context.items() if k not in keys}
            # The whole context is replaced: a key can only be left out so.
            self = self.with_context(context)  # pylint: disable=context-overridden
        contracts = super().create([self._complete_vals(vals) for vals in vals_list])
        contracts._give_numbers()
        return contracts

    @api.model
    def _complete_vals(self, vals):
        """Return `vals` with the balances of the template, unless it names some.

        A renewal has those of the contract before, also if that has none.
        """
        if not vals.get("date_end", True):
            vals = {name: value for name, value in vals.items() if name != "date_end"}
        template = self.env["service.contract.template"].browse(vals.get("template_id"))
        has_own = vals.get("balance_ids") or vals.get("renewal_of_id")
        if not template or has_own:
            return vals
        rows = [Command.create(b._prepare_balance_vals()) for b in template.balance_ids]
        return {**vals, "balance_ids": rows}

    @api.model
    def _check_begin(self, vals):
        """Refuse new contracts that no button brought into force."""
        given = {name for name in FLOW_FIELDS - {"name"} if vals.get(name)}
        if given - {"state"} or vals.get("state", "draft") != "draft":
            raise UserError(self._get_button_text())

    def _give_numbers(self):
        """Number the contracts that have no number, each in its company."""
        for company, contracts in self.grouped("company_id").items():
            # sudo: who may write a contract may have it numbered
            sequence = self.env["ir.sequence"].sudo().with_company(company)
            for contract in contracts.filtered(lambda c: not c.name):
                number = sequence.next_by_code("service.contract")
                contract._with_flow().name = number

    def write(self, vals):
        """Override to let buttons change the state, and supervisors the terms."""
        if not self._is_flow():
            self._check_write(vals)
        result = super().write(vals)
        if {"state", "date_start", "date_end", "partner_id"} & vals.keys():
            self._check_overlap()
        if {"state", "sla_policy_id"} & vals.keys():
            self._sync_tickets_sla()
        return result

    def _check_write(self, vals):
        """Refuse what only buttons write, and terms that are settled.

        :raises UserError: by buttons only, or the contract is over
        :raises AccessError: the contract is in force and the user no supervisor
        """
        forbidden = FLOW_FIELDS & vals.keys() - {"name"}
        if forbidden and any(has_changed(c, vals, forbidden) for c in self):
            raise UserError(self._get_button_text())
        for contract in self.filtered(lambda c: c.state != "draft"):
            if has_changed(contract, vals, TERMS | {"name"}):
                contract._check_may_change_terms()

    def _check_may_change_terms(self):
        """Refuse to change what was agreed, unless a supervisor does while it lasts.

        :raises UserError: a contract is over
        :raises AccessError: it is in force and the user no supervisor
        """
        for contract in self.filtered(lambda c: c.state != "draft"):
            if contract.state in ENDED_STATES:
                raise UserError(
                    self.env._(
                        "Contract “%(contract)s” is over, so what was agreed stays. "
                        "Make a new one.",
                        contract=contract.display_name,
                    )
                )
            if not self._may_manage():
                raise AccessError(
                    self.env._(
                        "Contract “%(contract)s” is in force. Only supervisors change "
                        "what was agreed. Ask one of them.",
                        contract=contract.display_name,
                    )
                )

    def _ensure_keeps_rows(self, vals):
        """Refuse to move lines and balances of these contracts to another one.

        :param dict vals: what is to be written on them
        :raises UserError: it names another contract
        """
        if "contract_id" in vals and self.ids != [vals["contract_id"]]:
            raise UserError(
                self.env._(
                    "What a contract covers and grants stays with it. Add it to the "
                    "other contract anew."
                )
            )

    @api.model
    def _get_button_text(self):
        """Return what to tell whoever writes the state of a contract."""
        return self.env._(
            "A contract comes into force, is renewed and ends by its buttons. Leave "
            "its status out."
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        """Keep what was agreed."""
        for contract in self:
            if contract.state != "draft":
                raise UserError(
                    self.env._(
                        "Contract “%(contract)s” was in force, so it stays for the "
                        "record. Archive it instead.",
                        contract=contract.display_name,
                    )
                )

    # -- buttons --------------------------------------------------------------

    def _ensure_may_manage(self):
        """Refuse people who do not decide on contracts.

        :raises AccessError: the user is no supervisor
        """
        self.check_access("write")
        if not self._may_manage():
            raise AccessError(
                self.env._(
                    "Only supervisors bring contracts into force, renew and end them. "
                    "Ask one of them."
                )
            )

    def _ensure_state(self, states):
        """Refuse what the state of a contract does not allow.

        :raises UserError: one is in none of `states`
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for contract in self:
            if contract.state not in states:
                raise UserError(
                    self.env._(
                        "Contract “%(contract)s” has the status “%(state)s” already. "
                        "Reload the page.",
                        contract=contract.display_name,
                        state=labels[contract.state],
                    )
                )

    def action_activate(self):
        """Bring drafts into force; they cover what happens within their term.

        :raises AccessError: the user is no supervisor
        :raises UserError: one is no draft, covers nothing, or another contract covers
            the same unit, site or customer at the same time
        """
        self._ensure_may_manage()
        self._ensure_state(("draft",))
        for contract in self:
            if not contract.line_ids:
                raise UserError(
                    self.env._(
                        "Contract “%(contract)s” covers nothing yet. Add the units or "
                        "sites that it is for.",
                        contract=contract.display_name,
                    )
                )
        self._with_flow().write({"state": "active"})
        return True

    def action_cancel(self):
        """Drop contracts that nothing was used of yet.

        :raises AccessError: the user is no supervisor
        :raises UserError: one is over, or was used by a ticket
        """
        self._ensure_may_manage()
        self._ensure_state(("draft", "active"))
        for contract in self:
            if contract.state == "active" and contract._is_begun():
                raise UserError(
                    self.env._(
                        "Contract “%(contract)s” was used already. Terminate it, which "
                        "settles what is left.",
                        contract=contract.display_name,
                    )
                )
        self._with_flow().write({"state": "cancelled"})
        return True

    def action_draft(self):
        """Take contracts back that nothing was used of yet, to change them.

        :raises AccessError: the user is no supervisor
        :raises UserError: one is over, or was used by a ticket
        """
        self._ensure_may_manage()
        self._ensure_state(("active", "cancelled"))
        for contract in self:
            if contract._is_begun():
                raise UserError(
                    self.env._(
                        "Contract “%(contract)s” was used already, so it stays in "
                        "force. Supervisors can change its terms.",
                        contract=contract.display_name,
                    )
                )
        self._with_flow().write({"state": "draft"})
        return True

    def _sync_tickets_sla(self):
        """Bring the promises of open tickets in step with those of their contracts."""
        # sudo: the engine counts for everybody
        tickets = self.env["service.ticket"].sudo()
        tickets._sync_sla_of([("contract_id", "in", self.ids)])

    def _is_begun(self):
        """Hook: tell whether something was done by this contract that must stay.

        Extend it for what else hangs on it, such as invoices.
        """
        self.ensure_one()
        # sudo: all tickets count, whoever may see them
        contract = self.sudo().with_context(active_test=False)
        return bool(contract.ticket_ids or contract.usage_ids)
