# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models

from ..const import PRIORITIES


class ServiceSlaPolicy(models.Model):
    """A promise to customers, and which tickets it is made for.

    The policies are tried in their order; the first one that fits a ticket applies.
    """

    _name = "service.sla.policy"
    _inherit = ["service.condition.mixin"]
    _description = "Service Promise"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for tickets of every company."
    )
    # -- which tickets
    type_ids = fields.Many2many(
        "service.ticket.type",
        "service_sla_policy_type_rel",
        "policy_id",
        "type_id",
        "Ticket Types",
        check_company=True,
        help="Empty: all types.",
    )
    priority_min = fields.Selection(
        PRIORITIES, "Priority from", help="Empty: from the lowest."
    )
    priority_max = fields.Selection(
        PRIORITIES, "Priority to", help="Empty: up to the highest."
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "service_sla_policy_partner_rel",
        "policy_id",
        "partner_id",
        "Customers",
        check_company=True,
        help="And everybody who belongs to them. Empty: all customers.",
    )
    partner_category_ids = fields.Many2many(
        "res.partner.category",
        "service_sla_policy_partner_category_rel",
        "policy_id",
        "category_id",
        "Customer Tags",
        help="Customers with one of these tags, or with a tag below one of them.",
    )
    team_ids = fields.Many2many(
        "service.team",
        "service_sla_policy_team_rel",
        "policy_id",
        "team_id",
        "Teams",
        check_company=True,
        help="Empty: all teams.",
    )
    product_category_ids = fields.Many2many(
        "product.category",
        "service_sla_policy_product_category_rel",
        "policy_id",
        "category_id",
        "Product Categories",
        help="And the categories below them. Empty: all products.",
    )
    domain = fields.Char(
        "Further Condition",
        default="[]",
        help="Tickets must fit this too.",
    )
    # -- what is promised
    has_first_response = fields.Boolean("Promise a First Response")
    first_response_hours = fields.Float(
        "First Response Within",
        help="Working hours from the request to the first answer of our staff.",
    )
    has_next_response = fields.Boolean("Promise Further Responses")
    next_response_hours = fields.Float(
        "Next Response Within",
        help="Working hours from a later message of the customer to our answer.",
    )
    has_resolution = fields.Boolean("Promise a Resolution")
    resolution_hours = fields.Float(
        "Resolution Within",
        help="Working hours from the request until it is resolved.",
    )
    has_acknowledgement = fields.Boolean("Promise an Acknowledgement")
    acknowledgement_hours = fields.Float(
        "Acknowledged Within",
        help="Working hours from a complaint until the customer knows that we have it.",
    )
    has_answer = fields.Boolean("Promise an Answer")
    answer_hours = fields.Float(
        "Answered Within",
        help="Working hours from a complaint until the customer has our answer to it.",
    )
    warning_percent = fields.Integer(
        "Warn At",
        default=75,
        help="Share of the target, in percent, at which a ticket is at risk and the "
        "responsible person is told. 0: no warning.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        help="Empty: the working hours of the ticket's team, else of its company.",
    )
    is_retroactive = fields.Boolean(
        "Count From the Request",
        default=True,
        help="Count from when the ticket was opened, even if this promise came to "
        "apply later. Otherwise a promise that is made later counts from then.",
    )
    has_quiet_hours = fields.Boolean(
        "Quiet Hours",
        help="Messages to staff and customers wait until the quiet hours end. "
        "Everything else is done at once.",
    )
    quiet_from = fields.Float(default=20.0)
    quiet_to = fields.Float(default=7.0)
    escalation_ids = fields.One2many(
        "service.escalation", "policy_id", "Escalation Levels", copy=True
    )
