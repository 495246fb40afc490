# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import re

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Odoo's own merge moves what these say of a customer, by record and by hand.
MOVED_BY_ODOO = {
    "ir.attachment",
    "ir.model.data",
    "mail.activity",
    "mail.followers",
    "mail.message",
}
# A merge of ours never deletes a row of these: it is refused instead.
OURS = ("service.", "parts.")
# Not worth telling that they moved.
QUIET = ("mail.", "bus.", "discuss.", "ir.", "res.users.settings", "res.partner")


class ResPartner(models.Model):
    """The rows of all tables that speak of a customer, found in the database.

    Odoo's merge sets the new customer in every table with a foreign key. Where a row
    may be there only once for a customer it fails, or deletes ALL rows of the others,
    those without a double too: followings and notifications of other tickets. Here,
    the doubles alone are settled before.
    """

    _inherit = "res.partner"

    # -- what there is --------------------------------------------------------

    def _get_partner_columns(self):
        """Return {table: [columns that are foreign keys to customers]}."""
        wizard = self.env["base.partner.merge.automatic.wizard"]
        columns = {}
        for table, column in wizard._get_fk_on(self._table):
            if not table.startswith("base_partner_merge_"):
                columns.setdefault(table, []).append(column)
        return columns

    def _get_model_tables(self):
        """Return {table: model name} of all models that keep rows."""
        return {
            model._table: name
            for name, model in self.env.registry.items()
            if not model._abstract and not model._transient and model._auto
        }

    def _get_referring_rows(self):
        """Return {(model name, column): ids} of the rows that speak of these."""
        models_by_table = self._get_model_tables()
        rows = {}
        for table, columns in self._get_partner_columns().items():
            model = models_by_table.get(table)
            if not model or model.startswith(QUIET):
                continue
            for column in columns:
                found = self.env.execute_query(
                    SQL(
                        "SELECT id FROM %s WHERE %s IN %s ORDER BY id",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        tuple(self.ids),
                    )
                )
                if found:
                    rows[model, column] = [key for (key,) in found]
        return rows

    def _get_reference_columns(self):
        """Return [(model name, column of the model's name, column of the id)]."""
        found = []
        for name in self._get_model_tables().values():
            for field in self.env[name]._fields.values():
                if field.type == "many2one_reference" and field.store:
                    kind = self.env[name]._fields.get(field.model_field)
                    if kind is not None and kind.store and kind.type == "char":
                        found.append((name, kind.name, field.name))
        return found

    # -- moving them ----------------------------------------------------------

    def _move_rows_for_merge(self, target):
        """Do for these customers what Odoo's merge into `target` leaves out.

        :raises UserError: a row of the service can be there only once
        """
        self.env.flush_all()
        for table, columns in self._get_partner_columns().items():
            for column in columns:
                self._settle_doubles(table, column, target)
        for name, kind, column in self._get_reference_columns():
            table = self.env[name]._table
            own = SQL("%s = %s", SQL.identifier(kind), self._name)
            self._settle_doubles(table, column, target, own)
            if name not in MOVED_BY_ODOO:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE %s AND %s IN %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        target.id,
                        own,
                        SQL.identifier(column),
                        tuple(self.ids),
                    )
                )
        self.env.invalidate_all()

    def _settle_doubles(self, table, column, target, own=None):
        """Delete rows that would be there twice; each one's double stays.

        :param str table: whose rows
        :param str column: which of its columns names the customer
        :param own: condition of rows that speak of customers at all
        """
        for keys, predicate in self._get_unique_keys(table, column):
            doubles = self._find_doubles(table, column, target, keys, predicate, own)
            if not doubles:
                continue
            model = self._get_model_tables().get(table, table)
            if model.startswith(OURS):
                raise UserError(
                    self.env._(
                        "Both customers have the same entry in “%(model)s”, which can "
                        "be there only once. Remove it from one of them first.",
                        model=self.env[model]._description,
                    )
                )
            if model == "mail.followers":
                self._join_subtypes(doubles)
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE id IN %s",
                    SQL.identifier(table),
                    tuple(double for double, _stays in doubles),
                )
            )

    def _get_unique_keys(self, table, column):
        """Return [(other keys, predicate)] of unique indexes with `column`.

        Odoo looks at constraints alone; most of what is unique is an index only.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT (SELECT array_agg(pg_get_indexdef(x.indexrelid, n, true))
                          FROM generate_series(1, x.indnkeyatts) n),
                       pg_get_expr(x.indpred, x.indrelid)
                  FROM pg_index x
                 WHERE x.indisunique AND NOT x.indisprimary
                   AND x.indrelid = to_regclass(%s)
                """,
                f'"{table}"',
            )
        )
        word = re.compile(rf"\b{re.escape(column)}\b")
        return [
            ([key for key in keys if not word.search(key)], predicate)
            for keys, predicate in self.env.cr.fetchall()
            if any(word.search(key) for key in keys)
        ]

    def _find_doubles(self, table, column, target, keys, predicate, own=None):
        """Return [(id of a double, id of the row that stays)]."""
        if not keys:
            keys = ["true"]  # one row a customer
        # the texts are PostgreSQL's own, from its catalogue
        others = SQL(", ").join(SQL(key.replace("%", "%%")) for key in keys)
        filled = SQL(" AND ").join(
            SQL("(%s) IS NOT NULL" % key.replace("%", "%%")) for key in keys
        )
        conditions = [filled]
        if predicate:
            conditions.append(SQL("(%s)" % predicate.replace("%", "%%")))
        if own:
            conditions.append(own)
        return self.env.execute_query(
            SQL(
                """
                SELECT id, stays FROM (
                    SELECT id, first_value(id) OVER (
                        PARTITION BY %(others)s
                        ORDER BY (%(column)s = %(target)s) DESC, id
                    ) AS stays
                      FROM %(table)s
                     WHERE %(column)s IN %(partners)s AND %(conditions)s
                ) AS rows WHERE id != stays ORDER BY id
                """,
                others=others,
                column=SQL.identifier(column),
                target=target.id,
                table=SQL.identifier(table),
                partners=tuple(self.ids) + tuple(target.ids),
                conditions=SQL(" AND ").join(conditions),
            )
        )

    def _join_subtypes(self, doubles):
        """Let a following that stays hear of all that its doubles heard of."""
        pairs = SQL(", ").join(SQL("(%s, %s)", *pair) for pair in doubles)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_followers_mail_message_subtype_rel
                       (mail_followers_id, mail_message_subtype_id)
                SELECT p.stays, r.mail_message_subtype_id
                  FROM (VALUES %s) AS p (double, stays)
                  JOIN mail_followers_mail_message_subtype_rel r
                    ON r.mail_followers_id = p.double
                ON CONFLICT DO NOTHING
                """,
                pairs,
            )
        )

    def _refresh_after_merge(self):
        """Bring up to date what Odoo keeps in columns, after the rows were moved.

        Contacts of a merged company have another company above them now: whose
        tickets a portal login sees depends on it.
        """
        self.env.flush_all()
        contacts = self.with_context(active_test=False)
        contacts = contacts.search([("id", "child_of", self.ids)])
        for name in ("commercial_partner_id", "complete_name", "partner_share"):
            self.env.add_to_compute(self._fields[name], contacts)
        self.env.flush_all()
        # a customer is not told apart from himself
        self.env.cr.execute(
            SQL(
                "DELETE FROM service_partner_distinct_rel "
                "WHERE partner_id = distinct_id"
            )
        )
        self.env.invalidate_all()
