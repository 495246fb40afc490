# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import ast

from odoo import api, models
from odoo.fields import Domain

from ..tools.bpmn_xml import BpmnError
from ..tools.process_definition import SOURCE_LANGUAGE


class ServiceProcess(models.Model):
    """What the names in a file mean in this database."""

    _inherit = "service.process"

    @api.model
    def _find_named(self, model, field, name, part, kind):
        """Return the one record that a file names, of the company or for all.

        :param part: the stage or route that names it
        :param str kind: what people call such a record
        :raises BpmnError: there is none, or there are several
        """
        records = self.env[model].with_context(lang=SOURCE_LANGUAGE)
        if not name:
            return records
        company = self.env.company.id
        own, shared = Domain.TRUE, Domain.FALSE
        if "company_ids" in records._fields:
            own = Domain("company_ids", "in", [company])
        elif "company_id" in records._fields:
            own = Domain("company_id", "=", company)
            shared = Domain("company_id", "=", False)
        named = Domain(field, "=", name)
        found = records.search(named & own) or records.search(named & shared)
        if len(found) != 1:
            cause = "ambiguous" if found else "unknown"
            raise self._name_error(cause, part, kind=kind, value=name)
        return found

    @api.model
    def _name_error(self, cause, part, **values):
        """Return an error at the stage or route `part` of a file."""
        error = BpmnError(cause, line=part.line, **values)
        error.element = getattr(part, "key", "")
        return error

    @api.model
    def _find_group(self, name, part):
        """Return the group of an external id.

        :raises BpmnError: there is none
        """
        module, _dot, plain = name.partition(".")
        # sudo: which groups there are is no secret of the managers
        data_sudo = self.env["ir.model.data"].sudo()
        data = data_sudo.search(
            [
                ("module", "=", module),
                ("name", "=", plain),
                ("model", "=", "res.groups"),
            ],
            limit=1,
        )
        if not data:
            kind = self.env._("group")
            raise self._name_error("unknown", part, kind=kind, value=name)
        return self.env["res.groups"].browse(data.res_id)

    @api.model
    def _find_fields(self, names, part):
        """Return the fields of tickets that `names` are.

        :raises BpmnError: one is no field that people fill in
        """
        # sudo: which fields there are is no secret of the managers
        fields_sudo = self.env["ir.model.fields"].sudo()
        domain = [("model", "=", "service.ticket"), ("name", "in", names)]
        found = fields_sudo.search(domain)
        usable = set(found.filtered(lambda field: not field.readonly).mapped("name"))
        for name in names:
            if name not in usable:
                raise self._name_error("bad_field", part, value=name)
        return found.sudo(False)

    @api.model
    def _check_condition(self, route):
        """Refuse a condition that is no domain on tickets.

        :raises BpmnError: it cannot be read, or names no field
        """
        try:
            Domain(ast.literal_eval(route.condition)).validate(
                self.env["service.ticket"]
            )
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as e:
            raise self._name_error("bad_condition", route, error=e) from e

    @api.model
    def _get_numbered(self, route):
        """Return the fields that a condition compares with numbers of records."""
        fields = self.env["service.ticket"]._fields
        conditions = Domain(ast.literal_eval(route.condition)).iter_conditions()
        return sorted(
            {
                leaf.field_expr
                for leaf in conditions
                if leaf.field_expr in fields
                and fields[leaf.field_expr].relational
                and _has_number(leaf.value)
            }
        )


def _has_number(value):
    """Tell whether a value of a condition is, or holds, the number of a record."""
    values = value if isinstance(value, list | tuple | set) else [value]
    return any(isinstance(one, int) and not isinstance(one, bool) for one in values)
