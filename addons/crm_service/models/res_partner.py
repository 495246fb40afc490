# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    service_ticket_ids = fields.One2many("service.ticket", "partner_id", "Tickets")
    service_ticket_count = fields.Integer(
        compute="_compute_service_ticket_count",
        groups="crm_service.group_service_technician",
    )

    _service_phone_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )
    _service_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )

    def _compute_service_ticket_count(self):
        """Count the tickets of each customer and of his contacts, in two queries."""
        self.service_ticket_count = 0
        partners = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        groups = self.env["service.ticket"]._read_group(
            [("partner_id", "in", partners.ids)], ["partner_id"], ["__count"]
        )
        own = set(self.ids)
        for partner, count in groups:
            while partner:
                if partner.id in own:
                    self.browse(partner.id).service_ticket_count += count
                partner = partner.parent_id

    def action_open_service_tickets(self):
        """Open the tickets of this customer and of his contacts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        action["domain"] = [("partner_id", "child_of", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action
