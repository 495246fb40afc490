# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.tools import SQL, html2plaintext

from .service_ticket_cost_posting import COST_PHASES


class ServiceTicket(models.Model):
    """What is charged, corrected or dropped after the end is posted in the night."""

    _inherit = "service.ticket"

    @api.model
    def _cron_post_late_costs(self):
        """Post the cost of finished tickets whose charges changed since."""
        cron = self.env["ir.cron"]
        for event, phases in COST_PHASES.items():
            late = self._get_late_costs(event, phases)
            for done, ticket in enumerate(late, 1):
                ticket.with_company(ticket.company_id)._post_costs_quietly()
                if not cron._commit_progress(1, remaining=len(late) - done):
                    return

    @api.model
    def _get_late_costs(self, event, phases):
        """Return the tickets whose posted cost is not what they cost us now.

        :param event: `service_cost_event` of the companies that are looked at
        :param phases: phases of tickets whose cost is posted there
        """
        self.env["service.charge.share"].flush_model()
        self.env["service.charge.posting"].flush_model()
        self.flush_model(["phase", "company_id"])
        # a cent is the rounding of each kind; the plan has the last word
        query = SQL(
            """
            SELECT ticket.id
              FROM (
                    SELECT ticket_id, payer, cost AS amount
                      FROM service_charge_share
                     WHERE payer != 'customer' AND is_estimate IS NOT TRUE
                     UNION ALL
                    SELECT ticket_id, payer, -amount FROM service_charge_posting
                   ) AS difference
              JOIN service_ticket ticket ON ticket.id = difference.ticket_id
              JOIN res_company company ON company.id = ticket.company_id
             WHERE company.service_cost_event = %(event)s
               AND ticket.phase IN %(phases)s
          GROUP BY ticket.id, difference.payer
            HAVING abs(sum(difference.amount)) > 0.01
            """,
            event=event,
            phases=tuple(phases),
        )
        tickets = self.browse({row[0] for row in self.env.execute_query(query)})
        return tickets.filtered(lambda ticket: ticket._plan_cost_postings())

    def _tell_not_posted(self, body):
        """Note that the cost could not be posted, unless that is the last word."""
        last = self.sudo().message_ids[:1]  # sudo: internal notes
        if html2plaintext(last.body or "").strip() != html2plaintext(body).strip():
            self._message_log(body=body)
