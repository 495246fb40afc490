# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from ..const import ENDED_PHASES
from .service_ticket_notification import STARTING, Starting


class ServiceTicket(models.Model):
    """Merging: what was asked twice is worked on once.

    The merged ticket ends and keeps its number, which leads to the other one. What
    people wrote moves there if both belong to the same customer. If they do not, each
    customer's conversation stays where only that customer can see it; the work moves.
    """

    _inherit = "service.ticket"

    merged_into_id = fields.Many2one(
        "service.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The ticket in which the work on this one goes on.",
    )
    merged_ids = fields.One2many(
        "service.ticket", "merged_into_id", "Tickets Merged into It", readonly=True
    )
    merged_at = fields.Datetime("Merged On", readonly=True, copy=False)
    merged_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    merge_details = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        groups=".",  # nobody but the superuser
        help="What was moved, to undo it.",
    )
    merged_text = fields.Char(compute="_compute_merged_text", compute_sudo=True)

    @api.depends("merged_into_id", "merged_at")
    @api.depends_context("lang", "tz")
    def _compute_merged_text(self):
        for ticket in self:
            target = ticket.merged_into_id
            ticket.merged_text = target and self.env._(
                "%(person)s merged this ticket into %(number)s.",
                person=ticket.merged_by_id.name or "",
                number=target.number,
            )

    # -- where a merge leads --------------------------------------------------

    def _get_merge_target(self):
        """Return the ticket in which the work goes on, as superuser; perhaps itself."""
        self.ensure_one()
        # sudo: the way of the work is no secret; callers check what they show
        ticket = self.sudo()
        while ticket.merged_into_id:
            ticket = ticket.merged_into_id
        return ticket

    def _get_thread_ticket(self):
        """Return the ticket that has this one's conversation, as superuser.

        As far on the way to the work as the tickets belong to the same customer.
        """
        self.ensure_one()
        # sudo: see `_get_merge_target`
        ticket = self.sudo()
        while ticket.merged_into_id and ticket._shares_customer(ticket.merged_into_id):
            ticket = ticket.merged_into_id
        return ticket

    def _shares_customer(self, other):
        """Tell whether what this ticket tells may be shown to the customer of `other`.

        A ticket of nobody has no secrets: whoever merges it knows whose it is.
        """
        # sudo: only whether they are the same is told
        ticket, other = self.sudo(), other.sudo()
        mine, theirs = (t.partner_id.commercial_partner_id for t in (ticket, other))
        if mine or theirs:
            return mine == theirs or ticket._is_of_nobody()
        return ticket.phone_sanitized == other.phone_sanitized

    def _is_of_nobody(self):
        """Tell whether nothing is known of the customer."""
        return not (self.partner_id or self.phone_sanitized or self.partner_email)

    # -- what speaks against it -------------------------------------------------

    def _check_may_merge(self):
        """Refuse people who may not merge these tickets.

        :raises AccessError: the user is no agent, or may not change one of them
        """
        if not self._is_in_group("agent"):
            raise AccessError(
                self.env._(
                    "Only agents and supervisors merge and split tickets. Ask one of "
                    "them."
                )
            )
        self.check_access("write")

    def _check_merge(self, target):
        """Refuse to merge these tickets into `target`.

        :raises AccessError: as `_check_may_merge`
        :raises UserError: with the reason
        """
        (self | target)._check_may_merge()
        for ticket in self:
            problem = ticket._get_merge_problem(target)
            if problem:
                raise UserError(problem)

    def _get_merge_problem(self, target):
        """Return why this ticket cannot be merged into `target`, or None.

        Hook: extend it for what else keeps tickets apart; ask `super()` first.
        """
        self.ensure_one()
        numbers = {"number": self.number, "target": target.number}
        if not target:
            return self.env._("Choose the ticket that %(number)s goes into.", **numbers)
        if self == target:
            return self.env._(
                "Ticket %(number)s cannot be merged into itself. Choose another one.",
                **numbers,
            )
        if self.company_id != target.company_id:
            return self.env._(
                "Tickets %(number)s and %(target)s belong to different companies, "
                "which must not see each other's. Choose a ticket of the same company.",
                **numbers,
            )
        return (
            self._get_merged_problem(target, numbers)
            or self._get_kind_problem(target, numbers)
            or self._get_kept_away_problem(target)
            or self._get_family_problem(target, numbers)
        )

    def _get_merged_problem(self, target, numbers):
        """Return what an earlier merge, or the end of `target`, makes impossible."""
        if self.merged_into_id:
            return self.env._(
                "Ticket %(number)s was merged into %(into)s already. Undo that first.",
                **numbers,
                into=self.sudo().merged_into_id.number,
            )
        end = target._get_merge_target()
        if end.id == self.id:
            return self.env._(
                "Ticket %(target)s was merged into %(number)s: they would lead to each "
                "other in a circle. Undo that merge first.",
                **numbers,
            )
        if end.id != target.id:
            return self.env._(
                "Ticket %(target)s was itself merged into %(into)s. Choose that one.",
                **numbers,
                into=end.number,
            )
        if not target.is_open:
            return self.env._(
                "Ticket %(target)s is closed, nobody would go on with it. Reopen it "
                "first, or choose an open ticket.",
                **numbers,
            )
        return None

    def _get_kind_problem(self, target, numbers):
        """Return why tickets of these categories are not merged, or None."""
        categories = (self.category, target.category)
        if "complaint" in categories and len(set(categories)) > 1:
            return self.env._(
                "Only one of %(number)s and %(target)s is a complaint, which has its "
                "own process, promises and readers. Link them instead.",
                **numbers,
            )
        return None

    def _get_kept_away_problem(self, target):
        """Return why this ticket must not be shown with `target`, or None."""
        try:
            self._check_kept_away(target)
        except UserError as error:
            return str(error)
        return None

    def _get_family_problem(self, target, numbers):
        """Return why sub-tickets stand against it, or None."""
        if self in target._get_ancestors():
            return self.env._(
                "Ticket %(target)s is a part of %(number)s. Merge the part into the "
                "whole instead.",
                **numbers,
            )
        parent = self.sudo().parent_id
        taken = target.sudo().parent_id
        if self.is_open and parent and taken and parent not in (target, taken):
            return self.env._(
                "Tickets %(number)s and %(target)s are parts of different tickets, "
                "which wait for them. Link them instead.",
                **numbers,
            )
        return None

    def _get_complained_people(self):
        """Override: who is kept from the joint work is kept from what led to it."""
        people = super()._get_complained_people()
        return people | self.sudo().merged_into_id.excluded_user_ids

    def _exclude_people(self, is_adding=False, freed=None):
        """Override to keep the same people away from what was merged into these."""
        result = super()._exclude_people(is_adding, freed)
        merged = self.sudo().merged_ids
        if merged:
            merged._exclude_people(is_adding)
        return result

    def _get_ancestors(self):
        """Return the tickets that this one is a part of, at whatever distance."""
        # sudo: the tickets between may belong to other departments
        ancestors = ancestor = self.sudo().parent_id
        while ancestor:
            ancestor = ancestor.parent_id - ancestors
            ancestors |= ancestor
        return ancestors.with_env(self.env)

    # -- doing it -------------------------------------------------------------

    def _merge_into(self, target, note=None):
        """Merge these tickets into `target`, where the work goes on.

        Whoever writes to one of them at this moment is before or after it: the rows
        are changed by both, so that PostgreSQL lets the later one begin anew.

        :param str note: why, plain text
        :raises AccessError: as `_check_may_merge`
        :raises UserError: with the reason
        """
        self._lock_for_merge(target)
        self._check_merge(target)
        for ticket in self:
            details = ticket._move_to_target(target)
            ticket._with_flow().sudo().write(
                ticket._prepare_merge_vals(target, details)
            )
            ticket._tell_merge(target, details, note)
            ticket._end_merged(target, note)
            ticket._exclude_people()
        # what names its record by model and id leaves the old lists in the cache
        (self | target).invalidate_recordset()

    def _lock_for_merge(self, target):
        """Let writers to these tickets and `target` come before or after us."""
        tickets = self | target
        tickets._lock_rows()
        tickets._bump()

    def _prepare_merge_vals(self, target, details):
        """Return what a merged ticket remembers."""
        return {
            "merged_into_id": target.id,
            "merged_at": fields.Datetime.now(),
            "merged_by_id": self.env.uid,
            "merge_details": details,
        }

    def _end_merged(self, target, note):
        """Let this ticket end: the customer is served by the other one."""
        if not self.is_open:
            return
        stage = self._get_stage_of_phase(self.process_id, "cancelled")
        stage = stage or self._get_stage_of_phase(self.process_id, "closed")
        if not stage:
            raise UserError(
                self.env._(
                    "The process “%(process)s” has no stage in which a merged ticket "
                    "could end. Link the tickets instead.",
                    process=self.process_id.display_name,
                )
            )
        reason = self.env._("Merged into %(number)s.", number=target.number)
        quiet = self._without_news()
        quiet._enter_stage(stage, reason=" ".join(filter(None, (reason, note))))

    def _without_news(self):
        """Return these tickets, of which customers hear nothing: their work goes on."""
        return self.with_context(**{STARTING: Starting(self.ids)})

    def _tell_merge(self, target, details, note):
        """Write down on both tickets what was done; only staff reads it."""
        told = self.env._(
            "Ticket %(number)s “%(subject)s” was merged into this one.",
            number=self.number,
            subject=self.name,
        )
        body = Markup("<p>%s</p>") % " ".join(filter(None, (told, note)))
        if details["apart"]:
            body += Markup("<p>%s</p>") % self.env._(
                "It is of another customer: what they wrote stays there, and answers "
                "to them are written there."
            )
        if not is_html_empty(self.description):
            body += Markup("<blockquote>%s</blockquote>") % self.description
        # sudo: the note belongs to the merge, whatever rights on messages there are
        target.sudo()._message_log(body=body, author_id=self.env.user.partner_id.id)
        self.sudo()._message_log(
            body=self.env._("Merged into %(number)s.", number=target.number),
            author_id=self.env.user.partner_id.id,
        )

    def _check_enter_stage(self, stage):
        """Override: what was merged does not go on by itself."""
        result = super()._check_enter_stage(stage)
        for ticket in self if stage.phase not in ENDED_PHASES else ():
            if ticket.merged_into_id:
                raise UserError(
                    self.env._(
                        "Ticket %(number)s was merged into %(target)s, where the work "
                        "goes on. Open that one, or undo the merge.",
                        number=ticket.number,
                        target=ticket.sudo().merged_into_id.number,
                    )
                )
        return result
