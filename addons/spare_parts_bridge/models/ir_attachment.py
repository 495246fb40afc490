# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models


class IrAttachment(models.Model):
    """Files of requisitions and what follows them are under the upload policy too."""

    _inherit = "ir.attachment"

    @api.model
    def _has_upload_policy(self, res_model):
        """Override of `_has_upload_policy` to name the documents of this add-on."""
        ours = isinstance(res_model, str) and res_model.startswith("parts.")
        return ours or super()._has_upload_policy(res_model)
