# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64
import io
import json

from PIL import Image

from odoo import Command
from odoo.exceptions import UserError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from ..tools import upload_policy
from .mail_common import ServiceMailCommon

HTML = b"<html><script>alert('CANARY')</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'
PDF = b"%PDF-1.4\n%%EOF\n"


def picture(kind="PNG", **values):
    """Return the bytes of a small picture."""
    result = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(result, kind, **values)
    return result.getvalue()


# name, mimetype that the sender claims, content
DANGEROUS = (
    ("page.html", "text/html", HTML),
    ("photo.png", "image/png", HTML),
    ("drawing.svg", "image/svg+xml", SVG),
    ("drawing.png", "image/png", b"\xef\xbb\xbf \n<!-- x -->" + SVG),
    ("drawing.jpg", "image/jpeg", HTML.decode().encode("utf-16")),
    ("script.js", "text/javascript", b"alert(1)"),
    ("data.xml", "application/xml", b"<?xml version='1.0'?><a/>"),
    ("setup.exe", "application/octet-stream", b"MZ\x90"),
    ("bill.pdf", "application/pdf", b"MZ\x90"),
    ("run.sh", "text/plain", b"#!/bin/sh\n"),
)
# allowed to staff, not to customers
WORK_FILES = (
    ("list.xlsx", "", b"PK\x03\x04"),
    ("notes.txt", "text/plain", b"Call back"),
)


