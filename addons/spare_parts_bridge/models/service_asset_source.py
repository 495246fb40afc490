from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_service.tools.customer_source import Source

OF_TICKET = ("ticket_id", "service.ticket")


class ServiceAsset(models.Model):
    """What the ERP knows of a unit, on the unit's timeline."""

    _inherit = "service.asset"

    def _get_service_sources(self):
        """Override of `_get_service_sources` to add job sheets, invoices, deliveries.

        Each is for those who may read all that it is found by.
        """
        sources = super()._get_service_sources()
        of_partner = {s.kind: s for s in self.env["res.partner"]._get_service_sources()}
        for kind in ("repair", "order"):
            sources.append(
                of_partner[kind]._replace(
                    subjects=("ticket_id.asset_id",), about=OF_TICKET
                )
            )
        if self._may_read("sale.order", "sale.order.line", "account.move.line"):
            lines = "invoice_line_ids.sale_line_ids.order_id.ticket_id.asset_id"
            sources.append(of_partner["invoice"]._replace(subjects=(lines,)))
        if self._may_read("stock.move", "stock.move.line", "stock.lot"):
            sources.append(self._get_delivery_source())
        return sources

    @api.model
    def _may_read(self, *names):
        """Tell whether the user may read all these models."""
        return all(self.env[name].has_access("read") for name in names)

    @api.model
    def _get_delivery_source(self):
        """Return the kind of rows about deliveries and returns of the unit."""
        outside = ("customer", "supplier")
        return Source(
            "delivery",
            self.env._("Deliveries"),
            "stock.picking",
            "fa-truck",
            ("date_done",),
            ("name", "state", "partner_id", "location_dest_id", "user_id"),
            subjects=("move_ids.move_line_ids.lot_id.service_asset_ids",),
            domain=Domain("state", "=", "done")
            & (
                Domain("location_dest_id.usage", "in", outside)
                | Domain("location_id.usage", "in", outside)
            ),
            sequence=65,
        )

    @api.model
    def _prepare_service_entry_delivery(self, picking):
        """Return what the timeline says of a delivery or a return."""
        # sudo: whether it went out or came in is told by the places
        out = picking.sudo().location_dest_id.usage == "customer"
        return {
            "title": picking.name,
            "text": picking.partner_id.display_name or "",
            "badge": self.env._("Delivered") if out else self.env._("Received"),
            "tone": "success" if out else "warning",
            "who": self.env["res.partner"]._get_service_person(picking),
        }
