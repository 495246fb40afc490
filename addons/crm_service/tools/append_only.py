# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Tables whose rows PostgreSQL itself keeps as they were written."""

GUARD = """
CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger AS $$
DECLARE
    -- what may be filled in later, once
    fillable text[] := ARRAY[{fillable}]::text[];
    was jsonb;
    now jsonb;
    key text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := to_jsonb(OLD) - 'write_uid' - 'write_date';
        now := to_jsonb(NEW) - 'write_uid' - 'write_date';
        FOREACH key IN ARRAY fillable LOOP
            IF was -> key = 'null'::jsonb THEN
                was := was - key;
                now := now - key;
            END IF;
        END LOOP;
        IF was = now THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{title} append-only: % refused.', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS {table}_guard ON {table};
CREATE TRIGGER {table}_guard
    BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_guard();
DROP TRIGGER IF EXISTS {table}_keep ON {table};
CREATE TRIGGER {table}_keep
    BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_guard();
"""


def install_guard(cr, table, fillable, title):
    """Let PostgreSQL refuse DELETE, and UPDATE of anything but empty fields.

    :param cr: a cursor
    :param str table: a table of ours
    :param fillable: columns that may be filled in later, once
    :param str title: how the refusal begins, such as "The stage history is"
    """
    columns = ", ".join(f"'{column}'" for column in fillable)
    guard = GUARD.format(table=table, fillable=columns, title=title)
    cr.execute(guard)  # pylint: disable=sql-injection


def drop_guard(cr, table):
    """Remove the guard of `table`, for uninstalling."""
    statement = f"DROP FUNCTION IF EXISTS {table}_guard CASCADE"
    cr.execute(statement)  # pylint: disable=sql-injection
