# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.assignment import Demand


class ServiceSkillRule(models.Model):
    """Which skill a ticket needs: by its type, product or the customer's language."""

    _name = "service.skill.rule"
    _description = "Skill Needed"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for tickets of every company."
    )
    type_id = fields.Many2one(
        "service.ticket.type",
        "Ticket Type",
        check_company=True,
        ondelete="cascade",
        help="Empty: tickets of every type.",
    )
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        ondelete="cascade",
        help="Products of this category and of those below it. Empty: every product.",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Customer's Language",
        help="Empty: customers of every language.",
    )
    skill_type_id = fields.Many2one(related="skill_id.skill_type_id")
    skill_id = fields.Many2one("hr.skill", required=True, ondelete="cascade")
    level_id = fields.Many2one(
        "hr.skill.level",
        "At Least",
        ondelete="restrict",
        domain="[('skill_type_id', '=', skill_type_id)]",
        help="Empty: any level will do.",
    )

    @api.depends("skill_id", "level_id")
    def _compute_display_name(self):
        for rule in self:
            parts = (rule.skill_id.name, rule.level_id.name)
            rule.display_name = " · ".join(filter(None, parts))

    @api.constrains("skill_id", "type_id", "categ_id", "lang")
    def _check_condition(self):
        for rule in self:
            if not (rule.type_id or rule.categ_id or rule.lang):
                raise ValidationError(
                    self.env._(
                        "Say which tickets need the skill “%(skill)s”: choose a ticket "
                        "type, a product category or a language.",
                        skill=rule.skill_id.name,
                    )
                )

    @api.constrains("skill_id", "level_id")
    def _check_level(self):
        for rule in self:
            skill_type = rule.skill_id.skill_type_id
            if rule.level_id and rule.level_id.skill_type_id != skill_type:
                raise ValidationError(
                    self.env._(
                        "“%(level)s” is no level of the skill “%(skill)s”. Choose one "
                        "of: %(levels)s.",
                        level=rule.level_id.name,
                        skill=rule.skill_id.name,
                        levels=", ".join(skill_type.skill_level_ids.mapped("name")),
                    )
                )

    @api.model
    def _get_demands(self, tickets, company):
        """Return {ticket id: [Demand]} of what `tickets` of `company` need."""
        rules = self.search([("company_id", "in", (company.id, False))])
        return {
            ticket.id: rules._prepare_demands(
                rules.filtered(lambda rule, ticket=ticket: rule._fits(ticket))
            )
            for ticket in tickets
        }

    @api.model
    def _prepare_demands(self, rules):
        """Return a `Demand` per skill of `rules`, at the highest level of them."""
        levels = {}
        for rule in rules:
            level = rule.level_id.level_progress
            levels[rule.skill_id.id] = max(level, levels.get(rule.skill_id.id, 0))
        return [Demand(skill, level) for skill, level in levels.items()]

    def _fits(self, ticket):
        """Tell whether `ticket` needs the skill of this rule."""
        if self.type_id and self.type_id != ticket.type_id:
            return False
        if self.lang and self.lang != ticket.partner_id.lang:
            return False
        if not self.categ_id:
            return True
        path = ticket.product_id.categ_id.parent_path or ""
        return path.startswith(self.categ_id.parent_path)
