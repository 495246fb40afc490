from odoo import models
from odoo.exceptions import UserError


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def _create_return(self):
        """Override of `_create_return` to keep transit, counts and books in line."""
        # sudo: who moves goods need not be able to read the requisition
        picking_sudo = self.picking_id.sudo()
        requisition_sudo = picking_sudo.parts_requisition_id
        usages = picking_sudo.move_ids.mapped("location_usage")
        usages += picking_sudo.move_ids.mapped("location_dest_usage")
        if requisition_sudo and "transit" in usages:
            raise UserError(
                self.env._(
                    "%(picking)s belongs to requisition %(requisition)s and cannot be "
                    "returned by hand. Let the requester enter what is wrong on the "
                    "count, and settle its discrepancy as a return.",
                    picking=picking_sudo.name,
                    requisition=requisition_sudo.name,
                )
            )
        return super()._create_return()
