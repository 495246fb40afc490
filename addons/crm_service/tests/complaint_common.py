# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command

from .common import ServiceCommon


class ComplaintCommon(ServiceCommon):
    """A care team, an independent team, and somebody whom complaints are about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.blamed = cls._create_user("manager", login="blamed")
        cls.colleague = cls._create_user("agent", login="colleague")
        cls.judge = cls._create_user("supervisor", login="judge")
        cls.team = cls._create_team(
            name="Care", member_ids=[Command.set((cls.blamed | cls.colleague).ids)]
        )
        cls.independent = cls._create_team(
            name="Independent", member_ids=[Command.set(cls.judge.ids)]
        )
        cls.company.service_complaint_team_id = cls.independent
        cls.partner = cls._create_partner(name="Zoe", email="zoe@example.com")

    @classmethod
    def _create_complaint(cls, **values):
        values = {
            "type_id": cls.complaint.id,
            "name": "He shouted at me",
            "partner_id": cls.partner.id,
            "team_id": cls.team.id,
            **values,
        }
        return cls._create_ticket(**values)

    @classmethod
    def _blame(cls, **values):
        """Create a complaint about the person `blamed`."""
        return cls._create_complaint(
            complaint_about="person", complained_user_id=cls.blamed.id, **values
        )
