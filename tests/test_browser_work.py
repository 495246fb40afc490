"""An agent's and a supervisor's day in Chromium, at a desk and on a phone.

Pictures go where ``SCREENSHOTS`` says, else to the cache.
"""

from datetime import timedelta

import pytest

from support import browser as support_browser
from support.web_client import WebClient, save_picture

DESK = {"width": 1366, "height": 768}
SUBJECTS = ("Third in line", "First in line", "Second in line")
NOTE = "The valve is ordered; call the customer on Friday"
MAKE = """
from datetime import datetime, timedelta
users = env["res.users"]
agent, lead = (users.search([("login", "=", who)]) for who in ("agent", "supervisor"))
mate = users.search([("login", "=", "dispatcher")])
company = agent.company_id
team = env["service.team"].create({
    "name": "Day Desk", "company_id": company.id, "user_id": lead.id,
    "member_ids": [(6, 0, (agent | mate).ids)],
})
kind = env["service.ticket.type"].search([("code", "=", "repair")], limit=1)
tickets = env["service.ticket"].with_company(company).create([
    {"name": name, "type_id": kind.id, "team_id": team.id, "company_id": company.id,
     "user_id": agent.id, "partner_name": "Day Customer"}
    for name in %(subjects)r
] + [{"name": "Fourth in line", "type_id": kind.id, "team_id": team.id,
      "company_id": company.id, "partner_name": "Day Customer"}])
env.cr.commit()
answer = {"tickets": tickets.ids, "team": team.id}
"""
DUE = "UPDATE service_ticket SET sla_deadline = %s WHERE id = %s"
NOW = "SELECT now() AT TIME ZONE 'utc' AS moment"
FIGURES = """
    SELECT count(*) FILTER (WHERE is_open) AS open,
           count(*) FILTER (WHERE is_open AND user_id IS NULL) AS unassigned,
           count(*) FILTER (WHERE is_open AND sla_status = 'breached') AS breached,
           count(*) FILTER (WHERE is_open AND sla_status = 'at_risk') AS at_risk,
           count(*) FILTER (WHERE opened_at >= %(midnight)s) AS in,
           count(*) FILTER (WHERE closed_at >= %(midnight)s) AS out
      FROM service_ticket
     WHERE active AND company_id = %(company)s AND team_id = %(team)s
"""


@pytest.fixture(scope="module")
def day(world):
    """Tickets of one team: three of the agent in the wrong order, one of nobody."""
    # OdooBot's greeting would cover the screen of a phone
    world.sql("UPDATE res_users SET odoobot_state = 'disabled'")
    made = world.shell(MAKE % {"subjects": SUBJECTS})
    (now,) = world.sql(NOW)
    for ticket, hours in zip(made["tickets"], (9, 1, 5), strict=False):
        world.sql(DUE, now["moment"] + timedelta(hours=hours), ticket)
    return made


@pytest.fixture
def desk(browser, server):
    """``desk(login)``: a person's web client on a screen of 1366 × 768."""

    def sit_down(login):
        client = WebClient(browser, server, login)
        client.page.set_viewport_size(DESK)
        return client

    return sit_down


@pytest.fixture
def phone(browser, server):
    """``phone(login)``: a page on a phone."""
    contexts = []

    def pick_up(login):
        context = browser.new_context(
            viewport=support_browser.PHONE, locale="en-US", is_mobile=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)
        support_browser.log_in(page, server, login)
        return page

    yield pick_up
    for context in contexts:
        context.close()


def subjects(client):
    """The subjects in the list, from above."""
    cells = client.page.locator("tr.o_data_row td[name=name]")
    return [text.strip() for text in cells.all_inner_texts()]


def go_to(client, subject):
    """Walk down to the row of a ticket with the arrow keys."""
    client.page.wait_for_selector("[aria-busy=true]", state="detached")
    place = subjects(client).index(subject)
    rows = client.page.locator("tr.o_data_row")
    rows.first.locator("td.o_data_cell").first.focus()
    for _step in range(place):
        client.page.keyboard.press("ArrowDown")


