"""What a database consists of: to see what installing adds and removing leaves."""

OURS = ("crm_service", "spare_parts_bridge", "service_portal")
QUERIES = {
    "table": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    "column": (
        "SELECT table_name || '.' || column_name AS name "
        "FROM information_schema.columns WHERE table_schema = 'public'"
    ),
    "index": (
        "SELECT tablename || '.' || indexname AS name FROM pg_indexes "
        "WHERE schemaname = 'public'"
    ),
    "constraint": (
        "SELECT conrelid::regclass || '.' || conname AS name FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND conrelid != 0"
    ),
    "sequence": (
        "SELECT relname AS name FROM pg_class "
        "WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace "
        # one for each ir.sequence, named after its id
        "AND relname !~ '^ir_sequence_[0-9]'"
    ),
    "function": (
        "SELECT proname AS name FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace"
    ),
    "trigger": "SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal",
    "model": "SELECT model AS name FROM ir_model",
    "field": "SELECT model || '.' || name AS name FROM ir_model_fields",
    "selection": (
        "SELECT field.model || '.' || field.name || ':' || selection.value AS name "
        "FROM ir_model_fields_selection selection "
        "JOIN ir_model_fields field ON field.id = selection.field_id"
    ),
    "external id": (
        "SELECT module || '.' || name AS name FROM ir_model_data "
        "WHERE module IN %s AND model NOT IN ('ir.module.module')"
    ),
    "group": "SELECT COALESCE(name->>'en_US', '') AS name FROM res_groups",
    "menu": "SELECT COALESCE(name->>'en_US', '') AS name FROM ir_ui_menu",
    "view": "SELECT model || '/' || name AS name FROM ir_ui_view WHERE model != ''",
    "action": "SELECT type || '/' || (name->>'en_US') AS name FROM ir_actions",
    "job": "SELECT cron_name AS name FROM ir_cron",
    "asset": "SELECT path AS name FROM ir_asset",
    "message": (
        "SELECT DISTINCT model AS name FROM mail_message WHERE model IS NOT NULL"
    ),
    "activity": "SELECT DISTINCT res_model AS name FROM mail_activity",
    "attachment": (
        "SELECT DISTINCT res_model AS name FROM ir_attachment "
        "WHERE res_model IS NOT NULL"
    ),
    "follower": "SELECT DISTINCT res_model AS name FROM mail_followers",
    "rule action": "SELECT DISTINCT action AS name FROM stock_rule",
}
# Rows that show what was done in a database, not what it consists of.
TRACES = ("message", "activity", "attachment", "follower", "rule action")


def take(database):
    """Everything that a database consists of: {kind: names}."""
    stock = database.sql("SELECT to_regclass('stock_rule') IS NOT NULL AS there")
    found = {}
    for kind, query in QUERIES.items():
        if kind == "rule action" and not stock[0]["there"]:
            continue
        values = (OURS,) if "%s" in query else ()
        found[kind] = {row["name"] for row in database.sql(query, *values)}
    return found


def added(before, after):
    """What is in one database and not in the other: {kind: names}."""
    found = {
        kind: sorted(filter(None, names - before.get(kind, set())))
        for kind, names in after.items()
    }
    return {kind: names for kind, names in found.items() if names}


def structure(contents):
    """The contents without traces of work."""
    return {kind: names for kind, names in contents.items() if kind not in TRACES}
