# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import Stream

from ..tools import upload_policy

# What decides whether a file may stay.
CHECKED_FIELDS = {
    *("raw", "datas", "db_datas", "name", "mimetype", "type", "url"),
    *("res_model", "res_field"),
}
# The server itself puts away what was held back; no remote caller can send this.
HELD = object()


class SandboxedStream(Stream):
    """A file that browsers save, or show as a picture, but never run."""

    def get_response(self, as_attachment=None, **kwargs):
        """Override to send it as a file of its own, whatever was asked for."""
        kwargs["content_security_policy"] = "default-src 'none'; sandbox"
        return super().get_response(as_attachment=True, **kwargs)


class IrAttachment(models.Model):
    """Files of our documents follow the upload policy, whichever way they come in."""

    _inherit = "ir.attachment"

    @api.model
    def _has_upload_policy(self, res_model):
        """Tell whether files of documents of `res_model` follow the upload policy.

        Extend it for models whose name does not begin like those of this add-on.
        """
        return isinstance(res_model, str) and res_model.startswith("service.")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to refuse files that are not allowed.

        A refused file is gone again, also where the caller goes on after an error,
        as a route of Odoo does.
        """
        context = self.env.context
        models = {vals.get("res_model") for vals in vals_list}
        models |= {context.get("default_res_model"), context.get("service_upload_for")}
        if not any(map(self._has_upload_policy, models)):
            return super().create(vals_list)
        with self.env.cr.savepoint():
            attachments = super().create(vals_list)
            attachments._apply_upload_policy()
        return attachments

    def write(self, vals):
        """Override to refuse files that are not allowed, also when they are moved."""
        models = {vals.get("res_model"), self.env.context.get("service_upload_for")}
        if CHECKED_FIELDS & vals.keys():
            models.update(self.sudo().mapped("res_model"))  # sudo: super() checks
        if not any(map(self._has_upload_policy, models)):
            return super().write(vals)
        with self.env.cr.savepoint():
            result = super().write(vals)
            self._apply_upload_policy()
        return result

    def _apply_upload_policy(self, res_model=None):
        """Refuse what is not allowed in these files; clean what customers send.

        :param str res_model: where they are going to; where they are if not given
        :raises UserError: a file is not allowed
        """
        if self.env.context.get("service_held") is HELD:
            return
        purpose = res_model or self.env.context.get("service_upload_for")
        for attachment in self.sudo():  # sudo: the content decides, whoever sends it
            model = attachment.res_model
            if attachment.res_field and attachment._is_field_of(model):
                continue
            pending = purpose and (not model or model == "mail.compose.message")
            if self._has_upload_policy(purpose if pending or res_model else model):
                attachment._apply_policy_to_one()

    def _is_field_of(self, model):
        """Tell whether this is the content of a field, which has rights of its own."""
        field = model in self.env and self.env[model]._fields.get(self.res_field)
        return bool(field) and field.type == "binary" and field.attachment

    def _apply_policy_to_one(self):
        """Refuse or clean one file; whoever is no colleague has fewer choices."""
        if self.type == "url" or self.url:
            self._check_link()
        elif self.env.user.share:
            self._clean_customer_file()
        else:
            self._check_staff_file()

    def _check_link(self):
        """Refuse links of customers, and those that are no address of a page."""
        plain = (self.url or "").strip().lower()
        if self.env.user.share or not plain.startswith(("https://", "http://")):
            raise UserError(
                self.env._(
                    "“%(name)s” is not an address of a page. Write the address in the "
                    "message instead.",
                    name=self.name,
                )
            )

    def _check_staff_file(self):
        """Refuse what a browser or computer would run, and what is too large."""
        data = self.raw or b""
        if len(data) > upload_policy.STAFF_MAX_BYTES:
            raise UserError(self._get_upload_error("size", self.name))
        if upload_policy.is_active(self.name, self.mimetype, data):
            raise UserError(
                self.env._(
                    "“%(name)s” could run on a colleague's computer and is not kept "
                    "here. Send it as a PDF or a picture.",
                    name=self.name,
                )
            )

    def _clean_customer_file(self):
        """Refuse what customers may not send; draw pictures anew."""
        data = self.raw or b""
        problem = upload_policy.judge(self.name, data)
        if not problem:
            try:
                name, clean, mimetype = upload_policy.clean(self.name, data)
            except upload_policy.BrokenFile:
                problem = "broken"
        if problem:
            raise UserError(self._get_upload_error(problem, self.name))
        vals = {"name": name, "mimetype": mimetype, "public": False}
        if clean != data:
            vals["raw"] = clean
        # it is clean now, and Odoo need not draw it once more
        marked = self.with_context(service_held=HELD, image_no_postprocess=True)
        marked.write(vals)

    @api.model
    def _get_upload_error(self, problem, name):
        """Return the sentence for a file that is refused.

        :param str problem: see `tools.upload_policy.judge`
        """
        limit = upload_policy.MAX_BYTES // 2**20
        if problem == "size":
            return self.env._(
                "“%(name)s” is too large. Send at most %(limit)s MB in one file.",
                name=name,
                limit=limit,
            )
        if problem == "broken":
            return self.env._(
                "“%(name)s” cannot be read. Save it again and send it once more.",
                name=name,
            )
        return self.env._(
            "“%(name)s” cannot be taken. Send pictures (JPEG, PNG, WebP), PDF or MP4 "
            "files of at most %(limit)s MB.",
            name=name,
            limit=limit,
        )

    def _to_http_stream(self):
        """Override to serve files of our documents so that nothing in them runs."""
        stream = super()._to_http_stream()
        if stream.type == "url" or not self._has_upload_policy(self.res_model):
            return stream
        return SandboxedStream(**stream.__dict__)
