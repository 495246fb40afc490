# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Exported files in which what customers wrote stays text.

Spreadsheet programs run a cell that begins like a formula. Odoo keeps that from CSV
files for three of the signs that do it, and from XLSX files for none.
"""

from odoo.addons.web.controllers.export import (
    CSVExport,
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)

# Odoo masks =, + and - itself.
MORE_SIGNS = ("@", "\t", "\r", "\n")


class TextXlsxWriter(ExportXlsxWriter):
    """Writes text as text, whatever sign it begins with."""

    def write(self, row, column, cell_value, style=None):
        if cell_value and isinstance(cell_value, str):
            return self.worksheet.write_string(row, column, cell_value, style)
        return super().write(row, column, cell_value, style)


class TextGroupXlsxWriter(TextXlsxWriter, GroupExportXlsxWriter):
    """The same for lists in groups."""


class ServiceCSVExport(CSVExport):
    """CSV files."""

    def from_data(self, fields, columns_headers, rows):
        """Override to mask the signs that Odoo leaves."""
        rows = [
            [
                f"'{cell}"
                if isinstance(cell, str) and cell.startswith(MORE_SIGNS)
                else cell
                for cell in row
            ]
            for row in rows
        ]
        return super().from_data(fields, columns_headers, rows)


class ServiceExcelExport(ExcelExport):
    """XLSX files."""

    def from_group_data(self, fields, columns_headers, groups):
        """Override to write text as text."""
        with TextGroupXlsxWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value

    def from_data(self, fields, columns_headers, rows):
        """Override to write text as text."""
        with TextXlsxWriter(fields, columns_headers, len(rows)) as writer:
            for row_index, row in enumerate(rows):
                for column, value in enumerate(row):
                    writer.write_cell(row_index + 1, column, value)
        return writer.value
