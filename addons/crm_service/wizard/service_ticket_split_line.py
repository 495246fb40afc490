# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.tools import html2plaintext

PREVIEW_LENGTH = 160


class ServiceTicketSplitLine(models.TransientModel):
    """A message or file of a ticket, which goes to the new one or stays."""

    _name = "service.ticket.split.line"
    _description = "Line of a Split"

    split_id = fields.Many2one(
        "service.ticket.split", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean("Goes")
    message_id = fields.Many2one("mail.message", ondelete="cascade")
    attachment_id = fields.Many2one("ir.attachment", ondelete="cascade")
    date = fields.Datetime(compute="_compute_preview")
    author = fields.Char(compute="_compute_preview")
    preview = fields.Char("Text", compute="_compute_preview")
    file_count = fields.Integer("Files", compute="_compute_preview")

    @api.depends("message_id", "attachment_id")
    def _compute_preview(self):
        for line in self:
            message, file = line.message_id, line.attachment_id
            line.date = message.date or file.create_date
            line.author = message.author_id.display_name or message.email_from
            text = " ".join(html2plaintext(message.body or "").split())
            line.preview = (text or message.subject or file.name or "")[:PREVIEW_LENGTH]
            line.file_count = len(message.attachment_ids) or bool(file)
