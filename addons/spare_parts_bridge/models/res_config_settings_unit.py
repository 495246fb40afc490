from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_register_units = fields.Boolean(
        related="company_id.service_register_units", readonly=False
    )
    service_unit_company_id = fields.Many2one(
        related="company_id.service_unit_company_id", readonly=False
    )

    def action_register_past_units(self):
        """Have the job register what was delivered before the add-on was there.

        :raises AccessError: the user may not change settings
        """
        self.check_access("write")
        self.env["res.company"].check_access("write")
        company = self.env.company
        company.service_past_wanted = True
        # sudo: whoever sets the add-on up may have its job called
        self.env.ref("spare_parts_bridge.ir_cron_register_units").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Units delivered before are being registered. They appear under "
                    "Service, Units within some minutes."
                ),
            },
        }
