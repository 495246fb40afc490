from odoo import Command
from odoo.tests import tagged

from .charge_common import ChargeCommon


@tagged("post_install", "-at_install")
class TestChargeContract(ChargeCommon):
    """Who pays for charges follows what a contract's balances have, and decisions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.env["service.asset"].create(
            {
                "serial_number": "K-1",
                "partner_id": cls.customer.id,
                "company_id": cls.service.id,
            }
        )

    def _cover(self, **balance):
        """Bring a contract for the unit into force, with a balance."""
        contract = self.env["service.contract"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.service.id,
                "date_start": "2026-01-01",
                "date_end": "2026-12-31",
                "line_ids": [Command.create({"asset_id": self.asset.id})],
                "balance_ids": [Command.create(balance)],
            }
        )
        contract.action_activate()
        return contract

    def _create_covered_ticket(self):
        return self.create_ticket(
            asset_id=self.asset.id,
            user_id=self.technician.id,
            opened_at="2026-05-04 09:00:00",
        )

    def _decide(self, ticket, is_granted):
        usage = self.as_user(ticket.contract_usage_ids, self.supervisor)
        usage._decide(is_granted, "As agreed")

    def _shares(self, ticket):
        rows = ticket.charge_ids.share_ids
        return {row.payer: round(row.share, 2) for row in rows}

    def test_hours_that_a_contract_does_not_have_are_the_customers(self):
        self._cover(kind="hours", granted=2.0, use_at="resolved")
        ticket = self._create_covered_ticket()
        self.create_entry(
            "2026-05-05 08:00:00", "2026-05-05 18:00:00", ticket_id=ticket.id
        )
        self.assertEqual(self._shares(ticket), {"contract": 1.0})
        ticket._move_to_phase("resolved")
        self.assertEqual(self._shares(ticket), {"contract": 0.2, "customer": 0.8})
        self._decide(ticket, False)
        self.assertEqual(self._shares(ticket), {"contract": 0.2, "customer": 0.8})

    def test_a_visit_that_is_granted_beyond_the_balance_is_the_contracts(self):
        self._cover(kind="visits", granted=1.0)
        _first, ticket = (self._create_covered_ticket() for _place in range(2))
        self.create_charge(ticket_id=ticket.id, kind="labour")
        self.assertEqual(self._shares(ticket), {"customer": 1.0})
        self._decide(ticket, True)
        self.assertEqual(self._shares(ticket), {"contract": 1.0})

    def test_a_visit_that_is_given_back_pays_for_who_waits(self):
        self._cover(kind="visits", granted=1.0)
        first, ticket = (self._create_covered_ticket() for _place in range(2))
        self.create_charge(ticket_id=ticket.id, kind="labour")
        first._enter_phase("cancelled")
        self.assertEqual(self._shares(ticket), {"contract": 1.0})

    def test_more_visits_that_are_granted_pay_for_who_waits(self):
        contract = self._cover(kind="visits", granted=1.0)
        _first, ticket = (self._create_covered_ticket() for _place in range(2))
        self.create_charge(ticket_id=ticket.id, kind="labour")
        self.as_user(contract.balance_ids, self.supervisor).granted = 2.0
        self.assertEqual(self._shares(ticket), {"contract": 1.0})
