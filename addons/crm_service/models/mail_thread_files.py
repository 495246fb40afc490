# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import mimetypes
from email.message import EmailMessage

from markupsafe import Markup

from odoo import api, models
from odoo.tools import is_html_empty, plaintext2html

from ..const import MAX_MAIL_FILES
from ..tools import tnef, upload_policy


class MailThread(models.AbstractModel):
    """Files of messages: allowed ones come with the ticket, others are held."""

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Override to sort the files of messages that go to tickets."""
        incoming = self._get_incoming()
        policy = self.env["ir.attachment"]._has_upload_policy
        ours = [route for route in routes or () if policy(route[0])]
        if incoming and ours:
            self._unpack_tnef(message_dict)
            message_dict["attachments"] = self._sort_files(
                incoming,
                message_dict.get("attachments") or [],
                is_customer=any(route[0] == "service.ticket" for route in ours),
            )
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _unpack_tnef(self, message_dict):
        """Put what is in winmail.dat in the place of it."""
        unpacked = []
        for attachment in message_dict.get("attachments") or []:
            content = attachment[1]
            if not isinstance(content, bytes) or not tnef.is_tnef(content):
                unpacked.append(attachment)
                continue
            try:
                envelope = tnef.read(content)
            except tnef.TnefError:
                unpacked.append(attachment)  # it is held as it is
                continue
            unpacked += [(name, data, {}) for name, data in envelope.files]
            if is_html_empty(message_dict.get("body")):
                message_dict["body"] = self._get_tnef_body(envelope)
        message_dict["attachments"] = unpacked

    @api.model
    def _get_tnef_body(self, envelope):
        """Return the text of an envelope; Odoo takes out what is unsafe in it."""
        if envelope.html:
            return Markup(envelope.html)
        return plaintext2html(envelope.text) if envelope.text else ""

    @api.model
    def _sort_files(self, incoming, attachments, is_customer):
        """Return the files that may come in, cleaned; hold the others.

        :param bool is_customer: whether the rules for customers' files count, or those
            for files of staff and of whom they asked
        """
        kept, held = [], {}
        for name, content, info in map(self._read_file, attachments):
            if name == "original_email.eml" and incoming.keeps_original:
                kept.append((name, content, info))
                continue
            judge = self._judge_customer_file if is_customer else self._judge_file
            problem, clean_name, clean = judge(name, content)
            if not problem and len(kept) >= MAX_MAIL_FILES:
                problem = "many"
            if problem:
                held[name, content] = problem
            else:
                kept.append((clean_name, clean, info))
        incoming.held += [(*file, problem) for file, problem in held.items()]
        return kept

    @api.model
    def _judge_customer_file(self, name, content):
        """Return what is wrong with a customer's file, and the file as it is kept."""
        problem = upload_policy.judge(name, content)
        if problem:
            return problem, name, content
        try:
            name, content, _kind = upload_policy.clean(name, content)
        except upload_policy.BrokenFile:
            return "broken", name, content
        return None, name, content

    @api.model
    def _judge_file(self, name, content):
        """Return what is wrong with another file, and the file as it is kept."""
        name = upload_policy.clean_name(name)
        if len(content) > upload_policy.STAFF_MAX_BYTES:
            return "size", name, content
        kind = mimetypes.guess_type(name)[0]
        if not content or upload_policy.is_active(name, kind, content):
            return "type" if content else "empty", name, content
        return None, name, content

    @api.model
    def _read_file(self, attachment):
        """Return name, bytes and particulars of an attachment of a parsed message."""
        name, content, *rest = attachment
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogateescape")
        elif isinstance(content, EmailMessage):
            content = content.as_bytes()
        return name or "file", content or b"", rest[0] if rest else {}
