# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ServiceCustomerStanding(models.Model):
    """In which segment a customer is for a company, and why.

    Rows are for customers as a whole: those whom invoices go to, not each contact.
    Add-ons that know what a customer earns set `automatic_segment_id`; what people
    set by hand, with a reason, comes before it.
    """

    _name = "service.customer.standing"
    _description = "Customer Standing"
    _inherit = ["mail.thread"]
    _order = "id"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    segment_id = fields.Many2one(
        "service.value.segment",
        compute="_compute_segment_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    automatic_segment_id = fields.Many2one(
        "service.value.segment",
        "Segment by Value",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    fixed_segment_id = fields.Many2one(
        "service.value.segment",
        "Set by Hand",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="Counts instead of the segment by value. Empty: as the value says.",
    )
    reason = fields.Char(
        tracking=True, help="Why the customer is in another segment than by value."
    )

    _once = models.Constraint(
        "UNIQUE(company_id, partner_id)",
        "This customer has a row already. Open it and change it there.",
    )

    @api.depends("automatic_segment_id", "fixed_segment_id")
    def _compute_segment_id(self):
        for row in self:
            row.segment_id = row.fixed_segment_id or row.automatic_segment_id

    @api.constrains("fixed_segment_id", "reason")
    def _check_reason(self):
        for row in self:
            if row.fixed_segment_id and not (row.reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say why %(customer)s is put into “%(segment)s” by hand: "
                        "enter a reason.",
                        customer=row.partner_id.display_name,
                        segment=row.fixed_segment_id.name,
                    )
                )

    @api.constrains("partner_id")
    def _check_partner(self):
        for row in self:
            whole = row.partner_id.commercial_partner_id
            if whole != row.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. A segment is for "
                        "the customer as a whole: choose %(customer)s.",
                        contact=row.partner_id.name,
                        customer=whole.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fixed(self):
        """Keep what somebody decided, until it is taken back."""
        fixed = self.filtered("fixed_segment_id")[:1]
        if fixed:
            raise UserError(
                self.env._(
                    "The segment of %(customer)s was set by hand. Empty “Set by Hand” "
                    "first, then the row can go.",
                    customer=fixed.partner_id.display_name,
                )
            )

    def _merge_into(self, row):
        """Keep only `row` of these; what was set by hand on another one goes over."""
        others = self - row
        decided = others.filtered("fixed_segment_id")[:1]
        if decided and not row.fixed_segment_id:
            row.write(
                {
                    "fixed_segment_id": decided.fixed_segment_id.id,
                    "reason": decided.reason,
                }
            )
        others.write({"fixed_segment_id": False})
        others.unlink()

    def action_release(self):
        """Let the value decide again."""
        self.check_access("write")
        self.write({"fixed_segment_id": False, "reason": False})
        return True

    def action_open_customer(self):
        """Open the page with everything about the customer."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id.action_open_service_customer()
