from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import PartsCommon

REPORTS = {
    "parts.requisition": "spare_parts_bridge.parts_requisition_report",
    "parts.receipt": "spare_parts_bridge.parts_receipt_report",
}


@tagged("post_install", "-at_install")
class TestViews(PartsCommon):
    """The screens work for people who belong to one of the two companies only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_stock(cls.part, 20.0)

    def _get_documents(self):
        """Return a requisition with a delivery, a count and a discrepancy."""
        requisition = self.create_requisition({self.part: 5.0})
        self.approve(requisition)
        self.ship(requisition)
        self.count(requisition, {self.part: {"qty_accepted": 3.0, "qty_damaged": 1.0}})
        return requisition

    def _get_shipped(self):
        requisition = self.create_requisition({self.part: 5.0})
        self.approve(requisition)
        self.ship(requisition)
        return requisition

    # -- the source of another company ----------------------------------------

    def test_keeper_makes_a_requisition_in_the_form(self):
        model = self.as_user(self.env["parts.requisition"], self.keeper)
        with Form(model) as form:
            self.assertEqual(form.warehouse_id, self.warehouse)
            form.source_warehouse_id = self.source
            with form.line_ids.new() as line:
                line.product_id = self.part
                line.qty_requested = 4.0
                self.assertEqual(line.price_unit, 60.0)
            self.assertEqual(form.amount_total, 240.0)
        requisition = form.record
        self.assertEqual(requisition.source_company_id, self.factory)
        self.assertTrue(requisition.can_submit)
        self.assertIn("submit", requisition.next_step)

    def test_the_only_source_is_chosen_by_itself(self):
        self.warehouse.requisition_source_ids = self.source
        model = self.as_user(self.env["parts.requisition"], self.keeper)
        self.assertEqual(Form(model).source_warehouse_id, self.source)

    def test_sources_of_other_companies_are_offered_by_name(self):
        self.warehouse.requisition_source_ids = self.source
        domain = [("requesting_warehouse_id", "=", self.warehouse.id)]
        warehouses = self.as_user(self.env["stock.warehouse"], self.keeper)
        self.assertEqual(
            warehouses.name_search("", domain),
            [(self.source.id, self.source.display_name)],
        )
        self.assertFalse(warehouses.name_search("no such name", domain))
        with self.assertRaises(AccessError):
            warehouses.browse(self.source.id).read(["name", "code"])

    def test_sources_of_a_foreign_warehouse_are_not_offered(self):
        domain = [("requesting_warehouse_id", "=", self.warehouse.id)]
        warehouses = self.as_user(self.env["stock.warehouse"], self.clerk)
        self.assertNotIn(
            self.warehouse.id, [pair[0] for pair in warehouses.name_search("", domain)]
        )

    def test_a_warehouse_without_chosen_sources_asks_who_has_transfer_prices(self):
        company = self.create_company("Parts Dealer", "DEA")
        dealer = self.get_warehouse(company)
        self.assertIn(self.source, self.warehouse._get_requisition_sources())
        self.assertNotIn(dealer, self.warehouse._get_requisition_sources())
        self.set_transfer_price(self.part, 70.0, company=company)
        self.assertIn(dealer, self.warehouse._get_requisition_sources())

    def test_a_warehouse_that_is_no_source_is_refused(self):
        other = self.get_warehouse(self.create_company("Parts Dealer", "DEA"))
        self.warehouse.requisition_source_ids = self.source
        with self.assertRaisesRegex(ValidationError, "DEA"):
            self.create_requisition(source_warehouse_id=other.id)
        requisition = self.create_requisition()
        with self.assertRaisesRegex(ValidationError, "DEA"):
            requisition.source_warehouse_id = other

    # -- buttons ---------------------------------------------------------------

    def test_buttons_show_to_those_who_may_press_them(self):
        requisition = self.create_requisition({self.part: 2.0})
        for user, shown in ((self.keeper, True), (self.supervisor, False)):
            self.assertEqual(self.as_user(requisition, user).can_submit, shown)
        self.as_user(requisition, self.keeper).action_submit()
        self.assertTrue(self.as_user(requisition, self.supervisor).can_decide)
        self.assertFalse(self.as_user(requisition, self.clerk).can_decide)
        self.approve(requisition)
        self.assertTrue(self.as_user(requisition, self.clerk).can_ship)
        self.assertFalse(self.as_user(requisition, self.keeper).can_ship)
        self.ship(requisition)
        self.assertTrue(self.as_user(requisition, self.keeper).can_count)
        self.assertFalse(self.as_user(requisition, self.clerk).can_count)
        self.assertFalse(self.as_user(requisition, self.clerk).can_ship)

    def test_requisitions_to_decide_are_found_by_their_deciders_only(self):
        requisition = self.create_requisition({self.part: 2.0})
        self.as_user(requisition, self.keeper).action_submit()
        for user in (self.keeper, self.supervisor, self.clerk, self.finance):
            model = self.as_user(self.env["parts.requisition"], user)
            found = model.search([("can_decide", "=", True)])
            self.assertEqual(requisition in found, user == self.supervisor, user.name)
            others = model.search([("can_decide", "=", False)])
            self.assertFalse(found & others)

    def test_requisitions_to_ship_are_found_by_both_companies(self):
        requisition = self.create_requisition({self.part: 2.0})
        self.approve(requisition)
        for user in (self.keeper, self.clerk, self.supervisor):
            model = self.as_user(self.env["parts.requisition"], user)
            self.assertIn(requisition, model.search([("is_to_ship", "=", True)]))
        self.ship(requisition)
        model = self.as_user(self.env["parts.requisition"], self.keeper)
        self.assertNotIn(requisition, model.search([("is_to_ship", "=", True)]))

    def test_ship_opens_the_delivery_note_of_the_source(self):
        requisition = self.create_requisition({self.part: 2.0})
        self.approve(requisition)
        action = self.as_user(requisition, self.clerk).action_ship()
        delivery = self.env["stock.picking"].browse(action["res_id"])
        self.assertEqual(delivery.parts_requisition_id, requisition)
        self.assertEqual(delivery.company_id, self.factory)
        with self.assertRaises(AccessError):
            self.as_user(requisition, self.keeper).action_ship()
        self.ship(requisition)
        with self.assertRaisesRegex(UserError, "nothing to ship"):
            self.as_user(requisition, self.clerk).action_ship()

    def test_count_opens_the_open_count(self):
        requisition = self._get_shipped()
        action = self.as_user(requisition, self.keeper).action_count()
        self.assertEqual(action["res_id"], requisition.receipt_ids.id)
        self.count(requisition)
        with self.assertRaisesRegex(UserError, "Nothing of"):
            self.as_user(requisition, self.keeper).action_count()

    # -- forms -----------------------------------------------------------------

    def test_both_companies_open_every_document(self):
        requisition = self._get_documents()
        for user in (self.keeper, self.clerk, self.finance, self.supervisor):
            documents = (
                requisition,
                requisition.receipt_ids,
                requisition.discrepancy_ids[:1],
            )
            for document in documents:
                with self.subTest(user=user.login, document=document._name):
                    Form(self.as_user(document, user))

    def test_short_quantity_follows_the_count_while_it_is_typed(self):
        receipt = self.as_user(self._get_shipped().receipt_ids, self.keeper)
        with Form(receipt) as form, form.line_ids.edit(0) as line:
            self.assertEqual(line.qty_short, 5.0)
            line.qty_accepted = 3.0
            line.qty_damaged = 1.0
            self.assertEqual(line.qty_short, 1.0)
        receipt.action_confirm()
        self.assertEqual(receipt.open_discrepancy_count, 2)

    def test_clerk_cuts_a_quantity_in_the_decision(self):
        requisition = self.create_requisition({self.part: 5.0})
        self.as_user(requisition, self.keeper).action_submit()
        self.as_user(requisition, self.supervisor)._decide("approve")
        action = self.as_user(requisition, self.clerk).action_decide()
        model = self.as_user(self.env[action["res_model"]], self.clerk)
        with Form(model.with_context(**action["context"])) as form:
            self.assertTrue(form.shows_stock)
            with form.line_ids.edit(0) as line:
                self.assertEqual(line.source_stock, 20.0)
                line.quantity = 3.0
            form.comment = "Two are promised to another customer"
        form.record.action_approve()
        self.assertEqual(requisition.line_ids.qty_approved, 3.0)

    def test_source_stock_is_hidden_from_the_requesting_company(self):
        requisition = self.create_requisition({self.part: 5.0})
        self.as_user(requisition, self.keeper).action_submit()
        action = self.as_user(requisition, self.supervisor).action_decide()
        model = self.as_user(self.env[action["res_model"]], self.supervisor)
        form = Form(model.with_context(**action["context"]))
        self.assertFalse(form.shows_stock)

    def test_clerk_settles_a_discrepancy_in_the_form(self):
        discrepancy = self._get_documents().discrepancy_ids[:1]
        self.assertFalse(self.as_user(discrepancy, self.keeper).can_settle)
        discrepancy = self.as_user(discrepancy, self.clerk)
        with Form(discrepancy) as form:
            form.resolution = "ship_again"
        discrepancy.action_settle()
        self.assertEqual(discrepancy.state, "settled")
        self.assertTrue(discrepancy.has_pickings)
        self.assertFalse(self.as_user(discrepancy, self.keeper).has_pickings)

    def test_both_companies_may_write_on_a_count_and_a_discrepancy(self):
        requisition = self._get_documents()
        for document in (requisition.receipt_ids, requisition.discrepancy_ids[:1]):
            for user in (self.keeper, self.clerk):
                self.as_user(document, user).message_post(body="The box was open.")

    def test_receipt_transfer_is_counted_instead_of_validated(self):
        picking = self._get_shipped().receipt_ids.picking_id
        picking = self.as_user(picking, self.keeper)
        action = picking.action_open_parts_receipt()
        self.assertEqual(action["res_id"], picking.parts_receipt_id.id)
        with self.assertRaisesRegex(UserError, "received by counting"):
            picking.action_cancel()
        arch = etree.fromstring(picking.get_view(view_type="form")["arch"])
        for button in arch.xpath("//header/button[@name='button_validate']"):
            self.assertIn("parts_receipt_id", button.get("invisible"))

    def test_counters_lead_to_the_documents_of_the_own_company(self):
        requisition = self._get_documents()
        keeper = self.as_user(requisition, self.keeper)
        clerk = self.as_user(requisition, self.clerk)
        supervisor = self.as_user(requisition, self.supervisor)
        self.assertEqual(clerk.delivery_count, 1)
        self.assertEqual(keeper.delivery_count, 0)
        self.assertEqual(supervisor.delivery_count, 0)
        self.assertEqual(keeper.receipt_count, 1)
        for action in (keeper.action_view_receipts(), clerk.action_view_receipts()):
            self.assertEqual(action["res_id"], requisition.receipt_ids.id)
        action = clerk.action_view_discrepancies()
        self.assertEqual(
            action["domain"], [("id", "in", requisition.discrepancy_ids.ids)]
        )

    def test_accountant_goes_from_the_invoice_to_the_requisition_and_back(self):
        requisition = self._get_documents()
        accountant = self.create_user(
            "spare_parts_bridge.group_parts_approver,account.group_account_invoice",
            self.factory,
            login="parts_accountant",
        )
        requisition = self.as_user(requisition, accountant)
        self.assertEqual(requisition.move_count, 1)
        move = self.env["account.move"].browse(
            requisition.action_view_moves()["res_id"]
        )
        self.assertEqual(move.move_type, "out_invoice")
        action = self.as_user(move, accountant).action_open_parts_requisition()
        self.assertEqual(action["res_id"], requisition.id)

    def test_ticket_counts_its_requisitions(self):
        ticket = self.create_ticket()
        other = self.create_ticket(name="Drips")
        self.create_requisition(ticket_id=ticket.id)
        tickets = self.as_user(ticket | other, self.technician).sudo()
        self.assertEqual(tickets.mapped("requisition_count"), [1, 0])

    # -- transfer prices -------------------------------------------------------

    def test_parts_manager_enters_transfer_prices(self):
        company = self.create_company(
            "Parts Dealer", "DEA", transfer_pricelist_id=False
        )
        company.transfer_pricelist_id = False
        manager = self.create_user("manager", company)
        action = (
            self.as_user(company, manager)
            .with_company(company)
            .action_view_transfer_prices()
        )
        self.assertEqual(
            company.transfer_pricelist_id.id, action["context"]["default_pricelist_id"]
        )
        model = self.as_user(self.env["product.pricelist.item"], manager)
        view = "spare_parts_bridge.product_pricelist_item_view_list_transfer"
        with Form(model.with_context(**action["context"]), view=view) as form:
            form.product_id = self.part
            form.fixed_price = 65.0
        self.assertEqual(
            company.transfer_pricelist_id._get_product_price(self.part, 1.0), 65.0
        )

    # -- everything loads ------------------------------------------------------

    def test_every_menu_opens_for_those_who_see_it(self):
        self._get_documents()
        manager = self.create_user("manager", self.service)
        root_path = f"{self.env.ref('spare_parts_bridge.parts_menu_root').id}/"
        for user in (self.keeper, self.clerk, self.finance, self.supervisor, manager):
            menus = self.as_user(self.env["ir.ui.menu"], user)
            visible = menus.browse(menus._visible_menu_ids())
            for menu in visible.filtered(
                lambda row: row.parent_path.startswith(root_path) and row.action
            ):
                with self.subTest(user=user.login, menu=menu.complete_name):
                    self._open(menu.sudo().action, user)

    def _open(self, action, user):
        if action._name != "ir.actions.act_window":
            return
        model = self.as_user(self.env[action.res_model], user)
        views = [(view_id, mode) for view_id, mode in action.views]
        loaded = model.get_views([*views, (action.search_view_id.id, "search")])
        context = {
            "uid": user.id,
            "allowed_company_ids": user.company_ids.ids,
        }
        domain = safe_eval(action.domain or "[]", context)
        if model._name.startswith("parts."):
            model.web_search_read(domain, self._get_specification(loaded))
            self._try_filters(model, loaded["views"]["search"]["arch"], context)

    def _get_specification(self, loaded):
        arch = loaded["views"].get("list", {}).get("arch")
        nodes = etree.fromstring(arch).xpath("./field") if arch else []
        return {node.get("name"): {} for node in nodes}

    def _try_filters(self, model, arch, context):
        for node in etree.fromstring(arch).xpath("//filter"):
            if domain := node.get("domain"):
                model.search_count(safe_eval(domain, context))
            group_by = safe_eval(node.get("context") or "{}", context).get("group_by")
            if group_by:
                model.formatted_read_group([], [group_by], ["__count"])

    def test_prints_render_for_both_companies(self):
        requisition = self._get_documents()
        for user in (self.keeper, self.clerk, self.supervisor):
            report = self.as_user(self.env["ir.actions.report"], user)
            for documents in (requisition, requisition.receipt_ids):
                name = REPORTS[documents._name]
                html = report._render_qweb_html(name, documents.ids)[0].decode()
                self.assertIn(requisition.name, html)
                self.assertIn(requisition.receipt_ids.delivery_name, html)
                self.assertIn("Compressor", html)
