# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models

from ..const import BALANCE_DIGITS, DONE_PHASES
from .service_contract_usage_flow import BALANCE_ACTIVITY


class ServiceTicket(models.Model):
    """What tickets use of their contracts' balances, kept in step with them.

    `_sync_contract_usage` may be called as often as one likes: a ticket has one row a
    balance, which says what it uses.
    """

    _inherit = "service.ticket"

    def _after_enter_stage(self):
        """Override of `service.ticket` to use balances, or to give back."""
        result = super()._after_enter_stage()
        # sudo: whoever moves the ticket
        self.sudo().filtered("contract_id")._sync_contract_usage()
        return result

    def write(self, vals):
        """Override to follow another contract, unit or type, and a merge."""
        names = {"contract_id", "asset_id", "site_id", "partner_id"}
        names |= {"merged_into_id", "type_id", "parent_id"}
        result = super().write(vals)
        if names & vals.keys():
            self._sync_contract_usage()
        return result

    def _sync_contract_usage(self):
        """Bring what these tickets use of balances in step with what they are now."""
        # sudo: the balance is used, whoever works on the ticket
        tickets = self.sudo()
        usages = self.env["service.contract.usage"].sudo()
        known = usages.search([("ticket_id", "in", tickets.ids)])
        if not known and not tickets.contract_id.balance_ids:
            return
        rows = {(u.ticket_id, u.balance_id): u for u in known}
        wanted = tickets._get_wanted_usage(rows)
        changed = [
            key
            for key in wanted.keys() | rows.keys()
            if _differs(wanted.get(key, 0.0), rows.get(key))
        ]
        if not changed:
            return
        balances = self.env["service.contract.balance"].sudo()
        balances = balances.union(*(balance for _ticket, balance in changed))
        # what is carried over from these is used and given back with them
        balances |= balances.carried_to_ids
        balances._lock()
        usages |= self._create_usages(key for key in changed if key not in rows)
        rows = {(u.ticket_id, u.balance_id): u for u in known | usages}
        for balance in balances:
            keys = [key for key in changed if key[1] == balance]
            balance._put_usages({rows[key]: wanted.get(key, 0.0) for key in keys})
        balances._serve_waiting()
        tickets._ask_for_balance()

    def _get_wanted_usage(self, rows):
        """Return {(ticket, balance): quantity} of what these tickets use.

        :param dict rows: {(ticket, balance): what is used already}
        """
        wanted = {}
        for ticket in self:
            for balance in ticket.contract_id.balance_ids:
                row = rows.get((ticket, balance))
                if ticket._uses_balance(balance, row):
                    quantity = ticket._get_balance_quantity(balance)
                    wanted[ticket, balance] = quantity
        return wanted

    def _uses_balance(self, balance, row):
        """Tell whether this ticket uses `balance` now.

        What was used when the ticket was resolved stays so if it is taken up again.
        """
        if self.phase == "cancelled" or self.merged_into_id:
            return False
        if not self._may_use_balance(balance):
            return False
        is_used = bool(row and row.state != "returned")
        return balance.use_at == "created" or is_used or self.phase in DONE_PHASES

    def _may_use_balance(self, balance):
        """Tell whether this ticket is one of those that use `balance`.

        A part of another ticket uses nothing: the whole does.
        """
        if self.parent_id:
            return False
        if balance.type_ids:
            return self.type_id in balance.type_ids
        return self.type_id.category == "request"

    def _get_balance_quantity(self, balance):
        """Hook: return how much of `balance` this ticket needs.

        One visit or case; how many hours it took is told by `_get_worked_hours`.
        Extend it for other ways of counting.
        """
        self.ensure_one()
        return self._get_worked_hours() if balance.kind == "hours" else 1.0

    def _get_worked_hours(self):
        """Return the hours of work that were noted on this ticket; no travel."""
        self.ensure_one()
        entries = self.time_entry_ids.filtered(lambda entry: entry.kind == "work")
        return round(sum(entries.mapped("hours")), BALANCE_DIGITS)

    @api.model
    def _create_usages(self, keys):
        """Create empty rows, for each (ticket, balance) of `keys`."""
        return self.env["service.contract.usage"].create(
            [{"ticket_id": t.id, "balance_id": b.id} for t, b in keys]
        )

    def _ask_for_balance(self):
        """Ask whoever is responsible for a contract to decide on what it lacks."""
        waiting = self.contract_usage_ids.filtered(lambda u: u.state == "waiting")
        for ticket in waiting.ticket_id:
            usage = waiting.filtered(lambda u, t=ticket: u.ticket_id == t)[:1]
            person = usage.contract_id.user_id
            if not person or not ticket._is_seen_by(person):
                person = ticket.team_id.user_id
            if not person or not ticket._is_seen_by(person):
                continue
            if ticket.activity_search([BALANCE_ACTIVITY]):
                continue
            ticket.activity_schedule(
                BALANCE_ACTIVITY,
                user_id=person.id,
                summary=self.env._(
                    "Decide: %(balance)s", balance=usage.balance_id.display_name
                ),
            )


def _differs(quantity, row):
    """Tell whether a row must be made or changed to use `quantity`."""
    if not row:
        return quantity > 0
    return row.quantity != quantity
