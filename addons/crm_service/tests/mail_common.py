# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from pathlib import Path

from odoo.tools import html2plaintext

from .common import ServiceCommon

MAILS = Path(__file__).parent / "data" / "mails"
DOMAIN = "service.example"


class ServiceMailCommon(ServiceCommon):
    """Two teams with an address each, and messages as files or made of values."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": DOMAIN})
        cls.company.alias_domain_id = cls.domain
        cls.repairs = cls._create_mail_team("Repairs", "repairs")
        cls.installation = cls._create_mail_team("Installation", "installation")
        cls.parked = cls.env["service.parked.mail"]
        cls.count = 0

    @classmethod
    def _create_mail_team(cls, name, alias_name, **values):
        return cls._create_team(
            name=name, alias_name=alias_name, alias_domain_id=cls.domain.id, **values
        )

    @classmethod
    def _read_mail(cls, name):
        """Return a message of the corpus."""
        return (MAILS / f"{name}.eml").read_bytes()

    @classmethod
    def _get_mail_names(cls):
        return sorted(path.stem for path in MAILS.glob("*.eml"))

    @classmethod
    def _make_mail(cls, body="The oven stays cold.", **headers):
        """Return a message of these headers; `to_`, `from_` and so on name them."""
        cls.count += 1
        values = {
            "from_": "Ann Example <ann@customer.example>",
            "to_": f"repairs@{DOMAIN}",
            "subject": "Oven",
            "message_id": f"<made-{cls.count}@customer.example>",
            "content_type": "text/plain; charset=utf-8",
            **headers,
        }
        lines = [
            f"{name.strip('_').replace('_', '-').title()}: {value}"
            for name, value in values.items()
            if value is not None
        ]
        return "\r\n".join([*lines, "", body]).encode()

    @classmethod
    def _receive(cls, raw, model=None):
        """Take in a message; return the ticket it went to, and how it is parked."""
        tickets, parked = cls.tickets.search([]), cls.parked.search([])
        gate = cls.env["mail.thread"].with_context(tracking_disable=False)
        found = gate.message_process(model, raw)
        cls.env.flush_all()
        new = cls.tickets.search([]) - tickets
        ticket = new or cls.tickets.browse(found or ())
        return ticket, cls.parked.search([]) - parked

    @classmethod
    def _get_text(cls, ticket):
        """Return what the messages of a ticket say."""
        text = "\n".join(html2plaintext(m.body) for m in ticket.message_ids)
        return text.replace("*", "")  # bold

    @classmethod
    def _get_files(cls, ticket):
        """Return the names of the files that came with a ticket."""
        return sorted(ticket.message_ids.attachment_ids.mapped("name"))
