# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.tests import tagged

from .mail_common import ServiceMailCommon

COLD = "The oven stays cold"
CHINESE = "冰箱不制冷，朱镕基路12号，请尽快派人上门维修。谢谢！"
CHINESE_OF_TAIWAN = "冰箱壞了，請儘快派人來看一下。謝謝！"

# what each message becomes: subject, what its text holds, its files, files held
TICKETS = {
    "plain": ("Oven stays cold", COLD, [], 0),
    "alternative": ("Oven stays cold", COLD, [], 0),
    "html_only": ("Oven stays cold", COLD, [], 0),
    "inline_image": ("Oven stays cold", "The display", ["display.png"], 0),
    "inline_image_nameless": ("Oven stays cold", "The display", ["attachment.png"], 0),
    "text_image_text": ("Oven stays cold", "After the picture", ["photo.jpeg"], 0),
    "mixed_nested": ("Oven stays cold", COLD, ["bill.pdf", "i1.png"], 0),
    "outlook_html": ("Oven stays cold", COLD, [], 0),
    "xhtml": ("Oven stays cold", COLD, [], 0),
    "quoted_printable": ("Oven stays cold", "Der Kühlschrank kühlt nicht", [], 0),
    "forwarded": ("Fwd: Oven", "My oven stays cold", [], 0),
    "forwarded_zh": ("转发：冰箱不制冷", "我家冰箱不制冷", [], 0),
    "forwarded_as_file": ("FW: Oven", "see the picture", ["oven.jpg"], 1),
    "alarm": ("Alarm: cold room 3 above 8 C", "door open", [], 0),
    "mailing_list": ("[family] Oven", "Our oven", [], 0),
    "gb18030_as_gb2312": ("朱镕先生的冰箱坏了", CHINESE, [], 0),
    "gb18030_base64": ("冰箱不制冷", CHINESE, [], 0),
    "gbk_html": ("冰箱不制冷", CHINESE, [], 0),
    "gbk_bare_headers": ("冰箱不制冷，请派人", CHINESE, [], 0),
    "utf8_bare_headers": ("冰箱不制冷，请派人", CHINESE, [], 0),
    "gbk_as_ascii": ("bing xiang", CHINESE, [], 0),
    "gbk_as_latin1": ("bing xiang", CHINESE, [], 0),
    "gbk_as_utf8": ("bing xiang", CHINESE, [], 0),
    "utf8_as_gb2312": ("bing xiang", CHINESE, [], 0),
    "split_character": ("空调开机后没有反应，遥控器也不行", "见标题", [], 0),
    "big5": ("冰箱壞了", CHINESE_OF_TAIWAN, [], 0),
    "big5_hkscs": ("雪櫃凍唔到", "個雪櫃凍唔到，嘅嗰個冧咗。", [], 0),
    "big5_unlabelled": ("bing xiang", CHINESE_OF_TAIWAN, [], 0),
    "big5_bare_headers": ("冰箱壞了請派人來", CHINESE_OF_TAIWAN, [], 0),
    "japanese": ("冷蔵庫が冷えません", "冷蔵庫が冷えません。", [], 0),
    "korean": ("냉장고 고장", "냉장고가 차갑지 않습니다.", [], 0),
    "utf16": ("Oven stays cold", "Der Kühlschrank kühlt nicht.", [], 0),
    "file_name_rfc2231": ("Oven stays cold", "See the picture", ["冰箱.png"], 0),
    "file_name_encoded_word": (
        "Oven stays cold",
        "See the picture",
        ["冰箱照片.png"],
        0,
    ),
    "file_name_bare_gbk": ("Oven stays cold", "See the picture", ["冰箱.png"], 0),
    "file_name_path": ("Oven stays cold", "See the picture", ["photo.png"], 0),
    "bad_files": ("Oven stays cold", "My files", ["good.jpg"], 7),
    "polyglot": (
        "Oven stays cold",
        "My pictures",
        ["poly.jpg", "poly.png", "poly.png"],
        0,
    ),
    "calendar": ("Oven stays cold", "Invitation", [], 1),
    "signed": ("Oven stays cold", "Signed", [], 1),
    "winmail": ("Oven stays cold", COLD, ["invoice.pdf", "冰箱照片.jpg"], 1),
    "winmail_text_inside": ("Oven stays cold", "said inside", [], 0),
    "winmail_damaged": ("Oven stays cold", COLD, [], 1),
    "no_sender": ("Oven", COLD, [], 0),
    "no_subject": ("E-mail without subject", COLD, [], 0),
    "no_sender_no_subject": ("E-mail without subject", COLD, [], 0),
    "no_message_id": ("Oven", COLD, [], 0),
    "sender_is_no_address": ("Oven", COLD, [], 0),
    "several_senders": ("Oven", COLD, [], 0),
    "broken_headers": ("The oven stays cold=A =?utf-8?X?a?=", COLD, [], 0),
    "control_characters": ("Oven stays cold", "The oven stays", [], 0),
    "no_boundary": ("Oven stays cold", COLD, [], 0),
    "boundary_never_met": ("Oven stays cold", COLD, [], 0),
    "cut_off": ("Oven stays cold", COLD, [], 1),
    "bad_base64": ("Oven stays cold", COLD, [], 0),
    "unknown_charset": ("Oven", COLD, [], 0),
    "unknown_type": ("Oven stays cold", COLD, [], 0),
    "bare_lf": ("Oven", COLD, [], 0),
    "mbox_line": ("Oven", COLD, [], 0),
    "byte_order_mark": ("Oven", COLD, [], 0),
    "only_headers": ("Please call me", "", [], 0),
    "many_recipients": ("Oven", COLD, [], 0),
    "nested_deep": ("Oven stays cold", COLD, [], 0),
    "two_teams": ("Oven stays cold", "The new oven", [], 0),
    "delivered_to_only": ("Oven", COLD, [], 0),
}
# what is parked, and why
PARKED = {"read_receipt": "auto_reply", "bounce_dsn": "bounce", "bounce_zh": "bounce"}


