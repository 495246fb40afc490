# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models

# What a sentence about an error may name.
VALUES = (
    "allowed",
    "count",
    "error",
    "id",
    "kind",
    "most",
    "name",
    "size",
    "stage",
    "tag",
    "value",
)


class ServiceProcess(models.Model):
    """What is said of a file that cannot be taken in."""

    _inherit = "service.process"

    @api.model
    def _explain_import_error(self, error):
        """Return a sentence that says what is wrong in a file, where, and what to do.

        :param tools.bpmn_xml.BpmnError error: what was found
        """
        values = {**dict.fromkeys(VALUES, ""), **error.values}
        sentences = {
            **self._get_file_sentences(values),
            **self._get_element_sentences(values),
            **self._get_name_sentences(values),
        }
        place = self._get_error_place(error)
        sentence = sentences[error.cause]
        if not place:
            return sentence
        return self.env._("%(place)s: %(sentence)s", place=place, sentence=sentence)

    @api.model
    def _get_error_place(self, error):
        """Return where in the file an error is."""
        parts = []
        if error.line:
            parts.append(self.env._("Line %(line)s", line=error.line))
        if error.column:
            parts.append(self.env._("column %(column)s", column=error.column))
        if error.element:
            parts.append(self.env._("element “%(id)s”", id=error.element))
        return ", ".join(parts)

    @api.model
    def _get_file_sentences(self, values):
        """Return {cause: sentence} of what is wrong with the whole file."""
        return {
            "empty": self.env._("The file is empty. Export the process again."),
            "too_large": self.env._(
                "The file has %(size)s bytes, more than a process can need "
                "(%(most)s). Export the process again.",
                **values,
            ),
            "doctype": self.env._(
                "The file declares a document type or entities, which could read "
                "other files. Delete that declaration."
            ),
            "syntax": self.env._(
                "This is no XML: %(error)s. Mend it there, or export the process "
                "again.",
                **values,
            ),
            "no_bpmn": self.env._(
                "This is no BPMN 2.0 file: it begins with “%(tag)s” instead of "
                "“definitions”. Export the diagram as BPMN 2.0 XML.",
                **values,
            ),
            "no_process": self.env._(
                "There is no process in the file. Export the diagram as BPMN 2.0 XML."
            ),
            "several_processes": self.env._(
                "There are %(count)s processes in the file. Save each in a file of "
                "its own.",
                **values,
            ),
            "no_stage": self.env._("The process has no task. Draw at least one task."),
        }

    @api.model
    def _get_element_sentences(self, values):
        """Return {cause: sentence} of what is wrong with an element."""
        return {
            "same_id": self.env._(
                "The id “%(id)s” is given twice. Give this element another one.",
                **values,
            ),
            "no_id": self.env._("A “%(tag)s” has no id. Give it one.", **values),
            "bad_id": self.env._(
                "“%(id)s” cannot be an id. Begin it with a letter, and go on with "
                "letters, digits, points, lines and hyphens.",
                **values,
            ),
            "loose_flow": self.env._(
                "The arrow's “%(name)s” names “%(value)s”, which is no element it "
                "could lead from or to. Connect the arrow again.",
                **values,
            ),
            "circle": self.env._(
                "The arrow leads from “%(stage)s” back to it. Delete the arrow.",
                **values,
            ),
            "two_conditions": self.env._(
                "The way goes through two conditions. Write them into one, on this "
                "arrow."
            ),
            "too_many": self.env._(
                "There are more than %(most)s ways through the gateways. Connect the "
                "tasks directly.",
                **values,
            ),
            "bad_value": self.env._(
                "“%(name)s” is “%(value)s”, which is not possible. Possible: "
                "%(allowed)s.",
                **values,
            ),
        }

    @api.model
    def _get_name_sentences(self, values):
        """Return {cause: sentence} of names that this database does not know."""
        return {
            "unknown": self.env._(
                "There is no %(kind)s “%(value)s” here. Create it first, or name "
                "another one in the file.",
                **values,
            ),
            "ambiguous": self.env._(
                "There are several records of the kind “%(kind)s” called “%(value)s”. "
                "Rename one of them first.",
                **values,
            ),
            "bad_field": self.env._(
                "“%(value)s” is no field of a ticket that people fill in. Name "
                "another field.",
                **values,
            ),
            "bad_condition": self.env._(
                "The condition cannot be read: %(error)s. Write it as a domain, for "
                "example [('priority', '=', '3')].",
                **values,
            ),
            "no_name": self.env._("The name is empty. Write one.", **values),
        }
