# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.caller_number import clean_caller, line_key

AGENT = "crm_service.group_service_agent"
INTEGRATION = "crm_service.group_service_integration"


class ServicePhoneLine(models.Model):
    """A number that customers call, and where it rings."""

    _name = "service.phone.line"
    _description = "Phone Line"
    _order = "sequence, id"
    _rec_names_search = ["name", "number"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    number = fields.Char(
        "Line",
        required=True,
        help="As the telephone system names it: a phone number, a short number or a "
        "word.",
    )
    key = fields.Char(compute="_compute_key", store=True, precompute=True)
    team_id = fields.Many2one("service.team", check_company=True, ondelete="restrict")
    user_ids = fields.Many2many(
        "res.users",
        "service_phone_line_user_rel",
        "line_id",
        "user_id",
        "People",
        domain=[("share", "=", False)],
        help="It rings at the members of the team and at these people.",
    )
    is_default = fields.Boolean(
        "All Other Lines",
        help="Calls of lines that are not listed ring here too.",
    )
    makes_callbacks = fields.Boolean(
        "Call Back Missed Calls",
        default=True,
        help="A call that nobody answers becomes a call-back request.",
    )

    _key_unique = models.UniqueIndex(
        "(company_id, key) WHERE active IS TRUE",
        "This line is set up already. Change the one that is there.",
    )
    _default_unique = models.UniqueIndex(
        "(company_id) WHERE is_default IS TRUE AND active IS TRUE",
        "Another line takes all other calls already. Untick it there first.",
    )

    @api.depends("number", "company_id")
    def _compute_key(self):
        for line in self:
            line.key = self._get_key(line.number or "", line.company_id)

    @api.model
    def _get_key(self, number, company):
        """Return what the line `number` of a company is known by."""
        number = clean_caller(number)
        phone = self.env["service.ticket"]._normalise_phone(number, company)
        return line_key(number, phone or "")

    @api.constrains("name", "team_id", "user_ids")
    def _check_rings(self):
        for line in self:
            if not line.team_id and not line.user_ids:
                raise ValidationError(
                    self.env._(
                        "The line “%(name)s” would ring nowhere: choose a team or "
                        "people.",
                        name=line.name,
                    )
                )

    @api.model
    def _find(self, number, companies):
        """Return the line that a telephone system names, of the first company.

        :param str number: the name of the line, may be empty
        :param companies: where to look, the most likely first
        """
        number = (number or "").strip()
        for company in companies if number else ():
            line = self.search(
                [
                    ("company_id", "=", company.id),
                    ("key", "=", self._get_key(number, company)),
                ],
                limit=1,
            )
            if line:
                return line
        return self.browse()

    def _get_people(self):
        """Return at whom these lines ring, whether they may take calls or not."""
        return self.team_id.member_ids | self.user_ids

    @api.model
    def _get_ring_users(self, line, number, company):
        """Return who hears a call, never anybody who may not see the customer.

        The line's team and people; else whose extension it is; else the line for all
        others; else the members of the company's teams; else its agents.

        :param line: the line, if it is set up
        :param str number: what the telephone system calls it
        :param company: whose customer it is
        """
        users = self.env["res.users"]
        default = [("company_id", "=", company.id), ("is_default", "=", True)]
        for find in (
            line._get_people,
            lambda: users._get_by_extension(number, company),
            lambda: self.search(default, limit=1)._get_people(),
            lambda: self._get_team_members(company),
        ):
            people = find()
            takers = people and users._get_call_takers(company, people)
            if takers:
                return takers
        return users._get_call_takers(company)

    @api.model
    def _get_team_members(self, company):
        """Return the members of all teams that a company uses."""
        domain = Domain("company_id", "in", (company.id, False))
        return self.env["service.team"].search(domain).member_ids