def key(client, letter):
    """Press a key of the worklist, and wait until its work is done."""
    client.page.keyboard.press(letter)
    client.page.wait_for_timeout(300)
    client.page.wait_for_selector("[aria-busy=true]", state="detached")
    client.settle()


def search(client, text):
    """Search in the list by subject or number."""
    box = client.page.locator(".o_searchview_input")
    box.fill(text)
    box.press("Enter")
    client.settle()


def one(world, statement, *values):
    """The single row of a query."""
    (row,) = world.sql(statement, *values)
    return row


def ticket_row(world, ticket):
    """Who has a ticket, since when, and where it stands."""
    return one(
        world,
        "SELECT login, taken_at, phase FROM service_ticket ticket "
        "LEFT JOIN res_users person ON person.id = ticket.user_id "
        "WHERE ticket.id = %s",
        ticket,
    )


def history(world, ticket):
    """The rows of a ticket's history, in order."""
    return world.sql(
        "SELECT login, reason, is_handover, taken_at, left_at "
        "FROM service_stage_log log LEFT JOIN res_users person "
        "ON person.id = log.user_id WHERE ticket_id = %s ORDER BY log.id",
        ticket,
    )


def test_an_agents_day_by_keys(desk, world, day, screenshot_dir):
    """In promise order: take, hand over with a note, put back, finish."""
    third, first, second, _nobodys = day["tickets"]
    with desk("agent") as agent:
        agent.open("crm_service.service_ticket_action_my")
        search(agent, "in line")
        assert subjects(agent) == ["First in line", "Second in line", "Third in line"]
        agent.picture(screenshot_dir, "my_work")
        go_to(agent, "First in line")
        assert agent.page.locator(".o_service_instructions").is_visible()
        assert ticket_row(world, first)["taken_at"] is None
        key(agent, "t")
        assert ticket_row(world, first)["taken_at"]

        go_to(agent, "First in line")
        agent.page.keyboard.press("h")
        agent.page.wait_for_selector(".modal .o_field_widget[name=note]")
        agent.choose("user_id", "Davide", ".modal")
        agent.page.locator(".modal .o_field_widget[name=note] textarea").fill(NOTE)
        agent.picture(screenshot_dir, "hand_over")
        agent.page.click(".modal button[name=action_apply]")
        agent.page.wait_for_selector(".modal", state="detached")
        agent.settle()
        assert ticket_row(world, first)["login"] == "dispatcher"
        rows = history(world, first)
        assert [row["login"] for row in rows][-2:] == ["agent", "dispatcher"]
        assert rows[-1]["reason"] == NOTE
        assert rows[-1]["is_handover"]
        assert not rows[-1]["taken_at"], "the receiver has it waiting"

        go_to(agent, "Second in line")
        key(agent, "p")
        assert ticket_row(world, second)["login"] is None
        assert history(world, second)[-1]["left_at"] is None

        go_to(agent, "Third in line")
        before = ticket_row(world, third)["phase"]
        key(agent, "f")
        assert ticket_row(world, third)["phase"] != before
        agent.open("crm_service.service_ticket_action_my", third)
        agent.page.locator(".nav-link", has_text="History").click()
        agent.picture(screenshot_dir, "history")
        assert agent.page.locator("[name=stage_log_ids] .o_data_row").count() >= 2
        assert not agent.errors


def test_several_are_chosen_and_taken_at_once(desk, world, day):
    """The agent takes what waits: two rows, one key."""
    ids = [day["tickets"][2], day["tickets"][3]]
    with desk("agent") as agent:
        agent.open("crm_service.service_ticket_action_team_work")
        search(agent, "in line")
        for subject in ("Second in line", "Fourth in line"):
            go_to(agent, subject)
            agent.page.keyboard.press("Shift+Space")
        key(agent, "t")
        assert {ticket_row(world, ticket)["login"] for ticket in ids} == {"agent"}
        assert all(ticket_row(world, ticket)["taken_at"] for ticket in ids)
        assert not agent.errors


