# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import retrying

from ..const import MAINTENANCE_PLAN_BATCH


class ServiceMaintenancePlan(models.Model):
    """The job that plans the coming year and makes the tickets, batch by batch."""

    _inherit = "service.maintenance.plan"

    @api.model
    def _cron_plan(self):
        """Plan anew what was not planned today, then make the tickets that are due.

        As a job each batch is committed, and tried again if another transaction
        changed the same rows; when called otherwise, the caller commits.
        """
        dues = self.env["service.maintenance.due"]
        if self._run_batches(self._plan_batch, self._get_unplanned_domain, self):
            self._run_batches(dues._make_ready_tickets, dues._get_ready_domain, dues)

    @api.model
    def _run_batches(self, work, get_domain, model):
        """Call `work` until nothing is left to do.

        :return: False if the job has no time left
        """
        is_job = bool(self.env.context.get("cron_id"))
        while True:
            done = retrying(work, self.env) if is_job else work()
            # sudo: the job acts for everybody
            left = model.sudo().search_count(get_domain())
            seconds = 1
            if is_job:
                seconds = self.env["ir.cron"]._commit_progress(done, remaining=left)
            if not (done and left and seconds):
                return bool(seconds)

    @api.model
    def _get_unplanned_domain(self):
        """Return the domain of plans that were not planned today."""
        today = fields.Date.context_today(self)
        return Domain("planned_on", "=", False) | Domain("planned_on", "<", today)

    @api.model
    def _plan_batch(self, limit=MAINTENANCE_PLAN_BATCH):
        """Plan at most `limit` plans that no other job deals with; return how many."""
        # sudo: the job acts for everybody
        plans = self.sudo().search(
            self._get_unplanned_domain(), limit=limit, order="id"
        )
        plans = plans.try_lock_for_update(allow_referencing=True)
        plans._plan()
        self.env.flush_all()
        self.env.invalidate_all()
        return len(plans)

    def action_make_tickets(self):
        """Make the tickets of these plans that are due by now.

        :return: a notification that says how many
        """
        self.check_access("write")
        dues = self.env["service.maintenance.due"]
        domain = Domain("plan_id", "in", self.ids)
        # sudo: the plan makes tickets for everybody
        found = dues.sudo().search(dues._get_ready_domain() & domain)
        found._make_safely()
        made = found.filtered("ticket_id")
        return self._get_made_notification(len(made), len(found - made))

    def _get_made_notification(self, made, failed):
        """Return the notification that says what came of the button."""
        text = self.env._("%(count)s tickets were made.", count=made)
        if not made and not failed:
            text = self.env._("Nothing is due yet: see “Due” for the days.")
        if failed:
            text += " " + self.env._(
                "%(count)s could not be made: “Due” says why.", count=failed
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failed else "success",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
