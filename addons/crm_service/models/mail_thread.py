# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import logging
import time
from xmlrpc.client import Binary

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain

from ..const import MAIL_TRIES, MAX_MAIL_BYTES, MAX_MAIL_LINES
from ..tools import mail_repair
from ..tools.acceptance_number import find
from ..tools.incoming_mail import IncomingMail
from .fetchmail_server import FETCH

_logger = logging.getLogger(__name__)
RETRIED = (OperationalError, ConcurrencyError)


class MailThread(models.AbstractModel):
    """The gate for messages: what cannot be taken in is parked, nothing is lost."""

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Override to mend what is broken and to park what fails.

        :raises OperationalError: others wrote the same rows; the caller tries again
        """
        options = {
            "custom_values": custom_values,
            "save_original": save_original,
            "strip_attachments": strip_attachments,
            "thread_id": thread_id,
        }
        if not self.env.su and not self.env.user._is_internal():
            return super().message_process(model, message, **options)
        gate = self._with_incoming(message)
        process = super(MailThread, gate).message_process
        if self.env.context.get("service_fetch") is FETCH:
            return gate._take_in_fetched(process, model, options)
        return gate._take_in(process, model, options)

    @api.model
    def _with_incoming(self, message):
        """Return this model with the message in its context, which no caller sends."""
        if isinstance(self._get_incoming(), IncomingMail):
            return self  # parked before, and tried once more
        if isinstance(message, Binary):
            message = bytes(message.data)
        if isinstance(message, str):
            message = message.encode("utf-8", "surrogateescape")
        return self.with_context(service_mail=IncomingMail(message))

    @api.model
    def _get_incoming(self):
        """Return the message that is being taken in, or None."""
        incoming = self.env.context.get("service_mail")
        return incoming if isinstance(incoming, IncomingMail) else None

    @api.model
    def _take_in_fetched(self, process, model, options):
        """Take a message in from a mailbox, from which it is deleted afterwards.

        Nobody fetches it again. So it is tried until nobody writes the same rows,
        and parked in the end.
        """
        for attempt in range(MAIL_TRIES):
            try:
                result = self._take_in(process, model, options)
                self.env.cr.flush()
                return result
            except RETRIED:
                _logger.info("A message is tried again, others write the same rows.")
                self.env.cr.rollback()
                time.sleep(0.1 * 2**attempt)
        incoming = self._get_incoming()
        self.env["service.parked.mail"]._park(incoming, "failed")
        return False

    @api.model
    def _take_in(self, process, model, options):
        """Take in the message of the context, or park it.

        :param process: what Odoo does with a message
        """
        incoming, parked = self._get_incoming(), self.env["service.parked.mail"]
        if not incoming.parked and parked._is_decided(incoming):
            return False
        if self._is_beyond_measure(incoming.raw):
            parked._park(incoming, "size")
            return False
        incoming.alias_ids = self._get_service_aliases(incoming.recipients).ids
        try:
            with self.env.cr.savepoint():
                result = self._process_incoming(process, model, options)
        except RETRIED:
            raise
        except Exception as error:  # whatever is wrong with it, it is kept
            if not self._is_for_service(incoming, model):
                raise
            _logger.info("A message is parked.", exc_info=True)
            reason = "failed" if self._has_service_target(incoming, model) else "route"
            parked._park(incoming, reason, str(error))
            return False
        if incoming.problem:
            parked._park(incoming, incoming.problem)
        elif incoming.held:
            parked._park(incoming, "files", ticket=incoming.ticket)
        elif incoming.parked:
            incoming.parked._note_decision("done", ticket_id=incoming.ticket.id)
        return result

    @api.model
    def _is_beyond_measure(self, raw):
        """Tell whether reading a message would take longer than others should wait."""
        return len(raw) > MAX_MAIL_BYTES or raw.count(b"\n") > MAX_MAIL_LINES

    @api.model
    def _process_incoming(self, process, model, options):
        """Let Odoo process the mended message, unless it is here already."""
        incoming = self._get_incoming()
        incoming.keeps_original = options["save_original"]
        message_id = incoming.message_id
        self.env["service.contact.lock"]._lock([f"mail:{message_id}"])
        # sudo: whose message it is does not matter
        known = self.env["mail.message"].sudo()
        known = known.search([("message_id", "=", message_id)], limit=1)
        raw = mail_repair.repair(incoming.raw)
        if known and incoming.is_same_as(known.email_from, known.subject):
            incoming.ticket = incoming.ticket or self._get_ticket_of(known)
            return False
        if known:  # a program that gives all its messages the same id
            raw = mail_repair.replace_id(raw)
        return process(model, raw, **options)

    @api.model
    def _get_ticket_of(self, message):
        """Return the ticket that a message belongs to, or none."""
        tickets = self.env["service.ticket"].sudo()  # sudo: the gate knows all
        found = message.res_id if message.model == tickets._name else None
        return tickets.browse(found).exists()

    # -- whose message is it ----------------------------------------------------

    @api.model
    def _is_for_service(self, incoming, model):
        """Tell whether a message is for a team of ours, or for nobody at all."""
        if self._has_service_target(incoming, model):
            return True
        return not model and not self._get_aliases(incoming.recipients)

    @api.model
    def _has_service_target(self, incoming, model):
        """Tell whether a message is sent to us, or speaks of one of our tickets."""
        return bool(
            model == "service.ticket"
            or incoming.target
            or self._get_service_aliases(incoming.recipients)
            or self._find_answered(incoming)
            or self._find_numbered(f"{incoming.subject} {incoming.get_text()}")
        )

    @api.model
    def _get_aliases(self, recipients):
        """Return the aliases with one of these addresses."""
        local = [address.partition("@")[0] for address in recipients]
        # sudo: addresses of all companies count
        return (
            self.env["mail.alias"]
            .sudo()
            .search(
                Domain("alias_full_name", "in", recipients)
                | Domain("alias_name", "in", local)
                & Domain("alias_incoming_local", "=", True)
            )
        )

    @api.model
    def _get_service_aliases(self, recipients):
        """Return the addresses of teams among `recipients`, in their order."""
        aliases = self._get_aliases(recipients)
        ours = aliases.filtered(lambda a: a.alias_model_id.model == "service.ticket")
        local = [address.partition("@")[0] for address in recipients]

        def get_place(alias):
            if alias.alias_full_name in recipients:
                return recipients.index(alias.alias_full_name)
            return local.index(alias.alias_name)

        return ours.sorted(get_place)

    @api.model
    def _find_answered(self, incoming):
        """Return the messages of tickets that a message answers."""
        # sudo: whether it is allowed is found out later
        messages = self.env["mail.message"].sudo()
        if not incoming.references:
            return messages
        return messages.search(
            [
                ("message_id", "in", incoming.references),
                ("model", "=", "service.ticket"),
                ("res_id", "!=", 0),
            ],
            order="id desc",
        )

    @api.model
    def _find_numbered(self, text):
        """Return the tickets whose numbers are in `text`."""
        tickets = self.env["service.ticket"].sudo()  # sudo: see `_find_answered`
        found = tickets.browse()
        for number in find(text[:100_000]):
            found |= tickets._find_by_number(number, follow=False)
        return found
