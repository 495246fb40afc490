# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..const import PRIORITIES


class ServiceTicketUpdate(models.TransientModel):
    """Tag many tickets, set their priority, watch them: all of it can be undone."""

    _name = "service.ticket.update"
    _description = "Tags, Priority, Watching"
    _inherit = "service.ticket.bulk"

    add_tag_ids = fields.Many2many(
        "crm.tag", "service_ticket_update_add_tag_rel", string="Add Tags"
    )
    remove_tag_ids = fields.Many2many(
        "crm.tag", "service_ticket_update_remove_tag_rel", string="Remove Tags"
    )
    priority = fields.Selection(PRIORITIES, help="Empty: it stays as it is.")
    watch = fields.Selection(
        [("watch", "Watch"), ("unwatch", "Stop watching")],
        "Watching",
        help="You are told of messages and of every stage. Empty: it stays as it is.",
    )

    def action_apply(self):
        """Change the tickets; each whole or not at all.

        :raises UserError: nothing was chosen
        """
        if not (self.add_tag_ids or self.remove_tag_ids or self.priority or self.watch):
            raise UserError(self.env._("Choose what to change."))
        before = {ticket: self._take_down(ticket) for ticket in self.ticket_ids}
        done, problems = self._do(self._change)
        self.undo_values = {
            ticket.id: {"before": before[ticket], "after": self._take_down(ticket)}
            for ticket in done
        }
        return self._show(
            self.env._("%(count)s tickets changed.", count=len(done)), problems
        )

    def _take_down(self, ticket):
        """Return what this window changes of `ticket`."""
        return [sorted(ticket.tag_ids.ids), ticket.priority, ticket.is_watched]

    def _change(self, tickets):
        """Change `tickets` as was chosen."""
        vals = {}
        if self.add_tag_ids or self.remove_tag_ids:
            vals["tag_ids"] = [Command.link(tag.id) for tag in self.add_tag_ids]
            vals["tag_ids"] += [Command.unlink(tag.id) for tag in self.remove_tag_ids]
        if self.priority:
            vals["priority"] = self.priority
        if vals:
            tickets.write(vals)
        if self.watch == "watch":
            tickets.action_watch()
        elif self.watch == "unwatch":
            tickets.action_unwatch()

    def _undo_one(self, ticket, values):
        """Override to give the ticket back its tags, priority and watcher."""
        if self._take_down(ticket) != values["after"]:
            self._raise_gone_on(ticket)
        tags, priority, watched = values["before"]
        vals = {}
        if tags != values["after"][0]:
            vals["tag_ids"] = [Command.set(tags)]
        if priority != values["after"][1]:
            vals["priority"] = priority
        if vals:
            ticket.write(vals)
        if watched != values["after"][2]:
            ticket.action_watch() if watched else ticket.action_unwatch()
