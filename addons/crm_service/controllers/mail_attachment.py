# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import json

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.mail.controllers.attachment import AttachmentController
from odoo.addons.web.controllers.binary import Binary


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


class ServiceBinaryController(Binary):
    """Uploads through the fields of forms."""

    @http.route()
    def upload_attachment(self, model, id, ufile, callback=None):
        """Override to say why a file is refused."""
        if callback or not request.env["ir.attachment"]._has_upload_policy(model):
            return super().upload_attachment(model, id, ufile, callback=callback)
        files = request.httprequest.files.getlist("ufile")
        return json.dumps([self._upload_one(model, int(id), file) for file in files])

    def _upload_one(self, model, res_id, file):
        """Return what the form shows of a file, or why it is refused."""
        vals = {
            "name": file.filename,
            "raw": file.read(),
            "res_model": model,
            "res_id": res_id,
        }
        try:
            attachment = request.env["ir.attachment"].create(vals)
        except UserError as error:
            return {"error": str(error)}
        attachment._post_add_create()
        return {
            "filename": attachment.name,
            "mimetype": attachment.mimetype,
            "id": attachment.id,
            "size": attachment.file_size,
        }
