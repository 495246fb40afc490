from odoo import api, fields, models
from odoo.tools import SQL


class PartsStockLock(models.Model):
    """One row for each part and warehouse, to serialise those who take parts there.

    Odoo reads stock from the transaction's snapshot: two clerks who take the last
    unit at the same time would both succeed. Both change the same row here, so
    PostgreSQL ends the later one with a serialisation error, and Odoo runs it again
    with what is really left.
    """

    _name = "parts.stock.lock"
    _description = "Parts Stock Lock"
    _log_access = False

    product_id = fields.Many2one(
        "product.product", required=True, ondelete="cascade", readonly=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", ondelete="cascade", readonly=True, index=True
    )
    revision = fields.Integer(default=0, readonly=True)

    _pair_unique = models.UniqueIndex("(product_id, COALESCE(warehouse_id, 0))")

    @api.model
    def _bump(self, pairs):
        """Let only one transaction at a time go on with these parts.

        :param pairs: ``(product.product, stock.warehouse)`` tuples; the warehouse may
            be empty
        :raise psycopg2.errors.SerializationFailure: when another transaction was
            faster; Odoo tries again
        """
        keys = sorted({(product.id, warehouse.id or 0) for product, warehouse in pairs})
        for product_id, warehouse_id in keys:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO parts_stock_lock (product_id, warehouse_id, revision)
                         VALUES (%s, %s, 1)
                    ON CONFLICT (product_id, COALESCE(warehouse_id, 0))
                      DO UPDATE SET revision = parts_stock_lock.revision + 1
                    """,
                    product_id,
                    warehouse_id or None,
                )
            )
