# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.tools import plaintext2html

from ..tools import unit_table
from .service_asset_import_target import TARGETS


class ServiceAssetImport(models.Model):
    """What the cells of a row say by themselves, without looking anything up."""

    _inherit = "service.asset.import"

    def _read_drafts(self, drafts):
        """Fill the values of `drafts` that need no other record."""
        choices = self._get_choices() if "state" in self._get_targets() else {}
        for draft in drafts:
            if self._check_draft(draft):
                self._read_values(draft, choices)

    def _check_draft(self, draft):
        """Tell whether a row is a unit, and one that no earlier row has been."""
        if not draft.serial:
            draft.fail(
                self.env._("The serial number is missing. Enter it as on the plate.")
            )
        elif draft.twin:
            draft.fail(
                self.env._(
                    "Row %(row)s is the same unit. Put all that is known of it into "
                    "one row.",
                    row=draft.twin,
                )
            )
        elif draft.get("parent") == draft.serial or draft.level >= self.row_count + 1:
            draft.fail(
                self.env._(
                    "A unit cannot be a part of itself. Correct the column “Part Of”."
                )
            )
        return not draft.problem

    def _read_values(self, draft, choices):
        """Fill the values of one row."""
        draft.vals["serial_number"] = draft.serial
        for name, text in draft.cells.items():
            kind = TARGETS[name].kind
            if kind == "date":
                self._read_day(draft, name, text)
            elif kind == "number":
                self._read_number(draft, name, text)
            elif kind == "choice":
                self._read_choice(draft, name, text, choices)
            elif kind == "html":
                draft.vals[name] = plaintext2html(text)

    def _read_day(self, draft, name, text):
        try:
            draft.vals[name] = unit_table.parse_date(text, self.date_order)
        except ValueError:
            draft.fail(
                self.env._(
                    "“%(text)s” is not a day (%(column)s). Write it like 2026-12-31.",
                    text=text,
                    column=self._get_label(name),
                )
            )

    def _read_number(self, draft, name, text):
        try:
            draft.vals[name] = unit_table.parse_number(text)
        except ValueError:
            draft.fail(
                self.env._(
                    "“%(text)s” is not a number (%(column)s). Write it like 45.4642.",
                    text=text,
                    column=self._get_label(name),
                )
            )

    def _read_choice(self, draft, name, text, choices):
        value = choices.get(unit_table.fold(text))
        if value:
            draft.vals[name] = value
            return
        field = self.env["service.asset"]._fields[name]
        labels = [label for _v, label in field._description_selection(self.env)]
        draft.fail(
            self.env._(
                "“%(text)s” is not one of %(choices)s (%(column)s).",
                text=text,
                choices=", ".join(labels),
                column=self._get_label(name),
            )
        )

    @api.model
    def _get_choices(self):
        """Return `{text: status}`: codes, and labels in the reader's language."""
        field = self.env["service.asset"]._fields["state"]
        pairs = field._description_selection(self.env)
        pairs += field._description_selection(self.with_context(lang="en_US").env)
        choices = {unit_table.fold(label): value for value, label in pairs}
        return choices | {unit_table.fold(value): value for value, _label in pairs}

    @api.model
    def _get_label(self, target):
        """Return what a column is called in the reader's language."""
        return self.env["service.asset.import.column"]._get_target_labels()[target]
