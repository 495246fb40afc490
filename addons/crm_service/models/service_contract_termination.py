# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ServiceContract(models.Model):
    """Ending a contract before its term, and what is left of it then."""

    _inherit = "service.contract"

    def _terminate(self, last_day, reason):
        """End this contract early; it covers what happens until `last_day`.

        :param date last_day: the last day that it covers
        :param str reason: plain text, required
        :raises AccessError: the user is no supervisor
        :raises UserError: it is not in force, the day is out of its term, or there is
            no reason
        """
        self.ensure_one()
        self._ensure_may_manage()
        self._ensure_state(("active",))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it ends: somebody will ask later."))
        self._check_last_day(last_day)
        credit = self._get_termination_credit(last_day)
        self._with_flow().write(
            {
                "state": "terminated",
                "terminated_on": last_day,
                "terminated_by_id": self.env.uid,
                "termination_reason": reason,
            }
        )
        self._after_terminate(last_day, credit)

    def _check_last_day(self, last_day):
        """Refuse a last day that is out of the term.

        The day before the beginning is allowed: then it has covered nothing.
        """
        before = self.date_start - timedelta(days=1)
        if not before <= last_day <= self.date_end:
            raise UserError(
                self.env._(
                    "Contract “%(contract)s” lasts from %(start)s to %(stop)s. Choose "
                    "a last day in this time.",
                    contract=self.display_name,
                    start=format_date(self.env, self.date_start),
                    stop=format_date(self.env, self.date_end),
                )
            )

    def _after_terminate(self, last_day, credit):
        """Hook: this contract was just terminated.

        :param float credit: what `_get_termination_credit` told before

        Extend it to pay the credit. Here, what was settled is noted.
        """
        self.ensure_one()
        self.activity_unlink(
            ["crm_service.mail_activity_type_contract_renewal"], only_automated=False
        )
        self._message_log(
            body=self.env._(
                "Terminated, with %(day)s as the last day: %(reason)s. Left: %(left)s",
                day=format_date(self.env, last_day),
                reason=self.termination_reason,
                left=", ".join(self._get_left_texts(last_day, credit)),
            )
        )

    def _get_left_texts(self, last_day, credit):
        """Return what is left of this contract after `last_day`, in words."""
        self.ensure_one()
        texts = [self.env._("%(days)s days", days=(self.date_end - last_day).days)]
        kinds = dict(self.balance_ids._fields["kind"]._description_selection(self.env))
        for balance in self.balance_ids:
            texts.append(f"{balance.left:g} {kinds[balance.kind].lower()}")
        texts.append(self.currency_id.format(credit))
        return texts
