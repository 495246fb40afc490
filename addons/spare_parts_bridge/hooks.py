"""What happens once at installation and once at removal."""


def post_init_hook(env):
    """Prepare the warehouses and companies that were there before the add-on."""
    env["stock.warehouse"].sudo().search([])._prepare_for_parts()


def uninstall_hook(env):
    """Drop what the ORM does not know of, and what would keep our records alive."""
    env["parts.guarded.mixin"]._drop_append_only_functions()
    # Roles and activity types can go only after what refers to them; the tables
    # themselves are dropped later.
    env.cr.execute("DELETE FROM parts_approval")
    env.cr.execute("DELETE FROM parts_approval_rule")
    env.invalidate_all()
    activities = env["mail.activity"].sudo().with_context(active_test=False)
    activities.search(
        [("activity_type_id", "in", _get_activity_types(env).ids)]
    ).unlink()
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


def _get_activity_types(env):
    """Return the activity types of the add-on."""
    names = ("activity_type_decide", "activity_type_safety_stock")
    found = [
        env.ref(f"spare_parts_bridge.{name}", raise_if_not_found=False)
        for name in names
    ]
    return env["mail.activity.type"].union(*filter(None, found))
