# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

TICKETS = "service.ticket"


class ServiceIndependenceMixin(models.AbstractModel):
    """Whether a record belongs to a ticket that the user is kept away from.

    For models that name what they belong to by a model and an id; their record
    rules say `[("is_service_hidden", "=", False)]`.
    """

    _name = "service.independence.mixin"
    _description = "Kept from Those a Complaint Is About"
    # the names of the fields with the model and the id
    _hidden_by = ("model", "res_id")

    is_service_hidden = fields.Boolean(
        "Complaint about the Reader",
        compute="_compute_is_service_hidden",
        search="_search_is_service_hidden",
        export_string_translation=False,
    )

    @api.depends_context("uid")
    def _compute_is_service_hidden(self):
        model, res_id = self._hidden_by
        self.is_service_hidden = False
        owned = self.filtered(lambda record: record[model] == TICKETS)
        ids = {record[res_id] for record in owned}
        if ids:
            query = SQL("%s AND ticket_id IN %s", self._get_hidden_sql(), tuple(ids))
            hidden = {ticket_id for (ticket_id,) in self.env.execute_query(query)}
            owned.filtered(lambda r: r[res_id] in hidden).is_service_hidden = True

    def _search_is_service_hidden(self, operator, value):
        if operator != "in":
            return NotImplemented
        model, res_id = self._hidden_by
        ids = SQL("(%s)", self._get_hidden_sql())
        hidden = Domain(model, "=", TICKETS) & Domain(res_id, "in", ids)
        return hidden if True in value else ~hidden

    @api.model
    def _get_hidden_sql(self):
        """Return the query of the ids of tickets that the user is kept away from."""
        return SQL(
            "SELECT ticket_id FROM service_ticket_excluded_rel WHERE user_id = %s",
            self.env.uid,
        )
