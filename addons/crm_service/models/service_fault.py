# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import FAULT_KINDS


class ServiceFault(models.Model):
    """The catalogue of what is seen, what it comes from, and what is done about it."""

    _name = "service.fault"
    _description = "Fault"
    _order = "kind desc, full_code, id"
    _parent_store = True
    _rec_names_search = ["full_code", "name"]
    _check_company_auto = True

    kind = fields.Selection(FAULT_KINDS, required=True, default="symptom", index=True)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short, within the one above it: “LEAK” for a leak."
    )
    full_code = fields.Char(
        compute="_compute_full_code",
        store=True,
        recursive=True,
        precompute=True,
        index="trigram",
        help="The codes from the top down, such as “COOL.LEAK”.",
    )
    complete_name = fields.Char("Full Name", compute="_compute_complete_name")
    description = fields.Text(translate=True, help="When to choose it.")
    parent_id = fields.Many2one(
        "service.fault",
        "Under",
        index=True,
        check_company=True,
        domain="[('kind', '=', kind)]",
        ondelete="restrict",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("service.fault", "parent_id", "Below")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company."
    )
    ticket_count = fields.Integer("Tickets", compute="_compute_ticket_count")

    _code_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), kind, COALESCE(parent_id, 0), upper(code))",
        "Another fault at this place has this code already. Choose another code.",
    )

    @api.depends("code", "parent_id.full_code")
    def _compute_full_code(self):
        for fault in self:
            parts = (fault.parent_id.full_code, fault.code)
            fault.full_code = ".".join(filter(None, parts))

    @api.depends("name", "parent_id.name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for fault in self:
            names, above = [], fault
            while above:
                names.append(above.name or "")
                above = above.parent_id
            fault.complete_name = " / ".join(reversed(names))

    @api.depends("full_code", "complete_name")
    def _compute_display_name(self):
        for fault in self:
            parts = (fault.full_code, fault.complete_name)
            fault.display_name = " · ".join(filter(None, parts))

    def _compute_ticket_count(self):
        """Count the tickets with each fault or one below it."""
        below = self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )
        counts = below._count_tickets()
        for fault in self:
            path = fault.parent_path or "-"
            fault.ticket_count = sum(
                counts.get(other.id, 0)
                for other in below
                if (other.parent_path or "").startswith(path)
            )

    def _count_tickets(self):
        """Return {id of a fault: number of tickets}, in a query per kind of fault."""
        counts = {}
        for name in self._get_ticket_fields():
            groups = self.env["service.ticket"]._read_group(
                [(name, "in", self.ids)], [name], ["__count"]
            )
            counts |= {fault.id: count for fault, count in groups}
        return counts

    @api.model
    def _get_ticket_fields(self):
        """Return the names of the ticket's fields with faults."""
        return ("symptom_id", "fault_id", "fault_remedy_id")

    def write(self, vals):
        """Override to refuse circles before Odoo does, in words that help."""
        if vals.get("parent_id"):
            # sudo: the place in the tree counts, not who may see it
            above = self.sudo().browse(vals["parent_id"]).parent_path or ""
            if {str(fault.id) for fault in self} & set(above.split("/")):
                raise ValidationError(
                    self.env._("A fault cannot stand under itself. Choose another one.")
                )
        return super().write(vals)

    @api.constrains("code")
    def _check_code(self):
        for fault in self:
            if not fault.code.strip() or "." in fault.code:
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is no code of a fault. Write letters and digits "
                        "without a dot: the codes above it are put before it.",
                        code=fault.code,
                    )
                )

    @api.constrains("kind", "parent_id")
    def _check_kind(self):
        for fault in self:
            if fault.parent_id and fault.parent_id.kind != fault.kind:
                raise ValidationError(
                    self.env._(
                        "“%(fault)s” stands under “%(above)s”, which is of another "
                        "kind. Choose one of the same kind.",
                        fault=fault.name,
                        above=fault.parent_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        """Keep faults that tickets or warranty terms speak of.

        :raises UserError: one is used
        """
        # sudo: a fault in use counts even where the user may not look
        tickets = self.env["service.ticket"].sudo().with_context(active_test=False)
        for fault in self.sudo():
            used = any(
                tickets.search_count([(name, "=", fault.id)], limit=1)
                for name in self._get_ticket_fields()
            )
            if used or fault._is_excluded():
                raise UserError(
                    self.env._(
                        "Tickets or warranty terms speak of “%(fault)s”, so it stays. "
                        "Archive it, and nobody can choose it any more.",
                        fault=fault.display_name,
                    )
                )

    def _is_excluded(self):
        """Tell whether warranty terms exclude this fault."""
        policies = self.env["service.warranty.policy"].with_context(active_test=False)
        return policies.search_count([("excluded_fault_ids", "in", self.ids)], limit=1)

    def action_open_tickets(self):
        """Open the tickets with this fault or one below it."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        names = {
            "symptom": "symptom_id",
            "cause": "fault_id",
            "remedy": "fault_remedy_id",
        }
        action["domain"] = [(names[self.kind], "child_of", self.ids)]
        action["context"] = {}
        return action
