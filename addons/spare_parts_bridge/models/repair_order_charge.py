from odoo import models


class RepairOrder(models.Model):
    """Parts that are used on a job are charged to the ticket, once."""

    _inherit = "repair.order"

    def action_repair_done(self):
        """Override of `action_repair_done` to charge the parts that were used."""
        result = super().action_repair_done()
        for ticket_sudo, repairs in (
            self.filtered("ticket_id")
            .grouped(
                # sudo: the parts keeper may close job sheets of tickets of others
                lambda repair: repair.ticket_id.sudo()
            )
            .items()
        ):
            ticket_sudo._charge_quietly(repairs.sudo()._charge_parts)
        return result

    def _charge_parts(self):
        """Charge the used parts of done job sheets that are not charged yet.

        Called in superuser mode.
        """
        moves = self.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.repair_line_type == "add"
                and move.quantity
            )
        )
        charged = self.env["service.charge"].search(
            [("repair_move_id", "in", moves.ids)]
        )
        for ticket, group in (
            (moves - charged.repair_move_id)
            .grouped(lambda move: move.repair_id.ticket_id)
            .items()
        ):
            if ticket:
                ticket._create_charges([move._prepare_charge_vals() for move in group])
