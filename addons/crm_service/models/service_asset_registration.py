# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mail import email_normalize

REGISTRATION_STATES = [
    ("new", "To Check"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
]
# So many registrations of one unit may wait; more is somebody's joke.
MAX_WAITING = 5
# What customers say; nobody changes it afterwards.
SAID_FIELDS = (
    *("name", "phone", "email", "street", "zip", "city", "bought_on", "dealer_name"),
    "note",
)


class ServiceAssetRegistration(models.Model):
    """What somebody who has a unit says of himself, until staff have looked at it."""

    _name = "service.asset.registration"
    _description = "Registration of a Unit"
    _inherit = ["service.written.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    asset_id = fields.Many2one(
        "service.asset",
        "Unit",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(related="asset_id.product_id")
    owner_id = fields.Many2one(related="asset_id.partner_id", string="Present Owner")
    company_id = fields.Many2one(
        related="asset_id.company_id", store=True, index=True, precompute=True
    )
    name = fields.Char(required=True, readonly=True, index="trigram")
    phone = fields.Char(readonly=True)
    email = fields.Char("E-mail", readonly=True)
    street = fields.Char(readonly=True)
    zip = fields.Char("Post Code", readonly=True)
    city = fields.Char("Town", readonly=True)
    bought_on = fields.Date(readonly=True)
    dealer_name = fields.Char("Bought From", readonly=True)
    note = fields.Text("Message", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Whose the unit is. Left empty, the customer is made when you accept.",
    )
    match_id = fields.Many2one(
        "res.partner",
        "Known As",
        compute="_compute_match_id",
        help="The customer who has this phone or e-mail already.",
    )
    dealer_id = fields.Many2one("res.partner", check_company=True, ondelete="restrict")
    is_other_owner = fields.Boolean(
        "Belongs to Somebody Else", compute="_compute_is_other_owner"
    )
    state = fields.Selection(
        REGISTRATION_STATES,
        "Status",
        required=True,
        default="new",
        readonly=True,
        tracking=True,
    )
    refusal = fields.Char("Why Not", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime("Decided On", readonly=True, copy=False)

    _queue_idx = models.Index("(company_id, id DESC) WHERE state = 'new'")

    @api.depends("name", "asset_id")
    def _compute_display_name(self):
        for record in self:
            serial = record.asset_id.serial_number
            record.display_name = " · ".join(filter(None, (serial, record.name)))

    @api.depends("phone", "email", "company_id")
    def _compute_match_id(self):
        for record in self:
            found = record._find_partners()
            record.match_id = found[:1]

    @api.depends("partner_id", "asset_id.partner_id", "state")
    def _compute_is_other_owner(self):
        for record in self:
            owner = record.asset_id.partner_id.commercial_partner_id
            partner = record.partner_id or record.match_id
            is_other = owner and partner.commercial_partner_id != owner
            record.is_other_owner = record.state == "new" and is_other

    # -- what customers send ------------------------------------------------------

    @api.model
    def _submit(self, asset_sudo, values):
        """Keep what somebody says who has the label of a unit before him.

        :param asset_sudo: the unit, found by its label
        :param dict values: texts by the names in `SAID_FIELDS`, `bought_on` a date
        :return: the registration, or none if too many of this unit wait already
        """
        # sudo: whoever holds the label may say whose the unit is; staff decide
        records_sudo = self.sudo()
        domain = [("asset_id", "=", asset_sudo.id), ("state", "=", "new")]
        waiting = records_sudo.search(domain, limit=MAX_WAITING)
        vals = {name: values.get(name) or False for name in SAID_FIELDS}
        same = waiting.filtered(
            lambda record: all(record[name] == vals[name] for name in SAID_FIELDS)
        )
        if same or len(waiting) >= MAX_WAITING:
            return same[:1]
        silent = records_sudo.with_context(mail_create_nosubscribe=True)
        return silent.create({**vals, "asset_id": asset_sudo.id})

    @api.model
    def _check_contact(self, asset_sudo, values):
        """Return which word of a registration is no phone or address, or None.

        :param asset_sudo: the unit; its company's country reads the phone
        :param dict values: `phone` and `email` as they were typed
        :return: `phone`, `email` or None
        """
        phone, email = values.get("phone"), values.get("email")
        company = asset_sudo.company_id
        tickets = self.env["service.ticket"].sudo()  # sudo: it reads a number only
        if phone and not tickets._normalise_phone(phone, company):
            return "phone"
        return "email" if email and not email_normalize(email) else None

    # -- guards -------------------------------------------------------------------

    @api.model
    def _get_decided_fields(self):
        """Return the names of fields that only the buttons write."""
        return {"state", "refusal", "decided_by_id", "decided_at", "asset_id"}

    @api.model_create_multi
    def create(self, vals_list):
        """Override to let registrations begin undecided."""
        if not self.env.su:
            names = self._get_decided_fields() - {"asset_id"}
            vals_list = [
                {name: vals[name] for name in vals if name not in names}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        """Override to keep what customers said, and what was decided."""
        if not self.env.su:
            if (self._get_decided_fields() | set(SAID_FIELDS)) & vals.keys():
                raise UserError(
                    self.env._(
                        "What a customer said stays as it is. Accept or refuse the "
                        "registration by its buttons."
                    )
                )
            if {"partner_id", "dealer_id"} & vals.keys():
                self._ensure_new()
        return super().write(vals)

    def _ensure_new(self):
        """Refuse to decide twice.

        :raises UserError: one is accepted or refused already
        """
        for record in self:
            if record.state != "new":
                raise UserError(
                    self.env._(
                        "“%(name)s” is decided already. Reload the page.",
                        name=record.display_name,
                    )
                )

    def _check_decider(self):
        """Refuse everybody but agents.

        :raises AccessError: the user is none
        """
        self.check_access("write")
        if not self.env["service.ticket"]._is_in_group("agent"):
            raise AccessError(
                self.env._("Only agents decide about registrations. Ask one of them.")
            )

    # -- buttons --------------------------------------------------------------------

    def action_accept(self):
        """Register the units for who says they are theirs.

        The customer is the one chosen, or who has that phone or e-mail, or is made.

        :raises UserError: one is decided already
        """
        self._check_decider()
        self._ensure_new()
        for record in self:
            record._accept()
        return True

    def action_refuse(self, reason=""):
        """Refuse registrations; the units stay as they are.

        :param str reason: plain text, for colleagues
        :raises UserError: one is decided already
        """
        self._check_decider()
        self._ensure_new()
        self._decide("refused", refusal=str(reason or "").strip() or False)
        return True

    def _accept(self):
        """Make the unit the customer's."""
        self.ensure_one()
        partner = self.partner_id or self._find_partners()[:1] or self._make_partner()
        self.asset_id._register_owner(partner, self)
        self._decide("accepted", partner_id=partner.id)

    def _decide(self, state, **vals):
        """Write down what was decided."""
        # sudo: the state is written by the buttons only
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                **vals,
            }
        )

    def _find_partners(self):
        """Return the customers who fit, the best one first."""
        tickets = self.env["service.ticket"]
        company = self.company_id or self.asset_id.company_id
        contact = tickets._prepare_contact(
            {
                "company_id": company.id,
                "partner_phone": tickets._normalise_phone(self.phone, company),
                "partner_email": self.email,
                "partner_name": self.name,
            }
        )
        return tickets._find_partners([contact])[0]

    def _make_partner(self):
        """Make the customer of this registration."""
        return self.env["res.partner"].create(
            {
                name: self[name]
                for name in ("name", "phone", "email", "street", "zip", "city")
                if self[name]
            }
        )

    def action_open_asset(self):
        """Open the unit."""
        self.ensure_one()
        self.check_access("read")
        return self.asset_id._get_records_action(name=self.env._("Unit"))
