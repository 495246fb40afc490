"""A complaint in Chromium, from its receipt to the improvement that it leads to.

Pictures go where ``SCREENSHOTS`` says, else to the cache.
"""

import pytest

from support.web_client import WebClient

COMPLAINTS = "crm_service.service_ticket_action_complaint"
SUBJECT = "The new compressor hums all night"
MAKE = """
users = env["res.users"]
agent, lead, chief = (
    users.search([("login", "=", who)]) for who in ("agent", "supervisor", "manager")
)
company = agent.company_id
company.service_complaint_team_id = env["service.team"].create({
    "name": "Quality", "company_id": company.id, "user_id": chief.id,
    "member_ids": [(6, 0, (lead | chief).ids)],
})
team = env["service.team"].create({
    "name": "Complaints Desk", "company_id": company.id, "user_id": lead.id,
    "member_ids": [(6, 0, agent.ids)],
})
env.cr.commit()
answer = {"team": team.id, "agent": agent.name, "lead": lead.name}
"""
ROW = "SELECT * FROM service_ticket WHERE name = %s"
STAGES = """
    SELECT stage.name->>'en_US' AS name
      FROM service_stage_log log JOIN service_stage stage ON stage.id = log.stage_id
     WHERE log.ticket_id = %s AND log.is_handover IS NOT TRUE ORDER BY log.id
"""


@pytest.fixture(scope="module")
def people(world):
    """A desk for complaints, and an independent team."""
    world.sql("UPDATE res_users SET odoobot_state = 'disabled'")
    return world.shell(MAKE)


@pytest.fixture
def sit_down(browser, server):
    """``sit_down(login)``: a person's web client."""
    return lambda login: WebClient(browser, server, login)


def test_a_complaint_from_receipt_to_improvement(
    world, people, sit_down, screenshot_dir
):
    with sit_down("agent") as client:
        take_down(client)
        ticket = row(world)
        assert ticket["phase"] == "received"
        client.press("action_acknowledge", until=in_stage("Assessment"))
        assess(client)
        seek_refund(client)
        client.picture(screenshot_dir, "complaint_assessed")
        grant(client)
        told = client.page.locator(".o_notification").first.inner_text()
        assert "beyond your limit" in told
        client.picture(screenshot_dir, "complaint_beyond_limit")
        press_step(client, "Investigate")
        press_step(client, "Prepare answer")
        assert not client.errors
    with sit_down("supervisor") as client:
        client.open("crm_service.service_remedy_action")
        client.page.locator("tr.o_data_row", has_text=SUBJECT).first.click()
        client.press("action_grant", until="button[name='action_done']")
        client.picture(screenshot_dir, "complaint_remedy_granted")
    with sit_down("agent") as client:
        client.open(COMPLAINTS, ticket["id"])
        answer(client)
        assert row(world)["phase"] == "waiting_customer"
        client.picture(screenshot_dir, "complaint_answered")
        client.press("action_accept", until=in_stage("Remedy under way"))
        open_tab(client, "complaint")
        client.page.locator("[name=remedy_ids] button[name=action_done]").click()
        client.page.wait_for_selector(in_stage("Settled"))
        press_step(client, "Close")
        assert row(world)["outcome"] == "accepted"
        improve(client, people)
        client.picture(screenshot_dir, "complaint_improvement")
        press_step(client, "Improvement decided")
        assert not client.errors
    assert [stage["name"] for stage in world.sql(STAGES, ticket["id"])] == [
        "Received",
        "Assessment",
        "Investigation",
        "Response",
        "Answer sent",
        "Remedy under way",
        "Settled",
        "Closed",
        "Improvement",
        "Improved",
    ]
    actions = world.sql(
        "SELECT a.name FROM service_corrective_action a "
        "JOIN service_corrective_action_ticket_rel r ON r.action_id = a.id "
        "WHERE r.ticket_id = %s",
        ticket["id"],
    )
    assert [action["name"] for action in actions] == ["Damp the mounting"]


def test_a_complaint_that_is_settled_at_once_is_closed_in_one_step(
    world, people, sit_down, screenshot_dir
):
    with sit_down("agent") as client:
        take_down(client, "Nobody called me back")
        client.page.locator("button", has_text="Settle at Once").first.click()
        client.page.wait_for_selector(".modal .o_form_view")
        option(client, "complaint_about", "Service", ".modal")
        write(client, "answer", "I call you at five today", ".modal")
        option(client, "remedy_kind", "Apology", ".modal")
        client.picture(screenshot_dir, "complaint_settle_at_once")
        client.confirm()
        assert not client.errors
    ticket = row(world, "Nobody called me back")
    assert (ticket["phase"], ticket["outcome"]) == ("closed", "accepted")
    assert ticket["acknowledged_at"] and ticket["answered_at"]


