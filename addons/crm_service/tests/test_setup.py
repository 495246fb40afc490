# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestSetup(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mate = cls.agent
        cls.types = cls.env["service.ticket.type"].search([("company_id", "=", False)])
        cls.types.team_id = False
        process = cls.repair.process_id
        cls.own_type = cls._create_type(process, company_id=cls.company.id)

    def _open(self, **values):
        setups = self.env["service.setup"].with_user(self.manager)
        setup = Form(setups).save()
        if "team_id" in values:  # what is proposed follows it
            setup.team_id = values.pop("team_id")
        setup.write(values)
        return setup

    def _walk(self, setup):
        for _step in range(4):
            setup.action_next()
        return setup.team_id

    def test_proposals_alone_make_a_team_that_takes_requests(self):
        team = self._walk(self._open())
        self.assertEqual(team.name, "Service Desk")
        self.assertEqual(team.user_id, self.manager)
        self.assertEqual(team.member_ids, self.manager)
        self.assertFalse(team.resource_calendar_id)

    def test_all_that_is_entered_is_in_the_team(self):
        setup = self._open(name="  Night Desk ", alias_name="night")
        setup.member_ids = self.manager | self.mate
        setup.assignment_method = "round_robin"
        setup.mail_type_id = self.types[-1]
        team = self._walk(setup)
        self.assertEqual(team.name, "Night Desk")
        self.assertEqual(team.member_ids, self.manager | self.mate)
        self.assertEqual(team.assignment_method, "round_robin")
        self.assertEqual(team.alias_name, "night")
        self.assertEqual(team.ticket_type_id, self.types[-1])
        self.assertEqual(setup.step, "done")
        self.assertIn(self.mate.name, str(setup.result))

    def test_own_hours_become_a_calendar_of_the_week(self):
        setup = self._open(hours="own", hour_from=8.0, hour_to=20.0)
        setup.is_saturday_open = True
        calendar = self._walk(setup).resource_calendar_id
        hours = {
            (line.dayofweek, line.hour_from, line.hour_to)
            for line in calendar.attendance_ids
        }
        self.assertEqual(hours, {(day, 8.0, 20.0) for day in "012345"})

    def test_a_team_is_completed_not_doubled(self):
        first = self._walk(self._open())
        count = self.env["service.team"].search_count([])
        again = self._open(team_id=first)
        self.assertEqual(again.name, first.name)
        again.name = "Better Name"
        self.assertEqual(self._walk(again), first)
        self.assertEqual(first.name, "Better Name")
        self.assertEqual(self.env["service.team"].search_count([]), count)

    def test_types_of_all_companies_lead_to_a_team_of_all_only(self):
        team = self._walk(self._open())  # there are several companies
        self.assertEqual(team.company_id, self.company)
        self.assertEqual(self.own_type.team_id, team)
        self.assertFalse(self.types.team_id)

    def test_what_a_team_of_all_companies_gets_is_for_all(self):
        shared = self._create_team(company_id=False)
        team = self._walk(self._open(team_id=shared, hours="own"))
        self.assertEqual(team, shared)
        self.assertEqual(len(team.resource_calendar_id.attendance_ids), 5)
        self.assertFalse(team.resource_calendar_id.company_id)
        self.assertEqual(self.types.team_id, team)

    def test_a_request_that_was_left_out_stays_where_it_was(self):
        setup = self._open()
        setup.type_ids -= self.own_type
        self._walk(setup)
        self.assertFalse(self.own_type.team_id)

    def test_nothing_is_written_before_the_last_step(self):
        count = self.env["service.team"].search_count([])
        setup = self._open()
        for step in ("mailbox", "hours", "types"):
            setup.action_next()
            self.assertEqual(setup.step, step)
        setup.action_back()
        self.assertEqual(setup.step, "hours")
        self.assertEqual(self.env["service.team"].search_count([]), count)

    def test_what_is_missing_holds_back_on_its_step(self):
        setup = self._open()
        setup.name = " "
        with self.assertRaisesRegex(UserError, "Give the team a name"):
            setup.action_next()
        setup.name = "Desk"
        setup.action_next()
        setup.action_next()
        setup.write({"hours": "own", "hour_from": 18.0, "hour_to": 9.0})
        with self.assertRaisesRegex(UserError, "open before it closes"):
            setup.action_next()
        setup.hours = "company"
        setup.action_next()
        setup.type_ids = False
        with self.assertRaisesRegex(UserError, "at least one kind"):
            setup.action_next()

    def test_people_without_a_role_are_named(self):
        plain = self.env["res.users"].create(
            {
                "name": "Plain Person",
                "login": "setup_plain",
                "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
            }
        )
        setup = self._open()
        self.assertFalse(setup.strangers)
        setup.member_ids |= plain
        self.assertEqual(setup.strangers, "Plain Person")

    def test_only_managers_set_up(self):
        with self.assertRaises(AccessError):
            self.env["service.setup"].with_user(self.mate).create({})
