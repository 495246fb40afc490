# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models

from ..tools import unit_table


class ServiceAssetImport(models.Model):
    """The files that people get: an empty table, and the rows with problems."""

    _inherit = "service.asset.import"

    def action_download_template(self):
        """Open the address of the empty table."""
        self.check_access("create")
        return {
            "type": "ir.actions.act_url",
            "url": "/service/unit-import/template",
            "target": "download",
        }

    def action_download_problems(self):
        """Open the address of the rows with problems."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/service/unit-import/{self.id}/problems",
            "target": "download",
        }

    def action_open_assets(self):
        """Open the units that this file has made."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_asset_action"
        )
        action["domain"] = [("import_id", "=", self.id)]
        action["context"] = {"active_test": False}
        return action

    def action_open_problems(self):
        """Open the rows that were not taken in."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_asset_import_line_action"
        )
        action["domain"] = [("import_id", "=", self.id)]
        return action

    @api.model
    def _make_template(self):
        """Return an XLSX file with a header for each thing that a row may say."""
        columns = self.env["service.asset.import.column"]
        labels, helps = columns._get_target_labels(), self._get_target_helps()
        names = columns._get_known_targets()
        headers = [labels[name] for name in names]
        explained = [
            [labels[name], helps.get(name, self.env._("Text"))] for name in names
        ]
        return unit_table.write_workbook(
            [
                (self.env._("Units"), [headers]),
                (
                    self.env._("Explanation"),
                    [[self.env._("Column"), self.env._("What it holds")], *explained],
                ),
            ]
        )

    @api.model
    def _get_target_helps(self):
        """Return what belongs into the columns that are not plain text."""
        day = self.env._("A day, like 2026-12-31")
        number = self.env._("A number, like 45.4642")
        days = ("manufactured_on", "sold_on", "delivered_on", "installed_on")
        field = self.env["service.asset"]._fields.get("state")
        choices = field._description_selection(self.env) if field else []
        return {
            **dict.fromkeys((*days, "registered_on"), day),
            **dict.fromkeys(("latitude", "longitude"), number),
            "serial_number": self.env._("As on the type plate; always needed"),
            "product": self.env._("Internal reference, bar code or name"),
            "partner": self.env._("Name of the customer who owns the unit"),
            "partner_ref": self.env._("The customer's reference, if there is one"),
            "site": self.env._("Name or reference of the customer's address"),
            "dealer": self.env._("Name or reference of the dealer"),
            "parent": self.env._("Serial number of the unit that contains this one"),
            "state": ", ".join(label for _value, label in choices),
        }

    def _make_problem_file(self):
        """Return an XLSX file with the rows that were not taken in, and why.

        It has the columns of the file itself, so that it can be imported once it is
        corrected.
        """
        self.ensure_one()
        lines = self.env["service.asset.import.line"].search_fetch(
            [("import_id", "=", self.id)], ["row_number", "message"]
        )
        problems = {line.row_number: line.message for line in lines}
        rows, width = [], 0
        for number, cells in enumerate(self._iterate_rows(self._get_data()), start=1):
            if not rows and any(cells):
                width = len(cells)
                rows.append([*cells, self.env._("Problem")])
            elif number in problems:
                cells = [*cells, *[""] * (width - len(cells))][:width]
                rows.append([*cells, problems[number]])
        return unit_table.write_workbook([(self.env._("Units"), rows)])
