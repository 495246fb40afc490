# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models

from ..const import (
    ACKNOWLEDGEMENT,
    ATTENDED_CHANNELS,
    NOTIFY_UNVERIFIED_LIMIT,
    NOTIFY_VERIFIED_LIMIT,
    UNVERIFIED,
)


class ServiceNotification(models.Model):
    """What is not sent, and why: no relay for strangers, no talk among machines."""

    _inherit = "service.notification"

    @api.model
    def _drop_old(self, limit):
        """Drop what waited too long, so that nobody gets old news after an outage.

        :return: as `_send_due`
        """
        # sudo: the engine acts for everybody
        rows = self.env(su=True)[self._name].browse()
        companies = rows.env["res.company"].search([("service_notify_hours", ">", 0)])
        for hours, some in companies.grouped("service_notify_hours").items():
            old = fields.Datetime.now() - timedelta(hours=hours)
            rows |= rows.search(
                [
                    ("company_id", "in", some.ids),
                    ("state", "in", ("queued", "sending")),
                    ("queued_at", "<", old),
                ],
                limit=limit,
                order="id",
            )
        rows = rows.try_lock_for_update()
        rows.filtered(lambda row: row.state == "sending")._cancel_sms()
        rows._suppress("too_old")
        return len(rows), False

    def _suppress_needless(self):
        """Suppress rows that must not be sent; return the others, with recipient."""
        left = self.browse()
        newest, known = self._get_newest_ids(), self._get_known_phases()
        for row in self:
            ticket = row.ticket_id
            row.recipient = ticket._get_notification_address(row.means)
            is_old = row.id not in newest or row.event != ticket.phase
            is_known = known.get((ticket, row.means)) == row.event
            reason = row._get_obstacle()
            if not reason and row.event != ACKNOWLEDGEMENT and (is_old or is_known):
                reason = "overtaken" if is_old else "known"
            if reason:
                row._suppress(reason)
            else:
                left |= row
        return left._suppress_blocked()._suppress_over_limit()

    def _get_newest_ids(self):
        """Return the id of the last waiting row of each ticket, means and event."""
        groups = self._read_group(
            [("ticket_id", "in", self.ticket_id.ids), ("state", "=", "queued")],
            ["ticket_id", "means", "event"],
            ["id:max"],
        )
        return {last for *_key, last in groups}

    def _get_known_phases(self):
        """Return {(ticket, means): the phase that the customer was told last}."""
        rows = self.search(
            [("ticket_id", "in", self.ticket_id.ids), ("sent_at", "!=", False)],
            order="sent_at, id",
        )
        return {(row.ticket_id, row.means): row.phase for row in rows}

    def _get_obstacle(self):
        """Return why this row must not be sent, whatever else is sent, or None."""
        ticket = self.ticket_id
        choice = ticket.partner_id.service_notify_by
        obstacles = {
            "no_text": not self._get_text_rule(),
            "merged": bool(ticket.merged_into_id),
            "archived": not ticket.active,
            "muted": ticket.is_muted or not self.company_id.service_notify,
            "declined": choice and choice not in (self.means, "both"),
            "no_address": not self.recipient,
        }
        return next((reason for reason, applies in obstacles.items() if applies), None)

    def _suppress_blocked(self):
        """Suppress rows whose address or number is on Odoo's block lists."""
        left = self
        for means, model, name in (
            ("email", "mail.blacklist", "email"),
            ("sms", "phone.blacklist", "number"),
        ):
            rows = self.filtered(lambda row, by=means: row.means == by)
            found = rows and self.env[model].search(
                [(name, "in", rows.mapped("recipient"))]
            )
            blocked = set(found.mapped(name)) if found else ()
            rows = rows.filtered(lambda row, no=blocked: row.recipient in no)
            rows._suppress("blocked")
            left -= rows
        return left

    # -- addresses that nobody has confirmed ------------------------------------

    def _is_verified(self):
        """Tell whether the recipient is known to be the customer."""
        partner = self.ticket_id.partner_id
        return self.means == "email" and partner._is_email_verified(self.recipient)

    def _is_attended(self):
        """Tell whether staff entered the recipient, not somebody from outside."""
        return self.ticket_id.channel in ATTENDED_CHANNELS

    def _is_free_text(self):
        """Tell whether words that somebody typed may go to the recipient."""
        return self._is_attended() or self._is_verified()

    def _get_text_rule(self):
        """Return the rule with the words of this message, or none."""
        if self._is_free_text():
            return self.rule_id.filtered(f"by_{self.means}").filtered("active")
        match = self.rule_id._find_match(self.ticket_id, UNVERIFIED)
        has_text = match and self.means in match.means
        return self.rule_id.browse(match.id if has_text else ())

    def _get_limit(self):
        """Return how many messages the recipient may get a day; None is no limit.

        Of those that staff cause, only acknowledgements are counted: a flood of
        requests is stopped, the news about them is not.
        """
        is_news = self.event != ACKNOWLEDGEMENT
        if self._is_verified():
            return None if is_news else NOTIFY_VERIFIED_LIMIT
        if self._is_attended() and is_news:
            return None
        return NOTIFY_UNVERIFIED_LIMIT

    def _suppress_over_limit(self):
        """Suppress rows beyond what their recipients may get a day.

        The recipients are locked, so that two jobs do not count past each other.
        """
        limits = {row: row._get_limit() for row in self}
        counted = self.filtered(lambda row: limits[row] is not None)
        if not counted:
            return self
        recipients = sorted(set(counted.mapped("recipient")))
        self.env["service.contact.lock"]._lock(recipients)
        counts = self._count_sent(recipients)
        left = self
        for row in counted:
            counter = counts[ACKNOWLEDGEMENT if row._is_free_text() else UNVERIFIED]
            if counter[row.recipient] >= limits[row]:
                row._suppress("limit")
                left -= row
                continue
            for kind in {row.event, UNVERIFIED} & counts.keys():
                counts[kind][row.recipient] += 1
        return left

    @api.model
    def _count_sent(self, recipients):
        """Return how many messages of all kinds, and acknowledgements, went out today.

        :return: {UNVERIFIED or ACKNOWLEDGEMENT: Counter of recipients}
        """
        since = fields.Datetime.now() - timedelta(days=1)
        groups = self._read_group(
            [("recipient", "in", recipients), ("sent_at", ">=", since)],
            ["recipient", "event"],
            ["__count"],
        )
        counts = {UNVERIFIED: Counter(), ACKNOWLEDGEMENT: Counter()}
        for recipient, event, count in groups:
            for kind in {event, UNVERIFIED} & counts.keys():
                counts[kind][recipient] += count
        return counts
