from odoo import Command, api, fields, models


class StockWarehouseRequisition(models.Model):
    """Routes by which a warehouse requisitions its parts from others."""

    _inherit = "stock.warehouse"

    requisition_source_ids = fields.Many2many(
        "stock.warehouse",
        "stock_warehouse_requisition_rel",
        "warehouse_id",
        "source_id",
        "Requisition Parts From",
        domain="[('id', '!=', id)]",
        copy=False,
        help="Each warehouse makes a route that you can choose on products and product "
        "categories. It may belong to another company: the parts are then "
        "invoiced at its transfer price.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to make the routes of the sources."""
        warehouses = super().create(vals_list)
        warehouses.filtered("requisition_source_ids")._sync_requisition_routes()
        return warehouses

    def write(self, vals):
        """Override of `write` to keep the routes in line with the sources."""
        result = super().write(vals)
        if vals.keys() & {
            "requisition_source_ids",
            "active",
            "name",
            "in_type_id",
            "lot_stock_id",
        }:
            # sudo: warehouses of other companies may have this one as their source
            self.sudo()._with_requisitioning_warehouses()._sync_requisition_routes()
        return result

    def _with_requisitioning_warehouses(self):
        """Return these warehouses and those that requisition from them."""
        return self | self.with_context(active_test=False).search(
            [("requisition_source_ids", "in", self.ids)]
        )

    def _sync_requisition_routes(self):
        """Create, rename, archive and bring back routes; safe to run again."""
        # sudo: a source of another company may not be readable for the user
        for warehouse_sudo in self.sudo():
            sources_sudo = warehouse_sudo.requisition_source_ids.filtered("active")
            if not warehouse_sudo.active:
                sources_sudo = sources_sudo.browse()
            rules_sudo = warehouse_sudo._get_requisition_rules()
            for rule_sudo in rules_sudo:
                warehouse_sudo._update_requisition_route(
                    rule_sudo, rule_sudo.requisition_source_warehouse_id in sources_sudo
                )
            missing_sudo = sources_sudo - rules_sudo.requisition_source_warehouse_id
            self.env["stock.route"].sudo().create(
                [
                    warehouse_sudo._prepare_requisition_route_vals(source_sudo)
                    for source_sudo in missing_sudo - warehouse_sudo
                ]
            )

    def _get_requisition_rules(self):
        """Return the rules by which the warehouse requisitions, archived ones too."""
        return (
            self.env["stock.rule"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [("action", "=", "requisition"), ("warehouse_id", "in", self.ids)],
                order="id",
            )
        )

    def _update_requisition_route(self, rule_sudo, active):
        source_sudo = rule_sudo.requisition_source_warehouse_id
        route_sudo = rule_sudo.route_id
        if route_sudo.active != active:
            route_sudo.active = active
        if not active and not rule_sudo.active:
            return
        vals = self._prepare_requisition_rule_vals(source_sudo)
        rule_sudo.write({**vals, "active": active})
        route_sudo.name = vals["name"]

    def _prepare_requisition_route_vals(self, source_sudo):
        rule_vals = self._prepare_requisition_rule_vals(source_sudo)
        return {
            "name": rule_vals["name"],
            "company_id": self.company_id.id,
            "product_selectable": True,
            "product_categ_selectable": True,
            "warehouse_selectable": True,
            "rule_ids": [Command.create(rule_vals)],
        }

    def _prepare_requisition_rule_vals(self, source_sudo):
        return {
            "name": self.env._(
                "%(warehouse)s: requisition from %(shipper)s",
                warehouse=self.name,
                shipper=source_sudo.name,
            ),
            "action": "requisition",
            "company_id": self.company_id.id,
            "warehouse_id": self.id,
            "location_dest_id": self.lot_stock_id.id,
            "picking_type_id": self.in_type_id.id,
            "requisition_source_warehouse_id": source_sudo.id,
        }

    def _get_requisition_source(self, product):
        """Return the warehouse that this one requisitions a part from.

        :return: `stock.warehouse` in superuser mode, as it may belong to another
            company; empty when no requisition route leads to this warehouse
        """
        self.ensure_one()
        company = self.company_id
        # sudo: routes and sources are the same for everybody in the company
        rule_sudo = (
            self.env["stock.rule"]
            .sudo()
            .with_company(company)
            ._get_requisition_rule(product.sudo(), self.sudo())
        )
        return rule_sudo.requisition_source_warehouse_id
