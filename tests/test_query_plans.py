"""The hot searches go through an index: what PostgreSQL plans at 30,000 tickets.

Searches by hand, lists, counters and jobs are served by the add-ons; the statements
that the ORM executes meanwhile are explained. See support/query_plans.py.
"""

from pathlib import Path

import pytest

SIZE = 30_000
# Without its index each of these has to read a large table from end to end.
INDEXES = {
    "search_part_of_number": "service_ticket_number_trigram_idx",
    "search_part_of_phone": "service_ticket_phone_trigram_idx",
    "search_part_of_subject": "service_ticket__name_index",
    "search_customer_counters": "service_ticket_partner_idx",
    "search_portal_list": "service_ticket_partner_idx",
}
SCRIPT = """
import sys
sys.path[:0] = %(path)r
from support import query_plans
answer = query_plans.run(env, %(size)r, %(dropped)r)
"""


@pytest.fixture(scope="module")
def plans(make_database):
    """{"with": …, "without": …} as `query_plans.run` answers it."""
    database = make_database("addons")
    tests = Path(__file__).parent
    path = [str(tests), str(tests.parent / "bin" / "lib")]
    yield database.shell(
        SCRIPT % {"path": path, "size": SIZE, "dropped": INDEXES},
    )
    database.drop()


def test_no_hot_search_reads_the_tickets_from_end_to_end(plans):
    scans = {
        (name, table): plan["sql"]
        for name, found in plans["with"].items()
        for plan in found
        for table in plan["scanned"]
    }
    assert not scans


def test_each_hot_search_uses_an_index_of_a_large_table(plans):
    for name, found in plans["with"].items():
        assert found, f"{name} executed nothing on a large table"
        for plan in found:
            assert plan["indexes"], f"{name}: {plan['sql']}"


@pytest.mark.parametrize("search", INDEXES)
def test_a_search_that_lost_its_index_is_noticed(plans, search):
    used = [name for plan in plans["with"][search] for name in plan["indexes"]]
    assert INDEXES[search] in used
    assert any(plan["scanned"] for plan in plans["without"][search])
