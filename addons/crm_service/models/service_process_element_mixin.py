# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.bpmn_read import NAME


class ServiceProcessElementMixin(models.AbstractModel):
    """A part of a process that files know by an id of its own.

    The id is kept from version to version, so that a stage or route is known again
    in a file that was edited elsewhere, and in a later version. A model that inherits
    this needs a `process_id`.
    """

    _name = "service.process.element.mixin"
    _description = "Part of a Process with an Id in Files"
    _element_prefix = "element"

    element_id = fields.Char(
        "Id in Files", readonly=True, help="What BPMN files of the process call it."
    )

    _element_unique = models.UniqueIndex(
        "(process_id, element_id)",
        "Another part of this process has this id in files. Leave the id empty.",
    )

    @api.constrains("element_id")
    def _check_element_id(self):
        for record in self.filtered("element_id"):
            if not NAME.match(record.element_id):
                raise ValidationError(
                    self.env._(
                        "“%(id)s” cannot be an id in files. Begin it with a letter, "
                        "and go on with letters, digits, points, lines and hyphens.",
                        id=record.element_id,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to number the parts of each process."""
        vals_list = [dict(vals) for vals in vals_list]
        self._complete_element_ids(
            [vals for vals in vals_list if not vals.get("element_id")]
        )
        return super().create(vals_list)

    def copy_data(self, default=None):
        """Override to give a copy in the same process an id of its own."""
        vals_list = super().copy_data(default=default)
        for record, vals in zip(self, vals_list, strict=True):
            if vals.get("process_id") == record.process_id.id:
                vals["element_id"] = False
        return vals_list

    @api.model
    def _complete_element_ids(self, vals_list):
        """Fill the next free ids into `vals_list`."""
        highest = self._get_highest_numbers(
            {vals.get("process_id") for vals in vals_list} - {None, False}
        )
        for vals in vals_list:
            process = vals.get("process_id")
            highest[process] = highest.get(process, 0) + 1
            vals["element_id"] = f"{self._element_prefix}_{highest[process]}"

    @api.model
    def _get_highest_numbers(self, process_ids):
        """Return {process id: the highest number among its parts' ids}."""
        if not process_ids:
            return {}
        # sudo: a number that is taken is taken, whoever may see it
        records = self.sudo().with_context(active_test=False)
        domain = [("process_id", "in", list(process_ids))]
        highest = {}
        for record in records.search_fetch(domain, ["process_id", "element_id"]):
            number = re.fullmatch(
                rf"{self._element_prefix}_(\d{{1,9}})", record.element_id or ""
            )
            if number:
                process = record.process_id.id
                highest[process] = max(highest.get(process, 0), int(number[1]))
        return highest

    def init(self):
        """Give parts that were made before files knew them an id."""
        if self._abstract:
            return
        table = SQL.identifier(self._table)
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s AS part
                   SET element_id = %(prefix)s || '_' || numbered.place
                  FROM (SELECT id, row_number() OVER (
                                   PARTITION BY process_id ORDER BY sequence, id
                               ) AS place
                          FROM %(table)s) AS numbered
                 WHERE part.id = numbered.id AND part.element_id IS NULL
                   AND NOT EXISTS (SELECT FROM %(table)s AS other
                                    WHERE other.process_id = part.process_id
                                      AND other.element_id IS NOT NULL)
                """,
                table=table,
                prefix=self._element_prefix,
            )
        )
