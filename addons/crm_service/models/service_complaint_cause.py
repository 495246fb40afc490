# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ServiceComplaintCause(models.Model):
    """The catalogue of root causes: what complaints come from."""

    _name = "service.complaint.cause"
    _description = "Cause of Complaints"
    _order = "full_code, id"
    _parent_store = True
    _rec_names_search = ["full_code", "name", "complete_name"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short, within the cause above it: “DES” for design."
    )
    full_code = fields.Char(
        compute="_compute_full_code",
        store=True,
        recursive=True,
        precompute=True,
        help="The codes from the top down, such as “PRD.DES”.",
    )
    complete_name = fields.Char(
        "Full Name", compute="_compute_complete_name", search="_search_complete_name"
    )
    description = fields.Text(translate=True, help="When to choose this cause.")
    parent_id = fields.Many2one(
        "service.complaint.cause",
        "Under",
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("service.complaint.cause", "parent_id", "Below")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for complaints of every company."
    )
    ticket_count = fields.Integer("Complaints", compute="_compute_ticket_count")

    _code_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(parent_id, 0), upper(code))",
        "Another cause at this place has this code already. Choose another code.",
    )

    @api.depends("code", "parent_id.full_code")
    def _compute_full_code(self):
        for cause in self:
            parts = (cause.parent_id.full_code, cause.code)
            cause.full_code = ".".join(filter(None, parts))

    @api.depends("name", "parent_id.name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for cause in self:
            names, above = [], cause
            while above:
                names.append(above.name or "")
                above = above.parent_id
            cause.complete_name = " / ".join(reversed(names))

    @api.model
    def _search_complete_name(self, operator, value):
        """Find a cause by its own name or by that of one above it."""
        if operator not in ("ilike", "like", "=ilike", "in"):
            return NotImplemented
        named = self.search([("name", operator, value)])
        return [("id", "child_of", named.ids)]

    @api.depends("full_code", "complete_name")
    def _compute_display_name(self):
        for cause in self:
            parts = (cause.full_code, cause.complete_name)
            cause.display_name = " · ".join(filter(None, parts))

    def _compute_ticket_count(self):
        """Count complaints with each cause or one below it, in one query."""
        below = self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )
        groups = self.env["service.ticket"]._read_group(
            [("cause_ids", "in", below.ids)], ["cause_ids"], ["__count"]
        )
        counts = {cause.id: count for cause, count in groups}
        for cause in self:
            path = cause.parent_path or "-"
            cause.ticket_count = sum(
                counts.get(other.id, 0)
                for other in below
                if (other.parent_path or "").startswith(path)
            )

    def write(self, vals):
        """Override to refuse circles before Odoo does, in words that help."""
        if vals.get("parent_id"):
            # sudo: the place in the tree counts, not who may see it
            above = self.sudo().browse(vals["parent_id"]).parent_path or ""
            if {str(cause.id) for cause in self} & set(above.split("/")):
                raise ValidationError(
                    self.env._("A cause cannot stand under itself. Choose another one.")
                )
        return super().write(vals)

    @api.constrains("code")
    def _check_code(self):
        for cause in self:
            if not cause.code.strip() or "." in cause.code:
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is no code of a cause. Write letters and digits "
                        "without a dot: the codes above it are put before it.",
                        code=cause.code,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        """Keep causes that complaints or actions speak of.

        :raises UserError: one is used
        """
        # sudo: a cause in use counts even where the user may not look
        for cause in self.sudo():
            used = self.env["service.ticket"].sudo().with_context(active_test=False)
            actions = self.env["service.corrective.action"].sudo()
            actions = actions.with_context(active_test=False)
            domain = [("cause_ids", "in", cause.ids)]
            if used.search_count(domain, limit=1) or actions.search_count(
                domain, limit=1
            ):
                raise UserError(
                    self.env._(
                        "Complaints or actions speak of the cause “%(cause)s”, so it "
                        "stays. Archive it, and nobody can choose it any more.",
                        cause=cause.display_name,
                    )
                )

    def action_open_tickets(self):
        """Open the complaints with this cause or one below it."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action_complaint"
        )
        action["domain"] = [("cause_ids", "child_of", self.ids)]
        action["context"] = {}
        return action
