from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

# The key under which a split hands on what its moves belong to.
LINKS_KEY = "parts_links"
LINKS = ("parts_requisition_line_id", "parts_role", "parts_discrepancy_id")


class PartsLinks(dict):
    """Links of a move that is split; proof that no remote caller sent them."""


class StockMoveGuard(models.Model):
    """Moves of requisitions are made by requisitions, and keep to what they say."""

    _name = "stock.move"
    _inherit = ["parts.guarded.mixin", "stock.move"]
    # Odoo writes its own read-only fields as whoever moves goods.
    _guard_readonly = False

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values` to name what only methods change."""
        names = (*LINKS, "parts_account_line_ids")
        return {**super()._get_guarded_values(), **dict.fromkeys(names, False)}

    def _apply_guarded_values(self, vals, guarded):
        # The links have no default, and empty ones need not be written.
        return {name: vals[name] for name in vals if name not in guarded}

    def _split(self, qty, restrict_partner_id=False):
        """Override of `_split` to leave the rest with its requisition."""
        vals_list = super()._split(qty, restrict_partner_id)
        # sudo: who splits a transfer need not be able to read the requisition
        move_sudo = self.sudo()
        if not move_sudo.parts_requisition_line_id:
            return vals_list
        links = PartsLinks(
            parts_requisition_line_id=move_sudo.parts_requisition_line_id.id,
            parts_role=move_sudo.parts_role,
            parts_discrepancy_id=move_sudo.parts_discrepancy_id.id,
        )
        return [{**vals, LINKS_KEY: links} for vals in vals_list]

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to take over the links of a split move."""
        links_list = [vals.get(LINKS_KEY) for vals in vals_list]
        moves = super().create(
            [
                {name: vals[name] for name in vals if name != LINKS_KEY}
                for vals in vals_list
            ]
        )
        for move, links in zip(moves, links_list, strict=True):
            if isinstance(links, PartsLinks):
                # sudo: whoever splits a transfer may not link it to anything else
                move.sudo().write(links)
        return moves

    def _action_done(self, cancel_backorder=False):
        """Override of `_action_done` to move what was approved or counted only."""
        # sudo: who moves goods need not be able to read the requisition
        moves_sudo = self.sudo().filtered(
            lambda move: (
                move.parts_requisition_line_id and move.state not in ("done", "cancel")
            )
        )
        moves_sudo._ensure_counted()
        moves_sudo._ensure_approved()
        return super()._action_done(cancel_backorder=cancel_backorder)

    def _ensure_counted(self):
        """Raise when goods would leave the transit without their count."""
        for move in self:
            is_arriving = (
                move.parts_role == "receipt" and move.location_id.usage == "transit"
            )
            if is_arriving and move.picking_id.parts_receipt_id.state != "done":
                raise UserError(
                    self.env._(
                        "%(product)s of %(requisition)s is received by counting it: "
                        "confirm the open count of the requisition.",
                        product=move.product_id.display_name,
                        requisition=move.parts_requisition_line_id.requisition_id.name,
                    )
                )

    def _ensure_approved(self):
        """Raise when more would be shipped than what was approved."""
        shipments = self.filtered(lambda move: move._is_parts_shipment())
        shipments.picking_id._ensure_only_requisitioned()
        shipments._ensure_lots_shared()
        wanted = defaultdict(float)
        for move in shipments:
            lines = move.move_line_ids
            lines = lines.filtered("picked") if any(self.mapped("picked")) else lines
            key = (move.parts_requisition_line_id, move.parts_discrepancy_id)
            wanted[key] += sum(lines.mapped("quantity_product_uom"))
        for (line, discrepancy), quantity in wanted.items():
            allowed = line._get_quantity_to_ship(discrepancy)
            if line.product_uom_id.compare(quantity, allowed) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: %(allowed)s was approved and is still to be "
                        "shipped; you cannot ship %(quantity)s. Ship what was "
                        "approved, and let the rest be requisitioned.",
                        product=line.product_id.display_name,
                        allowed=allowed,
                        quantity=quantity,
                    )
                )

    def _ensure_lots_shared(self):
        """Raise when another company could not receive the lots that are shipped."""
        for move in self.filtered(
            "parts_requisition_line_id.requisition_id.is_intercompany"
        ):
            if lots := move.move_line_ids.lot_id.filtered("company_id"):
                raise UserError(
                    self.env._(
                        "%(product)s: the lots %(lots)s belong to %(company)s alone. "
                        "Empty the company of the lots so that the requester can "
                        "receive them.",
                        product=move.product_id.display_name,
                        lots=", ".join(lots.mapped("name")),
                        company=lots.company_id[:1].name,
                    )
                )
