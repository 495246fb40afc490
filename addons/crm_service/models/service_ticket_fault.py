# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = {"symptom_id": "symptom", "fault_id": "cause", "fault_remedy_id": "remedy"}


class ServiceTicket(models.Model):
    """What is wrong with the unit, from the catalogue of faults."""

    _inherit = "service.ticket"

    symptom_id = fields.Many2one(
        "service.fault",
        domain="[('kind', '=', 'symptom'), ('company_id', 'in', (company_id, False))]",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        tracking=True,
        help="What the customer sees.",
    )
    fault_id = fields.Many2one(
        "service.fault",
        "Cause",
        domain="[('kind', '=', 'cause'), ('company_id', 'in', (company_id, False))]",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        tracking=True,
        help="What it comes from. Warranty terms may exclude it.",
    )
    fault_remedy_id = fields.Many2one(
        "service.fault",
        "Done About It",
        domain="[('kind', '=', 'remedy'), ('company_id', 'in', (company_id, False))]",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        tracking=True,
        help="What was done to the unit.",
    )
    failed_on = fields.Date(
        copy=False,
        tracking=True,
        help="The day that counts for warranty and contract. Empty: the day on which "
        "the customer asked.",
    )

    @api.constrains("symptom_id", "fault_id", "fault_remedy_id")
    def _check_faults(self):
        for ticket in self:
            for name, kind in KINDS.items():
                # sudo: the kind counts, whoever may read the catalogue
                fault = ticket[name].sudo()
                if fault and (
                    fault.kind != kind or fault.company_id - ticket.company_id
                ):
                    raise ValidationError(
                        self.env._(
                            "“%(fault)s” cannot be chosen as “%(field)s” of ticket "
                            "%(number)s: it is of another kind or company. Choose "
                            "another one.",
                            fault=fault.display_name,
                            field=self._fields[name]._description_string(self.env),
                            number=ticket.number,
                        )
                    )

    @api.constrains("failed_on")
    def _check_failed_on(self):
        today = fields.Date.context_today(self)
        for ticket in self:
            if ticket.failed_on and ticket.failed_on > today:
                raise ValidationError(
                    self.env._(
                        "Ticket %(number)s has a failure on %(day)s, which has yet to "
                        "come. Enter the day on which the unit failed.",
                        number=ticket.number,
                        day=fields.Date.to_string(ticket.failed_on),
                    )
                )
