# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class ServiceTicketLetterDocument(models.AbstractModel):
    """Letters of many complaints at once, as the process suggests them."""

    _name = "report.crm_service.service_ticket_letter_report"
    _description = "Complaint Letters on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the letter of each complaint in `docids`.

        :raises UserError: one is no complaint
        """
        tickets = self.env["service.ticket"].browse(docids)
        tickets.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": tickets._name,
            "docs": tickets,
            "letters": [ticket._prepare_letter() for ticket in tickets],
        }
