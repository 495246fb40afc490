# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

COST_PHASES = {"resolved": ("resolved", "closed"), "closed": ("closed",)}


class ServiceTicket(models.Model):
    """What warranty, contracts and goodwill bear is moved to their accounts, once."""

    _inherit = "service.ticket"

    cost_posting_ids = fields.One2many(
        "service.charge.posting",
        "ticket_id",
        groups="crm_service.group_service_supervisor,"
        "account.group_account_readonly,account.group_account_invoice",
    )
    cost_posting_count = fields.Integer(
        "Posted Cost",
        compute="_compute_cost_posting_count",
        groups="crm_service.group_service_supervisor,"
        "account.group_account_readonly,account.group_account_invoice",
    )

    @api.depends("cost_posting_ids")
    def _compute_cost_posting_count(self):
        for ticket in self:
            ticket.cost_posting_count = len(ticket.cost_posting_ids)

    # -- what is to be posted -------------------------------------------------

    def _get_internal_costs(self):
        """Return ``{ticket: {payer: {kind: cost}}}`` of what we bear ourselves.

        Costs are in the currency of the ticket's company.
        """
        # sudo: costs are kept from most people, who may set the posting going
        shares_sudo = self.env["service.charge.share"].sudo()
        groups = shares_sudo._read_group(
            [
                ("ticket_id", "in", self.ids),
                ("payer", "!=", "customer"),
                ("is_estimate", "=", False),
            ],
            ["ticket_id", "payer", "kind"],
            ["cost:sum"],
        )
        costs = {}
        for ticket, payer, kind, cost in groups:
            cost = ticket.company_id.currency_id.round(cost)
            if cost:
                owner = costs.setdefault(ticket.sudo(self.env.su), {})
                owner.setdefault(payer, {})[kind] = cost
        return costs

    def _get_standing_postings(self):
        """Return the postings that stand, in sudo mode."""
        # sudo: see `_get_internal_costs`
        postings_sudo = self.env["service.charge.posting"].sudo()
        return postings_sudo.search(
            [
                ("ticket_id", "in", self.ids),
                ("is_reversed", "=", False),
                ("reversed_posting_id", "=", False),
            ]
        )

    def _plan_cost_postings(self):
        """Return what is to be posted and taken back: a list of tuples.

        :return: ``[(ticket, payer, {kind: cost}, postings to take back)]``; what
            stands as it should is left out
        """
        self.env["service.charge.share"].flush_model()
        costs = self._get_internal_costs()
        standing = self._get_standing_postings().grouped(
            lambda posting: (posting.ticket_id, posting.payer)
        )
        plan = []
        for ticket in self:
            wanted = costs.get(ticket, {})
            payers = {payer for owner, payer in standing if owner == ticket.sudo()}
            for payer in sorted(payers | wanted.keys()):
                old = standing.get((ticket.sudo(), payer))
                amounts = wanted.get(payer, {})
                if not old:
                    old = self.env["service.charge.posting"].sudo()
                elif len(old) == 1 and old.amounts == amounts:
                    continue
                plan.append((ticket, payer, amounts, old))
        return plan

    # -- buttons --------------------------------------------------------------

    def _ensure_can_post_cost(self):
        """Refuse whoever may not post the cost of tickets.

        :raises AccessError: the user is neither supervisor nor accountant
        """
        self.check_access("read")
        accountant = self.env.user.has_group("account.group_account_invoice")
        if not (self._is_in_group("supervisor") or accountant):
            raise AccessError(
                self.env._(
                    "Supervisors and accountants post the cost of tickets. Ask one of "
                    "them."
                )
            )

    def action_post_costs(self):
        """Open the window that posts the cost of these tickets.

        :raises AccessError: the user is neither supervisor nor accountant
        """
        self._ensure_can_post_cost()
        return self._get_window(
            "service.charge.post",
            self.env._("Post Cost"),
            {"default_ticket_ids": [Command.set(self.ids)]},
        )

    def action_view_cost_postings(self):
        """Open what was posted of this ticket's cost."""
        self.ensure_one()
        self._ensure_can_post_cost()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "spare_parts_bridge.service_charge_posting_action"
        )
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": {}}

    # -- posting --------------------------------------------------------------

    def _post_costs(self, date):
        """Post what payers bear of these tickets, and take back what has changed.

        :param date: the day of the entries
        :return: the new `service.charge.posting`, in sudo mode
        :raises UserError: an account is missing, or the period is closed; nothing is
            written then
        """
        self._lock_billing()
        plan = self._plan_cost_postings()
        for company in self.company_id if plan else ():
            company._ensure_open_period(date, company._get_service_cost_journal())
        for ticket, payer, amounts, _old in plan:
            ticket._check_payer_accounts(payer, amounts)
        postings = self.env["service.charge.posting"].sudo()
        for ticket, payer, amounts, old in plan:
            postings |= old._take_back(date)
            if amounts:
                postings |= postings._post_cost(ticket, payer, amounts, date)
        return postings

    def _check_payer_accounts(self, payer, amounts):
        """Refuse to begin when an account is missing."""
        accounts = self.env["service.payer.account"]
        for kind in amounts:
            accounts._get_account(self.company_id, payer, kind)

    def _after_enter_stage(self):
        """Override of `_after_enter_stage` to post the cost of finished tickets."""
        result = super()._after_enter_stage()
        self._post_finished_costs()
        return result

    def _unmerge(self, target):
        """Override of `_unmerge` to post anew what is left on a finished ticket."""
        result = super()._unmerge(target)
        target._post_finished_costs()
        return result

    def _post_finished_costs(self):
        """Post the cost of those that have come so far."""
        for ticket in self:
            event = ticket.company_id.service_cost_event
            if ticket.phase in COST_PHASES.get(event, ()):
                ticket._post_costs_quietly()

    def _post_costs_quietly(self):
        """Post the cost; tell what is in the way, and hold nobody up."""
        try:
            with self.env.cr.savepoint():
                self._post_costs(fields.Date.context_today(self))
        except UserError as error:
            self._tell_not_posted(
                self.env._(
                    "The cost could not be posted: %(reason)s Mend it, then post it "
                    "on the page “Billing”.",
                    reason=error.args[0],
                )
            )
