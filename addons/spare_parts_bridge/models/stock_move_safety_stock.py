from odoo import models


class StockMoveSafetyStock(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Override of `_action_done` to watch safety stocks and serve who waits."""
        done = super()._action_done(cancel_backorder=cancel_backorder)
        moved = done.filtered(lambda move: move.state == "done")
        moved._reserve_for_demand()
        stored = moved.filtered("is_storable")
        self.env["stock.warehouse.orderpoint"]._check_safety_stock(
            stored.product_id,
            stored.move_line_ids.location_id | stored.move_line_ids.location_dest_id,
        )
        return done

    def _reserve_for_demand(self):
        """Reserve parts that arrived for the job sheets and orders they are meant for.

        Core reserves them again too, but in the order of dates, and not the moves that
        were made to order.
        """
        # sudo: the parts keeper who receives does not work on the job sheets
        received_sudo = self.sudo().filtered(lambda move: move.parts_role == "receipt")
        lines_sudo = received_sudo.parts_requisition_line_id
        demand_sudo = lines_sudo.repair_move_id | lines_sudo.demand_move_ids
        waiting_sudo = demand_sudo.filtered(
            lambda move: move.state in ("waiting", "confirmed", "partially_available")
        )
        for company, moves_sudo in waiting_sudo.grouped("company_id").items():
            moves_sudo.with_company(company)._action_assign()
