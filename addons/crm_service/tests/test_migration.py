# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from .sla_common import SlaCommon, at

SCRIPT = "crm_service/migrations/19.0.1.1.0/post-promises.py"


@tagged("post_install", "-at_install")
class TestMigration(SlaCommon):
    def _migrate(self, version="19.0.1.0.0"):
        self.env.flush_all()
        load_script(file_path(SCRIPT), "promises").migrate(self.env.cr, version)
        self.env.invalidate_all()

    def test_open_tickets_get_their_promises(self):
        partner = self._create_partner(email="ann@example.com")
        fresh, answered, done = (
            self._create_sla_ticket(partner_id=partner.id) for _i in range(3)
        )
        self._go("11-23 09:30")
        self._reply(answered)
        done._move_to_phase("closed")
        # as the version before left them
        (fresh | answered | done)._with_flow().write(
            {"first_replied_at": False, "sla_holds": False}
        )
        policy = self._create_policy(first_response_hours=2, resolution_hours=10)
        self._go("11-23 10:00")
        self._migrate(version=None)
        self.assertFalse(fresh.sla_policy_id)
        self._migrate()
        self.assertEqual((fresh | answered).sla_policy_id, policy)
        self.assertEqual(fresh.sla_ids.mapped("state"), ["running"] * 2)
        self.assertEqual(answered.sla_ids.mapped("kind"), ["resolution"])
        self.assertEqual(answered.first_replied_at, at("11-23 09:30"))
        self.assertFalse(done.sla_ids)
        self._migrate()
        self.assertEqual(len(fresh.sla_ids), 2)
