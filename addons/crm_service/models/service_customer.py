# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models

from .service_timeline import PAGE_SIZE


class ServiceCustomer(models.AbstractModel):
    """Everything about one customer on one page."""

    _name = "service.customer"
    _description = "Customer at a Glance"
    _inherit = "service.timeline"

    # -- for the page ---------------------------------------------------------

    @api.model
    @api.readonly
    def get_page(self, partner_id):
        """Return what a customer's page shows when it opens.

        :param int partner_id: id of `res.partner`
        :return: dict of `partner`, `sources` (kind, label, model, icon, count, whether
            it is `counted`, and the domain of its rows), `timeline` (see
            `get_timeline`), `may` (what the reader may do), `assets`, `contacts`,
            `points` (other phones and e-mails), `likely` (customers that may be the
            same) and `merged` (those that were)
        :raises AccessError: the caller is not of the service's staff, or may not read
            the customer
        """
        partner = self._get_partner(partner_id)
        self._plan_quickly()
        scope = self._get_scope(partner)
        sources = self._get_sources()
        return {
            "partner": self._prepare_partner(partner),
            "sources": self._prepare_sources(sources, scope, partner),
            "timeline": self._prepare_timeline(sources, scope),
            **self._prepare_beside(partner, scope),
        }

    @api.model
    @api.readonly
    def get_timeline(self, partner_id, kinds=None, after=None, limit=PAGE_SIZE):
        """Return a page of a customer's timeline, the latest row first.

        :param int partner_id: id of `res.partner`
        :param kinds: list of kinds of rows to show; none means all
        :param str after: `next` of the page before; none means the first page
        :param int limit: how many rows, 200 at most
        :return: dict of `entries` (kind, id, at as UTC text, title, text, badge,
            tone, who, amount) and `next`, False after the last row
        :raises AccessError: see `get_page`
        :raises ValidationError: `after` is no place in a timeline
        """
        partner = self._get_partner(partner_id)
        scope = self._get_scope(partner)
        return self._turn_page(self._get_sources(), scope, kinds, after, limit)

    # -- who asks for what ----------------------------------------------------

    @api.model
    def _get_partner(self, partner_id):
        """Return the customer, whom the caller may read."""
        self._check_staff()
        partner = self.env["res.partner"].browse(int(partner_id))
        partner.check_access("read")
        return partner

    @api.model
    def _get_scope(self, partner):
        """Return the ids of a customer and of all his contacts, archived ones too."""
        contacts = self.env["res.partner"].with_context(active_test=False)
        return contacts.search([("id", "child_of", partner.ids)])._ids
