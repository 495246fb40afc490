from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class PartsRequisitionActions(models.Model):
    """What a person may do with a requisition, and the windows that show it."""

    _inherit = "parts.requisition"
    # The source's people read a requisition and may ask about it.
    _mail_post_access = "read"

    can_decide = fields.Boolean(search="_search_can_decide")
    can_submit = fields.Boolean(compute="_compute_allowed_actions")
    can_withdraw = fields.Boolean(compute="_compute_allowed_actions")
    can_ship = fields.Boolean(compute="_compute_allowed_actions")
    can_count = fields.Boolean(compute="_compute_allowed_actions")
    can_settle = fields.Boolean(compute="_compute_allowed_actions")
    is_to_ship = fields.Boolean(
        "Waiting for Shipment",
        compute="_compute_is_to_ship",
        search="_search_is_to_ship",
    )
    delivery_count = fields.Integer(compute="_compute_delivery_count")
    move_count = fields.Integer(
        "Number of Invoices and Bills", compute="_compute_move_count"
    )
    next_step = fields.Char("What Comes Next", compute="_compute_next_step")

    # ------------------------------------------------------------------
    # Who may do what
    # ------------------------------------------------------------------

    @api.depends("state", "is_to_ship", "open_receipt_count", "open_discrepancy_count")
    @api.depends_context("uid")
    def _compute_allowed_actions(self):
        keeper = "spare_parts_bridge.group_parts_keeper"
        clerk = "spare_parts_bridge.group_parts_clerk"
        for requisition in self:
            is_keeper = requisition._is_staff(requisition.company_id, keeper)
            is_clerk = requisition._is_staff(requisition.source_company_id, clerk)
            state = requisition.state
            requisition.can_submit = is_keeper and state == "draft"
            requisition.can_withdraw = is_keeper and state in (
                "draft",
                "submitted",
                "approved",
            )
            requisition.can_ship = is_clerk and requisition.is_to_ship
            requisition.can_count = is_keeper and bool(requisition.open_receipt_count)
            requisition.can_settle = is_clerk and bool(
                requisition.open_discrepancy_count
            )

    @api.depends("state", "delivery_ids.state")
    def _compute_is_to_ship(self):
        to_ship = self._get_open_deliveries().parts_requisition_id
        for requisition in self:
            requisition.is_to_ship = requisition._origin in to_ship

    @api.model
    def _search_is_to_ship(self, operator, value):
        if operator != "in":
            return NotImplemented
        # The transfers are the source's; whether any is open is no secret.
        is_open = Domain("state", "not in", ("done", "cancel"))
        to_ship = Domain("delivery_ids", "any!", is_open)
        return to_ship if True in value else ~to_ship

    @api.model
    def _is_staff(self, company, group_xmlid):
        """Tell whether the user has a role in a company."""
        user = self.env.user
        return user.has_group(group_xmlid) and company in user.company_ids

    @api.model
    def _search_can_decide(self, operator, value):
        """Find the requisitions that wait for the current user's decision."""
        if operator != "in":
            return NotImplemented
        user = self.env.user
        step = (
            Domain("state", "=", "pending")
            & Domain("company_id", "in", user.company_ids.ids)
            & Domain("group_id", "in", user.all_group_ids.ids)
            & Domain("allowed_user_ids", "in", [False, user.id])
        )
        mine = (
            Domain("approval_ids", "any", step)
            & Domain("user_id", "!=", user.id)
            & Domain("create_uid", "!=", user.id)
        )
        return mine if True in value else ~mine

    # ------------------------------------------------------------------
    # Counts and texts of the form
    # ------------------------------------------------------------------

    @api.depends("delivery_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_delivery_count(self):
        picking_model = self.env["stock.picking"]
        counts = {}
        # A supervisor has no right to transfers, and needs none.
        if picking_model.has_access("read"):
            counts = dict(
                picking_model._read_group(
                    [
                        ("parts_requisition_id", "in", self.ids),
                        ("parts_role", "=", "delivery"),
                    ],
                    ["parts_requisition_id"],
                    ["__count"],
                )
            )
        for requisition in self:
            requisition.delivery_count = counts.get(requisition._origin, 0)

    @api.depends("posting_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_move_count(self):
        move_model = self.env["account.move"]
        counts = {}
        if move_model.has_access("read"):
            counts = dict(
                move_model._read_group(
                    [("parts_requisition_id", "in", self.ids)],
                    ["parts_requisition_id"],
                    ["__count"],
                )
            )
        for requisition in self:
            requisition.move_count = counts.get(requisition._origin, 0)

    @api.depends(
        "state", "approval_ids.state", "receipt_ids.state", "discrepancy_ids.state"
    )
    def _compute_next_step(self):
        for requisition in self:
            requisition.next_step = requisition._get_next_step()

    def _get_next_step(self):
        """Return one sentence about whom the requisition waits for."""
        self.ensure_one()
        shipper = self.source_company_id.sudo().name
        company = self.company_id.sudo().name
        if self.state == "draft":
            return self.env._("Add the parts that you need and submit them.")
        if self.state == "submitted":
            step_sudo = self.sudo().current_approval_id
            return self.env._(
                "Waits for the decision of %(step)s (%(company)s).",
                step=step_sudo.name or "",
                company=step_sudo.company_id.name or "",
            )
        if self.state == "approved":
            return self.env._(
                "Waits for the shipment from %(shipper)s.", shipper=shipper
            )
        if self.open_receipt_count:
            return self.env._(
                "Goods are on their way to %(company)s and wait to be counted.",
                company=company,
            )
        if self.state == "shipped":
            return self.env._(
                "The rest waits for the shipment from %(shipper)s.", shipper=shipper
            )
        if self.state == "received":
            return self.env._(
                "Waits for %(shipper)s to settle the discrepancies.", shipper=shipper
            )
        return False

    # ------------------------------------------------------------------
    # Windows
    # ------------------------------------------------------------------

    def action_ship(self):
        """Open the delivery note that a clerk of the source ships."""
        self.ensure_one()
        self._ensure_company(
            self.source_company_id, "spare_parts_bridge.group_parts_clerk"
        )
        deliveries_sudo = self._get_open_deliveries()
        if not deliveries_sudo:
            raise UserError(
                self.env._(
                    "%(name)s has nothing to ship. Reload the page to see how far "
                    "it is.",
                    name=self.name,
                )
            )
        return self._open_records(
            "stock.action_picking_tree_all", deliveries_sudo.sudo(False)
        )

    def action_count(self):
        """Open the count of what arrived."""
        self.ensure_one()
        receipts = self.receipt_ids.filtered(lambda row: row.state == "draft")
        if not receipts:
            raise UserError(
                self.env._(
                    "Nothing of %(name)s waits to be counted: no shipment is on its "
                    "way.",
                    name=self.name,
                )
            )
        return self._open_records("spare_parts_bridge.parts_receipt_action", receipts)

    def action_view_deliveries(self):
        """Open the delivery notes that the user may see."""
        return self._open_records("stock.action_picking_tree_all", self.delivery_ids)

    def action_view_receipts(self):
        """Open the counts."""
        return self._open_records(
            "spare_parts_bridge.parts_receipt_action", self.receipt_ids
        )

    def action_view_discrepancies(self):
        """Open the discrepancies."""
        return self._open_records(
            "spare_parts_bridge.parts_discrepancy_action", self.discrepancy_ids
        )

    def action_view_moves(self):
        """Open the invoices and bills of the user's companies."""
        moves = self.env["account.move"].search(
            [("parts_requisition_id", "in", self.ids)]
        )
        return self._open_records("account.action_move_journal_line", moves)

    def _open_records(self, action_xmlid, records):
        """Return an action that shows only these records; one opens as a form."""
        action = self.env["ir.actions.act_window"]._for_xml_id(action_xmlid)
        action["domain"] = [("id", "in", records.ids)]
        action["context"] = {"create": False}
        if len(records) == 1:
            action.update(views=[(False, "form")], view_mode="form", res_id=records.id)
        return action

    def _get_delivery_partner_for_print(self):
        """Return the delivery address; both companies print it."""
        return self.sudo()._get_delivery_partner()
