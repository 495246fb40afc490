from odoo import Command
from odoo.tests import tagged

from .common import ServicePortalCase


@tagged("post_install", "-at_install")
class TestCustomerPage(ServicePortalCase):
    """Ratings on the customer's page, and links and logins after a merge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rating = cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("service.ticket"),
                "res_id": cls.ticket.id,
                "partner_id": cls.customer.id,
                "rating": 5,
                "feedback": "Quick and friendly",
                "consumed": True,
                "rated_on": "2026-02-01 10:00:00",
            }
        )

    def _get_ratings(self, user):
        customer = self.env["service.customer"].with_user(user)
        page = customer.get_timeline(self.firm.id, kinds=["rating"])
        return [entry["title"] for entry in page["entries"]]

    def test_a_rating_is_on_the_customers_line(self):
        self.assertEqual(self._get_ratings(self.agent), ["Quick and friendly"])

    def test_a_rating_that_was_asked_for_but_not_given_is_not_there(self):
        self.rating.consumed = False
        self.assertFalse(self._get_ratings(self.agent))

    def test_the_rating_of_a_ticket_that_one_may_not_read_is_hidden(self):
        technician = self.agent.copy({"login": "portal_technician"})
        technician.group_ids = [
            Command.set(self.env.ref("crm_service.group_service_technician").ids)
        ]
        self.assertFalse(self._get_ratings(technician))
        page = self.env["service.customer"].with_user(technician)
        counts = page.get_page(self.firm.id)["sources"]
        self.assertFalse([one for one in counts if one["count"]])
        self.ticket.user_id = technician
        self.assertEqual(self._get_ratings(technician), ["Quick and friendly"])

    def test_links_and_logins_keep_working_after_a_merge(self):
        twin = self.env["res.partner"].create({"name": "Odile M."})
        theirs = self._new_ticket(partner_id=twin.id, partner_phone="+33612340000")
        token = theirs._get_track_url().rpartition("/")[2]
        tokens = self.env["service.track.token"]
        self.assertEqual(tokens._find_ticket(token), theirs)
        portal_tickets = self.env["service.ticket"].with_user(self.portal_user)
        self.assertNotIn(theirs, portal_tickets.search([]))
        self.env["base.partner.merge.automatic.wizard"].with_user(self.agent)._merge(
            [self.customer.id, twin.id], self.customer
        )
        self.env.invalidate_all()
        self.assertEqual(theirs.partner_id, self.customer)
        self.assertEqual(tokens._find_ticket(token), theirs)
        self.assertEqual(
            self.env["service.ticket"]._find_by_track_key(
                theirs.number, "+33612340000"
            ),
            theirs,
        )
        self.assertIn(theirs, portal_tickets.search([]))
        self.assertIn(self.ticket, portal_tickets.search([]))
        stranger_tickets = self.env["service.ticket"].with_user(self.stranger_user)
        self.assertFalse(stranger_tickets.search([]))
