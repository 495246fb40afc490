from odoo import api, models


class PartsRequisitionDemand(models.Model):
    """Drafts that were made for a need, by a click or by replenishment."""

    _inherit = "parts.requisition"

    @api.model
    def _add_missing(self, warehouse, source_warehouse, lines, **vals):
        """Override of `_add_missing` to tell the parts keeper of a new draft."""
        requisition_lines = super()._add_missing(
            warehouse, source_warehouse, lines, **vals
        )
        requisition_lines.requisition_id._ask_keeper()
        return requisition_lines

    def _ask_keeper(self):
        """Give the parts keeper one activity for each draft, to check and submit it."""
        # sudo: a technician may ask for parts without writing on the keeper's list
        for requisition_sudo in self.sudo():
            keeper_sudo = requisition_sudo.warehouse_id._get_parts_keeper()
            todo = ["mail.mail_activity_data_todo"]
            if (
                keeper_sudo
                and keeper_sudo != self.env.user
                and not requisition_sudo.activity_search(todo)
            ):
                requisition_sudo.with_context(
                    mail_activity_quick_update=True
                ).activity_schedule(
                    todo[0],
                    summary=self.env(
                        context={**self.env.context, "lang": keeper_sudo.lang}
                    )._("Check the parts and submit the requisition"),
                    user_id=keeper_sudo.id,
                )

    def _submit(self):
        """Override of `_submit` to close what asked the keeper to submit."""
        result = super()._submit()
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return result

    def _get_open_action(self):
        """Return the action that opens these requisitions."""
        return self._open_records("spare_parts_bridge.parts_requisition_action", self)
