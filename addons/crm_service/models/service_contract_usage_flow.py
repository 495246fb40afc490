# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import BALANCE_DIGITS
from .service_ticket import FLOW, FLOW_KEY

BALANCE_ACTIVITY = "crm_service.mail_activity_type_contract_balance"


class ServiceContractUsage(models.Model):
    """What happens to the use of a balance by one ticket."""

    _inherit = "service.contract.usage"

    def _is_flow(self):
        """Tell whether the process is at work: no caller can send that object."""
        return self.env.context.get(FLOW_KEY) is FLOW

    def _with_flow(self):
        """Return these with the right to be written by the process."""
        return self.with_context(**{FLOW_KEY: FLOW})

    def write(self, vals):
        """Override: only the process writes what is used."""
        if not self._is_flow():
            self.check_access("write")
            raise UserError(
                self.env._(
                    "What a ticket uses of a contract follows from the ticket. Cancel "
                    "the ticket, choose another contract for it, or decide."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Keep what was used."""
        if not self._is_flow():
            raise UserError(
                self.env._("What was used of a contract stays for the record.")
            )

    def _prepare_use_vals(self, quantity, free):
        """Return what to write when the ticket needs so much of the balance.

        What was granted beyond the balance stays granted, and counts against it.

        :param float free: what is left of the balance, without what this one has
        """
        self.ensure_one()
        overdrawn = min(self.overdrawn, quantity)
        taken = min(quantity - overdrawn, free + self.taken)
        is_short = round(quantity - overdrawn - taken, BALANCE_DIGITS) > 0
        state = "used"
        if is_short:
            state = "refused" if self.state == "refused" else "waiting"
        return {
            "quantity": quantity,
            "taken": round(taken, BALANCE_DIGITS),
            "overdrawn": overdrawn,
            "state": state,
        }

    def _give_back(self):
        """Give back what these have used."""
        self._with_flow().write(
            {"quantity": 0.0, "taken": 0.0, "overdrawn": 0.0, "state": "returned"}
        )

    # -- decisions --------------------------------------------------------------

    def _ensure_may_decide(self):
        """Refuse people who may not decide, and what is decided already.

        :raises AccessError: the user is no supervisor
        :raises UserError: nothing waits
        """
        if not self.env["service.contract"]._may_manage():
            raise AccessError(
                self.env._(
                    "Only supervisors grant more than a contract does. Ask one of them."
                )
            )
        for usage in self:
            if usage.state not in ("waiting", "refused"):
                raise UserError(
                    self.env._(
                        "“%(usage)s” waits for no decision any more. Reload the page.",
                        usage=usage.display_name,
                    )
                )

    def _decide(self, is_granted, reason):
        """Grant what the balance does not have, or let the customer pay it.

        :param bool is_granted: whether the contract bears it nevertheless
        :param str reason: why; required
        :raises AccessError: the user is no supervisor
        :raises UserError: no reason, or nothing waits
        """
        self.check_access("read")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: somebody will ask later."))
        # sudo: rows are written by the process only; who may is checked right here
        usages = self.sudo()
        usages.balance_id._lock()
        usages.invalidate_recordset()
        self._ensure_may_decide()
        for usage in usages:
            vals = {
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "reason": reason,
                "state": "used" if is_granted else "refused",
            }
            if is_granted:
                vals["overdrawn"] = usage.quantity - usage.taken
            usage._with_flow().write(vals)
        usages.ticket_id._after_entitlement_change()
        self._tell_decision(is_granted, reason)

    def _tell_decision(self, is_granted, reason):
        """Note the decision on the tickets, and take the activity away."""
        for usage in self.sudo():
            if is_granted:
                text = self.env._(
                    "Granted beyond the balance “%(balance)s”: %(reason)s",
                    balance=usage.balance_id.display_name,
                    reason=reason,
                )
            else:
                text = self.env._(
                    "Not granted beyond the balance “%(balance)s”: %(reason)s",
                    balance=usage.balance_id.display_name,
                    reason=reason,
                )
            author_id = self.env.user.partner_id.id
            usage.ticket_id._message_log(body=text, author_id=author_id)
        waiting = self.sudo().ticket_id.contract_usage_ids.filtered(
            lambda usage: usage.state == "waiting"
        )
        tickets = self.sudo().ticket_id - waiting.ticket_id
        tickets.activity_feedback([BALANCE_ACTIVITY])
