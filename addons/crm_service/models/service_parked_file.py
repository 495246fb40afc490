# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import FILE_PROBLEMS
from ..tools import upload_policy
from .ir_attachment import HELD


class ServiceParkedFile(models.Model):
    """A file of a message that is not allowed with a ticket, kept for staff."""

    _name = "service.parked.file"
    _description = "Held File"
    _inherit = ["service.written.mixin"]
    _order = "parked_id desc, id"

    parked_id = fields.Many2one(
        "service.parked.mail",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="parked_id.company_id", store=True, index=True, precompute=True
    )
    ticket_id = fields.Many2one(
        related="parked_id.ticket_id", store=True, index="btree_not_null"
    )
    name = fields.Char("File", required=True, readonly=True)
    content = fields.Binary(readonly=True, attachment=True)
    size = fields.Integer("Bytes", readonly=True)
    problem = fields.Selection(FILE_PROBLEMS, "Why Held", required=True, readonly=True)
    attachment_id = fields.Many2one("ir.attachment", "Added as", readonly=True)

    @api.model
    def _encode(self, data):
        """Return bytes as a binary field takes them."""
        return base64.b64encode(data)

    @api.model
    def _decode(self, value):
        """Return the bytes of a binary field."""
        return base64.b64decode(value or b"")

    @api.model
    def _hold(self, parked, held):
        """Keep the files `held`, a list of (name, content, problem), with `parked`."""
        # what is held is only ever saved, never shown
        return self.with_context(service_held=HELD).create(
            [
                {
                    "parked_id": parked.id,
                    "name": upload_policy.clean_name(name),
                    "content": self._encode(content) if content else False,
                    "size": len(content),
                    "problem": problem,
                }
                for name, content, problem in held
            ]
        )

    def action_attach(self):
        """Add held files to the ticket after all.

        :raises UserError: there is no ticket yet, or the file could do harm
        """
        self.check_access("read")
        for file in self:
            ticket = file.parked_id.ticket_id
            if not ticket:
                raise UserError(
                    self.env._(
                        "Make a ticket of the message first, or add it to one. Its "
                        "files can be added then."
                    )
                )
            ticket.check_access("write")
            file._attach_to(ticket)
        return True

    def _attach_to(self, ticket):
        """Put a held file among the files of `ticket`, and say so there."""
        if self.attachment_id:
            return
        data = self._decode(self.with_context(bin_size=False).content)
        # sudo: whoever may write on the ticket may add files to it
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": self.name,
                    "raw": data,
                    "res_model": ticket._name,
                    "res_id": ticket.id,
                }
            )
        )
        ticket.message_post(
            body=self.env._("A file of the customer's message was added."),
            attachment_ids=attachment.ids,
        )
        self.sudo().attachment_id = attachment  # sudo: noted by buttons only
