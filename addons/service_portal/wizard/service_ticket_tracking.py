from odoo import api, fields, models


class ServiceTicketTracking(models.TransientModel):
    """Hand a customer the link to the status page of one request.

    The link is shown and never stored: `service.ticket.action_tracking_link` puts
    it into the dialog's context, and a mail gets a link of its own.
    """

    _name = "service.ticket.tracking"
    _description = "Tracking Link for a Customer"
    _inherit = "service.window.mixin"

    ticket_id = fields.Many2one("service.ticket", required=True, readonly=True)
    partner_email = fields.Char(related="ticket_id.partner_email", related_sudo=False)
    url = fields.Char("Link", store=False, readonly=True)
    active_links = fields.Integer("Links in Use", compute="_compute_active_links")

    @api.depends("ticket_id")
    def _compute_active_links(self):
        for dialog in self:
            links = dialog.ticket_id.track_token_ids
            dialog.active_links = len(links.filtered(lambda link: link._is_valid()))

    def action_send(self):
        """Mail the customer a link.

        :raise UserError: if the customer has no e-mail address
        """
        self.ensure_one()
        self.ticket_id._check_tracking_link_allowed()
        self.ticket_id._send_track_link()
        return self._close_and_say(
            self.env._(
                "A link was sent to %(email)s.", email=self.ticket_id.partner_email
            )
        )

    def action_revoke(self):
        """Close every link of the request, the one in the dialog too."""
        self.ensure_one()
        self.ticket_id._check_tracking_link_allowed()
        self.ticket_id._revoke_track_links()
        return self._close_and_say(
            self.env._("No tracking link of this request works any more.")
        )

    def _close_and_say(self, message):
        """Return the action that closes the dialog and tells what was done."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
