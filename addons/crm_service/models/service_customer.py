# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from ..tools.customer_source import read_place

PAGE_SIZE = 40
MAX_PAGE_SIZE = 200


class ServiceCustomer(models.AbstractModel):
    """Everything about one customer on one page.

    Every row is searched for with the reader's own rights: what the record rules of
    a model keep from somebody is neither shown nor counted here. Each counter, and
    each page of the timeline, takes the same number of queries however much there is.
    """

    _name = "service.customer"
    _description = "Customer at a Glance"

    # -- for the page ---------------------------------------------------------

    @api.model
    @api.readonly
    def get_page(self, partner_id):
        """Return what a customer's page shows when it opens.

        :param int partner_id: id of `res.partner`
        :return: dict of `partner`, `sources` (kind, label, model, icon, count and the
            domain of its rows), `timeline` (see `get_timeline`), `may` (what the
            reader may do), `assets`, `contacts`, `points` (other phones and e-mails),
            `likely` (customers that may be the same) and `merged` (those that were)
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
        self._plan_quickly()
        sources = self._get_sources()
        place = after and self._read_place(after, sources)
        if kinds:
            sources = [source for source in sources if source.kind in kinds]
        limit = min(max(int(limit), 1), MAX_PAGE_SIZE)
        return self._prepare_timeline(sources, self._get_scope(partner), place, limit)

    # -- who asks for what ----------------------------------------------------

    @api.model
    def _get_partner(self, partner_id):
        """Return the customer, whom the caller may read."""
        if not self.env.user.has_group("crm_service.group_service_technician"):
            raise AccessError(
                self.env._(
                    "This page is for people of the service. Ask an administrator for "
                    "a role in Customer Service."
                )
            )
        partner = self.env["res.partner"].browse(int(partner_id))
        partner.check_access("read")
        return partner

    @api.model
    def _plan_quickly(self):
        """Have PostgreSQL run the long queries of this page as they are.

        To compile one takes it ten times as long as to answer it.
        """
        self.env.cr.execute("SET LOCAL jit = off")

    @api.model
    def _get_scope(self, partner):
        """Return the ids of a customer and of all his contacts, archived ones too."""
        contacts = self.env["res.partner"].with_context(active_test=False)
        return contacts.search([("id", "child_of", partner.ids)])._ids

    @api.model
    def _get_sources(self):
        """Return the sources whose model the caller may read, in their order."""
        sources = self.env["res.partner"]._get_service_sources()
        return sorted(
            (s for s in sources if self.env[s.model].has_access("read")),
            key=lambda source: (source.sequence, source.kind),
        )

    @api.model
    def _read_place(self, text, sources):
        """Return the place in the timeline that `text` speaks of."""
        try:
            return read_place(text, [source.kind for source in sources])
        except (ValueError, TypeError) as error:
            raise ValidationError(
                self.env._("The list has changed meanwhile. Load the page again.")
            ) from error
