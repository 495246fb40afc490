# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.exceptions import UserError


class ServiceTicket(models.Model):
    """Splitting: what belongs to another request goes to a ticket of its own."""

    _inherit = "service.ticket"

    def _split_off(self, messages, attachments, **values):
        """Open a ticket of the same customer and move messages and files to it.

        :param messages: `mail.message` records of this ticket
        :param attachments: `ir.attachment` records of this ticket, besides those of
            the messages
        :param values: what the new ticket has of its own, such as `name`
        :return: the new ticket
        :raises AccessError: the user is no agent, or may not change this ticket
        :raises UserError: nothing is chosen, or it is not here any more
        """
        self.ensure_one()
        self._check_may_merge()
        self._lock_rows()
        self._bump()
        messages, attachments = self._check_split(messages, attachments)
        new = self.create({**self._prepare_split_vals(), **values})
        self._keep_from_former_members(new)
        self._check_kept_away(new)
        # sudo: messages and files are moved by nobody by hand, see `_check_split`
        new_sudo = new.sudo()
        self.sudo()._move_spoken(new_sudo, messages, attachments)
        self.sudo()._share_followers(new_sudo, apart=False)
        self.env["service.ticket.link"]._link(new, self, "related")
        self._tell_split(new)
        # what names its record by model and id leaves the old lists in the cache
        (self | new).invalidate_recordset()
        return new

    def _check_split(self, messages, attachments):
        """Return messages and files to move, as superuser.

        :raises UserError: nothing is chosen, or it is not here any more
        """
        if not (messages or attachments):
            raise UserError(
                self.env._("Choose what goes to the new ticket: messages, files.")
            )
        # sudo: which messages are here is found out once for all, whatever they are
        here, files = self.sudo()._get_spoken()
        if messages.sudo() - here or attachments.sudo() - files:
            raise UserError(
                self.env._(
                    "Some of it is not part of ticket %(number)s any more. Close this "
                    "window and look again.",
                    number=self.number,
                )
            )
        messages = messages.sudo()
        return messages, attachments.sudo() | (messages.attachment_ids & files)

    def _prepare_split_vals(self):
        """Return the values of a ticket that is split off this one."""
        return {**self._prepare_follow_up_vals(), "name": self.name}

    def _tell_split(self, new):
        """Write down on both tickets what was done; only staff reads it."""
        self._message_log(
            body=self.env._(
                "Split off into ticket %(number)s “%(subject)s”.",
                number=new.number,
                subject=new.name,
            )
        )
        new._message_log(
            body=self.env._("Split off ticket %(number)s.", number=self.number)
        )
