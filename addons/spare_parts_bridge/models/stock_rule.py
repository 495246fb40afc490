from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.stock.models.stock_rule import ProcurementException

# Needs that agree in these are one line.
NEED_KEY = ("product_id", "orderpoint_id", "repair_move_id")


class StockRule(models.Model):
    _inherit = "stock.rule"

    action = fields.Selection(
        selection_add=[("requisition", "Requisition Parts")],
        ondelete={"requisition": "cascade"},
    )
    requisition_source_warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Requisition From",
        ondelete="restrict",
        index="btree_not_null",
        help="The warehouse that ships the parts; it may belong to another company.",
    )

    # -- what people read about the rule --------------------------------------

    def _get_message_dict(self):
        """Override of `_get_message_dict` to explain requisitions."""
        message_dict = super()._get_message_dict()
        destination = self._get_message_values()[1]
        # sudo: the source may belong to another company
        source_sudo = self.sudo().requisition_source_warehouse_id
        message_dict["requisition"] = self.env._(
            "When products are needed in <b>%(destination)s</b>, <br/> a parts "
            "requisition to <b>%(shipper)s</b> is prepared.",
            destination=destination,
            shipper=source_sudo.name or self.env._("another warehouse"),
        )
        return message_dict

    @api.depends("requisition_source_warehouse_id")
    def _compute_action_message(self):
        """Override of `_compute_action_message` to follow the source."""
        return super()._compute_action_message()

    @api.depends("action")
    def _compute_picking_type_code_domain(self):
        """Override of `_compute_picking_type_code_domain` to offer receipts."""
        result = super()._compute_picking_type_code_domain()
        for rule in self.filtered(lambda rule: rule.action == "requisition"):
            codes = rule.picking_type_code_domain or []
            rule.picking_type_code_domain = [*codes, "incoming"]
        return result

    @api.onchange("action")
    def _onchange_action_requisition(self):
        if self.action == "requisition":
            self.location_src_id = False

    def _get_lead_days(self, product, **values):
        """Override of `_get_lead_days` to add the source's lead time."""
        delays, description = super()._get_lead_days(product, **values)
        for rule in self.filtered(lambda r: r.action == "requisition" and r.delay):
            delays["total_delay"] += rule.delay
            if not self.env.context.get("bypass_delay_description"):
                description.append(
                    (
                        self.env._("Delay on %(rule)s", rule=rule.name),
                        self.env._("+ %(days)d day(s)", days=rule.delay),
                    )
                )
        return delays, description

    @api.model
    def _get_requisition_rule(self, product, warehouse):
        """Return the rule by which a warehouse requisitions a product, or none."""
        rule = self._get_rule(
            product,
            warehouse.lot_stock_id,
            {"warehouse_id": warehouse, "company_id": warehouse.company_id},
        )
        if rule.action == "requisition":
            return rule
        routes = (
            product.route_ids | product.categ_id.total_route_ids | warehouse.route_ids
        )
        return self.search(
            [
                ("action", "=", "requisition"),
                ("warehouse_id", "=", warehouse.id),
                ("route_id", "in", routes.ids),
            ],
            order="route_sequence, sequence, id",
            limit=1,
        )

    # -- running --------------------------------------------------------------

    @api.model
    def _run_requisition(self, procurements):
        """Put needs on open requisition drafts, one for each pair of warehouses.

        :param procurements: list of ``(Procurement, stock.rule)``
        :raise ProcurementException: for needs that cannot be requisitioned
        """
        errors, groups = [], defaultdict(list)
        for procurement, rule in procurements:
            if error := rule._get_requisition_obstacle(procurement):
                errors.append((procurement, error))
            else:
                key = rule._get_requisition_group(procurement)
                groups[key].append((procurement, rule))
        if errors:
            raise ProcurementException(errors)
        self.env["parts.stock.lock"]._bump(
            (procurement.product_id, rule._get_requisition_warehouse(procurement))
            for procurement, rule in procurements
        )
        for (warehouse, source, ticket), needs in groups.items():
            self._requisition_needs(warehouse, source, ticket, needs)
        return True

    def _get_requisition_warehouse(self, procurement):
        return self.warehouse_id or procurement.location_id.warehouse_id

    def _get_requisition_group(self, procurement):
        """Return what needs must share to be put on the same requisition."""
        moves = procurement.values.get("move_dest_ids")
        # sudo: see `_requisition_needs`
        ticket_sudo = moves.sudo().repair_id.ticket_id if moves else None
        return (
            self._get_requisition_warehouse(procurement),
            self.sudo().requisition_source_warehouse_id,
            ticket_sudo[:1] if ticket_sudo else self.env["service.ticket"],
        )

    def _get_requisition_obstacle(self, procurement):
        """Return why a need cannot be requisitioned; empty when it can."""
        source_sudo = self.sudo().requisition_source_warehouse_id
        warehouse = self._get_requisition_warehouse(procurement)
        product = procurement.product_id.display_name
        if not source_sudo:
            return self.env._(
                "%(product)s: the rule %(rule)s does not say which warehouse to "
                "requisition from. Choose one on the rule.",
                product=product,
                rule=self.display_name,
            )
        if source_sudo.id == warehouse.id:
            return self.env._(
                "%(product)s: the rule %(rule)s makes %(warehouse)s requisition from "
                "itself. Choose another warehouse on the rule.",
                product=product,
                rule=self.display_name,
                warehouse=warehouse.display_name,
            )
        if not procurement.product_id.is_storable:
            return self.env._(
                "%(product)s is not kept in stock, so it cannot be requisitioned. Tick "
                "Track Inventory on the product, or remove the requisition route.",
                product=product,
            )
        return ""

    @api.model
    def _requisition_needs(self, warehouse, source_sudo, ticket_sudo, needs):
        """Put the needs of one warehouse on a draft to one source."""
        # sudo: a need may come from somebody who makes no requisitions, such as a
        # salesperson, and the source may belong to another company
        requisition_sudo = (
            self.env["parts.requisition"].sudo().with_company(warehouse.company_id)
        )
        lines, origins = [], []
        for procurement, _rule in needs:
            quantity = procurement.product_uom._compute_quantity(
                procurement.product_qty, procurement.product_id.uom_id
            )
            if procurement.product_id.uom_id.compare(quantity, 0.0) < 0:
                requisition_sudo.line_ids._lower_automatic(
                    procurement.product_id, warehouse, -quantity, source_sudo
                )
                continue
            self._add_need(lines, procurement, quantity)
            if not procurement.values.get("orderpoint_id") and procurement.origin:
                origins.append(procurement.origin)
        if lines:
            requisition_sudo._add_missing(
                warehouse.sudo(),
                source_sudo,
                lines,
                is_automatic=True,
                ticket_id=ticket_sudo.id,
                origin=", ".join(dict.fromkeys(origins)) or False,
            )

    @api.model
    def _add_need(self, lines, procurement, quantity):
        """Add a need to the line of the same part and purpose, or as a new line."""
        vals = self._prepare_requisition_line_vals(procurement, quantity)
        for line in lines:
            if all(line[key] == vals[key] for key in NEED_KEY):
                line["quantity"] += vals["quantity"]
                line["demand_move_ids"] += vals["demand_move_ids"]
                return
        lines.append(vals)

    @api.model
    def _prepare_requisition_line_vals(self, procurement, quantity):
        moves = procurement.values.get("move_dest_ids") or self.env["stock.move"]
        # The need waits for stock, not for one receipt that may be cut or counted
        # short; it is reserved again whenever some of it arrives.
        moves.sudo().procure_method = "make_to_stock"
        orderpoint = procurement.values.get("orderpoint_id")
        return {
            "product_id": procurement.product_id.id,
            "quantity": quantity,
            "orderpoint_id": orderpoint.id if orderpoint else False,
            "repair_move_id": moves.filtered("repair_id")[:1].id,
            "demand_move_ids": moves.ids,
        }
