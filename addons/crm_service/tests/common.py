# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import itertools

from odoo import Command
from odoo.tests import TransactionCase, new_test_user


class ServiceCommon(TransactionCase):
    """Two companies with their people, and factories that take `**values`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.italy = cls.env.ref("base.it")
        cls.company = cls._create_company("Service centre")
        cls.other_company = cls._create_company("Another centre")
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.technician = cls._create_user("technician")
        cls.agent = cls._create_user("agent")
        cls.supervisor = cls._create_user("supervisor")
        cls.manager = cls._create_user("manager")
        cls.stranger = cls._create_user("agent", cls.other_company, login="stranger")
        cls.repair = cls.env.ref("crm_service.ticket_type_repair")
        cls.complaint = cls.env.ref("crm_service.ticket_type_complaint")
        cls.tickets = cls.env["service.ticket"]

    @classmethod
    def _create_company(cls, name):
        return cls.env["res.company"].create({"name": name, "country_id": cls.italy.id})

    @classmethod
    def _create_user(cls, role, company=None, login=None, **values):
        """Create a user with the group of `role` in `company`."""
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=login or f"test_{role}",
            groups=f"crm_service.group_service_{role}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            **values,
        )

    @classmethod
    def _create_partner(cls, **values):
        return cls.env["res.partner"].create({"name": "Ann", **values})

    @classmethod
    def _prepare_ticket(cls, **values):
        return {"name": "It is broken", "type_id": cls.repair.id, **values}

    @classmethod
    def _create_ticket(cls, **values):
        return cls.tickets.create(cls._prepare_ticket(**values))

    @classmethod
    def _create_asset(cls, **values):
        return cls.env["service.asset"].create({"serial_number": "S-1", **values})

    @classmethod
    def _create_team(cls, **values):
        return cls.env["service.team"].create(
            {"name": "Team", "company_id": cls.company.id, **values}
        )

    @classmethod
    def _create_process(cls, *stages, **values):
        """Create a process with a stage for each (name, phase)."""
        values = {"name": "Test", "code": "test", **values}
        values["stage_ids"] = [
            Command.create({"name": name, "phase": phase, "sequence": place})
            for place, (name, phase) in enumerate(stages)
        ]
        return cls.env["service.process"].create(values)

    @classmethod
    def _complete_process(cls, process):
        """Join the stages of a draft in a row to an end, by buttons nobody sees."""
        stages = process.stage_ids
        if stages and not stages.filtered("is_end"):
            end = {"process_id": process.id, "name": "End", "phase": "closed"}
            stages += stages.create({**end, "sequence": 99})
        row = list(stages)
        if not stages[-1:].is_end:
            row += list(stages.filtered("is_end")[:1])
        for origin, target in itertools.pairwise(row):
            cls._create_route(origin, target, name="Hidden", domain="[('id', '=', 0)]")

    @classmethod
    def _create_type(cls, process, **values):
        """Create a type with `process`, which is completed if it is a draft."""
        if process.state == "draft":
            cls._complete_process(process)
        return cls.env["service.ticket.type"].create(
            {"name": "Test", "code": "test", "process_id": process.id, **values}
        )

    @classmethod
    def _create_route(cls, origin, target, **values):
        return cls.env["service.route"].create(
            {
                "name": "Go",
                "process_id": target.process_id.id,
                "from_stage_id": origin.id,
                "to_stage_id": target.id,
                **values,
            }
        )

    def _api(self, user=None):
        """Return the API as `user` (the agent) calls it from outside."""
        return self._as(user or self.agent)["service.api"]

    def _as(self, user):
        """Return the environment of `user`, without any context."""
        return self.env(user=user.id, context={})
