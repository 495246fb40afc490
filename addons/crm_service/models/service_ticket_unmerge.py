# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import MERGE_UNDO_DAYS


class ServiceTicket(models.Model):
    """The way back from a merge: what was moved returns where it still can."""

    _inherit = "service.ticket"

    can_unmerge = fields.Boolean(
        compute="_compute_can_unmerge", groups="crm_service.group_service_technician"
    )

    @api.depends("merged_into_id", "merged_at")
    @api.depends_context("uid")
    def _compute_can_unmerge(self):
        agent = self._is_in_group("agent")
        for ticket in self:
            ticket.can_unmerge = (
                agent
                and bool(ticket.merged_into_id)
                and not ticket._get_unmerge_problem()
            )

    def action_open_merge_target(self):
        """Open the ticket in which the work on this one goes on."""
        self.ensure_one()
        self.check_access("read")
        target = self.browse(self._get_merge_target().id)
        target.check_access("read")
        return target._get_form_action()

    def action_unmerge(self):
        """Take back the merge of these tickets.

        What people wrote before the merge returns, and so do attachments, activities
        and sub-tickets that are still where the merge has put them. What was written
        since stays with the other ticket; split it off if it belongs here.

        :raises AccessError: the user is no agent, or may not change one of the tickets
        :raises UserError: with the reason why it cannot be undone
        """
        self._check_may_merge()
        for ticket in self:
            # sudo: the right to change it is checked right below
            target = self.browse(ticket.sudo().merged_into_id.id)
            target._check_may_merge()
            ticket._lock_for_merge(target)
            problem = ticket._get_unmerge_problem()
            if problem:
                raise UserError(problem)
            ticket._unmerge(target)
            (ticket | target).invalidate_recordset()
        return True

    def _get_unmerge_problem(self):
        """Return why the merge of this ticket cannot be undone, or None."""
        # sudo: only numbers are told
        target = self.sudo().merged_into_id
        if not target:
            return self.env._(
                "Ticket %(number)s is not merged, there is nothing to undo.",
                number=self.number,
            )
        if target.merged_into_id:
            return self.env._(
                "Ticket %(target)s was merged into %(into)s since. Undo that first.",
                target=target.number,
                into=target.merged_into_id.number,
            )
        if self.merged_at < fields.Datetime.now() - timedelta(days=MERGE_UNDO_DAYS):
            return self.env._(
                "Ticket %(number)s was merged more than %(days)s days ago. Split what "
                "belongs to it off ticket %(target)s instead.",
                number=self.number,
                days=MERGE_UNDO_DAYS,
                target=target.number,
            )
        return None

    def _unmerge(self, target):
        """Bring back what the merge of this ticket into `target` has moved."""
        # sudo: as they moved there, see `_move_to_target`
        ticket, target_sudo = self.sudo(), target.sudo()
        details = ticket.merge_details or {}
        ticket._take_back_spoken(target_sudo, details)
        ticket._take_back_work(target_sudo, details)
        ticket._take_back_values(target_sudo, details)
        ticket._with_flow().write(
            dict.fromkeys(("merged_into_id", "merged_at", "merged_by_id"), False)
            | {"merge_details": False}
        )
        ticket._exclude_people()
        self._resume(details)
        body = self.env._("The merge of %(number)s was undone.", number=self.number)
        author_id = self.env.user.partner_id.id
        (ticket | target_sudo)._message_log_batch(
            bodies=dict.fromkeys((ticket.id, target_sudo.id), body),
            author_id=author_id,
        )

    def _take_back_spoken(self, target, details):
        """Bring back messages and attachments that are still there."""
        messages, attachments = target._get_spoken()
        self._move_spoken(
            self,
            messages.filtered(lambda m: m.id in details.get("messages", ())),
            attachments.filtered(lambda a: a.id in details.get("attachments", ())),
        )

    def _take_back_work(self, target, details):
        """Bring back activities, sub-tickets and rows that are still there."""
        target.activity_ids.filtered(
            lambda activity: activity.id in details.get("activities", ())
        ).write({"res_id": self.id})
        target.with_context(active_test=False).child_ids.filtered(
            lambda child: child.id in details.get("children", ())
        )._with_flow().write({"parent_id": self.id})
        for model, field in self._get_merge_rows().items():
            ids = details.get("rows", {}).get(model, ())
            rows = self.env[model].with_context(active_test=False)
            rows = rows.search([("id", "in", ids), (field, "in", target.ids)])
            self._put_rows(rows, field, target, self)

    def _take_back_values(self, target, details):
        """Take from `target` what it has only by the merge, if nobody changed it."""
        vals = {
            name: False
            for name, value in details.get("filled", {}).items()
            if self._fields[name].convert_to_write(target[name], target) == value
        }
        if details.get("parent") and target.parent_id.id == details["parent"]:
            vals["parent_id"] = False
        before, after = details.get("priority") or (None, None)
        if after and target.priority == after:
            vals["priority"] = before
        tags = target.tag_ids.filtered(lambda tag: tag.id in details.get("tags", ()))
        if tags:
            vals["tag_ids"] = [Command.unlink(tag) for tag in tags.ids]
        if vals:
            target._with_flow().write(vals)
        kept = target.user_id.partner_id | target.partner_id
        target.message_unsubscribe(
            [pid for pid in details.get("followers", ()) if pid not in kept.ids]
        )

    def _resume(self, details):
        """Go on where the merge has ended this ticket; without counting it."""
        stage = self.env["service.stage"].browse(details.get("stage_id", ())).exists()
        if not details.get("was_open") or not stage or stage == self.stage_id:
            return
        hands = {name: details.get(name) for name in ("team_id", "user_id")}
        reason = self.env._("The merge was undone.")
        # sudo: the merge was the user's to undo, wherever the ticket goes back to
        ticket = self.sudo()._without_news()
        ticket._enter_stage(stage, extra_vals=hands, reason=reason)
        ticket._with_flow().write(
            {name: details.get(name) for name in ("reopen_count", "resolved_at")}
        )
        self.sudo()._apply_automatic_routes()
