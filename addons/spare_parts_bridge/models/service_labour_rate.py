from odoo import fields, models

from odoo.addons.crm_service.const import TIME_KINDS


class ServiceLabourRate(models.Model):
    """What time and travel are billed as: by skill, day and time of day.

    The first rate that fits counts, in the order of the list.
    """

    _name = "service.labour.rate"
    _description = "Labour or Travel Rate"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for tickets of every company."
    )
    kind = fields.Selection(TIME_KINDS, required=True, default="work")
    basis = fields.Selection(
        [("hour", "By the Hour"), ("km", "By the Kilometre"), ("flat", "Flat")],
        "Charged",
        required=True,
        default="hour",
        help="Flat: once for a trip, or once for an entry of work.",
    )
    product_id = fields.Many2one(
        "product.product",
        "Billed Product",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain=[("sale_ok", "=", True), ("type", "=", "service")],
        help="Its price in the customer's pricelist is the rate.",
    )
    price_percent = fields.Float(
        "Price (%)",
        default=100.0,
        help="Of the pricelist's price: 150 is one half more, such as at night.",
    )
    cost = fields.Float(
        "Our Cost",
        digits="Product Price",
        groups="crm_service.group_service_supervisor",
        help="What an hour, a kilometre or a trip costs us, in the company's currency. "
        "0: the cost of the product.",
    )
    round_minutes = fields.Integer(
        "Round Up to (min)", help="Time is charged in steps of so many minutes."
    )
    minimum_hours = fields.Float(help="At least so much is charged at this rate.")
    # -- when it counts
    skill_id = fields.Many2one(
        "hr.skill", ondelete="restrict", help="Empty: whatever the person can do."
    )
    mon = fields.Boolean("Monday", default=True)
    tue = fields.Boolean("Tuesday", default=True)
    wed = fields.Boolean("Wednesday", default=True)
    thu = fields.Boolean("Thursday", default=True)
    fri = fields.Boolean("Friday", default=True)
    sat = fields.Boolean("Saturday", default=True)
    sun = fields.Boolean("Sunday", default=True)
    holidays = fields.Selection(
        [
            ("any", "On Every Day"),
            ("except", "Not on Public Holidays"),
            ("only", "On Public Holidays Only"),
        ],
        "Public Holidays",
        required=True,
        default="any",
        help="As the working hours of the company know them.",
    )
    hour_from = fields.Float("From")
    hour_to = fields.Float("To", default=24.0)
    # -- where it counts
    distance_from = fields.Float("From (km)", digits=(16, 1))
    distance_to = fields.Float(
        "Below (km)", digits=(16, 1), help="0: however far it is."
    )
    zip_prefixes = fields.Char(
        "Postcodes",
        help="What postcodes of the zone begin with, separated by commas. Empty: "
        "everywhere.",
    )
