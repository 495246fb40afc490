# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.placeholders import fill_placeholders, find_placeholders

STAFF = "crm_service.group_service_technician"


class MailCannedResponse(models.Model):
    """Canned replies that know the ticket they are written in."""

    _inherit = "mail.canned.response"

    is_service = fields.Boolean(
        "For Tickets",
        default=lambda self: bool(self.env.context.get("service_reply")),
        help="Words in double braces are filled in from the ticket.",
    )
    lang = fields.Selection(
        "_get_languages",
        "Language",
        help="Replies in the customer's language are offered first.",
    )
    is_service_shared = fields.Boolean(
        "Shared with All Service People",
        compute="_compute_is_service_shared",
        inverse="_inverse_is_service_shared",
        help="Otherwise it is yours alone, or of the groups that you choose.",
    )
    placeholder_help = fields.Html(compute="_compute_placeholder_help")
    preview_ticket_id = fields.Many2one(
        "service.ticket",
        "Try It on a Ticket",
        compute="_compute_preview_ticket_id",
        readonly=False,
        store=False,
    )
    preview = fields.Text(compute="_compute_preview")

    _service_idx = models.Index("(id) WHERE is_service IS TRUE")

    @api.model
    def _get_languages(self):
        return self.env["res.lang"].get_installed()

    @api.depends("group_ids")
    def _compute_is_service_shared(self):
        group = self.env.ref(STAFF)
        for reply in self:
            reply.is_service_shared = group in reply.group_ids

    def _inverse_is_service_shared(self):
        group = self.env.ref(STAFF)
        for reply in self:
            if reply.is_service_shared:
                reply.group_ids |= group
            else:
                reply.group_ids -= group

    @api.depends_context("lang")
    def _compute_placeholder_help(self):
        tickets = self.env["service.ticket"]
        self.placeholder_help = tickets._get_placeholder_help()

    def _compute_preview_ticket_id(self):
        last = self.env["service.ticket"].search([], limit=1, order="id desc")
        self.preview_ticket_id = last

    @api.depends("substitution", "preview_ticket_id")
    def _compute_preview(self):
        for reply in self:
            ticket = reply.preview_ticket_id
            values = ticket._get_placeholder_values(reply.lang) if ticket else {}
            reply.preview = fill_placeholders(reply.substitution, values)

    @api.constrains("substitution", "is_service")
    def _check_placeholders(self):
        """Refuse placeholders that no ticket could fill in."""
        known = self.env["service.ticket"]._get_placeholders()
        for reply in self.filtered("is_service"):
            names = find_placeholders(reply.substitution)
            unknown = [name for name in names if name not in known]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "“%(unknown)s” is no placeholder. Choose among these: "
                        "%(known)s.",
                        unknown=", ".join(unknown),
                        known=", ".join(known),
                    )
                )
