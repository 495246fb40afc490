# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import MAX_AUTOMATIC_STEPS
from ..exceptions import RoutingLoop


class ServiceTicket(models.Model):
    """The routes a ticket takes: by a button, or by itself."""

    _inherit = "service.ticket"

    tag_ids = fields.Many2many(
        "crm.tag", "service_ticket_tag_rel", "ticket_id", "tag_id", "Tags"
    )
    has_loop_note = fields.Boolean(
        "Circle Told",
        readonly=True,
        copy=False,
        help="It was told that automatic routes lead from this stage in a circle.",
    )

    @api.depends("stage_id", "type_id", "team_id", "user_id", "priority", "partner_id")
    @api.depends_context("uid", "su")
    def _compute_available_route_ids(self):
        routes = self.env["service.route"]
        for ticket in self:
            ticket.available_route_ids = routes
        for stage, tickets in self.filtered("stage_id").grouped("stage_id").items():
            for route in routes._get_routes(stage, "manual")._filter_allowed():
                for ticket in route._filter_tickets(tickets):
                    ticket.available_route_ids |= route

    @api.depends("available_route_ids")
    @api.depends_context("uid", "su", "lang")
    def _compute_route_buttons(self):
        for ticket in self:
            ticket.route_buttons = [
                route._prepare_button() for route in ticket.available_route_ids
            ]

    def _get_next_route(self):
        """Return the first of the next steps; giving up is none."""
        routes = self.available_route_ids
        return routes.filtered(lambda r: r.to_stage_id.phase != "cancelled")[:1]

    # -- by hand ------------------------------------------------------------

    def _move_by_hand(self, stage_id=None, phase=None):
        """Go to a stage (or the first one of a phase) by a button's route.

        :raises UserError: no button of the present stage leads there, it asks for
            something, or something is missing
        """
        for ticket in self:
            stage = self.env["service.stage"].browse(stage_id or ())
            if not stage and phase != ticket.phase:
                stage = ticket._choose_stage_of_phase(phase)
            if stage and stage != ticket.stage_id:
                route = ticket._find_route_to(stage)
                ticket._ensure_not_asked(route)
                ticket._ensure_can_leave(route.to_stage_id)
                ticket._follow_route(route)

    def _choose_stage_of_phase(self, phase):
        """Return the stage of `phase` that a button leads to, else the first one."""
        reachable = self.available_route_ids.to_stage_id
        stage = reachable.filtered(lambda stage: stage.phase == phase)[:1]
        return stage or self._get_stage_of_phase(self.process_id, phase)

    def _find_route_to(self, stage):
        """Return the button's route from the present stage to `stage`.

        One that asks nothing comes first.

        :raises UserError: there is none
        """
        self.ensure_one()
        routes = self.available_route_ids.filtered(lambda r: r.to_stage_id == stage)
        if not routes:
            raise UserError(self._get_no_route_message(stage.name))
        return routes.sorted(lambda route: route.question != "none")[:1]

    def _get_no_route_message(self, target):
        """Return the sentence that tells where this ticket can go instead."""
        names = self.available_route_ids.to_stage_id.mapped("name")
        if not names:
            return self.env._(
                "Ticket %(number)s cannot go from “%(stage)s” to “%(target)s”: its "
                "process has no button there that fits this ticket.",
                number=self.number,
                stage=self.stage_id.name,
                target=target,
            )
        return self.env._(
            "Ticket %(number)s cannot go from “%(stage)s” to “%(target)s”. From "
            "there it can go to: %(stages)s.",
            number=self.number,
            stage=self.stage_id.name,
            target=target,
            stages=", ".join(names),
        )

    def _ensure_not_asked(self, route):
        """Refuse to pass a button's question by, for instance by dragging a card.

        The system itself cannot be asked: it goes on.
        """
        if route.question != "none" and not self.env.su:
            raise UserError(
                self.env._(
                    "“%(route)s” asks a question. Open ticket %(number)s and use the "
                    "button.",
                    route=route.name,
                    number=self.number,
                )
            )

    def _follow_route(self, route, reason=None, user=None):
        """Enter the stage that `route` leads to, and do what else it says.

        :param str reason: the answer to its question
        :param user: the person who takes over, before the one whom the route names
        """
        extra_vals = self._prepare_route_vals(route, user)
        self._enter_stage(route.to_stage_id, extra_vals, route=route, reason=reason)
        self._open_children(route)

    @api.model
    def _prepare_route_vals(self, route, user=None):
        """Return what `route` writes on tickets besides the stage."""
        # sudo: whom and what a route names is nobody's secret, tags included
        route_sudo = route.sudo()
        user = user or route_sudo.user_id
        vals = {"team_id": route_sudo.team_id.id, "priority": route_sudo.priority}
        vals["user_id"] = user.id if user else False
        vals = {name: value for name, value in vals.items() if value}
        if route_sudo.tag_ids:
            vals["tag_ids"] = [Command.link(tag) for tag in route_sudo.tag_ids.ids]
        return vals

    # -- automatic ----------------------------------------------------------

    def _apply_automatic_routes(self):
        """Follow the automatic routes that fit, until none fits any more.

        Tickets that they send in a circle stay where they were, with a note.
        """
        processes = self.env["service.route"]._get_ids_by_process("automatic")
        if not processes:
            return
        moving = self.filtered(lambda ticket: ticket.process_id.id in processes)
        while moving._get_first_fits():
            try:
                with self.env.cr.savepoint():
                    moving._follow_until_none_fits()
            except RoutingLoop as loop:
                lost = moving & moving.browse(loop.ticket_ids)
                if not lost:
                    raise
                lost._note_loop(str(loop))
                moving -= lost
            else:
                return

    def _follow_until_none_fits(self):
        """Take one automatic route after the other.

        :raises RoutingLoop: it never ends for some of the tickets
        """
        moving = self
        for _step in range(MAX_AUTOMATIC_STEPS):
            moving = moving._follow_first_fits()
            if not moving:
                return
        raise RoutingLoop(moving._get_loop_message(), moving.ids)

    def _follow_first_fits(self):
        """Take one automatic route each, the first that fits; return who moved."""
        moved = self.browse()
        for route, tickets in self._get_first_fits().items():
            tickets._follow_route(route)
            moved |= tickets
        return moved

    def _get_first_fits(self):
        """Return {automatic route: the tickets that take it next}."""
        fits = {}
        for stage, tickets in self.grouped("stage_id").items():
            for route in self.env["service.route"]._get_routes(stage, "automatic"):
                found = route._filter_tickets(tickets)
                tickets -= found
                found = found._filter_free(route.to_stage_id)
                if found:
                    fits[route] = fits.get(route, self.browse()) | found
        return fits

    def _get_loop_message(self):
        """Return the sentence that tells where the circle is."""
        ticket = self[:1]
        return self.env._(
            "The automatic routes of the process “%(process)s” send this ticket in a "
            "circle by way of “%(stage)s”, so it stays where it was. Ask the service "
            "manager to change their conditions.",
            process=ticket.process_id.display_name,
            stage=ticket.stage_id.name,
        )

    def _note_loop(self, message):
        """Tell on the tickets, once in each stage, that they would go in a circle."""
        untold = self.filtered(lambda ticket: not ticket.has_loop_note)
        untold._with_flow().write({"has_loop_note": True})
        for ticket in untold:
            ticket.message_post(body=message, subtype_xmlid="mail.mt_note")

    # -- buttons ------------------------------------------------------------

    def action_route(self, route, reason=None, user_id=None):
        """Go along a button's route.

        :param route: a `service.route` or its id
        :param str reason: the answer, when the route asks for a reason
        :param int user_id: the person who takes over, when the route asks for one
        :raises UserError: it does not leave from the tickets' stage, its condition
            does not hold, the caller may not use it, an answer or something that the
            stage asks for is missing, or a person is given whom the route does not
            ask for or who would take over from somebody else than the caller
        """
        self.check_access("write")
        route = self._browse_route(route)
        user = self._get_asked_person(user_id)
        for ticket in self:
            ticket._ensure_route(route)
            ticket._ensure_answered(route, reason, user)
            if user:
                ticket._check_takeover(route, user)
            ticket._ensure_can_leave(route.to_stage_id)
            ticket._follow_route(route, reason, user)
        self._apply_automatic_routes()
        return True

    def action_ask_route(self, route):
        """Go along a button's route, or open what it asks first.

        :param route: a `service.route` or its id
        :return: True, or the action that opens the question
        :raises UserError: as `action_route`
        """
        self.ensure_one()
        self.check_access("write")
        route = self._browse_route(route)
        self._ensure_route(route)
        if route.question == "none":
            return self.action_route(route)
        self._ensure_can_leave(route.to_stage_id)
        return {
            "type": "ir.actions.act_window",
            "name": route.name,
            "res_model": "service.route.question",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id, "default_route_id": route.id},
        }

    @api.model
    def _browse_route(self, route):
        """Return the route of an id, or none."""
        if isinstance(route, int):
            return self.env["service.route"].browse(route).exists()
        return route

    def _ensure_route(self, route):
        """Refuse a route that does not lead on from here for this person."""
        if not route or route not in self.available_route_ids:
            raise UserError(self._get_no_route_message(route.to_stage_id.name or "?"))

    @api.model
    def _get_asked_person(self, user_id):
        """Return the user of an answer, or none.

        :raises UserError: there is nobody of that id
        """
        user = self.env["res.users"].browse(user_id or ()).exists()
        if user_id and not user:
            raise UserError(self.env._("There is no such person. Choose a colleague."))
        return user

    def _check_takeover(self, route, user):
        """Refuse a person who is not asked for, or cannot take over this ticket.

        Colleagues may move a ticket on, as the process says; who has it next is
        decided by the process, the one who has it, or a dispatcher.

        :raises UserError: with the reason
        """
        if "person" not in route.question:
            raise UserError(
                self.env._(
                    "“%(route)s” asks for no person. Leave the person out, or hand "
                    "ticket %(number)s over.",
                    route=route.name,
                    number=self.number,
                )
            )
        self._check_receiver(user, self.company_id)
        self._check_hands({"user_id": user.id})

    def _ensure_answered(self, route, reason, user):
        """Refuse to go on without the answers that `route` asks for."""
        if "reason" in route.question and not (reason or "").strip():
            raise UserError(
                self.env._("“%(route)s” needs a reason. Give one.", route=route.name)
            )
        if "person" in route.question and not user:
            raise UserError(
                self.env._(
                    "“%(route)s” needs the person who takes over. Choose one.",
                    route=route.name,
                )
            )
