# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models
from odoo.fields import Domain

from .service_ticket import FLOW, FLOW_KEY

# What the system notes by itself stays in the history of the ticket it is about.
SYSTEM_NOTES = ("notification", "user_notification")
# What the other ticket may learn from a merged one of the same customer.
FILLED_FIELDS = (
    *("asset_id", "product_id", "serial_number", "site_id"),
    *("partner_id", "partner_name", "partner_phone", "partner_email"),
)


class ServiceTicket(models.Model):
    """What moves when a ticket is merged, and a record of it for the way back."""

    _inherit = "service.ticket"

    def _move_to_target(self, target):
        """Move what belongs to the work to `target`; return what was moved.

        :return: dict of JSON types, as `merge_details` keeps it
        """
        self.ensure_one()
        # sudo: rows that the user may not write by hand move with their ticket
        ticket, target = self.sudo(), target.sudo()
        apart = not ticket._shares_customer(target)
        details = {
            "apart": apart,
            **ticket._get_way_back(),
            "followers": ticket._share_followers(target, apart),
            "activities": ticket._move_activities(target),
            "children": ticket._move_children(target),
            "parent": ticket._move_parent(target),
            "tags": ticket._move_tags(target),
            "priority": ticket._move_priority(target),
            "rows": ticket._move_rows(target, apart),
        }
        if not apart:
            messages, attachments = ticket._get_spoken()
            details["messages"] = messages.ids
            details["attachments"] = attachments.ids
            ticket._move_spoken(target, messages, attachments)
            details["filled"] = ticket._fill_target(target)
        return details

    def _get_way_back(self):
        """Return where this ticket stands now."""
        return {
            "was_open": self.is_open,
            "stage_id": self.stage_id.id,
            "team_id": self.team_id.id,
            "user_id": self.user_id.id,
            "reopen_count": self.reopen_count,
            "resolved_at": fields.Datetime.to_string(self.resolved_at) or False,
        }

    # -- conversation -----------------------------------------------------------

    @api.model
    def _get_spoken_domain(self):
        """Return the domain of messages that people wrote, or sent by a template."""
        return Domain("message_type", "not in", SYSTEM_NOTES) | Domain(
            "mail_activity_type_id", "!=", False
        )

    def _get_spoken(self):
        """Return messages and attachments of this ticket's conversation."""
        messages = self.env["mail.message"].search(
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & self._get_spoken_domain()
        )
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
        return messages, attachments

    @api.model
    def _move_spoken(self, target, messages, attachments):
        """Put messages and attachments under another ticket."""
        messages.write({"res_id": target.id})
        attachments.write({"res_id": target.id})

    # -- people -----------------------------------------------------------------

    def _share_followers(self, target, apart):
        """Let those who follow this ticket follow `target`, if they may know of it.

        Colleagues who may read it, and people of the same customer. Others, such as a
        dealer who was in copy, would be sent what is not theirs.
        """
        new = self.message_follower_ids.filtered(
            lambda f: (
                f.partner_id not in target.message_partner_ids
                and target._may_be_followed_by(f.partner_id, apart)
            )
        )
        for subtypes, followers in new.grouped("subtype_ids").items():
            target.message_subscribe(followers.partner_id.ids, subtypes.ids)
        return new.partner_id.ids

    def _may_be_followed_by(self, partner, apart):
        """Tell whether messages of this ticket may be sent to `partner`."""
        users = partner.user_ids.filtered(lambda user: not user.share)
        if users:
            return any(self._is_seen_by(user) for user in users)
        customer = self.partner_id.commercial_partner_id
        return not apart and bool(customer & partner.commercial_partner_id)

    def _is_seen_by(self, user):
        """Tell whether `user` may read this ticket in their own companies."""
        ticket = self.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        return ticket.has_access("read")

    def _move_activities(self, target):
        """Move what is planned, where the person in charge may see `target`."""
        activities = self.activity_ids.filtered(
            lambda a: not a.user_id or target._is_seen_by(a.user_id)
        )
        activities.write({"res_id": target.id})
        return activities.ids

    # -- work -------------------------------------------------------------------

    def _move_children(self, target):
        """Make the sub-tickets parts of `target`, which waits for them now."""
        children = self.with_context(active_test=False).child_ids - target
        children._with_flow().write({"parent_id": target.id})
        return children.ids

    def _move_parent(self, target):
        """Let the ticket that waits for this one wait for `target` instead."""
        parent = self.parent_id
        if not self.is_open or not parent or target.parent_id:
            return False
        if target in (parent, *parent._get_ancestors()):
            return False
        target._with_flow().write({"parent_id": parent.id})
        return parent.id

    def _move_tags(self, target):
        """Give `target` the tags that it does not have."""
        tags = self.tag_ids - target.tag_ids
        target._with_flow().write({"tag_ids": [Command.link(tag) for tag in tags.ids]})
        return tags.ids

    def _move_priority(self, target):
        """Give `target` this priority if it is higher; return (before, after)."""
        before, after = target.priority, max(self.priority, target.priority)
        if before == after or not self.is_open:
            return False
        target._with_flow().write({"priority": after})
        return [before, after]

    @api.model
    def _get_merge_rows(self):
        """Hook: return {model: field} of rows that follow a ticket when it is merged.

        `field` is the many2one or many2many to the ticket. Add what belongs to the
        work or to the customer; rows that tell the ticket's own history stay with it.
        """
        return {
            "service.call": "ticket_id",
            "service.callback": "ticket_id",
            "service.corrective.action": "ticket_ids",
            "service.remedy": "ticket_id",
            "service.side.conversation": "ticket_id",
        }

    def _move_rows(self, target, apart):
        """Put the rows of other models under `target`; return {model: ids}.

        Rows of another customer stay: they are found from the merged ticket.
        """
        moved = {}
        for model, field in self._get_merge_rows().items() if not apart else ():
            rows = self.env[model].with_context(active_test=False)
            rows = rows.search([(field, "in", self.ids)])
            self._put_rows(rows, field, self, target)
            moved[model] = rows.ids
        return moved

    @api.model
    def _put_rows(self, rows, field, origin, target):
        """Put rows of another model from `origin` under `target`, as the process."""
        value = target.id
        if rows._fields[field].type == "many2many":
            value = [Command.unlink(origin.id), Command.link(target.id)]
        rows.with_context(**{FLOW_KEY: FLOW}).write({field: value})

    def _fill_target(self, target):
        """Fill what `target` does not know yet; return {field: value}."""
        filled = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in FILLED_FIELDS
            if self[name] and not target[name]
        }
        target._with_flow().write(filled)
        return filled

    def _count_moving(self, target):
        """Return what a merge into `target` would move, in words, for its window."""
        # sudo: numbers only
        ticket = self.sudo()
        counts = {
            self.env._("sub-tickets"): len(ticket.child_ids - target.sudo()),
            self.env._("activities"): len(ticket.activity_ids),
        }
        if ticket._shares_customer(target):
            messages, attachments = ticket._get_spoken()
            counts = {
                self.env._("messages"): len(messages),
                self.env._("files"): len(attachments),
                **counts,
            }
            for model, field in ticket._get_merge_rows().items():
                label = ticket.env["ir.model"]._get(model).name
                rows = ticket.env[model]
                counts[label] = rows.search_count([(field, "in", ticket.ids)])
        return [f"{label}: {count}" for label, count in counts.items() if count]
