# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import CONTRACT_COVERING_STATES


class ServiceContract(models.Model):
    """Two contracts never cover the same at the same time: told by name.

    `service.contract.line` has a constraint that holds against races too.
    """

    _inherit = "service.contract"

    overlap_text = fields.Char(
        "Covered Twice",
        compute="_compute_overlap_text",
        help="Which contracts cover the same at the same time.",
    )

    @api.depends(
        "state",
        "date_start",
        "date_end",
        "partner_id",
        "line_ids.scope",
        "line_ids.asset_id",
        "line_ids.site_id",
    )
    @api.depends_context("lang")
    def _compute_overlap_text(self):
        for contract in self:
            found = contract.state == "draft" and contract.line_ids._get_overlaps()
            contract.overlap_text = found and found[0]._get_overlap_text(found[1])

    def _check_overlap(self):
        """Refuse contracts in force that cover what another one covers.

        :raises ValidationError: with the names of both, and what they cover
        """
        covering = self.filtered(lambda c: c.state in CONTRACT_COVERING_STATES)
        found = covering.line_ids._get_overlaps()
        if found:
            raise ValidationError(found[0]._get_overlap_text(found[1]))
