"""The demo world: loaded once, lived in by every user, and the main job in it."""

import ast
import re
import subprocess
import sys

import phonenumbers
import pytest

from bringup.demo import LOGINS
from bringup.paths import PROJECT
from loop.clients import Demo, WebSession
from world import tables

PORTAL = {"customer", "dealer"}
INTERNAL = sorted(set(LOGINS) - PORTAL)
OURS = ("crm_service", "spare_parts_bridge", "service_portal")
LOAD = """
import sys
sys.path.insert(0, %r)
import world
world.load(env)
env.cr.commit()
"""


@pytest.fixture(scope="module")
def demo(server):
    """The demo world behind a real server."""
    return Demo(server.url, server.database)


# The tables ---------------------------------------------------------------------


def test_every_row_has_a_cell_for_each_column():
    for path in sorted(tables.FOLDER.glob("*.csv")):
        for row in tables.read(path.stem):
            assert None not in row and None not in row.values(), (path.name, row)


def test_every_phone_number_could_be_called():
    rows = [*tables.read("customers"), *tables.read("companies")]
    for row in rows:
        number = phonenumbers.parse(row["phone"], None)
        assert phonenumbers.is_valid_number(number), row


def test_every_address_ends_in_the_reserved_domain():
    rows = [*tables.read("customers"), *tables.read("companies")]
    assert all(row["email"].endswith("example.com") for row in rows)


def test_every_part_of_a_template_and_requisition_exists():
    known = {row["ref"] for row in tables.read("parts")}
    used = {row["part"] for row in tables.read("ticket_templates")} - {""}
    for row in tables.read("requisitions"):
        used |= set(row["lines"].split()[::2])
    assert used <= known


def test_every_login_that_the_demo_prints_is_in_the_tables():
    rows = tables.read("users")
    logins = {row["login"]: row["password"] for row in rows if row["password"]}
    logins |= {r["login"]: r["login"] for r in tables.read("customers") if r["login"]}
    assert set(LOGINS) <= set(logins)
    assert all(login == password for login, password in logins.items())


# Loading ------------------------------------------------------------------------


def snapshot(database):
    """Count the rows of each table, with the newest change."""
    names = database.sql(
        "SELECT table_name FROM information_schema.columns "
        "JOIN information_schema.tables USING (table_schema, table_name) "
        "WHERE column_name = 'write_date' AND table_type = 'BASE TABLE' "
        "AND table_schema = 'public'"
    )
    query = " UNION ALL ".join(
        f"SELECT '{row['table_name']}' AS name, count(*), "
        f'max(write_date)::text AS newest FROM "{row["table_name"]}"'
        for row in names
    )
    return {row["name"]: (row["count"], row["newest"]) for row in database.sql(query)}


def test_loading_again_changes_nothing(world):
    before = snapshot(world)
    world.shell(LOAD % str(PROJECT / "bin" / "lib"))
    after = snapshot(world)
    assert {name: after[name] for name in after if after[name] != before[name]} == {}


def test_world_has_tickets_in_every_phase(world):
    rows = world.sql("SELECT phase, count(*) FROM service_ticket GROUP BY phase")
    phases = {row["phase"] for row in rows}
    assert phases == {
        *("received", "triage", "in_progress", "waiting_customer", "waiting_parts"),
        *("resolved", "closed", "cancelled"),
    }
    assert sum(row["count"] for row in rows) == 300


def test_history_is_without_gaps(world):
    gaps = world.sql(
        "SELECT ticket_id FROM (SELECT ticket_id, entered_at, lag(left_at) OVER "
        "(PARTITION BY ticket_id ORDER BY entered_at, id) AS before, "
        "row_number() OVER (PARTITION BY ticket_id ORDER BY entered_at, id) AS place "
        "FROM service_stage_log) AS log "
        "WHERE place > 1 AND before IS DISTINCT FROM entered_at"
    )
    assert gaps == []


def test_history_lies_in_the_past(world):
    [row] = world.sql(
        "SELECT count(*) FROM service_stage_log "
        "WHERE entered_at > now() AT TIME ZONE 'utc' OR left_at < entered_at"
    )
    assert row["count"] == 0


def test_world_has_requisitions_in_every_state(world):
    rows = world.sql("SELECT DISTINCT state FROM parts_requisition")
    assert {row["state"] for row in rows} == {
        *("draft", "submitted", "approved", "shipped", "received", "done"),
        *("rejected", "cancelled"),
    }


def test_every_step_of_the_approval_waits_somewhere(world):
    rows = world.sql("SELECT DISTINCT name FROM parts_approval WHERE state = 'pending'")
    assert len(rows) == 3


def test_each_company_has_its_own_books(world):
    answer = world.shell(
        "answer = {c.name: [c.currency_id.name, c.cost_method, c.inventory_valuation, "
        "c.chart_template] for c in env['res.company'].search([])}"
    )
    assert answer == {
        "Aurora Service": ["EUR", "fifo", "real_time", "generic_coa"],
        "Aurora Refrigeration": ["EUR", "average", "real_time", "generic_coa"],
        "Aurora Laundry": ["CNY", "standard", "periodic", "generic_coa"],
    }


