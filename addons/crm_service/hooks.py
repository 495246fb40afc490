# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.


def uninstall_hook(env):
    """Remove what PostgreSQL would keep: the guard of the stage log."""
    env["service.stage.log"]._drop_guard()
