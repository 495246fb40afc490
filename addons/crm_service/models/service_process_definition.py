# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import UserError

from ..tools.process_definition import (
    SOURCE_LANGUAGE,
    Check,
    Definition,
    Route,
    Stage,
    Texts,
)


class ServiceProcess(models.Model):
    """A process as plain data that name everything by what people call it."""

    _inherit = "service.process"

    def _get_definition(self):
        """Return this process as a `tools.process_definition.Definition`."""
        self.ensure_one()
        self.check_access("read")
        # sudo: who may read a process may read what it is made of
        process = self.sudo().with_context(active_test=True, lang=SOURCE_LANGUAGE)
        stages = process.stage_ids.sorted()
        return Definition(
            code=process.code,
            version=process.version,
            name=self._get_texts(process, "name"),
            description=self._get_texts(process, "description"),
            stages=[self._get_stage_definition(stage) for stage in stages],
            routes=[
                self._get_route_definition(route)
                for route in process.route_ids.sorted()
                if route.to_stage_id in stages and route.from_stage_id <= stages
            ],
        )

    @api.model
    def _get_texts(self, record, name):
        """Return a field of `record` in all languages."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        texts = Texts(
            {
                code: record.with_context(lang=code)[name] or ""
                for code in {SOURCE_LANGUAGE, *languages}
            }
        )
        if not texts.source:
            return Texts()
        return Texts({SOURCE_LANGUAGE: texts.source, **texts.translations()})

    @api.model
    def _get_stage_definition(self, stage):
        """Return a stage as plain data."""
        return Stage(
            key=stage.element_id,
            name=self._get_texts(stage, "name"),
            phase=stage.phase,
            clock=stage.clock,
            team=stage.team_id.name or "",
            fold=stage.fold,
            waits_for_children=stage.waits_for_children,
            required_fields=sorted(stage.required_field_ids.mapped("name")),
            instructions=str(stage.instructions or ""),
            instruction_terms=self._get_terms(stage),
            checks=[
                Check(self._get_texts(check, "name"), check.required)
                for check in stage.check_ids.sorted()
            ],
        )

    @api.model
    def _get_terms(self, stage):
        """Return the translated parts of the instructions."""
        terms, _context = stage.get_field_translations("instructions")
        return sorted(
            (term["lang"], term["source"], term["value"])
            for term in terms
            if term["lang"] != SOURCE_LANGUAGE and term["value"]
        )

    @api.model
    def _get_route_definition(self, route):
        """Return a route as plain data."""
        return Route(
            key=route.element_id,
            name=self._get_texts(route, "name"),
            origin=route.from_stage_id.element_id or "",
            target=route.to_stage_id.element_id,
            mode=route.mode,
            condition=(route.domain or "").strip() or "[]",
            team=route.team_id.name or "",
            priority=route.priority or "",
            user=route.user_id.login or "",
            question=route.question,
            groups=self._get_group_names(route),
            tags=sorted(route.tag_ids.mapped("name")),
            child_type=route.child_type_id.code or "",
            child_team=route.child_team_id.name or "",
            child_name=self._get_texts(route, "child_name"),
        )

    @api.model
    def _get_group_names(self, route):
        """Return the external ids of the groups that may take a route.

        :raises UserError: a group has none, so that no file can name it
        """
        names = route.group_ids._get_external_ids()
        for group in route.group_ids.filtered(lambda group: not names[group.id]):
            raise UserError(
                self.env._(
                    "The group “%(group)s” of the route “%(route)s” was made by hand "
                    "and has no external id, so other databases cannot know it. Choose "
                    "another group.",
                    group=group.full_name,
                    route=route.name,
                )
            )
        return sorted(ids[0] for ids in names.values())
