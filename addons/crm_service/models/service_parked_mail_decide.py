# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html
from odoo.tools.mail import email_normalize, email_split_tuples


class ServiceParkedMail(models.Model):
    """What people decide about parked messages."""

    _inherit = "service.parked.mail"

    def action_retry(self):
        """Take the messages in once more, as if they came now.

        :raises UserError: one of them was decided about already
        """
        self._check_waiting()
        for mail in self:
            mail._take_in_again(mail._read_incoming())
        return self._get_result_action()

    def action_make_ticket(self):
        """Make a ticket of each message, whatever was wrong with it.

        :raises UserError: one of them was decided about already
        """
        self._check_waiting()
        for mail in self:
            if mail.reason != "size":
                mail._take_in_again(mail._read_incoming(), "service.ticket")
            if mail.state == "parked":
                mail._note_decision("done", ticket_id=mail._make_plain_ticket().id)
        return self._get_result_action()

    def action_attach(self):
        """Ask to which ticket the messages belong."""
        return self._open_decision("attach", self.env._("Add to a Ticket"))

    def action_discard(self):
        """Ask why the messages are of no use."""
        return self._open_decision("discard", self.env._("Discard"))

    def action_restore(self):
        """Take messages that were discarded up again."""
        self._check_handler()
        discarded = self.filtered(lambda mail: mail.state == "discarded")
        # sudo: people decide by buttons only
        discarded.sudo().write(
            {
                "state": "parked",
                "decided_by_id": False,
                "decided_at": False,
                "discard_reason": False,
            }
        )
        return True

    def action_close_files(self):
        """Note that the files which were held back have been looked at."""
        self._check_waiting()
        self._note_decision("done")
        return True

    def action_open_ticket(self):
        """Open the ticket that the message became."""
        self.ensure_one()
        self.check_access("read")
        return self._get_result_action()

    # -- helpers ------------------------------------------------------------

    def _check_handler(self):
        """Refuse everybody but agents of the messages' companies."""
        self.check_access("read")
        if not self.env["service.ticket"]._is_in_group("agent"):
            raise AccessError(
                self.env._("Only agents decide about parked messages. Ask one of them.")
            )

    def _check_waiting(self):
        """Refuse messages about which somebody has decided."""
        self._check_handler()
        decided = self.filtered(lambda mail: mail.state != "parked")
        if decided:
            raise UserError(
                self.env._(
                    "“%(name)s” was decided about already. Reload the list.",
                    name=decided[0].display_name,
                )
            )

    def _open_decision(self, kind, title):
        """Open the window that asks what a decision needs."""
        self._check_waiting()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "service.parked.decision",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_kind": kind,
                "default_parked_ids": self.ids,
                "default_ticket_id": self[:1].suggested_ticket_id.id,
            },
        }

    def _take_in_again(self, incoming, model=None):
        """Let the gate process the message once more.

        :param IncomingMail incoming: the message; it says which ticket it is for
        :param str model: what to make of it if no team has its address
        """
        # sudo: as the gate that it came through; who may decide was checked
        gate = self.env["mail.thread"].sudo().with_context(service_mail=incoming)
        values = {"company_id": self.company_id.id} if self.company_id else {}
        if self.team_id:
            values["team_id"] = self.team_id.id
        gate.message_process(model, incoming.raw, custom_values=values)
        self._ensure_companies(incoming.ticket)
        if self.state == "parked" and incoming.ticket and incoming.held:
            self._note_decision("done", ticket_id=incoming.ticket.id)

    def _ensure_companies(self, ticket):
        """Refuse a ticket of a company that the user does not work for."""
        if ticket and not self.env.su and ticket.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "This message belongs to a ticket of another company. Ask somebody "
                    "who works there."
                )
            )

    def _make_plain_ticket(self):
        """Return a new ticket with what can be told of a message."""
        incoming = self._read_incoming()
        tickets = self.env["service.ticket"]
        values = {
            "name": self.name or self.env._("E-mail without subject"),
            "channel": "email",
            "description": plaintext2html(incoming.get_text()[:20_000]),
        }
        if self.company_id:
            values["company_id"] = self.company_id.id
        if self.team_id:
            values["team_id"] = self.team_id.id
            values["type_id"] = self.team_id.ticket_type_id.id
        for name, address in email_split_tuples(self.email_from or "")[:1]:
            email = email_normalize(address)
            if email:
                values |= {"partner_name": name or email, "partner_email": email}
        return tickets.create({key: value for key, value in values.items() if value})

    def _get_result_action(self):
        """Open the ticket of one message; of several, stay where the user is."""
        if len(self) != 1 or not self.ticket_id:
            return True
        self.ticket_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
