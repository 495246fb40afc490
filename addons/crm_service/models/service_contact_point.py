# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mail import email_normalize


class ServiceContactPoint(models.Model):
    """Another phone or e-mail that a customer is known by.

    Odoo's contacts have one of each. A customer who was merged from two had more, and
    who calls from the phone of the shop is still the same: these keep finding him.
    """

    _name = "service.contact.point"
    _description = "Other Phone or E-mail"
    _order = "partner_id, kind desc, value"
    _rec_name = "value"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="partner_id.company_id", store=True, index=True, precompute=True
    )
    kind = fields.Selection(
        [("phone", "Phone"), ("email", "E-mail")], required=True, default="phone"
    )
    value = fields.Char(
        "Phone or E-mail",
        required=True,
        help="A phone with its country code, or an e-mail address.",
    )
    note = fields.Char(help="For example: his shop, until May, his wife's.")

    _partner_value_unique = models.UniqueIndex(
        "(partner_id, value)", "The customer has this phone or e-mail already."
    )
    _value_idx = models.Index("(value)")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep phones and e-mails in one way of writing."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._normalise(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Override to keep phones and e-mails in one way of writing."""
        if "value" in vals or "kind" in vals:
            for point in self:
                own = {"kind": point.kind, "value": point.value, **vals}
                own.setdefault("partner_id", point.partner_id.id)
                point._normalise(own)
                super(ServiceContactPoint, point).write(own)
            return True
        return super().write(vals)

    @api.model
    def _normalise(self, vals):
        """Write the phone or e-mail of `vals` in the way in which it is looked for.

        :raises ValidationError: it is neither a phone nor an e-mail
        """
        value = (vals.get("value") or "").strip()
        if "@" in value:
            vals["kind"] = "email"
            vals["value"] = email_normalize(value)
        else:
            vals["kind"] = "phone"
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            company = partner.company_id or self.env.company
            number = self.env["service.ticket"]._normalise_phone(
                value, company, partner
            )
            vals["value"] = number
        if not vals["value"]:
            raise ValidationError(
                self.env._(
                    "“%(value)s” is neither a phone number nor an e-mail address. "
                    "Write a phone with its country code, for example "
                    "+39 02 1234 5678.",
                    value=value,
                )
            )

    @api.model
    def _find_by_keys(self, keys, company_ids):
        """Return the points with one of the phones or e-mails `keys`.

        :param keys: E.164 numbers and normalised e-mails
        :param company_ids: of the customers; those of no company count too
        """
        if not keys:
            return self
        # archived customers are not found, as they are not by their own phone
        return self.search(
            [
                ("value", "in", list(keys)),
                ("company_id", "in", [False, *company_ids]),
                ("partner_id.active", "=", True),
            ],
            order="id",
        )
