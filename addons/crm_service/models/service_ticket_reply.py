# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, models

from .service_ticket_merge_move import SYSTEM_NOTES

# Proof, as `FLOW` is, that another system hands on what a customer said.
CUSTOMER = object()
SPEAKER_KEY = "service_ticket_speaker"
CHANNEL_OF_TYPE = {"email": "email", "sms": "sms"}


class ServiceTicket(models.Model):
    """What somebody writes to a merged or closed ticket lands where the work is."""

    _inherit = "service.ticket"

    def message_post(self, **kwargs):
        """Override to hand on what people write to the ticket that it concerns.

        On a merged ticket, to the one that goes on; if that is another customer's,
        the message stays and its staff is told. A customer's message takes up a ticket
        that is done or, if that was too long ago, opens a new one linked to it.
        """
        if (
            len(self) != 1
            or kwargs.get("message_type", SYSTEM_NOTES[0]) in SYSTEM_NOTES
        ):
            return super().message_post(**kwargs)
        from_customer = self._is_customers_post(kwargs)
        landing = self._get_landing_ticket(from_customer, kwargs)
        if landing.id != self.id:
            return self._post_on(landing, kwargs)
        message = super().message_post(**kwargs)
        self._hand_on(message, from_customer)
        return message

    @api.model
    def _is_customers_post(self, values):
        """Tell whether arguments of `message_post` are a customer's public message."""
        subtype_id = values.get("subtype_id")
        if values.get("subtype_xmlid"):
            subtype_id = self.env["ir.model.data"]._xmlid_to_res_id(
                values["subtype_xmlid"]
            )
        # sudo: a portal user may write, but not read what kinds of messages there are
        subtype = self.env["mail.message.subtype"].sudo().browse(subtype_id or ())
        if not subtype or subtype.internal or values.get("is_internal"):
            return False
        if self.env.context.get(SPEAKER_KEY) is CUSTOMER:
            return True
        author_id, _email = self._message_compute_author(
            values.get("author_id"), values.get("email_from")
        )
        return not self._is_staff(self.env["res.partner"].browse(author_id or ()))

    def _get_landing_ticket(self, from_customer, values):
        """Return the ticket that a message to this one belongs to, as superuser."""
        thread = self._get_thread_ticket()
        if not from_customer or not self._get_merge_target()._is_past_reopening():
            return thread
        channel = CHANNEL_OF_TYPE.get(values.get("message_type"), thread.channel)
        if self.env.user._is_portal():
            channel = "portal"
        return thread._get_current_follow_up() or thread._open_follow_up(
            channel=channel
        )

    def _get_current_follow_up(self):
        """Return the follow-up that a late message of this customer joins, or none.

        That is one which is worked on, or was until lately. Whoever writes at the
        same moment is before or after it: this row is changed by both.
        """
        self._lock_rows()
        self._bump()
        places = self._get_follow_ups().filtered(
            lambda place: (
                not place._is_past_reopening()
                and not place.merged_into_id
                and self._shares_customer(place)
                and not self.excluded_user_ids - place.excluded_user_ids
            )
        )
        return places.sorted(lambda place: (place.is_open, place.id))[-1:]

    def _get_follow_ups(self):
        """Return the tickets that go on from these, or where those were merged to."""
        domain = [("other_id", "in", self.ids), ("kind", "=", "follow_up")]
        # sudo: a customer's message goes where the work is, whoever may see that
        links = self.env["service.ticket.link"].sudo().search(domain)
        places = links.ticket_id.browse()
        for ticket in links.ticket_id:
            places |= ticket._get_thread_ticket()
        return places - self.sudo()

    def _post_on(self, landing, values):
        """Post on another ticket, as the same person; return the message.

        Who may write here may be unable to read there: a technician whose ticket was
        merged into one of another team.

        :raises AccessError: the user may not write to this ticket
        """
        self.check_access(self._mail_post_access)
        incoming = self._get_incoming()
        if incoming and incoming.ticket == self:
            incoming.ticket = landing  # what was held of it is shown there
        landing = landing.with_env(self.env)
        if not landing.has_access(self._mail_post_access):
            landing = landing.sudo()
        # sudo: what was uploaded for the message goes with it
        files = self.env["ir.attachment"].sudo().browse(values.get("attachment_ids"))
        files.filtered(
            lambda file: file.res_model == self._name and file.res_id == self.id
        ).write({"res_id": landing.id})
        return landing.message_post(**values).with_env(self.env)

    def _hand_on(self, message, from_customer):
        """Do what follows from a message that was posted on this ticket."""
        target = self._get_merge_target()
        if target.id != self.id:
            self._tell_target(target, message)
            if from_customer:
                target._note_customer_message()
        if from_customer:
            target._reopen_for_customer()

    def _tell_target(self, target, message):
        """Tell the staff of `target` what was written on this ticket."""
        told = self.env._(
            "%(person)s wrote on the merged ticket %(number)s, which is of another "
            "customer. Answer there.",
            person=message.author_id.sudo().name or message.email_from or "",
            number=self.number,
        )
        person = target.user_id.partner_id
        target.message_post(
            body=Markup("<p>%s</p><blockquote>%s</blockquote>") % (told, message.body),
            subtype_xmlid="mail.mt_note",
            author_id=self._get_system_partner_id(),
            partner_ids=(person - message.author_id).ids,
        )

    def _notify_thread_with_out_of_office_get_additional_users(self, *args, **kwargs):
        """Override: who is responsible is not for customers to read, who write too."""
        # sudo: only to find out whether that person is away
        tickets = super(ServiceTicket, self.sudo())
        return tickets._notify_thread_with_out_of_office_get_additional_users(
            *args, **kwargs
        )
