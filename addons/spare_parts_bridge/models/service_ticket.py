from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceTicket(models.Model):
    """The job sheets of a ticket, and the parts that they lack."""

    _inherit = "service.ticket"

    repair_ids = fields.One2many("repair.order", "ticket_id", "Job Sheets")
    repair_count = fields.Integer("Job Sheet Count", compute="_compute_repair_count")
    parts_missing_count = fields.Integer(
        "Missing Parts", compute="_compute_parts_missing_count"
    )

    @api.depends("repair_ids")
    def _compute_repair_count(self):
        counts = dict(
            self.env["repair.order"]._read_group(
                [("ticket_id", "in", self._origin.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.repair_count = counts.get(ticket._origin, 0)

    @api.depends("repair_ids.parts_missing_count")
    def _compute_parts_missing_count(self):
        for ticket in self:
            repairs = ticket.repair_ids
            ticket.parts_missing_count = sum(repairs.mapped("parts_missing_count"))

    # -- job sheets -----------------------------------------------------------

    def action_new_repair(self):
        """Open a new job sheet with what the ticket knows of customer and unit."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Job Sheet"),
            "res_model": "repair.order",
            "view_mode": "form",
            "context": {
                f"default_{name}": value
                for name, value in self._prepare_repair_vals().items()
            },
        }

    def _prepare_repair_vals(self):
        """Return the values of a new job sheet of the ticket."""
        self.ensure_one()
        vals = {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "user_id": (self.user_id or self.env.user).id,
            "under_warranty": False,
        }
        if warehouse := self._get_repair_warehouse():
            vals["picking_type_id"] = warehouse.repair_type_id.id
        if self.product_id.type == "consu":
            vals["product_id"] = self.product_id.id
            vals["lot_id"] = self._get_lot_of_unit().id
        return vals

    def _get_repair_warehouse(self):
        """Return the warehouse whose parts are used: the user's own, or the first."""
        user = self.env.user.with_company(self.company_id)
        warehouse = user._get_default_warehouse_id()
        if warehouse.company_id == self.company_id:
            return warehouse
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )

    def _get_lot_of_unit(self):
        """Return the serial number of the unit as stock knows it, or none."""
        serial_number = self.asset_id.serial_number or self.serial_number
        if not serial_number:
            return self.env["stock.lot"]
        return self.env["stock.lot"].search(
            [
                ("name", "=", serial_number),
                ("product_id", "=", self.product_id.id),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            limit=1,
        )

    def action_view_repairs(self):
        """Open the ticket's job sheets."""
        self.ensure_one()
        action = self.repair_ids._get_records_action(name=self.env._("Job Sheets"))
        action["context"] = {
            f"default_{name}": value
            for name, value in self._prepare_repair_vals().items()
        }
        return action

    # -- requisitions ---------------------------------------------------------

    def action_requisition_missing_parts(self):
        """Requisition what the open job sheets of the tickets lack, in one click."""
        repairs = self.repair_ids.filtered(
            lambda repair: repair.state not in ("done", "cancel")
        )
        if not repairs:
            raise UserError(
                self.env._(
                    "The ticket has no open job sheet. Make one and enter the parts "
                    "that you need."
                )
            )
        return repairs.action_requisition_missing_parts()
