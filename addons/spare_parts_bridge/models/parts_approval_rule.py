from odoo import Command, api, fields, models
from odoo.fields import Domain


class PartsApprovalRule(models.Model):
    """When a requisition needs a decision, and whose."""

    _name = "parts.approval.rule"
    _description = "Parts Approval Rule"
    _order = "sequence, id"

    name = fields.Char("Step", required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    side = fields.Selection(
        [("requester", "Requesting company"), ("source", "Source company")],
        required=True,
        default="source",
        help="The company whose people decide.",
    )
    group_id = fields.Many2one(
        "res.groups", "Role", required=True, help="People who may decide this step."
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Only These People",
        help="Leave empty to let everybody with the role decide.",
    )
    company_id = fields.Many2one(
        "res.company",
        "Requesting Company",
        index="btree_not_null",
        help="Leave empty for all companies.",
    )
    source_company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Leave empty for all sources."
    )
    min_amount = fields.Monetary(
        "From Amount",
        help="The step is needed when the transfer value reaches this amount. "
        "Within one company, the value at cost counts.",
    )
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Part Categories",
        help="The step is needed when a part is in one of these categories. "
        "Leave empty for all parts.",
    )

    _min_amount_not_negative = models.Constraint(
        "CHECK(min_amount >= 0)", "The amount of an approval rule cannot be negative."
    )

    @api.model
    def _get_rules_for(self, requisition):
        """Return the rules that a requisition has to pass, in their order.

        :param requisition: one `parts.requisition`, in superuser mode
        """
        requisition.ensure_one()
        domain = Domain("company_id", "in", [False, requisition.company_id.id])
        domain &= Domain(
            "source_company_id", "in", [False, requisition.source_company_id.id]
        )
        return self.sudo().search(domain).filtered(lambda r: r._fits(requisition))

    def _fits(self, requisition):
        if self.min_amount and self._get_value(requisition) < self.min_amount:
            return False
        if not self.category_ids:
            return True
        categories = requisition.line_ids.product_id.categ_id
        return bool(
            categories.filtered_domain([("id", "child_of", self.category_ids.ids)])
        )

    def _get_value(self, requisition):
        """Return the requisition's value in the rule's currency."""
        if requisition.is_intercompany:
            value, currency = requisition.amount_total, requisition.currency_id
        else:
            value = sum(
                line.qty_requested
                * line.product_id.with_company(line.company_id).standard_price
                for line in requisition.line_ids
            )
            currency = requisition.company_id.currency_id
        return currency._convert(
            value,
            self.currency_id or currency,
            requisition.source_company_id,
            fields.Date.context_today(self),
        )

    def _prepare_approval_vals(self, requisition):
        is_source = self.side == "source"
        company = requisition.source_company_id if is_source else requisition.company_id
        return {
            "rule_id": self.id,
            "name": self.name,
            "sequence": self.sequence,
            "company_id": company.id,
            "group_id": self.group_id.id,
            "allowed_user_ids": [Command.set(self.user_ids.ids)],
        }