def test_keys_work_on_the_ticket_too(desk, world, day):
    """Outside of its fields, T and P press the buttons of the form."""
    ticket = day["tickets"][3]
    with desk("agent") as agent:
        agent.open("crm_service.service_ticket_action", ticket)
        agent.page.locator("button[name=action_put_back]").wait_for()
        agent.page.locator(".o_form_sheet").click(position={"x": 5, "y": 5})
        key(agent, "p")
        agent.page.locator("button[name=action_take]").wait_for()
        assert ticket_row(world, ticket)["login"] is None
        agent.page.locator(".o_field_widget[name=name] input").click()
        agent.page.keyboard.type("t")
        assert ticket_row(world, ticket)["login"] is None, "typing is no command"
        agent.page.locator(".o_form_button_cancel").click()
        agent.settle()
        agent.page.locator(".o_form_sheet").click(position={"x": 5, "y": 5})
        key(agent, "t")
        agent.page.locator("button[name=action_put_back]").wait_for()
        assert ticket_row(world, ticket)["login"] == "agent"
        assert not agent.errors


def test_a_supervisors_day(desk, world, day, screenshot_dir):
    """Figures as SQL counts them, urge, reassign with undo, re-route, calendar."""
    with desk("supervisor") as supervisor:
        supervisor.page.goto(f"{supervisor.server.url}/odoo/service-dashboard")
        look_at_the_dashboard(supervisor, world, day, screenshot_dir)
        supervisor.open("crm_service.service_ticket_action_supervision")
        search(supervisor, "in line")
        urge(supervisor, world, day["tickets"][0], screenshot_dir)
        reassign(supervisor, world, day["tickets"], screenshot_dir)
        re_route(supervisor, world, day["tickets"][0], screenshot_dir)
        supervisor.open("crm_service.service_ticket_action_promises")
        supervisor.page.wait_for_selector(".fc-event")
        supervisor.picture(screenshot_dir, "promises")
        assert not supervisor.errors
    with desk("agent") as agent:
        agent.open("crm_service.service_ticket_action", day["tickets"][0])
        agent.page.wait_for_selector(".alert-danger >> text=opens tomorrow")
        agent.picture(screenshot_dir, "urged")
    seen = one(
        world,
        "SELECT seen_at, lead_seen_at FROM service_urge WHERE ticket_id = %s",
        day["tickets"][0],
    )
    assert seen["seen_at"]
    assert not seen["lead_seen_at"]


def look_at_the_dashboard(supervisor, world, day, folder):
    """Choose the team: each figure is what SQL counts, and opens that many."""
    page = supervisor.page
    page.wait_for_selector(".o_service_tile")
    supervisor.picture(folder, "dashboard")
    page.click(f"button[data-team='{day['team']}']")
    page.wait_for_selector(f"button[data-team='{day['team']}'].btn-primary")
    supervisor.settle()
    company = one(
        world, "SELECT company_id FROM service_ticket WHERE id = %s", day["tickets"][0]
    )["company_id"]
    midnight = page.evaluate(
        "luxon.DateTime.now().startOf('day').toUTC().toFormat('yyyy-MM-dd HH:mm:ss')"
    )
    values = {"team": day["team"], "company": company, "midnight": midnight}
    with world.connect() as connection, connection.cursor() as cursor:
        cursor.execute(FIGURES, values)
        expected = dict(cursor.fetchone())
    connection.close()
    for name, count in expected.items():
        tile = page.locator(f".o_service_tile[data-figure='{name}'] span").first
        assert int(tile.inner_text()) == count, name
    page.click(".o_service_tile[data-figure='open']")
    page.wait_for_selector("tr.o_data_row")
    assert page.locator("tr.o_data_row").count() == expected["open"]


