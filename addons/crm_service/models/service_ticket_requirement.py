# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class ServiceTicket(models.Model):
    """What a stage asks for before a ticket leaves it: fields, ticks, sub-tickets."""

    _inherit = "service.ticket"

    check_ids = fields.One2many(
        "service.ticket.check", "ticket_id", "Checklists", readonly=True
    )
    checklist = fields.Json(
        compute="_compute_checklist", help="The lines of the present stage."
    )
    missing_text = fields.Text(
        "Missing before the Next Step", compute="_compute_missing_text"
    )

    @api.depends("stage_id", "reopen_count", "check_ids.done_at", "check_ids.name")
    @api.depends_context("lang")
    def _compute_checklist(self):
        for ticket in self:
            # sudo: only the name of who ticked is told
            ticket.checklist = [
                {
                    "id": check.id,
                    "name": check.check_id.name or check.name,
                    "required": check.is_required,
                    "done": bool(check.done_at),
                    "by": check.sudo().done_by_id.name or "",
                    "at": fields.Datetime.to_string(check.done_at) or "",
                }
                for check in ticket._get_present_checks()
            ]

    def _compute_missing_text(self):
        for ticket in self:
            missing = ticket._get_missing() if ticket.is_open else []
            ticket.missing_text = "\n".join(missing)

    # -- checklist ----------------------------------------------------------

    def _get_present_checks(self):
        """Return the checklist of the stage that this ticket is in."""
        checks = self.check_ids.filtered(
            lambda c: c.stage_id == self.stage_id and c.round == self.reopen_count
        )
        return checks.sorted(lambda c: (c.check_id.sequence, c.check_id.id or 0, c.id))

    def _after_enter_stage(self):
        """Override of `service.ticket` to lay out the stage's checklist."""
        result = super()._after_enter_stage()
        needs = self.env["service.stage"]._get_needs()
        asking = self.filtered(lambda t: needs.get(t.stage_id.id, {}).get("checks"))
        if asking:
            asking._add_checks()
        return result

    def _add_checks(self):
        """Lay out the lines that the tickets do not have yet."""
        needs = self.env["service.stage"]._get_needs()
        # sudo: the checklist is the process's, people only tick it
        checks = self.env["service.ticket.check"].sudo()
        known = {
            (check.ticket_id.id, check.check_id.id, check.round)
            for check in checks.search([("ticket_id", "in", self.ids)])
        }
        checks.create(
            [
                ticket._prepare_check_vals(line)
                for ticket in self
                for line in checks.check_id.browse(needs[ticket.stage_id.id]["checks"])
                if (ticket.id, line.id, ticket.reopen_count) not in known
            ]
        )

    def _prepare_check_vals(self, line):
        """Return the values of this ticket's line for the stage's `line`."""
        return {
            "ticket_id": self.id,
            "check_id": line.id,
            "stage_id": self.stage_id.id,
            "name": line.name,
            "is_required": line.required,
            "round": self.reopen_count,
        }

    def action_tick(self, check_id):
        """Tick a line of the present checklist, or take its tick off again.

        :param int check_id: id of the `service.ticket.check`
        :raises UserError: it is no line of the present stage's checklist
        """
        self.ensure_one()
        self.check_access("write")
        check = self._get_present_checks().filtered(lambda c: c.id == check_id)
        if not check:
            raise UserError(
                self.env._(
                    "Ticket %(number)s has left that stage. Reload the page to see "
                    "its checklist.",
                    number=self.number,
                )
            )
        ticked = not check.done_at
        # sudo: nobody writes who ticked what but the ticket itself
        check.sudo().write(
            {
                "done_at": fields.Datetime.now() if ticked else False,
                "done_by_id": self.env.uid if ticked else False,
            }
        )
        self._apply_automatic_routes()
        return True

    # -- before leaving -----------------------------------------------------

    def _get_missing(self):
        """Return what this ticket lacks before it may leave its stage, as sentences.

        Extend it for what else a stage waits for.
        """
        needs = self.env["service.stage"]._get_needs().get(self.stage_id.id)
        if not needs:
            return []
        missing = []
        names = [name for name in needs["fields"] if self._is_empty(name)]
        if names:
            missing.append(
                self.env._(
                    "Fill in: %(fields)s.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in names
                    ),
                )
            )
        undone = self._get_present_checks().filtered(
            lambda check: check.is_required and not check.done_at
        )
        if undone:
            lines = [check.check_id.name or check.name for check in undone]
            missing.append(self.env._("Tick off: %(lines)s.", lines=", ".join(lines)))
        if needs["waits"]:
            missing.extend(self._get_missing_children())
        return missing

    def _is_empty(self, name):
        """Tell whether the field `name` still has to be filled in."""
        # sudo: what a stage asks for may be hidden from some of the people
        value = self.sudo()[name]
        if self._fields[name].type == "html":
            return is_html_empty(value)
        return not value

    def _ensure_can_leave(self, stage):
        """Refuse to leave for `stage` while something is missing.

        :raises UserError: with all that is missing
        """
        self.ensure_one()
        missing = [] if stage.phase == "cancelled" else self._get_missing()
        if missing:
            raise UserError(
                self.env._(
                    "Ticket %(number)s cannot leave “%(stage)s” yet:\n%(missing)s",
                    number=self.number,
                    stage=self.stage_id.name,
                    missing="\n".join(f"• {text}" for text in missing),
                )
            )

    def _ensure_can_close(self):
        """Refuse to close tickets while something is missing.

        :raises UserError: with all that the first of them lacks
        """
        for ticket in self:
            closed = self._get_stage_of_phase(ticket.process_id, "closed")
            ticket._ensure_can_leave(closed)

    def _filter_free(self, stage):
        """Return those of these tickets that may leave for `stage`."""
        if stage.phase == "cancelled":
            return self
        return self.filtered(lambda ticket: not ticket._get_missing())
