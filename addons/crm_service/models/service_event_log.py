# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from markupsafe import Markup

from odoo import api, models
from odoo.tools import split_every

from ..const import DONE_PHASES, ENDED_PHASES
from ..tools.event_log import ACTIVITY, CASE, TIME, EventLog

BATCH_SIZE = 500
PRIORITY_WORDS = {
    "low": "0",
    "normal": "1",
    "high": "2",
    "urgent": "3",
    "critical": "3",
}
# These have a field of their own on the ticket or in its history.
PLACED = {CASE, ACTIVITY, TIME, "resource", "customer", "product", "workgroup"}


class ServiceEventLog(models.AbstractModel):
    """Tickets and their true history from the event log of another help desk."""

    _inherit = "service.event.log"

    @api.model
    def _import_file(self, path, source, batch_size=BATCH_SIZE, after_batch=None):
        """Load the cases of a file as tickets of the current company.

        What was loaded before is left alone, so that a file can be loaded again
        after it was mended or the import was stopped.

        :param path: a CSV file as `tools.event_log` reads it
        :param str source: name that makes the cases' numbers unique
        :param after_batch: called with (tickets done, all, events) after each batch,
            for instance to commit
        :return: dict of tickets, events, known (loaded earlier), errors and notes
        :raises tools.event_log.FileProblem: the file cannot be read at all
        """
        with open(path, "rb") as lines:
            log = EventLog(lines)
        maps = self._prepare_maps(log, source)
        result = {"tickets": 0, "events": 0, "known": 0}
        result.update(errors=log.errors, notes=list(log.notes))
        new = self._select_new(log, source, result)
        for chunk in split_every(batch_size, new):
            self._create_tickets(chunk, maps)
            result["tickets"] += len(chunk)
            result["events"] += sum(len(case.events) for case in chunk)
            if after_batch:
                after_batch(result["tickets"], len(new), result["events"])
        return result

    @api.model
    def _select_new(self, log, source, result):
        """Return the cases not loaded yet, oldest first; note those that changed."""
        refs = {f"{source}:{case_id}": case for case_id, case in log.cases.items()}
        tickets = (
            self.env["service.ticket"]
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("company_id", "=", self.env.company.id),
                    ("external_ref", "in", list(refs)),
                ],
                ["external_ref", "external_digest"],
            )
        )
        for ticket in tickets:
            case = refs.pop(ticket.external_ref)
            result["known"] += 1
            if ticket.external_digest != tickets._external_digest(case.payload()):
                result["notes"].append(
                    self.env._(
                        "%(case)s was loaded before with other events (ticket "
                        "%(number)s) and is left as it is.",
                        case=case.case_id,
                        number=ticket.number,
                    )
                )
        return sorted(refs.values(), key=lambda case: case.opened_at)

    @api.model
    def _create_tickets(self, cases, maps):
        """Create the tickets of `cases` with their history."""
        silent = {
            "tracking_disable": True,
            "mail_create_nosubscribe": True,
            "mail_create_nolog": True,
        }
        tickets = self.env["service.ticket"].with_context(**silent)._with_flow()
        numbers = tickets._generate_numbers(
            [maps.ticket_type.number_prefix] * len(cases)
        )
        tickets = tickets.create(
            [
                self._prepare_ticket_vals(case, number, maps)
                for case, number in zip(cases, numbers, strict=True)
            ]
        )
        self.env["service.stage.log"].create(
            [
                vals
                for ticket, case in zip(tickets, cases, strict=True)
                for vals in self._prepare_log_vals_list(ticket, case, maps)
            ]
        )
        self.env.flush_all()
        # nothing of this batch is needed again
        self.env.invalidate_all()

    @api.model
    def _prepare_ticket_vals(self, case, number, maps):
        """Return the values of the ticket for `case`."""
        stage = maps.stages[case.activities[-1]]
        before = case.events[-2:][0].completed_at
        return {
            "number": number,
            "name": case.case_id,
            "description": self._prepare_description(case),
            "type_id": maps.ticket_type.id,
            "process_id": stage.process_id.id,
            "company_id": self.env.company.id,
            "channel": "api",
            "priority": PRIORITY_WORDS.get(case.latest("seriousness").lower(), "1"),
            "stage_id": stage.id,
            "stage_entered_at": before,
            "opened_at": case.opened_at,
            "partner_id": self._pick(maps.partners, case.latest("customer")),
            "product_id": self._pick(maps.products, case.latest("product")),
            "team_id": self._pick(maps.teams, case.latest("workgroup")),
            "external_ref": f"{maps.source}:{case.case_id}",
            "external_digest": self.env["service.ticket"]._external_digest(
                case.payload()
            ),
            **self._prepare_dates(case, maps),
        }

    @api.model
    def _pick(self, records, name):
        """Return the id of the record called `name`, if the file gives one."""
        return records[name].id if name else False

    @api.model
    def _prepare_dates(self, case, maps):
        """Return when the case was resolved and closed, and how often reopened."""
        resolved_at = closed_at = False
        reopened, done = 0, False
        for event in case.events:
            phase = maps.stages[event.activity].phase
            if done and phase not in DONE_PHASES:
                reopened += 1
                resolved_at = closed_at = False
            done = phase in DONE_PHASES
            if done and phase != "cancelled":
                resolved_at = resolved_at or event.completed_at
            if phase in ENDED_PHASES:
                closed_at = event.completed_at
        return {
            "resolved_at": resolved_at,
            "closed_at": closed_at,
            "reopen_count": reopened,
        }

    @api.model
    def _prepare_description(self, case):
        """Return what the file says of the case and no field of ours holds."""
        names = [name for name in case.events[0].values if name not in PLACED]
        rows = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td></tr>")
            % (name.replace("_", " ").capitalize(), case.latest(name))
            for name in names
        )
        return Markup("<table><tbody>%s</tbody></table>") % rows if rows else False

    @api.model
    def _prepare_log_vals_list(self, ticket, case, maps):
        """Return the values of a history row for each event of `case`."""
        entered_at, origin = case.opened_at, False
        result = []
        for event in case.events:
            stage = maps.stages[event.activity]
            hours = maps.clock.hours(entered_at, event.completed_at)
            result.append(
                {
                    "ticket_id": ticket.id,
                    "process_id": stage.process_id.id,
                    "stage_id": stage.id,
                    "phase": stage.phase,
                    "from_stage_id": origin,
                    "company_id": ticket.company_id.id,
                    "team_id": self._pick(maps.teams, event.get("workgroup")),
                    "actor_name": event.get("resource") or False,
                    "details": event.values,
                    "entered_at": entered_at,
                    "left_at": event.completed_at,
                    "waiting_hours": hours,
                    "processing_hours": 0.0,
                }
            )
            entered_at, origin = event.completed_at, stage.id
        return result
