# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class ServicePartnerMerge(models.Model):
    """A customer that was merged into another: who he was and what he brought."""

    _name = "service.partner.merge"
    _inherit = "service.written.mixin"
    _description = "Merged Customer"
    _order = "id desc"

    name = fields.Char("Merged Customer", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Merged Into",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company", index=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Merged By", required=True, readonly=True, ondelete="restrict"
    )
    merged_at = fields.Datetime("Merged On", required=True, readonly=True)
    former_id = fields.Integer("Former Id", readonly=True, aggregator=None)
    phone = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    address = fields.Char(readonly=True)
    former_values = fields.Json(readonly=True, groups="base.group_system")
    moved_rows = fields.Json(
        readonly=True,
        groups="base.group_system",
        help="The ids of what was moved, by table and column.",
    )
    moved_counts = fields.Json(readonly=True)
    moved_summary = fields.Char("Moved", compute="_compute_moved_summary")

    @api.depends("moved_counts")
    def _compute_moved_summary(self):
        """Tell what was moved in words: tickets 3, units 1."""
        names = self.env["ir.model"].sudo()  # sudo: what models are called
        for merge in self:
            counts = merge.moved_counts or {}
            said = [
                f"{names._get(model).name} {count}"
                for model, count in sorted(counts.items(), key=lambda item: -item[1])
                if model in self.env
            ]
            merge.moved_summary = ", ".join(said)
