# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServicePhoneMixin(models.AbstractModel):
    """A phone number as it was written, and in the form in which it is looked for.

    The model has `company_id` and `partner_id`, whose countries read a number that
    names none.
    """

    _name = "service.phone.mixin"
    _description = "Phone Number"

    phone = fields.Char()
    phone_sanitized = fields.Char(
        "Phone Number",
        compute="_compute_phone_sanitized",
        store=True,
        precompute=True,
        index="btree_not_null",
    )

    @api.depends("phone", "company_id")
    def _compute_phone_sanitized(self):
        normalise = self.env["service.ticket"]._normalise_phone
        for record in self:
            record.phone_sanitized = normalise(
                record.phone, record.company_id, record.partner_id
            )

    @api.constrains("phone")
    def _check_phone(self):
        for record in self:
            if record.phone and not record.phone_sanitized:
                raise ValidationError(
                    self.env["service.ticket"]._phone_error(record.phone)
                )
