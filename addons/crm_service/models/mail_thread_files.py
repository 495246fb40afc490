# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
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
        if incoming and any(route[0] == "service.ticket" for route in routes or ()):
            self._unpack_tnef(message_dict)
            message_dict["attachments"] = self._sort_files(
                incoming, message_dict.get("attachments") or []
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
    def _sort_files(self, incoming, attachments):
        """Return the files that may come in, cleaned; hold the others."""
        kept, seen = [], set()
        for name, content, info in map(self._read_file, attachments):
            if name == "original_email.eml" and incoming.keeps_original:
                kept.append((name, content, info))
                continue
            problem = upload_policy.judge(name, content)
            if not problem and len(kept) >= MAX_MAIL_FILES:
                problem = "many"
            if not problem:
                try:
                    name, clean, _kind = upload_policy.clean(name, content)
                except upload_policy.BrokenFile:
                    problem = "broken"
            if not problem:
                kept.append((name, clean, info))
            elif (name, content) not in seen:
                seen.add((name, content))
                incoming.held.append((name, content, problem))
        return kept

    @api.model
    def _read_file(self, attachment):
        """Return name, bytes and particulars of an attachment of a parsed message."""
        name, content, *rest = attachment
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogateescape")
        elif isinstance(content, EmailMessage):
            content = content.as_bytes()
        return name or "file", content or b"", rest[0] if rest else {}
