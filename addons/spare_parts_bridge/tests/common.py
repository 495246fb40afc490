from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

ROLES = {
    "technician": "crm_service.group_service_technician",
    "supervisor": "crm_service.group_service_supervisor",
    "keeper": "spare_parts_bridge.group_parts_keeper",
    "clerk": "spare_parts_bridge.group_parts_clerk",
    "finance": "spare_parts_bridge.group_parts_approver",
    "manager": "spare_parts_bridge.group_parts_manager",
}


class PartsCommon(BaseCommon):
    """A service centre and a factory, with their books, warehouses and people.

    ``service`` asks ``factory`` for ``part``, from ``source`` to ``warehouse``.
    The factories below take ``**values``, which win over their defaults.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.create_company("Parts Service", "SVC")
        cls.factory = cls.create_company("Parts Factory", "FRI")
        cls.warehouse = cls.get_warehouse(cls.service)
        cls.source = cls.get_warehouse(cls.factory)
        for role in ("technician", "supervisor", "keeper"):
            setattr(cls, role, cls.create_user(role, cls.service))
        for role in ("clerk", "finance"):
            setattr(cls, role, cls.create_user(role, cls.factory))
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": [cls.service.id, cls.factory.id],
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Parts Customer", "company_id": False}
        )
        cls.part = cls.create_product(name="Compressor", standard_price=40.0)
        cls.set_transfer_price(cls.part, 60.0)

    # -- companies and people -----------------------------------------------

    @classmethod
    def create_company(cls, name, code, chart=True, **values):
        """Create a company with books, a warehouse and a transfer price list.

        :param str code: short name of its warehouse
        :param bool chart: whether to load the generic chart of accounts
        :param values: values of the company, such as ``currency_id``
        """
        currency = cls.env["res.currency"].browse(values.pop("currency_id", []))
        company = cls.env["res.company"].create({"name": name, **values})
        cls.env.user.company_ids |= company
        if chart:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=company, install_demo=False
            )
        if currency:
            company.currency_id = currency
        # Odoo makes the warehouse of a new company in tests only.
        warehouse = cls.get_warehouse(company) or cls.env["stock.warehouse"].create(
            {"name": name, "code": code, "company_id": company.id}
        )
        warehouse.write({"name": name, "code": code})
        company.transfer_pricelist_id = cls.env["product.pricelist"].create(
            {
                "name": f"Transfer prices of {name}",
                "company_id": company.id,
                "currency_id": company.currency_id.id,
            }
        )
        return company

    @classmethod
    def get_warehouse(cls, company):
        """Return the first warehouse of a company."""
        return cls.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )

    @classmethod
    def create_user(cls, role, company, login=None, **values):
        """Create a person of a company.

        :param str role: key of ``ROLES``, or XML ids of groups
        """
        return new_test_user(
            cls.env,
            login=login or f"parts_{role.split('.')[-1]}_{company.id}",
            groups=ROLES.get(role, role),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    @classmethod
    def as_user(cls, records, user):
        """Return the records as a person sees them, in their own companies."""
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    # -- products and stock ---------------------------------------------------

    @classmethod
    def create_category(cls, cost_method="standard", valuation="periodic", **values):
        """Create a category that is valued in the same way in both companies."""
        category = cls.env["product.category"].create({"name": "Parts", **values})
        for company in cls.service | cls.factory:
            category.with_company(company).write(
                {
                    "property_cost_method": cost_method,
                    "property_valuation": valuation,
                }
            )
        return category

    @classmethod
    def create_product(cls, **values):
        """Create a part that is kept in stock.

        ``standard_price`` becomes its cost in both companies.
        """
        cost = values.pop("standard_price", 0.0)
        product = cls.env["product.product"].create(
            {"name": "Part", "type": "consu", "is_storable": True, **values}
        )
        for company in cls.service | cls.factory:
            product.with_company(company).standard_price = cost
        return product

    @classmethod
    def create_lot(cls, product, name, **values):
        """Create a lot or serial number that all companies share."""
        return cls.env["stock.lot"].create(
            {"product_id": product.id, "name": name, "company_id": False, **values}
        )

    @classmethod
    def set_stock(cls, product, quantity, warehouse=None, lot=None, location=None):
        """Set what is on hand by a stock count, valued at the product's cost.

        :param warehouse: ``source`` unless given
        :param location: the warehouse's stock unless given
        """
        warehouse = warehouse or cls.source
        location = location or warehouse.lot_stock_id
        quant_model = cls.env["stock.quant"].with_company(location.company_id)
        quant_model.with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": location.id,
                "lot_id": lot.id if lot else False,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    @classmethod
    def receive(cls, product, warehouse, quantity, unit_cost):
        """Receive a product from a vendor at a cost."""
        company = warehouse.company_id
        picking = (
            cls.env["stock.picking"]
            .with_company(company)
            .create(
                {
                    "picking_type_id": warehouse.in_type_id.id,
                    "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                    "location_dest_id": warehouse.lot_stock_id.id,
                    "move_ids": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": quantity}
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.button_validate()
        picking.move_ids.value_manual = quantity * unit_cost

    @classmethod
    def get_stock(cls, product, warehouse=None, location=None, lot=None):
        """Return what is on hand in a location; ``warehouse``'s stock by default."""
        location = location or (warehouse or cls.warehouse).lot_stock_id
        domain = [
            ("product_id", "=", product.id),
            ("location_id", "child_of", location.id),
        ]
        if lot:
            domain.append(("lot_id", "=", lot.id))
        quants = cls.env["stock.quant"].sudo().search(domain)
        return sum(quants.mapped("quantity"))

    @classmethod
    def set_transfer_price(cls, product, price, company=None, **values):
        """Set what the group's companies pay for a part of ``factory``."""
        pricelist = (company or cls.factory).transfer_pricelist_id
        return cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": pricelist.id,
                "applied_on": "0_product_variant",
                "product_id": product.id,
                "compute_price": "fixed",
                "fixed_price": price,
                **values,
            }
        )

    @classmethod
    def create_orderpoint(cls, safety_stock=5.0, maximum=10.0, **values):
        """Create a reordering rule of ``part`` in ``warehouse``."""
        warehouse = values.pop("warehouse", cls.warehouse)
        return (
            cls.env["stock.warehouse.orderpoint"]
            .with_company(warehouse.company_id)
            .create(
                {
                    "product_id": cls.part.id,
                    "warehouse_id": warehouse.id,
                    "company_id": warehouse.company_id.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "product_min_qty": safety_stock,
                    "product_max_qty": maximum,
                    "trigger": "auto",
                    **values,
                }
            )
        )

    # -- documents ------------------------------------------------------------

    @classmethod
    def create_ticket(cls, **values):
        """Create a repair ticket of the customer."""
        return (
            cls.env["service.ticket"]
            .with_company(cls.service)
            .create(
                {
                    "name": "Does not cool",
                    "type_id": cls.env["service.ticket.type"]
                    .search([("code", "=", "repair")], limit=1)
                    .id,
                    "partner_id": cls.customer.id,
                    "company_id": cls.service.id,
                    **values,
                }
            )
        )

    @classmethod
    def create_repair(cls, parts, **values):
        """Create a job sheet with the parts that it needs.

        :param dict parts: ``{product: quantity}``
        """
        return (
            cls.env["repair.order"]
            .with_company(cls.service)
            .create(
                {
                    "company_id": cls.service.id,
                    "partner_id": cls.customer.id,
                    "picking_type_id": cls.warehouse.repair_type_id.id,
                    "move_ids": [
                        Command.create(
                            {
                                "repair_line_type": "add",
                                "product_id": product.id,
                                "product_uom_qty": quantity,
                                "company_id": cls.service.id,
                            }
                        )
                        for product, quantity in parts.items()
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def create_requisition(cls, quantities=None, user=None, **values):
        """Create a draft of the keeper.

        :param dict quantities: ``{product: quantity}``; two of ``part`` by default
        """
        return cls.as_user(cls.env["parts.requisition"], user or cls.keeper).create(
            {
                "warehouse_id": cls.warehouse.id,
                "source_warehouse_id": cls.source.id,
                "line_ids": [
                    Command.create(
                        {"product_id": product.id, "qty_requested": quantity}
                    )
                    for product, quantity in (quantities or {cls.part: 2.0}).items()
                ],
                **values,
            }
        )

    @classmethod
    def approve(cls, requisition, quantities=None):
        """Submit a draft and pass all of its approval steps.

        :param dict quantities: ``{line: quantity}`` that the first step cuts
        """
        deciders = cls.supervisor | cls.clerk | cls.finance
        if requisition.state == "draft":
            cls.as_user(requisition, cls.keeper).action_submit()
        while requisition.state == "submitted":
            step = requisition.sudo().current_approval_id
            user = (step._get_deciders() & deciders)[:1]
            cls.as_user(requisition, user)._decide("approve", quantities)
            quantities = None

    @classmethod
    def ship(cls, requisition, quantities=None, lots=None):
        """Ship as the factory's clerk; see ``parts.requisition._ship``."""
        return cls.as_user(requisition, cls.clerk)._ship(quantities, lots)

    @classmethod
    def count(cls, requisition, counted=None, **values):
        """Confirm the open count as the keeper.

        :param dict counted: ``{product: {field: quantity}}``; everything is accepted
            by default
        :param values: values of the count, such as ``is_complete``
        """
        receipt = requisition.receipt_ids.filtered(lambda row: row.state == "draft")
        receipt = cls.as_user(receipt[:1], cls.keeper)
        receipt.write(values)
        if counted is None:
            receipt.action_accept_all()
        for line in receipt.line_ids:
            line.write((counted or {}).get(line.product_id, {}))
        receipt.action_confirm()
        return receipt

    @classmethod
    def deliver(cls, requisition):
        """Take a requisition from draft to a full count."""
        cls.approve(requisition)
        cls.ship(requisition)
        return cls.count(requisition)
