# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, models

from ..tools.process_definition import SOURCE_LANGUAGE

STEP = 10


class ServiceProcess(models.Model):
    """Making the records of a process what a file says."""

    _inherit = "service.process"

    def _apply_definition(self, definition):
        """Make this draft what `definition` says; parts keep their records by id.

        :raises BpmnError: something is named that is not here
        """
        process = self.with_context(lang=SOURCE_LANGUAGE, active_test=False)
        # all names are looked up before anything is written
        stage_vals = self._prepare_imported_stages(definition)
        route_vals = self._prepare_imported_routes(definition)
        self._write_texts(process, "name", definition.name)
        self._write_texts(process, "description", definition.description)
        wanted = {route.key for route in definition.routes}
        process.route_ids.filtered(lambda r: r.element_id not in wanted).unlink()
        stages = process._apply_parts(process.stage_ids, stage_vals)
        for stage in definition.stages:
            self._apply_stage(stages[stage.key], stage)
        for vals in route_vals:
            vals["from_stage_id"] = stages[vals["from_stage_id"]].id
            vals["to_stage_id"] = stages[vals["to_stage_id"]].id
        routes = process._apply_parts(process.route_ids, route_vals)
        for route in definition.routes:
            self._write_texts(routes[route.key], "name", route.name)
            self._write_texts(routes[route.key], "child_name", route.child_name)
        wanted = {stage.key for stage in definition.stages}
        process.stage_ids.filtered(lambda s: s.element_id not in wanted).unlink()
        # read again in their new order
        process.invalidate_recordset(["stage_ids", "route_ids"])

    def _apply_parts(self, records, vals_list):
        """Create or change the parts of this process; return {id in file: record}."""
        known = {record.element_id: record for record in records}
        known[""] = records.browse()
        missing = [vals for vals in vals_list if vals["element_id"] not in known]
        for vals in vals_list:
            if vals["element_id"] in known:
                known[vals["element_id"]].write({"active": True, **vals})
        created = records.create([{"process_id": self.id, **vals} for vals in missing])
        known.update((record.element_id, record) for record in created)
        return known

    # -- stages ---------------------------------------------------------------

    @api.model
    def _prepare_imported_stages(self, definition):
        """Return the values of the stages in a file."""
        return [
            {
                "element_id": stage.key,
                "sequence": place * STEP,
                "name": stage.name.source,
                "phase": stage.phase,
                "clock": stage.clock,
                "fold": stage.fold,
                "waits_for_children": stage.waits_for_children,
                "instructions": stage.instructions or False,
                "team_id": self._find_team(stage.team, stage).id,
                "required_field_ids": [
                    Command.set(self._find_fields(stage.required_fields, stage).ids)
                ],
            }
            for place, stage in enumerate(definition.stages, 1)
        ]

    @api.model
    def _find_team(self, name, part):
        """Return the team that a part of a file names."""
        kind = self.env._("team")
        return self._find_named("service.team", "name", name, part, kind)

    @api.model
    def _apply_stage(self, record, stage):
        """Write what a stage has in other languages, and its checklist."""
        self._write_texts(record, "name", stage.name)
        self._write_terms(record, stage)
        old = [
            (self._get_texts(check, "name"), check.required)
            for check in record.check_ids.sorted()
        ]
        if old == [(check.name, check.required) for check in stage.checks]:
            return
        record.check_ids.unlink()
        checks = record.check_ids.create(
            [
                {
                    "stage_id": record.id,
                    "sequence": place * STEP,
                    "name": check.name.source,
                    "required": check.required,
                }
                for place, check in enumerate(stage.checks, 1)
            ]
        )
        for created, check in zip(checks, stage.checks, strict=True):
            self._write_texts(created, "name", check.name)

    # -- routes ---------------------------------------------------------------

    @api.model
    def _prepare_imported_routes(self, definition):
        """Return the values of the routes in a file; stages by their ids there."""
        return [
            {
                "element_id": route.key,
                "sequence": place * STEP,
                "name": route.name.source,
                "from_stage_id": route.origin,
                "to_stage_id": route.target,
                "mode": route.mode,
                "domain": route.condition,
                "priority": route.priority or False,
                "question": route.question,
                "child_name": route.child_name.source or False,
                **self._prepare_imported_names(route),
            }
            for place, route in enumerate(definition.routes, 1)
        ]

    @api.model
    def _prepare_imported_names(self, route):
        """Return the records that a route names."""
        self._check_condition(route)
        user = self._find_named(
            "res.users", "login", route.user, route, self.env._("user")
        )
        child_type = self._find_named(
            "service.ticket.type",
            "code",
            route.child_type,
            route,
            self.env._("ticket type"),
        )
        tags = [
            self._find_named("crm.tag", "name", name, route, self.env._("tag")).id
            for name in route.tags
        ]
        groups = [self._find_group(name, route).id for name in route.groups]
        return {
            "team_id": self._find_team(route.team, route).id,
            "user_id": user.id,
            "tag_ids": [Command.set(tags)],
            "group_ids": [Command.set(groups)],
            "child_type_id": child_type.id,
            "child_team_id": self._find_team(route.child_team, route).id,
        }

    # -- languages ------------------------------------------------------------

    @api.model
    def _write_texts(self, record, name, texts):
        """Write a text in all languages; what the file does not have is forgotten."""
        record = record.with_context(lang=SOURCE_LANGUAGE)
        if (record[name] or "") != texts.source:
            record[name] = texts.source or False
        if not texts.source:
            return
        translations = {
            code: texts.translations().get(code, False)
            for code, _label in self.env["res.lang"].get_installed()
            if code != SOURCE_LANGUAGE
        }
        old = self._get_texts(record, name).translations()
        if old != {code: text for code, text in translations.items() if text}:
            record.update_field_translations(name, translations)

    @api.model
    def _write_terms(self, record, stage):
        """Write the instructions in the other languages, part by part."""
        terms, _context = record.get_field_translations("instructions")
        wanted = {
            (language, source): text
            for language, source, text in stage.instruction_terms
        }
        translations = {}
        for term in terms:
            language, source = term["lang"], term["source"]
            text = wanted.get((language, source), "")
            if language != SOURCE_LANGUAGE and text != term["value"]:
                translations.setdefault(language, {})[source] = text or source
        if translations:
            record.update_field_translations("instructions", translations)
