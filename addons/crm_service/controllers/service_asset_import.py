# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ServiceAssetImportFiles(http.Controller):
    """Files around an import of units: a template, and the rows with problems."""

    @http.route(
        "/service/unit-import/template",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def service_asset_import_template(self, **kw):
        """Send an empty table with all columns that an import knows."""
        imports = request.env["service.asset.import"]
        imports.check_access("create")
        name = request.env._("Units")
        return self._send(imports._make_template(), name)

    @http.route(
        "/service/unit-import/<int:import_id>/problems",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def service_asset_import_problems(self, import_id, **kw):
        """Send the rows that were not taken in, to be corrected and imported."""
        record = request.env["service.asset.import"].browse(import_id).exists()
        if not record or not record.has_access("read"):
            return request.not_found()
        name = request.env._("Rows with problems")
        return self._send(record._make_problem_file(), name)

    def _send(self, data, name):
        """Return an XLSX file to be saved."""
        headers = [
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(f"{name}.xlsx")),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(data, headers)
