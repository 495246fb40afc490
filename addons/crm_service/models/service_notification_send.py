# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import re

from odoo import models
from odoo.tools import plaintext2html

from ..const import ACKNOWLEDGEMENT
from ..tools.message_text import clean

# Machines do not answer these (RFC 3834; the second is for Microsoft Exchange).
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
# An answer of a mail server that another try would not change.
REFUSED = re.compile(r"\(5\d\d, ")
REFUSED_TYPES = ("mail_email_invalid", "mail_email_missing")
# What an SMS provider may do better later; all else is for good.
PASSING_SMS_TYPES = ("sms_server", "unknown", False)


class ServiceNotification(models.Model):
    """The way of a message out of the house: by mail or by Odoo's SMS queue."""

    _inherit = "service.notification"

    # -- the words --------------------------------------------------------------

    def _get_recipient_lang(self):
        """Return the language of the customer, else of the company, that is in use."""
        installed = dict(self.env["res.lang"].get_installed())
        wanted = (self.ticket_id.partner_id.lang, self.company_id.partner_id.lang)
        return next((lang for lang in wanted if lang in installed), "en_US")

    def _in_context(self):
        """Return this row in the language and company of what it tells."""
        lang = self._get_recipient_lang()
        return self.with_context(lang=lang).with_company(self.company_id)

    def _render(self, url=None):
        """Return the words of this row: subject and body, as they are sent.

        :param str url: the tracking page; the copy that staff keep is without it
        :return: (subject, body), of an SMS (None, text)
        """
        row = self._in_context()
        rule = row._get_text_rule()
        values = row.ticket_id._prepare_notification_values(url)
        if row.means == "sms":
            return None, rule._render_sms(values)
        return rule._render_subject(values), rule._render_body(values)

    def _note_words(self):
        """Keep what is sent, for staff; the address of the customer's page is his."""
        for row in self:
            subject, body = row._render()
            if row.means == "sms":
                subject, body = body.split("\n")[0][:200], plaintext2html(body)
            lang = row._get_recipient_lang()
            vals = {"subject": subject, "body": body, "lang": lang}
            row.write({**vals, "phase": row.ticket_id.phase})

    def _note_entries(self):
        """Write an entry into each ticket that has none yet of this message."""
        new = self.filtered(
            lambda row: row.mail_message_id.message_id != row._get_message_id()
        )
        messages = self.env["mail.message"].create(
            [row._prepare_message_vals() for row in new]
        )
        for row, message in zip(new, messages, strict=True):
            row.mail_message_id = message

    def _get_message_id(self):
        """Return the Message-Id of this row's entry in the ticket."""
        if self.means == "sms":
            return f"<{self.reference}-sms@service.ticket>"
        return self.reference

    def _prepare_message_vals(self):
        """Return the values of the entry in the ticket; none follows it there."""
        ticket, company = self.ticket_id, self.company_id
        root = self.env.ref("base.partner_root")
        # names of companies may hold what no header may
        sender = clean(company.email_formatted or root.email_formatted)
        reply_to = ticket._notify_get_reply_to(default=sender)[ticket.id]
        return {
            "model": ticket._name,
            "res_id": ticket.id,
            "message_type": "sms" if self.means == "sms" else "auto_comment",
            "subtype_id": False,
            "author_id": root.id,
            "email_from": sender,
            "reply_to": clean(ticket.team_id.alias_email or reply_to),
            "message_id": self._get_message_id(),
            "subject": self.subject,
            "body": self.body,
            "record_name": ticket.display_name,
            "record_alias_domain_id": company.alias_domain_id.id,
            "record_company_id": company.id,
        }

    def _prepare_notice_vals(self):
        """Return the values of Odoo's own row on whether an entry arrived."""
        partner, address = self.ticket_id.partner_id, self.recipient
        own = (
            partner.email_normalized
            if self.means == "email"
            else (partner.phone_sanitized)
        )
        vals = {
            "author_id": self.mail_message_id.author_id.id,
            "mail_message_id": self.mail_message_id.id,
            "notification_type": self.means,
            "notification_status": "ready",
            "res_partner_id": partner.id if own == address else False,
            "is_read": True,
        }
        vals["mail_email_address" if self.means == "email" else "sms_number"] = address
        return vals

    # -- by e-mail --------------------------------------------------------------

    def _send_by_email(self):
        """Send these rows as e-mails, and note what became of each."""
        self._note_words()
        self._note_entries()
        notices = self._get_notices()
        urls = self.ticket_id._get_tracking_urls()
        references = self._get_references()
        mails = self.env["mail.mail"].create(
            [row._prepare_mail_vals(urls, references) for row in self]
        )
        for row, mail in zip(self, mails, strict=True):
            notices[row].mail_mail_id = mail
        mails.send()
        for row, mail in zip(self, mails, strict=True):
            row._note_mail(mail)
        # the mails hold the customers' links; their words are kept without
        mails.unlink()

    def _get_notices(self):
        """Return {row: Odoo's row on whether it arrived}, made where missing."""
        model = self.env["mail.notification"]
        found = model.search(
            [("mail_message_id", "in", self.mail_message_id.ids)]
        ).grouped("mail_message_id")
        new = self.filtered(lambda row: row.mail_message_id not in found)
        made = model.create([row._prepare_notice_vals() for row in new])
        found.update(made.grouped("mail_message_id"))
        return {row: found[row.mail_message_id] for row in self}

    def _get_references(self):
        """Return {ticket id: Message-Id of its first mail}, to keep them together."""
        messages = self.env["mail.message"].search_fetch(
            [
                ("model", "=", "service.ticket"),
                ("res_id", "in", self.ticket_id.ids),
                ("message_type", "in", ("email", "auto_comment")),
            ],
            ["res_id", "message_id"],
            order="id desc",
        )
        return {message.res_id: message.message_id for message in messages}

    def _prepare_mail_vals(self, urls, references):
        """Return the values of the mail, with the link that only the customer gets."""
        ticket = self.ticket_id
        url = urls.get(ticket.id)
        subject, body = self._render(url)
        first = references.get(ticket.id)
        is_answer = self.event == ACKNOWLEDGEMENT and ticket.channel == "email"
        headers = {**HEADERS}
        if is_answer:
            headers["Auto-Submitted"] = "auto-replied"
        return {
            "mail_message_id": self.mail_message_id.id,
            "subject": subject,
            "body_html": self._in_context()._wrap_mail(body),
            "email_to": self.recipient,
            "headers": repr(headers),
            "references": first if first != self.reference else False,
            "auto_delete": False,
        }

    def _wrap_mail(self, body):
        """Return the whole mail around `body`, in the language of the context."""
        return self.ticket_id._wrap_notification(body, self._is_free_text())

    def _note_mail(self, mail):
        """Note whether the mail server took the mail of this row."""
        if mail.state == "sent":
            self._note_sent()
            return
        failure = mail.failure_reason or mail.state
        if mail.failure_type in REFUSED_TYPES or REFUSED.search(failure):
            self._fail("rejected", failure)
        else:
            self._put_off(failure)

    # -- by SMS -----------------------------------------------------------------

    def _send_by_sms(self):
        """Hand these rows to Odoo's SMS queue, which tells what becomes of them."""
        self._note_words()
        self._note_entries()
        notices = self._get_notices()
        urls = self.ticket_id._get_tracking_urls()
        queue = self.env["sms.sms"]
        waiting = queue.search([("uuid", "in", self.mapped("reference"))])
        waiting.to_delete = False
        waiting.action_set_outgoing()
        known = set(waiting.mapped("uuid"))
        new = self.filtered(lambda row: row.reference not in known)
        made = queue.create(
            [row._prepare_sms_vals(urls.get(row.ticket_id.id)) for row in new]
        )
        for row, sms in zip(new, made, strict=True):
            notices[row].sms_id_int = sms.id
            self._track_sms(notices[row], sms)
        if waiting:
            self.env.ref("sms.ir_cron_sms_scheduler_action")._trigger()
        self._note_sent("sending")

    def _prepare_sms_vals(self, url):
        """Return the values of the SMS, with the link that only the customer gets."""
        _subject, text = self._render(url)
        partner = self.ticket_id.partner_id
        own = partner.phone_sanitized == self.recipient
        return {
            "uuid": self.reference,
            "body": text,
            "number": self.recipient,
            "partner_id": partner.id if own else False,
            "mail_message_id": self.mail_message_id.id,
        }

    def _track_sms(self, notice, sms):
        """Have what the provider says of an SMS written on Odoo's notice of it."""
        trackers = self.env["sms.tracker"]
        tracker = trackers.search([("sms_uuid", "=", sms.uuid)])
        if tracker:
            tracker.mail_notification_id = notice
        else:
            trackers.create({"sms_uuid": sms.uuid, "mail_notification_id": notice.id})

    def _cancel_sms(self):
        """Take these rows out of Odoo's SMS queue."""
        waiting = self.env["sms.sms"].search(
            [("uuid", "in", self.mapped("reference")), ("state", "=", "outgoing")]
        )
        waiting.action_set_canceled()

    # -- what becomes of it later -----------------------------------------------

    def _follow_notice(self, notice):
        """Note what Odoo's mail gateway or the SMS provider says of this row.

        :param notice: the `mail.notification` that was written
        """
        status, failure = notice.notification_status, notice.format_failure_reason()
        if status == "bounce":
            self._fail("bounced", failure)
        elif self.means == "email":
            return  # `_note_mail` tells the rest
        elif status in ("process", "pending"):
            self._note_sent()
        elif status == "sent":
            self._note_sent("delivered")
        elif status == "exception":
            self._follow_sms_failure(notice.failure_type, failure)

    def _follow_sms_failure(self, failure_type, failure):
        """Try an SMS again that failed, unless that is no use."""
        if failure_type in PASSING_SMS_TYPES:
            self._put_off(failure)
        else:
            self._fail("rejected", failure)
