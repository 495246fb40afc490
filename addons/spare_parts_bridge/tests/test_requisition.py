from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestRequisition(PartsCommon):
    """From the draft to the last approval."""

    def decide(self, requisition, user, decision="approve", **values):
        self.as_user(requisition, user)._decide(decision, **values)

    def test_a_requisition_is_numbered_and_priced_from_the_transfer_list(self):
        requisition = self.create_requisition({self.part: 3.0})
        self.assertRegex(requisition.name, r"^REQ/\d{4}/\d{5}$")
        self.assertEqual(requisition.state, "draft")
        self.assertEqual(requisition.line_ids.price_unit, 60.0)
        self.assertEqual(requisition.amount_total, 180.0)
        self.assertEqual(requisition.company_id, self.service)
        self.assertEqual(requisition.source_company_id, self.factory)
        self.assertTrue(requisition.is_intercompany)

    def test_steps_follow_the_rules_and_each_other(self):
        requisition = self.create_requisition({self.part: 20.0})
        requisition.action_submit()
        steps = requisition.sudo().approval_ids
        self.assertEqual(steps.mapped("state"), ["pending", "waiting", "waiting"])
        self.assertEqual(steps.mapped("company_id"), self.service | self.factory)
        for user in (self.supervisor, self.clerk):
            self.decide(requisition, user)
            self.assertEqual(requisition.state, "submitted")
        self.decide(requisition, self.finance, comment="Within budget")
        self.assertEqual(requisition.state, "approved")
        self.assertRecordValues(
            steps,
            [
                {"state": "approved", "user_id": self.supervisor.id, "comment": False},
                {"state": "approved", "user_id": self.clerk.id, "comment": False},
                {
                    "state": "approved",
                    "user_id": self.finance.id,
                    "comment": "Within budget",
                },
            ],
        )
        self.assertTrue(all(steps.mapped("decided_at")))

    def test_finance_decides_from_the_amount_on(self):
        below = self.create_requisition({self.part: 16.0})
        below.action_submit()
        self.assertEqual(len(below.sudo().approval_ids), 2)
        above = self.create_requisition({self.part: 17.0})
        above.action_submit()
        self.assertEqual(len(above.sudo().approval_ids), 3)

    def test_a_rule_for_a_category_counts_for_its_children(self):
        parent = self.env["product.category"].create({"name": "Refrigerant"})
        child = self.env["product.category"].create(
            {"name": "R600a", "parent_id": parent.id}
        )
        self.env["parts.approval.rule"].create(
            {
                "name": "Dangerous goods",
                "sequence": 5,
                "side": "source",
                "group_id": self.env.ref("spare_parts_bridge.group_parts_clerk").id,
                "category_ids": [Command.set(parent.ids)],
            }
        )
        gas = self.create_product(name="Gas", categ_id=child.id)
        self.set_transfer_price(gas, 5.0)
        requisition = self.create_requisition({gas: 1.0})
        requisition.action_submit()
        self.assertIn("Dangerous goods", requisition.sudo().approval_ids.mapped("name"))
        other = self.create_requisition()
        other.action_submit()
        self.assertNotIn("Dangerous goods", other.sudo().approval_ids.mapped("name"))

    def test_an_approver_may_cut_but_not_raise(self):
        requisition = self.create_requisition({self.part: 5.0})
        requisition.action_submit()
        line = requisition.line_ids
        with self.assertRaisesRegex(UserError, "not raised"):
            self.decide(requisition, self.supervisor, quantities={line: 6.0})
        self.decide(requisition, self.supervisor, quantities={line: 3.0})
        self.assertEqual(line.qty_approved, 3.0)
        with self.assertRaisesRegex(UserError, "Reject the requisition"):
            self.decide(requisition, self.clerk, quantities={line: 0.0})

    def test_a_rejection_needs_a_reason_and_ends_the_requisition(self):
        requisition = self.create_requisition()
        requisition.action_submit()
        with self.assertRaisesRegex(UserError, "Say why"):
            self.decide(requisition, self.supervisor, "reject", comment="  ")
        self.decide(requisition, self.supervisor, "reject", comment="Use the van's")
        self.assertEqual(requisition.state, "rejected")
        self.assertEqual(requisition.reason, "Use the van's")
        self.assertEqual(
            requisition.sudo().approval_ids.mapped("state"), ["rejected", "cancelled"]
        )
        with self.assertRaisesRegex(UserError, "no open approval step"):
            self.decide(requisition, self.clerk)

    def test_nobody_approves_their_own_requisition(self):
        both = self.create_user(
            "crm_service.group_service_supervisor,"
            "spare_parts_bridge.group_parts_keeper",
            self.service,
            login="both_roles",
        )
        requisition = self.create_requisition(user=both)
        requisition.action_submit()
        self.assertFalse(requisition.can_decide)
        with self.assertRaisesRegex(AccessError, "their own requisition"):
            self.decide(requisition, both)
        self.decide(requisition, self.supervisor)

    def test_only_the_right_company_and_role_decides(self):
        requisition = self.create_requisition()
        requisition.action_submit()
        for user in (self.clerk, self.finance, self.technician):
            with self.assertRaises(AccessError):
                self.decide(requisition, user)
        self.decide(requisition, self.supervisor)
        with self.assertRaises(AccessError):
            self.decide(requisition, self.supervisor)

    def test_a_decided_step_is_final(self):
        requisition = self.create_requisition()
        requisition.action_submit()
        self.decide(requisition, self.supervisor)
        step = requisition.sudo().approval_ids[0]
        self.env.flush_all()
        for query in (
            "UPDATE parts_approval SET user_id = 1 WHERE id = %s",
            "DELETE FROM parts_approval WHERE id = %s",
        ):
            with self.assertRaisesRegex(Exception, "are final"), self.cr.savepoint():
                self.cr.execute(query, (step.id,))

    def test_the_price_is_frozen_at_the_last_approval(self):
        requisition = self.create_requisition()
        requisition.action_submit()
        price = self.factory.transfer_pricelist_id.item_ids
        self.decide(requisition, self.supervisor)
        price.fixed_price = 70.0
        self.decide(requisition, self.clerk)
        self.assertEqual(requisition.line_ids.price_unit, 70.0)
        price.fixed_price = 90.0
        requisition.sudo().line_ids._compute_price_unit()
        self.assertEqual(requisition.line_ids.price_unit, 70.0)

    def test_a_part_without_a_transfer_price_is_refused(self):
        unpriced = self.create_product(name="Unpriced")
        requisition = self.create_requisition({unpriced: 1.0})
        with self.assertRaisesRegex(UserError, "no transfer price at Parts Factory"):
            requisition.action_submit()
        self.assertEqual(requisition.state, "draft")

    def test_a_service_product_is_refused(self):
        labour = self.env["product.product"].create({"name": "Hour", "type": "service"})
        self.set_transfer_price(labour, 1.0)
        with self.assertRaisesRegex(UserError, "not kept in stock"):
            self.create_requisition({labour: 1.0}).action_submit()

    def test_a_warehouse_cannot_ask_itself(self):
        with self.assertRaisesRegex(ValidationError, "own parts"):
            self.create_requisition(source_warehouse_id=self.warehouse.id)

    def test_an_empty_requisition_is_refused(self):
        requisition = self.create_requisition(line_ids=False)
        with self.assertRaisesRegex(UserError, "has no parts"):
            requisition.action_submit()

    def test_a_submitted_requisition_stays_as_it_was_sent(self):
        requisition = self.create_requisition()
        requisition.action_submit()
        with self.assertRaises(UserError):
            requisition.line_ids.qty_requested = 9.0
        with self.assertRaises(UserError):
            requisition.line_ids.unlink()
        with self.assertRaises(UserError):
            requisition.unlink()
        with self.assertRaises(UserError):
            requisition.write({"line_ids": [Command.create({"product_id": 1})]})

    def test_state_and_amounts_cannot_be_written_directly(self):
        requisition = self.create_requisition()
        line = requisition.line_ids
        for record, vals in (
            (requisition, {"state": "approved"}),
            (requisition, {"user_id": self.supervisor.id}),
            (requisition, {"name": "REQ/1"}),
            (line, {"qty_approved": 9.0}),
            (line, {"price_unit": 0.01}),
            (line, {"qty_accepted": 1.0}),
        ):
            with self.assertRaises(AccessError):
                record.write(vals)

    def test_a_context_cannot_set_a_guarded_field(self):
        requisition = self.create_requisition()
        forged = requisition.with_context(
            default_state="approved", default_user_id=self.supervisor.id
        ).create(
            {
                "warehouse_id": self.warehouse.id,
                "source_warehouse_id": self.source.id,
            }
        )
        self.assertEqual(forged.state, "draft")
        self.assertEqual(forged.user_id, self.keeper)

    def test_withdrawing_cancels_the_delivery_note_and_the_steps(self):
        requisition = self.create_requisition()
        self.set_stock(self.part, 5.0)
        self.approve(requisition)
        delivery = requisition.sudo().delivery_ids
        self.assertEqual(delivery.state, "assigned")
        requisition.action_withdraw()
        self.assertEqual(requisition.state, "cancelled")
        self.assertEqual(delivery.state, "cancel")

    def test_a_shipped_requisition_cannot_be_withdrawn(self):
        requisition = self.create_requisition()
        self.set_stock(self.part, 5.0)
        self.approve(requisition)
        self.ship(requisition)
        with self.assertRaisesRegex(UserError, "cannot be withdrawn"):
            requisition.action_withdraw()

    def test_the_ticket_waits_for_parts_and_goes_on(self):
        ticket = self.create_ticket()
        self.set_stock(self.part, 5.0)
        requisition = self.create_requisition(ticket_id=ticket.id)
        requisition.action_submit()
        self.assertEqual(ticket.phase, "waiting_parts")
        self.approve(requisition)
        self.ship(requisition)
        self.assertEqual(ticket.phase, "waiting_parts")
        self.count(requisition)
        self.assertEqual(ticket.phase, "in_progress")

    def test_a_source_that_cancels_its_delivery_ends_the_requisition(self):
        requisition = self.create_requisition()
        self.set_stock(self.part, 5.0)
        self.approve(requisition)
        requisition.sudo().delivery_ids.action_cancel()
        self.assertEqual(requisition.state, "cancelled")

    def test_missing_parts_join_the_open_draft(self):
        model = self.env["parts.requisition"]
        line = {"product_id": self.part.id, "quantity": 2.0}
        first = model._add_missing(
            self.warehouse, self.source, [line], is_automatic=True, origin="A"
        )
        second = model._add_missing(
            self.warehouse, self.source, [line], is_automatic=True, origin="B"
        )
        self.assertEqual(first, second)
        self.assertEqual(second.qty_requested, 4.0)
        self.assertEqual(second.requisition_id.origin, "A, B")
        self.as_user(second.requisition_id, self.keeper).action_submit()
        third = model._add_missing(
            self.warehouse, self.source, [line], is_automatic=True, origin="C"
        )
        self.assertNotEqual(third.requisition_id, second.requisition_id)

    def test_creating_many_is_batched(self):
        self.create_requisition()
        self.env.flush_all()
        vals = {
            "warehouse_id": self.warehouse.id,
            "source_warehouse_id": self.source.id,
            "line_ids": [
                Command.create({"product_id": self.part.id, "qty_requested": 1.0})
            ],
        }
        model = self.as_user(self.env["parts.requisition"], self.keeper)
        counts = []
        for size in (5, 25):
            before = self.cr.sql_log_count
            model.create([dict(vals) for _index in range(size)])
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLess((counts[1] - counts[0]) / 20, 12, counts)
