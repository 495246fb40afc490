from odoo import Command
from odoo.tests import Form, TransactionCase, new_test_user, tagged

GROUPS = (
    "account.group_account_invoice",
    "sales_team.group_sale_salesman_all_leads",
    "stock.group_stock_user",
)


@tagged("post_install", "-at_install")
class TestOtherUsers(TransactionCase):
    """Those who have nothing to do with service work on as before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "other", groups=",".join(GROUPS))

    def _get_actions(self):
        """Return the windows that the user's menus open."""
        menus = self.env["ir.ui.menu"].with_user(self.user).load_menus(False)
        ids = {
            menu["action_id"]
            for menu in menus.values()
            if menu.get("action_model") == "ir.actions.act_window"
        }
        return self.env["ir.actions.act_window"].browse(ids).exists()

    def test_every_menu_opens_with_its_filters(self):
        actions = self._get_actions()
        self.assertGreater(len(actions), 20)
        for action in actions:
            with self.subTest(action=action.xml_id):
                model = self.env[action.res_model].with_user(self.user)
                options = {"action_id": action.id, "load_filters": True}
                views = [*action.views, (action.search_view_id.id, "search")]
                answer = model.get_views(views, options)
                self.assertIn("filters", answer["views"]["search"])

    def test_a_contact_an_order_and_an_invoice_are_written_as_before(self):
        env = self.env(user=self.user)
        with Form(env["res.partner"]) as form:
            form.name = "Caffè Aurelio"
        partner = form.save()
        product = self.env["product.product"].create({"name": "Cabinet"})
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.message_post(body="As agreed on the phone")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertTrue(partner.web_read({"display_name": {}}))
