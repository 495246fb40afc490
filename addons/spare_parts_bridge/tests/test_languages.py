from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestLanguages(PartsCommon):
    """People of several languages work on one requisition."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        rule = cls.env.ref("spare_parts_bridge.approval_rule_supervisor")
        rule.with_context(lang="en_US").name = "Supervisor"
        rule.with_context(lang="zh_CN").name = "主管"

    def get_first_step(self):
        requisition = self.create_requisition()
        requisition.action_submit()
        return requisition.sudo().current_approval_id

    def test_steps_are_called_as_their_rule_in_every_language(self):
        step = self.get_first_step()
        self.assertEqual(step.with_context(lang="en_US").name, "Supervisor")
        self.assertEqual(step.with_context(lang="zh_CN").name, "主管")

    def test_activity_is_in_the_language_of_who_decides(self):
        self.supervisor.lang = "zh_CN"
        requisition = self.get_first_step().requisition_id
        activity = requisition.activity_ids.filtered(
            lambda row: row.user_id == self.supervisor
        )
        self.assertEqual(activity.summary, "主管")

    def test_refusals_are_in_the_language_of_who_asks(self):
        requisition = self.create_requisition().with_context(lang="zh_CN")
        requisition.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "没有配件"):
            requisition.action_submit()

    def test_guarded_documents_are_named_in_the_language_of_who_asks(self):
        document = self.env["ir.model"]._get("parts.requisition")
        document.with_context(lang="zh_CN").name = "配件需求报告"
        requisition = self.create_requisition().with_context(lang="zh_CN")
        with self.assertRaisesRegex(UserError, "配件需求报告"):
            requisition.write({"state": "done"})
