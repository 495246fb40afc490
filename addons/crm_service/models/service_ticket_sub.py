# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import DONE_PHASES, MAX_LEVELS
from ..exceptions import RoutingLoop
from .service_guard import without_defaults


class ServiceTicket(models.Model):
    """Work across departments: sub-tickets, and the ticket that waits for them."""

    _inherit = "service.ticket"

    parent_id = fields.Many2one(
        "service.ticket",
        "Part of Ticket",
        index="btree_not_null",
        check_company=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
    )
    child_ids = fields.One2many("service.ticket", "parent_id", "Sub-tickets")
    child_count = fields.Integer(
        "Number of Sub-tickets", compute="_compute_child_counts", compute_sudo=True
    )
    open_child_count = fields.Integer(
        "Sub-tickets under Way", compute="_compute_child_counts", compute_sudo=True
    )
    child_progress = fields.Char("Progress", compute="_compute_child_progress")

    @api.depends("child_ids.phase", "child_ids.active")
    @api.depends_context("uid")
    def _compute_child_counts(self):
        # counted for everybody but whom a sub-ticket is about
        told = Domain("parent_id", "in", self.ids)
        told &= Domain("excluded_user_ids", "not in", self.env.user.ids)
        groups = self._read_group(told, ["parent_id", "phase"], ["__count"])
        totals, done = {}, {}
        for parent, phase, count in groups:
            totals[parent.id] = totals.get(parent.id, 0) + count
            if phase in DONE_PHASES:
                done[parent.id] = done.get(parent.id, 0) + count
        for ticket in self:
            ticket.child_count = totals.get(ticket.id, 0)
            ticket.open_child_count = ticket.child_count - done.get(ticket.id, 0)

    @api.depends("child_count", "open_child_count")
    @api.depends_context("lang")
    def _compute_child_progress(self):
        for ticket in self:
            ticket.child_progress = ticket.child_count and self.env._(
                "%(done)s of %(all)s done",
                done=ticket.child_count - ticket.open_child_count,
                all=ticket.child_count,
            )

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A ticket cannot be part of itself. Choose another ticket that it "
                    "is part of."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to guard which tickets get a part."""
        default = self.env.context.get("default_parent_id")
        ids = {vals.get("parent_id", default) for vals in vals_list} - {None, False}
        self.browse(ids)._check_may_be_parents()
        return super().create(vals_list)

    def write(self, vals):
        """Override to guard which tickets get a part, or lose one."""
        if "parent_id" in vals:
            parent = self.browse(vals["parent_id"] or ())
            changed = self.filtered(lambda ticket: ticket.parent_id != parent)
            if changed:
                (changed.parent_id | parent)._check_may_be_parents()
        return super().write(vals)

    def _check_may_be_parents(self):
        """Refuse to change the parts of tickets that are not the user's to change.

        :raises AccessError: the user is no agent, or may not write on one of them
        """
        if not self or self.env.su or self._is_flow():
            return
        if not self._is_in_group("agent"):
            raise AccessError(
                self.env._(
                    "Only agents and supervisors make a ticket part of another one. "
                    "Ask one of them."
                )
            )
        self.check_access("write")

    # -- opening ------------------------------------------------------------

    def _open_children(self, route):
        """Open the sub-ticket that `route` asks for, for each of these tickets.

        :raises RoutingLoop: sub-tickets would open sub-tickets without an end
        """
        # sudo: the other department's type and team need not be the user's
        route_sudo = route.sudo()
        if not (self and route_sudo.child_type_id):
            return
        self._check_levels()
        # sudo: a sub-ticket may belong to a team whose tickets the user does not see
        tickets_sudo = without_defaults(self.sudo())
        tickets_sudo.create([t._prepare_child_vals(route_sudo) for t in tickets_sudo])

    def _check_levels(self):
        """Refuse sub-tickets of sub-tickets without an end."""
        ancestors, level = self.sudo(), 0
        while ancestors := ancestors.parent_id:
            level += 1
        if level >= MAX_LEVELS:
            raise RoutingLoop(
                self.env._(
                    "The process “%(process)s” opens sub-tickets of sub-tickets "
                    "without an end, so this ticket stays where it was. Ask the "
                    "service manager to change its routes.",
                    process=self[:1].process_id.display_name,
                ),
                self.ids,
            )

    def _prepare_child_vals(self, route):
        """Return the values of the sub-ticket that `route` opens for this ticket."""
        subject = f"{route.child_name}: {self.name}" if route.child_name else self.name
        vals = {
            "parent_id": self.id,
            "name": subject,
            "description": self.description,
            "type_id": route.child_type_id.id,
            "company_id": self.company_id.id,
            "channel": self.channel,
            "priority": self.priority,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_name,
            "partner_phone": self.partner_phone,
            "partner_email": self.partner_email,
            "site_id": self.site_id.id,
            "asset_id": self.asset_id.id,
            "product_id": self.product_id.id,
            "serial_number": self.serial_number,
        }
        team = route.child_team_id or route.child_type_id.team_id
        return {**vals, "team_id": team.id} if team else vals

    # -- waiting ------------------------------------------------------------

    def _get_missing_children(self):
        """Return the sentence about sub-tickets that are not done, if any."""
        # sudo: sub-tickets of other teams hold the ticket as well
        children = self.sudo().child_ids.filtered(
            lambda child: child.phase not in DONE_PHASES
        )
        told = children - children._filter_hidden()
        if children and not told:
            return [self.env._("Wait for another department.")]
        if not children:
            return []
        return [
            self.env._(
                "Wait for the sub-tickets: %(numbers)s.",
                numbers=", ".join(told.mapped("number")),
            )
        ]

    def _after_enter_stage(self):
        """Override of `service.ticket` to let waiting tickets go on."""
        result = super()._after_enter_stage()
        self._wake_parents()
        return result

    def _after_write(self, vals):
        """Override of `service.ticket` to wait no longer for what was archived."""
        result = super()._after_write(vals)
        if "active" in vals:
            self._wake_parents()
        return result

    def _wake_parents(self):
        """Try the automatic routes of tickets that waited for these ones."""
        done = self.filtered(
            lambda t: t.parent_id and (t.phase in DONE_PHASES or not t.active)
        )
        # sudo: the ticket that waits may belong to another department
        parents = done.sudo().parent_id.filtered("stage_id.waits_for_children")
        if not parents:
            return
        parents._bump()
        parents.invalidate_recordset(["child_count", "open_child_count"])
        parents._apply_automatic_routes()

    def _bump(self):
        """Let two last sub-tickets that end at once see each other: one tries again."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE service_ticket SET write_date = write_date WHERE id IN %s",
                tuple(self.ids),
            )
        )

    def action_open_children(self):
        """Open the sub-tickets."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        action["domain"] = [("parent_id", "=", self.id)]
        action["context"] = {}
        return action
