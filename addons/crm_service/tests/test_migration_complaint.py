# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from .complaint_common import ComplaintCommon

FOLDER = "crm_service/migrations/19.0.1.2.0"


@tagged("post_install", "-at_install")
class TestMigrationComplaint(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.env.ref("crm_service.process_complaint")
        cls.ticket = cls._create_complaint()
        cls.ticket._note_reply()
        cls.ticket._with_flow().acknowledged_at = False

    def _run(self, script, version="19.0.1.1.0"):
        self.env.flush_all()
        module = load_script(file_path(f"{FOLDER}/{script}.py"), script)
        module.migrate(self.env.cr, version)
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def _load_new_process(self):
        """Do what loading the data does: a process of the same code, as a draft."""
        new = self.old.copy({"code": "complaint", "version": 1})
        self.env["ir.model.data"].create(
            {
                "module": "crm_service",
                "name": "process_complaint",
                "model": "service.process",
                "res_id": new.id,
            }
        )
        return new

    def test_the_new_process_is_the_next_version_and_old_tickets_stay(self):
        self._run("pre-complaint")
        new = self._load_new_process()
        self._run("post-complaint")
        self.assertRecordValues(
            self.old | new,
            [
                {"code": "complaint", "version": 1, "state": "retired"},
                {"code": "complaint", "version": 2, "state": "published"},
            ],
        )
        self.assertEqual(self.complaint.process_id, new)
        self.assertEqual(self.ticket.process_id, self.old)
        self.assertTrue(self.ticket.acknowledged_at)
        old = self.env.ref("crm_service.stage_complaint_received_v1")
        self.assertEqual(old.process_id, self.old)

    def test_a_process_of_ones_own_stays_published(self):
        own = self.old.copy()
        own.action_publish()
        self._run("pre-complaint")
        new = self._load_new_process()
        self._run("post-complaint")
        self.assertEqual(own.state, "published")
        self.assertRecordValues(new, [{"version": 3, "state": "draft"}])
        self.assertEqual(self.complaint.process_id, own)

    def test_a_fresh_database_is_left_alone(self):
        self._run("pre-complaint", version=None)
        self._run("post-complaint", version=None)
        self.assertEqual(self.env.ref("crm_service.process_complaint"), self.old)