@tagged("post_install", "-at_install")
class TestUploadPolicy(ServiceMailCommon):
    """Files of tickets, whichever way they come in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket()
        cls.files = cls.env["ir.attachment"]

    def _vals(self, name, mimetype, content, **values):
        return {
            "name": name,
            "raw": content,
            "res_model": "service.ticket",
            "res_id": self.ticket.id,
            **({"mimetype": mimetype} if mimetype else {}),
            **values,
        }

    def _as_guest(self):
        """Return attachments as a route for visitors makes them."""
        return self.files.with_user(self.env.ref("base.public_user")).sudo()

    def test_nobody_adds_what_could_run(self):
        for file in DANGEROUS:
            for user in (self.agent, self.env.ref("base.user_admin")):
                with self.subTest(file=file[0], user=user.login):
                    with self.assertRaises(UserError):
                        self.files.with_user(user).sudo().create(self._vals(*file))
            with self.subTest(file=file[0], user="guest"):
                with self.assertRaises(UserError):
                    self._as_guest().create(self._vals(*file))

    def test_staff_add_files_of_their_work(self):
        for file in WORK_FILES:
            made = self.files.with_user(self.agent).create(self._vals(*file))
            self.assertTrue(made)
            with self.assertRaises(UserError):
                self._as_guest().create(self._vals(*file))

    def test_customers_add_pictures_without_anything_beside_them(self):
        exif = Image.Exif()
        exif[0x010E] = "CANARY"
        for name, content in (
            ("a.jpg", picture("JPEG", comment=HTML, exif=exif) + HTML),
            ("b.png", picture() + b"PK\x03\x04CANARY"),
            ("c.webp", picture("WEBP", exif=exif)),
            ("d.gif", picture("GIF") + b"/*CANARY*/"),
        ):
            with self.subTest(name):
                made = self._as_guest().create(self._vals(name, "", content))
                self.assertNotIn(b"CANARY", made.raw)
                self.assertEqual(made.mimetype, upload_policy.detect(made.raw))
                self.assertEqual(Image.open(io.BytesIO(made.raw)).size, (8, 8))

    def test_too_large_and_too_many_files_are_refused(self):
        large = PDF + b" " * upload_policy.MAX_BYTES
        with self.assertRaises(UserError):
            self._as_guest().create(self._vals("a.pdf", "", large))
        guest = self.env.ref("base.public_user")
        files = self._as_guest().create(
            [self._vals(f"{number}.pdf", "", PDF) for number in range(6)]
        )
        post = {"body": "Mine", "message_type": "comment", "model": "service.ticket"}
        post |= {"res_id": self.ticket.id, "attachment_ids": files.ids}
        with self.assertRaises(UserError):
            self.env["mail.message"].with_user(guest).sudo().create(post)

    def test_a_bomb_is_refused_unopened(self):
        bomb = bytearray(picture())
        bomb[16:24] = (60000).to_bytes(4, "big") * 2
        with self.assertRaises(UserError):
            self._as_guest().create(self._vals("bomb.png", "", bytes(bomb)))

    def test_no_detour_brings_a_dangerous_file_in(self):
        loose = self.files.with_user(self.agent).create(
            {"name": "page.html", "raw": HTML, "mimetype": "text/html"}
        )
        with self.assertRaises(UserError):
            loose.write({"res_model": "service.ticket", "res_id": self.ticket.id})
        ticket = self.ticket.with_user(self.agent)
        with self.assertRaises(UserError):
            ticket.message_post(body="See", attachment_ids=loose.ids)
        with self.assertRaises(UserError):
            ticket.message_post(body="See", attachments=[("page.html", HTML)])
        message = ticket.message_post(body="See")
        with self.assertRaises(UserError):
            message.sudo().write({"attachment_ids": [Command.link(loose.id)]})
        good = self.files.with_user(self.agent).create(self._vals("a.pdf", "", PDF))
        for vals in (
            {"raw": HTML},
            {"name": "a.html"},
            {"datas": base64.b64encode(SVG)},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                good.write(vals)

    def test_no_context_or_field_of_a_caller_opens_the_gate(self):
        for context in (
            {"service_held": True},
            {"service_upload_for": "res.partner"},
            {"image_no_postprocess": True},
        ):
            files = self.files.with_user(self.agent).with_context(**context)
            with self.subTest(context=context), self.assertRaises(UserError):
                files.create(self._vals("page.html", "text/html", HTML))
        for values in (
            {"res_field": "no_such_field"},
            {"res_field": "name"},
            {"raw": False, "db_datas": base64.b64encode(HTML)},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                files = self.files.with_user(self.agent)
                files.create(self._vals("page.html", "text/html", HTML, **values))
        with self.assertRaises(UserError):
            self.files.with_user(self.agent).with_context(
                default_res_model="service.ticket", default_res_id=self.ticket.id
            ).create({"name": "page.html", "raw": HTML})

    def test_links_are_addresses_of_pages(self):
        link = {"type": "url", "raw": False}
        make = self.files.with_user(self.agent).create
        make(self._vals("Manual", "", b"", **link, url="https://maker.example/manual"))
        with self.assertRaises(UserError):
            make(self._vals("Manual", "", b"", **link, url="javascript:alert(1)"))
        with self.assertRaises(UserError):
            self._as_guest().create(
                self._vals("Manual", "", b"", **link, url="https://evil.example")
            )

    def test_files_of_others_are_not_our_business(self):
        made = self.files.with_user(self.agent).create({"name": "a.html", "raw": HTML})
        self.assertTrue(made)

    def test_held_files_are_kept_and_added_by_staff_as_far_as_they_may(self):
        ticket, parked = self._receive(self._read_mail("bad_files"))
        self.assertIn("logo.svg", self._get_text(ticket), "staff are told")
        held = {file.name: file for file in parked.file_ids.with_user(self.agent)}
        self.assertEqual(
            {name: file.problem for name, file in held.items()},
            {
                "logo.svg": "type",
                "photo.png": "type",
                "bill.html": "name",
                "all.zip": "type",
                "broken.jpg": "broken",
                "empty.pdf": "empty",
            }
            | {"bill.html": held["bill.html"].problem},
        )
        held["all.zip"].action_attach()
        self.assertIn("all.zip", self._get_files(ticket))
        with self.assertRaises(UserError):
            held["logo.svg"].action_attach()
        parked.with_user(self.agent).action_close_files()
        self.assertEqual(parked.state, "done")


@tagged("post_install", "-at_install")
class TestUploadRoutes(ServiceMailCommon, HttpCase):
    """The generic routes of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            login="uploader",
            password="uploader1",
            groups="crm_service.group_service_agent",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.ticket = cls._create_ticket()

    def _upload(self, name, content, mimetype, pending=False):
        answer = self.url_open(
            "/mail/attachment/upload",
            files={"ufile": (name, content, mimetype)},
            data={
                "csrf_token": Request.csrf_token(self),
                "thread_id": self.ticket.id,
                "thread_model": "service.ticket",
                "is_pending": "true" if pending else "",
            },
        )
        return answer.status_code, json.loads(answer.text)

    def test_the_upload_of_the_message_box_says_why_it_refuses(self):
        self.authenticate("uploader", "uploader1")
        count = self.env["ir.attachment"].search_count([])
        for pending in (False, True):
            for name, mimetype, content in DANGEROUS:
                with self.subTest(name=name, pending=pending):
                    status, answer = self._upload(name, content, mimetype, pending)
                    self.assertEqual(status, 200)
                    self.assertIn(name, answer["error"])
        self.assertEqual(self.env["ir.attachment"].search_count([]), count)
        _status, answer = self._upload("a.pdf", PDF, "application/pdf", True)
        self.assertTrue(answer["data"]["attachment_id"])

    def test_the_upload_of_the_web_client_is_under_the_policy(self):
        self.authenticate("uploader", "uploader1")
        count = self.env["ir.attachment"].search_count([])
        answer = self.url_open(
            "/web/binary/upload_attachment",
            files={"ufile": ("page.html", HTML, "text/html")},
            data={
                "csrf_token": Request.csrf_token(self),
                "model": "service.ticket",
                "id": self.ticket.id,
            },
        )
        self.assertIn("page.html", json.loads(answer.text)[0]["error"])
        self.assertEqual(self.env["ir.attachment"].search_count([]), count)

    def test_files_are_saved_and_never_run(self):
        self.authenticate("uploader", "uploader1")
        file = self.env["ir.attachment"].create(
            {
                "name": "a.pdf",
                "raw": PDF,
                "res_model": "service.ticket",
                "res_id": self.ticket.id,
            }
        )
        for path in (f"/web/content/{file.id}", f"/web/content/{file.id}?download=0"):
            headers = self.url_open(path).headers
            self.assertIn("attachment", headers["Content-Disposition"])
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("sandbox", headers["Content-Security-Policy"])

    def test_held_files_are_saved_and_never_run(self):
        self.authenticate("uploader", "uploader1")
        _ticket, parked = self._receive(self._read_mail("bad_files"))
        for file in parked.file_ids.filtered("content"):
            path = f"/web/content/service.parked.file/{file.id}/content"
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("attachment", answer.headers["Content-Disposition"])
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("sandbox", answer.headers["Content-Security-Policy"])
