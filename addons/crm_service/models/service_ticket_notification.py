# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.mail import email_normalize

from ..const import ACKNOWLEDGEMENT, NOTIFY_NEW_HOURS, PHASES
from ..tools import message_text

STARTING = "service_ticket_starting"
# The placeholder that only an e-mail can show.
BUTTON = "button"
# The steps that a mail shows; waiting is a kind of being in progress.
PROGRESS_PHASES = ("received", "in_progress", "resolved", "closed")


class Starting:
    """Tickets that are being made: proof in the context that no caller can send."""

    def __init__(self, ids):
        self.ids = frozenset(ids)


class ServiceTicket(models.Model):
    """What customers are told of their tickets."""

    _inherit = "service.ticket"

    is_muted = fields.Boolean(
        "Send No Messages",
        copy=False,
        tracking=True,
        help="The customer is told nothing of this ticket by itself.",
    )
    notification_ids = fields.One2many(
        "service.notification", "ticket_id", "Sent to the Customer", readonly=True
    )
    notification_count = fields.Integer(
        "Messages to the Customer", compute="_compute_notification_count"
    )
    notification_problem_count = fields.Integer(
        "Messages Not Arrived", compute="_compute_notification_count"
    )

    @api.depends("notification_ids.state")
    def _compute_notification_count(self):
        groups = self.env["service.notification"]._read_group(
            [("ticket_id", "in", self.ids)], ["ticket_id", "state"], ["__count"]
        )
        counts = {}
        for ticket, state, count in groups:
            counts.setdefault(ticket.id, {})[state] = count
        for ticket in self:
            states = counts.get(ticket._origin.id, {})
            ticket.notification_count = sum(states.values())
            ticket.notification_problem_count = states.get("failed", 0)

    def action_open_notifications(self):
        """Open what the customer was sent."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_notification_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {"create": False}
        return action

    # -- when -----------------------------------------------------------------

    def _start(self, wanted):
        """Override of `service.ticket` to acknowledge new tickets."""
        starting = self.with_context(**{STARTING: Starting(self.ids)})
        result = super(ServiceTicket, starting)._start(wanted)
        since = fields.Datetime.now() - timedelta(hours=NOTIFY_NEW_HOURS)
        told = self.filtered(lambda t: t.is_open and t.opened_at >= since)
        told._queue_notifications(ACKNOWLEDGEMENT)
        return result

    def _enter_stage(self, stage, *args, **kwargs):
        """Override of `service.ticket` to tell of each new phase.

        The first stages of a new ticket are no news: its acknowledgement tells them.
        """
        starting = self.env.context.get(STARTING)
        new_ids = starting.ids if isinstance(starting, Starting) else ()
        phases = {
            ticket.id: ticket.phase for ticket in self if ticket.id not in new_ids
        }
        result = super()._enter_stage(stage, *args, **kwargs)
        changed = self.filtered(lambda t: phases.get(t.id, t.phase) != t.phase)
        for phase, tickets in changed.grouped("phase").items():
            tickets._queue_notifications(phase)
        return result

    def _queue_notifications(self, event):
        """Write down what these tickets' customers are to be told, in one batch.

        :param str event: a code of NOTIFICATION_EVENTS
        """
        # sudo: customers are told whoever moves the ticket
        tickets = self.sudo()
        rules = tickets.env["service.notification.rule"]
        if not rules._get_matches().get(event):
            return
        rows = tickets.env["service.notification"]
        vals_list = []
        for ticket in tickets:
            match = ticket._can_be_told() and rules._find_match(ticket, event)
            for means in match and ticket._get_means(match.means) or ():
                vals_list.append(rows._prepare_vals(ticket, match, means))
        if vals_list:
            rows.create(vals_list)
            rows._call_job()

    def _can_be_told(self):
        """Tell whether the customer of this ticket hears of it by itself.

        A part of another ticket is not the customer's business, the whole is; for a
        merged one the other ticket speaks.
        """
        return (
            self.active
            and not self.is_muted
            and not self.parent_id
            and not self.merged_into_id
            and self.company_id.service_notify
        )

    def _get_means(self, offered):
        """Return by which of the `offered` means the customer is told.

        The customer's choice, else e-mail where there is an address, else SMS.
        """
        choice = self.partner_id.service_notify_by
        if choice == "none":
            return ()
        if choice == "both":
            return offered
        if choice:
            return tuple(means for means in offered if means == choice)
        if "email" in offered and self.partner_email:
            return ("email",)
        if "sms" in offered and self.phone_sanitized:
            return ("sms",)
        return ()

    def _get_notification_address(self, means):
        """Return the e-mail address or phone number of the customer, or False."""
        if means == "email":
            return email_normalize(self.partner_email or "")
        return self.phone_sanitized

    # -- what -----------------------------------------------------------------

    @api.model
    def _get_notification_placeholders(self):
        """Return {name: what it stands for} of what messages may speak of.

        It is what replies may speak of, but for who writes: that is the system.
        """
        known = self._get_placeholders()
        known.pop("agent", None)
        known["type"] = self.env._("ticket type")
        known["link"] = self.env._("address of the tracking page")
        known[BUTTON] = self.env._("button to the tracking page, in e-mails only")
        return known

    def _get_tracking_urls(self):
        """Hook: return {ticket id: address of the page that shows how far it is}.

        Extend it where there is such a page. It is asked once for each message, when
        it is sent, and the address is in no history. The host has no page.
        """
        return {}

    def _get_tracking_sample(self):
        """Hook: return an address as of `_get_tracking_urls` that opens nothing.

        Extend it together with that; it is for previews.
        """
        return False

    def _prepare_notification_values(self, url=None, phase=None):
        """Return {placeholder: text} for this ticket, in the language of the context.

        :param str url: the address of the tracking page, if it may be told
        :param str phase: another phase than it is in, for a preview
        """
        values = self._get_placeholder_values(self.env.lang)
        phases = dict(self._fields["phase"]._description_selection(self.env))
        values.update(type=self.type_id.name, link=url)
        values["status"] = phases[phase or self.phase]
        return {
            name: message_text.clean(values.get(name))
            for name in self._get_notification_placeholders()
        }

    def _wrap_notification(self, body, is_free_text=True, phase=None):
        """Return a whole e-mail around `body`, in the language of the context.

        :param body: Markup
        :param bool is_free_text: whether the subject of the request may be shown
        :param str phase: another phase than it is in, for a preview
        """
        phase = phase or self.phase
        phases = dict(self._fields["phase"]._description_selection(self.env))
        return self.env["ir.qweb"]._render(
            "crm_service.service_mail_layout",
            {
                "body": body,
                "ticket": self,
                "company": self.company_id,
                "status": phases[phase],
                "subject": self.name if is_free_text else "",
                "steps": self._get_mail_steps(phase),
                "lang": self.env.lang,
            },
            minimal_qcontext=True,
        )

    def _get_mail_steps(self, phase):
        """Return (label, whether it is reached) of the steps that a mail shows."""
        labels = dict(self._fields["phase"]._description_selection(self.env))
        if phase == "cancelled":
            return []
        order = [code for code, _label in PHASES]
        place = order.index(phase)
        return [(labels[code], place >= order.index(code)) for code in PROGRESS_PHASES]
