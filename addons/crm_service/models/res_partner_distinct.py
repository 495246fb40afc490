# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models


class ResPartner(models.Model):
    """Customers that look the same, of whom somebody said that they are two."""

    _inherit = "res.partner"

    service_distinct_ids = fields.Many2many(
        "res.partner",
        "service_partner_distinct_rel",
        "partner_id",
        "distinct_id",
        "Not the Same As",
        copy=False,
        groups="crm_service.group_service_technician",
    )
    service_contact_point_ids = fields.One2many(
        "service.contact.point",
        "partner_id",
        "Other Phones and E-mails",
        groups="crm_service.group_service_technician",
    )
    service_merge_ids = fields.One2many(
        "service.partner.merge",
        "partner_id",
        "Merged Customers",
        groups="crm_service.group_service_technician",
    )

    def _get_service_distinct(self):
        """Return whom somebody told apart from these customers."""
        # sudo: staff alone may read it, everybody's suggestions respect it
        return self.sudo().service_distinct_ids.sudo(self.env.su)

    def _add_service_distinct(self, other):
        """Remember that this customer and `other` are two.

        :raises AccessError: the caller may not write on contacts
        """
        self.ensure_one()
        both = self | other
        both.check_access("write")
        self.service_distinct_ids |= other
        other.service_distinct_ids |= self

    def _get_service_likely(self):
        """Return customers that may be this one, as `service.ticket.partner_hints`.

        They are found as for a ticket with this customer's name, phone and e-mail.
        """
        self.ensure_one()
        tickets = self.env["service.ticket"]
        if not tickets.has_access("create"):
            return []
        ticket = tickets.new(
            {
                "company_id": (self.company_id or self.env.company).id,
                "partner_id": self.id,
                "partner_name": self.name,
                "partner_phone": self.phone,
                "partner_email": self.email,
            }
        )
        return ticket._get_partner_hints()
