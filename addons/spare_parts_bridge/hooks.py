"""What happens once at installation and once at removal."""


def post_init_hook(env):
    """Prepare the warehouses and companies that were there before the add-on."""
    env["stock.warehouse"].sudo().search([])._prepare_for_parts()


def uninstall_hook(env):
    """Drop the SQL objects that the ORM does not know of."""
    env["parts.guarded.mixin"]._drop_append_only_functions()
