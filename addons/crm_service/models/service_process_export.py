# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64

from odoo import api, fields, models

from ..tools.bpmn_write import write_bpmn


class ServiceProcess(models.Model):
    """A process as one file that common BPMN tools open."""

    _inherit = "service.process"

    bpmn_file = fields.Binary(
        "BPMN File",
        compute="_compute_bpmn_file",
        attachment=False,
        exportable=False,
        groups="crm_service.group_service_manager",
    )

    @api.depends("write_date")
    def _compute_bpmn_file(self):
        for process in self:
            text = process.export_bpmn() if process.id else ""
            process.bpmn_file = base64.b64encode(text.encode())

    @api.readonly
    def export_bpmn(self):
        """Return the process as the text of a BPMN 2.0 XML file.

        The same process gives the same text, in any database.

        :raises AccessError: the user may not change processes: the file tells more of
            them than their picture, such as whom a route gives tickets to
        :raises UserError: it names a group that other databases cannot know
        """
        self.check_access("write")
        return write_bpmn(self._get_definition())

    def action_export_bpmn(self):
        """Download the process as a file.

        :raises AccessError: as `export_bpmn`
        """
        self.ensure_one()
        self.export_bpmn()  # what keeps it from being written is told at once
        name = f"{self.code}-v{self.version}.bpmn".replace("/", "-")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/service.process/{self.id}/bpmn_file/{name}"
            "?download=true",
            "target": "download",
        }