def test_no_stock_is_negative(world):
    rows = world.sql(
        "SELECT quant.id FROM stock_quant quant "
        "JOIN stock_location place ON place.id = quant.location_id "
        "WHERE place.usage IN ('internal', 'transit') AND quant.quantity < 0"
    )
    assert rows == []


# People ---------------------------------------------------------------------------


@pytest.mark.parametrize("login", sorted(LOGINS))
def test_login_works_over_rpc(server, login):
    connection = server.rpc(login)
    connection.check_login()
    assert connection.user_id


@pytest.mark.parametrize("login", sorted(PORTAL))
def test_portal_login_opens_its_page(demo, login):
    page = WebSession(demo, login).http.get(f"{demo.url}/my", timeout=120)
    assert page.status_code == 200
    assert "/web/session/logout" in page.text


def load_menus(web):
    """Return the menus of a session that open something, by id."""
    answer = web.http.get(f"{web.demo.url}/web/webclient/load_menus", timeout=120)
    menus = answer.json()
    shown, waiting = {}, list(menus["root"]["children"])
    while waiting:
        menu = menus[str(waiting.pop())]
        waiting += menu["children"]
        is_app = menu["appID"] == menu["id"]
        if menu.get("actionModel") == "ir.actions.act_window" and (
            is_app or menu["xmlid"].startswith(OURS)
        ):
            shown[menu["xmlid"]] = menu["actionID"]
    return shown


def evaluate(text, web):
    """Evaluate a domain or context as the web client does, as far as it is plain."""
    if not isinstance(text, str):
        return text
    text = re.sub(r"\buid\b", str(web.uid), text.strip() or "[]")
    text = re.sub(r"\ballowed_company_ids\b", "[1]", text)
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return []


def open_action(web, action_id):
    """Open a window as the web client does; return the answer with its first rows."""
    action = web.post("/web/action/load", {"action_id": action_id})
    model = action["res_model"]
    views = [view for view in action["views"] if view[1] != "search"]
    web.call(model, "get_views", [], {"views": [*views, [False, "search"]]})
    if views[0][1] in ("list", "kanban"):
        return web.call(
            model,
            "web_search_read",
            [evaluate(action["domain"] or [], web), {"display_name": {}}],
            {"limit": 5},
        )
    return None


@pytest.mark.parametrize("login", INTERNAL)
def test_login_opens_each_of_its_menus(demo, login):
    web = WebSession(demo, login)
    menus = load_menus(web)
    assert menus
    for xmlid, action_id in menus.items():
        try:
            open_action(web, action_id)
        except ValueError as error:
            pytest.fail(f"{login} cannot open {xmlid}: {error}")


@pytest.mark.parametrize(
    ("login", "menu"),
    [
        ("agent", "crm_service.service_menu_ticket_all"),
        ("technician", "crm_service.service_menu_ticket_my"),
        ("supervisor", "spare_parts_bridge.parts_menu_decide"),
        ("keeper", "spare_parts_bridge.parts_menu_receipt"),
        ("keeper", "spare_parts_bridge.parts_menu_safety_stock"),
        ("factory", "spare_parts_bridge.parts_menu_factory_delivery"),
        ("finance", "spare_parts_bridge.parts_menu_decide"),
        ("manager", "spare_parts_bridge.parts_menu_approval_rule"),
    ],
)
def test_role_finds_its_work(demo, login, menu):
    web = WebSession(demo, login)
    assert open_action(web, load_menus(web)[menu])["length"]


def test_people_see_their_own_company_only(server):
    names = server.rpc("keeper").get_model("stock.warehouse").search_read([], ["code"])
    assert {row["code"] for row in names} == {"SVC"}
    names = server.rpc("factory").get_model("stock.warehouse").search_read([], ["code"])
    assert {row["code"] for row in names} == {"FRI", "LAU"}


# The main job -----------------------------------------------------------------------


def run_program(name, demo, *more):
    """Run one of the demo's programs against the server."""
    return subprocess.run(
        [sys.executable, PROJECT / "bin" / "lib" / name, *more]
        + ["--url", demo.url, "--db", demo.database],
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize("turn", ["first", "second", "third"])
def test_main_job_closes_the_loop(demo, turn):
    done = run_program("main_job.py", demo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The loop is closed" in done.stdout
    assert "invoice and bill agree" in done.stdout


def test_main_job_says_when_no_server_answers():
    done = run_program("main_job.py", Demo("http://127.0.0.1:9", "demo"))
    assert done.returncode == 1
    assert "FAILED. The server at http://127.0.0.1:9 does not answer" in done.stdout


def test_documented_answers_still_come(demo):
    done = run_program("record_examples.py", demo, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_documented_python_runs(demo, capsys):
    page = (PROJECT / "docs" / "integration.md").read_text()
    names = {"api_key": demo.make_api_key("integration")}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        block = block.replace("port=8069", f"port={demo.port}")
        exec(block.replace('"demo"', repr(demo.database)), names)
    printed = capsys.readouterr().out
    assert "Received" in printed
    assert "Under safety stock: RC-110" in printed
