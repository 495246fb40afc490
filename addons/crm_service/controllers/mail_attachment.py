# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.mail.controllers.attachment import AttachmentController


class ServiceAttachmentController(AttachmentController):
    """Uploads through the message boxes of Odoo."""

    @http.route()
    def mail_attachment_upload(
        self, ufile, thread_id, thread_model, is_pending=False, **kwargs
    ):
        """Override to say why a file is refused, also one that waits for its message.

        A waiting file belongs to nothing yet; where it is going to is in the request.
        """
        request.update_context(service_upload_for=thread_model)
        try:
            with request.env.cr.savepoint():
                return super().mail_attachment_upload(
                    ufile, thread_id, thread_model, is_pending=is_pending, **kwargs
                )
        except UserError as error:
            if not request.env["ir.attachment"]._has_upload_policy(thread_model):
                raise
            return request.make_json_response({"error": str(error)})
