"""What happens once at installation and once at removal."""

from odoo.addons.crm_service.hooks import drop_activities, drop_foreign_keys


def post_init_hook(env):
    """Prepare the warehouses and companies that were there before the add-on."""
    env["stock.warehouse"].sudo().search([])._prepare_for_parts()


def uninstall_hook(env):
    """Drop what the ORM does not know of, and what would keep our records alive."""
    env["parts.guarded.mixin"]._drop_append_only_functions()
    drop_foreign_keys(env, "spare_parts_bridge")
    drop_activities(env, "spare_parts_bridge")
    _drop_foreign_ids(env)


def _drop_foreign_ids(env):
    """Drop the ids that add-ons which extend `mail.thread` hold of our models.

    Odoo notes there what each model inherits, and would leave them behind.
    """
    env["ir.model.data"].sudo().search(
        [
            ("model", "=", "ir.model.inherit"),
            ("name", "=like", r"model\_inherit\_\_parts\_%"),
            ("module", "!=", "spare_parts_bridge"),
        ]
    ).unlink()
