# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from .common import ServiceCommon

COMMENT = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


class MergeCommon(ServiceCommon):
    """Two tickets of one customer, one of another, and a colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._create_user("agent", login="colleague")
        cls.ann = cls._create_partner(
            name="Ann", email="ann@example.com", phone="+390255501111"
        )
        cls.bob = cls._create_partner(
            name="Bob", email="bob@example.com", phone="+390255502222"
        )
        cls.first = cls._create_ticket(partner_id=cls.ann.id, name="Oven is cold")
        cls.second = cls._create_ticket(partner_id=cls.ann.id, name="Cold oven again")
        cls.other = cls._create_ticket(partner_id=cls.bob.id, name="No heat")

    def _say(self, ticket, body, author=None, **values):
        """Post a message of the customer, or of `author`, as the gateway does."""
        author = author or ticket.partner_id
        return ticket.message_post(
            body=body, author_id=author.id, **{**COMMENT, **values}
        )

    def _texts(self, ticket):
        """Return the plain texts of what people wrote on a ticket."""
        messages, _files = ticket.sudo()._get_spoken()
        return [message.preview for message in messages.sorted("id")]

    def _merge(self, source, target, user=None, **values):
        """Merge by the window, as an agent does; return the window."""
        tickets = self.env["service.ticket.merge"].with_user(user or self.agent)
        wizard = tickets.with_context(
            active_model="service.ticket", active_ids=source.ids
        ).create({"target_id": target.id, **values})
        wizard.action_apply()
        self.assertNotIn("Not possible", wizard.result)
        return wizard

    def _age(self, tickets, days):
        """Let tickets have been closed or merged so many days ago."""
        tickets.flush_recordset()
        for name in ("closed_at", "merged_at", "opened_at"):
            self.env.cr.execute(
                f"UPDATE service_ticket SET {name} = {name} - interval '{days} days' "
                "WHERE id IN %s",
                [tuple(tickets.ids)],
            )
        tickets.invalidate_recordset()
