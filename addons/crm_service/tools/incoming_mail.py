# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""What is known of a message before it is read whole; it never fails.

>>> raw = b"Subject: =?gb2312?B?uL2x4w==?=\\r\\nFrom: A <a@example.com>"
>>> incoming = IncomingMail(raw)
>>> incoming.subject, incoming.sender, incoming.kind
('附便', 'A <a@example.com>', None)
"""

import email
import hashlib
import re
from email.utils import getaddresses

from . import mail_charset, mail_repair, mail_signs

RECIPIENT_HEADERS = ("Delivered-To", "To", "Cc", "Resent-To", "Resent-Cc")
MAX_TEXT = 100_000


class IncomingMail:
    """A message on its way in, and what is found out about it on the way."""

    def __init__(self, raw, parked=None, target=None):
        """Read the headers of a message.

        :param bytes raw: as it came
        :param parked: the parked message that is tried again
        :param target: the ticket that somebody chose for it
        """
        self.raw = raw
        self.parked = parked
        self.target = target
        self.headers = mail_repair.read_headers(raw)
        self.subject = self._get("Subject")
        self.sender = self._get("From")
        self.kind = mail_signs.get_kind(
            {**dict(self.headers.raw_items()), "Subject": self.subject}
        )
        # found out on its way
        self.problem = None
        self.ticket = None
        self.suggestion = None
        self.alias_ids = ()
        self.other_aliases = ()
        self.held = []
        self.keeps_original = False

    @property
    def digest(self):
        """A fingerprint of the message."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def message_id(self):
        """The id that the message says it has, or one made from its content."""
        found = self._get("Message-ID")
        return found or mail_repair.get_digest_id(self.raw)

    @property
    def recipients(self):
        """The addresses that it was sent to, in their order, small letters."""
        texts = [
            str(value)
            for name in RECIPIENT_HEADERS
            for value in self.headers.get_all(name, ())
        ]
        found = [address.lower() for _name, address in getaddresses(texts)]
        return list(dict.fromkeys(filter(None, found)))

    @property
    def references(self):
        """The ids of the messages that it answers."""
        text = " ".join(
            str(self.headers.get(name) or "") for name in ("References", "In-Reply-To")
        )
        return re.findall(r"<[^<>\s]+>", text)[-32:]

    @property
    def is_forged(self):
        """Whether the receiving server says that the sender is somebody else."""
        return mail_signs.is_forged(self.headers.get_all("Authentication-Results", ()))

    def is_same_as(self, sender, subject):
        """Tell whether a message of this sender and subject is the same one."""
        addresses = [getaddresses([text or ""])[0][1] for text in (sender, self.sender)]
        subjects = [" ".join((text or "").split()) for text in (subject, self.subject)]
        return len(set(addresses)) == 1 and subjects[0][:400] == subjects[1][:400]

    def _get(self, name):
        return mail_repair.read_text(self.headers.get(name))[:500]

    def get_text(self):
        """Return the text of the message as well as it can be told, without markup."""
        try:
            return self._read_text()
        except Exception:  # a message that was parked because it cannot be read
            body = re.split(rb"\r?\n\r?\n", self.raw[:MAX_TEXT], maxsplit=1)[-1]
            return mail_charset.decode(body)

    def _read_text(self):
        """Return the first text, or else the first page, of the message."""
        start = self.raw[: 5 * MAX_TEXT]
        message = email.message_from_bytes(start, policy=mail_repair.POLICY)
        texts = {}
        for part in message.walk():
            if part.get_content_maintype() == "text" and not part.get_filename():
                data = (part.get_payload(decode=True) or b"")[:MAX_TEXT]
                text = mail_charset.decode(data, part.get_param("charset"))
                texts.setdefault(part.get_content_subtype(), text)
        if "plain" in texts:
            return texts["plain"].strip()
        page = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>", " ", texts.get("html", ""))
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).strip()
