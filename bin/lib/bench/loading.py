"""Tickets by the thousand: the stories of both sides, multiplied by SQL.

Every column and every child row of a story's ticket is copied as its add-on wrote
it; only who, when and what about differ. So whatever an add-on keeps about a ticket
is there for each of them, in the right proportion.
"""

import contextlib
import io

from . import rows

# The rows that tickets are made of, and what the two sides share.
TABLES = """
CREATE TABLE bench_row (
    n integer PRIMARY KEY, story integer, back interval, subject text,
    customer integer, by_contact boolean, agent integer
);
CREATE TABLE bench_customer (
    n integer PRIMARY KEY, partner_id integer, contact_id integer,
    phone text, e164 text, email text, name text
);
CREATE TABLE bench_text (n integer PRIMARY KEY, html text);
CREATE TABLE bench_agent (n integer PRIMARY KEY, user_id integer, partner_id integer);
"""
# What differs from ticket to ticket on both sides.
TICKET_VALUES = {
    "create_date": "s.born - b.back",
    "name": "b.subject",
    "description": "d.html",
    "partner_id": "CASE WHEN b.by_contact THEN c.contact_id ELSE c.partner_id END",
    "partner_name": "c.name",
    "partner_email": "c.email",
}
# What differs from customer to customer.
PARTNER_VALUES = {
    "email": "c.email",
    "email_normalized": "c.email",
    "phone": "c.phone",
    "phone_sanitized": "c.e164",
    "commercial_partner_id": "c.partner_id",
}
COMPANY_VALUES = {"id": "c.partner_id", "name": "c.name", "complete_name": "c.name"}
CONTACT_VALUES = {
    "id": "c.contact_id",
    "parent_id": "c.partner_id",
    "complete_name": "c.name || ', Ann'",
    "commercial_company_name": "c.name",
}
# Who did it: of tickets and of what belongs to them.
WHO = {
    "user_id": "CASE WHEN p.user_id IS NOT NULL THEN a.user_id END",
    "team_id": "g.team_id",
    "create_uid": "a.user_id",
    "write_uid": "a.user_id",
}


def make_tables(env):
    """Create the tables of the benchmark."""
    env.cr.execute(TABLES)
    env.cr.execute_values(
        "INSERT INTO bench_text VALUES %s", list(enumerate(rows.make_texts()))
    )


def load_agents(env, agents):
    """Note who works."""
    env.cr.execute_values(
        "INSERT INTO bench_agent VALUES %s",
        [(n, agent.id, agent.partner_id.id) for n, agent in enumerate(agents)],
    )


def load_teams(env, table, team_ids):
    """Note the team of each agent on a side.

    :param str table: the side's table
    :param list team_ids: one for each agent
    """
    env.cr.execute(
        f"CREATE TABLE bench_{table}_team (n integer PRIMARY KEY, team_id integer)"
    )
    env.cr.execute_values(
        f"INSERT INTO bench_{table}_team VALUES %s", list(enumerate(team_ids))
    )


def load_rows(env, made, stories):
    """Write the rows of tickets, and make their customers.

    :param made: rows as `rows.make_rows` gives them
    :param stories: stories of both sides, in order
    """
    by_kind = {
        kind: [place for place, story in enumerate(stories) if story.is_open is kind]
        for kind in (True, False)
    }
    _load_customers(env, max(row.customer for row in made) + 1)
    lines = io.StringIO()
    for row in made:
        fitting = by_kind[row.is_open]
        story = fitting[int(row.story * len(fitting))]
        back = f"{row.weeks * 7} days {-row.minutes} minutes"
        values = (row.n, story, back, row.subject, row.customer, row.by_contact)
        lines.write("\t".join(map(str, (*values, row.agent))) + "\n")
    lines.seek(0)
    env.cr._obj.copy_expert("COPY bench_row FROM STDIN", lines)


def _load_customers(env, count):
    """Make customers until there are so many, and some contacts of theirs."""
    cr = env.cr
    cr.execute("SELECT COALESCE(MAX(n) + 1, 0) FROM bench_customer")
    (first,) = cr.fetchone()
    lines = "".join(
        f"{n}\t{rows.spoken_phone_of(n)}\t{rows.phone_of(n)}\tc{n}@bench.example\t"
        f"Customer {n:05d}\n"
        for n in range(first, count)
    )
    cr._obj.copy_expert(
        "COPY bench_customer (n, phone, e164, email, name) FROM STDIN",
        io.StringIO(lines),
    )
    cr.execute(
        "UPDATE bench_customer SET partner_id = nextval('res_partner_id_seq'), "
        "contact_id = CASE WHEN n %% %s = 0 THEN nextval('res_partner_id_seq') END "
        "WHERE partner_id IS NULL",
        [rows.CONTACT_EVERY],
    )
    company, contact = _partner_patterns(env)
    for pattern, own in ((company, COMPANY_VALUES), (contact, CONTACT_VALUES)):
        multiply(
            cr,
            "res_partner",
            {**PARTNER_VALUES, **own},
            f"bench_customer c JOIN res_partner p ON p.id = {pattern.id}",
            f"c.n >= {first} AND {own['id']} IS NOT NULL ORDER BY c.n",
        )


