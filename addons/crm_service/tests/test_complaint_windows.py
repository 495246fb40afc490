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
    "service.parked.decision": {"kind": "discard"},
    "service.route.question": {},
}
TICKETS = "service.ticket"


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

    def _prepare_values(self, model):
        """Return what a window on the complaint must have."""
        values = {"ticket_id": self.ticket.id, **VALUES[model]}
        if model == "service.route.question":
            values["route_id"] = self.env["service.route"].search([], limit=1).id
        return values

    def test_no_window_opens_for_whom_it_is_about(self):
        for model in VALUES:
            windows = self._as(self.agent)[model]
            with self.subTest(model=model), self.assertRaises(AccessError):
                windows.create(self._prepare_values(model)).flush_model()

    def test_a_supervisor_does_not_detour_a_complaint_about_himself(self):
        self.ticket.complained_user_id = self.supervisor
        windows = self._as(self.supervisor)["service.ticket.detour"]
        values = {"ticket_id": self.ticket.id, "reason": "Shorter"}
        with self.assertRaises(AccessError):
            windows.create({**values, "stage_id": self.ticket.stage_id.id})
        spec = {"process_id": {}, "present_stage_id": {}}
        with self.assertRaises(AccessError):
            windows.onchange(values, ["ticket_id"], spec)

    def _get_windows(self):
        """Return {window: its fields with tickets} of all that is installed."""
        windows = {}
        for model in self.env.values():
            own = model._original_module in ("crm_service", "service_portal")
            if own and model._transient:
                tickets = [
                    f for f in model._fields.values() if f.comodel_name == TICKETS
                ]
                if tickets:
                    windows[model] = tickets
        return windows

    def test_every_window_on_a_ticket_asks_whether_its_user_may_see_it(self):
        windows = self._get_windows()
        self.assertGreater(len(windows), 9)
        mixin = self.env.registry["service.window.mixin"]
        for model, tickets in windows.items():
            for field in tickets:
                if field.type == "many2one":
                    with self.subTest(field=field):
                        self.assertTrue(issubclass(type(model), mixin))
                        self.assertEqual(model._window_on, field.name)

    def test_no_window_on_a_ticket_is_filled_in_as_superuser(self):
        for model in self._get_windows():
            for field in model._fields.values():
                if field.compute:
                    with self.subTest(field=field):
                        self.assertFalse(field.compute_sudo)

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

    def test_a_call_back_tells_nothing_of_the_ticket_while_it_is_written(self):
        requests = self._as(self.agent)["service.callback"]
        spec = {"phone": {}, "partner_id": {}, "team_id": {}}
        self.env.invalidate_all()
        told = requests.onchange({"ticket_id": self.ticket.id}, ["ticket_id"], spec)
        self.assertFalse(any(told["value"].values()))

    def test_who_works_on_a_hidden_ticket_is_not_suggested(self):
        self.ticket.user_id = self.supervisor
        blame = {"complained_ticket_id": self.ticket.id, "complaint_about": "person"}
        tickets = self._as(self.agent)[TICKETS]
        told = tickets.onchange(blame, list(blame), {"complained_user_id": {}})
        self.assertFalse(told["value"].get("complained_user_id"))
        own = self._create_ticket(type_id=self.complaint.id)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            own.with_env(self._as(self.agent)).write(blame)

    def test_whom_a_ticket_one_does_not_see_means_is_kept_away_all_the_same(self):
        ticket = self._create_ticket(user_id=self.supervisor.id)
        own = self._create_ticket(
            type_id=self.complaint.id,
            user_id=self.technician.id,
            complained_ticket_id=ticket.id,
        )
        own.with_env(self._as(self.technician)).complaint_about = "person"
        self.assertEqual(own.complained_user_id, self.supervisor)

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
