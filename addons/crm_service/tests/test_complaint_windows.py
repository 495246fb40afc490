# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon

CANARY = "canary-4711"
# What else a window must have.
VALUES = {
    "service.complaint.answer": {},
    "service.complaint.decision": {"decision": "Refused"},
    "service.complaint.recourse": {"reason": "Not enough"},
    "service.complaint.settle": {"complaint_about": "person", "answer": "Sorry"},
    "service.ticket.letter": {},
}


@tagged("post_install", "-at_install")
class TestComplaintWindows(ServiceCommon):
    """Windows on a complaint open to whoever may see it, and tell nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(
            type_id=cls.complaint.id,
            complaint_about="person",
            complained_user_id=cls.agent.id,
            partner_name=CANARY,
            partner_email="canary@example.com",
        )
        cls.ticket.answer = f"<p>{CANARY}</p>"

    def test_no_window_opens_for_whom_it_is_about(self):
        for model, values in VALUES.items():
            windows = self._as(self.agent)[model]
            with self.subTest(model=model), self.assertRaises(AccessError):
                windows.create({"ticket_id": self.ticket.id, **values}).flush_model()

    def test_what_a_form_fills_in_is_read_with_the_rights_of_its_user(self):
        for model in VALUES:
            windows = self._as(self.agent)[model]
            spec = {name: {} for name in windows._fields if name != "ticket_id"}
            with self.subTest(model=model):
                try:
                    told = windows.onchange(
                        {"ticket_id": self.ticket.id}, ["ticket_id"], spec
                    )
                except AccessError:
                    continue
                self.assertNotIn(CANARY, str(told))

    def test_others_begin_with_the_answer_that_is_there(self):
        windows = self._as(self.supervisor)["service.complaint.answer"]
        window = windows.create({"ticket_id": self.ticket.id})
        self.assertIn(CANARY, window.answer)

    def test_a_text_for_other_documents_is_refused(self):
        template = self.env["mail.template"].create(
            {
                "name": "Invitation",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "body_html": '<p t-out="object.login"/>',
            }
        )
        windows = self._as(self.supervisor)["service.complaint.answer"]
        with self.assertRaisesRegex(UserError, "no text for tickets"):
            windows.create({"ticket_id": self.ticket.id, "template_id": template.id})

    def test_who_grants_writes_on_the_ticket_that_limits_count_for(self):
        # a second transaction that only waited would not see what the first granted
        remedy = self.env["service.remedy"].create(
            {"ticket_id": self.ticket.id, "kind": "apology"}
        )
        self.env.flush_all()

        def place():
            self.env.cr.execute(
                "SELECT ctid FROM service_ticket WHERE id = %s", (self.ticket.id,)
            )
            return self.env.cr.fetchone()

        before = place()
        remedy._lock_grants()
        self.assertNotEqual(place(), before)
