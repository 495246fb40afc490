# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import UserError

from ..tools.bpmn_read import read_bpmn
from ..tools.bpmn_write import clean, write_bpmn
from ..tools.bpmn_xml import BpmnError
from ..tools.process_definition import SOURCE_LANGUAGE, Texts


class ServiceProcess(models.Model):
    """Taking in a process from a BPMN file."""

    _inherit = "service.process"

    @api.model
    def import_bpmn(self, xml):
        """Take in a process from the text of a BPMN 2.0 XML file.

        What is the same already is left alone; a draft is changed; a change to a
        published version becomes a new draft version. Nothing is half-saved.

        :param str xml: the file
        :return: dict of `process_id`, `code`, `version`, `state`, `result` (created,
            updated, new_version, unchanged), `message`, and `notes`: sentences on
            what was left out or needs attention
        :raises UserError: with the place in the file and what to do about it
        """
        self.check_access("create")
        self.check_access("write")
        if not isinstance(xml, str | bytes):
            raise UserError(self.env._("Send the file as the text of its XML."))
        try:
            reader = read_bpmn(xml)
            with self.env.cr.savepoint():
                process, result = self._import_definition(reader.definition)
        except BpmnError as error:
            raise UserError(self._explain_import_error(error)) from error
        notes = self._get_import_notes(reader, process)
        return {
            "process_id": process.id,
            "code": process.code,
            "version": process.version,
            "state": process.state,
            "result": result,
            "message": process._get_import_message(result),
            "notes": notes,
        }

    @api.model
    def _import_definition(self, definition):
        """Create or change what `definition` is about; return it and what was done.

        :raises BpmnError: something is named that is not here
        """
        self._normalize(definition)
        versions = self._find_versions(definition.code)
        for version in versions.sorted(lambda v: v.version != definition.version):
            if version._is_same(definition):
                return version, "unchanged"
        target = versions.filtered(lambda v: v.version == definition.version)
        newest = versions[:1]
        if newest.state == "draft" and (target == newest or target.state != "draft"):
            target = newest
        if target.state == "draft":
            target._apply_definition(definition)
            return target, "updated"
        process = self.create(self._prepare_imported(definition, versions))
        process._apply_definition(definition)
        return process, "new_version" if versions else "created"

    @api.model
    def _find_versions(self, code):
        """Return the versions of `code` of the company, else those for all companies.

        Newest first.
        """
        versions = self.with_context(active_test=False).search(
            [
                ("code", "=", code),
                ("company_id", "in", (self.env.company.id, False)),
            ],
            order="version desc",
        )
        return versions.filtered("company_id") or versions

    @api.model
    def _prepare_imported(self, definition, versions):
        """Return the values of a new process."""
        highest = max(versions.mapped("version"), default=0)
        company = versions[:1].company_id if versions else self.env.company
        return {
            "code": definition.code,
            "version": max(definition.version, highest + 1),
            "name": definition.name.source,
            "company_id": company.id,
        }

    def _is_same(self, definition):
        """Tell whether this version is what `definition` says, but for its number."""
        own = self._get_definition()
        own.version = definition.version
        return write_bpmn(own) == write_bpmn(definition)

    # -- what a database would make of it ---------------------------------------

    @api.model
    def _normalize(self, definition):
        """Bring a definition into the form in which it would be read back."""
        languages = {code for code, _name in self.env["res.lang"].get_installed()}
        self._normalize_texts(definition, ("name", "description"), languages)
        for stage in definition.stages:
            self._normalize_texts(stage, ("name",), languages)
            self._normalize_stage(stage, languages)
        for route in definition.routes:
            self._normalize_texts(route, ("name", "child_name"), languages)
            route.groups = sorted(set(route.groups))
            route.tags = sorted(set(route.tags))

    @api.model
    def _normalize_texts(self, part, names, languages, place=None):
        """Leave out the languages that are not installed.

        :raises BpmnError: the name is empty, at `place` if that is not `part`
        """
        for name in names:
            texts = getattr(part, name)
            known = {
                language: clean(text)
                for language, text in texts.items()
                if text and language in {SOURCE_LANGUAGE, *languages}
            }
            setattr(part, name, Texts(known if texts.source else {}))
        if not part.name.source.strip():
            raise self._name_error("no_name", place or part)

    @api.model
    def _normalize_stage(self, stage, languages):
        """Clean the instructions as the database does, and order the rest."""
        field = self.env["service.stage"]._fields["instructions"]
        html = field.convert_to_cache(
            clean(stage.instructions), self.env["service.stage"]
        )
        stage.instructions = str(html or "")
        terms = set(field.get_trans_terms(stage.instructions))
        stage.instruction_terms = sorted(
            {
                (language, source, text)
                for language, source, text in stage.instruction_terms
                if language in languages - {SOURCE_LANGUAGE}
                and source in terms
                and text not in ("", source)
            }
        )
        stage.required_fields = sorted(set(stage.required_fields))
        for check in stage.checks:
            self._normalize_texts(check, ("name",), languages, stage)

    # -- words ------------------------------------------------------------------

    def _get_import_message(self, result):
        """Return a sentence on what an import has done."""
        name = self.display_name
        sentences = {
            "created": self.env._(
                "“%(process)s” was created as a draft.", process=name
            ),
            "updated": self.env._("The draft “%(process)s” was changed.", process=name),
            "new_version": self.env._(
                "“%(process)s” was created as a new draft version. Publish it to use "
                "it.",
                process=name,
            ),
            "unchanged": self.env._(
                "“%(process)s” is the same as the file already: nothing was changed.",
                process=name,
            ),
        }
        return sentences[result]

    @api.model
    def _get_import_notes(self, reader, process):
        """Return sentences on what was left out of a file or needs attention."""
        notes = [
            self.env._(
                "Line %(line)s: “%(tag)s” “%(id)s” was left out, processes here have "
                "nothing like it.",
                line=note.line,
                tag=note.tag,
                id=note.element,
            )
            for note in reader.notes
        ]
        for route in reader.definition.routes:
            fields = self._get_numbered(route)
            if fields:
                notes.append(
                    self.env._(
                        "Line %(line)s: the condition of “%(route)s” names records by "
                        "their number in the other database (%(fields)s). Check it.",
                        line=route.line,
                        route=route.name.source,
                        fields=", ".join(fields),
                    )
                )
        if process.state == "draft":
            notes += process._get_problems()
        return notes
