"""What is in a database: to see that a refused call left nothing behind."""

TABLES = (
    "service_ticket",
    "service_stage_log",
    "service_asset",
    "parts_requisition",
    "parts_requisition_line",
    "parts_approval",
    "parts_receipt",
    "parts_receipt_line",
    "parts_discrepancy",
    "parts_posting",
    "stock_picking",
    "stock_move",
    "stock_move_line",
    "stock_quant",
    "stock_lot",
    "stock_scrap",
    "account_move",
    "account_move_line",
    "res_partner",
    "mail_message",
    "mail_activity",
    "repair_order",
)


def take(database, tables=TABLES):
    """``{table: (rows, fingerprint of their contents)}``."""
    statement = " UNION ALL ".join(
        f"SELECT '{table}' AS name, count(*) AS rows, "
        f"md5(string_agg(t::text, '' ORDER BY id)) AS content FROM {table} t"
        for table in tables
    )
    return {
        row["name"]: (row["rows"], row["content"]) for row in database.sql(statement)
    }


def differences(before, after):
    """``{table: (rows before, rows after)}`` of the tables that changed."""
    return {
        table: (before[table][0], after[table][0])
        for table in before
        if before[table] != after[table]
    }
