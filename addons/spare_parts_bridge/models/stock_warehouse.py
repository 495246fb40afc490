from odoo import api, fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    parts_keeper_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Is warned when stock goes under its safety stock. When empty, the first "
        "user of the company with the role Parts Keeper is warned.",
    )
    defective_location_id = fields.Many2one(
        "stock.location",
        "Defective Parts Location",
        check_company=True,
        help="Where parts go that a repair removes. They are not part of the stock's "
        "value.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to prepare new warehouses for the parts flow."""
        warehouses = super().create(vals_list)
        warehouses._prepare_for_parts()
        return warehouses

    def write(self, vals):
        """Override of `write` to archive the defective parts' location as well."""
        result = super().write(vals)
        if "active" in vals:
            locations = self.with_context(active_test=False).defective_location_id
            locations.active = vals["active"]
        return result

    def _update_name_and_code(self, new_name=False, new_code=False):
        """Override of `_update_name_and_code` to rename the location as well."""
        if new_code:
            for warehouse in self.filtered("defective_location_id"):
                location = warehouse.defective_location_id
                location.name = location.name.replace(warehouse.code, new_code, 1)
        return super()._update_name_and_code(new_name, new_code)

    def _prepare_for_parts(self):
        """Give warehouses what the parts flow needs; safe to run again."""
        missing = self.filtered(lambda warehouse: not warehouse.defective_location_id)
        locations = self.env["stock.location"].create(
            [warehouse._prepare_defective_location_vals() for warehouse in missing]
        )
        for warehouse, location in zip(missing, locations, strict=True):
            warehouse.defective_location_id = location
        for warehouse in self:
            repair_type = warehouse.repair_type_id
            removed_to = repair_type.default_remove_location_dest_id
            if repair_type and (not removed_to or removed_to.usage == "inventory"):
                repair_type.default_remove_location_dest_id = (
                    warehouse.defective_location_id
                )

    def _prepare_defective_location_vals(self):
        # Beside the warehouse, not in it: what is broken is not on hand.
        return {
            "name": self.env._("%(code)s/Defective Parts", code=self.code),
            "usage": "internal",
            "is_defective_parts": True,
            "company_id": self.company_id.id,
            "active": self.active,
        }

    def _get_parts_keeper(self):
        """Return the user who is warned when stock runs low; empty when there is none.

        A keeper comes before a manager, and somebody whose home is this company before
        a guest.
        """
        self.ensure_one()
        if self.parts_keeper_id.active:
            return self.parts_keeper_id
        # sudo: whoever moves goods need not be allowed to read roles
        group_sudo = self.env.ref("spare_parts_bridge.group_parts_keeper").sudo()
        manager_sudo = self.env.ref("spare_parts_bridge.group_parts_manager").sudo()
        keepers = group_sudo.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        return keepers.sorted(
            lambda user: (
                user in manager_sudo.all_user_ids,
                user.company_id != self.company_id,
                user.id,
            )
        )[:1]
