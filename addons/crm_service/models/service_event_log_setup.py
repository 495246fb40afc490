# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import re
from dataclasses import dataclass, field

from odoo import api, models

from ..tools.event_log import ACTIVITY

PROCESS_CODE = "helpdesk-log"
# What an activity tells of the phase, by words in its name; the first that fits.
PHASE_WORDS = [
    ("cancelled", r"cancel|reject|withdraw"),
    ("closed", r"close"),
    ("resolved", r"resolve ticket|resolved|solved|verified|duplicate|complete"),
    ("waiting_parts", r"part|upgrade|order"),
    ("waiting_customer", r"wait|hold|suspend|pending"),
    ("received", r"insert|receive|create ticket|register|new"),
    ("triage", r"assign|seriousness|classif|triage|check"),
]
PHASE_ORDER = [
    "received",
    "triage",
    "in_progress",
    "waiting_customer",
    "waiting_parts",
    "resolved",
    "closed",
    "cancelled",
]


@dataclass
class EventLogMaps:
    """The records that an import refers to, by what the file calls them."""

    source: str
    ticket_type: models.BaseModel
    stages: dict = field(default_factory=dict)
    teams: dict = field(default_factory=dict)
    partners: dict = field(default_factory=dict)
    products: dict = field(default_factory=dict)
    clock: object = None


class ServiceEventLog(models.AbstractModel):
    """What tickets from an event log refer to: process, teams, customers, products."""

    _name = "service.event.log"
    _description = "Import of a Help Desk's Event Log"

    @api.model
    def _prepare_maps(self, log, source):
        """Return all that `log` refers to, made where it is missing.

        :param log: a `tools.event_log.EventLog`
        :param str source: name of the file, to know its customers again
        """
        process = self._get_process()._with_structure()
        stages = self._get_stages(process, log.values_of(ACTIVITY))
        self._add_routes(process, stages, log.steps())
        maps = EventLogMaps(source, self._get_ticket_type(process))
        maps.stages = stages
        maps.teams = self._get_records("service.team", "name", log, "workgroup")
        maps.partners = self._get_records("res.partner", "ref", log, "customer", source)
        maps.products = self._get_records(
            "product.product", "default_code", log, "product", source
        )
        maps.clock = self._get_clock(log)
        return maps

    @api.model
    def _get_records(self, model, key, log, column, source=None):
        """Return {value of `column`: the company's record}, made where it is missing.

        :param str key: the field to know a record again by: its name, or a code made
            of `source` and the value
        """
        company = self.env.company
        codes = {
            f"{source}:{name}" if source else name: name
            for name in log.values_of(column)
        }
        records = (
            self.env[model]
            .with_context(active_test=False)
            .search([("company_id", "=", company.id), (key, "in", list(codes))])
        )
        found = {record[key]: record for record in records.sorted("id", reverse=True)}
        missing = [code for code in codes if code not in found]
        created = self.env[model].create(
            [
                {"name": codes[code], key: code, "company_id": company.id}
                for code in missing
            ]
        )
        found.update(zip(missing, created, strict=True))
        return {codes[code]: record for code, record in found.items()}

    @api.model
    def _get_process(self):
        """Return the company's process of imported tickets."""
        processes = self.env["service.process"]
        domain = [("code", "=", PROCESS_CODE), ("company_id", "=", self.env.company.id)]
        processes = processes.with_context(active_test=False)
        # the first version: later ones are made by people, for new tickets
        process = processes.search(domain, order="version", limit=1)
        return process or processes.create(
            {
                "name": self.env._("Help desk log"),
                "code": PROCESS_CODE,
                "company_id": self.env.company.id,
                "description": self.env._(
                    "Stages and routes as they were found in an imported event log."
                ),
            }
        )

    @api.model
    def _get_ticket_type(self, process):
        """Return the company's type of imported tickets.

        Their process is published as it was found: what happened needs no proof that
        it could happen.
        """
        types = self.env["service.ticket.type"].with_context(active_test=False)
        domain = [("code", "=", PROCESS_CODE), ("company_id", "=", self.env.company.id)]
        if process.state == "draft":
            process._publish()
        return types.search(domain, limit=1) or types.create(
            {
                "name": self.env._("Imported ticket"),
                "code": PROCESS_CODE,
                "category": "inquiry",
                "sequence": 90,
                "number_prefix": "HD",
                "process_id": process.id,
                "company_id": self.env.company.id,
            }
        )

    # -- stages and routes ----------------------------------------------------

    @api.model
    def _get_stages(self, process, activities):
        """Return {activity: stage} of the imported process, made where missing."""
        stages = process.with_context(active_test=False, lang=None).stage_ids
        found = {stage.name: stage for stage in stages}
        missing = [name for name in activities if name not in found]
        created = stages.create(
            [self._prepare_stage_vals(process, name) for name in missing]
        )
        return {**found, **dict(zip(missing, created, strict=True))}

    @api.model
    def _prepare_stage_vals(self, process, activity):
        """Return the values of a stage for `activity`."""
        phase = self._guess_phase(activity)
        paused = phase.startswith("waiting") or phase in ("closed", "cancelled")
        return {
            "process_id": process.id,
            "name": activity,
            "phase": phase,
            "sequence": PHASE_ORDER.index(phase) * 10,
            "clock": "paused" if paused else "running",
            "fold": phase in ("closed", "cancelled"),
        }

    @api.model
    def _guess_phase(self, activity):
        """Return the phase that the name of an activity speaks of."""
        for phase, words in PHASE_WORDS:
            if re.search(rf"\b({words})", activity, re.IGNORECASE):
                return phase
        return "in_progress"

    @api.model
    def _add_routes(self, process, stages, steps):
        """Add a button for each step that happened and has none yet."""
        routes = process.with_context(active_test=False).route_ids
        known = {(route.from_stage_id, route.to_stage_id) for route in routes}
        wanted = [(stages[one], stages[other]) for one, other in steps if one != other]
        routes.create(
            [
                {
                    "process_id": process.id,
                    "from_stage_id": origin.id,
                    "to_stage_id": target.id,
                    "name": target.name,
                    "sequence": target.sequence,
                }
                for origin, target in wanted
                if (origin, target) not in known
            ]
        )

    @api.model
    def _get_clock(self, log):
        """Return the company's working time over all of `log`."""
        moments = [e.completed_at for case in log.cases.values() for e in case.events]
        if not moments:
            return None
        calendar = self.env.company.resource_calendar_id
        return self.env["service.stage.log"]._get_clock(
            calendar, min(moments), max(moments)
        )
