# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.tools import format_date


class ServiceContract(models.Model):
    """What agents on the phone and other systems are told of a contract."""

    _inherit = "service.contract"

    def _prepare_call_row(self):
        """Return what the call form shows of this contract."""
        self.ensure_one()
        kinds = dict(self.balance_ids._fields["kind"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        day = format_date(self.env, self.covered_until)
        parts = [self.template_id.name or ""]
        if self._is_in_force():
            parts.append(self.env._("until %(day)s", day=day))
        else:
            parts.append(f"{states[self.state]} {day}")
        parts += [
            self.env._(
                "%(left)s of %(granted)s %(kind)s left",
                left=f"{balance.left:g}",
                granted=f"{balance.granted + balance.carried:g}",
                kind=kinds[balance.kind].lower(),
            )
            for balance in self.balance_ids
        ]
        return {
            "id": self.id,
            "model": self._name,
            "name": self.name,
            "detail": " · ".join(filter(None, parts)),
        }

    def _prepare_status(self):
        """Return what `service.api.contract_status` answers: JSON types, no ids."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return {
            "name": self.name,
            "reference": self.reference or "",
            "state": self.state,
            "state_label": labels[self.state],
            "in_force": self._is_in_force(),
            "partner": self.partner_id.display_name,
            "template": self.template_id.name or "",
            "date_start": fields.Date.to_string(self.date_start),
            "date_end": fields.Date.to_string(self.date_end),
            "covered_until": fields.Date.to_string(self.covered_until),
            "days_left": self.days_left,
            "promise": self.sla_policy_id.name or "",
            "renewed_by": self.renewal_id.name or "",
            "lines": [line._prepare_status() for line in self.line_ids],
            "balances": [
                {
                    "kind": balance.kind,
                    "granted": balance.granted + balance.carried,
                    "used": balance.used,
                    "left": balance.left,
                    "waiting": balance.waiting_count,
                }
                for balance in self.balance_ids
            ],
        }
