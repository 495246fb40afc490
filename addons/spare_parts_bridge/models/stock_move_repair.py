from odoo import api, fields, models
from odoo.exceptions import UserError


class StockMoveRepair(models.Model):
    """Parts that a job sheet needs and does not have."""

    _inherit = "stock.move"

    parts_missing = fields.Float(
        "Missing",
        digits="Product Unit",
        compute="_compute_parts_missing",
        help="Neither reserved nor requisitioned yet, in the product's unit.",
    )

    @api.depends(
        "repair_id.state", "repair_line_type", "product_uom_qty", "quantity", "state"
    )
    def _compute_parts_missing(self):
        lacking = self.filtered(lambda move: move._may_lack_parts())
        (self - lacking).parts_missing = 0.0
        requisitioned = lacking._get_requisitioned_quantities()
        for move in lacking:
            unit = move.product_id.uom_id
            lacks = move.product_uom._compute_quantity(
                move.product_uom_qty - move.quantity, unit
            )
            missing = unit.round(lacks - requisitioned.get(move._origin.id, 0.0))
            move.parts_missing = max(0.0, missing)

    def _may_lack_parts(self):
        return (
            self.repair_line_type == "add"
            and self.is_storable
            and self.repair_id.state in ("confirmed", "under_repair")
            and self.state not in ("done", "cancel")
        )

    def _get_requisitioned_quantities(self):
        """Return ``{id: quantity}`` of what is on its way for each move."""
        # sudo: what a source ships is a transfer of the source's company
        lines_sudo = (
            self.env["parts.requisition.line"]
            .sudo()
            .search(
                [
                    ("repair_move_id", "in", self._origin.ids),
                    ("state", "not in", ("done", "rejected", "cancelled")),
                ]
            )
        )
        quantities = {}
        for line_sudo, quantity in lines_sudo._get_quantities_to_arrive().items():
            move_id = line_sudo.repair_move_id.id
            quantities[move_id] = quantities.get(move_id, 0.0) + quantity
        return quantities

    def _trigger_scheduler(self):
        """Override of `_trigger_scheduler` to replenish whoever uses up the parts.

        What the rules of other modules read to replenish is not a technician's.
        """
        # sudo: the rules were set up by somebody who may; a technician starts them
        parts_sudo = self.filtered("repair_id").sudo()
        super(StockMoveRepair, parts_sudo)._trigger_scheduler()
        others = self.filtered(lambda move: not move.repair_id)
        return super(StockMoveRepair, others)._trigger_scheduler()

    def _group_by_source(self):
        """Return ``{(source, repair.order): moves}`` of missing parts.

        :raise UserError: naming the parts that no requisition route leads to
        """
        groups, homeless = {}, self.browse()
        for move in self:
            warehouse = move.repair_id.picking_type_id.warehouse_id
            source_sudo = warehouse._get_requisition_source(move.product_id)
            key = (source_sudo, move.repair_id)
            groups[key] = groups.get(key, self.browse()) | move
            if not source_sudo:
                homeless |= move
        if homeless:
            raise UserError(
                self.env._(
                    "There is no warehouse to requisition %(products)s from. Ask a "
                    "parts manager to set a requisition route on the product or its "
                    "category.",
                    products=", ".join(homeless.product_id.mapped("display_name")),
                )
            )
        return groups
