from markupsafe import Markup

from odoo import api, fields, models


class ServiceTicketTracking(models.TransientModel):
    """Hand a customer the link to the status page of one request."""

    _name = "service.ticket.tracking"
    _description = "Tracking Link for a Customer"

    ticket_id = fields.Many2one("service.ticket", required=True, readonly=True)
    url = fields.Char("Link", readonly=True)
    active_links = fields.Integer(compute="_compute_active_links")

    @api.depends("ticket_id")
    def _compute_active_links(self):
        for dialog in self:
            links = dialog.ticket_id.track_token_ids
            dialog.active_links = len(links.filtered(lambda link: link._is_valid()))

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to make a new link for each dialog.

        :raise AccessError: if the user may not hand out a link for a ticket
        """
        tickets = self.env["service.ticket"].browse(
            [vals["ticket_id"] for vals in vals_list]
        )
        tickets._check_tracking_link_allowed()
        urls = tickets._get_track_urls()
        return super().create(
            [{**vals, "url": urls[vals["ticket_id"]]} for vals in vals_list]
        )

    def action_send(self):
        """Open a mail to the customer that holds the link."""
        self.ensure_one()
        ticket = self.ticket_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send the Tracking Link"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": ticket._name,
                "default_res_ids": ticket.ids,
                "default_partner_ids": ticket.partner_id.ids,
                "default_subject": self.env._(
                    "Your request %(number)s", number=ticket.number
                ),
                "default_body": self._get_mail_body(),
                "default_composition_mode": "comment",
            },
        }

    def action_revoke(self):
        """Close every link of the request, this one too."""
        self.ensure_one()
        self.ticket_id._check_tracking_link_allowed()
        self.ticket_id._revoke_track_links()
        return {"type": "ir.actions.act_window_close"}

    def _get_mail_body(self):
        """Return the text that the agent can finish, in the customer's language."""
        lang = self.ticket_id.partner_id.lang or self.env.lang
        env = self.with_context(lang=lang).env
        return Markup("<p>%s</p><p><a href='%s' class='btn btn-primary'>%s</a></p>") % (
            env._(
                "You can see how far your request %(number)s is at any time:",
                number=self.ticket_id.number,
            ),
            self.url,
            env._("Follow your request"),
        )
