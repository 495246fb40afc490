from odoo.tests import tagged

from .common import PartsCommon


@tagged("post_install", "-at_install")
class TestMerge(PartsCommon):
    """Job sheets and requisitions follow their ticket when it is merged."""

    def test_job_sheets_and_requisitions_go_along_and_come_back(self):
        customer = self.env["res.partner"].create({"name": "Ann"})
        source, target = (self.create_ticket(partner_id=customer.id) for _i in "ab")
        part = self.create_product(name="Seal")
        self.set_transfer_price(part, 5)
        repair = self.create_repair({part: 2.0}, ticket_id=source.id)
        requisition = self.create_requisition({part: 1.0}, ticket_id=source.id)
        source._merge_into(target)
        self.assertEqual(repair.ticket_id, target)
        self.assertEqual(requisition.sudo().ticket_id, target)
        self.assertEqual(target.repair_count, 1)
        source.action_unmerge()
        self.assertEqual(repair.ticket_id, source)
        self.assertEqual(requisition.sudo().ticket_id, source)

    def test_those_of_another_customer_stay(self):
        source = self.create_ticket(
            partner_id=self.env["res.partner"].create({"name": "Ann"}).id
        )
        target = self.create_ticket(
            partner_id=self.env["res.partner"].create({"name": "Bob"}).id
        )
        repair = self.create_repair({self.create_product(): 1.0}, ticket_id=source.id)
        source._merge_into(target)
        self.assertEqual(repair.ticket_id, source)

    def test_a_requisition_for_a_merged_number_is_for_the_ticket_that_goes_on(self):
        source, target = self.create_ticket(), self.create_ticket()
        source._merge_into(target)
        found = self.env["service.ticket"]._find_by_number(source.number)
        self.assertEqual(found, target)
