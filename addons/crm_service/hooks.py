# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.


def uninstall_hook(env):
    """Let go of what would hold on to other records, or stay in PostgreSQL.

    The tables are dropped right after; emptying them in this order spares Odoo
    trying to delete records that tickets refer to.
    """
    env["service.stage.log"]._drop_guard()
    env["service.urge"]._drop_guard()
    for table in (
        "service_urge",
        "service_stage_log",
        "service_ticket",
        "service_contract_balance",
        "service_contract_line",
        "service_contract",
        "service_warranty_extension",
        "service_asset_exchange",
        "service_asset",
        "service_route",
        "service_ticket_type",
    ):
        env.cr.execute(f"DELETE FROM {table}")  # pylint: disable=sql-injection
    env.invalidate_all()
