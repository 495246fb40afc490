# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class ServiceTicket(models.Model):
    """Tickets and what they speak of belong to one company."""

    _inherit = "service.ticket"

    def _check_company(self, fnames=None):
        """Override to check with care only those that may be inconsistent.

        What belongs to the ticket's own company, or to none, is allowed by every
        rule of Odoo; its check reads and filters record by record, and took a tenth
        of the time of a new ticket.
        """
        names = [
            name
            for name, field in self._fields.items()
            if field.relational and field.check_company
        ]
        fits = {}  # tickets of one import share most of what they speak of
        doubtful = self.browse()
        for ticket in self.sudo():  # sudo: as the check itself reads them
            company, linked = ticket.company_id, [ticket[name] for name in names]
            for records in filter(None, linked):
                key = (company.id, records._name, records._ids)
                if key not in fits:
                    fits[key] = self._is_of_company(records, company)
                if not fits[key]:
                    doubtful |= ticket
                    break
        tickets = self.browse(doubtful.ids)
        return super(ServiceTicket, tickets)._check_company(fnames)

    @api.model
    def _is_of_company(self, records, company):
        """Tell whether all `records` belong to `company`, or to none.

        :param records: of a model that has `company_ids` (users) or `company_id`
        """
        if "company_ids" in records:
            return all(company in record.company_ids for record in records)
        return all(
            record.company_id in (company, company.browse()) for record in records
        )