def test_who_writes_a_complaint_about_oneself_learns_its_number(
    world, people, sit_down, screenshot_dir
):
    subject = "The agent hung up on me"
    with sit_down("agent") as client:
        client.open(COMPLAINTS, "new")
        client.fill("name", subject)
        open_tab(client, "complaint")
        option(client, "complaint_about", "Person")
        client.choose("complained_user_id", people["agent"])
        client.page.locator(".o_form_button_save").first.click()
        notice = client.page.locator(".o_notification").first.inner_text()
        client.page.wait_for_selector(".o_list_view")
        client.picture(screenshot_dir, "complaint_about_oneself")
        ticket = row(world, subject)
        assert ticket["number"] in notice
        client.open(COMPLAINTS)
        assert subject not in client.page.content()
    with sit_down("manager") as client:
        client.open(COMPLAINTS, ticket["id"])
        assert "Handled independently" in client.page.content()
        client.picture(screenshot_dir, "complaint_handled_independently")


# -- what people do -----------------------------------------------------------


def row(world, subject=SUBJECT):
    """The ticket with a subject, as it is in the database."""
    (found,) = world.sql(ROW, subject)
    return found


def in_stage(name):
    """The selector of a form whose ticket is in a stage."""
    return f".o_field_widget[name=stage_id]:has-text('{name}')"


def open_tab(client, name):
    """Open a tab of the form."""
    client.page.click(f"a.nav-link[name={name}]")


def option(client, field, label, inside=""):
    """Choose from a selection field."""
    box = f"{inside} .o_field_widget[name={field}] input >> visible=true"
    client.page.locator(box).first.click()
    items = client.page.locator(".o_select_menu_item >> visible=true")
    items.filter(has_text=label).first.click()


def write(client, field, text, inside=""):
    """Write into a field for long texts."""
    box = client.page.locator(
        f"{inside} .o_field_widget[name={field}] .odoo-editor-editable"
    ).first
    box.click()
    client.page.keyboard.type(text)


def press_step(client, label):
    """Press the button of a next step, until the ticket has taken it."""
    stage = client.text("stage_id")
    button = client.page.locator(
        ".o_form_statusbar button, .o_form_view header button", has_text=label
    )
    button.first.click()
    badge = client.page.locator(".o_field_widget[name=stage_id]").first
    for _again in range(60):
        if badge.inner_text() != stage:
            break
        client.page.wait_for_timeout(250)
    client.settle()


def take_down(client, subject=SUBJECT):
    """Write down a complaint as it is told on the phone."""
    client.open(COMPLAINTS, "new")
    client.fill("name", subject)
    client.fill("partner_phone", "+39 02 5550 7777")
    client.fill("partner_name", "Nina Costa")
    client.fill("partner_email", "nina.costa@example.com")
    client.choose("team_id", "Complaints Desk")
    client.save()


def assess(client):
    """Say what it is about and how grave it is."""
    open_tab(client, "complaint")
    option(client, "complaint_about", "Product")
    option(client, "severity", "Serious")
    option(client, "complexity", "Simple")
    option(client, "impact", "One customer")


def seek_refund(client):
    """Write down what the customer seeks."""
    client.add_line("remedy_ids")
    line = ".o_field_widget[name=remedy_ids] .o_selected_row"
    option(client, "kind", "Refund", line)
    client.page.locator(f"{line} .o_field_widget[name=amount] input").fill("400")
    client.save()


def grant(client):
    """Try to grant what is beyond the agent's limit."""
    client.page.locator("[name=remedy_ids] button[name=action_grant]").first.click()
    client.page.wait_for_selector(".o_notification")
    client.settle()


def answer(client):
    """Answer in the window, without sending an e-mail."""
    client.page.locator("button", has_text="Answer").first.click()
    client.page.wait_for_selector(".modal .o_form_view")
    client.page.locator(".modal [name=is_sent] input").uncheck()
    write(client, "answer", "You are right: we pay 400 back", ".modal")
    client.confirm()
    client.page.wait_for_selector("button[name=action_accept] >> visible=true")


def improve(client, people):
    """Name the cause, and say who keeps it from happening again until when."""
    open_tab(client, "causes")
    client.choose("cause_ids", "Design")
    client.save()
    client.page.locator("button[name=action_new_corrective_action]").click()
    client.page.wait_for_selector(".modal .o_form_view")
    name = ".modal .o_field_widget[name=name]"
    client.page.locator(f"{name} input, {name} textarea").first.fill(
        "Damp the mounting"
    )
    due = client.page.locator(".modal .o_field_widget[name=date_due] input").first
    due.fill("12/31/2099")
    due.press("Tab")
    client.page.locator(".modal-footer .o_form_button_save").first.click()
    client.page.wait_for_selector(".modal", state="detached")
    client.settle()
