# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError

from .service_contract_find import get_local_day

STAFF = "crm_service.group_service_technician"


class ServiceTicket(models.Model):
    """The contract of a ticket: found by unit, site or customer when it is made."""

    _inherit = "service.ticket"

    contract_id = fields.Many2one(
        "service.contract",
        compute="_compute_contract_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        groups=STAFF,
        help="What covers the unit, its site or its customer on the day of the "
        "request. It follows the unit; choose another one if it does not fit.",
    )
    contract_usage_ids = fields.One2many(
        "service.contract.usage",
        "ticket_id",
        "Used of Contracts",
        readonly=True,
        groups=STAFF,
    )

    @api.depends("asset_id", "site_id", "partner_id")
    def _compute_contract_id(self):
        """Find the contracts of all tickets together."""
        found = self._find_contracts()
        for ticket in self:
            ticket.contract_id = found.get(ticket.id)

    def _find_contracts(self):
        """Return {ticket id: contract} of the tickets that a contract covers."""
        lines = self.env["service.contract.line"]
        # sudo: what covers a ticket does not depend on who writes it down
        tickets = [t for t in self.sudo() if t.asset_id or t.site_id or t.partner_id]
        cases = [ticket._prepare_contract_facts() for ticket in tickets]
        found = lines._find_lines(cases)
        return {
            ticket.id: line.contract_id
            for ticket, line in zip(tickets, found, strict=True)
            if line
        }

    def _prepare_contract_facts(self):
        """Return the Facts by which the contract of this ticket is found."""
        company = self.company_id
        return self.env["service.contract.line"]._prepare_facts(
            company,
            get_local_day(self.opened_at, company),
            asset=self.asset_id,
            site=self.site_id,
            partner=self.partner_id,
        )

    # -- promises -------------------------------------------------------------

    def _get_own_sla_policies(self):
        """Override of `service.ticket` to bring the promises of contracts."""
        found = super()._get_own_sla_policies()
        # sudo: what is promised does not depend on who writes the request down
        for ticket in self.sudo():
            policy = ticket.contract_id.sla_policy_id
            if policy:
                found[ticket.id] = policy.id
        return found

    @api.model
    def _get_sla_fields(self):
        """Override of `service.ticket`: another contract, another promise."""
        return super()._get_sla_fields() | {"contract_id", "site_id"}

    def _get_sla_policy_reason(self):
        """Override of `service.ticket` to name the contract that promises it."""
        # sudo: only the number is told
        ticket = self.sudo()
        policy = ticket.sla_policy_id
        if not policy or ticket.contract_id.sla_policy_id != policy:
            return super()._get_sla_policy_reason()
        return self.env._(
            "“%(policy)s” is promised by contract %(contract)s.",
            policy=policy.name,
            contract=ticket.contract_id.name,
        )

    # -- by hand --------------------------------------------------------------

    def write(self, vals):
        """Override to let agents alone choose another contract.

        :raises AccessError: the user is no agent
        """
        if "contract_id" in vals and not self._is_flow():
            if not self._is_in_group("agent") and any(
                t.contract_id.id != (vals["contract_id"] or False) for t in self
            ):
                raise AccessError(
                    self.env._(
                        "Only agents and supervisors choose the contract of a ticket, "
                        "because it decides who pays. Ask one of them."
                    )
                )
        return super().write(vals)
