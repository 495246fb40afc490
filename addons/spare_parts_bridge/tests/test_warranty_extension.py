# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_service.tools.warranty_terms import add_months

from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestWarrantyExtension(PartsCommon):
    """Selling a product that extends a warranty extends one, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.service.ids}
        )
        policies = cls.env["service.warranty.policy"]
        line = {"months": 12, "share": 100}
        cls.fridge = cls.create_product(name="Fridge", tracking="serial")
        cls.policy = policies.create(
            {
                "name": "One year",
                "product_tmpl_ids": [Command.set(cls.fridge.product_tmpl_id.ids)],
                "term_ids": [Command.create(line)],
            }
        )
        cls.longer = policies.create(
            {
                "name": "One year more",
                "is_extension": True,
                "term_ids": [Command.create(line)],
            }
        )
        cls.certificate = cls.env["product.product"].create(
            {
                "name": "Certificate",
                "type": "service",
                "service_extension_policy_id": cls.longer.id,
            }
        )
        cls.delivered_on = fields.Date.today() - timedelta(days=100)
        cls.unit = cls.env["service.asset"].create(
            {
                "serial_number": "F-1",
                "product_id": cls.fridge.id,
                "partner_id": cls.customer.id,
                "delivered_on": cls.delivered_on,
                "company_id": cls.service.id,
            }
        )
        cls.seller = new_test_user(
            cls.env,
            "extension_seller",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=cls.service.id,
            company_ids=[Command.set(cls.service.ids)],
        )

    def _sell(self, *lines, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.service.id,
                "order_line": [Command.create(line) for line in lines],
                **values,
            }
        )
        order.with_user(self.seller).action_confirm()
        return order

    def _get_end(self, months):
        return add_months(self.delivered_on, months)

    def _get_extensions(self, order):
        return order.order_line.service_extension_ids

    def test_a_seller_without_our_groups_extends_the_warranty_of_a_unit(self):
        order = self._sell(
            {"product_id": self.certificate.id, "service_asset_id": self.unit.id}
        )
        extension = self._get_extensions(order)
        self.assertEqual(extension.asset_id, self.unit)
        self.assertEqual(extension.partner_id, self.customer)
        self.assertEqual(extension.name, order.name)
        self.assertEqual(self.unit.warranty_until, self._get_end(24))

    def test_a_cancelled_order_takes_it_back_and_a_confirmed_one_brings_it_once(self):
        order = self._sell(
            {"product_id": self.certificate.id, "service_asset_id": self.unit.id}
        )
        order._action_cancel()
        self.assertEqual(self.unit.warranty_until, self._get_end(12))
        order.action_draft()
        order.with_user(self.seller).action_confirm()
        order._action_confirm()
        extension = self._get_extensions(order)
        self.assertEqual(len(extension), 1)
        self.assertTrue(extension.active)
        self.assertEqual(self.unit.warranty_until, self._get_end(24))

    def test_more_and_fewer_of_a_confirmed_order_follow(self):
        order = self._sell({"product_id": self.certificate.id})
        line = order.order_line.with_user(self.seller)
        line.product_uom_qty = 3
        extensions = self._get_extensions(order)
        self.assertEqual(len(extensions), 3)
        line.product_uom_qty = 1
        self.assertEqual(extensions.filtered("active").sale_place, 0)
        line.product_uom_qty = 2
        self.assertEqual(len(extensions.filtered("active")), 2)
        self.assertEqual(self._get_extensions(order), extensions)

    def test_a_line_added_to_a_confirmed_order_extends_too(self):
        order = self._sell({"product_id": self.part.id})
        self.assertFalse(self._get_extensions(order))
        order.with_user(self.seller).order_line = [
            Command.create({"product_id": self.certificate.id})
        ]
        self.assertEqual(len(self._get_extensions(order)), 1)

    def test_a_quotation_extends_nothing_yet(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.service.id,
                "order_line": [Command.create({"product_id": self.certificate.id})],
            }
        )
        order.order_line.product_uom_qty = 2
        self.assertFalse(self._get_extensions(order))

    def test_other_products_extend_nothing(self):
        order = self._sell({"product_id": self.part.id})
        self.assertFalse(self._get_extensions(order))

    def test_units_of_the_same_order_get_theirs_when_they_are_delivered(self):
        lots = self.env["stock.lot"]
        for name in ("F-2", "F-3", "F-4"):
            lot = self.create_lot(self.fridge, name)
            self.set_stock(self.fridge, 1, warehouse=self.warehouse, lot=lot)
            lots |= lot
        order = self._sell(
            {"product_id": self.fridge.id, "product_uom_qty": 3},
            {"product_id": self.certificate.id, "product_uom_qty": 2},
            warehouse_id=self.warehouse.id,
        )
        extensions = self._get_extensions(order)
        self.assertEqual(len(extensions), 2)
        self.assertFalse(extensions.asset_id)
        picking = order.picking_ids
        for line, lot in zip(picking.move_line_ids, lots, strict=True):
            line.write({"lot_id": lot.id, "quantity": 1, "picked": True})
        picking.with_context(skip_sms=True).button_validate()
        units = self.env["service.asset"].search([("lot_id", "in", lots.ids)])
        self.assertEqual(len(units), 3)
        self.assertEqual(len(extensions.asset_id & units), 2)
        extended = units.filtered("extension_ids")
        for unit in extended:
            self.assertEqual(unit.extension_ids.date_start, unit.warranty_start)
            self.assertGreater(unit.warranty_until, (units - extended).warranty_until)
