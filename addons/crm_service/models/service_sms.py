# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..const import SMS_DIRECTIONS
from ..tools.acceptance_number import find

MAX_SUBJECT = 80


class ServiceSms(models.Model):
    """A text message that came in, or one that was kept here instead of being sent."""

    _name = "service.sms"
    _description = "Text Message"
    _inherit = ["service.written.mixin", "service.external.ref.mixin"]
    _order = "id desc"
    _rec_name = "phone"

    direction = fields.Selection(
        SMS_DIRECTIONS, required=True, readonly=True, default="in"
    )
    phone = fields.Char(
        required=True, readonly=True, index="trigram", help="In full, with its country."
    )
    body = fields.Text("Message", readonly=True)
    line = fields.Char(readonly=True, help="The number that the customer wrote to.")
    uuid = fields.Char("Reference", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null"
    )
    ticket_id = fields.Many2one(
        "service.ticket", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    is_new_ticket = fields.Boolean("Opened the Ticket", readonly=True)

    _external_ref_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "This text message came in already.",
    )
    _company_idx = models.Index("(company_id, id DESC)")

    def action_open_ticket(self):
        """Open the ticket of the text message."""
        self.ensure_one()
        self.check_access("read")
        self.ticket_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }

    # -- in -------------------------------------------------------------------

    @api.model
    def _take_in(self, number, body, line, phone_line, external_ref):
        """Add a text message to the customer's open ticket, or open one; return it.

        The same `external_ref` does it once.

        :param str number: who wrote, in E.164
        :param str body: what they wrote
        :param str line: the line that they wrote to, as it was named
        :param phone_line: the `service.phone.line` of it, or none
        :raises ConcurrencyError: somebody takes it in this moment; Odoo tries again
        """
        company = phone_line.company_id or self.env.company
        # sudo: what came in is written for everybody; the ticket by the caller
        rows = self.sudo().with_company(company)
        row, is_new = rows._create_once(
            {
                "phone": number,
                "body": body,
                "line": line or False,
                "company_id": company.id,
            },
            external_ref,
            {"phone": number, "body": body},
        )
        if not is_new:
            return row
        # two of one customer at a time are one ticket
        self.env["service.contact.lock"]._lock([number])
        self._add_to_ticket(row, phone_line.team_id)
        return row

    @api.model
    def _add_to_ticket(self, row, team):
        """Let the text message `row` reach the ticket it belongs to."""
        ticket, suggestion = self._find_ticket(row)
        if ticket:
            partner = ticket.partner_id
            message = ticket.message_post(
                body=plaintext2html(row.body),
                author_id=partner.id or None,
                email_from=partner.email_formatted or row.phone,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            ticket = ticket.browse(message.res_id)
        else:
            ticket = ticket.create(self._prepare_ticket_vals(row, team))
            row.is_new_ticket = True
            if suggestion:
                ticket._message_log(body=ticket._get_suggestion_note(suggestion))
        row.write({"ticket_id": ticket.id, "partner_id": ticket.partner_id.id})

    @api.model
    def _find_ticket(self, row):
        """Return the ticket that a text message is about, and one it only speaks of.

        A number counts only if the ticket has the phone that wrote. Without one, the
        ticket that waits for the customer is meant, then the newest.
        """
        tickets = self.env["service.ticket"]
        named = tickets.browse()
        for number in find(row.body):
            named |= tickets._find_by_number(number)
        own = self._get_own_domain(row)
        # the company of the line counts, not where the number leads
        named = named.filtered(lambda ticket: ticket.company_id == row.company_id)
        known = named.filtered_domain(own)
        if known:
            return known[:1], None
        domain = own & Domain("is_open", "=", True) & Domain("parent_id", "=", False)
        found = tickets.search(
            domain & Domain("company_id", "=", row.company_id.id), order="id desc"
        )
        waiting = found.filtered(lambda ticket: ticket.phase == "waiting_customer")
        return (waiting or found)[:1], named[:1]

    @api.model
    def _get_own_domain(self, row):
        """Return the domain of the tickets of the phone that wrote."""
        domain = Domain("phone_sanitized", "=", row.phone)
        tickets = self.env["service.ticket"]
        contact = tickets._prepare_contact(
            {"partner_phone": row.phone, "company_id": row.company_id.id}
        )
        partner = tickets._find_partners([contact])[0]
        if partner:
            domain |= Domain("partner_id", "=", partner.id)
        return domain

    @api.model
    def _prepare_ticket_vals(self, row, team):
        """Return the values of a new ticket for a text message."""
        first, *_rest = row.body.splitlines() or [""]
        vals = {
            "name": first[:MAX_SUBJECT],
            "description": plaintext2html(row.body),
            "partner_phone": row.phone,
            "channel": "sms",
            "company_id": row.company_id.id,
        }
        if team:
            vals["team_id"] = team.id
            if team.ticket_type_id:
                vals["type_id"] = team.ticket_type_id.id
        return vals

    # -- out --------------------------------------------------------------------

    @api.model
    def _keep_outgoing(self, company, messages):
        """Keep text messages instead of sending them; return what a provider answers.

        :param messages: as Odoo gives them to a provider
        """
        # sudo: whoever may send has no right to write here
        rows = self.sudo()
        flat = [(number, m["content"]) for m in messages for number in m["numbers"]]
        rows.create(
            [
                {
                    "direction": "out",
                    "phone": number["number"] or "-",
                    "body": body,
                    "uuid": number["uuid"],
                    "company_id": company.id,
                    **self._prepare_origin(number["uuid"]),
                }
                for number, body in flat
            ]
        )
        return [{"uuid": n["uuid"], "state": "delivered"} for n, _body in flat]

    @api.model
    def _prepare_origin(self, uuid):
        """Return customer and ticket of an outgoing text message of Odoo."""
        sms = self.env["sms.sms"].sudo().search([("uuid", "=", uuid)], limit=1)
        message = sms.mail_message_id
        vals = {"partner_id": sms.partner_id.id}
        if message.model == "service.ticket":
            vals["ticket_id"] = message.res_id
        return vals

    # -- checks -------------------------------------------------------------------

    @api.model
    def _read_sender(self, phone, company):
        """Return the phone that wrote, in E.164.

        :raises ValidationError: it is no phone, as of senders that are only a name
        """
        tickets = self.env["service.ticket"]
        number = tickets._normalise_phone(phone, company)
        if not number:
            raise ValidationError(tickets._phone_error(phone))
        return number
