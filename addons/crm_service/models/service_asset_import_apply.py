# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2 import IntegrityError

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .service_guard import without_defaults


class ServiceAssetImport(models.Model):
    """How rows become units: all of a batch at once, one by one where one fails."""

    _inherit = "service.asset.import"

    def _import_drafts(self, drafts):
        """Make units of `drafts`, or note on each why not.

        Runs with the rights of whoever started the import.
        """
        steps = (
            *(self._read_drafts, self._find_products, self._find_known),
            *(self._find_partners, self._find_sites, self._find_dealers),
            *(self._find_batches, self._find_parents),
        )
        for step in steps:
            step([draft for draft in drafts if not draft.problem])
        good = [draft for draft in drafts if not draft.problem]
        self._try_all([d for d in good if not d.asset], self._create_units)
        self._try_all([d for d in good if d.asset], self._update_units)

    def _try_all(self, drafts, apply):
        """Call `apply` for `drafts`; if it fails, for halves of them.

        Conflicts with other transactions go through: the whole batch is tried again.
        """
        if not drafts:
            return
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                apply(drafts)
        except (UserError, AccessError, IntegrityError) as error:
            if len(drafts) > 1:
                middle = len(drafts) // 2
                self._try_all(drafts[:middle], apply)
                self._try_all(drafts[middle:], apply)
            else:
                drafts[0].fail(self._get_sentence(error))

    def _get_sentence(self, error):
        """Return what to tell people of an error."""
        if isinstance(error, IntegrityError):
            return self.env["service.asset"]._sql_error_to_message(error)
        return str(error)

    def _create_units(self, drafts):
        """Register the units of `drafts`."""
        vals_list = [self._prepare_unit_vals(draft) for draft in drafts]
        without_defaults(self.env["service.asset"]).create(vals_list)
        for draft in drafts:
            draft.result = "created"

    def _prepare_unit_vals(self, draft):
        """Return the values of a new unit."""
        return {
            **draft.vals,
            "company_id": self.company_id.id,
            "import_id": self.id,
        }

    def _update_units(self, drafts):
        """Write into known units what the rows say otherwise."""
        for draft in drafts:
            changes = self._get_changes(draft) if self.update_known else {}
            draft.result = "updated" if changes else "same"
            if changes:
                # what is changed in a unit is told on it
                draft.asset.with_context(tracking_disable=False).write(changes)
