# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

STAFF = "crm_service.group_service_technician"
LEADERS = "crm_service.group_service_supervisor"


class ResPartner(models.Model):
    """The segment that a customer is in, for the company one works for."""

    _inherit = "res.partner"

    service_standing_ids = fields.One2many(
        "service.customer.standing", "partner_id", "Standings", groups=STAFF
    )
    service_standing_id = fields.Many2one(
        "service.customer.standing",
        "Standing",
        compute="_compute_service_standing_id",
        compute_sudo=False,
        groups=STAFF,
    )
    service_segment_id = fields.Many2one(
        "service.value.segment",
        "Segment",
        compute="_compute_service_standing_id",
        compute_sudo=False,
        search="_search_service_segment_id",
        groups=STAFF,
        help="How much the customer is worth to the company, and so which level of "
        "service is promised. Of the customer as a whole, not of each contact.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_service_standing_id(self):
        """Find the standings of all customers in one query."""
        rows = self.env["service.customer.standing"].search_fetch(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ],
            ["partner_id", "segment_id"],
        )
        found = {row.partner_id.id: row for row in rows}
        for partner in self:
            row = found.get(partner.commercial_partner_id.id, rows.browse())
            partner.service_standing_id = row
            partner.service_segment_id = row.segment_id

    def _search_service_segment_id(self, operator, value):
        """Return the domain of customers, and their contacts, in segments."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        here = Domain("company_id", "=", self.env.company.id)
        name = "commercial_partner_id.service_standing_ids"
        if operator == "in" and False in value:
            others = Domain(
                "service_segment_id", "in", [item for item in value if item]
            )
            placed = here & Domain("segment_id", "!=", False)
            return others | Domain(name, "not any", placed)
        return Domain(name, "any", here & Domain("segment_id", operator, value))

    def action_open_service_standing(self):
        """Open the customer's segment, where it can be changed.

        :raises AccessError: the caller may not change it
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(LEADERS):
            raise AccessError(
                self.env._(
                    "Segments of customers are changed by supervisors. Ask yours."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Segment"),
            "res_model": "service.customer.standing",
            "res_id": self.service_standing_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    def _move_rows_for_merge(self, target):
        """Override of `_move_rows_for_merge` to keep one standing in each company."""
        # sudo: of all companies, whoever merges
        rows_sudo = self.env["service.customer.standing"].sudo()
        rows_sudo = rows_sudo.search([("partner_id", "in", (self | target).ids)])
        for group in rows_sudo.grouped("company_id").values():
            stays = group.filtered(lambda row: row.partner_id == target) or group
            group._merge_into(stays[0])
        return super()._move_rows_for_merge(target)
