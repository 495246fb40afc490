# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

# What people write, as against what the system sends by itself.
WRITTEN_BY_PEOPLE = ("comment", "email", "email_outgoing")


class ServiceTicket(models.Model):
    """Who wrote last: the customer, who waits for an answer, or our staff."""

    _inherit = "service.ticket"

    def _message_post_after_hook(self, message, msg_values):
        """Override to stop the promise of a response, or to start the next one."""
        result = super()._message_post_after_hook(message, msg_values)
        if (
            message.message_type in WRITTEN_BY_PEOPLE
            and message.subtype_id
            and not message.subtype_id.internal
            and not message.is_internal
        ):
            author = message.author_id
            if author.id == self._get_system_partner_id():
                return result
            if author != self.partner_id and self._is_staff(author):
                self._note_reply()
            else:
                self._note_customer_message()
        return result

    def _is_staff(self, author):
        """Tell whether the author of a message is one of us."""
        # sudo: whether somebody is a colleague, or was one, is no secret
        users = author.sudo().with_context(active_test=False).user_ids
        return any(not user.share for user in users)

    @api.model
    def _get_system_partner_id(self):
        """Return the id of the partner in whose name the system writes by itself."""
        return self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")

    def _note_reply(self, moment=None):
        """Note that staff answered the customer: promises of a response are kept.

        Call it for answers that are no message, such as a call.

        :param datetime moment: when; now if it is not given
        """
        moment = moment or fields.Datetime.now()
        waiting = self.filtered(
            lambda t: not t.first_replied_at or t.customer_waiting_since
        )
        # sudo: the engine notes it for everybody
        for ticket in waiting.sudo():
            clock = ticket._get_open_response()
            clock._stop(moment)
            vals = {"customer_waiting_since": False}
            if not ticket.first_replied_at:
                vals["first_replied_at"] = moment
            ticket._with_flow().write(vals)
        waiting._sync_sla()

    def _note_customer_message(self, moment=None):
        """Note that the customer wrote, and waits if we had answered or asked before.

        :param datetime moment: when; now if it is not given
        """
        # sudo: the customer may write to us, but neither read nor write our notes
        answered = self.sudo().filtered(
            lambda t: (
                not t.customer_waiting_since
                and (t.first_replied_at or t.phase == "waiting_customer")
            )
        )
        if answered:
            moment = moment or fields.Datetime.now()
            answered = answered._with_flow()
            answered.write({"customer_waiting_since": moment})
            answered._sync_sla()

    def _get_open_response(self):
        """Return the open clock of this ticket's next response, if there is one."""
        # sudo: the engine reads the clocks, also when a customer writes
        clocks = self.env["service.sla"].sudo()._get_by_kind(self)
        clock = clocks.get((self.id, "next_response"))
        return clock or self.env["service.sla"].sudo()
