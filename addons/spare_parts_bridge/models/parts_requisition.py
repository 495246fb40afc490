from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..const import REQUISITION_STATES


class PartsRequisition(models.Model):
    """配件需求报告: a service centre asks a source warehouse for parts.

    The document is shared by two companies: the one that asks (``company_id``)
    and the one whose warehouse ships (``source_company_id``). When both are the
    same company it is an internal transfer and nothing is invoiced.
    """

    _name = "parts.requisition"
    _description = "Parts Requisition"
    _inherit = [
        "parts.guarded.mixin",
        "service.external.ref.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "priority desc, id desc"
    _rec_names_search = ["name", "origin"]
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
    active = fields.Boolean(default=True)
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Urgent")], default="0", index=True, tracking=True
    )
    state = fields.Selection(
        REQUISITION_STATES,
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Requested by",
        default=lambda self: self.env.user,
        required=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Deliver to",
        required=True,
        index=True,
        default=lambda self: self._default_warehouse_id(),
        domain="[('company_id', 'in', allowed_company_ids)]",
    )
    source_warehouse_id = fields.Many2one(
        "stock.warehouse", "Source", required=True, index=True
    )
    source_company_id = fields.Many2one(
        "res.company",
        compute="_compute_source_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    warehouse_code = fields.Char(compute="_compute_warehouse_codes", compute_sudo=True)
    source_warehouse_code = fields.Char(
        compute="_compute_warehouse_codes", compute_sudo=True
    )
    is_intercompany = fields.Boolean(
        "Between Companies", compute="_compute_is_intercompany", store=True
    )
    ticket_id = fields.Many2one(
        "service.ticket",
        index="btree_not_null",
        check_company=True,
        copy=False,
        # The customer's request is not the source's business, not even its subject.
        groups="crm_service.group_service_technician",
    )
    origin = fields.Char("Source Document", copy=False)
    note = fields.Text()
    is_automatic = fields.Boolean(
        "Made by Replenishment",
        readonly=True,
        copy=False,
        help="Replenishment adds what is missing to this draft until it is submitted.",
    )
    line_ids = fields.One2many("parts.requisition.line", "requisition_id", copy=True)
    approval_ids = fields.One2many("parts.approval", "requisition_id", readonly=True)
    delivery_ids = fields.One2many(
        "stock.picking",
        "parts_requisition_id",
        "Delivery Notes",
        readonly=True,
        domain=[("parts_role", "=", "delivery")],
    )
    receipt_ids = fields.One2many("parts.receipt", "requisition_id", readonly=True)
    discrepancy_ids = fields.One2many(
        "parts.discrepancy", "requisition_id", readonly=True
    )
    posting_ids = fields.One2many("parts.posting", "requisition_id", readonly=True)
    move_ids = fields.One2many(
        "account.move",
        "parts_requisition_id",
        "Invoices and Bills",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True
    )
    amount_total = fields.Monetary(
        "Transfer Value",
        compute="_compute_amount_total",
        store=True,
        help="Value at the transfer price, without taxes.",
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    reason = fields.Char("Reason of Rejection", readonly=True, copy=False)
    revision = fields.Integer(readonly=True, copy=False)
    current_approval_id = fields.Many2one(
        "parts.approval", "Next Decision", compute="_compute_current_approval_id"
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")
    open_receipt_count = fields.Integer(compute="_compute_follow_up_counts")
    open_discrepancy_count = fields.Integer(compute="_compute_follow_up_counts")
    receipt_count = fields.Integer(compute="_compute_follow_up_counts")
    discrepancy_count = fields.Integer(compute="_compute_follow_up_counts")

    _number_unique = models.UniqueIndex(
        "(name) WHERE name <> '/'", "This requisition number is already used."
    )
    _external_ref_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "This external reference is already used by another requisition.",
    )
    _open_idx = models.Index(
        "(company_id, source_warehouse_id, warehouse_id) "
        "WHERE state IN ('draft', 'submitted', 'approved', 'shipped')"
    )

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    @api.model
    def _default_warehouse_id(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )

    @api.depends("warehouse_id")
    def _compute_company_id(self):
        for requisition in self:
            requisition.company_id = (
                requisition.warehouse_id.company_id or self.env.company
            )

    @api.depends("source_warehouse_id")
    def _compute_source_company_id(self):
        # A source of another company is not readable by the person who asks.
        for requisition in self:
            warehouse_sudo = requisition.source_warehouse_id.sudo()
            requisition.source_company_id = warehouse_sudo.company_id

    @api.depends("warehouse_id", "source_warehouse_id")
    def _compute_warehouse_codes(self):
        for requisition in self:
            requisition.warehouse_code = requisition.warehouse_id.code
            requisition.source_warehouse_code = requisition.source_warehouse_id.code

    @api.depends("company_id", "source_company_id")
    def _compute_is_intercompany(self):
        for requisition in self:
            requisition.is_intercompany = (
                requisition.company_id != requisition.source_company_id
            )

    @api.depends("source_company_id", "company_id")
    def _compute_currency_id(self):
        for requisition in self:
            source_sudo = requisition.source_company_id.sudo()
            requisition.currency_id = (
                source_sudo.transfer_pricelist_id.currency_id
                or source_sudo.currency_id
                or self.env.company.currency_id
            )

    @api.depends("line_ids.amount")
    def _compute_amount_total(self):
        for requisition in self:
            requisition.amount_total = sum(requisition.line_ids.mapped("amount"))

    @api.depends("approval_ids.state")
    def _compute_current_approval_id(self):
        for requisition in self:
            requisition.current_approval_id = requisition.approval_ids.filtered(
                lambda approval: approval.state == "pending"
            )[:1]

    @api.depends("approval_ids.state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for requisition in self:
            approval = requisition.current_approval_id
            requisition.can_decide = bool(
                approval and not approval._get_decision_obstacle(self.env.user)
            )

    @api.depends("receipt_ids.state", "discrepancy_ids.state")
    def _compute_follow_up_counts(self):
        for requisition in self:
            receipts = requisition.receipt_ids
            discrepancies = requisition.discrepancy_ids
            requisition.receipt_count = len(receipts)
            requisition.open_receipt_count = len(
                receipts.filtered(lambda receipt: receipt.state == "draft")
            )
            requisition.discrepancy_count = len(discrepancies)
            requisition.open_discrepancy_count = len(
                discrepancies.filtered(lambda row: row.state != "settled")
            )

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values` to name what only methods change."""
        return {
            "name": "/",
            "state": "draft",
            "company_id": False,
            "source_company_id": False,
            "currency_id": False,
            "amount_total": 0.0,
            "is_automatic": False,
            "user_id": self.env.uid,
            "submitted_at": False,
            "approved_at": False,
            "done_at": False,
            "reason": False,
            "revision": 0,
        }

    @api.constrains("warehouse_id", "source_warehouse_id")
    def _check_warehouses_differ(self):
        for requisition in self:
            if requisition.warehouse_id == requisition.source_warehouse_id:
                raise ValidationError(
                    self.env._(
                        "Requisition %(name)s asks warehouse %(warehouse)s for its "
                        "own parts. Choose another source warehouse.",
                        name=requisition.name,
                        warehouse=requisition.warehouse_id.sudo().code,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(requisition.state != "draft" for requisition in self):
            raise UserError(
                self.env._(
                    "Only draft requisitions can be deleted. Withdraw the requisition "
                    "instead: its history is kept."
                )
            )

    def write(self, vals):
        """Override of `write` to keep a submitted requisition as it was sent."""
        frozen = {"warehouse_id", "source_warehouse_id", "ticket_id"} & vals.keys()
        if frozen and not self.env.su:
            self._ensure_draft()
        if {"external_ref", "external_digest"} & vals.keys() and not self.env.su:
            raise AccessError(
                self.env._(
                    "The reference of another system is set once, when it sends the "
                    "requisition."
                )
            )
        return super().write(vals)

    def _ensure_draft(self):
        if any(requisition.state != "draft" for requisition in self):
            raise UserError(
                self.env._(
                    "%(names)s was already submitted and cannot be changed. "
                    "Withdraw it and make a new one.",
                    names=", ".join(self.mapped("name")),
                )
            )

    def _ensure_company(self, company, group_xmlid):
        """Raise unless the user works for ``company`` and has the group's role."""
        user = self.env.user
        if not user.has_group(group_xmlid) or company not in user.company_ids:
            group = self.env.ref(group_xmlid).sudo()
            raise AccessError(
                self.env._(
                    "This is for people of %(company)s with the role %(role)s. "
                    "Ask one of them, or an administrator for the role.",
                    company=company.sudo().name,
                    role=group.name,
                )
            )

    # ------------------------------------------------------------------
    # Create
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to number the requisitions."""
        requisitions = super().create(vals_list)
        for requisition in requisitions.sudo():
            requisition.name = requisition._next_name()
        return requisitions

    def _next_name(self):
        return self.env["ir.sequence"].next_by_code("parts.requisition") or self.id

    @api.model
    def _get_open_draft_domain(self, warehouse, source_warehouse, vals):
        """Return the domain of drafts that more missing parts may be added to."""
        return (
            Domain("state", "=", "draft")
            & Domain("warehouse_id", "=", warehouse.id)
            & Domain("source_warehouse_id", "=", source_warehouse.id)
            & Domain("ticket_id", "=", vals.get("ticket_id", False))
            & Domain("is_automatic", "=", vals.get("is_automatic", False))
        )

    @api.model
    def _add_missing(self, warehouse, source_warehouse, lines, **vals):
        """Put missing parts on an open draft, or on a new one.

        :param warehouse: `stock.warehouse` that needs the parts
        :param source_warehouse: `stock.warehouse` that is to ship them
        :param list lines: dicts with ``product_id``, ``quantity`` (in the
            product's unit) and optionally ``orderpoint_id``, ``repair_move_id``
        :param vals: values of the requisition (``ticket_id``, ``is_automatic``…)
        :return: the `parts.requisition.line` records that hold the parts
        """
        domain = self._get_open_draft_domain(warehouse, source_warehouse, vals)
        requisition = self.search(domain, limit=1, order="id")
        requisition._lock_in_order()
        if not requisition or requisition.state != "draft":
            requisition = self.create(
                {
                    "warehouse_id": warehouse.id,
                    "source_warehouse_id": source_warehouse.id,
                    **vals,
                }
            )
        elif vals.get("origin"):
            requisition._add_origin(vals["origin"])
        return requisition.line_ids._merge_missing(requisition, lines)

    def _prepare_missing_line_vals(self, vals):
        return {
            "requisition_id": self.id,
            "product_id": vals["product_id"],
            "qty_requested": vals["quantity"],
            "orderpoint_id": vals.get("orderpoint_id"),
            "repair_move_id": vals.get("repair_move_id"),
        }

    def _add_origin(self, origin):
        origins = list(dict.fromkeys([*(self.origin or "").split(", "), origin]))
        self.origin = ", ".join(filter(None, origins))
