from odoo import fields, models


class ResCompany(models.Model):
    """Who looks after the units that a company delivers."""

    _inherit = "res.company"

    service_register_units = fields.Boolean(
        "Register Delivered Units",
        default=True,
        help="Serial numbers that this company delivers to customers become installed "
        "units.",
    )
    service_unit_company_id = fields.Many2one(
        "res.company",
        "Units Are Looked After By",
        help="The service centre of the group whose units they become. Leave it empty "
        "if this company does the service itself.",
    )

    service_past_wanted = fields.Boolean(
        readonly=True, help="The job registers what was delivered before."
    )

    def _get_unit_company(self):
        """Return the company whose units the deliveries of this one become."""
        self.ensure_one()
        return self.service_unit_company_id or self
