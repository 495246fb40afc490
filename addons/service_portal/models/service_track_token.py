import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models

from ..const import TOKEN_BYTES, TOKEN_DAYS_AFTER_CLOSING


class ServiceTrackToken(models.Model):
    """A link that a customer got by mail, to follow one request.

    Only the SHA-256 of the token is kept: who reads the table cannot open the
    page. A link dies when it is revoked and some time after its request is
    closed.
    """

    _name = "service.track.token"
    _description = "Tracking Link"
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    scope = fields.Selection(
        [("track", "Follow the request")], required=True, default="track", readonly=True
    )
    digest = fields.Char(required=True, readonly=True, groups="base.group_system")
    revoked_at = fields.Datetime(readonly=True)

    _digest_uniq = models.Constraint(
        "UNIQUE(digest)", "Each tracking link belongs to one request."
    )

    @api.model
    def _issue(self, tickets, scope="track"):
        """Make one new link for each ticket.

        :param tickets: ``service.ticket`` records
        :return: the tokens in clear, by ticket id; they are not kept
        :rtype: dict[int, str]
        """
        tokens = {ticket.id: secrets.token_urlsafe(TOKEN_BYTES) for ticket in tickets}
        # sudo: handing out a link is part of writing to the customer, and the
        # table is closed to everybody
        self.sudo().create(
            [
                {"ticket_id": ticket_id, "scope": scope, "digest": self._hash(token)}
                for ticket_id, token in tokens.items()
            ]
        )
        return tokens

    @api.model
    def _find_ticket(self, token, scope="track"):
        """Return the ticket that a token opens, as superuser, else nothing.

        Unknown, expired and revoked tokens give the same empty answer.

        :param str token: what came in the link
        """
        # sudo: the token is the reader's right; nobody else may search here
        link_sudo = self.sudo().search(
            [("digest", "=", self._hash(token)), ("scope", "=", scope)], limit=1
        )
        return link_sudo.filtered(lambda link: link._is_valid()).ticket_id

    @api.model
    def _hash(self, token):
        """Return what is kept of a token."""
        return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

    def _is_valid(self):
        """Tell whether the link still opens its request."""
        self.ensure_one()
        if self.revoked_at or not self.ticket_id.active:
            return False
        # of a merged request, the work is done when the one that goes on is
        closed_at = self.ticket_id._get_merge_target().closed_at
        lifetime = timedelta(days=TOKEN_DAYS_AFTER_CLOSING)
        return not closed_at or fields.Datetime.now() < closed_at + lifetime

    def _revoke(self):
        """Close the links for good."""
        self.filtered(lambda link: not link.revoked_at).write(
            {"revoked_at": fields.Datetime.now()}
        )
