# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import REMIND_BATCH_SIZE, REMIND_EVERY_DAYS, REMIND_OTHERS_FROM

TODO_ACTIVITY = "crm_service.mail_activity_type_corrective"
CHECK_ACTIVITY = "crm_service.mail_activity_type_effect"
# How many actions a reminder names; the list shows the others.
MAX_NAMED = 30


class ServiceCorrectiveAction(models.Model):
    """Who has to do what until when, and the reminders when they do not."""

    _inherit = "service.corrective.action"

    # -- activities ---------------------------------------------------------

    def _get_task(self):
        """Return the activity that is due: (type, person, day), or none.

        Whoever may no longer see the action, since a complaint is about them, has
        nothing to do any more: somebody else finds a new owner.
        """
        task = None
        if self.active and self.state == "open":
            task = TODO_ACTIVITY, self.user_id, self.date_due
        elif self.active and self.state == "done" and self.check_user_id:
            task = CHECK_ACTIVITY, self.check_user_id, self.check_date
        if task and not self._filter_readers(task[1]):
            others = self._filter_readers(self._get_supervisors())
            return (task[0], others[:1], task[2]) if others else None
        return task

    def _sync_activities(self):
        """Give whoever has to act an activity, and take those that are done away."""
        # sudo: people are told what to do, whoever planned it
        for action in self.sudo():
            task = action._get_task()
            existing = action.activity_search([TODO_ACTIVITY, CHECK_ACTIVITY])
            wanted = existing.browse()
            if task:
                kind, person, day = task
                kind_id = self.env["ir.model.data"]._xmlid_to_res_id(kind)
                wanted = existing.filtered(
                    lambda a, k=kind_id, p=person: (
                        a.activity_type_id.id == k and a.user_id == p
                    )
                )
                if not wanted:
                    action._plan(kind, person, day)
                elif set(wanted.mapped("date_deadline")) != {day}:
                    wanted.date_deadline = day
            action._finish_activities(existing - wanted)

    def _plan(self, kind, person, day):
        """Plan an activity for `person`."""
        self.activity_schedule(
            kind, date_deadline=day, summary=self.name, user_id=person.id
        )

    def _finish_activities(self, activities):
        """Mark activities of steps that were taken as done; drop the others."""
        types = {"done": TODO_ACTIVITY, "effective": CHECK_ACTIVITY}
        done_id = types.get(self.state) and self.env["ir.model.data"]._xmlid_to_res_id(
            types[self.state]
        )
        taken = activities.filtered(lambda a: a.activity_type_id.id == done_id)
        if taken:
            taken.action_feedback()
        (activities - taken).unlink()

    def _filter_readers(self, people):
        """Return those of `people` who may see this action."""
        return people.filtered(
            lambda person: (
                person.active
                and self.with_user(person)
                .with_context(allowed_company_ids=person.company_ids.ids)
                .has_access("read")
            )
        )

    # -- reminders ----------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Remind people of what is overdue, once and then weekly."""
        while True:
            actions = self._get_unreminded(REMIND_BATCH_SIZE)
            if not actions:
                return
            actions._remind()
            left = self.search_count(self._get_remind_domain())
            if not self.env["ir.cron"]._commit_progress(len(actions), remaining=left):
                return

    @api.model
    def _get_remind_domain(self):
        """Return the domain of overdue actions nobody was reminded of lately."""
        today = fields.Date.context_today(self)
        limit = today - timedelta(days=REMIND_EVERY_DAYS)
        return self._get_overdue_domain(today) & (
            Domain("reminded_on", "=", False) | Domain("reminded_on", "<=", limit)
        )

    @api.model
    def _get_unreminded(self, limit):
        """Return so many overdue actions that no other job is dealing with."""
        found = self.search(self._get_remind_domain(), limit=limit)
        return found.try_lock_for_update()

    def _remind(self):
        """Send each person one message about everything of theirs that is overdue."""
        by_person = {}
        for action in self:
            for person in action._get_people_to_remind():
                by_person.setdefault(person, self.browse())
                by_person[person] |= action
        today = fields.Date.context_today(self)
        for action in self:
            count = action.reminder_count + 1
            action._with_flow().write({"reminded_on": today, "reminder_count": count})
        for person, actions in by_person.items():
            actions._tell(person)

    def _get_people_to_remind(self):
        """Return who hears of this overdue action: whoever has to act, later others."""
        task = self._get_task()
        people = task[1] if task else self.env["res.users"]
        if self.reminder_count + 1 >= REMIND_OTHERS_FROM:
            people |= self._filter_readers(self._get_supervisors())
        return people

    def _get_supervisors(self):
        """Return who is told that an action is overdue again and again."""
        return self.create_uid | self.check_user_id | self._get_independent_leader()

    def _get_independent_leader(self):
        """Return who leads the team that handles complaints independently."""
        # sudo: only who it is
        return self.company_id.sudo().service_complaint_team_id.user_id

    def _tell(self, person):
        """Send `person` one message about all these overdue actions."""
        actions = self.with_context(lang=person.lang, tz=person.tz)
        lines = [action._get_line() for action in actions[:MAX_NAMED]]
        if len(actions) > MAX_NAMED:
            more = actions.env._("and %(count)s more", count=len(self) - MAX_NAMED)
            lines.append(Markup("<li>%s</li>") % more)
        thread = actions if len(actions) == 1 else self.env["mail.thread"]
        thread.message_notify(
            partner_ids=person.partner_id.ids,
            subject=actions._get_subject(),
            body=Markup("<ul>%s</ul>") % Markup().join(lines),
        )

    def _get_subject(self):
        """Return the subject of a reminder of these actions."""
        if len(self) == 1:
            return self.env._("Overdue: %(action)s", action=self.display_name)
        return self.env._("%(count)s corrective actions are overdue", count=len(self))

    def _get_line(self):
        """Return the line of this action in a reminder."""
        step = self.env._("to be carried out")
        if self.state == "done":
            step = self.env._("effect to be checked")
        return Markup('<li><a href="%s">%s</a> (%s): %s, %s</li>') % (
            f"/odoo/service-actions/{self.id}",
            self.display_name,
            self.user_id.name,
            step,
            self.env._("%(days)s days overdue", days=self.days_overdue),
        )
