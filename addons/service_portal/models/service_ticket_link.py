from markupsafe import Markup

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..const import TOKEN_BYTES

# As many characters as a token in base 64 has.
TOKEN_LENGTH = -(-TOKEN_BYTES * 4 // 3)


class ServiceTicket(models.Model):
    """Links that open the status page of a ticket without number and phone."""

    _inherit = "service.ticket"

    def action_tracking_link(self):
        """Open a dialog with a new link for the customer.

        :raise AccessError: if the user may not hand out links for this ticket
        """
        self.ensure_one()
        self._check_tracking_link_allowed()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tracking Link"),
            "res_model": "service.ticket.tracking",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                "default_url": self._get_track_url(),
            },
        }

    def _check_tracking_link_allowed(self):
        """Make sure that the user may let somebody follow these tickets."""
        self.check_access("write")
        if not self.env.user.has_group("crm_service.group_service_agent"):
            raise AccessError(
                self.env._(
                    "Only service agents can hand out tracking links. Ask an agent"
                    " to send the customer a link."
                )
            )

    def _get_track_url(self):
        """Return a new link that opens the public status page of this request.

        Each call makes another link, because a link's token is not kept; hand
        it out at once, for instance in a mail.

        :rtype: str
        """
        self.ensure_one()
        return self._get_track_urls()[self.id]

    def _get_track_urls(self):
        """Return a new link for each ticket, as `_get_track_url`, in one query.

        :rtype: dict[int, str]
        """
        tokens = self.env["service.track.token"]._issue(self)
        return {
            ticket.id: f"{ticket.get_base_url()}/service/track/{tokens[ticket.id]}"
            for ticket in self
        }

    def _get_tracking_urls(self):
        """Override of `_get_tracking_urls` to give each message a link of its own."""
        return self._get_track_urls()

    def _get_tracking_sample(self):
        """Override of `_get_tracking_sample` to show how long a link is."""
        return f"{self.get_base_url()}/service/track/{'x' * TOKEN_LENGTH}"

    def _revoke_track_links(self):
        """Close all links handed out for these tickets."""
        # sudo: the links are closed to everybody, their ticket is not
        self.sudo().track_token_ids._revoke()

    def _send_track_link(self):
        """Mail the customer a new link, and note that it was sent, not the link.

        A link in the history would let all who read it pass for the customer, so
        the mail is deleted when it is sent.

        :raise UserError: if the customer has no e-mail address
        """
        self.ensure_one()
        if not self.partner_email:
            raise UserError(
                self.env._(
                    "This request has no e-mail address. Enter one on the ticket, or"
                    " copy the link and send it another way."
                )
            )
        # sudo: mails are closed to agents; this one has a fixed text
        self.env["mail.mail"].sudo().create(self._prepare_track_mail_vals())
        self.message_post(
            body=self.env._(
                "A tracking link was sent to %(email)s.", email=self.partner_email
            )
        )

    def _prepare_track_mail_vals(self):
        """Return the values of the mail with a link, in the customer's language."""
        lang = self.partner_id.lang or self.env.lang
        ticket = self.with_context(lang=lang)
        body = Markup("<p>%s</p><p><a href='%s'>%s</a></p>") % (
            ticket.env._(
                "You can see how far your request %(number)s is at any time:",
                number=ticket.number,
            ),
            ticket._get_track_url(),
            ticket.env._("Follow your request"),
        )
        return {
            "subject": ticket.env._("Your request %(number)s", number=ticket.number),
            "body_html": ticket.env["mail.render.mixin"]._render_encapsulate(
                "mail.mail_notification_light", body, context_record=ticket
            ),
            "email_from": ticket.company_id.email_formatted
            or ticket.env.user.email_formatted,
            "email_to": ticket.partner_email,
            "reply_to": ticket._notify_get_reply_to()[ticket.id],
            "headers": repr({"Auto-Submitted": "auto-generated"}),
            "auto_delete": True,
        }
