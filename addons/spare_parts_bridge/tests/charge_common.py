from odoo import Command

from .common import PartsCommon


class ChargeCommon(PartsCommon):
    """A service centre whose technician's time has a price, and a ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_id = cls.service
        cls.agent = cls.create_user("crm_service.group_service_agent", cls.service)
        cls.env["service.labour.rate"].search([]).active = False
        cls.service.resource_calendar_id.tz = "UTC"
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Tina",
                "user_id": cls.technician.id,
                "company_id": cls.service.id,
            }
        )
        cls.labour = cls.create_service(name="Labour", list_price=60.0)
        cls.travel = cls.create_service(
            name="Travel", list_price=0.5, uom_id=cls.env.ref("uom.product_uom_km").id
        )
        cls.rate = cls.create_rate(name="Day", cost=25.0)
        cls.ticket = cls.create_ticket(user_id=cls.technician.id)
        cls.part.list_price = 100.0

    @classmethod
    def create_service(cls, **values):
        """Create a service that is billed; by the hour by default."""
        return cls.env["product.product"].create(
            {
                "type": "service",
                "uom_id": cls.env.ref("uom.product_uom_hour").id,
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def create_rate(cls, **values):
        """Create a rate of the service centre, for every hour by default."""
        return cls.env["service.labour.rate"].create(
            {
                "name": "Rate",
                "company_id": cls.service.id,
                "product_id": cls.labour.id,
                **values,
            }
        )

    @classmethod
    def create_entry(cls, start, stop, **values):
        """Create time that the technician spent."""
        return cls.env["service.time.entry"].create(
            {
                "ticket_id": cls.ticket.id,
                "employee_id": cls.employee.id,
                "start": start,
                "stop": stop,
                **values,
            }
        )

    @classmethod
    def create_charge(cls, user=None, **values):
        """Create a charge of one hour of labour by hand."""
        return cls.as_user(cls.env["service.charge"], user or cls.agent).create(
            {
                "ticket_id": cls.ticket.id,
                "kind": "fee",
                "product_id": cls.labour.id,
                **values,
            }
        )

    @classmethod
    def finish(cls, repair):
        """Use the parts of a job sheet and close it."""
        repair.action_validate()
        repair.action_repair_start()
        for move in repair.move_ids:
            move.quantity = move.product_uom_qty
        repair.action_repair_end()
        return repair

    def set_shares(self, **shares):
        """Let these payers pay their shares of everything.

        What the covers say is proven with them; here it only matters what becomes of
        their answer.
        """
        self.patch(
            self.env.registry["service.ticket"],
            "_get_charge_shares",
            lambda ticket, kind: (shares, "Because"),
        )
