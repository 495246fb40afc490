# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .merge_common import MergeCommon


@tagged("post_install", "-at_install")
class TestTicketDuplicate(MergeCommon):
    def _hints(self, user=None, **values):
        """Return {id: reasons} while somebody types `values`."""
        draft = self._as(user or self.agent)["service.ticket"].new(
            {"company_id": self.company.id, **values}
        )
        return {hint["id"]: hint["reasons"] for hint in draft.duplicate_hints or []}

    def test_the_reason_is_told(self):
        asset = self._create_asset(partner_id=self.bob.id)
        self.other.asset_id = asset
        self.assertEqual(self._hints(asset_id=asset.id), {self.other.id: ["Same unit"]})
        self.assertEqual(
            self._hints(serial_number="S-1"), {self.other.id: ["Same unit"]}
        )
        self.assertEqual(
            self._hints(partner_phone="02 5550 2222"), {self.other.id: ["Same phone"]}
        )
        self.assertEqual(
            self._hints(partner_email="BOB@example.com"),
            {self.other.id: ["Same e-mail"]},
        )
        self.assertEqual(
            self._hints(name="HEAT: no!"), {self.other.id: ["Similar words"]}
        )
        nameless = self._create_partner(name="Zoe")
        asked = self._create_ticket(partner_id=nameless.id)
        self.assertEqual(
            self._hints(partner_id=nameless.id), {asked.id: ["Same customer"]}
        )

    def test_they_are_shown_while_one_types(self):
        form = Form(self.tickets.with_user(self.agent))
        self.assertFalse(form.duplicate_hints)
        form.partner_phone = "+390255502222"
        (hint,) = form.duplicate_hints
        self.assertEqual((hint["id"], hint["is_open"]), (self.other.id, True))
        form.name = "No heat"
        (hint,) = form.duplicate_hints
        self.assertEqual(hint["reasons"], ["Same phone", "Similar words"])
        form.partner_phone = False
        form.name = "Quite another thing"
        self.assertFalse(form.duplicate_hints)

    def test_the_likely_come_first_and_few(self):
        asset = self._create_asset()
        self.second.asset_id = asset
        for number in range(9):
            self._create_ticket(partner_id=self.ann.id, name=f"Thing {number}")
        hints = self._hints(partner_id=self.ann.id, asset_id=asset.id)
        self.assertEqual(len(hints), 5)
        self.assertEqual(next(iter(hints)), self.second.id)

    def test_what_is_done_counts_by_unit_and_words_only(self):
        asset = self._create_asset()
        self.other.asset_id = asset
        self.other._move_to_phase("closed")
        self.assertFalse(self._hints(partner_phone="02 5550 2222"))
        self.assertTrue(self._hints(asset_id=asset.id))

    def test_old_merged_linked_and_related_ones_are_not_asked_about(self):
        phone = {"partner_phone": "+390255501111"}
        self.assertEqual(set(self._hints(**phone)), {self.first.id, self.second.id})
        self._age(self.first, 91)
        self.assertEqual(set(self._hints(**phone)), {self.second.id})
        child = self._create_ticket(parent_id=self.second.id, **phone)
        copy = self.second.copy()
        hints = self.second.with_user(self.agent).duplicate_hints or []
        self.assertFalse({child.id, copy.id, self.second.id} & {h["id"] for h in hints})
        copy._merge_into(self.second)
        self.assertNotIn(copy.id, self._hints(**phone))
        self.assertFalse(copy.duplicate_hints)

    def test_nobody_is_told_of_what_they_may_not_see(self):
        phone = {"partner_phone": "+390255502222", "name": "No heat"}
        self.assertFalse(self._hints(self.technician, **phone))
        self.other.user_id = self.technician
        self.assertTrue(self._hints(self.technician, **phone))
        self.assertFalse(
            self._hints(self.stranger, company_id=self.other_company.id, **phone)
        )
        self.assertFalse(self._hints(self.stranger, **phone))

    def test_strange_words_are_no_trouble(self):
        for words in ("", "a", "'%_\\", "%%%%%%", "冰箱不制冷了", "x" * 3000, '"; --'):
            with self.subTest(words=words):
                self._hints(name=words, serial_number=words, partner_phone=words)

    def test_lists_and_new_tickets_do_not_look_for_them(self):
        tickets = self.tickets.with_user(self.agent)
        looked = patch.object(type(self.tickets), "_find_duplicates")
        with looked as find:
            ticket = tickets.create(self._prepare_ticket())
            ticket.name = "Another"
            tickets.web_search_read([], {"number": {}, "name": {}}, limit=80)
            self.env.flush_all()
        find.assert_not_called()
        with self.assertRaises(AccessError):
            user = self.env["res.users"].create(
                {"name": "Else", "login": "somebody_else"}
            )
            tickets.with_user(user).browse(self.first.ids).read(["duplicate_hints"])
