# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import json
from datetime import timedelta

from odoo import Command, fields

from .common import ServiceCommon

PHONE = "+390255501234"
SPELT = "+39 02 5550 1234"


class PhoneCommon(ServiceCommon):
    """A hotline with two agents, and what their browsers hear."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bob = cls._create_user("agent", login="test_bob")
        cls.team = cls._create_team(name="Hotline", member_ids=cls.agent.ids)
        cls.line = cls._create_line(team_id=cls.team.id, user_ids=cls.bob.ids)
        cls.ann = cls._create_partner(phone=PHONE)
        cls.calls = cls.env["service.call"]
        cls.callbacks = cls.env["service.callback"]

    @classmethod
    def _create_line(cls, **values):
        return cls.env["service.phone.line"].create(
            {
                "name": "Hotline",
                "number": "02 5550 0000",
                "company_id": cls.company.id,
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self._hear()

    def _hear(self):
        """Return what browsers heard since the last time: {user: [(kind, payload)]}."""
        values = self.env.cr.precommit.data.get("bus.bus.values", [])
        heard = {}
        for value in values:
            channel, message = (
                json.loads(value["channel"]),
                json.loads(value["message"]),
            )
            if message["type"].startswith("service_call"):
                user = self.env["res.users"].search([("partner_id", "=", channel[2])])
                heard.setdefault(user, []).append((message["type"], message["payload"]))
        values.clear()
        return heard

    def _ring(self, phone=PHONE, line="02 5550 0000", user=None, **values):
        """Let a call come in; returns it."""
        answer = self._api(user).incoming_call(phone, line, **values)
        return self.calls.browse(int(answer["url"].rsplit("/", 1)[1]))

    def _answered(self, user=None, **values):
        """Return a call that `user` (the agent) has answered."""
        call = self._ring(**values)
        call.with_env(self._as(user or self.agent)).action_answer()
        return call

    def _request(self, user=None, **values):
        """Return a request to call Ann back, made by `user` (the agent)."""
        return (
            self.callbacks.with_env(self._as(user or self.agent))
            .create(
                {
                    "partner_id": self.ann.id,
                    "wanted_from": self._in(hours=1),
                    "company_id": self.company.id,
                    **values,
                }
            )
            .with_env(self.env)
        )

    def _in(self, **delta):
        return fields.Datetime.now() + timedelta(**delta)

    def _member(self, user, **values):
        self.team.member_ids = [Command.link(user.id)]
        return self.env["service.team.member"].search(
            [("user_id", "=", user.id), ("team_id", "=", self.team.id)]
        )
