# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import date

from odoo import Command

from .common import ServiceCommon

# A Monday.
TODAY = date(2026, 6, 1)


class MaintenanceCommon(ServiceCommon):
    """Units of a customer, and plans that take `**values`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.partner = cls._create_partner(phone="+390255501234")
        cls.unit = cls._create_asset(partner_id=cls.partner.id)
        cls.plans = cls.env["service.maintenance.plan"]
        cls.dues = cls.env["service.maintenance.due"]

    @classmethod
    def _create_plan(cls, **values):
        return cls.plans.create(
            {
                "name": "Inspection",
                "date_start": TODAY,
                "asset_ids": [Command.set(cls.unit.ids)],
                **values,
            }
        )

    @classmethod
    def _get_days(cls, plan, **values):
        """Return the days of a plan as text, in their order."""
        dues = plan.due_ids.filtered_domain(
            [(name, "=", value) for name, value in values.items()]
        )
        return [str(due.due_on) for due in dues.sorted("due_on")]

    @classmethod
    def _run(cls):
        """Plan and make tickets as the daily job does."""
        cls.plans._cron_plan()