@tagged("post_install", "-at_install")
class TestMailCorpus(ServiceMailCommon):
    def test_each_message_becomes_the_ticket_it_means(self):
        for name, (subject, text, files, held) in TICKETS.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                ticket, parked = self._receive(self._read_mail(name))
                self.assertEqual(len(ticket), 1)
                self.assertEqual(ticket.name, subject)
                self.assertIn(text, self._get_text(ticket))
                self.assertEqual(self._get_files(ticket), files)
                self.assertEqual(len(parked.file_ids), held)
                self.assertEqual(ticket.channel, "email")
                self.assertEqual(ticket.company_id, self.company)
                self.assertNotIn("�", ticket.name + self._get_text(ticket))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_answers_of_machines_and_failures_are_parked(self):
        names = [n for n in self._get_mail_names() if n.startswith("auto_reply")]
        for name, reason in {**dict.fromkeys(names, "auto_reply"), **PARKED}.items():
            with self.subTest(name):
                ticket, parked = self._receive(self._read_mail(name))
                self.assertFalse(ticket)
                self.assertEqual(parked.reason, reason)
                self.assertTrue(parked.name)
                self.assertEqual(parked.company_id, self.company)

    def test_the_tables_above_name_every_message_of_the_corpus(self):
        names = {n for n in self._get_mail_names() if not n.startswith("auto_reply")}
        self.assertEqual(names, {*TICKETS, *PARKED})

    def test_a_name_in_chinese_is_the_customers_name(self):
        ticket, _parked = self._receive(self._read_mail("gb18030_as_gb2312"))
        self.assertEqual(ticket.partner_id.name, "朱镕")
        self.assertEqual(ticket.partner_email, "zhu@customer.example")
        ticket, _parked = self._receive(self._read_mail("gbk_bare_headers"))
        self.assertEqual(ticket.partner_id.name, "张三")

    def test_whatever_is_damaged_becomes_a_ticket_or_is_parked(self):
        for turn, name in enumerate(self._get_mail_names()):
            raw = self._read_mail(name)
            place = len(raw) * (turn % 9 + 1) // 10
            damaged = raw[:place] + b"\xff\x00\xfe" + raw[place + 3 : -7]
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                ticket, parked = self._receive(damaged)
                self.assertTrue(ticket or parked)
                savepoint.rollback()
                self.env.invalidate_all()
