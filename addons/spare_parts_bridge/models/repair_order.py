from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class RepairOrder(models.Model):
    """The job sheet of a ticket: parts used and removed, and parts that are missing."""

    _inherit = "repair.order"

    ticket_id = fields.Many2one(
        "service.ticket", index="btree_not_null", check_company=True
    )
    parts_missing_count = fields.Integer(
        "Missing Parts",
        compute="_compute_parts_missing_count",
        help="Parts that are neither reserved nor requisitioned.",
    )
    requisition_count = fields.Integer(compute="_compute_requisition_count")

    # -- computes -------------------------------------------------------------

    @api.depends("move_ids.parts_missing")
    def _compute_parts_missing_count(self):
        for repair in self:
            missing = repair.move_ids.filtered("parts_missing")
            repair.parts_missing_count = len(missing)

    @api.depends("move_ids")
    def _compute_requisition_count(self):
        requisitions = self._get_requisitions()
        for repair in self:
            repair.requisition_count = len(requisitions.get(repair._origin.id, ()))

    def _get_requisitions(self):
        """Return ``{repair id: parts.requisition}`` for the parts of each job sheet."""
        # by the moves, so that access rules of requisitions apply
        lines = self.env["parts.requisition.line"].search(
            [("repair_move_id", "in", self.move_ids._origin.ids)]
        )
        return {
            repair.id: group.requisition_id
            for repair, group in lines.grouped(
                lambda line: line.repair_move_id.repair_id
            ).items()
        }

    @api.depends("ticket_id")
    def _compute_product_location_src_id(self):
        """Override of `_compute_product_location_src_id`: it is at the customer's."""
        self._set_location_of_unit("product_location_src_id")
        elsewhere = self.filtered(lambda repair: not repair.ticket_id)
        return super(RepairOrder, elsewhere)._compute_product_location_src_id()

    @api.depends("ticket_id")
    def _compute_product_location_dest_id(self):
        """Override of `_compute_product_location_dest_id`: it stays where it is."""
        self._set_location_of_unit("product_location_dest_id")
        elsewhere = self.filtered(lambda repair: not repair.ticket_id)
        return super(RepairOrder, elsewhere)._compute_product_location_dest_id()

    def _set_location_of_unit(self, name):
        customers = self.env.ref("stock.stock_location_customers")
        for repair in self.filtered("ticket_id"):
            repair[name] = customers

    # -- missing parts --------------------------------------------------------

    def action_requisition_missing_parts(self):
        """Put the parts that the job sheets lack on requisition drafts, and open them.

        :raise UserError: when nothing is missing, or a part can be requisitioned from
            nowhere
        """
        self.check_access("write")
        self.filtered(lambda repair: repair.state == "draft")._action_repair_confirm()
        self.move_ids._action_assign()
        moves = self.move_ids.filtered("parts_missing")
        if not moves:
            raise UserError(
                self.env._(
                    "Every part of %(names)s is in stock or requisitioned already.",
                    names=", ".join(self.mapped("name")) or self.env._("the ticket"),
                )
            )
        requisitions = self.env["parts.requisition"]
        for (source_sudo, repair), group in moves._group_by_source().items():
            requisitions |= repair._requisition(source_sudo, group)
        return requisitions._get_open_action()

    def _requisition(self, source_sudo, moves):
        """Put missing parts of one job sheet on a draft to one source."""
        warehouse = self.picking_type_id.warehouse_id
        lines = [
            {
                "product_id": move.product_id.id,
                "quantity": move.parts_missing,
                "repair_move_id": move.id,
            }
            for move in moves
        ]
        # sudo: the source may belong to another company; who asks may write on the
        # job sheet, see `action_requisition_missing_parts`
        requisition_sudo = self.env["parts.requisition"].sudo()
        added_sudo = requisition_sudo.with_company(self.company_id)._add_missing(
            warehouse,
            source_sudo,
            lines,
            ticket_id=self.ticket_id.id,
            origin=self.name,
            # Without a ticket it must not mix with what a keeper writes by hand.
            is_automatic=not self.ticket_id,
        )
        for vals in lines:
            self._give_back_surplus(vals["product_id"], vals["quantity"])
        moves.invalidate_recordset(["parts_missing"])
        return added_sudo.requisition_id.sudo(self.env.su)

    def _give_back_surplus(self, product_id, quantity):
        """Let replenishment, which saw the same need, ask for less."""
        # sudo: technicians may not read all that a forecast is made of
        orderpoints_sudo = self.env["stock.warehouse.orderpoint"].sudo()
        orderpoints_sudo.search(
            [
                ("product_id", "=", product_id),
                ("location_id", "parent_of", self.location_id.id),
            ]
        )._give_back_surplus(quantity)

    # -- follow the work ------------------------------------------------------

    def action_validate(self):
        """Override of `action_validate` not to seek the unit in our stock."""
        self.ensure_one()
        if self.ticket_id and self.product_location_src_id.usage == "customer":
            return self._action_repair_confirm()
        return super().action_validate()

    def action_repair_done(self):
        """Override of `action_repair_done` to tell the ticket what was used."""
        result = super().action_repair_done()
        for repair in self.filtered("ticket_id"):
            # sudo: the parts keeper may close job sheets of tickets of others
            repair.ticket_id.sudo().message_post(body=repair._get_done_message())
        return result

    def _get_done_message(self):
        moves = self.move_ids.filtered(lambda move: move.state == "done")
        kinds = moves._fields["repair_line_type"]
        labels = dict(kinds._description_selection(self.env))
        items = Markup("").join(
            Markup("<li>%s: %s %s %s</li>")
            % (
                labels[move.repair_line_type],
                f"{move.quantity:g}",
                move.product_uom.name,
                move.product_id.display_name,
            )
            for move in moves
        )
        title = self.env._("The job sheet %(name)s is done.", name=self.name)
        return Markup("<p>%s</p><ul>%s</ul>") % (title, items)

    def action_repair_cancel(self):
        """Override of `action_repair_cancel` to drop what is not submitted yet."""
        # sudo: a technician may cancel a job sheet, not delete others' drafts
        lines_sudo = self.env["parts.requisition.line"].sudo()
        drafts_sudo = lines_sudo.search(
            [("repair_move_id", "in", self.move_ids.ids), ("state", "=", "draft")]
        )
        drafts_sudo._lower(sum(drafts_sudo.mapped("qty_requested")))
        return super().action_repair_cancel()

    def action_view_requisitions(self):
        """Open the requisitions for parts of this job sheet."""
        self.ensure_one()
        empty = self.env["parts.requisition"]
        requisitions = self._get_requisitions().get(self.id, empty)
        return requisitions._get_open_action()