def urge(supervisor, world, ticket, folder):
    """Urge one ticket by key."""
    go_to(supervisor, "Third in line")
    supervisor.page.keyboard.press("u")
    supervisor.page.wait_for_selector(".modal .o_field_widget[name=reason]")
    reason = supervisor.page.locator(".modal .o_field_widget[name=reason] input")
    reason.fill("The shop opens tomorrow")
    supervisor.picture(folder, "urge")
    supervisor.page.click(".modal button[name=action_apply]")
    supervisor.page.wait_for_selector(".modal", state="detached")
    supervisor.settle()
    row = one(world, "SELECT urge_count FROM service_ticket WHERE id = %s", ticket)
    assert row["urge_count"] == 1


def reassign(supervisor, world, tickets, folder):
    """Give two tickets to somebody, and take that back."""
    page = supervisor.page
    before = [ticket_row(world, ticket)["login"] for ticket in tickets[1:3]]
    for subject in ("First in line", "Second in line"):
        go_to(supervisor, subject)
        page.keyboard.press("Shift+Space")
    page.keyboard.press("r")
    page.wait_for_selector(".modal .o_field_widget[name=user_id]")
    supervisor.choose("user_id", "Davide", ".modal")
    page.click(".modal button[name=action_apply]")
    page.wait_for_selector(".modal button[name=action_undo]")
    supervisor.picture(folder, "reassigned")
    after = [ticket_row(world, ticket)["login"] for ticket in tickets[1:3]]
    assert after == ["dispatcher"] * 2
    page.click(".modal button[name=action_undo]")
    page.wait_for_selector(".modal >> text=Taken back")
    page.locator(".modal-footer button", has_text="Close").first.click()
    page.wait_for_selector(".modal", state="detached")
    supervisor.settle()
    assert [ticket_row(world, t)["login"] for t in tickets[1:3]] == before


def re_route(supervisor, world, ticket, folder):
    """Send one ticket to another stage from the action menu."""
    page = supervisor.page
    supervisor.open("crm_service.service_ticket_action_supervision")
    search(supervisor, "Third in line")
    page.locator("tr.o_data_row .o_list_record_selector input").first.check()
    page.get_by_role("button", name="Re-Route").first.click()
    page.wait_for_selector(".modal .o_field_widget[name=line_ids] .o_data_row")
    page.locator(".modal .o_data_row td[name=stage_id]").first.click()
    box = page.locator(".modal .o_field_widget[name=stage_id] input").first
    box.fill("Repair under way")
    page.locator(
        ".o-autocomplete--dropdown-item", has_text="Repair under way"
    ).first.click()
    reason = page.locator(".modal .o_field_widget[name=reason] input")
    reason.fill("Checked again after the storm")
    supervisor.picture(folder, "re_route")
    page.click(".modal button[name=action_apply]")
    page.wait_for_selector(".modal button[name=action_undo]")
    page.locator(".modal-footer button", has_text="Close").first.click()
    page.wait_for_selector(".modal", state="detached")
    rows = history(world, ticket)
    assert rows[-1]["reason"] == "Checked again after the storm"


def test_agent_and_supervisor_on_the_phone(phone, server, world, day, screenshot_dir):
    """Cards with buttons, a dashboard that fits: nothing is wider than the phone."""
    ticket = day["tickets"][0]
    page = phone("agent")
    page.goto(f"{server.url}/odoo/my-service-tickets")
    page.wait_for_selector(".o_kanban_record:not(.o_kanban_ghost)")
    save_picture(page, screenshot_dir, "my_work_phone")
    card = page.locator(".o_kanban_record", has_text="Third in line")
    card.get_by_role("button", name="Put Back").click()
    card.wait_for(state="detached")
    assert ticket_row(world, ticket)["login"] is None
    page = phone("supervisor")
    page.goto(f"{server.url}/odoo/service-dashboard")
    page.wait_for_selector(".o_service_tile")
    page.wait_for_timeout(800)
    save_picture(page, screenshot_dir, "dashboard_phone")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= support_browser.PHONE["width"]
