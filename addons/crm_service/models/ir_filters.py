# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models


class IrFilters(models.Model):
    """Saved filters that a whole team sees, whoever is in it."""

    _inherit = "ir.filters"

    service_team_ids = fields.Many2many(
        "service.team",
        "service_team_filter_rel",
        "filter_id",
        "team_id",
        "Shared with Teams",
        help="Everybody in these teams finds the filter among their favourites. Only "
        "the people above may change it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override: what is shared with a team is not shared with everybody."""
        filters = super().create(vals_list)
        filters._keep_to_teams()
        return filters

    def write(self, vals):
        """Override: what is shared with a team is not shared with everybody."""
        result = super().write(vals)
        if {"service_team_ids", "user_ids"} & vals.keys():
            self._keep_to_teams()
        return result

    def _keep_to_teams(self):
        """Give filters of teams an owner: without one, all the world would see them."""
        for saved in self:
            if saved.service_team_ids and not saved.user_ids:
                saved.user_ids = self.env.user

    @api.model
    def get_filters(self, model, action_id=None, *args, **kwargs):
        """Override to add what others share with the user's teams."""
        filters = super().get_filters(model, action_id, *args, **kwargs)
        known = {saved["id"] for saved in filters}
        domain = self._get_action_domain(action_id, *args, **kwargs)
        shared = self._search_team_filters(domain, model)
        return filters + [
            # several users: shown among the shared ones, and never as one's default
            {**saved, "user_ids": [], "is_default": False}
            for saved in shared
            if saved["id"] not in known
        ]

    @api.model
    def _search_team_filters(self, domain, model):
        """Return what is shared with the user's teams, as `get_filters` does."""
        if not self.env["service.team"].has_access("read"):
            return []  # somebody of another app, or a customer
        names = [
            "name",
            "is_default",
            "domain",
            "context",
            "user_ids",
            "sort",
            "embedded_action_id",
            "embedded_parent_res_id",
        ]
        return self.with_context(**self.env["res.users"].context_get()).search_read(
            [
                *domain,
                ("model_id", "=", model),
                ("service_team_ids.member_ids", "in", self.env.uid),
            ],
            names,
        )
