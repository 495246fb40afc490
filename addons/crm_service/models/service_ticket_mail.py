# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.mail import email_normalize, email_split_tuples


class ServiceTicket(models.Model):
    """Tickets that come in by e-mail."""

    _inherit = "service.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Override to make a ticket of a message, even without subject or sender."""
        values = {"channel": "email", **(custom_values or {})}
        if not values.get("name"):
            subject = (msg_dict.get("subject") or "").strip()
            values["name"] = subject or self.env._("E-mail without subject")
        values.update(self._prepare_sender_vals(msg_dict.get("email_from")))
        values["name"] = values["name"].replace("\0", "")[:500]
        # the sender was taken to pieces here; the raw one is not for a field
        ticket = super().message_new({**msg_dict, "email_from": None}, values)
        ticket._note_incoming()
        return ticket

    def message_update(self, msg_dict, update_vals=None):
        """Override to remember which ticket a message joined."""
        incoming = self._get_incoming()
        if incoming:
            incoming.ticket = self[:1]
        return super().message_update(msg_dict, update_vals)

    def _is_automatic_mail(self):
        """Tell whether a machine's answer is being taken in, which changes nothing."""
        incoming = self._get_incoming()
        return bool(incoming) and incoming.kind == "reply"

    def _note_incoming(self):
        """Note on a new ticket what staff should know of its message."""
        incoming = self._get_incoming()
        if not incoming:
            return
        incoming.ticket = self
        if incoming.suggestion:
            self._message_log(body=self._get_suggestion_note(incoming.suggestion))
        if incoming.other_aliases:
            names = incoming.other_aliases.mapped("alias_full_name")
            self._message_log(
                body=self.env._(
                    "The message was also sent to %(addresses)s. One ticket was made.",
                    addresses=", ".join(names),
                )
            )

    def _get_suggestion_note(self, ticket):
        """Return the note that a message speaks of another ticket."""
        link = Markup('<a href="#" data-oe-model="%s" data-oe-id="%s">%s</a>') % (
            ticket._name,
            ticket.id,
            ticket.number,
        )
        return Markup("%s") % self.env._(
            "The message speaks of ticket %(ticket)s, but its sender is not known "
            "there. If it belongs there, merge the two.",
            ticket=link,
        )

    def _knows_sender(self, incoming):
        """Tell whether the sender of a message is a customer of this ticket.

        That is the customer, a colleague in the customer's company, or somebody whom
        staff let follow the ticket; nobody who is found to be somebody else.

        :param IncomingMail incoming: the message
        """
        self.ensure_one()
        sender = email_normalize(incoming.sender)
        if not sender or incoming.is_forged:
            return False
        partner = self.partner_id
        if sender in (
            email_normalize(self.partner_email or ""),
            partner.email_normalized,
        ):
            return True
        domain = Domain("id", "in", self.message_partner_ids.ids)
        if partner.commercial_partner_id.is_company:
            firm = partner.commercial_partner_id
            domain |= Domain("commercial_partner_id", "=", firm.id)
        domain &= Domain("email_normalized", "=", sender)
        domain &= Domain("partner_share", "=", True)
        return bool(self.env["res.partner"].search_count(domain, limit=1))

    def _message_receive_bounce(self, email, partner):
        """Override to tell staff that the customer did not get a message."""
        result = super()._message_receive_bounce(email, partner)
        address = email or partner[:1].email or self[:1].partner_email or ""
        self._message_log_batch(
            bodies={
                ticket.id: self.env._(
                    "A message could not be delivered to %(address)s. Check the "
                    "address, or call the customer.",
                    address=address,
                )
                for ticket in self
            }
        )
        return result

    @api.model
    def _prepare_sender_vals(self, email_from):
        """Return name and e-mail of the sender of a message, if it has one."""
        for name, address in email_split_tuples(email_from or "")[:1]:
            email = email_normalize(address)
            if email:
                return {"partner_name": name or email, "partner_email": email}
        return {}
