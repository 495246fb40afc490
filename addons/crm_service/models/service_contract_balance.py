# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from fractions import Fraction

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import BALANCE_DIGITS
from ..tools.entitlement import NONE, WHOLE
from .service_contract_flow import FLOW, FLOW_KEY

# What follows from the tickets, and what a renewal brings along.
COUNTED_FIELDS = {"used", "overdrawn", "left", "carried", "carried_from_id"}


class ServiceContractBalance(models.Model):
    """What a contract grants in number: visits, hours or cases, and what is left."""

    _name = "service.contract.balance"
    _inherit = "service.contract.balance.mixin"
    _description = "Contract Balance"
    _order = "contract_id, sequence, id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "service.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(related="contract_id.partner_id")
    carried_from_id = fields.Many2one(
        "service.contract.balance",
        "Balance Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    carried_to_ids = fields.One2many("service.contract.balance", "carried_from_id")
    carried = fields.Float(
        "Carried Over",
        compute="_compute_carried",
        store=True,
        recursive=True,
        copy=False,
        help="What was left of the contract that was renewed.",
    )
    usage_ids = fields.One2many(
        "service.contract.usage", "balance_id", "Used By", readonly=True
    )
    used = fields.Float("Used So Far", compute="_compute_used", store=True)
    overdrawn = fields.Float(
        compute="_compute_used",
        store=True,
        help="Part of what was used: granted beyond the balance, by decision.",
    )
    left = fields.Float(compute="_compute_left", store=True, recursive=True)
    waiting_count = fields.Integer("To Decide", compute="_compute_waiting_count")

    # the last line of defence: only a decision leads under zero
    _never_under_zero = models.Constraint(
        "CHECK(COALESCE(used, 0) - COALESCE(overdrawn, 0) "
        "<= granted + COALESCE(carried, 0) + 0.00001)",
        "This balance is used up. A supervisor may decide to grant more.",
    )

    # -- values ---------------------------------------------------------------

    @api.depends("usage_ids.taken", "usage_ids.overdrawn")
    def _compute_used(self):
        groups = self.env["service.contract.usage"]._read_group(
            [("balance_id", "in", self.ids)],
            ["balance_id"],
            ["taken:sum", "overdrawn:sum"],
        )
        sums = {balance.id: (taken, over) for balance, taken, over in groups}
        for balance in self:
            taken, overdrawn = sums.get(balance._origin.id, (0.0, 0.0))
            balance.used = taken + overdrawn
            balance.overdrawn = overdrawn

    @api.depends("carried_from_id.left", "carried_from_id.is_carried_over")
    def _compute_carried(self):
        """Carry over what is left before; the contract before goes on until its end.

        What was used of it already stays, whatever comes in late before.
        """
        for balance in self:
            before = balance.carried_from_id
            gone = balance.used - balance.overdrawn - balance.granted
            left = before.left if before.is_carried_over else 0.0
            balance.carried = max(left, min(gone, balance.carried))

    @api.depends("granted", "carried", "used", "overdrawn")
    def _compute_left(self):
        for balance in self:
            taken = balance.used - balance.overdrawn
            balance.left = max(balance.granted + balance.carried - taken, 0.0)

    def _compute_waiting_count(self):
        groups = self.env["service.contract.usage"]._read_group(
            [("balance_id", "in", self.ids), ("state", "=", "waiting")],
            ["balance_id"],
            ["__count"],
        )
        counts = dict(groups)
        for balance in self:
            balance.waiting_count = counts.get(balance._origin, 0)

    @api.depends("kind", "contract_id.name", "left")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for balance in self:
            name = kinds.get(balance.kind)
            if balance._origin and balance.left <= 0:
                name = self.env._("%(balance)s (used up)", balance=name)
            words = (balance.contract_id.name, name)
            balance.display_name = " · ".join(filter(None, words))

    # -- guards ---------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override to count nothing that no ticket has used."""
        if not self._is_flow():
            for vals in vals_list:
                self._check_counted(vals)
            keys = {f"default_{name}" for name in COUNTED_FIELDS}
            context = {k: v for k, v in self.env.context.items() if k not in keys}
            # The whole context is replaced: a key can only be left out so.
            self = self.with_context(context)  # pylint: disable=context-overridden
        balances = super().create(vals_list)
        if not balances._is_flow():
            balances.contract_id._check_may_change_terms()
        return balances

    def write(self, vals):
        """Override to let only tickets use a balance; more of it serves who waits."""
        if self._is_flow():
            return super().write(vals)
        self._check_counted(vals)
        if set(vals) - {"sequence"}:
            self.contract_id._check_may_change_terms()
        self.contract_id._ensure_keeps_rows(vals)
        result = super().write(vals)
        if "granted" in vals:
            (self | self.carried_to_ids)._serve_waiting()
        return result

    @api.model
    def _check_counted(self, vals):
        """Refuse numbers that follow from the tickets."""
        if COUNTED_FIELDS & vals.keys():
            raise UserError(
                self.env._(
                    "What is used of a balance follows from the tickets. Change what "
                    "is granted, or decide on a ticket that waits."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep what tickets have used."""
        self.contract_id._check_may_change_terms()
        for balance in self:
            if balance.used:
                raise UserError(
                    self.env._(
                        "Tickets have used “%(balance)s”, so it must stay.",
                        balance=balance.display_name,
                    )
                )

    def _is_flow(self):
        """Tell whether the process is at work: no caller can send that object."""
        return self.env.context.get(FLOW_KEY) is FLOW

    def _with_flow(self):
        """Return these balances with the right to write what follows from tickets."""
        return self.with_context(**{FLOW_KEY: FLOW})

    def _lock(self):
        """Let nobody else use these balances meanwhile.

        The rows are written, not only locked: who comes second has counted without
        what the first one used, fails to serialize, and Odoo calls it again.
        """
        if self:
            self.flush_recordset()
            # in the order of the ids, so that two never wait for each other
            self.env.execute_query(
                SQL(
                    "UPDATE service_contract_balance SET id = id WHERE id IN ("
                    "SELECT id FROM service_contract_balance WHERE id IN %s "
                    "ORDER BY id FOR UPDATE) RETURNING id",
                    tuple(self.ids),
                )
            )

    # -- use ------------------------------------------------------------------

    def _put_usages(self, wanted):
        """Let tickets use this balance; what it does not have waits for a decision.

        What is given back is there for the others. Call `_lock` before.

        :param dict wanted: {`service.contract.usage`: quantity}
        """
        self.ensure_one()
        back = [usage for usage, quantity in wanted.items() if not quantity]
        self.env["service.contract.usage"].union(*back)._give_back()
        free = round(self.left, BALANCE_DIGITS)
        groups = {}
        for usage in sorted(wanted, key=lambda usage: usage.id):
            if wanted[usage]:
                vals = usage._prepare_use_vals(wanted[usage], free)
                free = round(free + usage.taken - vals["taken"], BALANCE_DIGITS)
                groups.setdefault(tuple(vals.items()), usage.browse())
                groups[tuple(vals.items())] |= usage
        for vals, usages in groups.items():
            usages._with_flow().write(dict(vals))
        tickets = self.env["service.ticket"].union(*(u.ticket_id for u in wanted))
        tickets._after_entitlement_change()

    def _serve_waiting(self):
        """Let tickets that wait for these balances have what there is now, in turn."""
        # sudo: the balance serves all tickets, whoever has given something back
        for balance in self.sudo():
            if balance.left > 0:
                waiting = balance.usage_ids.filtered(lambda u: u.state == "waiting")
                balance._put_usages({usage: usage.quantity for usage in waiting})

    def _prepare_renewal_vals(self):
        """Return the values of this balance in the contract that follows."""
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "kind": self.kind,
            "use_at": self.use_at,
            "type_ids": [Command.set(self.type_ids.ids)],
            "granted": self.granted,
            "is_carried_over": self.is_carried_over,
            "carried_from_id": self.id,
        }

    def _get_borne_part(self, ticket):
        """Return the part of what `ticket` needs that this balance bears, 0 to 1.

        :param ticket: `service.ticket`, or none for a case that is only asked about
        """
        self.ensure_one()
        if ticket and not ticket._may_use_balance(self):
            return WHOLE
        if not ticket and self.type_ids:
            return WHOLE
        usage = ticket.contract_usage_ids.filtered(
            lambda u: u.balance_id == self and u.state != "returned"
        )
        if usage and usage.quantity:
            had = Fraction(str(usage.taken)) + Fraction(str(usage.overdrawn))
            return min(had / Fraction(str(usage.quantity)), WHOLE)
        return WHOLE if self.left > 0 else NONE
