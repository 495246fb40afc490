from odoo import api, fields, models
from odoo.fields import Domain


class StockWarehouseSources(models.Model):
    """Choosing a source warehouse that belongs to another company."""

    _inherit = "stock.warehouse"

    requesting_warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Requested by",
        store=False,
        search="_search_requesting_warehouse_id",
        help="For domains: warehouses that this one may ask for parts.",
    )

    def _get_requisition_sources(self):
        """Return the warehouses that these may ask for parts.

        Those that were chosen on the warehouse; when none was, the other warehouses
        of its company, and those of companies that have set transfer prices. To be
        called in superuser mode, as sources belong to other companies.
        """
        sources = self.requisition_source_ids
        for warehouse in self.filtered(lambda row: not row.requisition_source_ids):
            sources |= self.search(
                Domain("id", "!=", warehouse.id)
                & (
                    Domain("company_id", "=", warehouse.company_id.id)
                    | Domain("company_id.transfer_pricelist_id.item_ids", "!=", False)
                )
            )
        return sources

    @api.model
    def _search_requesting_warehouse_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        requesters_sudo = self.sudo().browse(filter(None, value))
        sources_sudo = requesters_sudo._get_requisition_sources()
        return [("id", "in", sources_sudo.ids)]

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Override of `name_search` to offer sources of other companies.

        Their warehouses are hidden from the person who asks for parts. With
        ``requesting_warehouse_id`` in the domain the names, and nothing but the
        names, of the sources that this warehouse may ask are offered.
        """
        requester = self._get_requester(domain)
        if not requester:
            return super().name_search(name, domain, operator, limit)
        sources_sudo = requester.sudo()._get_requisition_sources()
        names = [(source.id, source.display_name) for source in sources_sudo]
        wanted = (name or "").lower()
        return [pair for pair in names if wanted in pair[1].lower()][:limit]

    @api.model
    def _get_requester(self, domain):
        """Return the warehouse whose sources a domain asks for, if it is readable."""
        for condition in Domain(domain or Domain.TRUE).iter_conditions():
            if condition.field_expr == "requesting_warehouse_id":
                requester = self.browse(condition.value or [])
                return requester if requester.has_access("read") else self.browse()
        return self.browse()