def _partner_patterns(env):
    """A company and a contact of it, made by Odoo."""
    partners = env["res.partner"]
    company = partners.search([("ref", "=", "bench-pattern")], limit=1)
    if not company:
        company = partners.create(
            {"name": "Pattern", "is_company": True, "ref": "bench-pattern"}
        )
        partners.create({"name": "Ann", "parent_id": company.id})
        env.flush_all()
    return company, company.child_ids[0]


def multiply(cr, table, values, source, condition, shift=None):
    """Insert copies of the rows `p` of a table, some columns replaced.

    :param dict values: SQL of the columns that differ
    :param str source: what to select from; `p` is the row that is copied
    :param str condition: which ones
    :param str shift: SQL of how far to move all moments back
    """
    names, terms = [], []
    for name, kind in _columns(cr, table):
        if name == "id" and "id" not in values:
            continue
        term = f"p.{name}"
        if shift and kind in ("date", "timestamp without time zone"):
            term = f"({term} - {shift})"
        names.append(f'"{name}"')
        terms.append(values.get(name, term))
    cr.execute(
        f"INSERT INTO {table} ({', '.join(names)}) "
        f"SELECT {', '.join(terms)} FROM {source} WHERE {condition}"
    )


@contextlib.contextmanager
def _without_indexes(cr, table):
    """Build the indexes of a table after it was filled, which is much faster."""
    cr.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) "
        "FROM pg_index WHERE indrelid = %s::regclass AND NOT indisunique AND NOT "
        "EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    )
    found = cr.fetchall()
    for name, _definition in found:
        cr.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in found:
        cr.execute(definition)


def _columns(cr, table):
    """The columns of a table: (name, type)."""
    cr.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = %s ORDER BY ordinal_position",
        [table],
    )
    return cr.fetchall()


def _children(cr, table):
    """The tables whose rows belong to one of `table`: (table, column)."""
    cr.execute(
        "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c "
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "WHERE c.contype = 'f' AND c.confrelid = %s::regclass "
        "AND c.conrelid <> c.confrelid ORDER BY 1",
        [table],
    )
    return cr.fetchall()


def load_tickets(env, table, model, values, first, size):
    """Make a ticket of each row from a number on, with its children and follower.

    Those of the stories are there already, so a row fewer is made for each of them.

    :param str table: the side's table; ``bench_<table>_story`` has its stories' tickets
    :param dict values: SQL of the columns of tickets that differ
    :param int first: number of the first row
    :param int size: how many tickets there shall be in the end
    """
    cr = env.cr
    _allot_ids(cr, table, first, size)
    source, condition = _join_rows(table), f"b.n >= {first} ORDER BY b.n"
    own = {**TICKET_VALUES, **WHO, **values, "id": "i.id"}
    for copied, column, changed in [(table, "id", own)] + [
        (child, column, {**WHO, column: "i.id"})
        for child, column in _children(cr, table)
    ]:
        with _without_indexes(cr, copied):
            multiply(
                cr,
                copied,
                changed,
                f"{source} JOIN {copied} p ON p.{column} = s.ticket_id",
                condition,
                "b.back",
            )
    cr.execute(
        "INSERT INTO mail_followers (res_model, res_id, partner_id) "
        f"SELECT '{model}', i.id, a.partner_id FROM {source} WHERE {condition}"
    )


def _join_rows(table):
    """The rows with all that belongs to them on a side."""
    return (
        f"bench_row b JOIN bench_{table}_story s ON s.story = b.story "
        "JOIN bench_agent a ON a.n = b.agent JOIN bench_customer c ON c.n = b.customer "
        f"JOIN bench_{table}_ids i ON i.n = b.n "
        f"JOIN bench_{table}_team g ON g.n = b.agent "
        f"JOIN bench_text d ON d.n = b.n % {rows.TEXTS}"
    )


def _allot_ids(cr, table, first, size):
    """Give the rows from a number on their ids, so that there are `size` tickets."""
    if not first:
        cr.execute(
            f"CREATE TABLE bench_{table}_ids (n integer PRIMARY KEY, id integer)"
        )
    cr.execute(f"SELECT COUNT(*) FROM {table}")
    (there,) = cr.fetchone()
    cr.execute(
        f"INSERT INTO bench_{table}_ids SELECT n, nextval('{table}_id_seq') FROM "
        "(SELECT n FROM bench_row WHERE n >= %s ORDER BY n LIMIT %s) b",
        [first, size - there],
    )


def remember_stories(env, table, lived):
    """Note which tickets are the stories' own.

    :param str table: the side's table
    :param lived: (ticket, moment of its birth) of each story
    """
    cr = env.cr
    cr.execute(
        f"CREATE TABLE bench_{table}_story "
        "(story integer PRIMARY KEY, ticket_id integer, born timestamp)"
    )
    for place, (ticket, born) in enumerate(lived):
        cr.execute(
            f"INSERT INTO bench_{table}_story VALUES (%s, %s, %s)",
            [place, ticket.id, born],
        )
