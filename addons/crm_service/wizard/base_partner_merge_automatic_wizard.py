# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge customers without losing anything of theirs, and write down what was."""

    _inherit = "base.partner.merge.automatic.wizard"

    service_problem = fields.Char(
        "Why Not", compute="_compute_service_problem", help="Why these stay apart."
    )
    service_summary = fields.Char(
        "Will Move",
        compute="_compute_service_summary",
        help="What the others have, which moves to the customer that stays.",
    )

    @api.model
    def default_get(self, fields):
        """Override of `default_get` to propose who stays: a login, else the oldest."""
        values = super().default_get(fields)
        keys = self.env.context.get("active_ids")
        if values.get("dst_partner_id") and keys:
            partners = self.env["res.partner"].browse(keys).exists()
            values["dst_partner_id"] = partners._get_service_merge_target().id
        return values

    @api.depends("partner_ids", "dst_partner_id")
    def _compute_service_problem(self):
        for wizard in self:
            partners = wizard.partner_ids._origin
            wizard.service_problem = len(
                partners
            ) > 1 and partners._get_service_merge_problem(wizard.dst_partner_id._origin)

    @api.depends("partner_ids", "dst_partner_id")
    def _compute_service_summary(self):
        for wizard in self:
            sources = wizard.partner_ids._origin - wizard.dst_partner_id._origin
            counts = sources._count_service_rows()
            wizard.service_summary = ", ".join(
                f"{label} {count}" for label, count in counts if count
            )

    def action_merge(self):
        """Override of `action_merge` to close the window where nothing is left to do.

        :raises UserError: these must stay apart; the sentence says why
        """
        self.check_access("write")
        following = self.current_line_id
        merged, target = self.partner_ids, self.dst_partner_id
        action = super().action_merge()
        if following or len(merged) < 2:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s contacts are one now: %(name)s.",
                    count=len(merged),
                    name=target.display_name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Override of `_merge` to refuse what mixes people up, and to lose nothing.

        People of the service may merge customers with different e-mails: who signs in
        stays as he is, and with him the e-mail that a password is sent to.

        :raises UserError: these must stay apart; the sentence says why
        """
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if len(partners) < 2:
            return super()._merge(partner_ids, dst_partner, extra_checks)
        if not dst_partner or dst_partner not in partners:
            dst_partner = partners._get_service_merge_target()
        dst_partner = dst_partner.with_env(self.env)
        partners._lock_for_merge()
        problem = partners._get_service_merge_problem(dst_partner)
        if problem:
            raise UserError(problem)
        if self.env.user.has_group("crm_service.group_service_agent"):
            extra_checks = False
        sources = partners - dst_partner
        sources._log_service_merge(dst_partner)
        sources._keep_contact_points(dst_partner)
        sources._move_rows_for_merge(dst_partner)
        try:
            super()._merge(partners.ids, dst_partner, extra_checks)
            dst_partner._refresh_after_merge()
        except psycopg2.errors.ForeignKeyViolation as error:
            # a row came for one of them after this transaction began: do it again
            raise ConcurrencyError(str(error)) from error

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Override of `_update_values` to keep the notes on all of them."""
        every = dst_partner | src_partners
        notes = dict.fromkeys(note for note in every.mapped("comment") if note)
        result = super()._update_values(src_partners, dst_partner)
        if len(notes) > 1:
            dst_partner.comment = Markup("<br/>").join(notes)
        return result
