# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.mail import email_normalize

from ..const import PARKED_DAYS, PARKED_REASONS, PARKED_STATES
from ..tools.incoming_mail import IncomingMail
from .ir_attachment import HELD


class ServiceParkedMail(models.Model):
    """A message that came in and became no ticket, or not the whole of one.

    It is kept as it came until somebody decides about it.
    """

    _name = "service.parked.mail"
    _description = "Parked Message"
    _inherit = ["service.written.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    name = fields.Char("Subject", readonly=True)
    email_from = fields.Char("From", readonly=True, index="trigram")
    email_normalized = fields.Char("Sender's Address", readonly=True)
    email_to = fields.Char("To", readonly=True)
    message_id = fields.Char("Message ID", readonly=True)
    digest = fields.Char(readonly=True, required=True)
    size = fields.Integer("Bytes", readonly=True)
    preview = fields.Text("Text", readonly=True)
    raw = fields.Binary("Message as It Came", readonly=True, attachment=True)
    raw_name = fields.Char(compute="_compute_raw_name")
    reason = fields.Selection(PARKED_REASONS, required=True, readonly=True)
    details = fields.Text(readonly=True)
    state = fields.Selection(
        PARKED_STATES, "Status", required=True, readonly=True, default="parked"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    team_id = fields.Many2one("service.team", readonly=True, ondelete="set null")
    ticket_id = fields.Many2one(
        "service.ticket", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    suggested_ticket_id = fields.Many2one(
        "service.ticket",
        "Ticket It Speaks Of",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Its number is in the message. The sender is not known there.",
    )
    file_ids = fields.One2many("service.parked.file", "parked_id", "Files Held")
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime("Decided On", readonly=True)
    discard_reason = fields.Char("Why Discarded", readonly=True)

    _digest_unique = models.UniqueIndex("(digest)", "This message is kept already.")
    _queue_idx = models.Index("(company_id, id DESC) WHERE state = 'parked'")

    def _compute_raw_name(self):
        for mail in self:
            mail.raw_name = f"message-{mail.id}.eml"

    @api.depends("name", "email_from")
    def _compute_display_name(self):
        for mail in self:
            mail.display_name = mail.name or mail.email_from or self.env._("No subject")

    # -- parking --------------------------------------------------------------

    @api.model
    def _park(self, incoming, reason, details=None, ticket=None):
        """Keep a message until somebody decides about it; the same one once.

        :param IncomingMail incoming: the message
        :param str reason: one of `PARKED_REASONS`
        :param str details: what went wrong, for people
        :param ticket: the ticket that it became without its held files
        """
        # sudo: messages are kept for those who may read them, whoever fetched them
        parked = self.sudo()
        known = incoming.parked or parked.search([("digest", "=", incoming.digest)])
        if known:
            known.sudo()._note_again(reason, details, ticket, incoming)
            return known
        vals = self._prepare_parked_vals(incoming, ticket)
        vals |= {"reason": reason, "details": (details or "")[:5000]}
        # what is held is no file of a document: it is only ever saved
        parked = parked.with_context(service_held=HELD, mail_create_nolog=True)
        parked = parked.create(vals)
        parked._hold_files(incoming.held)
        parked._remind_team()
        return parked

    @api.model
    def _is_decided(self, incoming):
        """Tell whether somebody has decided about this very message before.

        One that still waits is tried again, as it came again.
        """
        known = self.sudo().search([("digest", "=", incoming.digest)])
        if known.state == "parked":
            incoming.parked = known
        return bool(known) and known.state != "parked" and known.reason != "files"

    @api.model
    def _prepare_parked_vals(self, incoming, ticket):
        """Return the values of a new row for `incoming`."""
        team = self._get_team(incoming)
        company = ticket and ticket.company_id or team.company_id
        if not company:
            companies = self.env["res.company"].sudo().search([], limit=2)
            company = companies if len(companies) == 1 else companies.browse()
        return {
            "name": incoming.subject,
            "email_from": incoming.sender,
            "email_normalized": email_normalize(incoming.sender) or False,
            "email_to": ", ".join(incoming.recipients)[:1000],
            "message_id": incoming.message_id,
            "digest": incoming.digest,
            "size": len(incoming.raw),
            "preview": incoming.get_text()[:2000],
            "raw": self._encode(incoming.raw),
            "company_id": company.id,
            "team_id": team.id,
            "ticket_id": ticket.id if ticket else False,
            "suggested_ticket_id": incoming.suggestion and incoming.suggestion.id,
        }

    @api.model
    def _encode(self, data):
        """Return bytes as a binary field takes them."""
        return self.env["service.parked.file"]._encode(data)

    @api.model
    def _get_team(self, incoming):
        """Return the first team that a message was sent to, or none."""
        aliases = self.env["mail.thread"]._get_service_aliases(incoming.recipients)
        # sudo: teams of all companies have addresses
        teams = self.env["service.team"].sudo()
        return teams.search([("alias_id", "in", aliases.ids)], limit=1)

    def _note_again(self, reason, details, ticket, incoming):
        """Note that a message that is kept already failed once more."""
        self.write(
            {"reason": reason, "details": (details or self.details or "")[:5000]}
        )
        if ticket:
            self.ticket_id = ticket
        if not self.file_ids:
            self._hold_files(incoming.held)

    def _hold_files(self, held):
        """Keep files that are not allowed.

        :param held: list of (name, content, problem)
        """
        self.env["service.parked.file"].sudo()._hold(self, held)
        if held and self.ticket_id:
            link = Markup('<a href="#" data-oe-model="%s" data-oe-id="%s">%s</a>') % (
                self._name,
                self.id,
                self.env._("held back"),
            )
            self.ticket_id._message_log(
                body=self.env._(
                    "Files of the message were %(held)s: %(names)s.",
                    held=link,
                    names=", ".join(name for name, _content, _problem in held),
                )
            )

    def _remind_team(self):
        """Ask the leader of the team to look, once for all that waits."""
        for mail in self:
            person = mail.team_id.user_id
            if mail.reason in ("auto_reply", "bounce") or not person:
                continue
            waiting = self.search_count(
                [
                    ("team_id", "=", mail.team_id.id),
                    ("state", "=", "parked"),
                    ("activity_user_id", "=", person.id),
                ],
                limit=1,
            )
            if not waiting:
                # they see it among their activities; a mail of it would be one more
                mail.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Look through the parked messages"),
                    user_id=person.id,
                )

    # -- decisions --------------------------------------------------------------

    def _read_incoming(self, target=None):
        """Return the message as it came in, to be tried once more."""
        self.ensure_one()
        raw = self.with_context(bin_size=False).raw
        data = self.env["service.parked.file"]._decode(raw)
        return IncomingMail(data, parked=self, target=target)

    def _note_decision(self, state, **vals):
        """Note who decided what about these messages."""
        # sudo: people decide by buttons only
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                **vals,
            }
        )
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    @api.autovacuum
    def _gc_decided(self):
        """Delete what was decided long ago."""
        limit = fields.Datetime.now() - relativedelta(days=PARKED_DAYS)
        domain = [("state", "!=", "parked"), ("decided_at", "<", limit)]
        found = self.search(domain, limit=500)
        found.unlink()
        return len(found), len(found) == 500
