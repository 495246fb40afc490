"""What must be true of every database, whatever happened to it.

Each check is one statement whose rows are violations. ``check`` runs them all;
after a test of the loop or of a race nothing may come back.
"""

import psycopg2

NUMBER = "^[A-Z]{2}[0-9A-HJKMNP-TV-Z]{9}$"
TOLERANCE = 0.00001
OURS = "internal", "transit"

CHECKS = {
    # -- money --------------------------------------------------------------------
    "a journal entry that does not balance": """
        SELECT move.name, sum(line.balance) AS difference
          FROM account_move move JOIN account_move_line line ON line.move_id = move.id
      GROUP BY move.id HAVING abs(sum(line.balance)) > %(tolerance)s
    """,
    "an event that is posted twice in a company": """
        SELECT requisition_id, company_id, event, count(*) FROM parts_posting
      GROUP BY requisition_id, company_id, event HAVING count(*) > 1
    """,
    "a journal entry that proves two postings": """
        SELECT move_id, count(*) FROM parts_posting
      GROUP BY move_id HAVING count(*) > 1
    """,
    "a posting without a posted entry in its own company": """
        SELECT posting.id, move.name, move.state
          FROM parts_posting posting JOIN account_move move ON move.id = move_id
         WHERE move.state != 'posted' OR move.company_id != posting.company_id
    """,
    "an invoice or bill of a requisition that no posting proves": """
        SELECT move.name FROM account_move move
         WHERE parts_requisition_id IS NOT NULL
           AND id NOT IN (SELECT move_id FROM parts_posting)
    """,
    "a count whose cost is not posted once in each company": """
        WITH wanted AS (
            SELECT receipt.id, receipt.name,
                   CASE WHEN receipt.state = 'done'
                         AND requisition.company_id != requisition.source_company_id
                         AND sum(line.qty_accepted) > 0
                        THEN 2 ELSE 0 END AS postings
              FROM parts_receipt receipt
              JOIN parts_requisition requisition ON requisition.id = requisition_id
              JOIN parts_receipt_line line ON line.receipt_id = receipt.id
          GROUP BY receipt.id, requisition.id
        )
        SELECT wanted.name, wanted.postings AS wanted,
               count(posting.company_id) AS found
          FROM wanted LEFT JOIN parts_posting posting ON receipt_id = wanted.id
      GROUP BY wanted.id, wanted.name, wanted.postings
        HAVING count(DISTINCT posting.company_id) != wanted.postings
            OR count(posting.company_id) != wanted.postings
    """,
    "an invoice and a bill that do not mirror each other": """
        SELECT receipt_id, sum(line.amount_currency) AS difference,
               count(DISTINCT line.currency_id) AS currencies
          FROM parts_posting posting
          JOIN account_move_line line ON line.move_id = posting.move_id
          JOIN account_account account ON account.id = line.account_id
         WHERE account.account_type IN ('asset_receivable', 'liability_payable')
      GROUP BY receipt_id
        HAVING abs(sum(line.amount_currency)) > %(tolerance)s
            OR count(DISTINCT line.currency_id) != 1
    """,
    "an invoice that is not the accepted quantity at the frozen price": """
        SELECT receipt.name, move.name AS move, move.amount_untaxed,
               sum(round((row.qty_accepted * line.price_unit)::numeric, 2)) AS wanted
          FROM parts_posting posting
          JOIN account_move move ON move.id = posting.move_id
          JOIN parts_receipt receipt ON receipt.id = posting.receipt_id
          JOIN parts_receipt_line row ON row.receipt_id = receipt.id
          JOIN parts_requisition_line line ON line.id = row.requisition_line_id
      GROUP BY receipt.id, move.id
        HAVING abs(move.amount_untaxed
               - sum(round((row.qty_accepted * line.price_unit)::numeric, 2))) > 0.011
    """,
    "a receipt that is not valued as its bill": """
        SELECT receipt.name,
               (SELECT sum(value) FROM stock_move WHERE picking_id = receipt.picking_id
                   AND state = 'done') AS value,
               (SELECT sum(line.balance) FROM account_move_line line
                 WHERE line.move_id = bill.id AND line.display_type = 'product') AS bill
          FROM parts_receipt receipt
          JOIN parts_posting posting ON posting.receipt_id = receipt.id
          JOIN account_move bill ON bill.id = posting.move_id
         WHERE bill.move_type = 'in_invoice'
           AND abs((SELECT sum(value) FROM stock_move
                     WHERE picking_id = receipt.picking_id AND state = 'done')
                 - (SELECT sum(line.balance) FROM account_move_line line
                     WHERE line.move_id = bill.id
                       AND line.display_type = 'product')) > 0.011
    """,
    # -- stock --------------------------------------------------------------------
    "stock below zero": """
        SELECT quant.product_id, location.complete_name, quant.lot_id, quant.quantity
          FROM stock_quant quant
          JOIN stock_location location ON location.id = quant.location_id
         WHERE location.usage IN %(ours)s AND quant.quantity < -%(tolerance)s
    """,
    "stock that is not what came in less what went out": """
        WITH moved AS (
            SELECT product_id, location_dest_id AS location_id, lot_id,
                   quantity_product_uom AS quantity
              FROM stock_move_line WHERE state = 'done'
             UNION ALL
            SELECT product_id, location_id, lot_id, -quantity_product_uom
              FROM stock_move_line WHERE state = 'done'
             UNION ALL
            SELECT product_id, location_id, lot_id, -quantity FROM stock_quant
        )
        SELECT moved.product_id, location.complete_name, moved.lot_id,
               sum(quantity) AS difference
          FROM moved JOIN stock_location location ON location.id = moved.location_id
          JOIN product_product product ON product.id = moved.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE location.usage IN %(ours)s AND template.is_storable
      GROUP BY moved.product_id, location.id, moved.lot_id
        HAVING abs(sum(quantity)) > %(tolerance)s
    """,
    "reservations that are not those of the open moves": """
        WITH reserved AS (
            SELECT product_id, location_id, lot_id, reserved_quantity AS quantity
              FROM stock_quant
             UNION ALL
            SELECT line.product_id, line.location_id, line.lot_id,
                   -line.quantity_product_uom
              FROM stock_move_line line JOIN stock_move move ON move.id = line.move_id
             WHERE move.state NOT IN ('done', 'cancel', 'draft')
        )
        SELECT reserved.product_id, location.complete_name, reserved.lot_id,
               sum(quantity) AS difference
          FROM reserved
          JOIN stock_location location ON location.id = reserved.location_id
         WHERE location.usage = 'internal'
      GROUP BY reserved.product_id, location.id, reserved.lot_id
        HAVING abs(sum(quantity)) > %(tolerance)s
    """,
    "more reserved than there is": """
        SELECT quant.product_id, location.complete_name, quant.lot_id, quant.quantity,
               quant.reserved_quantity
          FROM stock_quant quant
          JOIN stock_location location ON location.id = quant.location_id
         WHERE location.usage IN %(ours)s
           AND (quant.reserved_quantity > quant.quantity + %(tolerance)s
                OR quant.reserved_quantity < -%(tolerance)s)
    """,
    "a serial number that stands in two places": """
        SELECT lot.name, sum(quant.quantity) AS total, count(*) AS places
          FROM stock_quant quant
          JOIN stock_location location ON location.id = quant.location_id
          JOIN stock_lot lot ON lot.id = quant.lot_id
          JOIN product_product product ON product.id = quant.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE template.tracking = 'serial'
           AND location.usage IN ('internal', 'transit', 'customer')
           AND quant.quantity > %(tolerance)s
      GROUP BY lot.id HAVING count(*) > 1 OR sum(quant.quantity) > 1
    """,
    "shipped parts that are neither counted nor to be counted": """
        WITH shipped AS (
            SELECT move.parts_requisition_line_id AS id, sum(move.quantity) AS quantity
              FROM stock_move move
              JOIN stock_location location ON location.id = move.location_dest_id
             WHERE move.state = 'done' AND move.parts_role = 'delivery'
               AND location.usage = 'transit'
          GROUP BY move.parts_requisition_line_id
        ), counted AS (
            SELECT row.requisition_line_id AS id,
                   sum(CASE WHEN receipt.state = 'draft' THEN row.qty_expected
                            ELSE row.qty_accepted + row.qty_short + row.qty_damaged
                                 + row.qty_wrong END) AS quantity
              FROM parts_receipt_line row JOIN parts_receipt receipt
                ON receipt.id = row.receipt_id
             WHERE receipt.state != 'cancelled'
          GROUP BY row.requisition_line_id
        )
        SELECT COALESCE(shipped.id, counted.id) AS line, shipped.quantity AS shipped,
               counted.quantity AS counted
          FROM shipped FULL JOIN counted ON counted.id = shipped.id
         WHERE abs(COALESCE(shipped.quantity, 0) - COALESCE(counted.quantity, 0))
               > %(tolerance)s
    """,
    "goods in transit that no open count or discrepancy explains": """
        WITH explained AS (
            SELECT row.product_id, row.qty_expected AS quantity
              FROM parts_receipt_line row
              JOIN parts_receipt receipt ON receipt.id = row.receipt_id
             WHERE receipt.state = 'draft'
             UNION ALL
            SELECT product_id, quantity FROM parts_discrepancy WHERE state != 'settled'
             UNION ALL
            SELECT quant.product_id, -quant.quantity
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage = 'transit'
        )
        SELECT product_id, sum(quantity) AS difference FROM explained
      GROUP BY product_id HAVING abs(sum(quantity)) > %(tolerance)s
    """,
    "a line whose quantities do not follow from each other": """
        SELECT line.id, line.qty_requested, line.qty_approved, line.qty_shipped,
               line.qty_accepted
          FROM parts_requisition_line line
          JOIN parts_requisition requisition ON requisition.id = line.requisition_id
         WHERE requisition.state != 'draft'
           AND (line.qty_approved > line.qty_requested + %(tolerance)s
                OR line.qty_shipped > line.qty_approved + %(tolerance)s
                OR line.qty_accepted > line.qty_shipped + %(tolerance)s
                OR abs(line.qty_accepted - COALESCE(
                    (SELECT sum(row.qty_accepted) FROM parts_receipt_line row
                       JOIN parts_receipt receipt ON receipt.id = row.receipt_id
                      WHERE row.requisition_line_id = line.id
                        AND receipt.state = 'done'), 0)) > %(tolerance)s)
    """,
    # -- requests -----------------------------------------------------------------
    "a reference that made two tickets": """
        SELECT company_id, external_ref, count(*) FROM service_ticket
         WHERE external_ref IS NOT NULL
      GROUP BY company_id, external_ref HAVING count(*) > 1
    """,
    "a reference that made two requisitions": """
        SELECT company_id, external_ref, count(*) FROM parts_requisition
         WHERE external_ref IS NOT NULL
      GROUP BY company_id, external_ref HAVING count(*) > 1
    """,
    "an acceptance number that is none, or of two tickets": """
        SELECT number, count(*) FROM service_ticket
      GROUP BY number HAVING count(*) > 1 OR number !~ %(number)s
    """,
    "a document number that is used twice": """
        SELECT name, count(*) FROM (
            SELECT name FROM parts_requisition UNION ALL
            SELECT name FROM parts_receipt UNION ALL
            SELECT name FROM parts_discrepancy) AS documents
      GROUP BY name HAVING count(*) > 1
    """,
    "a ticket without exactly one open row in the stage history": """
        SELECT ticket.number, ticket.stage_id, count(log.id) AS rows
          FROM service_ticket ticket LEFT JOIN service_stage_log log
            ON log.ticket_id = ticket.id AND log.left_at IS NULL
           AND log.stage_id = ticket.stage_id
      GROUP BY ticket.id HAVING count(log.id) != 1
    """,
    "a stage history with a hole or an overlap": """
        SELECT ticket_id, left_at, next_entered FROM (
            SELECT ticket_id, left_at, lead(entered_at)
                   OVER (PARTITION BY ticket_id ORDER BY entered_at, id) AS next_entered
              FROM service_stage_log) AS history
         WHERE next_entered IS NOT NULL AND left_at IS DISTINCT FROM next_entered
    """,
    # -- approvals ----------------------------------------------------------------
    "a requisition that went on without all of its approvals": """
        SELECT requisition.name, requisition.state
          FROM parts_requisition requisition
         WHERE requisition.state IN ('approved', 'shipped', 'received', 'done')
           AND (EXISTS (SELECT 1 FROM parts_approval approval
                         WHERE approval.requisition_id = requisition.id
                           AND approval.state != 'approved')
                OR NOT EXISTS (SELECT 1 FROM parts_approval approval
                                WHERE approval.requisition_id = requisition.id))
    """,
    "a requisition with more than one step open, or none while it waits": """
        SELECT requisition.name, requisition.state, count(approval.id) AS open
          FROM parts_requisition requisition LEFT JOIN parts_approval approval
            ON approval.requisition_id = requisition.id AND approval.state = 'pending'
      GROUP BY requisition.id
        HAVING count(approval.id) != (requisition.state = 'submitted')::int
    """,
    "a step that was decided twice, or by the requester": """
        SELECT approval.requisition_id, approval.name, count(*)
          FROM parts_approval approval
          JOIN parts_requisition requisition ON requisition.id = requisition_id
         WHERE approval.state IN ('approved', 'rejected')
      GROUP BY approval.requisition_id, approval.rule_id, approval.name
        HAVING count(*) > 1
            OR bool_or(approval.user_id = requisition.user_id)
            OR bool_or(approval.user_id = requisition.create_uid)
            OR bool_or(approval.user_id IS NULL OR approval.decided_at IS NULL)
    """,
    "a requisition that is approved and has no delivery note": """
        SELECT requisition.name FROM parts_requisition requisition
         WHERE requisition.state IN ('approved', 'shipped', 'received', 'done')
           AND NOT EXISTS (SELECT 1 FROM stock_move move
                             JOIN parts_requisition_line line
                               ON line.id = move.parts_requisition_line_id
                            WHERE line.requisition_id = requisition.id
                              AND move.parts_role = 'delivery')
    """,
    "more sent for delivery than was approved": """
        SELECT line.id, line.qty_approved, sum(move.product_uom_qty) AS on_notes
          FROM parts_requisition_line line
          JOIN stock_move move ON move.parts_requisition_line_id = line.id
          JOIN stock_location location ON location.id = move.location_dest_id
         WHERE move.parts_role = 'delivery' AND move.state != 'cancel'
           AND location.usage = 'transit' AND move.parts_discrepancy_id IS NULL
      GROUP BY line.id
        HAVING sum(move.product_uom_qty) > line.qty_approved + %(tolerance)s
    """,
}

