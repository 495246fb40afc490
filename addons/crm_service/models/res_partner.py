# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain

STAFF = "crm_service.group_service_technician"


class ResPartner(models.Model):
    """A customer: how many tickets and units there are, of all his contacts too."""

    _inherit = "res.partner"

    service_ticket_ids = fields.One2many("service.ticket", "partner_id", "Tickets")
    service_asset_ids = fields.One2many(
        "service.asset", "partner_id", "Installed Units", groups=STAFF
    )
    service_ticket_count = fields.Integer(
        "Number of Tickets", compute="_compute_service_ticket_counts", groups=STAFF
    )
    service_open_ticket_count = fields.Integer(
        "Open Tickets", compute="_compute_service_ticket_counts", groups=STAFF
    )
    service_complaint_count = fields.Integer(
        "Complaints", compute="_compute_service_ticket_counts", groups=STAFF
    )
    service_last_ticket_at = fields.Datetime(
        "Last Request", compute="_compute_service_ticket_counts", groups=STAFF
    )
    service_asset_count = fields.Integer(
        "Number of Units", compute="_compute_service_asset_count", groups=STAFF
    )

    _service_phone_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )
    _service_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )
    _service_name_idx = models.Index("USING gin (name gin_trgm_ops)")

    # -- counters -------------------------------------------------------------

    def _compute_service_ticket_counts(self):
        """Count tickets of customers and their contacts, in a query for all."""
        self.service_ticket_count = 0
        self.service_open_ticket_count = 0
        self.service_complaint_count = 0
        self.service_last_ticket_at = False
        complaints = self._get_complaint_type_ids()
        for partners, is_open, ticket_type, count, last in self._read_service_groups(
            "service.ticket",
            ["is_open", "type_id"],
            ["__count", "opened_at:max"],
        ):
            for partner in partners:
                partner.service_ticket_count += count
                partner.service_open_ticket_count += count if is_open else 0
                if ticket_type.id in complaints:
                    partner.service_complaint_count += count
                known = partner.service_last_ticket_at
                partner.service_last_ticket_at = max(known, last) if known else last

    def _compute_service_asset_count(self):
        """Count units of customers and their contacts, in a query for all."""
        self.service_asset_count = 0
        groups = self._read_service_groups("service.asset", [], ["__count"])
        for partners, count in groups:
            for partner in partners:
                partner.service_asset_count += count

    def _read_service_groups(self, model, groupby, aggregates, domain=Domain.TRUE):
        """Return rows of a model in groups, each with the customers it counts for.

        Rows of a contact count for the contact and for all customers above.

        :param str model: a model with `partner_id`
        :param groupby: more fields to group by
        :param aggregates: as of `_read_group`
        :param domain: which rows
        :return: list of (those of `self` that a group counts for, *group)
        """
        own = set(self.ids)
        contacts = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        groups = self.env[model]._read_group(
            domain & Domain("partner_id", "in", contacts.ids),
            ["partner_id", *groupby],
            aggregates,
        )
        above = {}
        for contact in contacts:
            chain, partner = [], contact
            while partner:
                if partner.id in own:
                    chain.append(partner.id)
                partner = partner.parent_id
            above[contact.id] = self.browse(chain)
        return [(above[partner.id], *group) for partner, *group in groups]

    @api.model
    def _get_complaint_type_ids(self):
        """Return the ids of the ticket types for complaints."""
        # sudo: only to tell which of the tickets that one may read are complaints
        types = self.env["service.ticket.type"].sudo()
        types = types.with_context(active_test=False)
        return set(types.search([("category", "=", "complaint")])._ids)

    def _get_service_address(self):
        """Return the address in one line."""
        lines = self._display_address(without_company=True).splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())

    # -- lists and pages ------------------------------------------------------

    def action_open_service_tickets(self):
        """Open the tickets of this customer and of his contacts."""
        return self._open_service_rows("crm_service.service_ticket_action")

    def action_open_service_assets(self):
        """Open the units of this customer and of his contacts."""
        return self._open_service_rows("crm_service.service_asset_action")

    def _open_service_rows(self, xmlid):
        """Return the action `xmlid`, for this customer and his contacts.

        :raises AccessError: the customer is not the caller's to read
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("partner_id", "child_of", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action

    def action_open_service_customer(self):
        """Open the page with everything about this customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.client"]._for_xml_id(
            "crm_service.service_customer_action"
        )
        action["context"] = {"active_id": self.id, "active_model": self._name}
        return action
