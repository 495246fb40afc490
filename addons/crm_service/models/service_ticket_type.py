# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import CATEGORIES
from ..tools import acceptance_number


class ServiceTicketType(models.Model):
    """What kind of request it is: decides the process and the first team."""

    _name = "service.ticket.type"
    _description = "Service Ticket Type"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Short name for other systems.")
    category = fields.Selection(CATEGORIES, required=True, default="request")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company uses this type."
    )
    process_id = fields.Many2one(
        "service.process",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="New tickets follow this process. Tickets under way keep theirs.",
    )
    team_id = fields.Many2one(
        "service.team",
        "Default Team",
        check_company=True,
        help="New tickets of this type go to this team.",
    )
    number_prefix = fields.Char(
        required=True,
        default="SR",
        help="The letters that acceptance numbers of this type start with.",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "There is a ticket type with this code already. Choose another code.",
    )

    @api.constrains("number_prefix")
    def _check_number_prefix(self):
        for ticket_type in self:
            if not acceptance_number.is_prefix(ticket_type.number_prefix):
                raise ValidationError(
                    self.env._(
                        "The number prefix “%(prefix)s” must be one to four capital "
                        "letters, without I, L, O and U, which are easily misread.",
                        prefix=ticket_type.number_prefix,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to publish a process that is a draft still."""
        self.env.registry.clear_cache()  # of the types that are the first ones
        types = super().create(vals_list)
        types.process_id._publish_drafts()
        return types

    def write(self, vals):
        """Override to publish a process that is a draft still."""
        self.env.registry.clear_cache()
        result = super().write(vals)
        if vals.get("process_id"):
            self.process_id._publish_drafts()
        return result

    def unlink(self):
        """Override to forget which types are the first ones."""
        self.env.registry.clear_cache()
        return super().unlink()
