# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, models


class ServiceChargePosting(models.Model):
    """The journal entries of what payers bear."""

    _inherit = "service.charge.posting"

    @api.model
    def _post_cost(self, ticket, payer, amounts, date):
        """Post what one payer bears of a ticket. Called in superuser mode.

        :param dict amounts: ``{kind: cost}`` in the company's currency
        :return: the new posting
        """
        company = ticket.company_id
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "company_id": company.id,
                    "journal_id": company._get_service_cost_journal().id,
                    "date": date,
                    "ref": self._get_entry_reference(ticket, payer),
                    "line_ids": [
                        Command.create(vals)
                        for kind, amount in sorted(amounts.items())
                        for vals in self._prepare_cost_lines(
                            ticket, payer, kind, amount
                        )
                    ],
                }
            )
        )
        move._post(soft=False)
        return self._create_posting(ticket, payer, move, amounts=amounts)

    @api.model
    def _prepare_cost_lines(self, ticket, payer, kind, amount):
        """Return the two lines of an entry that move the cost to its payer."""
        account = self.env["service.payer.account"]._get_account(
            ticket.company_id, payer, kind
        )
        kinds = dict(account._fields["kind"]._description_selection(self.env))
        shared = {
            "name": f"{self._get_entry_reference(ticket, payer)}: {kinds[kind]}",
            "partner_id": ticket.partner_id.commercial_partner_id.id,
        }
        return [
            {
                **shared,
                "account_id": account.expense_account_id.id,
                "balance": amount,
                "analytic_distribution": account.analytic_distribution,
            },
            {
                **shared,
                "account_id": account.counter_account_id.id,
                "balance": -amount,
                "analytic_distribution": False,
            },
        ]

    @api.model
    def _get_entry_reference(self, ticket, payer):
        """Return what accountants read on the entry."""
        payers = dict(self._fields["payer"]._description_selection(self.env))
        return f"{ticket.number}, {payers[payer]}"

    def _take_back(self, date):
        """Reverse the entries of these postings; return the postings of it.

        Called in superuser mode.
        """
        taken = self.browse()
        for posting in self:
            move = posting.move_id._reverse_moves(
                [{"date": date, "ref": posting.move_id.ref}], cancel=True
            )
            taken |= self._create_posting(
                posting.ticket_id,
                posting.payer,
                move,
                amounts={kind: -cost for kind, cost in posting.amounts.items()},
                reversed_posting_id=posting.id,
            )
            posting.is_reversed = True
        return taken

    @api.model
    def _create_posting(self, ticket, payer, move, amounts, **values):
        """Write down that an entry was posted."""
        # the greatest, for rows come and go with merges
        earlier = self.search([("ticket_id", "=", ticket.id), ("payer", "=", payer)])
        numbers = [int(event.rpartition("/")[2]) for event in earlier.mapped("event")]
        number = max(numbers, default=0)
        return self.create(
            {
                "ticket_id": ticket.id,
                "company_id": ticket.company_id.id,
                "payer": payer,
                "event": f"{ticket.number}/{number + 1}",
                "amounts": amounts,
                "amount": sum(amounts.values()),
                "move_id": move.id,
                **values,
            }
        )
