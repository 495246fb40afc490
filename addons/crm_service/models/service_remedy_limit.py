# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import math

from odoo import api, fields, models

from ..const import REMEDY_KINDS


class ServiceRemedyLimit(models.Model):
    """Up to what a person, or everybody in a role, may grant a remedy."""

    _name = "service.remedy.limit"
    _description = "Remedy Limit"
    _order = "kind, amount, id"

    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: in every company."
    )
    group_id = fields.Many2one(
        "res.groups", "Role", ondelete="cascade", help="Everybody with this role."
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        index="btree_not_null",
        domain=[("share", "=", False)],
        ondelete="cascade",
        help="A limit of one's own counts instead of those of one's roles.",
    )
    kind = fields.Selection(REMEDY_KINDS, help="Empty: every kind.")
    amount = fields.Float(
        "Up To", help="In the currency of the ticket's company.", digits=(16, 2)
    )
    is_unlimited = fields.Boolean("Without Limit")
    active = fields.Boolean(default=True)

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A limit cannot be less than zero. Correct it."
    )
    _one_holder = models.Constraint(
        "CHECK((group_id IS NULL) != (user_id IS NULL))",
        "A limit is for a role or for a person. Choose one of them.",
    )

    @api.depends("group_id", "user_id", "kind", "amount", "is_unlimited")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for limit in self:
            holder = limit.user_id.name or limit.group_id.name or ""
            what = kinds.get(limit.kind) or self.env._("Every remedy")
            limit.display_name = f"{holder}: {what}"

    @api.model
    def _get_rows(self, company, kind):
        """Return the limits that count for a `kind` of remedy in `company`."""
        # sudo: limits count, whoever may read them
        return self.sudo().search(
            [
                ("company_id", "in", (company.id, False)),
                ("kind", "in", (kind, False)),
            ]
        )

    @api.model
    def _get_limit(self, user, company, kind):
        """Return up to what `user` may grant; below zero is not at all.

        A person's own limits count instead of those of the roles; of several, the
        highest does.
        """
        # sudo: the roles of a person are not everybody's to read
        user = user.sudo()
        rows = self._get_rows(company, kind)
        own = rows.filtered(lambda row: row.user_id == user)
        rows = own or rows.filtered(lambda row: row.group_id in user.all_group_ids)
        return max((row._get_amount() for row in rows), default=-1)

    def _get_amount(self):
        """Return the amount of this limit; without limit is endless."""
        return math.inf if self.is_unlimited else self.amount

    @api.model
    def _is_within(self, value, limit, company):
        """Tell whether `value` is within `limit`, to the cent of `company`."""
        if math.inf in (value, limit):
            return limit == math.inf
        # sudo: how money is rounded is no secret
        return company.sudo().currency_id.compare_amounts(value, limit) <= 0

    @api.model
    def _get_people(self, company, kind, value):
        """Return who may grant `value` of a `kind`, those with least power first."""
        rows = self._get_rows(company, kind)
        people = rows.user_id | rows.group_id.all_user_ids
        limits = {
            user: self._get_limit(user, company, kind)
            for user in people
            if user.active and not user.share and company in user.company_ids
        }
        able = [
            u for u, limit in limits.items() if self._is_within(value, limit, company)
        ]
        able.sort(key=lambda user: (limits[user], user.id))
        return people.browse(user.id for user in able)
