# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServiceAssetBatch(models.Model):
    """Units that were made together, so that they share what is wrong with them."""

    _name = "service.asset.batch"
    _description = "Production Batch"
    _order = "manufactured_on desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        "Batch", required=True, index="trigram", help="As the factory calls it."
    )
    product_id = fields.Many2one(
        "product.product", index=True, check_company=True, ondelete="restrict"
    )
    manufactured_on = fields.Date("Made On")
    note = fields.Text(help="What is known of it, such as a supplier of a component.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    asset_ids = fields.One2many("service.asset", "batch_id", "Units")
    asset_count = fields.Integer("Number of Units", compute="_compute_counts")
    complaint_count = fields.Integer("Complaints", compute="_compute_counts")

    _name_unique = models.UniqueIndex(
        "(company_id, COALESCE(product_id, 0), name)",
        "This batch of this product is registered already.",
    )

    @api.depends("name", "product_id.display_name")
    def _compute_display_name(self):
        for batch in self:
            parts = (batch.name, batch.product_id.display_name)
            batch.display_name = " · ".join(filter(None, parts))

    def _compute_counts(self):
        """Count units and complaints in two queries for all batches."""
        domain = [("batch_id", "in", self.ids)]
        groups = self.env["service.asset"]._read_group(
            domain, ["batch_id"], ["__count"]
        )
        units = {batch.id: count for batch, count in groups}
        groups = self.env["service.ticket"]._read_group(
            [("asset_id.batch_id", "in", self.ids), ("category", "=", "complaint")],
            ["asset_id.batch_id"],
            ["__count"],
        )
        complaints = {batch.id: count for batch, count in groups}
        for batch in self:
            batch.asset_count = units.get(batch.id, 0)
            batch.complaint_count = complaints.get(batch.id, 0)

    def action_open_assets(self):
        """Open the units of this batch."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_asset_action"
        )
        action["domain"] = [("batch_id", "=", self.id)]
        action["context"] = {
            "default_batch_id": self.id,
            "default_product_id": self.product_id.id,
        }
        return action

    def action_open_complaints(self):
        """Open the complaints about units of this batch."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action_complaint"
        )
        action["domain"] = [
            ("asset_id.batch_id", "=", self.id),
            ("category", "=", "complaint"),
        ]
        action["context"] = {}
        return action
