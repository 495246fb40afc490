# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import REMOVED_STATES

# What was exchanged is written down once; what was said of it may be corrected.
TEXT_FIELDS = {"note", "date"}


class ServiceAssetExchange(models.Model):
    """A component of a unit was exchanged, taken out or put in."""

    _name = "service.asset.exchange"
    _description = "Exchange of a Component"
    _inherit = "service.written.mixin"
    _order = "date desc, id desc"
    _check_company_auto = True

    asset_id = fields.Many2one(
        "service.asset",
        "Unit",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The unit, or the component of one, in which it was done.",
    )
    company_id = fields.Many2one(
        related="asset_id.company_id", store=True, index=True, precompute=True
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    removed_id = fields.Many2one(
        "service.asset",
        "Taken Out",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    removed_state = fields.Selection(
        REMOVED_STATES, "What Becomes of It", readonly=True
    )
    installed_id = fields.Many2one(
        "service.asset",
        "Put In",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        "product.product",
        "Product Put In",
        readonly=True,
        check_company=True,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one(
        "service.ticket",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users",
        "Done By",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    note = fields.Char("Why")

    _something_happened = models.Constraint(
        "CHECK(COALESCE(removed_id, installed_id, product_id) IS NOT NULL)",
        "Choose the component that was taken out, or what was put in.",
    )

    @api.depends("removed_id", "installed_id", "product_id")
    def _compute_display_name(self):
        for exchange in self:
            new = exchange.installed_id or exchange.product_id
            names = (exchange.removed_id.display_name, new.display_name)
            exchange.display_name = " → ".join(name or "–" for name in names)

    @api.constrains("date")
    def _check_date(self):
        for exchange in self:
            if exchange.date > fields.Date.context_today(exchange):
                raise ValidationError(
                    self.env._(
                        "An exchange is written down when it was done: %(date)s is yet "
                        "to come. Choose today or a day before.",
                        date=exchange.date,
                    )
                )

    def write(self, vals):
        """Override to let nobody change what was exchanged.

        :raises UserError: somebody tries
        """
        if not self.env.su and vals.keys() - TEXT_FIELDS:
            raise UserError(
                self.env._(
                    "What was exchanged stays as it was written down. Undo the "
                    "exchange, or write down another one."
                )
            )
        return super().write(vals)

    def action_undo(self):
        """Undo the latest exchange of a component: it was written down by mistake.

        :raises UserError: something else was done to the components since
        """
        self.ensure_one()
        self.check_access("write")
        unit, removed, installed = self.asset_id, self.removed_id, self.installed_id
        unit.check_access("write")
        if (removed and removed.parent_id) or (
            installed and installed.parent_id != unit
        ):
            raise UserError(
                self.env._(
                    "Something else was exchanged since. Undo the latest exchange "
                    "first."
                )
            )
        installed.write({"parent_id": False, "state": "sold"})
        removed.write({"parent_id": unit.id, "state": "installed"})
        unit.message_post(
            body=self.env._(
                "The exchange “%(name)s” was undone.", name=self.display_name
            )
        )
        # sudo: nobody deletes history, but what did not happen is none
        self.sudo().unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
