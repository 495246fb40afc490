# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import WARRANTY_BASES, WARRANTY_PROVIDERS
from ..tools.entitlement import find_problem
from ..tools.warranty_terms import to_share

# The lines of a policy are written together; no remote caller can send this.
WHOLE = object()
WHOLE_KEY = "service_warranty_whole"


class ServiceWarrantyPolicy(models.Model):
    """Terms of a warranty: what is covered, how long, from when, and what is not.

    Ours to the customer and the supplier's to us stand side by side. Of several that
    fit a unit, the one chosen on the unit counts, then that of its product, then that
    of the nearest category, then the first one for all products.
    """

    _name = "service.warranty.policy"
    _description = "Warranty Terms"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for units of every company."
    )
    provider = fields.Selection(
        WARRANTY_PROVIDERS,
        required=True,
        default="own",
        tracking=True,
        help="What a supplier or factory owes us tells what may be claimed from it.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Supplier",
        check_company=True,
        ondelete="restrict",
        help="From whom what these terms cover may be claimed.",
    )
    is_extension = fields.Boolean(
        "Sold as an Extension",
        help="Does not come with a unit: it is sold for one, and counts from where the "
        "warranty ends.",
    )
    # -- which units
    product_tmpl_ids = fields.Many2many(
        "product.template",
        "service_warranty_policy_product_rel",
        "policy_id",
        "product_tmpl_id",
        "Products",
        check_company=True,
    )
    category_ids = fields.Many2many(
        "product.category",
        "service_warranty_policy_category_rel",
        "policy_id",
        "category_id",
        "Product Categories",
        help="And the categories below them.",
    )
    valid_from = fields.Date(
        "Units From", help="For warranties that begin on this day or later."
    )
    valid_until = fields.Date(
        "Units Until", help="For warranties that begin on this day or earlier."
    )
    # -- what is covered
    start_basis = fields.Selection(
        WARRANTY_BASES,
        "Counts From",
        required=True,
        default="delivery",
        tracking=True,
    )
    latest_months = fields.Integer(
        "Begins at the Latest",
        help="Months after the unit was made; also if the day that it counts from is "
        "not known. 0: no such limit.",
        tracking=True,
    )
    term_ids = fields.One2many(
        "service.warranty.term", "policy_id", "What Is Covered", copy=True
    )
    limit_ids = fields.One2many(
        "service.warranty.limit", "policy_id", "Usage Limits", copy=True
    )
    excluded_fault_ids = fields.Many2many(
        "service.fault",
        "service_warranty_policy_fault_rel",
        "policy_id",
        "fault_id",
        "Excluded Faults",
        help="And those below them in the catalogue.",
    )
    is_transferable = fields.Boolean(
        "Goes with the Unit",
        default=True,
        tracking=True,
        help="Whoever owns the unit has the warranty. Otherwise it ends on the day on "
        "which the unit is handed on to somebody else.",
    )
    exchange_months = fields.Integer(
        "Exchanged Components",
        tracking=True,
        help="Months for which a component that is put in by a repair is covered in "
        "full, from that day. It is covered with its unit in any case.",
    )
    goodwill_months = fields.Integer(
        "Goodwill", tracking=True, help="Months after the warranty in which we help."
    )
    goodwill_share = fields.Float(digits=(5, 2), help="In percent.", tracking=True)
    note = fields.Html("Terms in Words", translate=True)

    _valid_in_order = models.Constraint(
        "CHECK(valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until)",
        "These terms would end before they begin. Correct one of the two dates.",
    )
    _months_positive = models.Constraint(
        "CHECK(LEAST(latest_months, exchange_months, goodwill_months) >= 0 "
        "AND GREATEST(latest_months, exchange_months, goodwill_months) <= 1200)",
        "Months are from 0 to 1200. Correct them.",
    )
    _goodwill_share_valid = models.Constraint(
        "CHECK(goodwill_share >= 0 AND goodwill_share <= 100)",
        "A share is from 0 to 100 percent. Correct it.",
    )

    def _as_whole(self):
        """Return these policies so that their lines are checked when all are there."""
        return self.with_context(**{WHOLE_KEY: WHOLE})

    @api.constrains("term_ids", "goodwill_share", "goodwill_months", "is_extension")
    def _check_terms(self):
        """Refuse terms that nobody can mean."""
        for policy in self:
            for kind, steps in policy._get_steps().items():
                problem = find_problem(steps)
                if problem:
                    raise ValidationError(policy._get_problem_text(problem, kind))

    def _get_problem_text(self, problem, kind):
        """Return the sentence about a problem of `tools.entitlement.find_problem`."""
        terms = self.env["service.warranty.term"]
        label = dict(terms._fields["kind"]._description_selection(self.env))[kind]
        sentences = {
            "months": self.env._(
                "“%(policy)s” ends for “%(kind)s” before it begins. Enter one month or "
                "more.",
                policy=self.name,
                kind=label,
            ),
            "empty": self.env._(
                "“%(policy)s” has a gap for “%(kind)s”: some months with nothing paid. "
                "Enter a share above 0 percent, or delete the line.",
                policy=self.name,
                kind=label,
            ),
            "over": self.env._(
                "“%(policy)s” pays more than 100 percent for “%(kind)s”. Enter at most "
                "100.",
                policy=self.name,
                kind=label,
            ),
            "rising": self.env._(
                "“%(policy)s” would pay more for “%(kind)s” the older the unit gets. "
                "Put the lines, and the goodwill after them, in the order of falling "
                "shares.",
                policy=self.name,
                kind=label,
            ),
        }
        return sentences[problem]

    def _get_steps(self):
        """Return {kind of cost: ((months, share), …)}, goodwill as the last step.

        A line for every kind counts for those that have no line of their own.
        """
        self.ensure_one()
        steps = self._get_term_steps()
        if self.goodwill_months and self.goodwill_share:
            last = (self.goodwill_months, to_share(self.goodwill_share))
            steps = {kind: (*rows, last) for kind, rows in steps.items()}
        return steps

    def _get_term_steps(self):
        """Return {kind of cost: ((months, share), …)} of the lines."""
        rows = self.term_ids.sorted().grouped("kind")
        general = rows.pop(False, self.term_ids.browse())
        kinds = self.term_ids._fields["kind"].get_values(self.env)
        lines = {kind: rows.get(kind, general) for kind in kinds}
        return {
            kind: tuple((line.months, to_share(line.share)) for line in found)
            for kind, found in lines.items()
            if found
        }
