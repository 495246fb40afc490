# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from lxml import etree

from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestSettings(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = cls.env.ref("base.group_system")
        groups |= cls.env.ref("crm_service.group_service_manager")
        cls.admin = cls._create_user("manager", login="admin_of_service")
        cls.admin.group_ids |= groups

    def test_every_setting_of_service_is_on_the_page(self):
        companies = self.env["res.company"]._fields
        ours = {
            name
            for name, field in companies.items()
            if name.startswith("service_")
            and field.store
            and "crm_service" in field._modules
        }
        view = self.env.ref("crm_service.res_config_settings_view_form")
        shown = set(etree.fromstring(view.arch).xpath("//field/@name"))
        self.assertFalse({name for name in ours if name not in shown})

    def test_what_is_set_is_kept_for_the_company(self):
        team = self._create_team()
        form = Form(self.env["res.config.settings"].with_user(self.admin))
        form.service_reopen_days = 30
        form.service_complaint_team_id = team
        form.service_notify_hours = 48
        form.save().execute()
        self.assertEqual(self.company.service_reopen_days, 30)
        self.assertEqual(self.company.service_complaint_team_id, team)
        self.assertEqual(self.company.service_notify_hours, 48)
        self.assertEqual(self.other_company.service_reopen_days, 14)
