# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import UserError

from ..tools import upload_policy


class MailMessage(models.Model):
    """Files that a message of ours brings follow the upload policy."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to check the files, which may belong to anything or nothing."""
        if not any(vals.get("attachment_ids") for vals in vals_list):
            return super().create(vals_list)
        with self.env.cr.savepoint():
            messages = super().create(vals_list)
            messages._apply_upload_policy()
        return messages

    def write(self, vals):
        """Override to check files that are added later."""
        if not vals.get("attachment_ids"):
            return super().write(vals)
        with self.env.cr.savepoint():
            result = super().write(vals)
            self._apply_upload_policy()
        return result

    def _apply_upload_policy(self):
        """Refuse files that are not allowed with the document of a message.

        Those that belong to the document itself were checked when they came to it.
        """
        policy = self.env["ir.attachment"]._has_upload_policy
        for message in self.sudo():  # sudo: the files decide, whoever may read them
            if not policy(message.model) or not message.attachment_ids:
                continue
            files = message.attachment_ids
            if self.env.user.share and len(files) > upload_policy.MAX_FILES:
                raise UserError(
                    self.env._(
                        "Send at most %(limit)s files with one message, and the others "
                        "with the next.",
                        limit=upload_policy.MAX_FILES,
                    )
                )
            foreign = files.filtered(lambda file: not policy(file.res_model))
            foreign._apply_upload_policy(message.model)
