# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo.tools import SQL


def uninstall_hook(env):
    """Let go of what would hold on to other records, or stay in PostgreSQL."""
    env["service.stage.log"]._drop_guard()
    env["service.urge"]._drop_guard()
    drop_foreign_keys(env, "crm_service")
    drop_activities(env, "crm_service")


def drop_activities(env, module):
    """Take what is to be done off the lists, as its kinds go with the add-on.

    :param str module: the add-on that the types of activities come from
    """
    names = env["ir.model.data"].search(
        [("module", "=", module), ("model", "=", "mail.activity.type")]
    )
    activities = env["mail.activity"].sudo().with_context(active_test=False)
    activities.search([("activity_type_id", "in", names.mapped("res_id"))]).unlink()


def drop_foreign_keys(env, module):
    """Let the records of an add-on that is removed go in whatever order.

    Its tables, and its columns in tables of others, are dropped right after. Until
    then Odoo deletes records one model after the other, which a ticket, a contract or
    a charge that refers to them would stop.

    :param str module: the add-on that the models come from
    """
    tables = [
        model._table
        for model in env.registry.values()
        if model._original_module == module and not model._abstract
    ]
    keys = env.execute_query(
        SQL(
            """
            SELECT own.relname, key.conname
              FROM pg_constraint key
              JOIN pg_class own ON own.oid = key.conrelid
              JOIN pg_class other ON other.oid = key.confrelid
             WHERE key.contype = 'f'
               AND own.relnamespace = current_schema::regnamespace
               AND (own.relname = ANY(%(tables)s) OR other.relname = ANY(%(tables)s))
            """,
            tables=tables,
        )
    )
    for table, name in keys:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )
