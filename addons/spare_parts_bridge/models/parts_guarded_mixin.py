from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# `_create_once` gives them to new documents; `service.external.ref.mixin` keeps them.
ASKED_AT_CREATION = {"external_ref", "external_digest"}


class PartsGuardedMixin(models.AbstractModel):
    """Fields that only our own guarded methods may change.

    A role that may edit a document must not be able to write its state or its
    costs over RPC. Methods of the add-on write such fields in superuser mode,
    after they have checked who asks; everybody else is refused here.
    """

    _name = "parts.guarded.mixin"
    _description = "Guarded fields"

    # Whether stored fields that no screen lets people edit are guarded as well.
    _guard_readonly = True

    @api.model
    def _get_guarded_values(self):
        """Return ``{field name: initial value}`` of the fields to guard.

        To be overridden by the models that inherit from the mixin. The initial
        value also wins over a ``default_*`` key of the caller's context.
        """
        return {}

    @api.model
    def _get_guarded_names(self):
        """Return the names of the fields that only methods may change."""
        guarded = set(self._get_guarded_values())
        if self._guard_readonly:
            guarded |= {
                name
                for name, field in self._fields.items()
                if field.store and field.readonly and name not in ASKED_AT_CREATION
            }
        return guarded

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `create` to give guarded fields their initial values."""
        if self.env.su:
            return super().create(vals_list)
        guarded = self._get_guarded_values()
        for vals in vals_list:
            self._check_not_guarded(
                [name for name in vals if vals[name] != guarded.get(name)]
            )
        records = super(PartsGuardedMixin, self._without_guarded_defaults()).create(
            [self._apply_guarded_values(vals, guarded) for vals in vals_list]
        )
        return records.with_env(self.env)

    def _apply_guarded_values(self, vals, guarded):
        allowed = {name: vals[name] for name in vals if name not in guarded}
        for name, value in guarded.items():
            if not self._fields[name].compute:
                allowed[name] = value
        return allowed

    def _without_guarded_defaults(self):
        guarded = self._get_guarded_values()
        # The whole context is replaced on purpose: a key can only be left out so.
        return self.with_context(  # pylint: disable=context-overridden
            {
                key: value
                for key, value in self.env.context.items()
                if key.removeprefix("default_") not in guarded
            }
        )

    def write(self, vals):
        """Override of `write` to refuse guarded fields to everybody else."""
        if not self.env.su:
            self._check_not_guarded(vals)
        return super().write(vals)

    def _check_not_guarded(self, names):
        names = sorted(self._get_guarded_names().intersection(names))
        if names:
            raise AccessError(
                self.env._(
                    "%(fields)s of a %(document)s cannot be set directly. "
                    "Use the buttons of the document, or the methods of service.api.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in names
                    ),
                    document=self.env["ir.model"]._get(self._name).name,
                )
            )

    def _lock_in_order(self):
        """Serialise concurrent work on these documents.

        The update makes a transaction whose snapshot is older fail with a
        serialisation error, which Odoo retries; a mere row lock would let it go
        on with what it had read before (PostgreSQL, REPEATABLE READ).
        """
        if not self:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET revision = COALESCE(revision, 0) + 1 WHERE id IN %s",
                SQL.identifier(self._table),
                tuple(sorted(self.ids)),
            )
        )
        self.invalidate_recordset()

    # ------------------------------------------------------------------
    # Audit rows
    # ------------------------------------------------------------------

    @api.model
    def _make_append_only(self, condition="TRUE"):
        """Let PostgreSQL refuse changes of this model's table.

        :param str condition: SQL over ``OLD``; rows that meet it are final.
        """
        table, function = self._table, f"{self._table}_append_only"
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger AS $$
                BEGIN
                    IF %(condition)s THEN
                        RAISE EXCEPTION 'Rows of %(table)s are final: '
                            'they can neither be changed nor deleted.';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                END $$ LANGUAGE plpgsql;
                DROP TRIGGER IF EXISTS %(function)s ON %(table)s;
                CREATE TRIGGER %(function)s BEFORE UPDATE OR DELETE ON %(table)s
                    FOR EACH ROW EXECUTE FUNCTION %(function)s();
                """,
                function=SQL.identifier(function),
                table=SQL.identifier(table),
                condition=SQL(condition),  # pylint: disable=sql-injection
            )
        )

    @api.model
    def _drop_append_only_functions(self):
        for table in ("parts_approval", "parts_posting"):
            self.env.cr.execute(
                SQL(
                    "DROP FUNCTION IF EXISTS %s CASCADE",
                    SQL.identifier(f"{table}_append_only"),
                )
            )
