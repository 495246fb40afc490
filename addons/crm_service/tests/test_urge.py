# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2.errors import RestrictViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestUrge(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_user("supervisor", login="lead")
        cls.team = cls._create_team(user_id=cls.lead.id, member_ids=cls.technician.ids)
        cls.ticket = cls._create_ticket(team_id=cls.team.id, user_id=cls.technician.id)

    def _urge(self, user=None, reason="The shop opens tomorrow"):
        self.ticket.with_env(self._as(user or self.supervisor)).action_urge(reason)
        return self.ticket.urge_ids[:1]

    def test_an_urge_is_recorded_and_both_are_told(self):
        urge = self._urge()
        self.assertRecordValues(
            urge,
            [
                {
                    "reason": "The shop opens tomorrow",
                    "urged_by_id": self.supervisor.id,
                    "user_id": self.technician.id,
                    "lead_id": self.lead.id,
                    "stage_id": self.ticket.stage_id.id,
                    "seen_at": False,
                    "lead_seen_at": False,
                }
            ],
        )
        activities = self.ticket.activity_ids
        self.assertEqual(activities.user_id, self.technician | self.lead)
        self.assertIn("The shop opens", activities[0].note)
        self._urge()
        self.assertEqual(self.ticket.urge_count, 2)
        self.assertTrue(self.ticket.last_urged_at)

    def test_who_opens_the_ticket_has_seen_it_and_nobody_else(self):
        urge = self._urge()
        theirs = self.ticket.with_user(self.technician)
        self.assertEqual(theirs.unseen_urges[0]["reason"], urge.reason)
        theirs.action_see_urges()
        self.assertTrue(urge.seen_at)
        self.assertFalse(urge.lead_seen_at)
        self.assertFalse(theirs.unseen_urges)
        self.assertEqual(self.ticket.activity_ids.user_id, self.lead)
        self.assertFalse(urge.is_seen)
        unseen = urge.search([("is_seen", "=", False)])
        self.assertIn(urge, unseen)
        urge.with_user(self.lead).action_acknowledge()
        self.assertTrue(urge.lead_seen_at and urge.is_seen)
        self.assertIn(urge, urge.search([("is_seen", "=", True)]))

    def test_a_stranger_has_seen_nothing_by_looking(self):
        urge = self._urge()
        theirs = self.ticket.with_user(self.agent)
        self.assertFalse(theirs.unseen_urges)
        theirs.action_see_urges()
        self.assertFalse(urge.seen_at or urge.lead_seen_at)

    def test_an_urge_needs_a_reason_an_open_ticket_and_somebody_to_hear_it(self):
        for reason in ("", "  ", None):
            with self.assertRaisesRegex(UserError, "write a reason"):
                self._urge(reason=reason)
        alone = self._create_ticket()
        alone.team_id = False
        with self.assertRaisesRegex(UserError, "Nobody would hear"):
            alone.with_user(self.agent).action_urge("Now")
        self.ticket.action_close()
        with self.assertRaisesRegex(UserError, "is closed"):
            self._urge()

    def test_technicians_do_not_urge_and_nobody_in_another_company(self):
        with self.assertRaisesRegex(AccessError, "Only agents"):
            self._urge(self.technician)
        with self.assertRaises(AccessError):
            self._urge(self.stranger)
        urge = self._urge()
        theirs = urge.with_env(self._as(self.stranger))
        with self.assertRaises(AccessError):
            theirs.action_acknowledge()
        self.assertFalse(theirs.search([]))

    def test_a_technician_sees_the_urges_of_own_tickets_only(self):
        urge = self._urge()
        other = self._create_ticket(user_id=self.agent.id)
        other.with_user(self.supervisor).action_urge("Now")
        seen = urge.with_user(self.technician).search([])
        self.assertEqual(seen, urge)

    def test_nobody_writes_or_deletes_urges(self):
        urge = self._urge()
        for user in (self.manager, self.supervisor):
            for write in (
                lambda u: u.write({"reason": "Never mind"}),
                lambda u: u.write({"seen_at": "2020-01-01"}),
                lambda u: u.unlink(),
                lambda u: u.create({"ticket_id": self.ticket.id, "reason": "x"}),
            ):
                with self.assertRaises(AccessError):
                    write(urge.with_user(user))
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            urge.unlink()
        with self.assertRaisesRegex(UserError, "set by the ticket's process"):
            self.ticket.with_user(self.manager).urge_count = 0

    def test_postgresql_keeps_urges_too(self):
        urge = self._urge()
        urge.with_user(self.lead).action_acknowledge()
        self.env.flush_all()
        for statement in (
            "DELETE FROM service_urge WHERE id = %s",
            "UPDATE service_urge SET reason = 'x' WHERE id = %s",
            "UPDATE service_urge SET lead_seen_at = NULL WHERE id = %s",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(RestrictViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [urge.id])
