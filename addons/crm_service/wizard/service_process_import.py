# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError


class ServiceProcessImport(models.TransientModel):
    """A BPMN file that becomes a process."""

    _name = "service.process.import"
    _description = "Import of a Process"

    file = fields.Binary("BPMN File", required=True, attachment=False)
    file_name = fields.Char()

    def action_import(self):
        """Take the file in, tell what was done, and open the process.

        :raises UserError: with the place in the file and what to do about it
        """
        self.ensure_one()
        try:
            data = base64.b64decode(self.file or b"", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The file could not be read. Upload it again.")
            ) from error
        result = self.env["service.process"].import_bpmn(data)
        process = self.env["service.process"].browse(result["process_id"])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if result["notes"] else "success",
                "sticky": bool(result["notes"]),
                "message": "\n".join([result["message"], *result["notes"]]),
                "next": {**process._get_form_action(), "views": [(False, "form")]},
            },
        }
