# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.caller_number import clean_caller, line_key
from .service_phone_line import AGENT, INTEGRATION


class ResUsers(models.Model):
    """Whose telephone it is that rings."""

    _inherit = "res.users"

    service_extension = fields.Char(
        "Phone Extension",
        prefetch=False,  # users are read at every request, this hardly ever
        index="btree_not_null",
        copy=False,
        groups="crm_service.group_service_technician",
        help="As the telephone system names this person's telephone. Calls for it "
        "ring in this person's browser.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to write extensions in one way."""
        return super().create([self._clean_extension(vals) for vals in vals_list])

    def write(self, vals):
        """Override to write extensions in one way."""
        return super().write(self._clean_extension(vals))

    @api.model
    def _clean_extension(self, vals):
        """Return `vals` with the extension as it is looked up."""
        if not vals.get("service_extension"):
            return vals
        extension = line_key(clean_caller(vals["service_extension"]))
        return {**vals, "service_extension": extension or False}

    @api.constrains("service_extension", "company_ids")
    def _check_service_extension(self):
        # sudo: a telephone is taken even where the user may not look
        for user in self.sudo().filtered("service_extension"):
            other = self.sudo().search(
                [
                    ("service_extension", "=", user.service_extension),
                    ("company_ids", "in", user.company_ids.ids),
                    ("id", "!=", user.id),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "The extension %(extension)s belongs to %(person)s. Give each "
                        "person another one.",
                        extension=user.service_extension,
                        person=other.name,
                    )
                )

    @api.model
    def _get_by_extension(self, extension, company):
        """Return whose telephone it is, in a company."""
        extension = line_key(clean_caller(extension or ""))
        if not extension:
            return self.browse()
        # sudo: a telephone system may name any colleague's telephone
        found = self.sudo().search(
            [
                ("service_extension", "=", extension),
                ("company_ids", "in", company.ids),
            ]
        )
        return self.browse(found.ids)

    @api.model
    def _get_call_takers(self, company, users=None):
        """Return people who may see the customers of a company and answer them.

        :param company: whose customers they are
        :param users: of these; all if it is empty, and then no telephone system
        """
        domain = Domain(
            [
                ("company_ids", "in", company.ids),
                ("share", "=", False),
                ("all_group_ids", "in", self.env.ref(AGENT).ids),
            ]
        )
        if users:
            domain &= Domain("id", "in", users.ids)
        else:
            integration = self.env.ref(INTEGRATION).ids
            domain &= Domain("all_group_ids", "not in", integration)
        # sudo: who works here is known to the telephone system too
        return self.browse(self.sudo().search(domain).ids)