# Rows that must stay as they were written: {table: (which, a change)}.
FINAL_ROWS = {
    "service_stage_log": ("TRUE", "entered_at = entered_at - interval '1 hour'"),
    "parts_approval": ("state IN ('approved', 'rejected')", "comment = 'forged'"),
    "parts_posting": ("TRUE", "amount = amount + 1"),
}


def check(database):
    """Run all checks.

    :return: ``{what is wrong: rows}``; empty when all is well
    """
    values = {"tolerance": TOLERANCE, "ours": OURS, "number": NUMBER}
    found = {}
    with database.connect() as connection, connection.cursor() as cursor:
        for title, statement in CHECKS.items():
            cursor.execute(statement, values)
            rows = [dict(row) for row in cursor.fetchmany(5)]
            if rows:
                found[title] = rows
    connection.close()
    return {**found, **check_final_rows(database)}


def check_final_rows(database):
    """Try to change and delete rows that PostgreSQL must keep."""
    found = {}
    for table, (condition, change) in FINAL_ROWS.items():
        where = f"WHERE id = (SELECT id FROM {table} WHERE {condition} LIMIT 1)"
        for statement in (
            f"UPDATE {table} SET {change} {where}",
            f"DELETE FROM {table} {where}",
        ):
            if _passes(database, statement):
                found[f"a final row that can be changed: {statement}"] = [table]
    return found


def _passes(database, statement):
    """Whether a statement changes a row (it is taken back)."""
    connection = database.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return bool(cursor.rowcount)
    except psycopg2.Error:
        return False
    finally:
        connection.rollback()
        connection.close()


def assert_hold(database):
    """Fail with what is wrong."""
    found = check(database)
    assert not found, "\n".join(
        f"{title}: {rows}" for title, rows in sorted(found.items())
    )
