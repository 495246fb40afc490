from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestUnitPage(PartsCommon):
    """The unit's timeline shows what the ERP knows, to those who may read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fridge = cls.create_product(name="Fridge", tracking="serial")
        cls.lot = cls.create_lot(cls.fridge, "U-1")
        cls.set_stock(cls.fridge, 1, warehouse=cls.warehouse, lot=cls.lot)
        cls.clerk = cls._create_member("unit_clerk", "stock.group_stock_user")
        cls.boss = cls._create_member(
            "unit_boss",
            "crm_service.group_service_supervisor",
            "stock.group_stock_user",
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
        )
        cls.technician = cls._create_member(
            "unit_technician", "crm_service.group_service_technician"
        )
        cls.picking = cls._deliver()
        cls.unit = cls.lot.service_asset_ids
        cls.ticket = cls.create_ticket(
            asset_id=cls.unit.id, partner_id=cls.customer.id, user_id=cls.technician.id
        )

    @classmethod
    def _create_member(cls, login, *groups):
        return new_test_user(
            cls.env,
            login,
            groups=",".join(groups),
            company_id=cls.service.id,
            company_ids=[Command.set(cls.service.ids)],
        )

    @classmethod
    def _deliver(cls):
        """Deliver the serial number to the customer."""
        places = {
            "location_id": cls.warehouse.lot_stock_id.id,
            "location_dest_id": cls.env.ref("stock.stock_location_customers").id,
        }
        line = {"product_id": cls.fridge.id, "lot_id": cls.lot.id, "quantity": 1}
        move = {"product_id": cls.fridge.id, "product_uom_qty": 1, **places}
        lines = [Command.create({**line, "picked": True, **places})]
        picking = cls.env["stock.picking"].create(
            {
                "partner_id": cls.customer.id,
                "picking_type_id": cls.warehouse.out_type_id.id,
                "move_ids": [Command.create({**move, "move_line_ids": lines})],
                **places,
            }
        )
        cls.as_user(picking, cls.clerk).with_context(skip_sms=True).button_validate()
        return picking

    def _sell(self):
        """Return a posted invoice of an order for the ticket."""
        service = self.create_product(name="Work", type="service")
        service.invoice_policy = "order"
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "ticket_id": self.ticket.id,
                "order_line": [Command.create({"product_id": service.id})],
            }
        )
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        return order, invoice

    def _rows(self, user):
        page = self.as_user(self.env["service.asset.page"], user)
        entries = page.get_page(self.unit.id)["timeline"]["entries"]
        return {(entry["kind"], entry["id"]) for entry in entries}

    def test_deliveries_job_sheets_orders_and_invoices_are_on_the_line(self):
        repair = self.create_repair({self.part: 1.0}, ticket_id=self.ticket.id)
        order, invoice = self._sell()
        expected = {
            ("delivery", self.picking.id),
            ("repair", repair.id),
            ("order", order.id),
            ("invoice", invoice.id),
            ("ticket", self.ticket.id),
        }
        self.assertLessEqual(expected, self._rows(self.boss))

    def test_whoever_may_read_no_invoice_sees_the_rest(self):
        self._sell()
        rows = self._rows(self.technician)
        self.assertIn(("ticket", self.ticket.id), rows)
        self.assertFalse({"invoice", "order"} & {kind for kind, _id in rows})

    def test_the_page_of_all_that_is_installed_takes_few_queries(self):
        self._sell()
        page = self.as_user(self.env["service.asset.page"], self.boss)
        for _warm in range(2):  # what is known of rights and rules is kept
            self.env.flush_all()
            self.env.invalidate_all()
            # any request reads whose it is
            user = page.env.user
            self.assertTrue(user.partner_id.name and user.company_id.name)
            before = self.env.cr.sql_log_count
            page.get_page(self.unit.id)
        self.assertLess(self.env.cr.sql_log_count - before, 20)
