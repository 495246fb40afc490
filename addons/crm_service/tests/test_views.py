# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestViews(ServiceCommon):
    def test_subject_and_phone_are_enough_to_take_a_request(self):
        with Form(self.tickets.with_user(self.agent)) as form:
            form.name = "Broken"
            form.partner_phone = "02 5550 1234"
            form.partner_name = "Ann"
        self.assertEqual(form.record.partner_id.name, "Ann")
        self.assertTrue(form.record.number)

    def test_choosing_a_customer_fills_phone_and_email(self):
        partner = self._create_partner(phone="+390255501234", email="a@example.com")
        with Form(self.tickets.with_user(self.agent)) as form:
            form.name = "Broken"
            form.partner_id = partner
            self.assertEqual(form.partner_phone, partner.phone)
            self.assertEqual(form.partner_email, "a@example.com")

    def test_choosing_a_unit_fills_product_and_serial_number(self):
        product = self.env["product.product"].create({"name": "Fridge"})
        asset = self._create_asset(product_id=product.id)
        with Form(self.tickets.with_user(self.agent)) as form:
            form.name = "Broken"
            form.asset_id = asset
            self.assertEqual(form.product_id, product)
            self.assertEqual(form.serial_number, "S-1")

    def test_every_action_opens_its_views_for_every_role(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "crm_service"), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        self.assertGreater(len(actions), 7)
        for action in actions:
            self.assertTrue(action.path, action.name)
            self.assertTrue(action.help, action.name)
            for user in (self.technician, self.agent, self.manager):
                groups = action.group_ids
                if groups and not groups & user.all_group_ids:
                    continue
                model = self.env[action.res_model].with_user(user)
                views = [(False, kind) for kind in action.view_mode.split(",")]
                views.append((False, "search"))
                with self.subTest(action=action.name, user=user.login):
                    self.assertTrue(model.get_views(views)["views"])

    def test_the_buttons_of_customers_units_and_teams_open_tickets(self):
        partner = self._create_partner()
        ticket = self._create_ticket(partner_id=partner.id)
        asset = self._create_asset()
        for action in (
            partner.with_user(self.agent).action_open_service_tickets(),
            asset.with_user(self.agent).action_open_tickets(),
            self._create_team().with_user(self.agent).action_open_tickets(),
        ):
            self.assertEqual(action["res_model"], "service.ticket")
        domain = partner.action_open_service_tickets()["domain"]
        self.assertEqual(self.tickets.search(domain), ticket)
