# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from lxml import html

from odoo.tests import tagged

from .common import ServiceCommon

REPORT = "crm_service.service_ticket_report"


@tagged("post_install", "-at_install")
class TestTicketPrint(ServiceCommon):
    def _print(self, tickets, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.agent)
        page, _kind = reports._render_qweb_html(REPORT, tickets.ids)
        return page.decode()

    def test_an_order_shows_the_job_and_nothing_that_staff_notes(self):
        asked = self._create_partner(name="canary-asked", email="rosa@example.com")
        ticket = self._create_ticket(
            description="<p>A puddle under the door</p>",
            partner_name="Ann Brown",
            partner_phone="+390612345678",
            serial_number="S-77",
        )
        ticket.message_post(body="canary-note")
        ticket.message_post(body="canary-message", subtype_xmlid="mail.mt_comment")
        ticket.with_user(self.agent).my_note = "canary-mine"
        ticket.tag_ids = self.env["crm.tag"].create({"name": "canary-tag"})
        ticket.stage_id.sudo().name = "canary-stage"
        self.env["service.side.conversation"].create(
            {
                "name": "canary-question",
                "ticket_id": ticket.id,
                "partner_id": asked.id,
                "body": "canary-body",
            }
        )
        page = self._print(ticket)
        for text in (ticket.number, "Ann Brown", "+390612345678", "S-77", "puddle"):
            self.assertIn(text, page)
        self.assertNotIn("canary", page)

    def test_pictures_stand_in_the_page_itself(self):
        page = html.fromstring(self._print(self._create_ticket()))
        sources = page.xpath("//main//img/@src")
        codes = [source for source in sources if "svg" in source]
        self.assertEqual(len(codes), 2)
        self.assertTrue(all(source.startswith("data:") for source in sources))

    def test_many_orders_are_one_document_with_a_page_for_each(self):
        tickets = self.tickets.create([self._prepare_ticket() for _i in range(3)])
        page = html.fromstring(self._print(tickets))
        self.assertEqual(len(page.find_class("article")), 1)
        pages = page.find_class("page")
        self.assertEqual(len(pages), 3)
        for ticket, one in zip(tickets, pages, strict=True):
            self.assertIn(ticket.number, one.text_content())
        breaks = ["page-break-after: always" in one.get("style") for one in pages]
        self.assertEqual(breaks, [True, True, False])

    def test_an_order_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        kind = self.repair
        kind.with_context(lang="fr_FR").name = "Réparation"
        customer = self._create_partner(lang="fr_FR")
        page = self._print(
            self._create_ticket(partner_id=customer.id) | self._create_ticket()
        )
        pages = html.fromstring(page).find_class("page")
        self.assertIn("Réparation", pages[0].text_content())
        self.assertNotIn("Réparation", pages[1].text_content())
        self.assertIn(kind.name, pages[1].text_content())
