# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..const import MAINTENANCE_TICKET_BATCH
from .service_maintenance_due import FLOW_KEY

_logger = logging.getLogger(__name__)


class ServiceMaintenanceDue(models.Model):
    """The tickets that planned maintenance becomes, ahead of time and once only.

    A day and its ticket are written in one transaction; two at once cannot both do it,
    as the second one has to write the row that the first one wrote.
    """

    _inherit = "service.maintenance.due"

    @api.model
    def _get_ready_domain(self):
        """Return the domain of the days whose ticket is to be made by now.

        Hook: narrow it for plans that must not make tickets yet.
        """
        today = fields.Date.context_today(self)
        return (
            Domain("state", "=", "planned")
            & Domain("ticket_on", "<=", today)
            & Domain("plan_id.active", "=", True)
            & (Domain("tried_on", "=", False) | Domain("tried_on", "<", today))
        )

    @api.model
    def _make_ready_tickets(self, limit=MAINTENANCE_TICKET_BATCH):
        """Make the tickets of at most `limit` days that no other job deals with.

        :return: how many days were dealt with
        """
        # sudo: the plan makes tickets for everybody
        dues = self.sudo().search(
            self._get_ready_domain(), limit=limit, order="ticket_on, id"
        )
        dues = dues.try_lock_for_update(allow_referencing=True)
        dues._make_safely()
        return len(dues)

    def _make_safely(self):
        """Make the tickets, one by one if need be: one that fails says why.

        Conflicts with other transactions go through: the whole batch is tried again.
        """
        try:
            with self.env.cr.savepoint():
                self._make_tickets()
        except OperationalError:
            raise
        except Exception as error:
            if len(self) == 1:
                self._put_off(error)
                return
            for due in self:
                due._make_safely()

    def _put_off(self, error):
        """Write down why there is no ticket; the next day it is tried again."""
        text = str(error) if isinstance(error, UserError) else ""
        if not text:
            _logger.exception("No ticket for planned maintenance %s.", self.id)
            text = self.env._("Something went wrong; the server's log says what.")
        self._with_flow().write(
            {"problem": text, "tried_on": fields.Date.context_today(self)}
        )

    def _make_tickets(self):
        """Make a ticket for each of these days, as any other ticket is made."""
        if not self:
            return
        vals_list = [due._prepare_ticket_vals() for due in self]
        # without the right to write days: it is for these rows alone
        model = self.env["service.ticket"].with_context(**{FLOW_KEY: None})
        tickets = model.create(vals_list)
        for due, ticket in zip(self._with_flow(), tickets, strict=True):
            due.write({"state": "ticket", "ticket_id": ticket.id, "problem": False})
        self._add_checks()
        self.plan_id._plan()

    def _prepare_ticket_vals(self):
        """Return the values of the ticket of this day.

        Hook: extend the dict.
        """
        plan, partner = self.plan_id, self.partner_id
        return {
            "name": plan.name,
            "company_id": plan.company_id.id,
            "type_id": plan.type_id.id,
            "team_id": (plan.team_id or plan.type_id.team_id).id,
            "priority": plan.priority,
            "channel": "api",
            "partner_id": partner.id,
            "site_id": (self.site_id or self.asset_id.site_id).id,
            "asset_id": self.asset_id.id,
            "description": plan.instructions,
        }

    def _add_checks(self):
        """Add the lines of the plans to the tickets' checklists.

        They are ticked in the stage where the work is done.
        """
        vals_list = []
        for due in self:
            lines = (due.plan_id.checklist or "").splitlines()
            stage = due.ticket_id._get_work_stage()
            vals_list += [
                {"ticket_id": due.ticket_id.id, "stage_id": stage.id, "name": line}
                for line in filter(None, map(str.strip, lines))
            ]
        # sudo: the checklist is the plan's, people only tick it
        self.env["service.ticket.check"].sudo().create(vals_list)

    # -- buttons --------------------------------------------------------------

    def action_make_ticket(self):
        """Make the tickets of these days now, however far ahead.

        :raises UserError: one is not planned any more
        """
        self.check_access("write")
        if not self.env.user.has_group("crm_service.group_service_dispatcher"):
            raise AccessError(
                self.env._("Only dispatchers make tickets before their day. Ask one.")
            )
        self._ensure_planned()
        # sudo: the plan says which ticket it becomes, whoever presses the button
        self.sudo()._make_tickets()
        return self.action_open_ticket() if len(self) == 1 else True
